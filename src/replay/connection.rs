//! TLS and proxy settings in, a shared HTTP client out. Never honours proxy variables or
//! SSLKEYLOGFILE, never follows a redirect, never keeps a cookie, never asks for compression.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Identity, Proxy};
use tower::util::MapFutureLayer;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::failure;
use super::names::{Names, Resolver};
use super::progress::timed;
use crate::plan::{Target, Tls};

const USER_AGENT: &str = concat!("authprobe/", env!("CARGO_PKG_VERSION"), " (JWT auth probe)");
/// Shorter than the five seconds after which uvicorn and node close an idle connection.
const KEEP_IDLE: Duration = Duration::from_secs(2);
/// More than are ever under way to one service; the time above is what bounds them.
const KEEP_COUNT: usize = 64;
/// What an HTTP/2 peer may send ahead: a little more than the part of a body that is read.
const HTTP2_WINDOW: u32 = 128 * 1024;
const HTTP2_HEAD: u32 = 64 * 1024;

/// The clients of a run. Targets with equal settings share one client and its connections.
#[derive(Default)]
pub struct Clients(Vec<(Settings, Client)>);

impl Clients {
    /// The client for a target: a new one, or one that an earlier target needed too.
    ///
    /// # Errors
    /// When a certificate file cannot be read or used, or the proxy cannot.
    pub fn client(&mut self, target: &Target) -> Result<Client, ClientError> {
        let settings = Settings::of(target);
        if let Some((_, client)) = self.0.iter().find(|(known, _)| *known == settings) {
            return Ok(client.clone());
        }
        let names = Arc::new(Names::new(settings.addresses.clone(), settings.connect_limit));
        let kept = settings.build(KEEP_COUNT, &names)?;
        let (fresh, known) = (OnceLock::new(), settings.clone());
        let client = Client(Arc::new(Pool { kept, fresh, names, settings: known }));
        self.0.push((settings, client.clone()));
        Ok(client)
    }
}

/// An HTTP client for one service. Cheap to clone: clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Pool>);

struct Pool {
    kept: reqwest::Client,
    fresh: OnceLock<Option<reqwest::Client>>,
    names: Arc<Names>,
    settings: Settings,
}

impl Client {
    /// Sends over connections that are kept, so that no handshake lies inside a measurement.
    pub(super) fn kept(&self) -> &reqwest::Client {
        &self.0.kept
    }

    /// Sends over a new connection each time; made when it is first needed.
    pub(super) fn fresh(&self) -> Option<&reqwest::Client> {
        let build = || self.0.settings.build(0, &self.0.names).ok();
        self.0.fresh.get_or_init(build).as_ref()
    }

    /// The addresses behind the target's host name, each with the port to connect to. None where
    /// the url names an address itself, a proxy looks the name up, or the lookup fails: the first
    /// request then tells why.
    pub async fn addresses(&self, target: &Target) -> Vec<SocketAddr> {
        if !target.addresses.is_empty() {
            return target.addresses.clone();
        }
        let (None, Some(Host::Domain(name))) = (&target.proxy, target.url.host()) else {
            return Vec::new();
        };
        let port = target.url.port_or_known_default().unwrap_or_default();
        let mut found = self.0.names.addresses(name).await.unwrap_or_default();
        for address in &mut found {
            address.set_port(port);
        }
        found
    }
}

/// What makes two clients different.
#[derive(Clone, PartialEq)]
struct Settings {
    /// `None` where neither target nor proxy speaks TLS: reading the system's roots takes 9 ms.
    tls: Option<Tls>,
    proxy: Option<Url>,
    connect_limit: Duration,
    addresses: Vec<SocketAddr>,
}

impl Settings {
    fn of(target: &Target) -> Self {
        let encrypted = [Some(&target.url), target.proxy.as_ref()]
            .into_iter()
            .flatten()
            .any(|url| url.scheme() == "https");
        Self {
            tls: encrypted.then(|| target.tls.clone()),
            proxy: target.proxy.clone(),
            connect_limit: target.timeouts.connect,
            addresses: target.addresses.clone(),
        }
    }

    /// With the system's roots and the extra authorities; with Mozilla's roots in place of the
    /// system's where those cannot be had, as in a bare container.
    fn build(&self, idle: usize, names: &Arc<Names>) -> Result<reqwest::Client, ClientError> {
        let Some(tls) = &self.tls else {
            let builder = self.builder(idle, names)?.tls_certs_only([]);
            return builder.build().map_err(ClientError::Setup);
        };
        let extra = match &tls.ca {
            Some(path) => authorities(path)?,
            None => Vec::new(),
        };
        if let Ok(client) = self.builder(idle, names)?.tls_certs_merge(extra.clone()).build() {
            return Ok(client);
        }
        let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        let mozilla = mozilla.filter_map(|root| Certificate::from_der(root).ok());
        let builder = self.builder(idle, names)?.tls_certs_only(mozilla.chain(extra));
        builder.build().map_err(ClientError::Setup)
    }

    /// All but the roots.
    fn builder(&self, idle: usize, names: &Arc<Names>) -> Result<ClientBuilder, ClientError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_limit)
            .dns_resolver(Resolver(Arc::clone(names)))
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(idle)
            .http2_initial_stream_window_size(HTTP2_WINDOW)
            .http2_max_header_list_size(HTTP2_HEAD)
            .connector_layer(MapFutureLayer::new(timed));
        if let Some(url) = &self.proxy {
            // The HTTP client is built without the other kinds, and would not say so.
            if !matches!(url.scheme(), "http" | "https") {
                return Err(ClientError::ProxyKind(url.scheme().to_owned()));
            }
            builder = builder.proxy(Proxy::all(url.clone()).map_err(ClientError::Setup)?);
        }
        if let Some(path) = self.tls.as_ref().and_then(|tls| tls.client_certificate.as_ref()) {
            builder = builder.identity(identity(path)?);
        }
        Ok(builder)
    }
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let unusable = || ClientError::NoCertificate(path.to_owned());
    let certificates = Certificate::from_pem_bundle(&read(path)?).map_err(|_| unusable())?;
    if certificates.is_empty() { Err(unusable()) } else { Ok(certificates) }
}

fn identity(path: &Path) -> Result<Identity, ClientError> {
    Identity::from_pem(&read(path)?).map_err(|_| ClientError::NoIdentity(path.to_owned()))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, ClientError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(source) => Err(ClientError::Unreadable { path: path.to_owned(), source }),
    }
}

/// Why there is no client for a target.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A certificate file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file of extra authorities holds none.
    #[error("{} holds no certificate in PEM form", .0.display())]
    NoCertificate(PathBuf),
    /// The file of the client certificate does not hold what it takes.
    #[error("{} does not hold a certificate and its private key, both in PEM form", .0.display())]
    NoIdentity(PathBuf),
    /// The proxy does not speak HTTP.
    #[error("a {0}:// proxy cannot be used; an http:// or https:// proxy can")]
    ProxyKind(String),
    /// The HTTP or TLS library refuses the settings.
    #[error("the proxy and TLS settings cannot be used: {}", failure::innermost(.0))]
    Setup(reqwest::Error),
}
