//! The files around the services in, findings about keys that are written there out: literals, variables
//! that cover a key file, images that take one along. Puts the readers of each kind of file together.

use std::path::PathBuf;

use super::literal::{Literal, Variables};
use super::tree::{Tree, file_name, read};
use super::view::AuditView;
use super::{compose, compose_environment, dockerfile, image, manifest, source};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// Finds the keys in the text of one kind of file.
type Reader = fn(&str, &Variables) -> Vec<Literal>;

/// Keys that are written into files, variables that cover a key file, images that take one along.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let tree = Tree::walk(view);
    let keys = view.environments.iter().flat_map(|environment| &environment.keys);
    let variables = Variables::new(keys.filter_map(|key| key.file.place.variable()));
    let mut found = compose_environment::findings(view, &tree, &variables);
    found.extend(image::findings(view, &tree));
    let readers: [(&[PathBuf], Reader); 3] = [
        (&tree.compose, compose::literals),
        (&tree.manifests, manifest::literals),
        (&tree.dockerfiles, dockerfile::literals),
    ];
    for (files, literals) in readers {
        for path in files {
            let Some(text) = read(path) else { continue };
            found.extend(literals(&text, &variables).iter().map(|it| it.finding(view, path)));
        }
    }
    for path in &tree.sources {
        let Some(text) = read(path) else { continue };
        let literals = source::literals(file_name(path), &text, &variables);
        found.extend(literals.iter().map(|it| it.finding(view, path)));
    }
    found.extend(tree.cut.as_deref().map(cut));
    found
}

fn cut(limit: &str) -> Finding {
    Finding {
        code: AuditCode::SearchCut,
        status: Status::Undecided,
        environments: Vec::new(),
        service: None,
        place: None,
        summary: format!("the search for keys in other files stopped at {limit}"),
        fix: "Name folders that hold no source in .gitignore, or audit a smaller folder."
            .to_owned(),
    }
}
