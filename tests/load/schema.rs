//! The JSON Schema that editors use, held against the files that the loader itself takes and refuses.

use std::fs;

use authprobe::load;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(&load::schema()).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_schema_is_a_schema_and_takes_this_repositorys_probes_yaml() {
    let schema = schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for file in ["probes.yaml", "tests/load/good/every-field.yaml"] {
        let errors: Vec<_> =
            validator.iter_errors(&yaml(file)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{file}: {errors:?}");
    }
}

/// What the shape of a file shows, an editor can show as well.
#[test]
fn the_schema_refuses_what_the_loader_refuses_for_its_shape() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    for name in [
        "algorithm",
        "algorithms-empty",
        "duration-negative",
        "key-aws-stage",
        "key-command-shell",
        "key-copy-no-file",
        "key-copy-pasted-as-value",
        "key-copy-two-places",
        "restart-shell",
        "key-dialect",
        "key-encoding-unknown",
        "key-kubernetes-no-field",
        "key-no-file",
        "key-no-variable",
        "key-pasted-as-text",
        "key-pasted-as-value",
        "key-two-places",
        "key-vault-no-field",
        "limits",
        "method",
        "send-two-places",
        "token-pasted",
        "unknown-field",
        "version-missing",
        "version-unknown",
        "wrong-types",
    ] {
        let file = yaml(&format!("tests/load/bad/{name}.yaml"));
        assert!(!validator.is_valid(&file), "the schema takes {name}");
    }
}

#[test]
fn every_field_is_described() {
    let schema = schema();
    let records = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    let mut fields = 0;
    for record in records {
        for (name, field) in record["properties"].as_object().into_iter().flatten() {
            fields += 1;
            assert!(field["description"].is_string(), "{name} is not described in {record:#}");
        }
    }
    assert!(fields > 50, "only {fields} fields were found");
}
