//! A whole configuration in, what an audit looks at out: services with folder and policy, and where the
//! keys of every environment stand. Never looks at the files themselves.

use std::path::{Path, PathBuf};

use super::choice;
use super::decode::Reader;
use super::inventory;
use super::raw;
use super::service;
use super::surroundings::Surroundings;
use crate::audit_ground::{AuditGround, AuditedService};
use crate::inventory::Inventory;

/// What an audit of this configuration looks at.
pub(super) fn ground(
    top: &raw::Configuration,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<AuditGround> {
    let inventories = inventory::all(top, around, reader)?;
    let truth = choice::source_of_truth(top, reader)?;
    let root = std::path::absolute(around.folder).unwrap_or(around.folder.to_owned());
    let services = top.services.value.iter().enumerate().map(|(index, given)| {
        let name = &given.value.name.value;
        AuditedService {
            name: name.clone(),
            folder: folder(name, &inventories).unwrap_or_else(|| root.clone()),
            source_of_truth: index == truth,
            policy: service::settings(top, &given.value, reader).policy,
        }
    });
    let services = services.collect();
    let assumptions = Vec::new();
    Some(AuditGround { root, configuration: None, services, inventories, assumptions })
}

/// A service lives where its key file is.
fn folder(service: &str, inventories: &[Inventory]) -> Option<PathBuf> {
    let mut files = inventories.iter().flat_map(|inventory| &inventory.files);
    files.find(|file| file.service == service)?.path.parent().map(Path::to_owned)
}
