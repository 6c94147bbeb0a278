// SPDX-License-Identifier: MIT
//! A channel on Tokio: mpsc, which has one consumer; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;

const CAPACITY: usize = 1024;
const ITEMS: u64 = 1_000_000;

async fn transfer() -> bool {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<u64>(CAPACITY);
    tokio::spawn(async move {
        for i in 0..ITEMS {
            sender.send(i).await.unwrap();
        }
    });
    let consumer = tokio::spawn(async move {
        let mut sum = 0;
        while let Some(item) = receiver.recv().await {
            sum += item;
        }
        sum
    });
    consumer.await.unwrap() == ITEMS * (ITEMS - 1) / 2
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "channel_1p1c", ITEMS, transfer);
}
