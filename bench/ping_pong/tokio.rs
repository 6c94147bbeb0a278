// SPDX-License-Identifier: MIT
//! Ping-pong on Tokio: oneshot; the sizes are those of workload.hpp.
#[path = "../harness/measure.rs"]
mod measure;
use tokio::sync::oneshot;

const AT_ONCE: u64 = 1_000;
const ROUNDS: u64 = 200;

async fn ask() -> u64 {
    let (ping, pinged) = oneshot::channel();
    let (pong, ponged) = oneshot::channel();
    tokio::spawn(async move {
        let value: u64 = pinged.await.unwrap();
        pong.send(value + 1).unwrap();
    });
    ping.send(0).unwrap();
    ponged.await.unwrap()
}

fn main() {
    let runtime = measure::runtime();
    measure::per_operation(&runtime, "ping_pong", AT_ONCE * ROUNDS, || async {
        let mut sum = 0;
        for _ in 0..ROUNDS {
            sum += measure::sum_of(AT_ONCE, ask).await;
        }
        sum == AT_ONCE * ROUNDS
    });
}
