//! A yamux peer for Culvert's interoperability tests, on the crate `yamux`; see the README beside.

mod accept;
mod pattern;
mod peer;
mod session;

use std::io::{stdin, BufRead};
use std::process::exit;

use futures::channel::mpsc;
use futures::StreamExt;

use peer::Peer;

/// What went wrong, for people.
#[derive(Debug)]
pub struct Failure(pub String);

pub type Result<T> = std::result::Result<T, Failure>;

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.to_string())
    }
}

/// The lines of the standard input; the program ends with them, whatever it is doing.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded();
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(std::io::Result::ok) {
            if sender.unbounded_send(line).is_err() {
                break;
            }
        }
        exit(0);
    });
    lines
}

async fn answer_lines() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut peer = Peer::connect(&args[0], &args[1], args.get(2)).await?;
    println!("ready");
    let mut lines = lines();
    while let Some(line) = lines.next().await {
        match peer.run(&line).await {
            Ok(answer) => println!("{answer}"),
            Err(Failure(reason)) => println!("error {reason}"),
        }
    }
    Ok(())
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if let Err(Failure(reason)) = runtime.block_on(answer_lines()) {
        println!("error {reason}");
        exit(1);
    }
}
