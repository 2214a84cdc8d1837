//! Does what the commands say.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{try_join, try_join_all};
use futures::io::{copy, sink, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::{pem::PemObject, CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_util::compat::TokioAsyncReadCompatExt;
use yamux::{Mode, Stream};

use crate::accept::Acceptor;
use crate::pattern;
use crate::session::Session;
use crate::{Failure, Result};

pub struct Peer {
    session: Session,
    acceptor: Acceptor,
    held: Option<(Stream, usize)>,
}

impl Peer {
    pub async fn connect(role: &str, address: &str, authority: Option<&String>) -> Result<Peer> {
        let mode = if role == "client" {
            Mode::Client
        } else {
            Mode::Server
        };
        let acceptor = Acceptor::new();
        let accept = {
            let acceptor = acceptor.clone();
            move |stream| acceptor.accept(stream)
        };
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let session = match authority {
            None => Session::start(tcp.compat(), mode, accept),
            Some(file) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from_pem_file(file)?)?;
                let config = ClientConfig::builder()
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                let name = ServerName::try_from("localhost")?;
                let tls = TlsConnector::from(Arc::new(config))
                    .connect(name, tcp)
                    .await?;
                Session::start(tls.compat(), mode, accept)
            }
        };
        Ok(Peer {
            session,
            acceptor,
            held: None,
        })
    }

    pub async fn run(&mut self, line: &str) -> Result<&'static str> {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| words.get(i).and_then(|word| word.parse().ok()).unwrap_or(0);
        match words[0] {
            "open" => {
                let echoes = (0..number(1)).map(|_| echoed(&self.session, number(2), None));
                try_join_all(echoes).await?;
            }
            "slow" => echoed(&self.session, number(1), Some(Duration::from_millis(5))).await?,
            "fin" => {
                for _ in 0..number(1) {
                    self.open_and_send(number(2)).await?.close().await?;
                }
            }
            "reset" => drop(self.open_and_send(number(1)).await?),
            "hold" => {
                let stream = self.open_and_send(number(1)).await?;
                self.held = Some((stream, number(1)));
            }
            "reads-end" => {
                let (mut stream, _) = self.take_held()?;
                let end = copy(&mut stream, &mut sink()).await;
                return Ok(if end.is_ok() { "eof" } else { "error" });
            }
            "release" => {
                self.acceptor.release();
                let (mut stream, bytes) = self.take_held()?;
                stream.close().await?;
                pattern::receive(&mut stream, bytes, None).await?;
            }
            "accept" => self.acceptor.set(words[1])?,
            "goaway" if number(1) == 0 => self.session.close().await?,
            _ => return Err(Failure(format!("this library cannot: {line}"))),
        }
        Ok("ok")
    }

    fn take_held(&mut self) -> Result<(Stream, usize)> {
        let nothing = || Failure("nothing is held".into());
        self.held.take().ok_or_else(nothing)
    }

    async fn open_and_send(&self, bytes: usize) -> Result<Stream> {
        let mut stream = self.session.open().await?;
        pattern::send(&mut stream, bytes).await?;
        Ok(stream)
    }
}

async fn echoed(session: &Session, bytes: usize, pause: Option<Duration>) -> Result<()> {
    let (mut reader, mut writer) = session.open().await?.split();
    let sending = async {
        pattern::send(&mut writer, bytes).await?;
        Ok(writer.close().await?)
    };
    try_join(sending, pattern::receive(&mut reader, bytes, pause)).await?;
    Ok(())
}
