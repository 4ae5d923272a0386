//! What to plant: `admin=key-default` in, a service and a fault out. Never plants anything.

use std::fmt;

use super::blueprint::ServiceName;
use super::fault::{FAULTS, Fault};
use crate::cause::CauseCode;

/// A fault on a service.
#[derive(Debug, Clone, Copy)]
pub struct Plant {
    /// The service that has it.
    pub service: ServiceName,
    /// The fault.
    pub fault: &'static Fault,
}

impl PartialEq for Plant {
    fn eq(&self, other: &Self) -> bool {
        self.service == other.service && self.fault.code == other.fault.code
    }
}

impl fmt::Display for Plant {
    /// The form that [`parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.service.name(), self.fault.code.code())
    }
}

/// The story that the demo tells unless it is asked for another: admin runs on its fallback key,
/// autoscraper's clock is ahead, and its leeway hides it.
#[must_use]
pub fn story() -> Vec<Plant> {
    [
        (ServiceName::Admin, CauseCode::KeyDefault),
        (ServiceName::Autoscraper, CauseCode::ClockSkew),
        (ServiceName::Autoscraper, CauseCode::LeewayExcessive),
    ]
    .into_iter()
    .filter_map(|(service, code)| Fault::of(code).map(|fault| Plant { service, fault }))
    .collect()
}

/// Why a fault cannot be planted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlantError {
    /// The text has another form.
    #[error("\"{0}\" does not say which service and which fault")]
    Form(String),
    /// The fleet has no such service.
    #[error("the demo fleet has no service \"{0}\"")]
    Service(String),
    /// There is no such fault.
    #[error("there is no fault \"{0}\"")]
    Fault(String),
    /// The service cannot have this fault.
    #[error("{service} cannot have the fault {fault}")]
    NotHere {
        /// The service's name.
        service: &'static str,
        /// The fault's code.
        fault: &'static str,
    },
    /// Two faults of one service decide the same property of it.
    #[error("{service} cannot have {first} and {second} at once: one hides the other")]
    Collision {
        /// The service's name.
        service: &'static str,
        /// The code of the first fault.
        first: &'static str,
        /// The code of the second fault.
        second: &'static str,
    },
}

impl PlantError {
    /// What to type instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Form(_) => "write SERVICE=FAULT, such as admin=key-default".into(),
            Self::Service(name) => {
                suggestion(name, &ServiceName::ALL.map(ServiceName::name), "the services are")
            }
            Self::Fault(code) => suggestion(code, &codes(), "the faults are"),
            Self::NotHere { fault, .. } => {
                let fault = FAULTS.iter().find(|row| row.code.code() == *fault);
                let services = fault.map_or(&[][..], |row| row.services);
                let names: Vec<_> = services.iter().map(|service| service.name()).collect();
                format!("plant it on {}", names.join(" or "))
            }
            Self::Collision { .. } => "plant them on two services, or one after the other".into(),
        }
    }
}

/// Reads `SERVICE=FAULT`.
///
/// # Errors
/// When the form, the service or the fault is unknown, or the service cannot have the fault.
pub fn parse(text: &str) -> Result<Plant, PlantError> {
    let (name, code) = text.split_once('=').ok_or_else(|| PlantError::Form(text.to_owned()))?;
    let service = ServiceName::ALL.into_iter().find(|service| service.name() == name);
    let service = service.ok_or_else(|| PlantError::Service(name.to_owned()))?;
    let fault = FAULTS.iter().find(|fault| fault.code.code() == code);
    let fault = fault.ok_or_else(|| PlantError::Fault(code.to_owned()))?;
    if !fault.services.contains(&service) {
        return Err(PlantError::NotHere { service: service.name(), fault: fault.code.code() });
    }
    Ok(Plant { service, fault })
}

/// Whether all of these can be seen at once.
///
/// # Errors
/// The first two faults of one service that decide the same property of it.
pub fn check(plants: &[Plant]) -> Result<(), PlantError> {
    for (index, second) in plants.iter().enumerate() {
        let first = plants[..index]
            .iter()
            .find(|first| first.service == second.service && first.fault.collides(second.fault));
        if let Some(first) = first {
            return Err(PlantError::Collision {
                service: first.service.name(),
                first: first.fault.code.code(),
                second: second.fault.code.code(),
            });
        }
    }
    Ok(())
}

fn codes() -> Vec<&'static str> {
    FAULTS.iter().map(|fault| fault.code.code()).collect()
}

/// The nearest known name, or all of them.
fn suggestion(name: &str, known: &[&str], introduction: &str) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    match nearest {
        Some((_, candidate)) => format!("did you mean {candidate}?"),
        None => format!("{introduction} {}", known.join(", ")),
    }
}
