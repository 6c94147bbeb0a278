// SPDX-License-Identifier: MIT
//! Posts on Tokio: Runtime::spawn; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_millis(1);
const POSTS: usize = 3_000;

fn main() {
    let runtime = measure::runtime();
    let mut all = Vec::with_capacity(POSTS);
    let (cpu, wall) = (measure::cpu(), measure::wall());
    let mut next = Instant::now();
    for _ in 0..POSTS {
        all.push(runtime.spawn(async {}));
        next += PERIOD;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let share = (measure::cpu() - cpu) / (measure::wall() - wall);
    runtime.block_on(async {
        for each in all {
            each.await.unwrap();
        }
    });
    measure::sample("posts_cpu", share * 100.0, "%", f64::NAN, true);
}
