//! Servers that are broken or mean: each ends in time, with bounded memory and the right word.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod hostile_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use authprobe::observation::{Answer, DateField, Failure, Outcome, Stage};
use authprobe::plan::{Carrier, Target};
use authprobe::replay::Clients;
use authprobe::scrub::Scrubber;
use authprobe::secret::Secret;
use authprobe::time::{Anchor, UnixTime};
use authprobe::variant::Variant;
use hostile_server::{KEPT, KEY, Server, TOKEN, answer, bearer, failure, replay, target, variant};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};

/// Far longer than any limit in a target: whoever needs it hangs.
const HANGS: Duration = Duration::from_secs(30);
/// What may lie in the buffers of two sockets beside what was read.
const IN_FLIGHT: usize = 16 * 1024 * 1024;

/// Limits that a test can wait for.
fn impatient(server: &Server) -> Target {
    let mut target = server.target();
    target.timeouts.first_byte = Duration::from_millis(200);
    target.timeouts.total = Duration::from_millis(600);
    target
}

async fn fails(target: &Target) -> Failure {
    timeout(HANGS, failure(target)).await.expect("an end")
}

async fn answers(target: &Target) -> Answer {
    timeout(HANGS, answer(target)).await.expect("an end")
}

#[tokio::test]
async fn what_is_no_complete_http_answer_is_a_failure_of_the_right_stage() {
    let flood = |line: &str, count| format!("HTTP/1.1 200 OK\r\n{}\r\n", line.repeat(count));
    let no_http = |begins| format!("what answered does not speak HTTP; it begins {begins:?}");
    let closed = "the connection was closed before an answer";
    let large = "the head of the answer is too large";
    for (name, bytes, stage, detail) in [
        ("nothing", Vec::new(), Stage::Reset, closed.to_owned()),
        ("half a head", b"HTTP/1.1 200 OK\r\nDate: M".to_vec(), Stage::Reset, closed.to_owned()),
        (
            "SSH",
            b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
            Stage::Protocol,
            no_http("SSH-2.0-OpenSSH_9.6"),
        ),
        ("HTTP/0.9", b"<h1>hello</h1>".to_vec(), Stage::Protocol, no_http("<h1>hello</h1>")),
        (
            "garbage with an escape sequence",
            b"\x1b[2J\xff garbage \r\n\r\n".to_vec(),
            Stage::Protocol,
            no_http("\u{1b}[2J\u{fffd} garbage"),
        ),
        (
            "a TLS alert",
            b"\x15\x03\x03\x00\x02\x02\x0a".to_vec(),
            Stage::Protocol,
            "the port speaks TLS; it may want https://".to_owned(),
        ),
        (
            "two content lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk".to_vec(),
            Stage::Protocol,
            "the answer is not valid HTTP: invalid content-length parsed".to_owned(),
        ),
        ("header flood", flood("X-Flood: 1\r\n", 101).into(), Stage::Protocol, large.to_owned()),
        (
            "one huge header",
            format!("HTTP/1.1 200 OK\r\nX-Huge: {}\r\n\r\n", "x".repeat(1 << 20)).into(),
            Stage::Protocol,
            large.to_owned(),
        ),
    ] {
        let server = Server::answering(bytes).await;
        let failure = fails(&server.target()).await;
        assert_eq!((failure.stage, failure.detail), (stage, detail), "{name}");
    }
}

#[tokio::test]
async fn a_peer_that_only_talks_first_is_named_too() {
    let server = Server::start(|mut peer| async move {
        peer.stream.write_all(b"220 mail.example ESMTP\r\n").await?;
        peer.until_closed().await
    })
    .await;
    let failure = fails(&impatient(&server)).await;
    assert_eq!(failure.stage, Stage::Protocol);
    assert!(failure.detail.contains("220 mail.example ESMTP"), "{}", failure.detail);
}

#[tokio::test]
async fn the_look_at_what_a_peer_says_carries_no_token() {
    let server = Server::answering("SSH-2.0-OpenSSH_9.6\r\n").await;
    fails(&server.target()).await;
    let received = String::from_utf8(server.received()).unwrap();
    assert_eq!(server.connections(), 2);
    assert_eq!(received.matches(TOKEN).count(), 1);
    assert!(received.ends_with("GET / HTTP/1.0\r\n\r\n"), "{received}");
}

#[tokio::test]
async fn a_reset_before_the_answer_is_a_reset_and_one_after_the_head_is_an_answer() {
    let before = Server::start(|mut peer| async move {
        peer.request().await?;
        peer.reset()
    })
    .await;
    assert_eq!(fails(&before.target()).await.stage, Stage::Reset);
    let after = Server::start(|mut peer| async move {
        peer.request().await?;
        peer.stream.write_all(b"HTTP/1.1 401 No\r\nContent-Length: 100\r\n\r\nbad to").await?;
        peer.reset()
    })
    .await;
    let answer = answers(&after.target()).await;
    assert_eq!(answer.status, 401);
    assert!(answer.body.truncated);
}

#[tokio::test]
async fn silence_drip_and_interim_storms_end_at_the_limit_that_is_named() {
    let silent = Server::start(|mut peer| async move { peer.until_closed().await }).await;
    let drip = Server::start(|mut peer| async move {
        peer.request().await?;
        for byte in b"HTTP/1.1 200 OK\r\nX-Drip: ".iter().chain(std::iter::repeat(&b'x')) {
            peer.stream.write_all(&[*byte]).await?;
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    })
    .await;
    let storm = Server::start(|mut peer| async move {
        peer.request().await?;
        loop {
            peer.stream.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").await?;
            tokio::task::yield_now().await;
        }
    })
    .await;
    for (name, server) in [("silence", silent), ("drip", drip), ("storm", storm)] {
        let failure = fails(&impatient(&server)).await;
        assert_eq!(failure.stage, Stage::Timeout, "{name}");
        assert_eq!(failure.detail, "connected, but no answer within 200 ms", "{name}");
    }
    let silent = Server::start(|mut peer| async move { peer.until_closed().await }).await;
    let mut target = silent.target();
    target.timeouts.total = Duration::from_millis(100);
    assert_eq!(fails(&target).await.detail, "no answer within 100 ms in all");
}

#[tokio::test]
async fn without_a_listener_or_a_name_the_failure_says_which() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = fails(&target(&format!("http://{address}/"))).await;
    assert_eq!(failure.stage, Stage::Connect);
    assert_eq!(failure.detail, format!("nothing listens on {address}"));
    let failure = fails(&target("http://service.invalid/")).await;
    assert_eq!(failure.stage, Stage::Name, "{failure:?}");
    assert!(failure.detail.contains("service.invalid"), "{failure:?}");
}

#[tokio::test]
async fn a_body_without_end_is_read_to_the_limit_only() {
    for head in ["", "Content-Length: 99999999999\r\n", "Transfer-Encoding: chunked\r\n"] {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let chunked = head.starts_with("Transfer");
        let server = Server::start(move |mut peer| {
            let count = Arc::clone(&count);
            async move {
                peer.request().await?;
                peer.stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes()).await?;
                let piece = "a".repeat(0x1000);
                let piece = if chunked { format!("1000\r\n{piece}\r\n") } else { piece };
                loop {
                    peer.stream.write_all(piece.as_bytes()).await?;
                    count.fetch_add(piece.len(), Ordering::SeqCst);
                }
            }
        })
        .await;
        let answer = answers(&server.target()).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.truncated);
        assert_eq!(answer.body.text, "a".repeat(4096));
        let written = written.load(Ordering::SeqCst);
        assert!(written < IN_FLIGHT, "{head:?}: {written} bytes were taken");
    }
}

#[tokio::test]
async fn a_body_that_drips_or_breaks_off_leaves_the_status_and_what_came() {
    let drip = Server::start(|mut peer| async move {
        peer.request().await?;
        peer.stream.write_all(b"HTTP/1.1 401 No\r\nContent-Length: 100000\r\n\r\nslow: ").await?;
        loop {
            peer.stream.write_all(b"x").await?;
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let short = Server::answering("HTTP/1.1 401 No\r\nContent-Length: 99\r\n\r\nslow: xx").await;
    for (server, name) in [(drip, "drip"), (short, "short")] {
        let answer = answers(&impatient(&server)).await;
        assert_eq!(answer.status, 401, "{name}");
        assert_eq!(answer.body.text, "slow: ", "{name}: the last word may be half of a secret");
        assert!(answer.body.truncated, "{name}");
    }
}

#[tokio::test]
async fn a_redirect_is_reported_and_never_followed_whatever_carries_the_token() {
    let header = |name: &str| Carrier::Header { name: name.into(), scheme: None };
    let carriers = [
        bearer(),
        header("X-Auth-Token"),
        Carrier::Cookie { name: "access_token".into() },
        Carrier::Query { name: "jwt".into() },
    ];
    let second = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let port = second.address.port();
    let places = [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("http://user:word@127.0.0.1:{port}/"),
        format!("http://localhost.:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "/login".to_owned(),
        "file:///etc/passwd".to_owned(),
    ];
    for status in [301, 302, 303, 307, 308] {
        for place in &places {
            for carrier in &carriers {
                let reply = format!(
                    "HTTP/1.1 {status} Moved\r\nLocation: {place}?token={TOKEN}\r\nRefresh: 0; url={place}\r\nContent-Length: 0\r\n\r\n"
                );
                let first = Server::answering(reply).await;
                let outcome = replay(&first.target(), carrier).await.outcome;
                let Outcome::Answer(answer) = outcome else { unreachable!("{outcome:?}") };
                assert_eq!(answer.status, status);
                assert_eq!(answer.location, Some(format!("{place}?token=[redacted]")));
                assert_eq!(first.connections(), 1, "{status} {place} {carrier}");
            }
        }
    }
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_date_is_one_http_date_in_any_of_three_forms_or_worthless() {
    let noon = DateField::At(UnixTime(1_795_435_200.0));
    for (fields, expected) in [
        ("", DateField::Missing),
        ("Date: Mon, 23 Nov 2026 12:00:00 GMT\r\n", noon),
        ("Date: Monday, 23-Nov-26 12:00:00 GMT\r\n", noon),
        ("Date: Mon Nov 23 12:00:00 2026\r\n", noon),
        ("Date: 2026-11-23T12:00:00Z\r\n", DateField::Broken),
        ("Date: Mon, 23 Nov 2026 12:00:00 CET\r\n", DateField::Broken),
        ("Date: \u{ff}\r\n", DateField::Broken),
        ("Date:\r\n", DateField::Broken),
        (
            "Date: Mon, 23 Nov 2026 12:00:00 GMT\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
            DateField::Broken,
        ),
    ] {
        let reply = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
        let server = Server::answering(reply).await;
        assert_eq!(answers(&server.target()).await.date, expected, "{fields:?}");
    }
}

#[tokio::test]
async fn retry_after_is_seconds_or_a_date_counted_from_the_answers_own() {
    for (value, expected) in [
        ("7", Some(7)),
        ("0", Some(0)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Mon, 23 Nov 2026 12:01:30 GMT", Some(90)),
        ("Mon, 23 Nov 2026 11:00:00 GMT", Some(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(251_606_865_599)),
    ] {
        let reply = format!(
            "HTTP/1.1 429 Slow down\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
        );
        let server = Server::answering(reply).await;
        let asked = answers(&server.target()).await.retry_after;
        assert_eq!(asked.map(|wait| wait.as_secs()), expected, "{value:?}");
    }
}

#[tokio::test]
async fn a_cache_shows_by_its_age_or_by_its_word() {
    for (fields, expected) in [
        ("", None),
        ("Age: 0\r\n", Some(0)),
        ("Age: 31\r\nX-Cache: HIT\r\n", Some(31)),
        ("Age: old\r\n", None),
        ("X-Cache: MISS\r\n", None),
        ("X-Cache: Hit from cloudfront\r\n", Some(0)),
        ("CF-Cache-Status: HIT\r\n", Some(0)),
        ("Cache-Status: edge; hit; ttl=5\r\n", Some(0)),
    ] {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).await;
        assert_eq!(answers(&server.target()).await.age, expected, "{fields:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_and_control_characters_are_spelled_out() {
    let mut reply = b"HTTP/1.1 401 \xff\x80\r\nX-Note: a\xfe\xc2\x9bb\xe2\x80\xaec\r\nWWW-Authenticate: Bearer \xff\r\nContent-Type: text/\xff\r\n\r\n".to_vec();
    reply.extend_from_slice(b"\x1b]0;owned\x07 \xff\xfe caf\xc3\xa9\r\n\0");
    let server = Server::answering(reply).await;
    let answer = answers(&server.target()).await;
    assert_eq!(answer.field("x-note"), Some("a\u{fffd}\\u{9b}b\\u{202e}c"));
    assert_eq!(answer.challenges, ["Bearer \u{fffd}"]);
    assert_eq!(answer.content_type.as_deref(), Some("text/\u{fffd}"));
    let expected = "\\u{1b}]0;owned\\u{7} \u{fffd}\u{fffd} café\\u{d}\n\\u{0}";
    assert_eq!(answer.body.text, expected);
}

#[tokio::test]
async fn a_compressed_body_that_nobody_asked_for_stays_as_it_is() {
    // The first bytes of a gzip member; inflated it would be text.
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c\x44\x05\x00";
    let mut reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    reply.extend_from_slice(gzip);
    let server = Server::answering(reply).await;
    let answer = answers(&server.target()).await;
    assert!(answer.body.text.starts_with("\\u{1f}\u{fffd}\\u{8}\\u{0}"), "{}", answer.body.text);
    assert_eq!(answer.field("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn an_echoed_token_and_a_leaked_key_are_nowhere_in_the_answer() {
    let signature = TOKEN.rsplit('.').next().unwrap();
    let filler = "f".repeat(4090);
    let reply = format!(
        "HTTP/1.1 500 Oops\r\nWWW-Authenticate: Bearer realm=\"{TOKEN}\"\r\nX-Debug: {KEY}\r\nLocation: /?t={TOKEN}\r\nContent-Type: {TOKEN}\r\n\r\n{filler}{TOKEN} {signature} JWT_SECRET={KEY} {}",
        hex::encode(KEY)
    );
    let server = Server::answering(reply).await;
    let answer = answers(&server.target()).await;
    assert!(answer.body.echoed_token);
    let all = format!("{answer:?}");
    for part in TOKEN.split('.').chain([KEY, &hex::encode(KEY), "canary"]) {
        assert!(!all.contains(part), "{part} in {all}");
    }
    assert!(answer.body.text.ends_with("[redac"), "cut after scrubbing");
}

#[tokio::test]
async fn a_secret_that_the_limit_cuts_in_two_does_not_show() {
    let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl", "Y2FuYXJ5".repeat(40));
    let sent = Variant { credential: Some(Secret::new(token.as_str())), ..variant() };
    for shift in (0..token.len()).step_by(5) {
        // So many tokens that, scrubbed, all that was read fits into what is shown.
        let body = format!("{}{}", "-".repeat(shift), format!("{token} ").repeat(400));
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\n\r\n{body}")).await;
        let target = server.target();
        let client = Clients::default().client(&target).unwrap();
        let (scrubber, anchor) = (Scrubber::default(), Anchor::new());
        let exchange = client.replay(&target, &bearer(), &sent, KEPT, &scrubber, &anchor).await;
        assert!(!format!("{exchange:?}").contains("Y2FuYXJ5"), "shift {shift}: {exchange:?}");
    }
}

#[tokio::test]
async fn bodies_that_differ_in_volatile_parts_only_have_one_digest() {
    let digest = async |body: String| {
        let server = Server::answering(format!("HTTP/1.1 401 No\r\n\r\n{body}")).await;
        answers(&server.target()).await.body.digest
    };
    let page = |reason: &str, id: &str, time: &str| {
        format!(
            "{{\"error\":\"{reason}\",\"id\":\"{id}\",\"at\":\"{time}\",\"token\":\"{TOKEN}\"}}"
        )
    };
    let (first, second) = (
        page("bad", "0192f0c4-7a1e-7cc3-98c4-dc0c0c07398f", "2026-11-23T12:00:00.123Z"),
        page("bad", "5f1b8a52-1f0b-4b7a-8a0e-0d3c1a2b3c4d", "2026-11-23T12:00:07.9Z"),
    );
    let other =
        page("user not found", "5f1b8a52-1f0b-4b7a-8a0e-0d3c1a2b3c4d", "2026-11-23T12:00:07Z");
    let first = digest(first).await;
    assert_eq!(first, digest(second).await);
    assert_ne!(first, digest(other).await);
}

#[tokio::test]
async fn many_fields_are_kept_to_sixty_four_and_long_ones_are_cut() {
    use std::fmt::Write as _;
    let mut fields = String::new();
    for number in 0..90 {
        write!(fields, "X-Field-{number}: {}\r\n", "é".repeat(3000)).unwrap();
    }
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).await;
    // Ninety such fields are more than a head may hold.
    assert_eq!(fails(&server.target()).await.stage, Stage::Protocol);
    let fields = fields.replace(&"é".repeat(1800), "");
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).await;
    let answer = answers(&server.target()).await;
    assert_eq!(answer.fields.len(), 64);
    assert!(answer.fields.iter().all(|(_, value)| value.len() == 2048));
}

#[tokio::test]
async fn a_failure_never_shows_the_url_that_carries_the_token() {
    let query = Carrier::Query { name: "jwt".into() };
    for bytes in ["", "garbage\r\n\r\n"] {
        let server = Server::answering(bytes).await;
        let exchange = replay(&server.target(), &query).await;
        assert!(!format!("{exchange:?}").contains("eyJ"), "{exchange:?}");
    }
}
