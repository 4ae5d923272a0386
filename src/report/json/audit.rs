//! An audit for machines, schema `authprobe.audit/1`. Field by field, so that no change of a noun can
//! rename a field. Names and places only.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::{pretty, vocabulary};
use crate::audit_finding::{AuditCode, Finding};
use crate::audit_outcome::{Agreement, AuditOutcome, AuditedEnvironment, AuditedKey};

/// The version of the form; fields may be added to it, never renamed.
const SCHEMA: &str = "authprobe.audit/1";

/// The audit for machines, with a final newline.
#[must_use]
pub fn audit(audit: &AuditOutcome) -> String {
    pretty(&Audit::of(audit))
}

/// The JSON Schema (draft 2020-12) of an audit for machines, with a final newline.
#[must_use]
pub fn audit_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<Audit>())
}

/// What an audit of the key files found. Files are relative to the root where they are below it.
#[derive(Serialize, JsonSchema)]
struct Audit {
    /// The version of this form.
    #[schemars(schema_with = "form")]
    schema: &'static str,
    tool: Tool,
    /// The folder that was audited, absolute.
    root: String,
    /// The configuration; `null` where the files were found by their names.
    configuration: Option<String>,
    /// `fail` if any finding fails; warnings alone leave it at `pass`.
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    services: Vec<String>,
    environments: Vec<Environment>,
    /// What was found, worst first.
    findings: Vec<Found>,
    /// What was taken for granted where no configuration says it.
    assumptions: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Environment {
    name: String,
    /// `false` where none of its key files is here and it was not asked for by name: it is not judged.
    looked_at: bool,
    /// Every place where the key of this environment stands.
    keys: Vec<Key>,
}

#[derive(Serialize, JsonSchema)]
struct Key {
    service: String,
    /// The file, or what the key comes from.
    source: String,
    /// The variable; `null` where the whole file is the key.
    variable: Option<String>,
    /// The loader whose reading counts; `null` where no env file is read.
    dialect: Option<&'static str>,
    /// How it stands beside the key of the source of truth.
    #[schemars(schema_with = "agreement")]
    agreement: &'static str,
    /// For `same-once`: the code of the reading.
    reading: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct Found {
    #[schemars(schema_with = "code")]
    code: &'static str,
    #[schemars(schema_with = "vocabulary::status")]
    status: &'static str,
    #[schemars(schema_with = "vocabulary::severity")]
    severity: &'static str,
    /// The environments it concerns; empty where it concerns none in particular.
    environments: Vec<String>,
    service: Option<String>,
    file: Option<String>,
    /// Counted from 1.
    line: Option<usize>,
    summary: String,
    fix: String,
}

impl Audit {
    fn of(audit: &AuditOutcome) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            root: audit.root.display().to_string(),
            configuration: audit.configuration.as_ref().map(|path| path.display().to_string()),
            verdict: audit.verdict().code(),
            services: audit.services.clone(),
            environments: audit.environments.iter().map(Environment::of).collect(),
            findings: audit.findings.iter().map(Found::of).collect(),
            assumptions: audit.assumptions.clone(),
        }
    }
}

impl Environment {
    fn of(environment: &AuditedEnvironment) -> Self {
        Self {
            name: environment.name.clone(),
            looked_at: environment.is_looked_at,
            keys: environment.keys.iter().map(Key::of).collect(),
        }
    }
}

impl Key {
    fn of(key: &AuditedKey) -> Self {
        let reading = match key.agreement {
            Agreement::SameOnce(code) => Some(code),
            _ => None,
        };
        Self {
            service: key.service.clone(),
            source: key.source.clone(),
            variable: key.variable.clone(),
            dialect: key.dialect,
            agreement: key.agreement.code(),
            reading,
        }
    }
}

impl Found {
    fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.code(),
            status: finding.status.code(),
            severity: finding.code.severity().code(),
            environments: finding.environments.clone(),
            service: finding.service.clone(),
            file: finding.place.as_ref().map(|place| place.name.clone()),
            line: finding.place.as_ref().and_then(|place| place.line),
            summary: finding.summary.clone(),
            fix: finding.fix.clone(),
        }
    }
}

fn form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": SCHEMA })
}

fn agreement(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Agreement::CODES })
}

fn code(_: &mut SchemaGenerator) -> Schema {
    let codes: Vec<&str> = AuditCode::ALL.iter().map(|code| code.code()).collect();
    json_schema!({ "type": "string", "enum": codes })
}
