//! The hostile tokens: one row each. What is sent, how it is made, what is right, how bad it is
//! otherwise, and what rules it. A row that anyone could make is worse than one for which the key is
//! needed: that one shows laxness, and only warns.

use crate::check::Severity::{self, Critical, High, Low, Medium};
use crate::hostile::{KeyHint, OddPayload, Trick};

/// One kind of hostile token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    /// What is sent, in words.
    pub(super) title: &'static str,
    pub(super) citation: &'static str,
    /// Header members and their JSON.
    pub(super) header: &'static [(&'static str, Json)],
    /// Claims and their JSON.
    pub(super) claims: &'static [(&'static str, Json)],
    pub(super) signed: Signed,
    pub(super) right: Right,
}

/// The value of a member; `None` leaves it out.
type Json = Option<&'static str>;

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    /// Nobody.
    No,
    /// The service's own key: only an answer to such a token tells whether the service looks.
    Rightly,
    /// A fresh random key.
    AtRandom,
    /// The empty key.
    WithNothing,
    /// Each well-known key, and the empty one.
    WithDefaults,
    /// The service's public key as if it were an HMAC key, in each form.
    WithPublicKey,
    /// As the trick does.
    By(Trick),
}

/// What a service should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Refuse it.
    Refuse,
    /// Refuse it as fast as anything else.
    RefuseAtOnce,
    /// Refuse it, and call no address that stands in this header member.
    RefuseUncalled(&'static str),
    /// Refuse it, provided that this claim is looked at at all.
    RefuseIfRead(&'static str),
    /// Take it or refuse it, but not stumble.
    Stand,
}

const fn row(
    id: &'static str,
    severity: Severity,
    title: &'static str,
    citation: &'static str,
    signed: Signed,
) -> Row {
    Row { id, severity, title, citation, header: &[], claims: &[], signed, right: Right::Refuse }
}

impl Row {
    const fn header(mut self, members: &'static [(&'static str, Json)]) -> Self {
        self.header = members;
        self
    }

    const fn claims(mut self, members: &'static [(&'static str, Json)]) -> Self {
        self.claims = members;
        self
    }

    const fn right(mut self, right: Right) -> Self {
        self.right = right;
        self
    }

    /// Whether a server may refuse to read so long a request, in whatever way.
    pub(super) fn is_large(&self) -> bool {
        matches!(
            self.signed,
            Signed::By(
                Trick::LongKeyId(_) | Trick::LongClaim(_) | Trick::Payload(OddPayload::Deep)
            )
        )
    }
}

use Right::{RefuseAtOnce, RefuseIfRead, RefuseUncalled, Stand};
use Signed::{AtRandom, By, No, Rightly, WithDefaults, WithNothing, WithPublicKey};

const ALG: &str = "RFC 8725 section 3.1";
const KEY_IN_HEADER: &str = "OWASP ASVS 5.0 9.1.3";
const INJECTION: &str = "RFC 8725 section 3.10";
const TRAVERSAL: &str = "OWASP WSTG-SESS-10";
const CRIT: &str = "RFC 7515 section 4.1.11";
const TWICE: &str = "RFC 7515 section 4";
const VALIDATION: &str = "RFC 7519 section 7.2";
const PSYCHIC: &str = "CVE-2022-21449";

/// Every row, in the order in which they are sent: what may hurt comes last.
pub(super) const TABLE: &[Row] = &[
    row("H41a", Critical, "alg None, no signature", ALG, No).header(&[("alg", Some("\"None\""))]),
    row("H41b", Critical, "alg nOnE, no signature", ALG, No).header(&[("alg", Some("\"nOnE\""))]),
    row("H41c", Critical, "alg NONE, no signature", ALG, No).header(&[("alg", Some("\"NONE\""))]),
    row("H41d", Critical, "alg none over the old signature", ALG, By(Trick::SignatureKept))
        .header(&[("alg", Some("\"none\""))]),
    row("H42b", Critical, "two parts, no signature at all", ALG, By(Trick::TwoParts)),
    row("H43a", Critical, "no alg, no signature", ALG, No).header(&[("alg", None)]),
    row("H43b", Critical, "alg null, no signature", ALG, No).header(&[("alg", Some("null"))]),
    row("H43c", Critical, "alg a list, no signature", ALG, No)
        .header(&[("alg", Some("[\"none\",\"HS256\"]"))]),
    row("H43d", Critical, "alg hs256, no signature", ALG, No).header(&[("alg", Some("\"hs256\""))]),
    row("H43e", Critical, "alg HS256 and a blank, no signature", ALG, No)
        .header(&[("alg", Some("\"HS256 \""))]),
    row(
        "H44",
        Critical,
        "HMAC under the service's public key",
        "RFC 8725 section 2.1",
        WithPublicKey,
    ),
    row(
        "H45a",
        Critical,
        "its own key in jwk",
        KEY_IN_HEADER,
        By(Trick::PublishedKey(KeyHint::Jwk)),
    ),
    row("H45b", Critical, "its own HMAC key in jwk", KEY_IN_HEADER, By(Trick::EmbeddedSecret)),
    row(
        "H45c",
        Critical,
        "its own certificate in x5c",
        KEY_IN_HEADER,
        By(Trick::PublishedKey(KeyHint::X5c)),
    ),
    row(
        "H46a",
        Critical,
        "the address of its own keys in jku",
        INJECTION,
        By(Trick::PublishedKey(KeyHint::Edits)),
    )
    .right(RefuseUncalled("jku")),
    row(
        "H46b",
        Critical,
        "the address of its own certificate in x5u",
        INJECTION,
        By(Trick::PublishedKey(KeyHint::Edits)),
    )
    .right(RefuseUncalled("x5u")),
    row("H47a", Critical, "kid climbs to /dev/null, empty key", TRAVERSAL, WithNothing)
        .header(&[("kid", Some("\"../../../../../../../../dev/null\""))]),
    row("H47b", Critical, "kid /dev/null, empty key", TRAVERSAL, WithNothing)
        .header(&[("kid", Some("\"/dev/null\""))]),
    row(
        "H47c",
        Critical,
        "kid climbs to a file that everyone knows",
        TRAVERSAL,
        By(Trick::Keyed("2\n")),
    )
    .header(&[("kid", Some("\"../../../../../../../../proc/sys/kernel/randomize_va_space\""))]),
    row("H48a", High, "kid with a quote", INJECTION, AtRandom).header(&[("kid", Some("\"'\""))]),
    row(
        "H48b",
        Critical,
        "kid that makes a query give the key",
        INJECTION,
        By(Trick::Keyed("authprobe")),
    )
    .header(&[("kid", Some("\"authprobe' UNION SELECT 'authprobe'-- \""))]),
    row("H48c", High, "kid for an LDAP filter", INJECTION, AtRandom)
        .header(&[("kid", Some("\"*)(uid=*))(|(uid=*\""))]),
    row("H48d", High, "kid with a NUL", INJECTION, AtRandom)
        .header(&[("kid", Some("\"authprobe\\u0000.pem\""))]),
    row("H48e", High, "kid of 10 KB", INJECTION, By(Trick::LongKeyId(10_000))),
    row("H48f", High, "kid with ; and a command that waits", INJECTION, AtRandom)
        .header(&[("kid", Some("\"authprobe;sleep 3\""))])
        .right(RefuseAtOnce),
    row("H48g", High, "kid with $() and a command that waits", INJECTION, AtRandom)
        .header(&[("kid", Some("\"authprobe$(sleep 3)\""))])
        .right(RefuseAtOnce),
    row("H49", Critical, "empty and well-known keys", "RFC 8725 section 3.5", WithDefaults),
    row("H50a", Medium, "an extension that must be understood (crit)", CRIT, Rightly)
        .header(&[("crit", Some("[\"authprobe\"]")), ("authprobe", Some("true"))]),
    row("H50b", Medium, "an empty crit", CRIT, Rightly).header(&[("crit", Some("[]"))]),
    row(
        "H50c",
        Medium,
        "b64 false in crit, over an encoded payload",
        "RFC 7797 section 6",
        Rightly,
    )
    .header(&[("b64", Some("false")), ("crit", Some("[\"b64\"]"))]),
    // Who does not know b64 must ignore it (RFC 7515 section 4), so it may be taken.
    row("H50d", Medium, "b64 false without crit", "RFC 7797 section 6", Rightly)
        .header(&[("b64", Some("false"))])
        .right(Stand),
    row("H51a", Critical, "two alg, none last", TWICE, By(Trick::TwoAlgorithms("HS256", "none"))),
    row("H51b", Critical, "two alg, none first", TWICE, By(Trick::TwoAlgorithms("none", "HS256"))),
    row("H52a", Medium, "the JSON form of a token", "RFC 7519 section 7.2", By(Trick::JsonForm)),
    row("H52b", Medium, "an unsigned token inside (cty)", VALIDATION, By(Trick::Nested)),
    row(
        "H55a",
        Medium,
        "a payload that is no JSON",
        VALIDATION,
        By(Trick::Payload(OddPayload::NotJson)),
    ),
    row(
        "H55b",
        Medium,
        "a payload that is a list",
        VALIDATION,
        By(Trick::Payload(OddPayload::List)),
    ),
    row(
        "H55c",
        Medium,
        "a payload of 10000 nested lists",
        VALIDATION,
        By(Trick::Payload(OddPayload::Deep)),
    ),
    row(
        "H55d",
        Medium,
        "claims in UTF-16",
        "RFC 8725 section 3.7",
        By(Trick::Payload(OddPayload::Utf16)),
    ),
    row("H56a", Critical, "ES256 with r and s zero", PSYCHIC, By(Trick::ZeroSignature(&[0; 64]))),
    row(
        "H56b",
        Critical,
        "ES256 with r and s zero, in DER",
        PSYCHIC,
        By(Trick::ZeroSignature(&[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00])),
    ),
    row("H57a", Medium, "aud as an object", "RFC 7519 section 4.1.3", Rightly)
        .claims(&[("aud", Some("{\"authprobe\":true}"))])
        .right(RefuseIfRead("aud")),
    row("H57b", Medium, "iss as an object", "RFC 7519 section 4.1.1", Rightly)
        .claims(&[("iss", Some("{\"authprobe\":true}"))])
        .right(RefuseIfRead("iss")),
    row("H57c", Medium, "sub __proto__", "RFC 8725 section 3.10", Rightly)
        .claims(&[("sub", Some("\"__proto__\""))])
        .right(Stand),
    row("H57d", Medium, "a claim of 1 MB", VALIDATION, By(Trick::LongClaim(1_000_000)))
        .right(Stand),
    row(
        "H54",
        High,
        "an encrypted token that unpacks to 4 MiB",
        "RFC 8725 section 3.6",
        By(Trick::ZipBomb),
    )
    .right(RefuseAtOnce),
    row(
        "H53",
        High,
        "a password stretched 20 million times (p2c)",
        "RFC 7518 section 8.1",
        By(Trick::StretchedPassword),
    )
    .right(RefuseAtOnce),
];

/// The row of the timing of the signature's comparison, which has a file of its own.
pub(super) const TIMING: Row = row(
    "H58",
    Low,
    "signatures wrong in their first and in their last byte, timed",
    "OWASP ASVS 5.0 11.2.4",
    Rightly,
);
