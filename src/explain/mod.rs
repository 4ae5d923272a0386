//! A token caught in the wild in, why it is refused and by whom out. Offline it is decoded, its key
//! is found and its times and claims are held against the configuration; live, each service is put
//! on [`Trial`]. Owns no socket and no clock; reads keys only to verify the token with them.

mod dates;
mod evidence;
mod findings;
mod members;
mod narrow;
mod reason;
mod record;
mod scene;
mod sentence;
mod shown;
mod signature;
mod token;
mod trial;
mod twins;
mod wants;
mod wrapping;

use crate::explanation::{Decoded, Inspection};
use crate::plan::Service;
use crate::question::{Credential, Question};
use crate::scrub::Scrubber;
use crate::time::UnixTime;

pub use members::{Member, Members};
pub use token::Token;
pub use trial::{Step, Trial};

/// What can be told of a token without asking anyone; `services` may be none.
#[must_use]
pub fn inspect(token: &Token, services: &[Service], now: UnixTime) -> Inspection {
    let scrubber = scrubber(token, services);
    let signed = signature::signed(token, services);
    Inspection::Token(Box::new(Decoded {
        header: shown::members(&token.header, now, &scrubber),
        claims: shown::members(&token.claims, now, &scrubber),
        signed: findings::words(&signed),
        findings: findings::findings(token, &signed, services, now, &scrubber),
        signer: signed.signer,
    }))
}

/// Puts the token on trial at one of the services. `url` is what the report shows, without query
/// and userinfo.
#[must_use]
pub fn trial(token: &Token, service: &Service, services: &[Service], url: String) -> Trial {
    let here = signature::signed(token, std::slice::from_ref(service));
    let anywhere = signature::signed(token, services);
    let subject = service.subject.clone();
    Trial::new(token.clone(), subject, url, (here, anywhere), scrubber(token, services))
}

/// A question in words for the log, without the values that were taken over from the token.
#[must_use]
pub fn log_words(question: &Question) -> String {
    let mut question = question.clone();
    if let Credential::Token(shape) = &mut question.credential {
        for edit in &mut shape.edits {
            edit.value = edit.value.take().map(|_| "…".into());
        }
    }
    question.to_string()
}

fn scrubber(token: &Token, services: &[Service]) -> Scrubber {
    let keys = services.iter().flat_map(|service| service.keyring.secrets());
    Scrubber::new(keys.chain([&token.text]))
}
