//! A request to a secret store in, its whole answer out, within five seconds and ten megabytes. Never
//! shows a URL or a body, never sends anything twice.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Request};
use tokio::runtime::Builder;
use zeroize::Zeroizing;

use super::StoreError;

/// For the connection, TLS included.
const CONNECT: Duration = Duration::from_secs(3);
/// For all of one request.
const TOTAL: Duration = Duration::from_secs(5);
/// No key is near as large.
const LARGEST: usize = 10_000_000;

/// What a store answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Waits for a future, whatever the caller runs on: a runtime may not wait inside another one.
pub(super) fn wait<T: Send>(
    future: impl Future<Output = Result<T, StoreError>> + Send,
) -> Result<T, StoreError> {
    let run = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.map_err(|_| StoreError::Client)?.block_on(future)
    };
    std::thread::scope(|scope| scope.spawn(run).join()).unwrap_or(Err(StoreError::Client))
}

/// A client that trusts the system's authorities, Mozilla's where those cannot be had, and these.
pub(super) fn client(extra: &[Certificate]) -> Result<Client, StoreError> {
    if let Ok(client) = builder().tls_certs_merge(extra.to_vec()).build() {
        return Ok(client);
    }
    let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let mozilla = mozilla.filter_map(|root| Certificate::from_der(root).ok());
    let builder = builder().tls_certs_only(mozilla.chain(extra.iter().cloned()));
    builder.build().map_err(|_| StoreError::Client)
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("authprobe/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
}

/// Sends a request and reads its answer.
pub(super) async fn ask(client: &Client, request: Request) -> Result<Answer, StoreError> {
    let server = server(&request);
    let unreachable = |error: reqwest::Error| unreachable(&server, &error);
    let mut response = client.execute(request).await.map_err(unreachable)?;
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(StoreError::TooLarge(server));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status().as_u16(), body })
}

/// The scheme, host and port, for messages.
fn server(request: &Request) -> String {
    request.url().origin().ascii_serialization()
}

fn unreachable(server: &str, error: &reqwest::Error) -> StoreError {
    let causes: Vec<_> =
        std::iter::successors(Some(error as &(dyn Error + 'static)), |error| beneath(*error))
            .collect();
    let server = server.to_owned();
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return StoreError::Tls { server, reason: tls.to_string() };
    }
    let reason = match causes.last() {
        _ if error.is_timeout() => "no answer within 5 s".to_owned(),
        Some(root) => root.to_string(),
        None => String::new(),
    };
    StoreError::Unreachable { server, reason }
}

/// `io::Error::source` leaves out the error it wraps, so that is asked for.
fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}
