//! nginx in front of another service: that service in, the running proxy out. Unprivileged, with
//! its own prefix; the configuration is `nginx.conf`.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::debian::package;
use super::families::Running;
use super::setup::Unavailable;
use crate::common::service::Service;

/// A running nginx and the folder it works in.
pub struct Nginx {
    service: Service,
    prefix: TempDir,
}

impl Nginx {
    /// Passes everything on.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn before(upstream: &Service) -> Result<Self, Unavailable> {
        Self::start(&forwarding(upstream, "$http_authorization"))
    }

    /// Passes everything on but the `Authorization` field, as a proxy that forgets it.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn stripping_authorization(upstream: &Service) -> Result<Self, Unavailable> {
        Self::start(&forwarding(upstream, "\"\""))
    }

    /// Where it serves, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// Passes on what its rate limit allows, and logs who asked; `limit` is its directive, or empty.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn limiting(upstream: &str, limit: &str) -> Result<Self, Unavailable> {
        let configuration = include_str!("nginx_limit.conf");
        let upstream = upstream.trim_start_matches("http://");
        let configuration = configuration.replace("http://UPSTREAM", &format!("http://{upstream}"));
        Self::start(&configuration.replace("            LIMIT\n", &format!("{limit}\n")))
    }

    /// Asks the upstream about every request, and answers by itself.
    ///
    /// # Errors
    /// When nginx cannot be had.
    pub fn asking(upstream: Service) -> Result<Running, Unavailable> {
        let configuration = include_str!("nginx_ask.conf");
        let configuration = configuration.replace("http://UPSTREAM", &upstream.url());
        let Self { service, prefix } = Self::start(&configuration)?;
        Ok(Running { service, behind: Some((upstream, prefix).into()) })
    }

    /// What it logged: a line for each request.
    pub fn access_log(&self) -> String {
        fs::read_to_string(self.prefix.path().join("access.log")).expect("there is a log")
    }

    fn start(configuration: &str) -> Result<Self, Unavailable> {
        let nginx = package("nginx", |root| {
            Some(root.join("usr/sbin/nginx")).filter(|path| path.is_file())
        })?;
        let prefix = TempDir::new().map_err(|error| error.to_string())?;
        let service = Service::on_free_port(|port| {
            let configuration =
                configuration.replace("127.0.0.1:PORT", &format!("127.0.0.1:{port}"));
            fs::write(prefix.path().join("nginx.conf"), configuration).expect("the configuration");
            let mut command = Command::new(&nginx.found);
            command.env_clear().env("LD_LIBRARY_PATH", nginx.libraries());
            command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]).arg(prefix.path());
            command
        });
        Ok(Self { service, prefix })
    }
}

/// The configuration that passes everything on, with this in the place of `Authorization`.
fn forwarding(upstream: &Service, authorization: &str) -> String {
    include_str!("nginx.conf")
        .replace("http://UPSTREAM", &upstream.url())
        .replace("Authorization AUTHORIZATION", &format!("Authorization {authorization}"))
}
