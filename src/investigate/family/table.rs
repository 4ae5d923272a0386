//! How verifier libraries treat the toggles, and what they say: one row a library. Pure knowledge,
//! measured against the versions that are named.

use super::toggle::Toggle;

/// What a library does with each toggle, in the order of [`Toggle::ALL`]: `T` takes it, `R` refuses
/// it, `?` leaves it to the application.
pub(super) struct Row {
    /// The library.
    pub(super) family: &'static str,
    /// The libraries that behave alike, in words that follow `behaves like`.
    pub(super) group: &'static str,
    /// Its behaviour.
    pub(super) behaviour: &'static str,
    /// Pieces of its own texts, lower case, that no other row has; empty where it has none.
    pub(super) says: &'static [&'static str],
}

const NEW_PYJWT: &str = "PyJWT 2.12 or later, or a library on top of it";
const NUMERIC_PYJWT: &str = "PyJWT 2.10 or 2.11, or a library on top of it";
const TEXT_PYJWT: &str = "PyJWT 2.7 to 2.9, or a library on top of it";
/// No name: what behaves so is not told.
pub(super) const UNTOLD: &str = "";
const GOLANG: &str = "golang-jwt";

/// Every library, with the versions that were measured. A row that was not measured leaves open what
/// is not sure, and is there only so that another library is not named in its place.
pub(super) const TABLE: &[Row] = &[
    // iat ahead, iat text, sub number, jti number, exp text, exp zero, crit, padded, no aud
    row("PyJWT", NEW_PYJWT, "RTRRTRRTR", &["not enough segments"]), // 2.12.0, 2.15.1
    row("PyJWT", NUMERIC_PYJWT, "RTRRTRTTR", &["not enough segments"]), // 2.10.1, 2.11.0
    row("PyJWT", TEXT_PYJWT, "RTTTTRTTR", &["not enough segments"]), // 2.7.0, 2.8.0, 2.9.0
    row("PyJWT", "PyJWT 2.6", "RRTTTRTTR", &["not enough segments"]), // 2.6.0
    row("PyJWT", "PyJWT 2.5 or earlier", "TTTTTRTTR", &["not enough segments"]), // 1.7.1, 2.0.1, 2.4.0, 2.5.0
    row("Flask-JWT-Extended", NEW_PYJWT, "RTRRTRRTR", &["missing authorization header\"}"]), // 4.7.4
    row("simplejwt", "djangorestframework-simplejwt", "RTRRRRRTR", &["token_not_valid"]), // 5.5.1
    row("python-jose", "python-jose", "TTRRTRTTT", &["error decoding token headers"]),    // 3.5.0
    row("joserfc", "joserfc", "RRRRRRRRR", &["bad_signature"]),                           // 1.8.0
    row("Authlib", "Authlib", "RRTTRRRTR", &[]),                                          // 1.6.5
    row(
        "jsonwebtoken of npm",
        "jsonwebtoken of npm, or express-jwt",
        "TTTTRRTRR",
        &["jwt malformed"],
    ), // 9.0.3
    row("jose of npm", "jose of npm", "TRTTRRRTR", &["err_jws_", "err_jwt_"]),            // 6.2.18
    row("fast-jwt", "fast-jwt, or @fastify/jwt", "TTTTRRRRT", &["fast_jwt_", "fst_jwt_"]), // 6.3.6
    row("golang-jwt", GOLANG, "RTRRTRTR?", &["invalid number of segments"]), // 4.4.3 with RegisteredClaims
    row("golang-jwt", GOLANG, "RRTTRTTR?", &["invalid number of segments"]), // 4.4.3 with MapClaims
    row("golang-jwt", GOLANG, "??RRTRTR?", &["invalid number of segments"]), // v5, not measured
    row("golang-jwt", GOLANG, "??TTRTTR?", &["invalid number of segments"]), // v5, not measured
    row("ruby-jwt", "ruby-jwt", "RRTTTRTTR", &["not enough or too many segments"]), // 2.5.0 with verify_iat
    row("ruby-jwt", "ruby-jwt", "TTTTTRTTR", &["not enough or too many segments"]), // 2.5.0 without
    row("HAProxy", "HAProxy", "TTTTTRTR?", &["invalid jwt signature"]), // 2.6.12, configured as its documentation shows
    row("jsonwebtoken of Rust", "jsonwebtoken of Rust", "TTTTRRTRT", &[]), // 11.1
    // Whatever looks at signature and exp alone, as many a verifier that was written by hand: only
    // words tell a library from those.
    row(UNTOLD, UNTOLD, "TTTTTRT??", &[]),
];

const fn row(
    family: &'static str,
    group: &'static str,
    behaviour: &'static str,
    says: &'static [&'static str],
) -> Row {
    Row { family, group, behaviour, says }
}

/// What is worth knowing of a library's rule, for whoever is refused by it.
pub(super) const NOTES: &[(&str, Toggle, &str)] = &[
    ("PyJWT", Toggle::SubjectNumber, "PyJWT 2.10 and later refuses a sub that is a number"),
    (
        "PyJWT",
        Toggle::IssuedAhead,
        "PyJWT 2.6 and later refuses a token whose iat lies ahead of its clock",
    ),
];

impl Row {
    /// Whether the library does with this toggle what was seen.
    pub(super) fn agrees(&self, toggle: Toggle, taken: bool) -> bool {
        // What stands before a library may not let padding through.
        if toggle == Toggle::SignaturePadded && !taken {
            return true;
        }
        match self.does(toggle) {
            Some(does) => does == taken,
            None => true,
        }
    }

    /// Whether it takes the toggle; `None` where the application decides.
    pub(super) fn does(&self, toggle: Toggle) -> Option<bool> {
        let place = Toggle::ALL.iter().position(|known| *known == toggle)?;
        match self.behaviour.as_bytes().get(place)? {
            b'T' => Some(true),
            b'R' => Some(false),
            _ => None,
        }
    }
}
