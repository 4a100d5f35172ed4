//! The file that verification_bench --write makes: count and message size (32-bit little-endian), then for each
//! signature its key, the signature and the message.

pub struct Claim {
    pub key: [u8; 32],
    pub signature: [u8; 64],
    pub message: Vec<u8>,
}

pub fn read(path: &str) -> Result<Vec<Claim>, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let word = |at: usize| -> Result<usize, String> {
        let four = bytes.get(at..at + 4).ok_or(format!("{path}: cut short"))?;
        Ok(u32::from_le_bytes(four.try_into().unwrap()) as usize)
    };
    let (count, message_size) = (word(0)?, word(4)?);
    let records = &bytes[8..];
    if count == 0 || records.len() != count * (96 + message_size) {
        return Err(format!("{path}: not a batch file"));
    }
    Ok(records
        .chunks_exact(96 + message_size)
        .map(|record| Claim {
            key: record[..32].try_into().unwrap(),
            signature: record[32..96].try_into().unwrap(),
            message: record[96..].to_vec(),
        })
        .collect())
}
