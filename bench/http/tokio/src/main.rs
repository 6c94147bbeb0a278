// SPDX-License-Identifier: MIT
//! Peer: the plaintext responder on Tokio's multi-threaded runtime; the same work as workload.hpp.
use std::io::Write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const RESPONSE: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
const REQUEST_BYTES_MAX: usize = 4096;
const BATCH_MAX: usize = 32;

/// How many requests end in `data`, and how many bytes belong to them.
fn find_requests(data: &[u8]) -> (usize, usize) {
    let (mut count, mut bytes) = (0, 0);
    while let Some(at) = memchr::memmem::find(&data[bytes..], b"\r\n\r\n") {
        count += 1;
        bytes += at + 4;
    }
    (count, bytes)
}

async fn serve(mut stream: TcpStream, answers: &'static [u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = [0u8; REQUEST_BYTES_MAX];
    let mut have = 0;
    while have < input.len() {
        let n = stream.read(&mut input[have..]).await?;
        if n == 0 {
            break;
        }
        have += n;
        let (mut left, bytes) = find_requests(&input[..have]);
        input.copy_within(bytes..have, 0);
        have -= bytes;
        while left != 0 {
            let now = left.min(BATCH_MAX);
            stream.write_all(&answers[..now * RESPONSE.len()]).await?;
            left -= now;
        }
    }
    Ok(())
}

async fn accept(listener: TcpListener, answers: &'static [u8]) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answers));
        }
    }
}

/// The value of `--NAME N` on the command line.
fn option(name: &str, otherwise: usize) -> usize {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == name);
    at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
}

fn main() -> std::io::Result<()> {
    let answers: &'static [u8] = Box::leak(RESPONSE.repeat(BATCH_MAX).into_boxed_slice());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(option("--threads", 2))
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", option("--port", 0) as u16)).await?;
        println!("listening on http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        tokio::spawn(accept(listener, answers)).await?;
        Ok(())
    })
}
