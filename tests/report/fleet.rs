//! Diagnoses to report on, built by hand: the fleet of the seed document in several conditions.

use std::time::Duration;

use authprobe::cause::{Cause, CauseCode};
use authprobe::check::{Check, CheckId, Severity, Status};
use authprobe::diagnosis::{
    AlgorithmFacts, ClockFacts, ClockSource, Diagnosis, ExpirationFacts, FleetDiagnosis,
    FleetFinding, Judged, KeyMatch, Measured, Pair, RunVerdict, ServiceDiagnosis,
};
use authprobe::hostile::HostileOutcome;
use authprobe::loader::{Clue, Loader, OtherLoader, OtherReading, Reason};
use authprobe::observation::{Answer, Body, DateField, Failure, Observation, Outcome, Stage};
use authprobe::plan::{Algorithm, KeyName};
use authprobe::question::{Credential, Forgery, Moment, Question, TokenShape};
use authprobe::time::{Seconds, UnixTime};
use authprobe::variant::ClaimTimes;
use authprobe::verdict::{Doubt, Refusal, Verdict};
use serde_json::json;

/// 2026-11-23T10:00:00.250Z.
const START: f64 = 1_795_428_000.25;

/// The story of the demo: admin on a framework default, autoscraper's clock ahead, main right.
pub(crate) fn faulty() -> Diagnosis {
    run(
        vec![healthy_service("main"), skewed_autoscraper(), defaulted_admin()],
        vec![
            works("main", "main"),
            refuses("main", "autoscraper", "95 s"),
            refuses("main", "admin", "key"),
            works("autoscraper", "main"),
            works("autoscraper", "autoscraper"),
            refuses("autoscraper", "admin", "key"),
            refuses("admin", "main", "key"),
            refuses("admin", "autoscraper", "key"),
            works("admin", "admin"),
        ],
    )
}

/// Nothing to say.
pub(crate) fn healthy() -> Diagnosis {
    let names = ["main", "autoscraper", "admin"];
    let pairs = names.iter().flat_map(|a| names.iter().map(|b| works(a, b))).collect();
    run(names.iter().map(|name| healthy_service(name)).collect(), pairs)
}

/// One service does not answer, one is rate limited, one says nothing that helps; and the fleet
/// shares a key with another environment.
pub(crate) fn unclear() -> Diagnosis {
    let mut diagnosis =
        run(vec![unreachable("main"), limited("autoscraper"), silent("admin")], Vec::new());
    diagnosis.fleet.findings.push(FleetFinding {
        code: "key-shared-between-environments",
        status: Status::Warn,
        severity: Severity::High,
        summary: "development and staging have the same key".into(),
        fix: "Give staging a key of its own: `authprobe keygen`.".into(),
        services: vec!["main".into(), "autoscraper".into(), "admin".into()],
    });
    diagnosis
}

/// One service that answers with everything a terminal could trip over.
pub(crate) fn hostile() -> Diagnosis {
    let mut admin = defaulted_admin();
    let text = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\nHTTP/1.1 200 OK\n\u{202e}lave\u{9b}31m\u{200b}";
    for judged in &mut admin.observations {
        if let Outcome::Answer(answer) = &mut judged.observation.outcome {
            answer.body.text = text.into();
        }
        judged.hint = Some(text.into());
    }
    admin.name = "ad\u{1b}[31mmin".into();
    if let Some(cause) = &mut admin.cause {
        cause.summary.push_str(text);
        cause.fix.push_str(text);
        cause.details.insert("challenge".into(), json!(text));
    }
    for check in &mut admin.checks {
        check.summary.push_str(text);
    }
    let pairs = vec![refuses("main", "ad\u{1b}[31mmin", text)];
    let mut diagnosis = run(vec![healthy_service("main"), admin], pairs);
    diagnosis.environment = text.into();
    diagnosis
}

/// Two services that got hostile tokens: main refuses all, admin falls for one and is lax once.
pub(crate) fn attacked() -> Diagnosis {
    let outcome = |id, title, severity, status, summary: &str| HostileOutcome {
        id,
        title,
        status,
        severity,
        citation: "RFC 8725 section 3.1",
        summary: summary.into(),
        evidence: vec![3],
    };
    let refused = outcome("H41a", "alg None", Severity::Critical, Status::Pass, "refused");
    let unsent =
        outcome("H44", "HMAC under a public key", Severity::Critical, Status::Skip, "none");
    let taken = outcome("H45a", "its own key in jwk", Severity::Critical, Status::Fail, "accepted");
    let lax = outcome("H50b", "an empty crit", Severity::Medium, Status::Warn, "accepted");
    let mut main = healthy_service("main");
    main.checks.push(check(
        CheckId::HostileRefused,
        Status::Pass,
        "45 kinds sent, none taken that must be refused",
    ));
    main.hostile = vec![refused.clone(), unsent];
    let mut admin = healthy_service("admin");
    admin.verdict = RunVerdict::Fail;
    let summary = "45 kinds sent, 1 not refused as they should be";
    admin.checks.push(check(CheckId::HostileRefused, Status::Fail, summary));
    admin.hostile = vec![refused, taken, lax];
    admin.cause = Some(Cause {
        code: CauseCode::ForgeryAccepted,
        confidence: 1.0,
        summary: "admin falls for a hostile token: its own key in jwk (accepted)".into(),
        fix: "Let admin take keys and algorithms from its configuration only.".into(),
        details: [("accepted".to_owned(), json!(["H45a"]))].into_iter().collect(),
        evidence: vec![3],
    });
    run(vec![main, admin], Vec::new())
}

/// A fleet that is too large for a matrix.
pub(crate) fn large(services: usize) -> Diagnosis {
    let names: Vec<String> = (1..=services).map(|n| format!("service-{n}")).collect();
    let pairs = names
        .iter()
        .flat_map(|issuer| {
            names.iter().map(move |verifier| match verifier.as_str() {
                "service-2" if issuer != verifier => refuses(issuer, verifier, "key"),
                _ => works(issuer, verifier),
            })
        })
        .collect();
    run(names.iter().map(|name| healthy_service(name)).collect(), pairs)
}

fn run(services: Vec<ServiceDiagnosis>, pairs: Vec<Pair>) -> Diagnosis {
    Diagnosis {
        command: "check",
        environment: "development".into(),
        started_at: UnixTime(START),
        finished_at: UnixTime(START + 0.42),
        services,
        fleet: FleetDiagnosis { findings: Vec::new(), pairs },
    }
}

fn works(issuer: &str, verifier: &str) -> Pair {
    Pair {
        issuer: issuer.into(),
        verifier: verifier.into(),
        works: Some(true),
        reason: None,
        checked: true,
        refused_for: None,
        evidence: Vec::new(),
    }
}

fn refuses(issuer: &str, verifier: &str, reason: &str) -> Pair {
    Pair { works: Some(false), reason: Some(reason.into()), ..works(issuer, verifier) }
}

/// A service that does everything right.
fn healthy_service(name: &str) -> ServiceDiagnosis {
    let mut checks = Vec::new();
    // That check is only made where hostile tokens were asked for.
    for id in CheckId::ALL.iter().filter(|id| **id != CheckId::HostileRefused) {
        checks.push(check(*id, Status::Pass, id.title()));
    }
    ServiceDiagnosis {
        name: name.into(),
        url: format!("http://{name}.internal:8000/api/v1/auth/me"),
        verdict: RunVerdict::Pass,
        reachable: true,
        protected: Some(true),
        accepts_baseline: Some(true),
        cause: None,
        other_causes: Vec::new(),
        key: Some(KeyMatch::Known(KeyName::Reference)),
        loader: None,
        algorithm: AlgorithmFacts {
            accepted: vec![Algorithm::HS256],
            rejected: vec![Algorithm::HS384, Algorithm::HS512],
            unsigned_accepted: Some(false),
        },
        behaviour: authprobe::behaviour::Behaviour::default(),
        expiration: ExpirationFacts {
            max_age: None,
            enforced: Some(true),
            missing_exp_accepted: Some(true),
            leeway: Some(measured(0.0, 0.0)),
            not_before_enforced: Some(true),
            issued_at_enforced: Some(false),
            max_lifetime: None,
        },
        clock: ClockFacts {
            skew: Some(measured(0.004_321, 0.02)),
            at_least: false,
            source: Some(ClockSource::Token),
            date: Some(measured(0.1, 0.5)),
            token: Some(measured(0.004_321, 0.02)),
            precise: None,
        },
        addresses: Vec::new(),
        checks,
        hostile: Vec::new(),
        observations: vec![
            refused(1, absent(), 401, r#"{"detail":"Not authenticated"}"#),
            refused(2, signed(KeyName::Random), 401, r#"{"detail":"Could not validate"}"#),
            accepted(3, signed(KeyName::Reference)),
        ],
        round_trips: 3,
        elapsed: Seconds(0.1234),
    }
}

/// Its clock is 95.3 s ahead and it forgives 300 s.
fn skewed_autoscraper() -> ServiceDiagnosis {
    let mut service = healthy_service("autoscraper");
    service.verdict = RunVerdict::Fail;
    let skewed = measured(95.3, 0.06);
    service.clock = ClockFacts {
        skew: Some(skewed),
        at_least: false,
        source: Some(ClockSource::Token),
        date: Some(measured(95.2, 0.5)),
        token: Some(skewed),
        precise: None,
    };
    service.expiration.leeway = Some(measured(300.0, 0.0));
    let expired = |ago: i64| TokenShape { expires: Moment::FromNow(-ago), ..reference() };
    service.observations = vec![
        accepted(1, token(expired(204))),
        refused(2, token(expired(205)), 401, r#"{"detail":"Could not validate credentials"}"#),
    ];
    service.cause = Some(Cause {
        code: CauseCode::ClockSkew,
        confidence: 1.0,
        summary: "autoscraper's clock is 95.3 s ahead".into(),
        fix: "Set the clock of autoscraper's host: see `timedatectl` or `chronyc tracking` there, \
              and start its time synchronisation. A container has the clock of its host."
            .into(),
        details: [("skew_s".to_owned(), json!(95.3))].into_iter().collect(),
        evidence: vec![1, 2],
    });
    service.other_causes = vec![Cause {
        code: CauseCode::LeewayExcessive,
        confidence: 1.0,
        summary: "autoscraper forgives 300 s, the policy allows 60 s".into(),
        fix: "Set the leeway of autoscraper to 60 s or less.".into(),
        details: serde_json::Map::new(),
        evidence: vec![1],
    }];
    set(
        &mut service,
        check(
            CheckId::LeewayWithinPolicy,
            Status::Warn,
            "autoscraper forgives 300 s, the policy allows 60 s",
        ),
    );
    set(
        &mut service,
        check(
            CheckId::ClockWithinPolicy,
            Status::Fail,
            "its clock is 95.3 s ahead, the policy allows 5 s",
        ),
    );
    service
}

/// An env file of a Node service, whose image may be started otherwise.
fn node_env_file() -> Loader {
    let clue = |dialect, name: &str, says| Clue {
        dialect,
        file: format!("remotehive-admin/{name}"),
        says,
    };
    let image = clue("docker", "Dockerfile", "may be started by docker run --env-file");
    Loader {
        file: "remotehive-admin/.env.development".into(),
        dialect: "dotenv-16",
        reason: Reason::Guessed(clue("dotenv-16", "package.json", "depends on dotenv")),
        others: vec![OtherLoader { clue: image, reads: OtherReading::Nothing }],
    }
}

/// It verifies with a framework default.
fn defaulted_admin() -> ServiceDiagnosis {
    let mut service = healthy_service("admin");
    service.verdict = RunVerdict::Fail;
    service.accepts_baseline = Some(false);
    service.key = Some(KeyMatch::Known(KeyName::Default(3)));
    service.loader = Some(node_env_file());
    service.observations = vec![
        refused(1, Question::once(Credential::Garbage), 401, r#"{"error":"Invalid token"}"#),
        refused(2, signed(KeyName::Reference), 401, r#"{"error":"Invalid token"}"#),
        accepted(3, signed(KeyName::Default(3))),
    ];
    service.cause = Some(Cause {
        code: CauseCode::KeyDefault,
        confidence: 1.0,
        summary: "admin verifies with a framework default, not with the shared key".into(),
        fix: "admin reads JWT_SECRET, and remotehive-admin/.env.development does not set it. Set \
              JWT_SECRET there to the value of JWT_SECRET_KEY in .env.development; restart admin."
            .into(),
        details: serde_json::Map::new(),
        evidence: vec![3, 2],
    });
    service.algorithm = AlgorithmFacts::default();
    service.expiration = ExpirationFacts::default();
    for check in &mut service.checks {
        match check.id {
            CheckId::BaselineAccepted => {
                check.status = Status::Fail;
                check.summary = "a right token is refused".into();
            }
            CheckId::KeyMatch => {
                check.status = Status::Fail;
                check.summary = "it verifies with a well-known default key".into();
                check.evidence = vec![3, 2];
            }
            CheckId::Reachable | CheckId::Protected | CheckId::ClockWithinPolicy => {}
            _ => check.status = Status::Skip,
        }
    }
    service.clock = ClockFacts {
        skew: Some(measured(-0.02, 0.04)),
        at_least: false,
        source: Some(ClockSource::Date),
        date: Some(measured(-0.02, 0.04)),
        token: None,
        precise: None,
    };
    service
}

fn unreachable(name: &str) -> ServiceDiagnosis {
    let mut service = unjudged(name, RunVerdict::Fail);
    service.reachable = false;
    let failure = Failure { stage: Stage::Connect, detail: "connection refused".into() };
    service.observations =
        vec![judged(1, absent(), Outcome::Failure(failure), Verdict::Undecided(Doubt::NoAnswer))];
    set(&mut service, check(CheckId::Reachable, Status::Fail, "the endpoint gives no answer"));
    service.cause = Some(Cause {
        code: CauseCode::Unreachable,
        confidence: 1.0,
        summary: "main cannot be reached: nothing listens at main.internal:8000".into(),
        fix: "Start main, or set its url under environments.development.urls.".into(),
        details: [("stage".to_owned(), json!("connect"))].into_iter().collect(),
        evidence: vec![1],
    });
    service
}

fn limited(name: &str) -> ServiceDiagnosis {
    let mut service = unjudged(name, RunVerdict::Inconclusive);
    let answer =
        Answer { status: 429, retry_after: Some(Duration::from_mins(1)), ..Answer::default() };
    service.observations =
        vec![judged(1, absent(), Outcome::Answer(answer), Verdict::Undecided(Doubt::RateLimited))];
    set(&mut service, check(CheckId::BaselineAccepted, Status::Undecided, "not judged"));
    service.cause = Some(Cause {
        code: CauseCode::RateLimited,
        confidence: 1.0,
        summary: "autoscraper asked us to slow down before it could be judged".into(),
        fix: "Run again in 60 s, or let authprobe's address through the rate limit.".into(),
        details: serde_json::Map::new(),
        evidence: vec![1],
    });
    service
}

/// One answer for everything, and two ways to read it; its key is short as well.
fn silent(name: &str) -> ServiceDiagnosis {
    let mut service = unjudged(name, RunVerdict::Inconclusive);
    let unsigned = TokenShape { forgery: Some(Forgery::AlgNone), ..reference() };
    service.observations = vec![
        refused(1, signed(KeyName::Reference), 403, "<html><title>403</title></html>"),
        refused(2, token(TokenShape::baseline(Algorithm::HS256)), 403, ""),
        refused(3, token(unsigned), 403, ""),
    ];
    if let Outcome::Answer(answer) = &mut service.observations[0].observation.outcome {
        answer.content_type = Some("text/html".into());
    }
    set(&mut service, check(CheckId::BaselineAccepted, Status::Undecided, "no clear answer"));
    service.cause = Some(Cause {
        code: CauseCode::Unjudgeable,
        confidence: 0.5,
        summary: "admin gives one answer whatever the token".into(),
        fix: "List the key that admin had before under previous_keys, or read the reason in its \
              log."
            .into(),
        details: serde_json::Map::new(),
        evidence: vec![1, 2, 3],
    });
    service.other_causes = vec![Cause {
        code: CauseCode::KeyMismatch,
        confidence: 0.4,
        summary: "admin verifies with a key that is none of those known here".into(),
        fix: "Compare JWT_SECRET in remotehive-admin/.env with JWT_SECRET_KEY in .env.".into(),
        details: serde_json::Map::new(),
        evidence: vec![1],
    }];
    let mut short =
        check(CheckId::KeyLength, Status::Warn, "the reference key is shorter than 256 bits");
    short.fix = "Rotate to a key made by `authprobe keygen`.".into();
    set(&mut service, short);
    service
}

fn unjudged(name: &str, verdict: RunVerdict) -> ServiceDiagnosis {
    let mut service = healthy_service(name);
    service.verdict = verdict;
    service.accepts_baseline = None;
    service.protected = None;
    service.key = None;
    service.algorithm = AlgorithmFacts::default();
    service.expiration = ExpirationFacts::default();
    service.clock = ClockFacts::default();
    service.checks.clear();
    service
}

fn set(service: &mut ServiceDiagnosis, check: Check) {
    service.checks.retain(|known| known.id != check.id);
    service.checks.push(check);
}

fn check(id: CheckId, status: Status, summary: &str) -> Check {
    Check { id, status, summary: summary.into(), fix: String::new(), evidence: Vec::new() }
}

fn measured(value: f64, error: f64) -> Measured {
    Measured { value: Seconds(value), error: Seconds(error) }
}

fn reference() -> TokenShape {
    TokenShape::most_acceptable(Algorithm::HS256)
}

fn absent() -> Question {
    Question::once(Credential::Absent)
}

fn signed(key: KeyName) -> Question {
    token(TokenShape { key, ..reference() })
}

fn token(shape: TokenShape) -> Question {
    Question::token(shape)
}

fn accepted(number: usize, question: Question) -> Judged {
    let body = Body { text: r#"{"sub":"authprobe"}"#.into(), ..Body::default() };
    let date = DateField::At(UnixTime(START.floor()));
    let answer = Answer { status: 200, body, date, ..Answer::default() };
    judged(number, question, Outcome::Answer(answer), Verdict::Accepted)
}

fn refused(number: usize, question: Question, status: u16, body: &str) -> Judged {
    let body = Body { text: body.into(), ..Body::default() };
    let answer = Answer { status, body, ..Answer::default() };
    let verdict = Verdict::Rejected(Refusal::LikeControl);
    judged(number, question, Outcome::Answer(answer), verdict)
}

fn judged(number: usize, question: Question, outcome: Outcome, verdict: Verdict) -> Judged {
    let sent_at = UnixTime(START + 0.01 * number as f64);
    let observation = Observation {
        number,
        question,
        times: ClaimTimes::default(),
        sent_at,
        received_at: sent_at + Seconds(0.001_84),
        outcome,
    };
    Judged { observation, verdict, hint: None }
}
