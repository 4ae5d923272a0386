//! Addresses that were named by hand for a service in, sockets out: those of its replicas, or of the
//! balancers before them. Never looks a name up.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::command_line::part;
use super::decode::Reader;
use super::problem::Problem;
use super::tree::Placed;
use crate::plan::Target;

const HELP: &str = "such as 10.0.0.1, 10.0.0.1:8000 or [2001:db8::1]:8000";

/// Gives the target its addresses, if they can stand for its host; each has the port of the url
/// unless it names another.
pub(super) fn place(target: &mut Target, given: &Placed<Vec<Placed<String>>>, reader: &mut Reader) {
    if given.value.is_empty() {
        let problem = Problem::at(&given.place, "there is no address in this list");
        reader.report(problem.help("name one at least, or leave the list out"));
    }
    if !matches!(target.url.host(), Some(Host::Domain(_))) {
        let problem = Problem::at(&given.place, "the url of this service is an address itself");
        reader.report(problem.help("write a host name into the url, or leave the addresses out"));
    }
    if target.proxy.is_some() {
        let problem = Problem::at(&given.place, "the proxy of this service looks its name up");
        reader.report(problem.help("take out the proxy or the addresses"));
    }
    for text in &given.value {
        let Some(address) = socket(text, &target.url, reader) else { continue };
        if target.addresses.contains(&address) {
            let problem = Problem::at(&text.place, "this address stands here twice");
            reader.report(problem.help("leave one of them out"));
            continue;
        }
        target.addresses.push(address);
    }
}

fn socket(text: &Placed<String>, url: &Url, reader: &mut Reader) -> Option<SocketAddr> {
    let written = text.value.as_str();
    let bare = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let port = url.port_or_known_default().unwrap_or_default();
    let alone = bare.unwrap_or(written).parse::<IpAddr>().ok();
    let socket = alone.map(|address| SocketAddr::new(address, port));
    let socket = socket.or_else(|| written.parse().ok()).filter(|socket| socket.port() != 0);
    if socket.is_none() {
        reader.report(Problem::at(&text.place, "this is not an IP address").help(HELP));
    }
    socket
}

/// What `--resolve HOST:PORT:ADDR[,ADDR]` says, as for curl.
pub(super) struct Resolve {
    whole: Placed<String>,
    host: String,
    port: u16,
    addresses: Vec<Placed<String>>,
}

impl Resolve {
    /// Reads one such option.
    pub(super) fn read(written: Placed<String>, reader: &mut Reader) -> Option<Self> {
        let parts: Vec<&str> = written.value.splitn(3, ':').collect();
        let [host, port, list] = parts[..] else { return refuse(&written, reader) };
        let (host, Ok(port)) = (host.to_ascii_lowercase(), port.parse()) else {
            return refuse(&written, reader);
        };
        let mut start = written.value.len() - list.len();
        let mut addresses = Vec::new();
        for one in list.split(',') {
            addresses.push(part(&written, start..start + one.len()));
            start += one.len() + 1;
        }
        Some(Self { host, port, addresses, whole: written })
    }

    fn fits(&self, url: &Url) -> bool {
        url.host_str() == Some(&*self.host) && url.port_or_known_default() == Some(self.port)
    }
}

fn refuse(written: &Placed<String>, reader: &mut Reader) -> Option<Resolve> {
    let problem = Problem::at(&written.place, "this is not HOST:PORT:ADDRESS");
    reader.report(problem.help("--resolve api.example:443:10.0.0.1,10.0.0.2"));
    None
}

/// Gives each target the addresses that an option names for its host and port.
pub(super) fn resolve(targets: &mut [&mut Target], options: Vec<Resolve>, reader: &mut Reader) {
    for option in options {
        let given = Placed { value: option.addresses.clone(), place: option.whole.place.clone() };
        let mut used = false;
        for target in targets.iter_mut().filter(|target| option.fits(&target.url)) {
            place(target, &given, reader);
            used = true;
        }
        if !used {
            let problem = Problem::at(&given.place, "no url has this host and this port");
            reader.report(problem.help("write both as the url has them; https has port 443"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_port_of_the_url_unless_it_names_one() {
        let rows = [
            ("10.0.0.1", Some("10.0.0.1:443")),
            ("10.0.0.1:8001", Some("10.0.0.1:8001")),
            ("2001:db8::1", Some("[2001:db8::1]:443")),
            ("[2001:db8::1]", Some("[2001:db8::1]:443")),
            ("[2001:db8::1]:8001", Some("[2001:db8::1]:8001")),
            ("10.0.0.1:0", None),
            ("10.0.0", None),
            ("replica-1", None),
            ("", None),
        ];
        let url = Url::parse("https://api.example/me").unwrap();
        for (written, expected) in rows {
            let mut reader = Reader::default();
            let text = Placed { value: written.to_owned(), place: 0..written.len() };
            let found = socket(&text, &url, &mut reader).map(|socket| socket.to_string());
            assert_eq!(found.as_deref(), expected, "{written}");
            assert_eq!(reader.problems.len(), usize::from(expected.is_none()), "{written}");
        }
    }
}
