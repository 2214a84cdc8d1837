//! The bytes of every stream: the same at both ends, and checked.

use std::time::Duration;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::{Failure, Result};

/// The bytes repeat after this many.
const PERIOD: usize = 64 * 1024;
const PAUSE_EACH: usize = 256 * 1024;

fn period() -> Vec<u8> {
    (0..PERIOD).map(|i| (i * 31 + (i >> 8)) as u8).collect()
}

pub async fn send(to: &mut (impl AsyncWrite + Unpin), bytes: usize) -> Result<()> {
    let period = period();
    let mut sent = 0;
    while sent < bytes {
        let count = PERIOD.min(bytes - sent);
        to.write_all(&period[..count]).await?;
        sent += count;
    }
    Ok(())
}

/// Reads to the end and checks every byte; the pause comes after each 256 KiB.
pub async fn receive(
    from: &mut (impl AsyncRead + Unpin),
    bytes: usize,
    pause: Option<Duration>,
) -> Result<()> {
    let period = period();
    let mut chunk = vec![0; PERIOD];
    let mut received = 0;
    let mut pause_at = PAUSE_EACH;
    loop {
        // Never across the end of a period.
        let most = PERIOD - received % PERIOD;
        let count = from.read(&mut chunk[..most]).await?;
        if count == 0 {
            break;
        }
        let from = received % PERIOD;
        if chunk[..count] != period[from..from + count] {
            return Err(Failure(format!("wrong byte behind {received}")));
        }
        received += count;
        if let Some(pause) = pause.filter(|_| received >= pause_at) {
            pause_at += PAUSE_EACH;
            tokio::time::sleep(pause).await;
        }
    }
    if received == bytes {
        Ok(())
    } else {
        Err(Failure(format!(
            "received {received} bytes (expected: {bytes})"
        )))
    }
}
