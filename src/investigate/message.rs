//! What verifiers say when they refuse a token: a table of texts, used as hints only. A hint never
//! outweighs what the tokens show.

use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};

use crate::observation::Answer;

/// The reason that a text speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Hint {
    /// There was no token.
    Missing,
    /// The text in the token's place is no token.
    Malformed,
    /// The algorithm is not allowed.
    Algorithm,
    /// The signature is wrong.
    Signature,
    /// `exp` has passed.
    Expired,
    /// `nbf` or `iat` is in the future.
    Early,
    /// `aud` is missing or wrong.
    Audience,
    /// `iss` is missing or wrong.
    Issuer,
    /// Another claim or header member is missing or wrong.
    Claim,
    /// The token is fine, the subject is not.
    Subject,
    /// Too many attempts.
    Locked,
}

impl Hint {
    /// The hint in words, for the report's observations.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Missing => "it says that no token came",
            Self::Malformed => "it says that this is no token",
            Self::Algorithm => "it says that the algorithm is not allowed",
            Self::Signature => "it says that the signature is wrong",
            Self::Expired => "it says that the token has expired",
            Self::Early => "it says that the token is not yet valid",
            Self::Audience => "it says that the audience is wrong",
            Self::Issuer => "it says that the issuer is wrong",
            Self::Claim => "it says that a claim is missing or wrong",
            Self::Subject => "it says that the subject is unknown or may not do this",
            Self::Locked => "it says that there were too many attempts",
        }
    }
}

/// Text patterns, case-insensitive, the more telling first; the comment names who says so.
const TABLE: &[(&str, Hint)] = &[
    // Signatures. PyJWT, python-jose, Authlib (bad_signature), joserfc
    (r"signature verification failed|bad[ _]signature", Hint::Signature),
    // jsonwebtoken (npm), jose (npm), fast-jwt, Rust jsonwebtoken, golang-jwt, Hapi, Kong
    (
        r"invalid[ _]?signature|signature is invalid|signature (verification|validation) failed",
        Hint::Signature,
    ),
    // jjwt, java-jwt, nimbus, Spring
    (
        r"signature does not match|signature resulted invalid|signed jwt rejected|bad jwt signature",
        Hint::Signature,
    ),
    // .NET IdentityModel, ruby-jwt, firebase/php-jwt, lcobucci, Envoy
    (
        r"IDX10(503|511|500|516|517)|signature verification raised|signature mismatch|jwt verification fails",
        Hint::Signature,
    ),
    // Expiry. PyJWT, simplejwt, Authlib, jsonwebtoken, golang-jwt, jjwt, .NET, php-jwt, Envoy
    (
        r"signature has expired|token (has |is )?(been )?expired|expired[ _]token|jwt[ _]expired|jwt is expired",
        Hint::Expired,
    ),
    (
        r#""?exp"? claim timestamp check failed|ExpiredSignature|IDX10223|IDX10249|token is expired|expired jwt|expiration time"#,
        Hint::Expired,
    ),
    // Not yet valid and issued in the future. PyJWT, jsonwebtoken, golang-jwt, .NET, ruby-jwt, jose
    (
        r"not yet valid|not active|ImmatureSignature|used before issued|issued in the future|IDX10222",
        Hint::Early,
    ),
    (
        r#""?(nbf|iat)"? claim timestamp check failed|issued at .*in the future|before (the )?nbf|signature nbf has not been reached"#,
        Hint::Early,
    ),
    // Audience
    (
        r#"invalid[ _]audience|audience (is )?(invalid|doesn'?t match|not allowed)|jwt audience invalid|unexpected "?aud"?|IDX1020[468]|IDX10214|audiences in jwt are not allowed|missing the "?aud"?"#,
        Hint::Audience,
    ),
    // Issuer
    (
        r#"invalid[ _]issuer|jwt issuer invalid|unexpected "?iss"?|IDX10205|IDX10211|issuer is not (configured|allowed|valid)|jwt issuer is not|missing the "?iss"?"#,
        Hint::Issuer,
    ),
    // Algorithms
    (
        r"alg(orithm)?( value)? (is )?not (allowed|supported)|invalid algorithm|unsupported alg|unexpected signing method|signing method .* is invalid|incorrect algorithm|IDX10634|expected a different algorithm",
        Hint::Algorithm,
    ),
    // Claims
    (
        r#"missing (required )?["'`]?\w+["'`]? claim|token is missing the|claim ["'`]?\w+["'`]? (is )?(missing|invalid|required|has wrong)|missing_claim|invalid_claim|missing required claim|required claim|wrong type|not a valid \w+ token|token type|InvalidSubject|subject must be a string|invalid token type|only (access|refresh) tokens"#,
        Hint::Claim,
    ),
    // Nothing came. FastAPI HTTPBearer, DRF, Flask-JWT-Extended, express-jwt, @fastify/jwt, Envoy
    (
        r"not authenticated|credentials were not provided|missing (authorization|bearer|jwt|token)|no auth(orization)?[ -]?(token|header)|no authorization was found|authorization (header )?(is )?(missing|required)|jwt is missing|no token|token (is )?(missing|required)|jwt must be provided|credentials_required|FST_JWT_NO_AUTHORIZATION",
        Hint::Missing,
    ),
    // No token at all by its form
    (
        r"not enough segments|jwt malformed|malformed|invalid (compact|token specified|header padding)|wrong number of segments|invalid number of segments|could not deserialize|cannot be decoded|IDX127\d\d|jwt is not in the form|illegal base64",
        Hint::Malformed,
    ),
    // The subject
    (
        r"user (was )?not found|no such user|unknown (user|subject)|user (does not|doesn'?t) exist|user (is )?(inactive|disabled|not active)|user_not_found|user_inactive|insufficient[ _]scope|permission|not authori[sz]ed to|access denied|forbidden|admin(istrator)? (access|privileges|rights|only)",
        Hint::Subject,
    ),
    (
        r"too many (requests|attempts|failed)|account (is )?locked|temporarily (locked|blocked)|rate limit",
        Hint::Locked,
    ),
];

/// What the answer's challenge and text speak of, if a known verifier speaks like that.
pub(super) fn hint(answer: &Answer) -> Option<Hint> {
    let text = answer.challenges.iter().chain(std::iter::once(&answer.body.text));
    let hints = text.filter_map(|text| hint_in(text));
    hints.min_by_key(|hint| TABLE.iter().position(|(_, known)| known == hint))
}

/// What a text speaks of; the first matching row counts.
pub(super) fn hint_in(text: &str) -> Option<Hint> {
    #[expect(clippy::expect_used, reason = "constant patterns, compiled by the tests below")]
    static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
        RegexSetBuilder::new(TABLE.iter().map(|(pattern, _)| pattern))
            .case_insensitive(true)
            .build()
            .expect("the patterns are valid")
    });
    let first = PATTERNS.matches(text).into_iter().next()?;
    Some(TABLE[first].1)
}

/// The claims that an answer names, with the value that it wants where it says so.
pub(super) fn claims_named(answer: &Answer) -> Vec<(String, Option<String>)> {
    let texts = answer.challenges.iter().chain(std::iter::once(&answer.body.text));
    texts.flat_map(|text| claims_named_in(text)).collect()
}

fn claims_named_in(text: &str) -> Vec<(String, Option<String>)> {
    // jsonwebtoken and express-jwt: `jwt audience invalid. expected: NAME`
    // PyJWT, jose, joserfc and others: `Token is missing the "NAME" claim`, `unexpected "NAME"`
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static EXPECTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"jwt (audience|issuer|subject) invalid\. expected: ([^"\\,}]+)"#)
            .expect("the pattern is valid")
    });
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        let quote = r#"[\\"'`]"#;
        let name = "([a-z_][a-z0-9_]{1,30})";
        Regex::new(&format!(
            "(?i)(?:missing (?:the |required |claim )?(?:claim:? )?|unexpected |claim:? ){quote}*{name}\
             |{quote}+{name}{quote}+ (?:claim|is required)"
        ))
        .expect("the pattern is valid")
    });
    let expected = EXPECTED.captures_iter(text).map(|found| {
        let claim = match &found[1] {
            "audience" => "aud",
            "issuer" => "iss",
            _ => "sub",
        };
        (claim.to_owned(), Some(found[2].trim().to_owned()))
    });
    let named = NAMED.captures_iter(text).filter_map(|found| {
        let name = found.get(1).or(found.get(2))?.as_str();
        (!NO_CLAIMS.contains(&name.to_ascii_lowercase().as_str())).then(|| (name.to_owned(), None))
    });
    expected.chain(named).collect()
}

/// Words that stand where a claim's name could, and are none.
const NO_CLAIMS: &[&str] = &[
    "the",
    "a",
    "an",
    "is",
    "in",
    "claim",
    "claims",
    "required",
    "token",
    "bearer",
    "authorization",
    "header",
    "jwt",
    "value",
    "cookie",
    "credentials",
    "or",
    "this",
    "invalid",
    "error",
    "valid",
];

#[cfg(test)]
mod tests {
    use super::{Hint, claims_named_in, hint_in};

    #[test]
    fn claims_that_a_verifier_names_are_read_from_its_words() {
        let wants = |name: &str, value: &str| vec![(name.to_owned(), Some(value.to_owned()))];
        let names = |name: &str| vec![(name.to_owned(), None)];
        for (text, found) in [
            (
                r#"{"error":"jwt audience invalid. expected: RemoteHive-Admin"}"#,
                wants("aud", "RemoteHive-Admin"),
            ),
            (
                "jwt issuer invalid. expected: https://id.example/",
                wants("iss", "https://id.example/"),
            ),
            (r#"{"detail":"Token is missing the \"tenant\" claim"}"#, names("tenant")),
            (r#"unexpected "aud" claim value"#, names("aud")),
            (r#"{"msg":"Missing claim: fresh"}"#, names("fresh")),
            ("Could not validate credentials", vec![]),
            ("Missing Authorization Header", vec![]),
        ] {
            assert_eq!(claims_named_in(text), found, "{text}");
        }
    }

    #[test]
    fn what_known_verifiers_say_is_understood() {
        for (text, hint) in [
            ("Signature verification failed", Some(Hint::Signature)), // PyJWT
            ("bad_signature: ", Some(Hint::Signature)),               // Authlib, joserfc
            (r#"{"error":"invalid signature"}"#, Some(Hint::Signature)), // jsonwebtoken
            ("signature is invalid", Some(Hint::Signature)),          // golang-jwt
            ("Error: InvalidSignature", Some(Hint::Signature)),       // Rust jsonwebtoken
            ("IDX10503: Signature validation failed.", Some(Hint::Signature)), // .NET
            ("Jwt verification fails", Some(Hint::Signature)),        // Envoy
            ("Signature has expired", Some(Hint::Expired)),           // PyJWT
            ("jwt expired", Some(Hint::Expired)),                     // jsonwebtoken
            ("Expired token", Some(Hint::Expired)),                   // firebase/php-jwt
            (r#""exp" claim timestamp check failed"#, Some(Hint::Expired)), // jose
            ("The token is not yet valid (iat)", Some(Hint::Early)),  // PyJWT
            ("jwt not active", Some(Hint::Early)),                    // jsonwebtoken
            ("Token used before issued", Some(Hint::Early)),          // golang-jwt
            ("Invalid audience", Some(Hint::Audience)),               // PyJWT
            (r#"Token is missing the "aud" claim"#, Some(Hint::Audience)), // PyJWT
            ("jwt audience invalid. expected: x", Some(Hint::Audience)), // jsonwebtoken
            ("Invalid issuer", Some(Hint::Issuer)),                   // PyJWT
            ("The specified alg value is not allowed", Some(Hint::Algorithm)), // PyJWT
            ("invalid algorithm", Some(Hint::Algorithm)),             // jsonwebtoken
            (r#"Token is missing the "sub" claim"#, Some(Hint::Claim)), // PyJWT
            ("Subject must be a string", Some(Hint::Claim)),          // PyJWT
            ("Not authenticated", Some(Hint::Missing)),               // FastAPI
            ("Authentication credentials were not provided.", Some(Hint::Missing)), // DRF
            ("Not enough segments", Some(Hint::Malformed)),           // PyJWT
            ("jwt malformed", Some(Hint::Malformed)),                 // jsonwebtoken
            ("User not found", Some(Hint::Subject)),
            ("Could not validate credentials", None), // tells nothing
            ("Unauthorized", None),
            (r#"{"user":{"sub":"authprobe"}}"#, None),
        ] {
            assert_eq!(hint_in(text), hint, "{text}");
        }
    }
}
