//! nginx in front of another service: that service in, the running proxy out. Unprivileged, with
//! its own prefix; the configuration is `nginx.conf`.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::debian::package;
use super::setup::Unavailable;
use crate::common::service::Service;

/// A running nginx and the folder it works in.
pub struct Nginx {
    service: Service,
    _prefix: TempDir,
}

impl Nginx {
    /// Passes everything on.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn before(upstream: &Service) -> Result<Self, Unavailable> {
        Self::start(upstream, "$http_authorization")
    }

    /// Passes everything on but the `Authorization` field, as a proxy that forgets it.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn stripping_authorization(upstream: &Service) -> Result<Self, Unavailable> {
        Self::start(upstream, "\"\"")
    }

    /// Where it serves, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.service.url()
    }

    fn start(upstream: &Service, authorization: &str) -> Result<Self, Unavailable> {
        let nginx = package("nginx", |root| {
            Some(root.join("usr/sbin/nginx")).filter(|path| path.is_file())
        })?;
        let prefix = TempDir::new().map_err(|error| error.to_string())?;
        let service = Service::on_free_port(|port| {
            let configuration = include_str!("nginx.conf")
                .replace("127.0.0.1:PORT", &format!("127.0.0.1:{port}"))
                .replace("http://UPSTREAM", &upstream.url())
                .replace("Authorization AUTHORIZATION", &format!("Authorization {authorization}"));
            fs::write(prefix.path().join("nginx.conf"), configuration).expect("the configuration");
            let mut command = Command::new(&nginx.found);
            command.env_clear().env("LD_LIBRARY_PATH", nginx.libraries());
            command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]).arg(prefix.path());
            command
        });
        Ok(Self { service, _prefix: prefix })
    }
}
