//! The fields of a key source that names one place in, that place out. Never reads anything.

use super::decode::Reader;
use super::problem::{Place, Problem};
use super::raw::KeySource;
use super::tree::Placed;
use crate::key::dotenv::{DIALECTS, Dialect};
use crate::key::store::STAGES;
use crate::key::{AwsSecret, Origin, VaultSecret};

/// An origin, where it stands, and where its variable or field stands.
type PlacedOrigin = (Origin, Place, Place);

/// The origin that is named; exactly one is.
pub(super) fn origin(
    given: &KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<PlacedOrigin> {
    if let Some(file) = &given.dotenv {
        return dotenv(file, given, place, reader);
    }
    if let Some(file) = &given.kubernetes_secret {
        return kubernetes_secret(file, given, place, reader);
    }
    if let Some(path) = &given.vault {
        return vault(path, given, place, reader);
    }
    if let Some(id) = &given.aws_secretsmanager {
        return Some(aws_secretsmanager(id, given));
    }
    if let Some(command) = &given.command {
        let program = command.value.0.first().map_or(&command.place, |program| &program.place);
        let arguments = command.value.0.iter().map(text).collect();
        return Some((Origin::Command { arguments }, program.clone(), program.clone()));
    }
    let (origin, place) = match (&given.env, &given.file) {
        (Some(env), _) => (Origin::Env { variable: text(env) }, &env.place),
        (None, file) => {
            let file = file.as_ref()?;
            (Origin::File { file: text(file) }, &file.place)
        }
    };
    Some((origin, place.clone(), place.clone()))
}

fn dotenv(
    file: &Placed<String>,
    given: &KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<PlacedOrigin> {
    let Some(variable) = &given.variable else {
        let problem = Problem::at(place, "this key source names no variable");
        reader.report_absence(problem.help("add it: { dotenv: .env, variable: JWT_SECRET_KEY }"));
        return None;
    };
    let dialect: &Dialect = given.dialect.as_ref().map_or(&DIALECTS[0], |given| given.value.0);
    let origin = Origin::Dotenv { file: text(file), variable: text(variable), dialect };
    Some((origin, file.place.clone(), variable.place.clone()))
}

fn kubernetes_secret(
    file: &Placed<String>,
    given: &KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<PlacedOrigin> {
    let example = "{ kubernetes_secret: secret.yaml, field: JWT_SECRET_KEY }";
    let field = field(given, example, place, reader)?;
    let name = given.name.as_ref().map(text);
    let origin = Origin::KubernetesSecret { file: text(file), name, field: text(field) };
    Some((origin, file.place.clone(), field.place.clone()))
}

fn vault(
    path: &Placed<String>,
    given: &KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<PlacedOrigin> {
    let example = "{ vault: secret/remotehive/jwt, field: JWT_SECRET_KEY }";
    let field = field(given, example, place, reader)?;
    let secret = VaultSecret {
        path: text(path),
        mount: given.mount.as_ref().map(text),
        field: text(field),
        address: given.address.as_ref().map(text),
        namespace: given.namespace.as_ref().map(text),
        token_file: given.token_file.as_ref().map(text),
        ca: given.ca.as_ref().map(text),
    };
    Some((Origin::Vault(secret), path.place.clone(), field.place.clone()))
}

fn aws_secretsmanager(id: &Placed<String>, given: &KeySource) -> PlacedOrigin {
    let secret = AwsSecret {
        id: text(id),
        field: given.field.as_ref().map(text),
        region: given.region.as_ref().map(text),
        stage: given.stage.as_ref().map_or(STAGES[0], |stage| stage.value.0),
    };
    let field = given.field.as_ref().map_or(&id.place, |field| &field.place);
    (Origin::AwsSecretsManager(secret), id.place.clone(), field.clone())
}

/// The field, which this origin cannot do without.
fn field<'g>(
    given: &'g KeySource,
    example: &str,
    place: &Place,
    reader: &mut Reader,
) -> Option<&'g Placed<String>> {
    if given.field.is_none() {
        let problem = Problem::at(place, "this key source names no field");
        reader.report_absence(problem.help(format!("add it: {example}")));
    }
    given.field.as_ref()
}

fn text(text: &Placed<String>) -> String {
    text.value.clone()
}
