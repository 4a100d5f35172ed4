//! AWS-LC (s2n-bignum's assembly), one signature at a time; it has no batch.
use crate::batch_file::Claim;
use crate::turns::Method;
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, UnparsedPublicKey};

pub struct Single(Vec<ParsedPublicKey>);

impl Single {
    pub fn new(claims: &[Claim]) -> Option<Self> {
        let parse = |c: &Claim| ParsedPublicKey::new(&ED25519, c.key).ok();
        claims.iter().map(parse).collect::<Option<_>>().map(Self)
    }
}

impl Method for Single {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        (from..from + count).all(|i| {
            self.0[i]
                .verify_sig(&claims[i].message, &claims[i].signature)
                .is_ok()
        })
    }
}

pub struct SingleFromBytes;

impl Method for SingleFromBytes {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool {
        claims[from..from + count].iter().all(|c| {
            UnparsedPublicKey::new(&ED25519, c.key)
                .verify(&c.message, &c.signature)
                .is_ok()
        })
    }
}
