// SPDX-License-Identifier: MIT
//! A mutex on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::sync::Arc;
use tokio::sync::Mutex;

const TASKS: u64 = 4;
const EACH: u64 = 250_000;

async fn add_often(total: Arc<Mutex<u64>>) -> u64 {
    for _ in 0..EACH {
        *total.lock().await += 1;
    }
    EACH
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "mutex", TASKS * EACH, || async {
        let total = Arc::new(Mutex::new(0));
        let shared = total.clone();
        measure::sum_of(TASKS, move || add_often(shared.clone())).await;
        let sum = *total.lock().await;
        sum == TASKS * EACH
    });
}
