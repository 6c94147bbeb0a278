// SPDX-License-Identifier: MIT
//! Sleeping tasks on Tokio; the sizes are those of workload.hpp. To abort a task drops it: no code of
//! the task runs, so its sleep_cancel is less than what others do.
#[path = "../harness/measure.rs"]
mod measure;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep_until, Instant};

const TASKS: u64 = 1_000_000;
const LONG_TIME: Duration = Duration::from_secs(3600);
const LEAD: Duration = Duration::from_secs(4);

#[derive(Default)]
struct Roll {
    begun: AtomicU64,
    woken: AtomicU64,
    all_begun: tokio::sync::Notify,
}

async fn put_to_sleep(roll: &Arc<Roll>, until: Instant) -> Vec<JoinHandle<()>> {
    let mut all = Vec::with_capacity(TASKS as usize);
    for _ in 0..TASKS {
        let roll = roll.clone();
        all.push(tokio::spawn(async move {
            if roll.begun.fetch_add(1, Relaxed) + 1 == TASKS {
                roll.all_begun.notify_one();
            }
            sleep_until(until).await;
            roll.woken.fetch_add(1, Relaxed);
        }));
    }
    roll.all_begun.notified().await;
    all
}

async fn create_and_cancel() {
    let roll = Arc::new(Roll::default());
    let mut watch = measure::Stopwatch::new(TASKS);
    let all = put_to_sleep(&roll, Instant::now() + LONG_TIME).await;
    watch.lap("sleep_create", true);
    for each in &all {
        each.abort();
    }
    for each in all {
        let _ = each.await;
    }
    watch.lap("sleep_cancel", roll.woken.load(Relaxed) == 0);
}

async fn expire() {
    let roll = Arc::new(Roll::default());
    let deadline = Instant::now() + LEAD;
    let all = put_to_sleep(&roll, deadline).await;
    let in_time = Instant::now() < deadline;
    sleep_until(deadline).await;
    let mut watch = measure::Stopwatch::new(TASKS);
    for each in all {
        each.await.unwrap();
    }
    watch.lap("sleep_expire", in_time && roll.woken.load(Relaxed) == TASKS);
}

fn main() {
    let runtime = measure::runtime();
    runtime.block_on(async {
        for _ in 0..3 {
            tokio::spawn(create_and_cancel()).await.unwrap();
        }
        tokio::spawn(expire()).await.unwrap();
    });
}
