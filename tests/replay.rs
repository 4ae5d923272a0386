//! What is sent and what is kept of the answer, against servers that behave.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod hostile_server;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use authprobe::observation::{DateField, Outcome};
use authprobe::plan::{Carrier, Target};
use authprobe::question::Connection;
use authprobe::replay::{Client, Clients};
use authprobe::scrub::Scrubber;
use authprobe::secret::Secret;
use authprobe::time::{Anchor, UnixTime};
use authprobe::variant::{ClaimTimes, Variant};
use hostile_server::{KEPT, Server, TOKEN, answer, bearer, replay, target, variant};
use tokio::io::AsyncWriteExt as _;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn an_answer_keeps_what_the_investigation_needs() {
    let server = Server::answering(
        "HTTP/1.1 401 Unauthorized\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\n\
         WWW-Authenticate: Bearer error=\"invalid_token\"\r\nWWW-Authenticate: Basic\r\n\
         Content-Type: Application/JSON; charset=utf-8\r\nAge: 7\r\nServer: uvicorn\r\n\
         Server: twice\r\nSet-Cookie: session=1\r\nLocation: /login\r\nRetry-After: 3\r\n\
         Content-Length: 24\r\n\r\n{\"detail\":\"Bad token.\"}\n",
    )
    .await;
    let answer = answer(&server.target()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.challenges, ["Bearer error=\"invalid_token\"", "Basic"]);
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(answer.date, DateField::At(UnixTime(1_795_435_200.0)));
    assert_eq!(answer.age, Some(7));
    assert_eq!(answer.location.as_deref(), Some("/login"));
    assert_eq!(answer.retry_after.map(|wait| wait.as_secs()), Some(3));
    assert_eq!(
        answer.fields,
        [
            ("server".to_owned(), "uvicorn".to_owned()),
            ("content-length".to_owned(), "24".to_owned())
        ]
    );
    assert_eq!(answer.body.text, "{\"detail\":\"Bad token.\"}\n");
    assert!(!answer.body.truncated && !answer.body.echoed_token);
    assert_eq!(answer.remote, Some(server.address));
}

#[tokio::test]
async fn the_token_travels_exactly_where_the_carrier_says() {
    let header = |name: &str, scheme: Option<&str>| Carrier::Header {
        name: name.into(),
        scheme: scheme.map(Into::into),
    };
    for (carrier, line) in [
        (bearer(), format!("authorization: Bearer {TOKEN}\r\n")),
        (header("X-Auth-Token", None), format!("x-auth-token: {TOKEN}\r\n")),
        (header("Authorization", Some("JWT")), format!("authorization: JWT {TOKEN}\r\n")),
        (
            Carrier::Cookie { name: "access_token".into() },
            format!("cookie: access_token={TOKEN}\r\n"),
        ),
        (Carrier::Query { name: "jwt".into() }, format!("GET /auth?x=1&jwt={TOKEN} HTTP/1.1\r\n")),
    ] {
        let server = Server::answering(OK).await;
        let mut target = server.target();
        target.url.set_query(Some("x=1"));
        let outcome = replay(&target, &carrier).await.outcome;
        assert!(matches!(outcome, Outcome::Answer(_)), "{outcome:?}");
        let request = String::from_utf8(server.received()).unwrap();
        assert!(request.contains(&line), "{carrier}: {request}");
        assert_eq!(request.matches(TOKEN).count(), 1, "{carrier}: {request}");
        assert!(request.contains("accept-encoding: identity\r\n"), "{request}");
        let agent =
            format!("user-agent: authprobe/{} (JWT auth probe)\r\n", env!("CARGO_PKG_VERSION"));
        assert!(request.contains(&agent), "{request}");
        assert!(!request.to_lowercase().contains("referer"), "{request}");
    }
}

#[tokio::test]
async fn configured_headers_method_and_body_are_sent_and_cookies_are_joined() {
    let server = Server::answering(OK).await;
    let mut target = server.target();
    target.method = "POST".into();
    target.body = Some("{}".into());
    target.headers = vec![
        ("X-Tenant".into(), Secret::new("remotehive")),
        ("Cookie".into(), Secret::new("theme=dark")),
    ];
    replay(&target, &Carrier::Cookie { name: "jwt".into() }).await;
    let request = String::from_utf8(server.received()).unwrap();
    assert!(request.starts_with("POST /auth HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("x-tenant: remotehive\r\n"), "{request}");
    assert!(request.contains("content-length: 2\r\n"), "{request}");
    assert!(request.contains(&format!("cookie: theme=dark; jwt={TOKEN}\r\n")), "{request}");
}

#[tokio::test]
async fn no_token_leaves_the_carrier_empty_whatever_is_configured() {
    let server = Server::answering(OK).await;
    let mut target = server.target();
    target.headers = vec![("authorization".into(), Secret::new("Bearer configured"))];
    let client = Clients::default().client(&target).unwrap();
    let nothing = Variant { credential: None, times: ClaimTimes::default() };
    client.replay(&target, &bearer(), &nothing, KEPT, &Scrubber::default(), &Anchor::new()).await;
    let request = String::from_utf8(server.received()).unwrap();
    assert!(!request.to_lowercase().contains("authorization"), "{request}");
}

#[tokio::test]
async fn what_cannot_stand_in_a_request_is_a_failure_that_does_not_show_it() {
    let server = Server::answering(OK).await;
    let mut target = server.target();
    target.headers = vec![("X-Note".into(), Secret::new("canary\r\nHost: elsewhere"))];
    let exchange = replay(&target, &bearer()).await;
    let Outcome::Failure(failure) = exchange.outcome else { unreachable!("it was sent") };
    assert_eq!(failure.detail, "the header \"X-Note\" cannot stand in an HTTP request");
    assert_eq!(server.connections(), 0);
}

async fn send(client: &Client, target: &Target) -> Outcome {
    let anchor = Anchor::new();
    client.replay(target, &bearer(), &variant(), KEPT, &Scrubber::default(), &anchor).await.outcome
}

/// A server that keeps its connections and answers as often as it is asked on the first, then
/// leaves the next request on it unanswered.
async fn closing_after(answers: usize) -> Server {
    Server::start(move |mut peer| async move {
        let mut left = if peer.number == 0 { answers } else { usize::MAX };
        loop {
            peer.request().await?;
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            peer.stream.write_all(OK).await?;
        }
    })
    .await
}

#[tokio::test]
async fn equal_settings_share_a_client_and_its_connection() {
    let server = closing_after(usize::MAX).await;
    let mut clients = Clients::default();
    for path in ["/auth", "/other"] {
        let target = target(&format!("http://{}{path}", server.address));
        let client = clients.client(&target).unwrap();
        assert!(matches!(send(&client, &target).await, Outcome::Answer(_)));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced_once_and_for_idempotent_methods_only() {
    for (method, answered, connections) in
        [("GET", true, 2), ("DELETE", true, 2), ("POST", false, 1)]
    {
        let server = closing_after(1).await;
        let target = Target { method: method.into(), ..server.target() };
        let client = Clients::default().client(&target).unwrap();
        assert!(matches!(send(&client, &target).await, Outcome::Answer(_)));
        let second = send(&client, &target).await;
        assert_eq!(matches!(second, Outcome::Answer(_)), answered, "{method}: {second:?}");
        assert_eq!(server.connections(), connections, "{method}");
    }
}

#[tokio::test]
async fn a_fresh_connection_that_is_closed_is_not_tried_again() {
    let server = closing_after(0).await;
    let target = server.target();
    let client = Clients::default().client(&target).unwrap();
    assert!(matches!(send(&client, &target).await, Outcome::Failure(_)));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn the_proxy_of_the_configuration_is_used() {
    let proxy = Server::answering(OK).await;
    let mut target = target("http://service.invalid/auth");
    target.proxy = Some(format!("http://{}", proxy.address).parse().unwrap());
    assert_eq!(answer(&target).await.status, 200);
    let request = String::from_utf8(proxy.received()).unwrap();
    assert!(request.starts_with("GET http://service.invalid/auth HTTP/1.1\r\n"), "{request}");
}

#[tokio::test]
async fn both_instants_enclose_the_time_at_which_the_server_had_the_request() {
    let read = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&read);
    let server = Server::start(move |mut peer| {
        let log = Arc::clone(&log);
        async move {
            loop {
                peer.request().await?;
                log.lock().unwrap().push(Instant::now());
                peer.stream.write_all(OK).await?;
            }
        }
    })
    .await;
    let target = server.target();
    let client = Clients::default().client(&target).unwrap();
    let anchor = Anchor::new();
    for round in 0..20 {
        let exchange = client
            .replay(&target, &bearer(), &variant(), KEPT, &Scrubber::default(), &anchor)
            .await;
        let read = read.lock().unwrap()[round];
        assert!(exchange.sent_at <= anchor.at(read), "round {round}");
        assert!(anchor.at(read) <= exchange.received_at, "round {round}");
    }
}

#[test]
fn a_proxy_of_a_kind_that_is_not_spoken_is_refused_without_its_password() {
    let mut target = target("http://service.example/");
    target.proxy = Some("socks5://user:canary@127.0.0.1:1080".parse().unwrap());
    let error = Clients::default().client(&target).err().expect("an error").to_string();
    assert_eq!(error, "a socks5:// proxy cannot be used; an http:// or https:// proxy can");
}

#[tokio::test]
async fn a_request_to_one_address_goes_nowhere_else_and_keeps_the_host_of_the_url() {
    let (first, second) = (Server::answering(OK).await, Server::answering(OK).await);
    let mut target = target("http://api.example:8080/auth");
    target.addresses = vec![first.address, second.address];
    let client = Clients::default().client(&target).unwrap();
    assert_eq!(client.addresses(&target).await, target.addresses);
    let (scrubber, anchor) = (Scrubber::default(), Anchor::new());
    let to = Connection::To(second.address);
    let exchange = client.replay(&target, &bearer(), &variant(), to, &scrubber, &anchor).await;
    let Outcome::Answer(answer) = exchange.outcome else { unreachable!("{exchange:?}") };
    assert_eq!(answer.remote, Some(second.address));
    assert_eq!((first.connections(), second.connections()), (0, 1));
    let request = String::from_utf8(second.received()).unwrap();
    assert!(request.contains("host: api.example:8080\r\n"), "{request}");
    assert!(matches!(send(&client, &target).await, Outcome::Answer(_)));
    assert_eq!((first.connections(), second.connections()), (1, 1));
}
