//! `authprobe mint`: one test token, for curl.

use std::error::Error;

use super::options::Options;
use super::status::Status;
use super::{config, output};
use crate::mint;
use crate::question::{Question, TokenShape};
use crate::time::{Anchor, UnixTime};

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe mint
  curl -H \"Authorization: Bearer $(authprobe mint)\" http://127.0.0.1:8000/me
  curl --cookie \"access_token=$(authprobe mint admin -q)\" http://127.0.0.1:3000/me

Exit status:
  0    the token is on standard output, what it is on standard error
  2    usage or configuration error")]
pub(super) struct Mint {
    /// The service the token is for; the source of truth if none is named
    #[arg(value_name = "SERVICE")]
    pub(super) service: Option<String>,
}

pub(super) fn run(options: &Options, wanted: &Mint) -> Result<Status, Box<dyn Error>> {
    let names: Vec<String> = wanted.service.iter().cloned().collect();
    let plan = config::load(options, &names)?;
    let service = plan
        .services
        .iter()
        .find(|service| wanted.service.is_some() || service.subject.source_of_truth)
        .ok_or("no service is named as the source of truth")?;
    let spec = &service.subject.token;
    let question = Question::token(TokenShape::baseline(spec.algorithm));
    let variant = mint::mint(&question, spec, &service.keyring, Anchor::new().now())?;
    let token = variant.credential.ok_or("no token was made")?;
    output::print(std::str::from_utf8(token.expose())?)?;
    if !options.quiet {
        let dies = variant.times.expires.map_or_else(
            || "never".to_owned(),
            |exp| UnixTime(exp).to_utc().format("at %H:%M:%S UTC").to_string(),
        );
        output::note(&format!(
            "{} for {} ({}), signed with {}, sent as {}; it dies {dies}",
            spec.algorithm,
            service.subject.name,
            plan.environment,
            service.subject.reference.place,
            service.subject.carrier,
        ));
    }
    Ok(Status::Passed)
}
