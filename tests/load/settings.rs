//! What a good file means: addresses, carriers, overrides, limits, and which services are chosen.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use authprobe::load::Selection;
use authprobe::plan::{Algorithm, Carrier, Condition, Limits, OwnKey, Plan, Quota, Timeouts};
use serde_json::json;

use crate::folder::{Folder, KEY, one_service, service};

const KEY_LINE: &str = "key: { file: jwt.key }";

const SECRET: &str =
    "kind: Secret\nmetadata: { name: jwt-staging }\nstringData: { KEY: canary oldest }\n";

fn plan_of(fields: &str) -> Plan {
    let yaml = one_service(&format!("{KEY_LINE}\n{fields}"));
    Folder::with(&[("probes.yaml", &yaml), ("jwt.key", KEY)]).plan()
}

fn every_field() -> Plan {
    let yaml = fs::read_to_string("tests/load/good/every-field.yaml").unwrap();
    let folder = Folder::with(&[
        ("probes.yaml", &yaml),
        (".env.staging", "JWT_SECRET_KEY=canary reference\nOLD=canary old\n"),
        ("admin.key", "00ff"),
        ("admin.pem", "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n"),
        ("old.key", "canary older"),
        ("secret.yaml", SECRET),
        ("ca.pem", ""),
        ("client.pem", ""),
    ]);
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = [("API_KEY", "canary-api"), ("WORKER_KEY", "AP8="), ("PATH", path.as_str())];
    let variables: HashMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let selection = Selection { variables, ..Selection::default() };
    folder.load(&selection).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn this_repositorys_probes_yaml_describes_the_remotehive_fleet() {
    let plan = Folder::of_the_fleet().plan();
    assert_eq!(plan.environment, "development");
    let urls: Vec<_> = plan.services.iter().map(|service| service.target.url.to_string()).collect();
    assert_eq!(
        urls,
        [
            "http://127.0.0.1:8000/api/v1/auth/me",
            "http://127.0.0.1:8001/api/v1/autoscraper/dashboard",
            "http://127.0.0.1:3000/api/auth/verify",
        ]
    );
    let admin = &service(&plan, "admin").subject;
    assert_eq!(admin.carrier, Carrier::Cookie { name: "access_token".to_owned() });
    let place = admin.own_key.place().unwrap();
    assert_eq!(place.to_string(), "JWT_SECRET in remotehive-admin/.env.development");
    assert!(matches!(admin.own_key, OwnKey::Unset(_)));
    assert!(service(&plan, "main").subject.source_of_truth);
}

#[test]
fn a_fleet_may_leave_environments_unfinished_that_are_not_chosen() {
    let folder = Folder::of_the_fleet();
    let yaml = fs::read_to_string("tests/load/good/remotehive.yaml").unwrap();
    folder.write("probes.yaml", &yaml);
    assert_eq!(folder.plan().services.len(), 3);
    let selection = Selection { environment: Some("staging".to_owned()), ..Selection::default() };
    let problems = folder.load(&selection).expect_err("staging has no urls").to_string();
    assert_eq!(problems.matches("error: staging has no url for").count(), 3, "{problems}");
}

#[test]
fn an_endpoint_is_joined_behind_the_path_of_its_url() {
    let rows = [
        ("http://gw/admin", "/api/x", "http://gw/admin/api/x"),
        ("http://gw/admin/", "/api/x", "http://gw/admin/api/x"),
        ("http://gw", "/api/x?full=1", "http://gw/api/x?full=1"),
        ("https://[::1]:8443", "/{environment}/x", "https://[::1]:8443/development/x"),
        ("http://gw", "https://other/x", "https://other/x"),
    ];
    for (base, endpoint, wanted) in rows {
        let yaml = one_service(KEY_LINE)
            .replace("http://127.0.0.1:8000", base)
            .replace("endpoint: /me", &format!("endpoint: \"{endpoint}\""));
        let plan = Folder::with(&[("probes.yaml", &yaml), ("jwt.key", KEY)]).plan();
        assert_eq!(plan.services[0].target.url.as_str(), wanted);
    }
}

#[test]
fn the_token_travels_where_send_says() {
    let header = |name: &str, scheme: Option<&str>| Carrier::Header {
        name: name.to_owned(),
        scheme: scheme.map(str::to_owned),
    };
    let rows = [
        ("", header("Authorization", Some("Bearer"))),
        ("send: { header: Authorization }", header("Authorization", Some("Bearer"))),
        ("send: { header: authorization, scheme: JWT }", header("authorization", Some("JWT"))),
        ("send: { scheme: Token }", header("Authorization", Some("Token"))),
        ("send: { scheme: \"\" }", header("Authorization", None)),
        ("send: { header: X-Auth }", header("X-Auth", None)),
        ("send: { header: X-Auth, scheme: Bearer }", header("X-Auth", Some("Bearer"))),
        ("send: { cookie: session }", Carrier::Cookie { name: "session".to_owned() }),
        ("send: { query: token }", Carrier::Query { name: "token".to_owned() }),
    ];
    for (send, wanted) in rows {
        assert_eq!(plan_of(send).services[0].subject.carrier, wanted, "{send}");
    }
}

#[test]
fn limits_of_time_are_one_number_or_three() {
    let [one, two, three] = [1, 2, 3].map(Duration::from_secs);
    let rows = [
        ("", Timeouts::default()),
        ("timeout: 60s", Timeouts { total: Duration::from_mins(1), ..Timeouts::default() }),
        ("timeout: 2s", Timeouts { connect: two, first_byte: two, total: two }),
        (
            "timeout: { connect: 1s, first_byte: 2s, total: 3s }",
            Timeouts { connect: one, first_byte: two, total: three },
        ),
        ("timeout: { connect: 1s }", Timeouts { connect: one, ..Timeouts::default() }),
    ];
    for (timeout, wanted) in rows {
        assert_eq!(plan_of(timeout).services[0].target.timeouts, wanted, "{timeout}");
    }
}

#[test]
fn a_service_overrides_the_top_level_field_by_field_and_claim_by_claim() {
    let plan = every_field();
    let (main, admin) = (service(&plan, "main"), service(&plan, "admin"));
    assert_eq!(main.subject.token.algorithm, Algorithm::HS384);
    assert_eq!(admin.subject.token.algorithm, Algorithm::HS256);
    assert_eq!(admin.subject.token.lifetime, Duration::from_secs(90));
    assert_eq!(admin.subject.token.not_before, Some(-30));
    assert_eq!((main.subject.token.issued_at, admin.subject.token.issued_at), (false, true));
    assert_eq!(
        json!(main.subject.token.claims),
        json!({ "sub": "authprobe", "roles": ["a", "b"], "level": 3, "deep": { "x": null } })
    );
    assert_eq!(
        json!(admin.subject.token.claims),
        json!({ "roles": ["a", "b"], "level": 3, "deep": { "x": null }, "aud": "admin" })
    );
    assert_eq!(json!(admin.subject.token.header), json!({ "typ": "JWT", "kid": "2026-11" }));
    assert_eq!(main.subject.policy.max_leeway, Duration::ZERO);
    assert_eq!(admin.subject.policy.max_leeway, Duration::from_mins(5));
    assert_eq!(admin.subject.policy.max_clock_skew, Duration::from_millis(1500));
    assert_eq!(admin.subject.policy.min_key_bits, 384);
    let carrier =
        Carrier::Header { name: "X-Access-Token".to_owned(), scheme: Some("Token".to_owned()) };
    assert_eq!(admin.subject.carrier, carrier);
    assert_eq!(plan.limits, Limits { per_service: 2, total: 8 });
    let spacing = Some(Duration::from_millis(50));
    assert_eq!(main.subject.quota, Quota { requests: 80, spacing });
    assert_eq!(admin.subject.quota, Quota { requests: 30, spacing });
}

#[test]
fn a_target_holds_what_is_sent_besides_the_token() {
    let plan = every_field();
    let target = &service(&plan, "admin").target;
    assert_eq!(target.method, "POST");
    assert_eq!(target.body.as_deref(), Some("{}"));
    let headers: Vec<_> =
        target.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(headers, [("X-Api-Key", &b"canary-api"[..]), ("X-Plain", b"plain")]);
    assert_eq!(target.proxy.as_ref().unwrap().as_str(), "http://other.example:3128/");
    assert!(target.tls.ca.as_ref().unwrap().ends_with("ca.pem"));
    assert!(target.tls.client_certificate.as_ref().unwrap().ends_with("client.pem"));
    assert!(!format!("{plan:?}").contains("canary"));
}

#[test]
fn conditions_take_one_value_or_several() {
    let plan = every_field();
    let conditions = &service(&plan, "admin").subject.conditions;
    let accept = Condition {
        status: vec![204],
        body: Some("ok".to_owned()),
        header: Some(("X-User".to_owned(), None)),
    };
    let reject = Condition {
        status: vec![401, 403],
        body: None,
        header: Some(("WWW-Authenticate".to_owned(), Some("invalid_token".to_owned()))),
    };
    assert_eq!(conditions.accept.as_ref(), Some(&accept));
    assert_eq!(conditions.reject.as_ref(), Some(&reject));
}

#[test]
fn only_the_chosen_services_are_planned_and_the_reference_key_is_read_all_the_same() {
    let folder = Folder::of_the_fleet();
    let selection = Selection { services: vec!["admin".to_owned()], ..Selection::default() };
    let plan = folder.load(&selection).unwrap();
    assert_eq!(plan.services.len(), 1);
    let admin = service(&plan, "admin");
    assert_eq!(admin.subject.reference.place.to_string(), "JWT_SECRET_KEY in .env.development");
    assert_eq!(admin.subject.reference.bits, KEY.len() * 8);
}

#[test]
fn another_environment_is_chosen_by_name() {
    let folder = Folder::of_the_fleet();
    for file in [".env.staging", "autoscraper-service/.env.staging"] {
        folder.write(file, "JWT_SECRET_KEY=canary staging\n");
    }
    folder.write("remotehive-admin/.env.staging", "JWT_SECRET=canary staging\n");
    let selection = Selection { environment: Some("staging".to_owned()), ..Selection::default() };
    let plan = folder.load(&selection).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(plan.environment, "staging");
    let url = &service(&plan, "admin").target.url;
    assert_eq!(url.as_str(), "https://admin.staging.remotehive.example/api/auth/verify");
}
