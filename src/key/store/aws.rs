//! The name of a secret in AWS Secrets Manager in, its value out: one signed `GetSecretValue`. Never
//! lists secrets, never writes one.

use std::collections::HashMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use reqwest::Request;
use serde_json::{Value, json};
use url::Url;

use super::client::{Answer, ask, client, wait};
use super::{AwsSecret, StoreError, aws_login, field, listed};
use crate::secret::Secret;

const SERVICE: &str = "secretsmanager";

/// The names under which AWS refuses a login, whatever it would be used for.
const LOGIN_REFUSED: [&str; 9] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "ExpiredTokenException",
    "ExpiredToken",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "AuthFailure",
];

pub(super) fn read(
    secret: &AwsSecret,
    variables: &HashMap<String, String>,
) -> Result<Secret, StoreError> {
    let region = region(secret, variables)?;
    let endpoint = endpoint(&region, variables)?;
    let answer = wait(async {
        let client = client(&[])?;
        let (mut head, body) = question(secret, &endpoint)?;
        aws_login::sign(&mut head, SERVICE, &region, variables, &client).await?;
        // The client writes it by itself, for either version of HTTP.
        head.headers.remove(HOST);
        let request = Request::try_from(http::Request::from_parts(head, body));
        ask(&client, request.map_err(|_| StoreError::Client)?).await
    })?;
    value(secret, &endpoint.origin().ascii_serialization(), &answer)
}

/// The region that is named, else that of the ARN, of the environment or of the profile.
fn region(secret: &AwsSecret, variables: &HashMap<String, String>) -> Result<String, StoreError> {
    let set = |name| variables.get(name).filter(|text| !text.is_empty()).cloned();
    let of_arn = || {
        let arn = secret.id.strip_prefix("arn:")?;
        arn.split(':').nth(2).filter(|region| !region.is_empty()).map(str::to_owned)
    };
    let region = secret.region.clone().or_else(of_arn).or_else(|| set("AWS_REGION"));
    let region = region.or_else(|| set("AWS_DEFAULT_REGION"));
    let region = region.or_else(|| aws_login::region(variables)).ok_or(StoreError::NoRegion)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = (1..=32).contains(&region.len()) && region.chars().all(fits);
    if is_name { Ok(region) } else { Err(StoreError::BadRegion) }
}

/// Where the service is, or what the environment puts in its place.
fn endpoint(region: &str, variables: &HashMap<String, String>) -> Result<Url, StoreError> {
    let named = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"];
    let named = named.iter().find_map(|name| variables.get(*name).filter(|url| !url.is_empty()));
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let usual = format!("https://{SERVICE}.{region}.{domain}/");
    let url = Url::parse(named.unwrap_or(&usual)).map_err(|_| StoreError::BadEndpoint)?;
    let has_login = !url.username().is_empty() || url.password().is_some();
    if has_login || !matches!(url.scheme(), "http" | "https") {
        return Err(StoreError::BadEndpoint);
    }
    Ok(url)
}

/// `GetSecretValue`, not yet signed.
fn question(secret: &AwsSecret, endpoint: &Url) -> Result<(Parts, Bytes), StoreError> {
    let body = json!({ "SecretId": secret.id, "VersionStage": secret.stage }).to_string();
    let hash = hex::encode(digest::digest(&digest::SHA256, body.as_bytes()));
    let request = http::Request::post(endpoint.as_str())
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .header("x-amz-target", "secretsmanager.GetSecretValue")
        .header("x-amz-content-sha256", hash)
        .body(());
    let (head, ()) = request.map_err(|_| StoreError::Client)?.into_parts();
    Ok((head, body.into()))
}

fn value(secret: &AwsSecret, server: &str, answer: &Answer) -> Result<Secret, StoreError> {
    let json = answer.json();
    if answer.status != 200 {
        return Err(refusal(secret, server, answer));
    }
    let whole = match (&json["SecretString"], &json["SecretBinary"]) {
        (Value::String(text), _) => Secret::new(text.as_str()),
        (_, Value::String(encoded)) => {
            let decoded = STANDARD.decode(encoded);
            Secret::new(decoded.map_err(|_| StoreError::NotAStore(server.to_owned()))?)
        }
        _ => return Err(StoreError::NotAStore(server.to_owned())),
    };
    let members: Value = serde_json::from_slice(whole.expose()).unwrap_or_default();
    match (&secret.field, &members) {
        (Some(name), _) => field(&members, name, &secret.to_string()),
        // Whoever forgot the field would see all services refuse this as a key.
        (None, Value::Object(members)) => Err(StoreError::NeedsField {
            secret: secret.to_string(),
            fields: listed(members.keys().map(String::as_str)),
        }),
        (None, _) => Ok(whole),
    }
}

fn refusal(secret: &AwsSecret, server: &str, answer: &Answer) -> StoreError {
    let (server, status) = (server.to_owned(), answer.status);
    let text = String::from_utf8_lossy(&answer.body);
    let (code, secret) = (code(answer, &text), secret.to_string());
    match code.as_str() {
        _ if (300..400).contains(&status) => StoreError::Redirected(server),
        "ResourceNotFoundException" => StoreError::AwsNoSecret(secret),
        "AccessDeniedException" | "AccessDenied" => StoreError::AwsMayNotRead(secret),
        "DecryptionFailure" => StoreError::AwsUndecipherable(secret),
        "InvalidRequestException" if text.contains("delet") => StoreError::AwsDeleted(secret),
        code if LOGIN_REFUSED.contains(&code) => StoreError::LoginRefused(code.to_owned()),
        code if !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric()) => {
            StoreError::AwsRefused { secret, code: code.chars().take(64).collect() }
        }
        _ => StoreError::Status { server, status },
    }
}

/// The name of an error, with a namespace before or a URL after it in JSON; what stands in for AWS, or
/// before it, answers in XML.
fn code(answer: &Answer, text: &str) -> String {
    let json = answer.json();
    let name = match json["__type"].as_str() {
        Some(name) => name.rsplit('#').next().and_then(|name| name.split(':').next()),
        None => text.split_once("<Code>").and_then(|(_, rest)| rest.split('<').next()),
    };
    name.unwrap_or_default().to_owned()
}
