//! A peer's side of scripts/bench: it says what it has, then works whenever it is its turn. The protocol stands in
//! benches/verification/turns.h.
use crate::batch_file::{self, Claim};
use std::collections::HashMap;
use std::io::BufRead;
use std::time::{Duration, Instant};

/// Verifies claims[from..from + count]; false if one of them is bad.
pub trait Method {
    fn verify(&mut self, claims: &[Claim], from: usize, count: usize) -> bool;
}

pub struct Offer {
    pub name: &'static str,
    pub package: &'static str, // as in Cargo.lock
    pub keys_prepared: bool,   // decoded before the clock runs
    pub is_batch: bool,        // otherwise one by one
    pub prepare: fn(&[Claim]) -> Option<Box<dyn Method>>,
}

const SAMPLE_MIN: Duration = Duration::from_millis(2);
const SINGLES_A_CALL: usize = 16;

/// Microseconds a signature: the fastest sample of those that fit into the time.
fn turn(
    method: &mut dyn Method,
    claims: &[Claim],
    count: usize,
    time: Duration,
) -> Result<f64, String> {
    let end = Instant::now() + time;
    let mut best = f64::INFINITY;
    let mut from = 0;
    while best.is_infinite() || Instant::now() < end {
        let start = Instant::now();
        let mut verified = 0;
        while verified == 0 || start.elapsed() < SAMPLE_MIN {
            if !method.verify(claims, from, count) {
                return Err("a good signature was refused".into());
            }
            verified += count;
            from = if from + 2 * count <= claims.len() {
                from + count
            } else {
                0
            };
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / verified as f64);
    }
    Ok(best)
}

/// A method that finds nothing wrong with a changed message measures nothing.
fn refuses_a_changed_message(offer: &Offer, claims: &[Claim]) -> bool {
    let mut changed: Vec<Claim> = claims[..8]
        .iter()
        .map(|c| Claim {
            key: c.key,
            signature: c.signature,
            message: c.message.clone(),
        })
        .collect();
    changed[5].message[0] ^= 1;
    (offer.prepare)(&changed).is_some_and(|mut method| !method.verify(&changed, 0, 8))
}

/// As the build script of curve25519-dalek 5 chooses, and then the CPU; zebra stands on the same.
fn dalek_backend() -> &'static str {
    if cfg!(all(
        target_feature = "avx512ifma",
        target_feature = "avx512vl"
    )) {
        "AVX-512 IFMA"
    } else if cfg!(target_feature = "avx2") {
        "AVX2"
    } else {
        "serial"
    }
}

pub fn serve(folder: &str, offers: &[Offer]) -> Result<(), String> {
    for o in offers {
        println!(
            r#"{{"method":"{}","package":"{}","keys_prepared":{},"is_batch":{}}}"#,
            o.name, o.package, o.keys_prepared, o.is_batch
        );
    }
    println!(r#"{{"ready":true,"dalek backend":"{}"}}"#, dalek_backend());
    let mut workloads: HashMap<String, Vec<Claim>> = HashMap::new();
    let mut methods: HashMap<(String, String), Box<dyn Method>> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, workload, batch, milliseconds] = words[..] else {
            return Err(format!("not a turn: {line}"));
        };
        let offer = offers
            .iter()
            .find(|o| o.name == name)
            .ok_or(format!("no such method: {name}"))?;
        let batch: usize = batch.parse().map_err(|_| "batch size")?;
        let time = Duration::from_millis(milliseconds.parse().map_err(|_| "milliseconds")?);
        if !workloads.contains_key(workload) {
            let claims = batch_file::read(&format!("{folder}/{workload}.batch"))?;
            workloads.insert(workload.into(), claims);
        }
        let claims = &workloads[workload];
        let key = (name.to_string(), workload.to_string());
        if !methods.contains_key(&key) {
            if !refuses_a_changed_message(offer, claims) {
                return Err(format!("{name} accepts a changed message"));
            }
            methods.insert(
                key.clone(),
                (offer.prepare)(claims).ok_or("a key does not decode")?,
            );
        }
        let count = if offer.is_batch {
            batch
        } else {
            batch.min(SINGLES_A_CALL)
        };
        let us = turn(methods.get_mut(&key).unwrap().as_mut(), claims, count, time)?;
        println!(r#"{{"us":{us:.4}}}"#);
    }
    Ok(())
}
