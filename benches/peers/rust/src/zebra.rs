//! ed25519-zebra: ZIP-215 on dalek's curve. Its batch adds up what belongs to one key and takes keys as bytes.
use crate::batch_file::Claim;
use crate::turns::Method;
use ed25519_zebra::{Signature, VerificationKey, VerificationKeyBytes, batch};

pub struct Batch;

impl Method for Batch {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        let mut verifier = batch::Verifier::new();
        for c in &claims[from..from + count] {
            let signature = Signature::from_bytes(&c.signature);
            verifier.queue((VerificationKeyBytes::from(c.key), signature, &c.message[..]));
        }
        verifier.verify(rand::rng()).is_ok()
    }
}

pub struct Single(Vec<VerificationKey>);

impl Single {
    pub fn new(claims: &[Claim]) -> Option<Self> {
        claims
            .iter()
            .map(|c| VerificationKey::try_from(c.key).ok())
            .collect::<Option<_>>()
            .map(Self)
    }
}

impl Method for Single {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        (from..from + count).all(|i| {
            let signature = Signature::from_bytes(&claims[i].signature);
            self.0[i].verify(&signature, &claims[i].message).is_ok()
        })
    }
}
