//! A response in, its body out: 64 KiB are read, 4 KiB are shown, all that was read is digested.
//! Never decompresses, never lets a secret through that the limit cut in two.

use std::hash::{DefaultHasher, Hasher};
use std::time::Instant;

use reqwest::Response;
use tokio::time::timeout_at;

use super::clean::{Cleaner, cut, escape};
use super::normal::normalise;
use crate::observation::Body;

/// How many bytes are read.
const READ: usize = 64 * 1024;
/// How many bytes of text are kept to show.
const SHOWN: usize = 4 * 1024;

/// How the reading ended.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Complete,
    Limit,
    Broken,
}

/// Reads until the end, the limit or the deadline. The connection is dropped with what is left.
pub(super) async fn read(response: Response, cleaner: &Cleaner<'_>, deadline: Instant) -> Body {
    let (bytes, end) = collect(response, deadline).await;
    let (text, echoed_token) = cleaner.scrub(&bytes);
    let mut digest = DefaultHasher::new();
    digest.write(normalise(&text).as_bytes());
    Body {
        text: cut(escape(certain(&text, end)), SHOWN),
        digest: digest.finish(),
        truncated: end != End::Complete,
        echoed_token,
    }
}

async fn collect(mut response: Response, deadline: Instant) -> (Vec<u8>, End) {
    let mut bytes = Vec::new();
    loop {
        match timeout_at(deadline.into(), response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let room = READ - bytes.len();
                bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return (bytes, End::Limit);
                }
            }
            Ok(Ok(None)) => return (bytes, End::Complete),
            Ok(Err(_)) | Err(_) => return (bytes, End::Broken),
        }
    }
}

/// The text without an end that could be the first part of a secret: cut in two, it was not
/// recognised. After the limit there is text to spare, after a break only the last word goes.
fn certain(text: &str, end: End) -> &str {
    let length = match end {
        End::Complete => text.len(),
        End::Limit => text.floor_char_boundary(text.len().saturating_sub(SHOWN)),
        End::Broken => {
            text.rfind(|c: char| c.is_whitespace() || "\"'=,;:".contains(c)).map_or(0, |at| at + 1)
        }
    };
    &text[..length]
}
