//! A session driven by a task of its own: the crate's connection does nothing unless polled.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use futures::channel::{mpsc, oneshot};
use futures::{AsyncRead, AsyncWrite, StreamExt};
use yamux::{Config, Connection, Mode, Stream};

pub struct Session(mpsc::UnboundedSender<oneshot::Sender<Stream>>);

impl Session {
    /// Starts a session, which ends with this; `accept` gets every stream that the other end opens.
    pub fn start<T>(io: T, mode: Mode, accept: impl Fn(Stream) + Send + 'static) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, mut wanted) = mpsc::unbounded::<oneshot::Sender<Stream>>();
        let mut connection = Connection::new(io, Config::default(), mode);
        tokio::spawn(poll_fn(move |cx| {
            let mut opening: VecDeque<oneshot::Sender<Stream>> = VecDeque::new();
            loop {
                match wanted.poll_next_unpin(cx) {
                    Poll::Ready(Some(answer)) => opening.push_back(answer),
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => break,
                }
            }
            for answer in opening {
                match connection.poll_new_outbound(cx) {
                    Poll::Ready(Ok(stream)) => drop(answer.send(stream)),
                    _ => panic!("a stream cannot be opened"),
                }
            }
            loop {
                match connection.poll_next_inbound(cx) {
                    Poll::Ready(Some(Ok(stream))) => accept(stream),
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }));
        Session(sender)
    }

    pub async fn open(&self) -> Stream {
        let (sender, answer) = oneshot::channel();
        self.0.unbounded_send(sender).unwrap();
        answer.await.unwrap()
    }
}
