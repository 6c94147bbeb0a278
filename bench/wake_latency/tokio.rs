// SPDX-License-Identifier: MIT
//! Wake-up of a worker of Tokio: Runtime::spawn; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::time::Duration;

const POSTS: usize = 1_000;
const REST: Duration = Duration::from_millis(2);

fn main() {
    let runtime = measure::runtime();
    let mut microseconds = Vec::new();
    for _ in 0..POSTS {
        std::thread::sleep(REST);
        let before = measure::wall();
        let task = runtime.spawn(async { measure::wall() });
        let ran = runtime.block_on(task).unwrap();
        microseconds.push((ran - before) * 1e6);
    }
    measure::sample("wake_p50", measure::quantile(&mut microseconds, 0.5), "us", f64::NAN, true);
    measure::sample("wake_p99", measure::quantile(&mut microseconds, 0.99), "us", f64::NAN, true);
}
