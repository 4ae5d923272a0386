//! Damaged configurations: whatever is cut out of a good file or put into it, the loader answers
//! with a plan or with problems, and shows no secret that stood in the file.

use std::fs;

use authprobe::load::Selection;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::folder::Folder;

const PIECES: &[&str] = &[
    "", " ", "\n", "\t", ":", ": ", "- ", "{", "}", "[", "]", "\"", "'", "#", "&a ", "*a", "|",
    "é", "\u{feff}",
];

/// A good file with secrets where they do not belong.
fn text() -> String {
    let yaml = fs::read_to_string("tests/load/good/every-field.yaml").unwrap();
    yaml.replace("X-Plain: plain", "X-Plain: canary-header")
        .replace("body: \"{}\"", "body: canary-body")
        .replace("http://proxy.example", "http://user:canary-proxy@proxy.example")
        .replace("key: { file: admin.key", "key: { value: canary-key, file: admin.key")
}

proptest! {
    // The same damage in every run: masking is a net with a mesh, and CI is no place to fish.
    #![proptest_config(ProptestConfig {
        cases: 128,
        rng_seed: RngSeed::Fixed(20_261_123),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_damage_makes_the_loader_panic_or_tell(
        start in any::<prop::sample::Index>(),
        length in 0usize..12,
        piece in prop::sample::select(PIECES),
    ) {
        let text = text();
        let starts: Vec<_> = text.char_indices().map(|(index, _)| index).collect();
        let start = *start.get(&starts);
        let end = (start + length).min(text.len());
        prop_assume!(text.is_char_boundary(end));
        let damaged = format!("{}{piece}{}", &text[..start], &text[end..]);
        let folder = Folder::with(&[("probes.yaml", &damaged)]);
        let problems = folder.load(&Selection::default()).expect_err("it holds a secret");
        let shown = format!("{problems}{}", problems.coloured());
        prop_assert!(!shown.contains("canary"), "{damaged}\n{problems}");
    }
}
