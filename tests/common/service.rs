//! A program that serves on a loopback port, started by a test: a command in, an address out. It
//! ends with the value that stands for it; what it wrote is kept for the test to show.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A program that is not there by then will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running service.
#[derive(Debug)]
pub struct Service {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Service {
    /// Starts a program that takes a free port by itself and then prints `listening PORT`.
    ///
    /// # Panics
    /// When it ends, or says nothing; the message holds what it wrote.
    pub fn announced(command: &mut Command) -> Self {
        let (said, hears) = mpsc::channel();
        let mut service = Self::spawn(command, &said);
        drop(said);
        let Ok(port) = hears.recv_timeout(PATIENCE) else {
            panic!("it never listened: {}", service.log());
        };
        service.address.set_port(port);
        service
    }

    /// Starts a program that must be told its port. A port is free until somebody takes it, so
    /// `command` is asked again when the program could not have it.
    ///
    /// # Panics
    /// When it fails on several ports; the message holds what it wrote.
    pub fn on_free_port(command: impl Fn(u16) -> Command) -> Self {
        let mut last = String::new();
        for _ in 0..5 {
            let port = free_port();
            let mut service = Self::spawn(&mut command(port), &mpsc::channel().0);
            service.address.set_port(port);
            match service.wait_for_port() {
                Ok(()) => return service,
                Err(()) => last = service.log(),
            }
        }
        panic!("it never listened: {last}")
    }

    /// Where it serves, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same without the scheme.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("no writer panicked").clone()
    }

    fn spawn(command: &mut Command, port: &Sender<u16>) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
        let log = Arc::default();
        keep(child.stdout.take().expect("piped"), &log, Some(port.clone()));
        keep(child.stderr.take().expect("piped"), &log, None);
        Self { child, address: (Ipv4Addr::LOCALHOST, 0).into(), log }
    }

    fn wait_for_port(&mut self) -> Result<(), ()> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err(());
            }
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback port on which nothing listens at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// Copies a stream into the log, and the announced port to whoever waits for it.
fn keep(stream: impl Read + Send + 'static, log: &Arc<Mutex<String>>, port: Option<Sender<u16>>) {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let announced = line.strip_prefix("listening ").and_then(|port| port.parse().ok());
            if let (Some(announced), Some(port)) = (announced, &port) {
                // Nobody waits any more when the test has already given up.
                let _ = port.send(announced);
            }
            let mut log = log.lock().expect("no writer panicked");
            log.push_str(&line);
            log.push('\n');
        }
    });
}
