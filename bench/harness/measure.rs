// SPDX-License-Identifier: MIT
//! The same as measure.hpp, for programs on Tokio.
#![allow(dead_code)] // each program uses its part
use std::future::Future;
use std::io::Write;
use tokio::runtime::{Builder, Runtime};

pub fn workers() -> usize {
    std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// A runtime of that many workers, with timers.
pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(workers()).enable_time().build().unwrap()
}

fn seconds_of(clock: libc::clockid_t) -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}
pub fn wall() -> f64 {
    seconds_of(libc::CLOCK_MONOTONIC)
}
pub fn cpu() -> f64 {
    seconds_of(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// A field of /proc/self/status that is given in kB, in MiB.
pub fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mut words = status.split_whitespace().skip_while(|word| *word != field).skip(1);
    words.next().unwrap().parse::<f64>().unwrap() / 1024.0
}

pub fn sample(name: &str, value: f64, unit: &str, cpu: f64, right: bool) {
    let verdict = if right { "right" } else { "WRONG" };
    println!("{name} {value:.3} {unit} {cpu:.3} {:.1} {verdict}", memory("VmHWM:"));
    std::io::stdout().flush().unwrap();
}

/// Times three calls of `work` after one that warms up; in nanoseconds per operation.
pub fn per_operation_here(name: &str, operations: u64, work: impl Fn() -> bool) {
    let scale = 1e9 / operations as f64;
    for pass in 0..4 {
        let (wall_before, cpu_before) = (wall(), cpu());
        let right = work();
        let (took, used) = (wall() - wall_before, cpu() - cpu_before);
        if pass > 0 {
            sample(name, took * scale, "ns", used * scale, right);
        }
    }
}

/// The same for what `make` makes; it is spawned, so that it runs on a worker like every other task.
pub fn per_operation<F>(runtime: &Runtime, name: &str, operations: u64, make: impl Fn() -> F)
where
    F: Future<Output = bool> + Send + 'static,
{
    per_operation_here(name, operations, || {
        let work = make();
        runtime.block_on(async { tokio::spawn(work).await.unwrap() })
    });
}

/// Spawns what `make` makes that many times and adds the results up.
pub async fn sum_of<F>(tasks: u64, make: impl Fn() -> F) -> u64
where
    F: Future<Output = u64> + Send + 'static,
{
    let children: Vec<_> = (0..tasks).map(|_| tokio::spawn(make())).collect();
    let mut sum = 0;
    for child in children {
        sum += child.await.unwrap();
    }
    sum
}

/// The smallest value that at least this share of the samples does not exceed.
pub fn quantile(samples: &mut Vec<f64>, share: f64) -> f64 {
    samples.sort_by(|a, b| a.partial_cmp(b).unwrap());
    samples[((samples.len() - 1) as f64 * share).ceil() as usize]
}

/// Samples of phases that follow one another, in nanoseconds per operation.
pub struct Stopwatch {
    scale: f64,
    wall: f64,
    cpu: f64,
}

impl Stopwatch {
    pub fn new(operations: u64) -> Self {
        Stopwatch { scale: 1e9 / operations as f64, wall: wall(), cpu: cpu() }
    }
    pub fn lap(&mut self, name: &str, right: bool) {
        let (took, used) = (wall() - self.wall, cpu() - self.cpu);
        sample(name, took * self.scale, "ns", used * self.scale, right);
        self.wall = wall();
        self.cpu = cpu();
    }
}
