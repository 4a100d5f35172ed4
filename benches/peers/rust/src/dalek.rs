//! ed25519-dalek: cofactorless; its batch multiplies every key, also one that comes twice.
use crate::batch_file::Claim;
use crate::turns::Method;
use ed25519_dalek::{Signature, Verifier, VerifyingKey, verify_batch};

fn key_of(claim: &Claim) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&claim.key).ok()
}

pub struct Prepared {
    keys: Vec<VerifyingKey>,
    signatures: Vec<Signature>,
}

impl Prepared {
    pub fn new(claims: &[Claim]) -> Option<Self> {
        Some(Self {
            keys: claims.iter().map(key_of).collect::<Option<_>>()?,
            signatures: claims
                .iter()
                .map(|c| Signature::from_bytes(&c.signature))
                .collect(),
        })
    }
}

pub struct Batch(pub Prepared);

impl Method for Batch {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        let range = from..from + count;
        let messages: Vec<&[u8]> = claims[range.clone()]
            .iter()
            .map(|c| &c.message[..])
            .collect();
        verify_batch(
            &messages,
            &self.0.signatures[range.clone()],
            &self.0.keys[range],
        )
        .is_ok()
    }
}

pub struct BatchFromBytes;

impl Method for BatchFromBytes {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        let claims = &claims[from..from + count];
        let Some(prepared) = Prepared::new(claims) else {
            return false;
        };
        Batch(prepared).verify(claims, 0, count)
    }
}

pub struct Single(pub Prepared);

impl Method for Single {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        (from..from + count).all(|i| {
            self.0.keys[i]
                .verify(&claims[i].message, &self.0.signatures[i])
                .is_ok()
        })
    }
}

pub struct SingleFromBytes;

impl Method for SingleFromBytes {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        claims[from..from + count].iter().all(|c| {
            let signature = Signature::from_bytes(&c.signature);
            key_of(c).is_some_and(|key| key.verify(&c.message, &signature).is_ok())
        })
    }
}
