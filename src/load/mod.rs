//! probes.yaml and the key files it names in, a validated `Plan` out; every problem at once, each
//! with its place. Never sends anything to a service (`key` asks secret stores), never reads the
//! process environment by itself.
//!
//! Without a configuration, `direct` makes the same plan from URLs and what the command line says.
//!
//! Text becomes a tree (`tree`), the tree records (`decode`, `fields`, `raw`, `scalars`, `unions`),
//! the records a plan (`fleet` and what it uses). What a `problem` shows, `conceal` has gone over.

mod address;
mod candidates;
mod choice;
mod command_line;
mod conceal;
mod decode;
mod direct;
mod discover;
mod fields;
mod fleet;
mod ground;
mod inventory;
mod keys;
mod limits;
mod loaders;
mod options;
mod origins;
mod problem;
mod public_key;
mod raw;
mod replicas;
mod scalars;
mod schema;
mod service;
mod settings;
mod sources;
mod surroundings;
mod tree;
mod unions;

use std::path::Path;

use decode::{Decode as _, Reader};
pub use direct::{Direct, direct};
pub use discover::discover;
pub use options::{CarrierArgument, KeyArgument};
use problem::Problem;
pub use problem::Problems;
pub use schema::schema;
pub use surroundings::Selection;
use surroundings::Surroundings;

use crate::audit_ground::AuditGround;
use crate::inventory::Inventory;
use crate::key::file;
use crate::plan::Plan;

/// Reads probes.yaml at `path`; key files are relative to its folder.
///
/// # Errors
/// Every problem of the file and of what it names.
pub fn plan(path: &Path, selection: &Selection) -> Result<Plan, Problems> {
    read(path, selection, fleet::plan)
}

/// Where the key of the chosen environment stands, by the probes.yaml at `path`.
///
/// # Errors
/// Every problem of the file itself; the files that it names are not looked at.
pub fn inventory(path: &Path, selection: &Selection) -> Result<Inventory, Problems> {
    read(path, selection, inventory::chosen)
}

/// Where the keys of all environments stand, in the order of the configuration.
///
/// # Errors
/// Every problem of the file itself; the files that it names are not looked at.
pub fn inventories(path: &Path) -> Result<Vec<Inventory>, Problems> {
    read(path, &Selection::default(), inventory::all)
}

/// What an audit looks at, by the probes.yaml at `path`.
///
/// # Errors
/// Every problem of the file itself; the files that it names are not looked at.
pub fn ground(path: &Path) -> Result<AuditGround, Problems> {
    let ground = read(path, &Selection::default(), ground::ground)?;
    Ok(AuditGround { configuration: Some(path.to_owned()), ..ground })
}

type Understand<T> = fn(&raw::Configuration, &Surroundings<'_>, &mut Reader) -> Option<T>;

fn read<T>(path: &Path, selection: &Selection, understand: Understand<T>) -> Result<T, Problems> {
    let text = text(path).map_err(|problem| Problems::without_excerpt(path, problem))?;
    let tree = tree::parse(&text)
        .map_err(|problem| Problems::new(path, conceal::all_values(&text), vec![problem]))?;
    let mut reader = Reader::hiding(conceal::suspicious(&text, &tree));
    let configuration = raw::Configuration::decode(&tree, &mut reader);
    let folder = path.parent().unwrap_or(Path::new(""));
    let surroundings = Surroundings::new(folder, selection);
    let understood = configuration.and_then(|raw| understand(&raw, &surroundings, &mut reader));
    match understood {
        Some(understood) if reader.problems.is_empty() => Ok(understood),
        _ => Err(Problems::new(path, conceal::places(&text, &reader.hidden), reader.problems)),
    }
}

fn text(path: &Path) -> Result<String, Problem> {
    let shown = path.display();
    let bytes = file::read(path).map_err(|error| {
        Problem::general(format!("cannot read {shown}: {error}"))
            .help("name the file with --config, or see one work first: authprobe demo")
    })?;
    let text = std::str::from_utf8(bytes.expose()).map_err(|error| {
        Problem::general(format!("{shown} is not UTF-8: byte {} is wrong", error.valid_up_to()))
    })?;
    Ok(text.to_owned())
}
