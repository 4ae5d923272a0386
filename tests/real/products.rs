//! Whole products of the distribution that verify tokens by themselves: how one verifies in, the
//! running service out. Nothing of theirs is written here but their configuration.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use tempfile::TempDir;

use super::debian::packages;
use super::families::{Running, Setting};
use super::setup::Unavailable;
use crate::common::service::Service;

/// Where `InfluxDB` wants a token whose `username` it knows.
pub const INFLUXDB_ENDPOINT: &str = "/query?q=SHOW%20DATABASES";

/// `InfluxDB` 1 with a shared secret. It challenges for Basic, and takes bearer tokens as well.
pub fn influxdb(setting: &Setting) -> Result<Running, Unavailable> {
    let files = packages("influxdb", &["influxdb"], |root| {
        Some(root.join("usr/bin/influxd")).filter(|path| path.is_file())
    })?;
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let path = folder.path().display();
    let service = Service::on_free_port(|port| {
        let configuration = format!(
            "reporting-disabled = true\nbind-address = \"127.0.0.1:0\"\n\
             [meta]\ndir = \"{path}/meta\"\n[data]\ndir = \"{path}/data\"\nwal-dir = \"{path}/wal\"\n\
             [http]\nbind-address = \"127.0.0.1:{port}\"\nauth-enabled = true\n\
             shared-secret = {:?}\n",
            setting.key()
        );
        let file = folder.path().join("influxdb.conf");
        fs::write(&file, configuration).expect("the configuration");
        let mut command = Command::new(&files.found);
        command.env_clear().arg("-config").arg(file);
        command
    });
    create_user(&service).map_err(|error| format!("influxdb: {error}"))?;
    Ok(Running { service, behind: Some(folder.into()) })
}

/// The first user is made without a token.
fn create_user(service: &Service) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(service.address())?;
    stream.write_all(
        b"POST /query?q=CREATE%20USER%20authprobe%20WITH%20PASSWORD%20'x'%20WITH%20ALL%20PRIVILEGES \
          HTTP/1.1\r\nHost: influxdb\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    )?;
    stream.read_to_end(&mut Vec::new()).map(drop)
}

/// Apache with `mod_auth_openidc` as a resource server. It picks its key by `kid`.
pub fn apache(setting: &Setting) -> Result<Running, Unavailable> {
    let wanted = ["apache2-bin", "libapache2-mod-auth-openidc"];
    let files = packages("apache", &wanted, |root| {
        let module = root.join("usr/lib/apache2/modules/mod_auth_openidc.so");
        Some(root.join("usr/sbin/apache2")).filter(|path| path.is_file() && module.is_file())
    })?;
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    fs::write(folder.path().join("me"), "welcome").map_err(|error| error.to_string())?;
    let mut apache = Command::new(&files.found);
    apache.env_clear().env("LD_LIBRARY_PATH", files.libraries());
    setting.shift(&mut apache)?;
    let modules = files.root.join("usr/lib/apache2/modules");
    let service = Service::on_free_port(|port| {
        let mut text = include_str!("apache.conf")
            .replace("MODULES", &modules.display().to_string())
            .replace("FOLDER", &folder.path().display().to_string())
            .replace("127.0.0.1:PORT", &format!("127.0.0.1:{port}"));
        let key = setting.key().bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        text = text.replace("hex##KEY", &format!("hex##{key}"));
        text = text.replace("aud:AUDIENCE", &format!("aud:{}", setting.audience));
        let file = folder.path().join("apache.conf");
        fs::write(&file, text).expect("the configuration");
        let mut command = Command::new(apache.get_program());
        command.env_clear();
        command.envs(apache.get_envs().filter_map(|(name, value)| Some((name, value?))));
        // In one process: workers would outlive a parent that is killed.
        command.arg("-X").arg("-f").arg(file);
        command
    });
    Ok(Running { service, behind: Some(folder.into()) })
}
