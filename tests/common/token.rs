//! Tokens made by hand, independent of the product's own mint: a key and what differs from a right
//! token in, a compact JWS out.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

/// A token that the fleet's services take, and how it is changed.
pub struct Token {
    algorithm: Algorithm,
    claims: Map<String, Value>,
}

impl Token {
    /// The claims of the seed document's services, HS256, valid for a minute.
    pub fn right() -> Self {
        let claims = json!({
            "sub": "authprobe", "iss": "RemoteHive", "aud": "RemoteHive-Services",
            "type": "service", "exp": now() + 60,
        });
        let Value::Object(claims) = claims else { unreachable!("an object") };
        Self { algorithm: Algorithm::HS256, claims }
    }

    /// The same with another algorithm.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The same with this claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same with `exp` so many seconds from now.
    pub fn expires_in(self, seconds: i64) -> Self {
        self.claim("exp", now() + seconds)
    }

    /// Signs it.
    pub fn signed_with(&self, key: &str) -> String {
        let key = EncodingKey::from_secret(key.as_bytes());
        jsonwebtoken::encode(&Header::new(self.algorithm), &self.claims, &key).expect("a token")
    }
}

/// Our clock, in whole seconds since the Unix epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    since.as_secs().cast_signed()
}
