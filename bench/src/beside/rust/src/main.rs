//! Echo64, Accept and SendRecv of hashicorp/yamux's benchmarks, on the crate `yamux`, over TCP on
//! loopback. Prints `NAME NANOSECONDS` of the median of rounds.

mod driver;

use std::time::{Duration, Instant};

use futures::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::compat::TokioAsyncReadCompatExt;
use yamux::{Mode, Stream};

use driver::Session;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(600);
const SIZES: [usize; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/// Two ends of a session; `accept` gets the streams that the second returned end opens.
async fn pair(accept: impl Fn(Stream) + Send + 'static) -> (Session, Session) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (dialled, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (dialled, accepted) = (dialled.unwrap(), accepted.unwrap().0);
    dialled.set_nodelay(true).unwrap();
    accepted.set_nodelay(true).unwrap();
    let server = Session::start(accepted.compat(), Mode::Server, accept);
    let client = Session::start(dialled.compat(), Mode::Client, |_| ());
    (server, client)
}

/// Runs `operation` for a round's time, rounds again, and prints the median time of one.
async fn measure<F: AsyncFnMut()>(name: &str, mut operation: F) {
    let mut nanos: Vec<f64> = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let mut count = 0_u64;
        while start.elapsed() < ROUND {
            for _ in 0..64 {
                operation().await;
            }
            count += 64;
        }
        nanos.push(start.elapsed().as_nanos() as f64 / count as f64);
    }
    nanos.remove(0); // warm-up
    nanos.sort_by(f64::total_cmp);
    println!("{name} {:.0}", nanos[ROUNDS / 2]);
}

/// Reads all and drops it, then ends the stream.
async fn drain(mut stream: Stream, bytes: usize) {
    let mut buffer = vec![0; bytes];
    while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
    stream.close().await.ok();
}

#[tokio::main]
async fn main() {
    let (_server, client) = pair(|stream| {
        tokio::spawn(drain(stream, 64));
    })
    .await;
    // The crate measures round trips by itself and offers no ping.
    let (_echo, echo_client) = pair(|mut stream| {
        tokio::spawn(async move {
            let mut buffer = [0; 64];
            while stream.read_exact(&mut buffer).await.is_ok() {
                if stream.write_all(&buffer).await.is_err() || stream.flush().await.is_err() {
                    break;
                }
            }
        });
    })
    .await;
    let mut echoed = echo_client.open().await;
    measure("Echo64", async || {
        let mut buffer = [1; 64];
        echoed.write_all(&buffer).await.unwrap();
        echoed.flush().await.unwrap();
        echoed.read_exact(&mut buffer).await.unwrap();
    })
    .await;
    measure("Accept", async || {
        let mut stream = client.open().await;
        stream.write_all(&[1]).await.unwrap(); // it opens nothing before the first byte
        stream.close().await.unwrap();
        let mut end = [0; 1];
        assert_eq!(0, stream.read(&mut end).await.unwrap());
    })
    .await;
    for bytes in SIZES {
        let (_server, client) = pair(move |stream| {
            tokio::spawn(drain(stream, bytes));
        })
        .await;
        let message = vec![0; bytes];
        let mut stream = client.open().await;
        measure(&format!("SendRecv{bytes}"), async || {
            stream.write_all(&message).await.unwrap();
            stream.flush().await.unwrap();
        })
        .await;
    }
}
