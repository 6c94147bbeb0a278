// SPDX-License-Identifier: MIT
//! Tasks from a foreign thread on Tokio: Runtime::spawn; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;

const TASKS: u64 = 1_000_000;

fn main() {
    let runtime = measure::runtime();
    measure::per_operation_here("foreign_spawn", TASKS, || {
        let all: Vec<_> = (0..TASKS).map(|i| runtime.spawn(async move { i })).collect();
        let sum: u64 = runtime.block_on(async {
            let mut sum = 0;
            for each in all {
                sum += each.await.unwrap();
            }
            sum
        });
        sum == TASKS * (TASKS - 1) / 2
    });
}
