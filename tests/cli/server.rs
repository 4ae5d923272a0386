//! Services on loopback inside the test: one that verifies tokens, one that has the same answer for
//! everybody, one that never answers. Each says how often it was spoken to.

use std::collections::HashSet;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

/// A connection that has not come by then will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running service.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    /// The service runs until this is dropped.
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    /// One that takes HS256 tokens in `Authorization: Bearer` that this key signed, to the second.
    pub(crate) fn with_key(key: &str) -> Self {
        Self::verifying(key, Algorithm::HS256, bearer)
    }

    /// The same with another algorithm and another place for the token.
    pub(crate) fn verifying(
        key: &str,
        algorithm: Algorithm,
        token: fn(&Request) -> Option<String>,
    ) -> Self {
        let key = DecodingKey::from_secret(key.as_bytes());
        let mut rules = Validation::new(algorithm);
        rules.leeway = 0;
        rules.validate_nbf = true;
        rules.validate_aud = false;
        rules.required_spec_claims = HashSet::from(["exp".to_owned()]);
        Self::answering(move |request| {
            let taken = token(request).is_some_and(|token| {
                jsonwebtoken::decode::<serde_json::Value>(&token, &key, &rules).is_ok()
            });
            if taken { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
        })
    }

    /// One that answers every request with this status.
    pub(crate) fn always(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self::answering(move |_| status)
    }

    fn answering(answer: impl Fn(&Request) -> StatusCode + Clone + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        let service = Router::new().fallback(move |request: Request| {
            counted.fetch_add(1, Ordering::Relaxed);
            let status = answer(&request);
            async move { (status, format!("{{\"status\":{}}}", status.as_u16())) }
        });
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { address, requests, _runtime: runtime }
    }

    /// Where it serves, with a path of an auth endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/me", self.address)
    }

    /// The name that a check without a configuration gives it.
    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }

    /// The requests that it has answered.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(request: &Request) -> Option<String> {
    let value = request.headers().get("authorization")?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

/// The token of the cookie `access_token`.
pub(crate) fn cookie(request: &Request) -> Option<String> {
    let value = request.headers().get("cookie")?.to_str().ok()?;
    value.strip_prefix("access_token=").map(str::to_owned)
}

/// The token of the query parameter `token`.
pub(crate) fn query(request: &Request) -> Option<String> {
    request.uri().query()?.strip_prefix("token=").map(str::to_owned)
}

/// The bare token of the header `X-Access-Token`.
pub(crate) fn bare_header(request: &Request) -> Option<String> {
    Some(request.headers().get("x-access-token")?.to_str().ok()?.to_owned())
}

/// A service that takes connections, reads, and never answers.
pub(crate) struct Silent {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    asked: Mutex<Receiver<()>>,
}

impl Silent {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let (says, asked) = mpsc::channel();
        // Both end with the test's process; a connection is held open until its peer goes.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                let says = says.clone();
                thread::spawn(move || read_on(stream, || says.send(()).unwrap_or_default()));
            }
        });
        Self { address, connections, asked: Mutex::new(asked) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/me", self.address)
    }

    /// The connections that it has taken.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Waits until somebody has asked something.
    pub(crate) fn wait_until_asked(&self) {
        self.asked.lock().unwrap().recv_timeout(PATIENCE).expect("somebody asks");
    }
}

fn read_on(mut stream: TcpStream, heard: impl Fn()) {
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).is_ok_and(|read| read > 0) {
        heard();
    }
}
