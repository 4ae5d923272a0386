//! A listener on loopback, for as long as one investigation takes: it notes who fetches the keys that
//! a hostile token points at, and hands out keys that everyone knows. Never listens anywhere else.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::Uri;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Host, Url};

use crate::mint::{MintError, published};

/// A listener; dropping it ends it.
pub(super) struct Listener {
    address: SocketAddr,
    calls: Arc<Mutex<BTreeSet<String>>>,
    serving: JoinHandle<()>,
}

impl Listener {
    /// Listens on the loopback address of the target; `None` where the target is not on loopback, or
    /// no port is to be had: nobody could call then.
    ///
    /// # Errors
    /// When the keys to hand out cannot be made.
    pub(super) async fn beside(target: &Url) -> Result<Option<Self>, MintError> {
        let Some(address) = loopback(target) else { return Ok(None) };
        let Ok(listener) = TcpListener::bind(address).await else { return Ok(None) };
        let Ok(address) = listener.local_addr() else { return Ok(None) };
        let calls = Arc::<Mutex<BTreeSet<String>>>::default();
        let heard = Arc::clone(&calls);
        let keys = serde_json::json!({ "keys": [published::jwk()] }).to_string();
        let certificate = published::certificate_pem()?;
        let answer = async move |uri: Uri| {
            let row = uri.path().trim_start_matches('/').to_owned();
            let asks_for_certificate = row == CERTIFICATE_ROW;
            heard.lock().unwrap_or_else(PoisonError::into_inner).insert(row);
            if asks_for_certificate { certificate.clone() } else { keys.clone() }
        };
        let router = Router::new().fallback(answer);
        let serving = tokio::spawn(async move {
            // It ends with the task; an error before that only means that nobody can call.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Some(Self { address, calls, serving }))
    }

    /// Where it listens, with a final slash; the row of hostile tokens goes behind it.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The rows for which calls came so far.
    pub(super) fn calls(&self) -> BTreeSet<String> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The row that points at a certificate; the others point at key sets.
const CERTIFICATE_ROW: &str = "H46b";

/// A free port at the loopback address that the target has.
fn loopback(target: &Url) -> Option<SocketAddr> {
    match target.host()? {
        Host::Ipv4(address) if address.is_loopback() => Some((Ipv4Addr::LOCALHOST, 0).into()),
        Host::Ipv6(address) if address.is_loopback() => Some((Ipv6Addr::LOCALHOST, 0).into()),
        Host::Domain("localhost") => Some((Ipv4Addr::LOCALHOST, 0).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_service_on_loopback_gets_a_listener() {
        for (url, expected) in [
            ("http://127.0.0.1:8000/me", Some("127.0.0.1:0")),
            ("https://127.9.9.9/me", Some("127.0.0.1:0")),
            ("http://[::1]:8000/me", Some("[::1]:0")),
            ("http://localhost/me", Some("127.0.0.1:0")),
            ("http://10.0.0.1/me", None),
            ("https://api.example/me", None),
            ("http://127.0.0.1.example/me", None),
        ] {
            let found = loopback(&Url::parse(url).unwrap()).map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{url}");
        }
    }
}
