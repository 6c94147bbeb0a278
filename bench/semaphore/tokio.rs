// SPDX-License-Identifier: MIT
//! A semaphore on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::sync::Arc;
use tokio::sync::Semaphore;

const TASKS: u64 = 1_000;
const EACH: u64 = 200;
const PERMITS: usize = 10;

async fn acquire_often(from: Arc<Semaphore>) -> u64 {
    for _ in 0..EACH {
        let _permit = from.acquire().await.unwrap();
        tokio::task::yield_now().await;
    }
    EACH
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "semaphore", TASKS * EACH, || async {
        let limit = Arc::new(Semaphore::new(PERMITS));
        measure::sum_of(TASKS, move || acquire_often(limit.clone())).await == TASKS * EACH
    });
}
