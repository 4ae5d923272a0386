//! A caught token and a right one in, the things in which they differ out, and for any choice of
//! them a twin: the right token with just those things taken over from the caught one. Every twin
//! is a `TokenShape`, so it can be minted and compared. Never asks, never judges.

use serde_json::Value;

use super::dates;
use super::members::Members;
use super::signature::{self, Signed};
use super::token::Token;
use crate::explanation::Signer;
use crate::plan::{Algorithm, KeyName, TokenSpec};
use crate::question::{Edit, Forgery, Moment, Part, Question, TokenShape};

/// One thing in which the caught token differs from the right one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Difference {
    /// The caught token is signed with this key.
    Key(KeyName),
    /// The caught token is signed with this algorithm.
    Algorithm(Algorithm),
    /// The caught token is not signed, in this manner.
    Unsigned(Forgery),
    /// A claim or header member.
    Member(Part, String),
}

/// What no twin can have, because it cannot be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inimitable {
    /// A signature by a key that is not known, or of a kind that cannot be made here.
    Signature,
    /// Members that stand twice, or values that cannot be held.
    Text,
}

/// The twins of one caught token, as one service may be asked with them.
#[derive(Debug)]
pub(super) struct Twins<'a> {
    token: &'a Token,
    spec: &'a TokenSpec,
    /// The `typ` of a minted token, unless another one is configured.
    usual_type: Value,
    pub(super) right: TokenShape,
    pub(super) differences: Vec<Difference>,
    pub(super) inimitable: Option<Inimitable>,
}

impl<'a> Twins<'a> {
    /// Compares the token with a right one. `signed` names keys of the service's own keyring.
    pub(super) fn new(
        token: &'a Token,
        signed: &Signed,
        spec: &'a TokenSpec,
        right: TokenShape,
    ) -> Self {
        let mut twins = Self {
            token,
            spec,
            usual_type: "JWT".into(),
            right,
            differences: Vec::new(),
            inimitable: None,
        };
        twins.compare_signatures(signed);
        let copied = token.header.can_be_copied() && token.claims.can_be_copied();
        if twins.inimitable.is_none() && !copied {
            twins.inimitable = Some(Inimitable::Text);
        }
        let names = twins.member_names();
        let differs = |(part, name): &(Part, String)| {
            let carried = twins.carried(*part, name);
            match twins.wanted(*part, name) {
                Wanted::Fresh => true,
                Wanted::Absent => carried.is_some(),
                Wanted::Value(value) => carried != Some(value),
            }
        };
        let members = names.into_iter().filter(differs).collect::<Vec<_>>();
        let members = members.into_iter().map(|(part, name)| Difference::Member(part, name));
        twins.differences.extend(members);
        twins
    }

    fn compare_signatures(&mut self, signed: &Signed) {
        let header = signature::header_algorithm(self.token);
        match (&signed.signer, signed.algorithm) {
            (Signer::Known { key, .. }, Some(made)) if header == Some(made) => {
                if *key != self.right.key {
                    self.differences.push(Difference::Key(key.clone()));
                }
                if made != self.right.algorithm {
                    self.differences.push(Difference::Algorithm(made));
                }
            }
            (Signer::Unsigned, _) if self.token.algorithm() == Some("none") => {
                self.differences.push(Difference::Unsigned(Forgery::AlgNone));
            }
            (Signer::Unsigned, _) if header == Some(self.right.algorithm) => {
                self.differences.push(Difference::Unsigned(Forgery::SignatureRemoved));
            }
            _ => self.inimitable = Some(Inimitable::Signature),
        }
    }

    /// Every claim and header member of either token, the ones that verifiers look at first.
    fn member_names(&self) -> Vec<(Part, String)> {
        let mut names: Vec<(Part, String)> = Vec::new();
        let edited = |part: Part| {
            self.right.edits.iter().filter(move |edit| edit.part == part).map(|edit| &*edit.name)
        };
        let first = dates::CLAIMS.into_iter().chain(["aud", "iss", "type", "sub"]);
        let spec = self.spec.claims.keys().map(String::as_str);
        let carried = self.token.claims.names().into_iter();
        for name in first.chain(spec).chain(edited(Part::Payload)).chain(carried).chain(["jti"]) {
            names.push((Part::Payload, name.to_owned()));
        }
        let carried = self.token.header.names().into_iter();
        let spec = self.spec.header.keys().map(String::as_str);
        for name in
            ["typ", "kid"].into_iter().chain(spec).chain(edited(Part::Header)).chain(carried)
        {
            names.push((Part::Header, name.to_owned()));
        }
        let mut seen = std::collections::HashSet::new();
        names.retain(|(part, name)| {
            let is_alg = *part == Part::Header && name == "alg";
            !is_alg && seen.insert((*part, name.clone()))
        });
        names
    }

    /// What the caught token has there.
    pub(super) fn carried(&self, part: Part, name: &str) -> Option<&'a Value> {
        let members: &Members = match part {
            Part::Header => &self.token.header,
            Part::Payload => &self.token.claims,
        };
        members.get(name)
    }

    /// What the right token has there.
    pub(super) fn wanted(&self, part: Part, name: &str) -> Wanted<'_> {
        let edits = self.right.edits.iter().rev();
        if let Some(edit) = edits.into_iter().find(|edit| edit.part == part && edit.name == name) {
            return edit.value.as_ref().map_or(Wanted::Absent, Wanted::Value);
        }
        let configured = match part {
            Part::Header => self.spec.header.get(name),
            Part::Payload => self.spec.claims.get(name),
        };
        let moment = |moment: Moment, configured: bool| match moment {
            Moment::Absent => Wanted::Absent,
            Moment::Configured if !configured => Wanted::Absent,
            _ => Wanted::Fresh,
        };
        match (part, name) {
            (Part::Payload, "exp") => moment(self.right.expires, true),
            (Part::Payload, "nbf") => moment(self.right.not_before, self.spec.not_before.is_some()),
            (Part::Payload, "iat") => moment(self.right.issued, self.spec.issued_at),
            (Part::Payload, "jti") => Wanted::Fresh,
            (Part::Header, "typ") => Wanted::Value(configured.unwrap_or(&self.usual_type)),
            _ => configured.map_or(Wanted::Absent, Wanted::Value),
        }
    }

    /// The right token with these things as the caught one has them.
    pub(super) fn with(&self, taken: &[&Difference]) -> Question {
        let mut shape = self.right.clone();
        for difference in taken {
            match difference {
                Difference::Key(key) => shape.key = key.clone(),
                Difference::Algorithm(algorithm) => shape.algorithm = *algorithm,
                Difference::Unsigned(forgery) => shape.forgery = Some(forgery.clone()),
                Difference::Member(part, name) => self.take_member(&mut shape, *part, name),
            }
        }
        Question::token(shape)
    }

    /// The caught token with these things as the right one has them, and made again.
    pub(super) fn without(&self, mended: &[&Difference]) -> Question {
        let taken: Vec<_> =
            self.differences.iter().filter(|difference| !mended.contains(difference)).collect();
        self.with(&taken)
    }

    fn take_member(&self, shape: &mut TokenShape, part: Part, name: &str) {
        shape.edits.retain(|edit| edit.part != part || edit.name != name);
        let value = self.carried(part, name).cloned();
        let time = match name {
            "exp" => Some(&mut shape.expires),
            "nbf" => Some(&mut shape.not_before),
            "iat" => Some(&mut shape.issued),
            _ => None,
        };
        if let (Part::Payload, Some(moment)) = (part, time) {
            *moment = Moment::Absent;
            if value.is_none() {
                return;
            }
        }
        shape.edits.push(Edit { part, name: name.to_owned(), value });
    }
}

/// What the right token has in a place.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted<'a> {
    /// Nothing.
    Absent,
    /// Something that is made anew each time.
    Fresh,
    /// This value.
    Value(&'a Value),
}
