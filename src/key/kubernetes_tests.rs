//! Manifests as people write them, those that are none too; the value or the error is looked at.
//! What kubectl writes is in `tests/real_stores.rs`.

use super::kubernetes::{ManifestError, value};
use crate::secret::Secret;

fn read(file: &str, name: Option<&str>, field: &str) -> Result<Secret, ManifestError> {
    value(file.as_bytes(), name, field)
}

const ONE: &str = "apiVersion: v1\nkind: Secret\nmetadata: { name: jwt }\n\
    data: { KEY: aHVudGVyMg==, BOTH: b2xk }\nstringData: { BOTH: new, LINES: \"a\\nb\\n\" }\n";

#[test]
fn data_is_decoded_and_string_data_wins() {
    for (field, wanted) in [("KEY", "hunter2"), ("BOTH", "new"), ("LINES", "a\nb\n")] {
        assert_eq!(read(ONE, None, field), Ok(Secret::new(wanted)), "{field}");
    }
}

#[test]
fn documents_lists_and_json_are_searched_by_name() {
    let secret = |name: &str, value: &str| {
        format!(
            r#"{{"kind":"Secret","metadata":{{"name":"{name}"}},"stringData":{{"K":"{value}"}}}}"#
        )
    };
    let (one, two) = (secret("a", "1a"), secret("b", "2b"));
    let other = r#"{"kind":"ConfigMap","metadata":{"name":"b"},"data":{"K":"no"}}"#;
    for file in [
        format!("---\n{one}\n---\n{other}\n---\n{two}\n"),
        format!(r#"{{"kind":"List","items":[{one},{other},{two}]}}"#),
        format!("kind: SecretList\nitems:\n- {one}\n- {two}\n"),
    ] {
        assert_eq!(read(&file, Some("b"), "K"), Ok(Secret::new("2b")), "{file}");
        let several = read(&file, None, "K").unwrap_err().to_string();
        assert_eq!(several, "there are several Secrets in it: a, b");
        let unknown = read(&file, Some("c"), "K").unwrap_err().to_string();
        assert_eq!(unknown, "there is no such Secret in it; the Secrets in it: a, b");
    }
    let twice = format!("{one}\n---\n{one}\n");
    assert_eq!(read(&twice, Some("a"), "K"), Err(ManifestError::Ambiguous));
}

#[test]
fn folded_base64_is_read_as_the_api_server_reads_it() {
    let file = "kind: Secret\ndata:\n  K: |\n    aHVu\n    dGVyMg==\n";
    assert_eq!(read(file, None, "K"), Ok(Secret::new("hunter2")));
}

#[test]
fn what_holds_no_value_is_told_apart() {
    let rows = [
        ("kind: SealedSecret\nspec: { encryptedData: { K: AgB } }\n", ManifestError::Sealed),
        ("kind: ExternalSecret\nspec: {}\n", ManifestError::External),
        ("kind: Secret\ndata: { K: ENC }\nsops: { version: 3.9.0 }\n", ManifestError::Encrypted),
        ("kind: Secret\nstringData: { K: 12 }\n", ManifestError::NotText),
        ("kind: Secret\ndata: { K: 12 }\n", ManifestError::NotText),
        ("kind: Secret\ndata: { K: hunter2! }\n", ManifestError::NotBase64),
        ("kind: Secret\ndata: { K: aHVudGVyMg }\n", ManifestError::NotBase64),
        ("a: 1\nkind: Secret\n  data: {{ .Values.key }}\n", ManifestError::NotYaml(3)),
        ("kind: &a Secret\nb: *a\n", ManifestError::Aliases),
    ];
    for (file, wanted) in rows {
        assert_eq!(read(file, None, "K"), Err(wanted), "{file}");
    }
    assert!(matches!(value(b"kind: \xff", None, "K"), Err(ManifestError::NotUtf8(6))));
}

#[test]
fn a_bomb_is_refused() {
    let deep = format!("kind: Secret\ndata: {}", "[".repeat(2_000));
    assert!(read(&deep, None, "K").is_err());
    let wide = format!("kind: Secret\ndata: [{}]", "1,".repeat(150_000));
    assert_eq!(read(&wide, None, "K"), Err(ManifestError::TooLarge));
}

#[test]
fn the_names_of_other_fields_are_told_and_what_was_pasted_among_them_is_not() {
    let file = "kind: Secret\nstringData: { b: 1, \"hunter2=\": x }\ndata: { a: \"\" }\n";
    let told = read(file, None, "K").unwrap_err().to_string();
    assert_eq!(told, "the Secret has no such field; the fields it has: a, b");
}
