// SPDX-License-Identifier: MIT
//! Yield on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;

const TASKS: u64 = 1_000;
const EACH: u64 = 1_000;

async fn yield_often() -> u64 {
    for _ in 0..EACH {
        tokio::task::yield_now().await;
    }
    EACH
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "yield", TASKS * EACH, || async {
        measure::sum_of(TASKS, yield_often).await == TASKS * EACH
    });
}
