//! The docker command line itself: an env file in, the environment that it would give a container out.
//! No daemon is needed: what it asks for is read by a listener that refuses everything.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::setup::{Unavailable, step};

/// The variables that `docker create --env-file` hands over, as `NAME=value`.
///
/// # Errors
/// When there is no docker, or it refuses the file.
pub fn environment(file: &Path) -> Result<Vec<String>, Unavailable> {
    step(Command::new("docker").arg("--version"))?;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let daemon = thread::spawn(move || {
        listener.incoming().flatten().find_map(|stream| asked_to_create(&stream))
    });
    let output = Command::new("docker")
        .args(["create", "--env-file"])
        .arg(file)
        .arg("image")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("DOCKER_HOST", format!("tcp://{address}"))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    // A docker that never asked leaves the listener waiting; an empty question ends that.
    drop(
        TcpStream::connect(address)
            .and_then(|mut stream| stream.write_all(b"POST /create\r\n\r\n")),
    );
    let body = daemon.join().map_err(|_| "the listener failed".to_owned())?;
    let asked: Value = serde_json::from_str(&body.unwrap_or_default())
        .map_err(|_| format!("docker: {}", String::from_utf8_lossy(&output.stderr)))?;
    let variables = asked["Env"].as_array().into_iter().flatten();
    Ok(variables.filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

/// The body of the request that creates a container; every request is answered, that one with a
/// refusal.
fn asked_to_create(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let lower = head.to_ascii_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let creates = head.lines().next()?.contains("/create");
        let status = if creates { "500 Internal Server Error" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\nApi-Version: 1.45\r\nContent-Length: 0\r\n\r\n");
        (&*stream).write_all(answer.as_bytes()).ok()?;
        if creates {
            return Some(String::from_utf8_lossy(&body).into_owned());
        }
    }
}
