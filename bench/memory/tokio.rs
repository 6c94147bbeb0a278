// SPDX-License-Identifier: MIT
//! Waiting and sleeping tasks on Tokio; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

const TASKS: u64 = 1_000_000;

#[derive(Default)]
struct Roll {
    begun: AtomicU64,
    all_begun: Notify,
    never: Notify,
}

impl Roll {
    fn enter(&self) {
        if self.begun.fetch_add(1, Relaxed) + 1 == TASKS {
            self.all_begun.notify_one();
        }
    }
}

async fn measure_growth<F>(name: &str, make: impl Fn(Arc<Roll>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let roll = Arc::new(Roll::default());
    let before = measure::memory("VmRSS:");
    for _ in 0..TASKS {
        tokio::spawn(make(roll.clone()));
    }
    roll.all_begun.notified().await;
    let bytes = (measure::memory("VmRSS:") - before) * 1024.0 * 1024.0;
    measure::sample(name, bytes / TASKS as f64, "B", f64::NAN, true);
}

async fn measure_all() {
    measure_growth("parked_task", |roll| async move {
        roll.enter();
        roll.never.notified().await;
    })
    .await;
    measure_growth("sleeping_task", |roll| async move {
        roll.enter();
        tokio::time::sleep(Duration::from_secs(3600)).await;
    })
    .await;
}

fn main() {
    let runtime = measure::runtime();
    runtime.block_on(async { tokio::spawn(measure_all()).await.unwrap() });
    runtime.shutdown_background();
}
