//! The load generator: a few threads, kept connections, bounded in time and count, loopback only.
//!
//! Each thread writes one request on each of its connections, then reads the answers in the same
//! order. So the server always has work waiting and the generator needs little of the two cores.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http::Connection;

const THREADS: usize = 2;
const CONNECTIONS_PER_THREAD: usize = 32;
/// Connections in all.
pub const CONNECTIONS: usize = THREADS * CONNECTIONS_PER_THREAD;
/// No measurement sends more, however long it was asked to take.
const REQUESTS_MAX: u64 = 4_000_000;

/// Sends `request` over and over for `duration` and returns the rate. Any answer but 200 is an error.
pub fn requests_per_second(address: SocketAddr, request: &[u8], duration: Duration) -> Result<f64> {
    let started = Instant::now();
    let counts: Vec<Result<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| one_thread(address, request, duration))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("a load thread panicked")))
            .collect()
    });
    let elapsed = started.elapsed();
    let mut total = 0;
    for count in counts {
        total += count?;
    }
    Ok(total as f64 / elapsed.as_secs_f64())
}

fn one_thread(address: SocketAddr, request: &[u8], duration: Duration) -> Result<u64> {
    let mut connections = (0..CONNECTIONS_PER_THREAD)
        .map(|_| Connection::open(address))
        .collect::<Result<Vec<_>>>()
        .with_context(|| format!("no connection to {address}"))?;
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < duration && count < REQUESTS_MAX / THREADS as u64 {
        for connection in &mut connections {
            connection.write(request)?;
        }
        for connection in &mut connections {
            match connection.read_status()? {
                200 => count += 1,
                429 => bail!("ran into a rate limit after {count} requests, though the limits were raised"),
                status => bail!("answered {status} under load"),
            }
        }
    }
    Ok(count)
}
