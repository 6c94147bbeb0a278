// SPDX-License-Identifier: MIT
//! Peer: spawn and join, yield, channel, semaphore on Tokio; the sizes are those of ../jackdaw.cpp.
use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, Semaphore};
use tokio::task::{yield_now, JoinHandle};

const BATCHES: u64 = 1000;
const BATCH_SIZE: u64 = 1000;
const YIELDING_TASKS: u64 = 64;
const YIELDS_EACH: u64 = 20_000;
const CHANNEL_PAIRS: u64 = 2;
const CHANNEL_CAPACITY: usize = 64;
const ITEMS_EACH: u64 = 500_000;
const SEMAPHORE_TASKS: u64 = 64;
const ACQUIRES_EACH: u64 = 10_000;
const PERMITS: usize = 4;

/// How many operations were done, and whether their results were right.
type Account = (u64, bool);

async fn sum_of(children: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for child in children {
        sum += child.await.unwrap();
    }
    sum
}

async fn spawn_join() -> Account {
    let mut sum = 0;
    for _ in 0..BATCHES {
        let mut children = Vec::with_capacity(BATCH_SIZE as usize);
        for i in 0..BATCH_SIZE {
            children.push(tokio::spawn(async move { i }));
        }
        sum += sum_of(children).await;
    }
    (BATCHES * BATCH_SIZE, sum == BATCHES * BATCH_SIZE * (BATCH_SIZE - 1) / 2)
}

async fn yielding() -> Account {
    let mut children = Vec::new();
    for _ in 0..YIELDING_TASKS {
        children.push(tokio::spawn(async {
            let mut count = 0;
            while count < YIELDS_EACH {
                yield_now().await;
                count += 1;
            }
            count
        }));
    }
    let expected = YIELDING_TASKS * YIELDS_EACH;
    (expected, sum_of(children).await == expected)
}

async fn channels() -> Account {
    let mut consumers = Vec::new();
    for _ in 0..CHANNEL_PAIRS {
        let (sender, mut receiver) = mpsc::channel::<u64>(CHANNEL_CAPACITY);
        tokio::spawn(async move {
            for i in 0..ITEMS_EACH {
                sender.send(i).await.unwrap();
            }
        });
        consumers.push(tokio::spawn(async move {
            let mut sum = 0;
            while let Some(item) = receiver.recv().await {
                sum += item;
            }
            sum
        }));
    }
    let sum = sum_of(consumers).await;
    (CHANNEL_PAIRS * ITEMS_EACH, sum == CHANNEL_PAIRS * (ITEMS_EACH * (ITEMS_EACH - 1) / 2))
}

/// Holds the permit across a yield, so that most tasks wait for one.
async fn semaphores() -> Account {
    let limit = Arc::new(Semaphore::new(PERMITS));
    let mut children = Vec::new();
    for _ in 0..SEMAPHORE_TASKS {
        let limit = limit.clone();
        children.push(tokio::spawn(async move {
            let mut count = 0;
            while count < ACQUIRES_EACH {
                let _permit = limit.acquire().await.unwrap();
                yield_now().await;
                count += 1;
            }
            count
        }));
    }
    let expected = SEMAPHORE_TASKS * ACQUIRES_EACH;
    (expected, sum_of(children).await == expected)
}

async fn measure(name: &str, work: impl Future<Output = Account>) -> i32 {
    let started = Instant::now();
    let (operations, right) = work.await;
    let nanoseconds = started.elapsed().as_nanos() as f64 / operations as f64;
    println!("{name} {nanoseconds:.2} {}", if right { "right" } else { "WRONG" });
    std::io::stdout().flush().unwrap();
    i32::from(!right)
}

async fn measure_all() -> i32 {
    measure("spawn_join", spawn_join()).await
        + measure("yield", yielding()).await
        + measure("channel", channels()).await
        + measure("semaphore", semaphores()).await
}

fn main() {
    let threads = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).build().unwrap();
    // Spawned, so that the measured task runs on a worker like every other.
    let wrong = runtime.block_on(async { tokio::spawn(measure_all()).await.unwrap() });
    std::process::exit(wrong);
}
