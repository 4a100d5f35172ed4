//! jangbu_peers FOLDER: ed25519-dalek, ed25519-zebra and AWS-LC on the batch files of FOLDER, for scripts/bench.
mod aws_lc;
mod batch_file;
mod dalek;
mod turns;
mod zebra;

use turns::Offer;

const OFFERS: [Offer; 8] = [
    Offer {
        name: "dalek-batch",
        package: "ed25519-dalek",
        keys_prepared: true,
        is_batch: true,
        prepare: |claims| Some(Box::new(dalek::Batch(dalek::Prepared::new(claims)?))),
    },
    Offer {
        name: "dalek-batch-from-bytes",
        package: "ed25519-dalek",
        keys_prepared: false,
        is_batch: true,
        prepare: |_| Some(Box::new(dalek::BatchFromBytes)),
    },
    Offer {
        name: "dalek",
        package: "ed25519-dalek",
        keys_prepared: true,
        is_batch: false,
        prepare: |claims| Some(Box::new(dalek::Single(dalek::Prepared::new(claims)?))),
    },
    Offer {
        name: "dalek-from-bytes",
        package: "ed25519-dalek",
        keys_prepared: false,
        is_batch: false,
        prepare: |_| Some(Box::new(dalek::SingleFromBytes)),
    },
    Offer {
        name: "zebra-batch",
        package: "ed25519-zebra",
        keys_prepared: false,
        is_batch: true,
        prepare: |_| Some(Box::new(zebra::Batch)),
    },
    Offer {
        name: "zebra",
        package: "ed25519-zebra",
        keys_prepared: true,
        is_batch: false,
        prepare: |claims| Some(Box::new(zebra::Single::new(claims)?)),
    },
    Offer {
        name: "aws-lc",
        package: "aws-lc-rs",
        keys_prepared: true,
        is_batch: false,
        prepare: |claims| Some(Box::new(aws_lc::Single::new(claims)?)),
    },
    Offer {
        name: "aws-lc-from-bytes",
        package: "aws-lc-rs",
        keys_prepared: false,
        is_batch: false,
        prepare: |_| Some(Box::new(aws_lc::SingleFromBytes)),
    },
];

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| {
        eprintln!("usage: jangbu_peers FOLDER");
        std::process::exit(2)
    });
    if let Err(error) = turns::serve(&folder, &OFFERS) {
        eprintln!("jangbu_peers: {error}");
        std::process::exit(1);
    }
}
