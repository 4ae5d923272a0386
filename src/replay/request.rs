//! A target, a carrier and a variant in, the request out: the token stands exactly where the
//! carrier says, and nowhere else. Never sends.

use reqwest::header::{ACCEPT_ENCODING, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, Request};
use url::Position;

use crate::observation::{Failure, Stage};
use crate::plan::{Carrier, Target};
use crate::question::Connection;
use crate::secret::Secret;
use crate::variant::Variant;

/// The request that carries the variant.
///
/// # Errors
/// When the method, a header or the token cannot stand in an HTTP request.
pub(super) fn build(
    target: &Target,
    carrier: &Carrier,
    variant: &Variant,
    connection: Connection,
) -> Result<Request, Failure> {
    let method = Method::from_bytes(target.method.as_bytes())
        .map_err(|_| unsendable(&format!("the method {:?}", target.method)))?;
    let mut request = Request::new(method, target.url.clone());
    divert(&mut request, target, connection)?;
    for (name, value) in &target.headers {
        insert(request.headers_mut(), name, value)?;
    }
    request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    *request.body_mut() = target.body.clone().map(Body::from);
    place(&mut request, carrier, variant.credential.as_ref())?;
    Ok(request)
}

/// Where an address has a port of its own, the connection goes there; `Host` stays the url's (over
/// HTTP/2, which writes the authority by itself, the port of the address shows).
fn divert(request: &mut Request, target: &Target, connection: Connection) -> Result<(), Failure> {
    let address = match connection {
        Connection::To(address) => Some(address),
        Connection::Kept | Connection::Fresh => target.addresses.first().copied(),
    };
    let Some(port) = address.map(|address| address.port()) else { return Ok(()) };
    if target.url.port_or_known_default() == Some(port) {
        return Ok(());
    }
    let host = &target.url[Position::BeforeHost..Position::AfterPort];
    let host = HeaderValue::from_str(host).map_err(|_| unsendable("the host"))?;
    request.headers_mut().insert(HOST, host);
    request.url_mut().set_port(Some(port)).map_err(|()| unsendable("the port"))
}

/// Puts the credential where the carrier says. Without one, that place stays empty even if the
/// configured headers fill it: no token means no token.
fn place(
    request: &mut Request,
    carrier: &Carrier,
    credential: Option<&Secret>,
) -> Result<(), Failure> {
    match (carrier, credential) {
        (Carrier::Together(places), _) => {
            places.iter().try_for_each(|one| place(request, one, credential))
        }
        (Carrier::Header { name, .. }, None) => {
            request.headers_mut().remove(name);
            Ok(())
        }
        (Carrier::Header { name, scheme: None }, Some(token)) => {
            insert(request.headers_mut(), name, token)
        }
        (Carrier::Header { name, scheme: Some(scheme) }, Some(token)) => {
            let value = joined(&[scheme.as_bytes(), b" ", token.expose()]);
            insert(request.headers_mut(), name, &value)
        }
        (Carrier::Cookie { .. } | Carrier::Query { .. }, None) => Ok(()),
        (Carrier::Cookie { name }, Some(token)) => {
            let cookie = joined(&[name.as_bytes(), b"=", token.expose()]);
            let cookie = match request.headers().get(COOKIE) {
                Some(others) => joined(&[others.as_bytes(), b"; ", cookie.expose()]),
                None => cookie,
            };
            insert(request.headers_mut(), COOKIE.as_str(), &cookie)
        }
        (Carrier::Query { name }, Some(token)) => {
            let token = std::str::from_utf8(token.expose()).map_err(|_| unsendable("the token"))?;
            request.url_mut().query_pairs_mut().append_pair(name, token);
            Ok(())
        }
    }
}

fn joined(parts: &[&[u8]]) -> Secret {
    Secret::new(parts.concat())
}

/// Inserts a header whose value neither `Debug` nor the compression of HTTP/2 may remember.
fn insert(headers: &mut HeaderMap, name: &str, value: &Secret) -> Result<(), Failure> {
    let unsendable = || unsendable(&format!("the header {name:?}"));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
    let mut value = HeaderValue::from_bytes(value.expose()).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

fn unsendable(what: &str) -> Failure {
    Failure { stage: Stage::Protocol, detail: format!("{what} cannot stand in an HTTP request") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_stands_in_every_place_that_is_filled_at_once() -> Result<(), Failure> {
        let url = "http://a.test/".parse().map_err(|_| unsendable("the url"))?;
        let mut request = Request::new(Method::GET, url);
        let cookie = |name: &str| Carrier::Cookie { name: name.to_owned() };
        let bare = Carrier::Header { name: "X-Auth-Token".to_owned(), scheme: None };
        let query = Carrier::Query { name: "token".to_owned() };
        let all = Carrier::Together(vec![bare, cookie("jwt"), cookie("token"), query]);
        place(&mut request, &all, Some(&Secret::new("a.b.c")))?;
        assert_eq!(request.headers()["x-auth-token"], "a.b.c");
        assert_eq!(request.headers()["cookie"], "jwt=a.b.c; token=a.b.c");
        assert_eq!(request.url().query(), Some("token=a.b.c"));
        Ok(())
    }

    #[test]
    fn a_header_that_may_hold_a_secret_is_marked_so() {
        let mut headers = HeaderMap::new();
        assert!(insert(&mut headers, "X-Token", &Secret::new("canary")).is_ok());
        assert!(headers["x-token"].is_sensitive());
        assert!(!format!("{headers:?}").contains("canary"));
    }
}
