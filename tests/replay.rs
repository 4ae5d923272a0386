//! What is sent and what is kept of the answer, against servers that behave.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod hostile_server;

use authprobe::observation::DateField;
use authprobe::plan::Carrier;
use authprobe::replay::Clients;
use authprobe::scrub::Scrubber;
use authprobe::secret::Secret;
use authprobe::time::{Anchor, UnixTime};
use authprobe::variant::{ClaimTimes, Variant};
use hostile_server::{Server, TOKEN, answer, bearer, replay, variant};
use tokio::io::AsyncWriteExt as _;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn head(server: &Server) -> String {
    String::from_utf8(server.received()).unwrap().to_lowercase()
}

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
