//! What becomes of the streams that the other end opens.

use std::sync::{Arc, Mutex};

use futures::io::{copy_buf, sink, AsyncReadExt, AsyncWriteExt, BufReader};
use yamux::Stream;

use crate::{pattern, Failure, Result};

#[derive(Clone, Copy)]
enum Kind {
    /// Sends back what it reads.
    Echo,
    /// Reads to the end, then sends as many bytes.
    Reply,
    /// Resets the stream once something has come.
    Reset,
    /// Reads nothing before it is released, then echoes.
    Hold,
}

#[derive(Clone)]
pub struct Acceptor {
    kind: Arc<Mutex<Kind>>,
    held: Arc<Mutex<Vec<Stream>>>,
}

impl Acceptor {
    pub fn new() -> Self {
        Acceptor {
            kind: Arc::new(Mutex::new(Kind::Echo)),
            held: Arc::default(),
        }
    }

    pub fn set(&self, name: &str) -> Result<()> {
        *self.kind.lock().unwrap() = match name {
            "echo" => Kind::Echo,
            "reply" => Kind::Reply,
            "reset" => Kind::Reset,
            "hold" => Kind::Hold,
            _ => return Err(Failure(format!("unknown kind: {name}"))),
        };
        Ok(())
    }

    pub fn accept(&self, stream: Stream) {
        let kind = *self.kind.lock().unwrap();
        match kind {
            Kind::Echo => drop(tokio::spawn(echo(stream))),
            Kind::Reply => drop(tokio::spawn(reply(stream))),
            Kind::Reset => drop(tokio::spawn(reset(stream))),
            Kind::Hold => self.held.lock().unwrap().push(stream),
        }
    }

    pub fn release(&self) {
        for stream in self.held.lock().unwrap().drain(..) {
            tokio::spawn(echo(stream));
        }
    }
}

async fn echo(stream: Stream) -> Result<()> {
    let (reader, mut writer) = stream.split();
    copy_buf(BufReader::with_capacity(64 * 1024, reader), &mut writer).await?;
    writer.close().await?;
    Ok(())
}

async fn reply(mut stream: Stream) -> Result<()> {
    let bytes = copy_buf(BufReader::new(&mut stream), &mut sink()).await?;
    pattern::send(&mut stream, bytes as usize).await?;
    stream.close().await?;
    Ok(())
}

async fn reset(mut stream: Stream) -> Result<()> {
    stream.read_exact(&mut [0]).await?;
    drop(stream);
    Ok(())
}
