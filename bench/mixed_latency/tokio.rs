// SPDX-License-Identifier: MIT
//! Mixed load on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;
use std::time::Duration;

const FAN_OUTS: usize = 2;
const CHILDREN: usize = 100;
const CHILD_SECONDS: f64 = 20e-6;
const PROBE_SECONDS: f64 = 10e-6;
const REST: Duration = Duration::from_millis(4);
const PERIOD: Duration = Duration::from_millis(1);
const PROBES: usize = 3_000;

fn compute(seconds: f64) {
    let end = measure::wall() + seconds;
    while measure::wall() < end {}
}

async fn fan_out(stop: Arc<AtomicBool>) {
    while !stop.load(Relaxed) {
        let children: Vec<_> =
            (0..CHILDREN).map(|_| tokio::spawn(async { compute(CHILD_SECONDS) })).collect();
        for child in children {
            child.await.unwrap();
        }
        tokio::time::sleep(REST).await;
    }
}

async fn probe() -> Vec<f64> {
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..FAN_OUTS {
        tokio::spawn(fan_out(stop.clone()));
    }
    let mut microseconds = Vec::new();
    for _ in 0..PROBES {
        tokio::time::sleep(PERIOD).await;
        let before = measure::wall();
        tokio::spawn(async { compute(PROBE_SECONDS) }).await.unwrap();
        microseconds.push((measure::wall() - before) * 1e6);
    }
    stop.store(true, Relaxed);
    microseconds
}

fn main() {
    let runtime = measure::runtime();
    let mut microseconds = runtime.block_on(async { tokio::spawn(probe()).await.unwrap() });
    for (name, share) in [("mixed_p50", 0.5), ("mixed_p99", 0.99), ("mixed_p99.9", 0.999)] {
        let value = measure::quantile(&mut microseconds, share);
        measure::sample(name, value, "us", f64::NAN, true);
    }
}
