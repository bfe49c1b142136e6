//! Receivers for tests: good ones and every bad one, on this machine's own address.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    sync::Notify,
    time::Instant,
};
use tokio_rustls::TlsAcceptor;

/// What a receiver does with a request that it has read.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers with a status, further header lines, and a short body.
    Status(u16, &'static str),
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Answers with 200 once it is told to.
    Held(Arc<Notify>),
    /// Never answers.
    Hang,
    /// Closes without an answer.
    Cut,
    /// Writes a head, one byte at a time, without end.
    DripHead,
    /// Writes a good head, then a body without end, as fast as it is taken.
    EndlessBody,
    /// Writes a good head, then a body one byte at a time.
    DripBody,
    /// Writes header lines without end.
    EndlessHead,
}

pub const OK: Reply = Reply::Status(200, "");

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub head: String,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        let found = self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    written: AtomicUsize,
    reply: Box<Answer>,
}

/// What is done about a request, by its number from 0.
type Answer = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

impl Receiver {
    /// One on 127.0.0.1 that does what `reply` says of each request, by its number from 0.
    pub async fn start(reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST.into(), None, reply).await
    }

    pub async fn start_on(
        ip: IpAddr,
        tls: Option<TlsAcceptor>,
        reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(SocketAddr::new(ip, 0), tls, reply).await
    }

    pub async fn start_at(
        address: SocketAddr,
        tls: Option<TlsAcceptor>,
        reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            reply: Box::new(reply),
        });
        let receiver = Self { address: listener.local_addr().unwrap(), shared: shared.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                let (shared, tls) = (shared.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => shared.serve(stream).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                shared.serve(stream).await;
                            }
                        }
                    }
                });
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn count(&self) -> usize {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Connections that were accepted.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Bytes of endless answers that the other end took.
    pub fn written(&self) -> usize {
        self.shared.written.load(Ordering::Relaxed)
    }
}

impl Shared {
    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut buffer = Vec::new();
        while let Some(seen) = read(&mut stream, &mut buffer).await {
            let number = {
                let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                all.push(seen.clone());
                all.len() - 1
            };
            let reply = (self.reply)(number, &seen);
            if self.answer(&mut stream, reply).await.is_none() {
                return;
            }
        }
    }

    /// None: the connection is to be closed.
    async fn answer(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), reply: Reply) -> Option<()> {
        let drip = |byte: u8| std::iter::repeat_n(byte, usize::MAX);
        match reply {
            Reply::Status(status, lines) => {
                let answer = format!("HTTP/1.1 {status} Any\r\ncontent-length: 2\r\n{lines}\r\nok");
                stream.write_all(answer.as_bytes()).await.ok()
            }
            Reply::Held(told) => {
                told.notified().await;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.ok()
            }
            Reply::Raw(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                let _ = stream.shutdown().await;
                None
            }
            Reply::Hang => {
                // Until the other end has had enough.
                let _ = stream.read(&mut [0; 1]).await;
                None
            }
            Reply::Cut => None,
            Reply::DripHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nx-slow: ").await.ok()?;
                for byte in drip(b'a') {
                    stream.write_all(&[byte]).await.ok()?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                None
            }
            Reply::DripBody => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await.ok()?;
                for byte in drip(b'a') {
                    stream.write_all(&[byte]).await.ok()?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                None
            }
            Reply::EndlessBody => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.ok()?;
                self.pour(stream, b"400\r\n", &[b'a'; 1024], b"\r\n").await
            }
            Reply::EndlessHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n").await.ok()?;
                self.pour(stream, b"x-more: ", &[b'a'; 1024], b"\r\n").await
            }
        }
    }

    async fn pour(
        &self,
        stream: &mut (impl AsyncWrite + Unpin),
        before: &[u8],
        middle: &[u8],
        behind: &[u8],
    ) -> Option<()> {
        let piece = [before, middle, behind].concat();
        loop {
            stream.write_all(&piece).await.ok()?;
            self.written.fetch_add(piece.len(), Ordering::Relaxed);
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut seen = Seen { head, body: Vec::new(), at: Instant::now() };
    let length: usize = seen.header("content-length").parse().unwrap_or(0);
    while buffer.len() < end + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = buffer[end..end + length].to_vec();
    buffer.drain(..end + length);
    Some(seen)
}
