//! TLS that is right and TLS that is wrong in each way of its own: where the handshake fails, the
//! server reads no byte of a request.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod hostile_server;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authprobe::observation::{Outcome, Stage};
use authprobe::plan::Target;
use authprobe::question::Connection;
use authprobe::replay::{ClientError, Clients};
use authprobe::scrub::Scrubber;
use authprobe::time::Anchor;
use axum::body::Bytes;
use h2::server::SendResponse;
use hostile_server::{KEPT, Server, TOKEN, answer, bearer, failure, target, variant};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A certificate authority and the file by which a target trusts it.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(issuer.pem().as_bytes()).unwrap();
        Self { issuer, file }
    }

    fn path(&self) -> PathBuf {
        self.file.path().to_owned()
    }

    /// A certificate for this name and its key.
    fn certify(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Certified {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified { pem: certificate.pem(), der: certificate.der().clone(), key }
    }

    fn for_loopback(&self) -> Certified {
        self.certify("127.0.0.1", |_| {})
    }
}

struct Certified {
    pem: String,
    der: CertificateDer<'static>,
    key: KeyPair,
}

impl Certified {
    fn config(&self) -> ServerConfig {
        self.finish(builder().with_no_client_auth())
    }

    fn finish(
        &self,
        builder: rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>,
    ) -> ServerConfig {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        builder.with_single_cert(vec![self.der.clone()], key).unwrap()
    }
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap()
}

/// A TLS server that answers each request, and what it read inside TLS.
async fn serve(config: ServerConfig) -> (Server, Arc<Mutex<Vec<u8>>>) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let inside = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&inside);
    let server = Server::start(move |peer| {
        let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
        async move {
            let mut stream = acceptor.accept(peer.stream).await?;
            let mut buffer = [0; 4096];
            loop {
                let count = stream.read(&mut buffer).await?;
                if count == 0 {
                    return Ok(());
                }
                log.lock().unwrap().extend_from_slice(&buffer[..count]);
                stream.write_all(OK).await?;
            }
        }
    })
    .await;
    (server, inside)
}

fn https(server: &Server, ca: Option<PathBuf>) -> Target {
    let mut target = target(&format!("https://{}/auth", server.address));
    target.tls.ca = ca;
    target
}

#[tokio::test]
async fn a_certificate_of_the_extra_authority_is_good() {
    let authority = Authority::new("House CA");
    let (server, inside) = serve(authority.for_loopback().config()).await;
    assert_eq!(answer(&https(&server, Some(authority.path()))).await.status, 200);
    let inside = String::from_utf8(inside.lock().unwrap().clone()).unwrap();
    assert!(inside.contains(TOKEN), "{inside}");
}

#[tokio::test]
async fn an_address_of_a_name_is_held_to_the_names_certificate() {
    let authority = Authority::new("House CA");
    for (certified_for, good) in [("api.example", true), ("other.example", false)] {
        let (server, inside) = serve(authority.certify(certified_for, |_| {}).config()).await;
        let mut target = target("https://api.example/auth");
        target.tls.ca = Some(authority.path());
        target.addresses = vec![server.address];
        let to = Connection::To(server.address);
        let client = Clients::default().client(&target).unwrap();
        let scrubber = Scrubber::default();
        let exchange =
            client.replay(&target, &bearer(), &variant(), to, &scrubber, &Anchor::new()).await;
        assert_eq!(matches!(exchange.outcome, Outcome::Answer(_)), good, "{exchange:?}");
        let inside = String::from_utf8(inside.lock().unwrap().clone()).unwrap();
        assert_eq!(inside.contains("host: api.example\r\n"), good, "{inside}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_wrong_ends_the_handshake_before_the_token_is_sent() {
    let trusted = Authority::new("House CA");
    let other = Authority::new("Other CA");
    let namesake = Authority::new("House CA");
    let mut own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    own.is_ca = IsCa::NoCa;
    let key = KeyPair::generate().unwrap();
    let own = own.self_signed(&key).unwrap();
    let own = Certified { pem: own.pem(), der: own.der().clone(), key };
    let unknown = "the certificate comes from an authority that is not trusted here";
    for (certified, detail) in [
        (own, unknown),
        (other.for_loopback(), unknown),
        (
            namesake.for_loopback(),
            "the certificate is not signed by the authority whose name it bears",
        ),
        (trusted.certify("other.example", |_| {}), "the certificate is for another host name"),
        (
            trusted.certify("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1)),
            "the certificate has expired",
        ),
        (
            trusted.certify("127.0.0.1", |params| params.not_before = date_time_ymd(2999, 1, 1)),
            "the certificate is not valid yet; check the clock of this machine first",
        ),
    ] {
        let (server, inside) = serve(certified.config()).await;
        let failure = failure(&https(&server, Some(trusted.path()))).await;
        assert_eq!((failure.stage, failure.detail.as_str()), (Stage::Tls, detail));
        assert!(inside.lock().unwrap().is_empty(), "{detail}");
    }
}

#[tokio::test]
async fn tls_on_a_plain_port_and_plain_http_on_a_tls_port_are_told_apart() {
    let plain = Server::start(|mut peer| async move {
        peer.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
        peer.until_closed().await
    })
    .await;
    let closing = Server::start(|_| async { Ok(()) }).await;
    let failure_of = async |server: &Server| failure(&https(server, None)).await;
    let talked = failure_of(&plain).await;
    assert_eq!(talked.stage, Stage::Tls);
    assert_eq!(talked.detail, "the port does not speak TLS; it may want http://");
    assert!(!String::from_utf8_lossy(&plain.received()).contains("eyJ"));
    let closed = failure_of(&closing).await;
    assert_eq!(closed.stage, Stage::Tls);
    assert_eq!(closed.detail, "the connection was closed in the TLS handshake");

    let authority = Authority::new("House CA");
    let (server, inside) = serve(authority.for_loopback().config()).await;
    let failure = failure(&server.target()).await;
    assert_eq!(failure.stage, Stage::Protocol);
    assert_eq!(failure.detail, "the port speaks TLS; it may want https://");
    assert!(inside.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_handshake_that_stalls_is_no_connection_in_time() {
    let server = Server::start(|mut peer| async move { peer.until_closed().await }).await;
    let mut target = https(&server, None);
    target.timeouts.connect = Duration::from_millis(150);
    let failure = failure(&target).await;
    assert_eq!(failure.stage, Stage::Timeout);
    assert_eq!(failure.detail, "no connection within 150 ms");
}

#[tokio::test]
async fn a_client_certificate_opens_a_service_that_wants_one() {
    let authority = Authority::new("House CA");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
    let config = authority
        .for_loopback()
        .finish(builder().with_client_cert_verifier(verifier.build().unwrap()));
    let (server, inside) = serve(config).await;

    let mut target = https(&server, Some(authority.path()));
    let refused = failure(&target).await;
    assert_eq!(refused.stage, Stage::Tls);
    assert_eq!(refused.detail, "the service wants a client certificate");
    assert!(inside.lock().unwrap().is_empty());

    let client = authority.certify("authprobe", |_| {});
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "{}{}", client.pem, client.key.serialize_pem()).unwrap();
    target.tls.client_certificate = Some(file.path().to_owned());
    assert_eq!(answer(&target).await.status, 200);
}

/// An HTTP/2 server on a new port, and the target that trusts it.
async fn serve_http_2<F, S>(authority: &Authority, reply: F) -> (Server, Target)
where
    F: Fn(http::Request<h2::RecvStream>, SendResponse<Bytes>) -> S + Clone + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let mut config = authority.for_loopback().config();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::start(move |peer| {
        let (acceptor, reply) = (acceptor.clone(), reply.clone());
        async move {
            let stream = acceptor.accept(peer.stream).await?;
            let handshake = h2::server::handshake(stream).await;
            let mut connection = handshake.map_err(std::io::Error::other)?;
            while let Some(Ok((request, response))) = connection.accept().await {
                tokio::spawn(reply(request, response));
            }
            Ok(())
        }
    })
    .await;
    let target = https(&server, Some(authority.path()));
    (server, target)
}

#[tokio::test]
async fn http_2_is_spoken_where_offered_and_its_bodies_are_bounded_too() {
    let authority = Authority::new("House CA");
    let taken = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&taken);
    let (server, target) = serve_http_2(&authority, move |request, mut response| {
        let log = Arc::clone(&log);
        async move {
            let right = request.headers()["authorization"] == format!("Bearer {TOKEN}");
            let head = http::Response::builder().status(if right { 200 } else { 401 });
            let mut body = response.send_response(head.body(()).unwrap(), false).unwrap();
            body.reserve_capacity(1 << 24);
            let room = std::future::poll_fn(|context| body.poll_capacity(context)).await;
            log.lock().unwrap().push(room.unwrap().unwrap());
            // A body without end, on a connection that must stay of use.
            let _ = body.send_data(vec![b'a'; 1 << 20].into(), false);
        }
    })
    .await;
    let client = Clients::default().client(&target).unwrap();
    for round in 0..3 {
        let exchange = client
            .replay(&target, &bearer(), &variant(), KEPT, &Scrubber::default(), &Anchor::new())
            .await;
        let Outcome::Answer(answer) = exchange.outcome else { unreachable!("{exchange:?}") };
        assert_eq!(answer.status, 200, "round {round}");
        assert!(answer.body.truncated);
    }
    assert_eq!(server.connections(), 1);
    let taken = taken.lock().unwrap();
    assert!(taken.iter().all(|room| *room <= 128 * 1024), "{taken:?}");
}

#[tokio::test]
async fn a_refused_http_2_stream_is_not_asked_again() {
    let authority = Authority::new("House CA");
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let (_server, target) = serve_http_2(&authority, move |_, mut response| {
        *count.lock().unwrap() += 1;
        response.send_reset(h2::Reason::REFUSED_STREAM);
        async {}
    })
    .await;
    let failure = failure(&target).await;
    assert_eq!(failure.stage, Stage::Protocol);
    assert!(failure.detail.contains("refused stream"), "{}", failure.detail);
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn sending_begins_after_the_handshake() {
    let authority = Authority::new("House CA");
    let acceptor = TlsAcceptor::from(Arc::new(authority.for_loopback().config()));
    let anchor = Anchor::new();
    let begun = Arc::new(Mutex::new(None));
    let log = Arc::clone(&begun);
    let server = Server::start(move |peer| {
        let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
        async move {
            // A slow handshake: the client has long been waiting when this instant is taken.
            tokio::time::sleep(Duration::from_millis(100)).await;
            *log.lock().unwrap() = Some(std::time::Instant::now());
            let mut stream = acceptor.accept(peer.stream).await?;
            let _ = stream.read(&mut [0; 4096]).await?;
            stream.write_all(OK).await?;
            stream.shutdown().await
        }
    })
    .await;
    let target = https(&server, Some(authority.path()));
    let client = Clients::default().client(&target).unwrap();
    let exchange =
        client.replay(&target, &bearer(), &variant(), KEPT, &Scrubber::default(), &anchor).await;
    let begun = begun.lock().unwrap().unwrap();
    assert!(exchange.sent_at > anchor.at(begun), "the handshake lies inside the measurement");
}

#[tokio::test]
#[ignore = "the child of the next test"]
async fn child_speaks_tls() {
    let mut target = target(&std::env::var("AUTHPROBE_TEST_URL").unwrap());
    target.tls.ca = Some(std::env::var("AUTHPROBE_TEST_CA").unwrap().into());
    assert_eq!(answer(&target).await.status, 200);
}

#[tokio::test]
async fn the_session_keys_are_not_logged_whatever_the_environment_asks() {
    let authority = Authority::new("House CA");
    let (server, _) = serve(authority.for_loopback().config()).await;
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("keys.log");
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "child_speaks_tls", "--ignored"])
        .env("AUTHPROBE_TEST_URL", format!("https://{}/auth", server.address))
        .env("AUTHPROBE_TEST_CA", authority.file.path())
        .env("SSLKEYLOGFILE", &log);
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
    assert!(!log.exists());
}

#[test]
fn a_certificate_file_that_is_no_use_is_named() {
    let text = |text: &str| {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    };
    let garbage = text("canary-not-a-certificate");
    let authority = Authority::new("House CA");
    let error = |ca: Option<PathBuf>, client_certificate: Option<PathBuf>| {
        let mut target = target("https://127.0.0.1/");
        target.tls.ca = ca;
        target.tls.client_certificate = client_certificate;
        Clients::default().client(&target).err().expect("an error")
    };
    let path = garbage.path().to_owned();
    let shown = path.display();
    let missing = error(Some("/nowhere/ca.pem".into()), None);
    assert!(matches!(missing, ClientError::Unreadable { .. }));
    assert!(missing.to_string().starts_with("cannot read /nowhere/ca.pem: No such file"));
    assert_eq!(
        error(Some(path.clone()), None).to_string(),
        format!("{shown} holds no certificate in PEM form")
    );
    for unusable in [path, authority.path()] {
        assert_eq!(
            error(None, Some(unusable.clone())).to_string(),
            format!(
                "{} does not hold a certificate and its private key, both in PEM form",
                unusable.display()
            )
        );
    }
}
