// SPDX-License-Identifier: MIT
//! Spawn and join on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;

const TASKS: u64 = 1_000_000;
const BATCH: u64 = 1_000;

async fn in_groups_of(size: u64) -> bool {
    let mut right = true;
    let mut done = 0;
    while done < TASKS {
        let mut children = Vec::with_capacity(size as usize);
        for i in 0..size {
            children.push(tokio::spawn(async move { i }));
        }
        let mut sum = 0;
        for child in children {
            sum += child.await.unwrap();
        }
        right = right && sum == size * (size - 1) / 2;
        done += size;
    }
    right
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "spawn_batches", TASKS, || in_groups_of(BATCH));
    measure::per_operation(&runtime, "spawn_all", TASKS, || in_groups_of(TASKS));
}
