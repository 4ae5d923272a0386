//! The text of a Kubernetes manifest in, the keys that are written into it out. Only what has an
//! `apiVersion` is a manifest; a template, or what sops has encrypted, gives nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::literal::{Construct, Literal, Variables};
use super::yaml::{self, Node};

/// Every key that is written into a manifest, in the order of its lines.
pub(super) fn literals(text: &str, variables: &Variables) -> Vec<Literal> {
    let mut found = Vec::new();
    for document in yaml::documents(text) {
        let is_manifest =
            document.get("apiVersion").is_some() || document.get("secretGenerator").is_some();
        if !is_manifest || document.get("sops").is_some() {
            continue;
        }
        for node in document.all() {
            found.extend(of_object(node, variables));
            found.extend(of_container(node, variables));
            found.extend(of_kustomization(node, variables));
        }
    }
    found.sort_by_key(|literal| literal.line);
    found
}

/// `data` and `stringData` of a `Secret`, `data` of a `ConfigMap`.
fn of_object(node: &Node, variables: &Variables) -> Vec<Literal> {
    let (blocks, kind): (&[(&str, Reading)], _) = match node.get("kind").and_then(Node::text) {
        Some("Secret") => (&[("data", from_base64), ("stringData", as_it_is)], "Secret"),
        Some("ConfigMap") => (&[("data", as_it_is)], "ConfigMap"),
        _ => return Vec::new(),
    };
    let construct = Construct::KubernetesObject(kind);
    let mut found = Vec::new();
    for (block, reading) in blocks {
        for (name, value) in node.get(block).map_or(&[][..], Node::entries) {
            let Some(text) = value.text().map(reading) else { continue };
            if variables.has(name) {
                found.extend(Literal::new(value.line, name, construct, &text));
            } else {
                found.extend(in_lines(value.line, &text, construct, variables));
            }
        }
    }
    found
}

/// How the text of an entry becomes the value.
type Reading = fn(&str) -> String;

fn as_it_is(text: &str) -> String {
    text.to_owned()
}

/// What is no base64 is a placeholder that something else fills in.
fn from_base64(text: &str) -> String {
    let compact: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(compact).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An entry may be a whole env file; the line is that where its text begins.
fn in_lines(line: usize, text: &str, construct: Construct, variables: &Variables) -> Vec<Literal> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let ours = pairs.filter(|(name, _)| variables.has(name));
    let unquoted = |value: &str| value.trim().trim_matches(['"', '\'']).to_owned();
    let found =
        ours.filter_map(|(name, value)| Literal::new(line, name, construct, &unquoted(value)));
    found.collect()
}

/// `env: [{ name: …, value: … }]`.
fn of_container(node: &Node, variables: &Variables) -> Vec<Literal> {
    let entries = node.get("env").map_or(&[][..], Node::items);
    let found = entries.iter().filter_map(|entry| {
        let name = entry.get("name")?.text().filter(|name| variables.has(name))?;
        let value = entry.get("value")?;
        Literal::new(value.line, name, Construct::ContainerEnvironment, value.text()?)
    });
    found.collect()
}

/// `secretGenerator: [{ literals: [NAME=value] }]`.
fn of_kustomization(node: &Node, variables: &Variables) -> Vec<Literal> {
    let generators = ["secretGenerator", "configMapGenerator"];
    let generators = generators.iter().filter_map(|name| node.get(name)).flat_map(Node::items);
    let literals = generators.filter_map(|generator| generator.get("literals"));
    let found = literals.flat_map(Node::items).filter_map(|item| {
        let (name, value) = item.text()?.split_once('=')?;
        let name = Some(name).filter(|name| variables.has(name))?;
        let value = value.trim_matches(['"', '\'']);
        Literal::new(item.line, name, Construct::Kustomization, value)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, String, Construct)> {
        let found = literals(text, &Variables::new([]));
        found.into_iter().map(|it| (it.line, it.variable, it.construct)).collect()
    }

    #[test]
    fn keys_in_secrets_containers_and_kustomizations_are_found() {
        let text = "apiVersion: v1\nkind: Secret\ndata:\n  JWT_SECRET_KEY: YWJjZGVm\n---\napiVersion: v1\nkind: List\nitems:\n  - kind: Secret\n    apiVersion: v1\n    stringData:\n      jwt-secret: abc\n      app.env: |\n        A=1\n        JWT_SECRET=\"abc\"\n---\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: main\n          env:\n            - name: JWT_SECRET_KEY\n              value: abc\n---\nsecretGenerator:\n  - name: s\n    literals:\n      - JWT_SECRET=abc\n";
        let secret = Construct::KubernetesObject("Secret");
        let expected = [
            (4, "JWT_SECRET_KEY".to_owned(), secret),
            (12, "jwt-secret".to_owned(), secret),
            (14, "JWT_SECRET".to_owned(), secret),
            (26, "JWT_SECRET_KEY".to_owned(), Construct::ContainerEnvironment),
            (31, "JWT_SECRET".to_owned(), Construct::Kustomization),
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn references_sealed_and_encrypted_secrets_and_templates_are_silent() {
        for text in [
            "apiVersion: v1\nkind: Deployment\nspec:\n  env:\n    - name: JWT_SECRET\n      valueFrom: { secretKeyRef: { name: s, key: JWT_SECRET } }\n",
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    JWT_SECRET: AgBy3i4OJSWK\n",
            "apiVersion: v1\nkind: Secret\nstringData:\n  JWT_SECRET: abc\nsops:\n  version: 3.8\n",
            "apiVersion: v1\nkind: Secret\ndata:\n  JWT_SECRET: \"\"\n  JWT_SECRET_KEY: ${KEY}\n",
            "apiVersion: v1\nkind: Secret\nstringData:\n  JWT_SECRET: {{ .Values.jwt }}\n",
            "JWT_SECRET: abc\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
