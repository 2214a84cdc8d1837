//! A session whose connection is driven by a task of its own.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures::channel::{mpsc, oneshot};
use futures::{AsyncRead, AsyncWrite, StreamExt};
use yamux::{Config, Connection, Mode, Stream};

use crate::{Failure, Result};

const MAX_STREAMS: usize = 4096;

enum Command {
    Open(oneshot::Sender<Stream>),
    Close(oneshot::Sender<()>),
}

#[derive(Clone)]
pub struct Session(mpsc::UnboundedSender<Command>);

impl Session {
    /// Starts a session; `accept` gets every stream that the other end opens.
    pub fn start<T>(io: T, mode: Mode, accept: impl Fn(Stream) + Send + 'static) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut config = Config::default();
        config.set_max_num_streams(MAX_STREAMS);
        let (sender, commands) = mpsc::unbounded();
        let mut driver = Driver {
            connection: Connection::new(io, config, mode),
            commands,
            opening: VecDeque::new(),
            closing: None,
            accept,
        };
        tokio::spawn(async move { poll_fn(|cx| driver.poll(cx)).await });
        Session(sender)
    }

    pub async fn open(&self) -> Result<Stream> {
        self.ask(Command::Open).await
    }

    /// Goes away with code 0 and closes the connection.
    pub async fn close(&self) -> Result<()> {
        self.ask(Command::Close).await
    }

    async fn ask<A>(&self, command: impl Fn(oneshot::Sender<A>) -> Command) -> Result<A> {
        let ended = || Failure("the session has ended".into());
        let (sender, answer) = oneshot::channel();
        self.0
            .unbounded_send(command(sender))
            .map_err(|_| ended())?;
        answer.await.map_err(|_| ended())
    }
}

struct Driver<T, A> {
    connection: Connection<T>,
    commands: mpsc::UnboundedReceiver<Command>,
    opening: VecDeque<oneshot::Sender<Stream>>,
    closing: Option<oneshot::Sender<()>>,
    accept: A,
}

impl<T: AsyncRead + AsyncWrite + Unpin, A: Fn(Stream)> Driver<T, A> {
    /// Ready when the session is over.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Poll::Ready(Some(command)) = self.commands.poll_next_unpin(cx) {
            match command {
                Command::Open(answer) => self.opening.push_back(answer),
                Command::Close(answer) => self.closing = Some(answer),
            }
        }
        if self.closing.is_some() {
            return self.connection.poll_close(cx).map(|_| {
                self.closing.take().map(|answer| answer.send(()));
            });
        }
        while let Some(answer) = self.opening.pop_front() {
            match self.connection.poll_new_outbound(cx) {
                Poll::Ready(Ok(stream)) => drop(answer.send(stream)),
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => {
                    self.opening.push_front(answer);
                    break;
                }
            }
        }
        loop {
            match self.connection.poll_next_inbound(cx) {
                Poll::Ready(Some(Ok(stream))) => (self.accept)(stream),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
