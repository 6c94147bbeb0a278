// SPDX-License-Identifier: MIT
//! spawn_blocking on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use tokio::task::spawn_blocking;

const CALLS: u64 = 10_000;

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "to_thread_burst", CALLS, || async {
        measure::sum_of(CALLS, || async { spawn_blocking(|| 1).await.unwrap() }).await == CALLS
    });
    measure::per_operation(&runtime, "to_thread_sequential", CALLS, || async {
        let mut sum = 0;
        for _ in 0..CALLS {
            sum += spawn_blocking(|| 1).await.unwrap();
        }
        sum == CALLS
    });
}
