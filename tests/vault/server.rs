//! A stand-in for a server of secrets: recorded answers by path in, what it was asked out. It knows nothing
//! of secrets, and lives until the test ends.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A status, a body, and further header lines.
pub(crate) type Answer = (u16, String, &'static str);

/// A server that answers what it is told to.
pub(crate) struct Server {
    port: u16,
    scheme: &'static str,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the path of each request.
    pub(crate) fn answering(answer: impl Fn(&str) -> Answer + Send + 'static) -> Self {
        Self::start("http", move |stream, heads| converse(stream, heads, &answer))
    }

    /// The same over TLS.
    pub(crate) fn over_tls(
        config: ServerConfig,
        answer: impl Fn(&str) -> Answer + Send + 'static,
    ) -> Self {
        let config = Arc::new(config);
        Self::start("https", move |stream, heads| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            converse(StreamOwned::new(connection, stream), heads, &answer);
        })
    }

    /// Accepts, and never answers.
    pub(crate) fn silent() -> Self {
        let kept = Mutex::new(Vec::new());
        Self::start("http", move |stream, _| kept.lock().unwrap().push(stream))
    }

    fn start(
        scheme: &'static str,
        serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::default();
        let log = Arc::clone(&heads);
        thread::spawn(move || listener.incoming().flatten().for_each(|peer| serve(peer, &log)));
        Self { port, scheme, heads }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// One request and its answer; a peer that goes away in the middle of it is part of the game.
fn converse(
    mut stream: impl Read + Write,
    heads: &Mutex<Vec<String>>,
    answer: &impl Fn(&str) -> Answer,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    let (status, body, headers) = answer(&path);
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Recorded\r\nContent-Type: application/json\r\nConnection: close\r\n\
         {headers}Content-Length: {length}\r\n\r\n{body}"
    );
    let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
}
