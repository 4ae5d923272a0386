//! A service as Rust teams write it: axum and the crate `jsonwebtoken` behind GET /me. Environment in,
//! `listening PORT` on standard output and then answers out; never reads a clock by itself.
//!
//! The environment says how it verifies: `JWT_SECRET_KEY`, `LEEWAY` in seconds (60, the crate's default)
//! and `NBF`, which is looked at unless it is `ignored` (the crate's default).

#![allow(clippy::print_stdout, reason = "it tells its port")]

use std::env;
use std::error::Error;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Verifier {
    key: DecodingKey,
    rules: Validation,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = env::var("JWT_SECRET_KEY")?;
    let mut rules = Validation::new(Algorithm::HS256);
    rules.leeway = env::var("LEEWAY").map_or(Ok(60), |leeway| leeway.parse())?;
    rules.validate_nbf = env::var("NBF").as_deref() != Ok("ignored");
    rules.set_audience(&["RemoteHive-Services"]);
    rules.set_issuer(&["RemoteHive"]);
    let verifier = Verifier { key: DecodingKey::from_secret(key.as_bytes()), rules };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?.port());
    axum::serve(listener, Router::new().route("/me", get(me)).with_state(verifier)).await?;
    Ok(())
}

/// 200 for a token that the crate takes, 401 for every other.
async fn me(State(verifier): State<Verifier>, headers: HeaderMap) -> StatusCode {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = sent.and_then(|value| value.strip_prefix("Bearer "));
    match token.map(|token| decode::<Value>(token, &verifier.key, &verifier.rules)) {
        Some(Ok(_)) => StatusCode::OK,
        Some(Err(_)) | None => StatusCode::UNAUTHORIZED,
    }
}
