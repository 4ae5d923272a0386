//! One plain request, for tests that ask a service directly: an URL and a header in, status, body
//! and `Location` out. Never follows a redirect, never uses a proxy.

use std::collections::HashMap;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// The fields by lower-case name.
    pub fields: HashMap<String, String>,
}

/// Gets `url`, with one header if one is given.
pub fn get(url: &str, header: Option<(&str, String)>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Nothing here speaks TLS, and a machine without certificates is no reason to fail.
            .tls_certs_only([])
            .build()
            .expect("a client");
        let mut request = client.get(url);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let response = request.send().await.expect("an answer");
        let fields = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        Answer {
            status: response.status().as_u16(),
            fields,
            body: response.text().await.expect("a body"),
        }
    })
}
