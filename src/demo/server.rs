//! One service of the fleet as a real HTTP server on loopback. Holds a key and a verifier; reads
//! the true time, and shows the verifier's own in its `Date`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, DATE, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use super::blueprint::{Blueprint, Port};
use super::front::Front;
use super::verifier::Verifier;
use crate::observation::{Answer, DateField};
use crate::plan::Carrier;
use crate::secret::Secret;
use crate::time::Anchor;

/// A port on loopback: served, or held so that nobody else listens on it.
pub(super) enum Socket {
    Listening(TcpListener),
    Closed(TcpSocket),
}

impl Socket {
    /// A free port.
    pub(super) async fn bind(port: Port) -> io::Result<Self> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        match port {
            Port::Listening => TcpListener::bind(any).await.map(Self::Listening),
            Port::Closed => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(any)?;
                Ok(Self::Closed(socket))
            }
        }
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Listening(listener) => listener.local_addr(),
            Self::Closed(socket) => socket.local_addr(),
        }
    }
}

/// A service as it runs: one verifier, or two that take turns.
pub(super) struct Service {
    blueprint: Blueprint,
    replica: Option<Verifier>,
    asked: AtomicUsize,
}

impl Service {
    /// With the key of its second replica, if it has one.
    pub(super) fn new(blueprint: Blueprint, replica: Option<Secret>) -> Self {
        let replica = replica.map(|key| Verifier { keys: vec![key], ..blueprint.verifier.clone() });
        Self { blueprint, replica, asked: AtomicUsize::new(0) }
    }

    /// The verifier whose turn it is, as a balancer sends each request to the next replica.
    fn turn(&self) -> &Verifier {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        self.replica.as_ref().filter(|_| asked % 2 == 1).unwrap_or(&self.blueprint.verifier)
    }
}

/// Serves until the sender of `stop` is gone.
pub(super) async fn serve(
    socket: Socket,
    service: Service,
    mut stop: watch::Receiver<()>,
) -> io::Result<()> {
    let stopped = async move { while stop.changed().await.is_ok() {} };
    let listener = match socket {
        Socket::Listening(listener) => listener,
        Socket::Closed(_held) => {
            stopped.await;
            return Ok(());
        }
    };
    let router = Router::new()
        .route(service.blueprint.service.endpoint(), get(endpoint))
        .fallback(nowhere)
        .with_state(Arc::new(service));
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for an acknowledgement; without it they are only slower.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}

async fn endpoint(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response<Body> {
    let Blueprint { front, carrier, .. } = &service.blueprint;
    answer(&service, *front, token(carrier, &headers))
}

async fn nowhere(State(service): State<Arc<Service>>) -> Response<Body> {
    answer(&service, Front::NotFound, None)
}

fn answer(service: &Service, front: Front, token: Option<&str>) -> Response<Body> {
    let now = Anchor::new().now();
    response(front.respond(service.turn(), service.blueprint.dialect, token, now))
}

/// The token in a request, where the service looks for it.
fn token<'a>(carrier: &Carrier, headers: &'a HeaderMap) -> Option<&'a str> {
    match carrier {
        Carrier::Header { .. } => {
            let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
            (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
        }
        Carrier::Cookie { name } => headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|field| field.to_str().ok())
            .flat_map(|field| field.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(known, token)| (known == name && !token.is_empty()).then_some(token)),
        Carrier::Query { .. } | Carrier::Together(_) => None,
    }
}

/// The answer on the wire. Without a `Date` of ours the server library writes its own.
fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for challenge in answer.challenges {
        response = response.header(WWW_AUTHENTICATE, challenge);
    }
    if let Some(location) = answer.location {
        response = response.header(LOCATION, location);
    }
    if let Some(content_type) = answer.content_type {
        response = response.header(CONTENT_TYPE, content_type);
    }
    if let DateField::At(moment) = answer.date {
        let moment = UNIX_EPOCH + Duration::from_secs_f64(moment.0.max(0.0));
        response = response.header(DATE, httpdate::fmt_http_date(moment));
    }
    for (name, value) in answer.fields {
        response = response.header(name, value);
    }
    response
        .body(Body::from(answer.body.text))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
