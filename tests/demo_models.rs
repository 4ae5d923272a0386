//! The model verifiers judge as the libraries do that they stand for, and the dialects answer as
//! they say. All in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use std::time::{SystemTime, UNIX_EPOCH};

use authprobe::demo::claims::Audience;
use authprobe::demo::dialect::{DateStamp, Dialect, Style, respond};
use authprobe::demo::refusal::Refusal;
use authprobe::demo::times::TimeRule;
use authprobe::demo::verifier::{SignatureRule, Verifier};
use authprobe::observation::DateField;
use authprobe::secret::Secret;
use authprobe::time::{Seconds, UnixTime};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "0d6f3c1f5bb94ad0a1a5c1e1e6a2c7e90d6f3c1f5bb94ad0a1a5c1e1e6a2c7e9";
const NOW: UnixTime = UnixTime(1_900_000_000.0);

fn key() -> Secret {
    Secret::new(KEY)
}

fn sign(algorithm: Algorithm, key: &str, claims: &Value) -> String {
    let key = EncodingKey::from_secret(key.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// Claims whose times count from `NOW`.
fn at(offsets: &[(&str, i64)]) -> Value {
    offsets.iter().map(|(name, offset)| (*name, json!(1_900_000_000 + offset))).collect()
}

/// The claims `more` on top of `claims`.
fn with(mut claims: Value, more: &Value) -> Value {
    let more = more.as_object().unwrap().clone();
    claims.as_object_mut().unwrap().extend(more);
    claims
}

#[test]
fn the_models_judge_twelve_tokens_as_the_measured_libraries_did() {
    let live = || at(&[("exp", 60)]);
    // Token; taken by PyJWT 2.15.1, by jsonwebtoken 9.0.3 of npm, by jsonwebtoken of Rust.
    let rows = [
        ("plain", live(), [true, true, true]),
        ("iat +30 s", at(&[("exp", 60), ("iat", 30)]), [false, true, true]),
        ("nbf +30 s", at(&[("exp", 60), ("nbf", 30)]), [false, false, true]),
        ("exp = now", at(&[("exp", 0)]), [false, false, true]),
        ("no exp", json!({ "sub": "x" }), [true, true, false]),
        ("exp as text", json!({ "exp": "1900000060" }), [true, false, false]),
        ("sub a number", with(live(), &json!({ "sub": 1 })), [false, true, true]),
        ("jti a number", with(live(), &json!({ "jti": 1 })), [false, true, true]),
        ("aud unexpected", with(live(), &json!({ "aud": "x" })), [false, true, false]),
        ("exp in ms", json!({ "exp": 1_900_000_060_000_i64 }), [true, true, true]),
        ("fractional exp", json!({ "exp": 1_900_000_060.5 }), [true, true, true]),
        ("exp an hour ago", at(&[("exp", -3600)]), [false, false, false]),
    ];
    let models = [
        Verifier::pyjwt(key()),
        Verifier::npm_jsonwebtoken(key()),
        Verifier::rust_jsonwebtoken(key()),
    ];
    for (name, claims, taken) in rows {
        let token = sign(Algorithm::HS256, KEY, &claims);
        let judged = models.each_ref().map(|model| model.verify(&token, NOW).is_ok());
        assert_eq!(judged, taken, "{name}");
    }
}

#[test]
fn a_critical_extension_that_nobody_knows_is_refused_by_the_model_of_pyjwt_alone() {
    let extended = json!({ "typ": "JWT", "alg": "HS256", "crit": ["x"], "x": true });
    let claims = at(&[("exp", 60)]);
    let texts = [extended.to_string(), claims.to_string()];
    let key_text = Secret::new(KEY);
    let token = authprobe::mint::forge::sign(
        texts[0].as_bytes(),
        texts[1].as_bytes(),
        &key_text,
        authprobe::plan::Algorithm::HS256,
    );
    let token = token.unwrap();
    let token = std::str::from_utf8(token.expose()).unwrap();
    assert_eq!(Verifier::pyjwt(key()).verify(token, NOW), Err(Refusal::Claim("crit".into())));
    assert!(Verifier::npm_jsonwebtoken(key()).verify(token, NOW).is_ok());
    assert!(Verifier::rust_jsonwebtoken(key()).verify(token, NOW).is_ok());
}

#[test]
fn each_damage_is_refused_for_its_own_reason() {
    let claims = at(&[("exp", 60)]);
    let right = sign(Algorithm::HS256, KEY, &claims);
    let (signed, _) = right.rsplit_once('.').unwrap();
    let header = |json: &str| {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let payload = signed.split_once('.').unwrap().1;
        format!("{}.{payload}.", engine.encode(json))
    };
    let mut limited = Verifier::new(key());
    limited.max_remaining = Some(Seconds(30.0));
    let mut strangers = Verifier::new(key());
    strangers.subjects = Some(vec!["alice".into()]);
    let plain = Verifier::new(key());
    let rows = [
        (&plain, "garbage".to_owned(), Refusal::Malformed),
        (&plain, format!("{right}.x"), Refusal::Malformed),
        (&plain, header("[]"), Refusal::Malformed),
        (&plain, format!("{signed}."), Refusal::Signature),
        (&plain, header(r#"{"alg":"none"}"#), Refusal::Algorithm),
        (&plain, header(r#"{"alg":"HS256","alg":"none"}"#), Refusal::Algorithm),
        (&plain, sign(Algorithm::HS512, KEY, &claims), Refusal::Algorithm),
        (&plain, sign(Algorithm::HS256, "other", &claims), Refusal::Signature),
        (&plain, sign(Algorithm::HS256, KEY, &json!({})), Refusal::Claim("exp".into())),
        (&limited, right.clone(), Refusal::LifetimeTooLong),
        (&strangers, right.clone(), Refusal::SubjectUnknown),
    ];
    for (verifier, token, refusal) in rows {
        assert_eq!(verifier.verify(&token, NOW), Err(refusal), "{token}");
    }
}

#[test]
fn each_hole_lets_in_what_it_says_and_no_more() {
    let right = sign(Algorithm::HS256, KEY, &at(&[("exp", 60)]));
    let (signed, signature) = right.rsplit_once('.').unwrap();
    let unsigned = format!("{signed}.");
    let none_header = "eyJhbGciOiJub25lIn0"; // {"alg":"none"}, as in RFC 7519 section 6.1
    let alg_none = format!("{none_header}.{}.", signed.split_once('.').unwrap().1);
    let dressed = format!("{alg_none}{signature}");
    let foreign = sign(Algorithm::HS384, "other", &at(&[("exp", 60)]));
    let expired = sign(Algorithm::HS256, "other", &at(&[("exp", -60)]));
    let tokens = [&right, &unsigned, &alg_none, &dressed, &foreign, &expired];
    let rows = [
        (SignatureRule::Verified, [true, false, false, false, false, false]),
        (SignatureRule::EmptyTaken, [true, true, false, false, false, false]),
        (SignatureRule::AlgNoneTaken, [true, false, true, false, false, false]),
        (SignatureRule::UnsignedTaken, [true, true, true, false, false, false]),
        (SignatureRule::Ignored, [true, true, true, true, true, false]),
    ];
    for (signature, taken) in rows {
        let verifier = Verifier { signature, ..Verifier::new(key()) };
        let judged = tokens.map(|token| verifier.verify(token, NOW).is_ok());
        assert_eq!(judged, taken, "{signature:?}");
    }
}

#[test]
fn skew_and_leeway_move_both_edges_to_the_second() {
    let verifier = Verifier {
        skew: Seconds(95.0),
        exp: TimeRule::Required { leeway: Seconds(300.0) },
        nbf: TimeRule::IfPresent { leeway: Seconds(300.0) },
        ..Verifier::new(key())
    };
    let takes = |offsets: &[(&str, i64)]| {
        verifier.verify(&sign(Algorithm::HS256, KEY, &at(offsets)), NOW).is_ok()
    };
    // b_exp = skew - leeway, b_nbf = skew + leeway.
    assert!(!takes(&[("exp", -205)]) && takes(&[("exp", -204)]));
    assert!(takes(&[("exp", 60), ("nbf", 395)]) && !takes(&[("exp", 60), ("nbf", 396)]));
}

#[test]
fn every_style_tells_acceptance_from_refusal_and_only_telling_ones_tell_reasons() {
    let verifier = Verifier::new(key());
    let right = sign(Algorithm::HS256, KEY, &at(&[("exp", 60)]));
    let forged = sign(Algorithm::HS256, "other", &at(&[("exp", 60)]));
    let expired = sign(Algorithm::HS256, KEY, &at(&[("exp", -60)]));
    for style in Style::ALL {
        let answer = |token: Option<&str>, now| {
            let answer = respond(&verifier, style.into(), token, now);
            (answer.status, answer.challenges, answer.location, answer.body.digest)
        };
        let refused = answer(Some(&forged), NOW);
        assert_ne!(answer(Some(&right), NOW), refused, "{style:?}");
        assert_ne!(answer(Some(&right), NOW), answer(None, NOW), "{style:?}");
        assert_eq!(answer(Some(&expired), NOW) != refused, style.tells_reasons(), "{style:?}");
        assert_eq!(answer(Some(&forged), NOW + Seconds(3.25)), refused, "{style:?}");
    }
}

#[test]
fn a_request_id_differs_from_answer_to_answer() {
    let request_id = |now| {
        let style = Style::OkWithError200.into();
        let answer = respond(&Verifier::new(key()), style, Some("garbage"), now);
        let body: Value = serde_json::from_str(&answer.body.text).unwrap();
        body["request_id"].as_str().unwrap().to_owned()
    };
    assert_ne!(request_id(NOW), request_id(NOW + Seconds(0.001)));
    assert_eq!(request_id(NOW).len(), 36);
}

#[test]
fn the_date_shows_the_clock_that_the_dialect_names() {
    let verifier = Verifier { skew: Seconds(95.0), ..Verifier::new(key()) };
    let rows = [
        (DateStamp::Own, DateField::At(UnixTime(1_900_000_095.0))),
        (DateStamp::Late(Seconds(0.9)), DateField::At(UnixTime(1_900_000_094.0))),
        (DateStamp::Proxy(Seconds(-2.0)), DateField::At(UnixTime(1_899_999_998.0))),
        (DateStamp::Missing, DateField::Missing),
    ];
    for (date, shown) in rows {
        let dialect = Dialect { style: Style::NodeJson, date };
        let answer = respond(&verifier, dialect, None, NOW + Seconds(0.5));
        assert_eq!(answer.date, shown, "{date:?}");
    }
}

/// An honest token and a verifier: everything in which both may differ.
#[derive(Debug, Clone)]
struct Case {
    key: &'static str,
    algorithm: Algorithm,
    exp: Option<i64>,
    nbf: Option<i64>,
    aud: Option<Value>,
    iss: Option<&'static str>,
    leeway: u32,
    exp_rule: bool,
    nbf_rule: bool,
    audience: Option<Vec<String>>,
    issuer: Option<&'static str>,
}

prop_compose! {
    fn case()(
        leeway in prop_oneof![Just(0_u32), Just(60), 0..120_u32],
    )(
        leeway in Just(leeway),
        key in prop_oneof![9 => Just(KEY), 1 => Just("other")],
        algorithm in prop_oneof![9 => Just(Algorithm::HS256), 1 => Just(Algorithm::HS384)],
        exp in prop::option::weighted(0.9, near(-i64::from(leeway))),
        nbf in prop::option::of(near(i64::from(leeway))),
        aud in prop::option::of(prop_oneof![
            Just(json!("A")), Just(json!("B")), Just(json!(["B", "A"])), Just(json!(["B"])),
        ]),
        iss in prop::option::weighted(0.8, prop_oneof![Just("I"), Just("I/")]),
        exp_rule in prop::bool::weighted(0.8),
        nbf_rule in any::<bool>(),
        audience in prop::option::of(prop_oneof![
            Just(vec!["A".to_owned()]), Just(vec!["C".to_owned(), "B".to_owned()]),
        ]),
        issuer in prop::option::weighted(0.3, Just("I")),
    ) -> Case {
        Case { key, algorithm, exp, nbf, aud, iss, leeway, exp_rule, nbf_rule, audience, issuer }
    }
}

/// Offsets that crowd around an edge.
fn near(edge: i64) -> impl Strategy<Value = i64> {
    prop_oneof![3 => edge - 2..=edge + 2, 1 => -400..400_i64]
}

impl Case {
    fn token(&self, now: i64) -> String {
        let mut claims = json!({});
        let times = [("exp", self.exp), ("nbf", self.nbf)];
        for (name, offset) in times.into_iter().filter_map(|(name, at)| Some((name, at?))) {
            claims[name] = json!(now + offset);
        }
        if let Some(aud) = &self.aud {
            claims["aud"] = aud.clone();
        }
        if let Some(iss) = self.iss {
            claims["iss"] = json!(iss);
        }
        sign(self.algorithm, self.key, &claims)
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = u64::from(self.leeway);
        validation.validate_exp = self.exp_rule;
        validation.validate_nbf = self.nbf_rule;
        validation.required_spec_claims.clear();
        if self.exp_rule {
            validation.required_spec_claims.insert("exp".into());
        }
        if let Some(audience) = &self.audience {
            validation.set_audience(audience);
        }
        if let Some(issuer) = self.issuer {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".into());
        }
        validation
    }

    fn verifier(&self) -> Verifier {
        let leeway = Seconds(f64::from(self.leeway));
        let checked = TimeRule::IfPresent { leeway };
        Verifier {
            exp: if self.exp_rule { TimeRule::Required { leeway } } else { TimeRule::Ignored },
            nbf: if self.nbf_rule { checked } else { TimeRule::Ignored },
            audience: self.audience.clone().map_or(Audience::Unexpected, Audience::IfPresent),
            issuer: self.issuer.map(str::to_owned),
            ..Verifier::rust_jsonwebtoken(key())
        }
    }
}

/// What the model would say where the library says this.
fn reason(kind: &ErrorKind) -> Refusal {
    match kind {
        ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::ExpiredSignature => Refusal::Expired,
        ErrorKind::ImmatureSignature => Refusal::NotYetValid,
        ErrorKind::InvalidAudience => Refusal::Audience,
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::MissingRequiredClaim(name) if name == "iss" => Refusal::Issuer,
        ErrorKind::MissingRequiredClaim(name) => Refusal::Claim(name.clone()),
        other => panic!("an honest token is refused with {other:?}"),
    }
}

fn wall_clock() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Both judgements of one token within one second: the library reads the clock of the system.
fn judge(case: &Case) -> (Result<(), Refusal>, Result<(), ErrorKind>) {
    loop {
        let now = wall_clock();
        let token = case.token(now as i64);
        let ours = case.verifier().verify(&token, UnixTime(now)).map(drop);
        let key = DecodingKey::from_secret(KEY.as_bytes());
        let theirs = jsonwebtoken::decode::<Value>(&token, &key, &case.validation());
        if now as i64 == wall_clock() as i64 {
            return (ours, theirs.map(drop).map_err(|error| error.kind().clone()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_rust_model_judges_every_honest_token_as_the_crate_does(case in case()) {
        let (ours, theirs) = judge(&case);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours, theirs);
    }

    #[test]
    fn the_rust_model_gives_the_reason_of_the_crate_where_there_is_only_one(
        case in case(),
        kept in 0..6_usize,
    ) {
        // All but one property are made right, so that the order of the checks plays no part.
        let mut only = case;
        if kept != 0 { only.key = KEY; }
        if kept != 1 { only.algorithm = Algorithm::HS256; }
        if kept != 2 { only.exp = Some(60); }
        if kept != 3 { only.nbf = None; }
        if kept != 4 { only.aud = only.audience.as_ref().map(|names| json!(names)); }
        if kept != 5 { only.iss = Some("I"); }
        let (ours, theirs) = judge(&only);
        prop_assert_eq!(ours, theirs.map_err(|kind| reason(&kind)));
    }
}
