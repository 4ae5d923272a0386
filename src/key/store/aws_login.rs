//! What the environment and the files of the AWS command line say of a login in, a signed request out.
//! The chain: environment, profile, single sign-on, web identity, container, instance. Never runs a
//! program (`credential_process`), never assumes a role for a profile.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use ini::Ini;
use reqsign_aws_v4::{DefaultCredentialProvider, RequestSigner};
use reqsign_core::{Context, Error, FileRead, HttpSend, Result, Signer, StaticEnv};
use reqwest::{Client, Request};
use url::{Host, Url};

use super::StoreError;
use super::client::ask;
use crate::key::file;

/// For all of a login: single sign-on and the services of a container take a request or three.
const LOGIN: Duration = Duration::from_secs(5);
/// The metadata service of an instance answers at once, or is not there.
const METADATA: Duration = Duration::from_secs(1);

/// Signs the head of a request with the first login that is found.
pub(super) async fn sign(
    head: &mut Parts,
    service: &str,
    region: &str,
    variables: &HashMap<String, String>,
    client: &Client,
) -> std::result::Result<(), StoreError> {
    let home_dir = variables.get("HOME").map(PathBuf::from);
    let context = Context::new()
        .with_env(StaticEnv { home_dir, envs: variables.clone() })
        .with_file_read(Files)
        .with_http_send(Http(client.clone()));
    let login = DefaultCredentialProvider::builder().no_process().build();
    let signer = Signer::new(context, login, RequestSigner::new(service, region));
    // The library tells no failures apart: each login of the chain that fails is passed over.
    match tokio::time::timeout(LOGIN, signer.sign(head, None)).await {
        Ok(Ok(())) if head.headers.contains_key(http::header::AUTHORIZATION) => Ok(()),
        _ => Err(StoreError::NoLogin),
    }
}

/// The region that the profile names.
pub(super) fn region(variables: &HashMap<String, String>) -> Option<String> {
    let set = |name| variables.get(name).filter(|text| !text.is_empty());
    let path = match set("AWS_CONFIG_FILE") {
        Some(path) => PathBuf::from(path),
        None => Path::new(set("HOME")?).join(".aws/config"),
    };
    let read = file::read(&path).ok()?;
    let config = Ini::load_from_str(std::str::from_utf8(read.expose()).ok()?).ok()?;
    let section = match set("AWS_PROFILE").map(String::as_str) {
        None | Some("default") => "default".to_owned(),
        Some(profile) => format!("profile {profile}"),
    };
    config.section(Some(section))?.get("region").map(str::to_owned)
}

/// Files of a login, read as key files are.
#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> Result<Vec<u8>> {
        let read = file::read(Path::new(path));
        read.map(|read| read.expose().to_vec())
            .map_err(|error| Error::unexpected(error.to_string()))
    }
}

/// Requests of a login, sent as those for a secret are.
#[derive(Debug)]
struct Http(Client);

impl HttpSend for Http {
    async fn http_send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
        let failed = || Error::unexpected("no answer");
        let mut request = Request::try_from(request).map_err(|_| failed())?;
        if is_metadata(request.url()) {
            *request.timeout_mut() = Some(METADATA);
        }
        let answer = ask(&self.0, request).await.map_err(|_| failed())?;
        let response = http::Response::builder().status(answer.status);
        response.body(Bytes::copy_from_slice(&answer.body)).map_err(|_| failed())
    }
}

fn is_metadata(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_unique_local(),
        _ => false,
    }
}
