//! scratch
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use authprobe::cause::*;
use authprobe::diagnosis::*;
use authprobe::investigate::*;
use authprobe::mint;
use authprobe::observation::*;
use authprobe::plan::*;
use authprobe::secret::Secret;
use authprobe::time::UnixTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::Value;

#[derive(Clone, Debug)]
struct Model {
    key: Vec<u8>,
    algs: Vec<&'static str>,
    none: bool,
    verify: bool,
    skew: f64,
    leeway: f64,
    inclusive: bool,
    nbf: bool,
    iat: bool,
    exp: bool,
    aud: bool,
    dialect: u8,
    date: Option<f64>,
}

fn verify(m: &Model, tok: &str, now: f64) -> Result<(), &'static str> {
    let parts: Vec<&str> = tok.split('.').collect();
    if parts.len() != 3 {
        return Err("Not enough segments");
    }
    let h: Value = serde_json::from_slice(&B64.decode(parts[0]).map_err(|_| "malformed")?)
        .map_err(|_| "malformed")?;
    let p: Value = serde_json::from_slice(&B64.decode(parts[1]).map_err(|_| "malformed")?)
        .map_err(|_| "malformed")?;
    let alg = h["alg"].as_str().unwrap_or("");
    if m.verify {
        if alg == "none" {
            if !m.none {
                return Err("alg not allowed");
            }
        } else {
            if !m.algs.contains(&alg) {
                return Err("The specified alg value is not allowed");
            }
            let a = match alg {
                "HS256" => jsonwebtoken::Algorithm::HS256,
                "HS384" => jsonwebtoken::Algorithm::HS384,
                _ => jsonwebtoken::Algorithm::HS512,
            };
            let ok = jsonwebtoken::crypto::verify(
                parts[2],
                format!("{}.{}", parts[0], parts[1]).as_bytes(),
                &jsonwebtoken::DecodingKey::from_secret(&m.key),
                a,
            )
            .unwrap_or(false);
            if !ok {
                return Err("Signature verification failed");
            }
        }
    }
    let t = now + m.skew;
    if m.iat
        && let Some(i) = p["iat"].as_f64()
        && i > t + m.leeway
    {
        return Err("The token is not yet valid (iat)");
    }
    if m.nbf
        && let Some(i) = p["nbf"].as_f64()
        && i > t + m.leeway
    {
        return Err("The token is not yet valid (nbf)");
    }
    if m.exp
        && let Some(i) = p["exp"].as_f64()
    {
        if if m.inclusive { i < (t - m.leeway).floor() } else { i <= t - m.leeway } {
            return Err("Signature has expired");
        }
    }
    if m.aud && p["aud"] != "RemoteHive-Services" {
        return Err("Invalid audience");
    }
    Ok(())
}

fn respond(m: &Model, tok: Option<&str>, now: f64) -> Answer {
    let mk = |status: u16, text: &str| Answer {
        status,
        body: Body {
            text: text.into(),
            digest: {
                use std::hash::*;
                let mut h = std::collections::hash_map::DefaultHasher::new();
                text.hash(&mut h);
                h.finish()
            },
            ..Body::default()
        },
        content_type: Some("application/json".into()),
        date: m.date.map_or(DateField::Missing, |d| DateField::At(UnixTime((now + d).floor()))),
        ..Answer::default()
    };
    match (tok, m.dialect) {
        (None, 0 | 1) => mk(401, r#"{"detail":"Not authenticated"}"#),
        (None, _) => mk(200, r#"{"user":null}"#),
        (Some(t), d) => match (verify(m, t, now), d) {
            (Ok(()), _) => mk(200, r#"{"user":{"sub":"authprobe"}}"#),
            (Err(_), 0) => mk(401, r#"{"detail":"Could not validate credentials"}"#),
            (Err(e), 1) => mk(401, &format!(r#"{{"detail":"{e}"}}"#)),
            (Err(_), _) => mk(200, r#"{"user":null}"#),
        },
    }
}

fn subject() -> (Subject, Keyring) {
    let mut k = Keyring::default();
    k.insert(KeyName::Reference, Secret::new("reference-key-0123456789-0123456789"));
    k.insert(KeyName::Previous(0), Secret::new("previous-key-0123456789-0123456789"));
    k.insert(
        KeyName::Environment("staging".into()),
        Secret::new("staging-key-0123456789-0123456789"),
    );
    k.insert(KeyName::Default(0), Secret::new("secret"));
    let l = |n: KeyName| KeyLabel {
        name: n,
        place: KeyPlace { source: "f".into(), variable: None },
        bits: 256,
    };
    let s = Subject {
        name: "main".into(),
        source_of_truth: true,
        token: TokenSpec {
            algorithm: Algorithm::HS256,
            lifetime: std::time::Duration::from_secs(60),
            claims: serde_json::from_str(r#"{"sub":"authprobe","aud":"RemoteHive-Services"}"#)
                .unwrap(),
            header: Default::default(),
            not_before: None,
            issued_at: true,
        },
        policy: Policy::default(),
        carrier: Carrier::Cookie { name: "x".into() },
        conditions: Conditions::default(),
        other_keys: vec![
            l(KeyName::Previous(0)),
            l(KeyName::Environment("staging".into())),
            l(KeyName::Default(0)),
            l(KeyName::Empty),
        ],
        reference: l(KeyName::Reference),
        own_key: OwnKey::NotConfigured,
    };
    (s, k)
}

fn diagnose(m: &Model) -> ServiceDiagnosis {
    let (s, k) = subject();
    let spec = s.token.clone();
    let mut inv = Investigation::new(s, "u".into());
    let mut now = 1_800_000_000.0 + (m.skew.abs() * 7.77).fract();
    loop {
        match inv.step() {
            Step::Ask(qs) => {
                assert!(!qs.is_empty());
                for q in qs {
                    if let Some(f) = q.at_fraction {
                        let a = f64::from(f) / 1000.0 - now.fract();
                        now += if a < 0.0 { a + 1.0 } else { a };
                    }
                    let v = mint::mint(&q, &spec, &k, UnixTime(now)).unwrap();
                    let sent = now + 0.0002;
                    let at = now + 0.002;
                    let recv = now + 0.004;
                    let tok = v
                        .credential
                        .as_ref()
                        .map(|c| String::from_utf8(c.expose().to_vec()).unwrap());
                    let a = respond(m, tok.as_deref(), at);
                    inv.tell(Observation {
                        number: 0,
                        question: q,
                        times: v.times,
                        sent_at: UnixTime(sent),
                        received_at: UnixTime(recv),
                        outcome: Outcome::Answer(a),
                    });
                    now += 0.0051;
                }
            }
            Step::Done(d) => return *d,
        }
    }
}

#[test]
fn try_some() {
    let h = Model {
        key: b"reference-key-0123456789-0123456789".to_vec(),
        algs: vec!["HS256"],
        none: false,
        verify: true,
        skew: 0.01,
        leeway: 0.0,
        inclusive: false,
        nbf: true,
        iat: true,
        exp: true,
        aud: true,
        dialect: 0,
        date: Some(0.0),
    };
    let mut all = vec![("healthy", h.clone())];
    for d in [0, 1, 2] {
        for (n, f) in [
            ("healthy", Box::new(|_m: &mut Model| {}) as Box<dyn Fn(&mut Model)>),
            ("leeway60", Box::new(|m| m.leeway = 60.0)),
            (
                "leeway60nonbf",
                Box::new(|m| {
                    m.leeway = 60.0;
                    m.nbf = false;
                    m.iat = false;
                    m.inclusive = true;
                }),
            ),
            ("leeway47", Box::new(|m| m.leeway = 47.0)),
            ("leeway300", Box::new(|m| m.leeway = 300.0)),
            (
                "skew95",
                Box::new(|m| {
                    m.skew = 95.3;
                    m.date = Some(95.3)
                }),
            ),
            (
                "skew95 l300",
                Box::new(|m| {
                    m.skew = 95.3;
                    m.date = Some(95.3);
                    m.leeway = 300.0
                }),
            ),
            ("skew95 proxied", Box::new(|m| m.skew = 95.3)),
            (
                "skew-40",
                Box::new(|m| {
                    m.skew = -40.0;
                    m.date = Some(-40.0)
                }),
            ),
            (
                "skew-3600.123",
                Box::new(|m| {
                    m.skew = -3600.123;
                    m.date = Some(-3600.123)
                }),
            ),
            (
                "skew+3600.123 proxied",
                Box::new(|m| {
                    m.skew = 3600.123;
                }),
            ),
            (
                "skew-2",
                Box::new(|m| {
                    m.skew = -2.2;
                    m.date = Some(-2.2)
                }),
            ),
            ("nodate", Box::new(|m| m.date = None)),
            (
                "nodate nonbf",
                Box::new(|m| {
                    m.date = None;
                    m.nbf = false
                }),
            ),
            ("previous", Box::new(|m| m.key = b"previous-key-0123456789-0123456789".to_vec())),
            ("staging", Box::new(|m| m.key = b"staging-key-0123456789-0123456789".to_vec())),
            ("default", Box::new(|m| m.key = b"secret".to_vec())),
            (
                "previous+skew95",
                Box::new(|m| {
                    m.key = b"previous-key-0123456789-0123456789".to_vec();
                    m.skew = 95.0
                }),
            ),
            ("unknown", Box::new(|m| m.key = b"xyzzy".to_vec())),
            ("hs512", Box::new(|m| m.algs = vec!["HS512"])),
            ("permissive", Box::new(|m| m.algs = vec!["HS512", "HS256", "HS384"])),
            ("none", Box::new(|m| m.none = true)),
            ("noverify", Box::new(|m| m.verify = false)),
            ("noexp", Box::new(|m| m.exp = false)),
            (
                "nonbf",
                Box::new(|m| {
                    m.nbf = false;
                    m.iat = false
                }),
            ),
        ] {
            let mut m = h.clone();
            m.dialect = d;
            f(&mut m);
            all.push((n, m));
        }
    }
    for (n, m) in all {
        let d = diagnose(&m);
        let ms = |x: Option<Measured>| {
            x.map_or("-".into(), |x| format!("{:.2}±{:.2}", x.value.0, x.error.0))
        };
        println!(
            "{n:22} d{} {:12} {:24} [{}] {} req {} rt  L {} skew {} | {:?}",
            m.dialect,
            d.verdict.code(),
            d.cause.as_ref().map_or("-", |c| c.code.code()),
            d.other_causes.iter().map(|c| c.code.code()).collect::<Vec<_>>().join(","),
            d.observations.len(),
            d.round_trips,
            ms(d.expiration.leeway),
            ms(d.clock.skew),
            d.checks
                .iter()
                .filter(|c| !matches!(c.status.code(), "pass" | "skip"))
                .map(|c| format!("{}:{}", c.id.id(), c.status.code()))
                .collect::<Vec<_>>()
        );
        let _ = CauseCode::ALL;
    }
}
