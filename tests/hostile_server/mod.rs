//! Raw TCP servers on loopback that do exactly what a test says, and remember every byte they got.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses a part; a test may fail loudly"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authprobe::observation::{Answer, Failure, Outcome};
use authprobe::plan::{Carrier, Target, Timeouts, Tls};
use authprobe::question::Connection;
use authprobe::replay::{Clients, Exchange};
use authprobe::scrub::Scrubber;
use authprobe::secret::Secret;
use authprobe::time::Anchor;
use authprobe::variant::{ClaimTimes, Variant};

/// Most tests do not care about connections.
pub(crate) const KEPT: Connection = Connection::Kept;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A token whose every part is easy to search for.
pub(crate) const TOKEN: &str =
    "eyJjYW5hcnktaGVhZGVyIjoxfQ.eyJjYW5hcnktcGF5bG9hZCI6MX0.Y2FuYXJ5LXNpZ25hdHVyZQ";
/// A key that must not be seen in any answer.
pub(crate) const KEY: &str = "canary-key-4f9b2a7d1c";

/// A server that is there until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

/// One connection of a server, counted from 0.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    pub(crate) number: usize,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    /// Serves every connection with the script, each in its own task.
    pub(crate) async fn start<F, S>(script: F) -> Self
    where
        F: Fn(Peer) -> S + Send + 'static,
        S: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, count) = (Arc::clone(&received), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let peer = Peer { stream, number, received: Arc::clone(&log) };
                // A peer that goes away in mid-script is part of the game.
                tokio::spawn(script(peer));
            }
        });
        Self { address, received, connections, task }
    }

    /// Reads one request head, writes these bytes, closes; for every connection.
    pub(crate) async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into().into();
        Self::start(move |mut peer| {
            let bytes = Arc::clone(&bytes);
            async move {
                peer.request().await?;
                peer.stream.write_all(&bytes).await?;
                peer.stream.shutdown().await
            }
        })
        .await
    }

    /// Every byte that any connection brought.
    pub(crate) fn received(&self) -> Vec<u8> {
        self.received.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A target at this server, with limits short enough for a test.
    pub(crate) fn target(&self) -> Target {
        target(&format!("http://{}/auth", self.address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    /// Reads up to the end of a request head.
    pub(crate) async fn request(&mut self) -> std::io::Result<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = self.stream.read_u8().await?;
            self.received.lock().unwrap().push(byte);
            head.push(byte);
        }
        Ok(String::from_utf8_lossy(&head).into_owned())
    }

    /// Reads until the other side closes.
    pub(crate) async fn until_closed(&mut self) -> std::io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            let count = self.stream.read(&mut buffer).await?;
            if count == 0 {
                return Ok(());
            }
            self.received.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    }

    /// Closes with a reset in place of a goodbye.
    pub(crate) fn reset(self) -> std::io::Result<()> {
        self.stream.set_zero_linger()
    }
}

pub(crate) fn target(url: &str) -> Target {
    Target {
        url: url.parse().unwrap(),
        method: "GET".into(),
        headers: Vec::new(),
        body: None,
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            first_byte: Duration::from_secs(2),
            total: Duration::from_secs(4),
        },
        tls: Tls::default(),
        proxy: None,
        addresses: Vec::new(),
    }
}

pub(crate) fn bearer() -> Carrier {
    Carrier::Header { name: "Authorization".into(), scheme: Some("Bearer".into()) }
}

pub(crate) fn variant() -> Variant {
    Variant { credential: Some(Secret::new(TOKEN)), times: ClaimTimes::default() }
}

/// Sends the token once, by a client of its own.
pub(crate) async fn replay(target: &Target, carrier: &Carrier) -> Exchange {
    let client = Clients::default().client(target).expect("a client");
    let scrubber = Scrubber::new([&Secret::new(KEY)]);
    client.replay(target, carrier, &variant(), KEPT, &scrubber, &Anchor::new()).await
}

/// The answer to the token.
pub(crate) async fn answer(target: &Target) -> Answer {
    match replay(target, &bearer()).await.outcome {
        Outcome::Answer(answer) => answer,
        Outcome::Failure(failure) => unreachable!("no answer: {failure:?}"),
    }
}

/// The failure to get an answer to the token.
pub(crate) async fn failure(target: &Target) -> Failure {
    match replay(target, &bearer()).await.outcome {
        Outcome::Failure(failure) => failure,
        Outcome::Answer(answer) => unreachable!("an answer: {answer:?}"),
    }
}
