//! A peer whose answer was no HTTP in, what it says in place of it out: the first bytes that it
//! sends to a bare request line. Never sends a credential, a header or the path.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::observation::{Failure, Stage};
use crate::plan::Target;

const QUESTION: &[u8] = b"GET / HTTP/1.0\r\n\r\n";
const SHOWN: u64 = 32;
/// The content type of a TLS alert and its major version (RFC 8446 section 5.1).
const TLS_ALERT: &[u8] = &[21, 3];

/// The same failure, with what the peer says where that is not HTTP.
pub(super) async fn explain(mut failure: Failure, target: &Target) -> Failure {
    let plain = target.url.scheme() == "http" && target.proxy.is_none();
    if failure.stage != Stage::Protocol || !plain {
        return failure;
    }
    let said = said(target, target.timeouts.first_byte).await;
    if said.starts_with(TLS_ALERT) {
        failure.detail = "the port speaks TLS; it may want https://".into();
    } else if !said.is_empty() && !said.starts_with(b"HTTP/") {
        let said = String::from_utf8_lossy(&said);
        failure.detail = format!("{}; it begins {:?}", failure.detail, said.trim());
    }
    failure
}

async fn said(target: &Target, limit: Duration) -> Vec<u8> {
    let mut bytes = Vec::new();
    let listen = async {
        let host = target.url.host_str()?.trim_matches(['[', ']']);
        let port = target.url.port_or_known_default()?;
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        stream.write_all(QUESTION).await.ok()?;
        stream.take(SHOWN).read_to_end(&mut bytes).await.ok()
    };
    // What came before the limit or the break is all there is to show.
    let _ = timeout(limit, listen).await;
    bytes
}
