//! The embedded fleet: faults in, three running services and the probes.yaml that points at them
//! out. Real HTTP on loopback, fresh keys in a folder that only the owner can read.

use std::io;
use std::path::PathBuf;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::blueprint::{Blueprint, ServiceName};
use super::folder::Folder;
use super::keys::Keys;
use super::plant::{self, Plant, PlantError};
use super::server::{self, Service, Socket};

/// A running fleet. When it is dropped its services stop and its folder is removed.
#[derive(Debug)]
pub struct Fleet {
    folder: Folder,
    planted: Vec<Plant>,
    /// The services run until this is dropped.
    running: watch::Sender<()>,
    services: JoinSet<io::Result<()>>,
}

/// Why the fleet cannot run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// These faults cannot be planted together.
    #[error(transparent)]
    Plant(#[from] PlantError),
    /// No random bytes for the keys.
    #[error("the system gives no random bytes for fresh keys: {0}")]
    NoRandomness(#[from] getrandom::Error),
    /// The folder with the configuration and the keys.
    #[error("the demo fleet's folder cannot be written: {0}")]
    Folder(io::Error),
    /// A port on loopback.
    #[error("the demo fleet cannot listen on 127.0.0.1: {0}")]
    Listen(io::Error),
}

impl DemoError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Plant(error) => error.help(),
            Self::NoRandomness(_) => "see whether getrandom(2) is forbidden here".into(),
            Self::Folder(_) => "set TMPDIR to a folder that you can write to".into(),
            Self::Listen(_) => "see whether sockets are forbidden here".into(),
        }
    }
}

impl Fleet {
    /// Starts the three services with these faults; without any, they are healthy.
    ///
    /// # Errors
    /// When two faults hide each other, or the folder or a port cannot be had.
    pub async fn start(plants: &[Plant]) -> Result<Self, DemoError> {
        plant::check(plants)?;
        let blueprints = ServiceName::ALL.map(|service| faulty(service, plants));
        let keys = Keys::fresh()?;
        let folder = Folder::create(&blueprints, &keys).map_err(DemoError::Folder)?;
        let (running, stop) = watch::channel(());
        let mut services = JoinSet::new();
        let mut addresses = Vec::new();
        for mut blueprint in blueprints {
            let key = |source| folder.key(source, &keys).map_err(DemoError::Folder);
            blueprint.verifier.keys = vec![key(&blueprint.key_source)?];
            let replica = blueprint.replica.as_ref().map(key).transpose()?;
            let socket = Socket::bind(blueprint.port).await.map_err(DemoError::Listen)?;
            addresses.push((blueprint.service, socket.address().map_err(DemoError::Listen)?));
            services.spawn(server::serve(socket, Service::new(blueprint, replica), stop.clone()));
        }
        folder.write_probes(&addresses).map_err(DemoError::Folder)?;
        Ok(Self { folder, planted: plants.to_vec(), running, services })
    }

    /// The probes.yaml that points at this fleet, as an absolute path.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.folder.probes()
    }

    /// What is wrong with this fleet.
    #[must_use]
    pub fn planted(&self) -> &[Plant] {
        &self.planted
    }

    /// Leaves the folder behind when the fleet ends. It holds the fleet's keys, which open nothing
    /// once the fleet is gone.
    pub fn keep(&mut self) {
        self.folder.keep();
    }

    /// Stops the services, waits until they have answered what they were asked, and removes the
    /// folder.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub async fn shutdown(self) -> Result<(), DemoError> {
        let Self { folder, running, mut services, .. } = self;
        drop(running);
        while services.join_next().await.is_some() {}
        folder.remove().map_err(DemoError::Folder)
    }
}

/// The service with its faults.
fn faulty(service: ServiceName, plants: &[Plant]) -> Blueprint {
    let mut blueprint = Blueprint::healthy(service);
    for plant in plants.iter().filter(|plant| plant.service == service) {
        (plant.fault.plant)(&mut blueprint);
    }
    blueprint
}
