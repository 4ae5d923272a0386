//! What one address of a service's name answered by itself. A name may stand for several replicas,
//! or for several balancers before them; clients meet any of them.

use std::net::SocketAddr;

use crate::observation::Failure;
use crate::plan::KeyName;
use crate::time::Seconds;

/// One address of a service's name, asked by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    /// The address and the port.
    pub address: SocketAddr,
    /// Whether the token that the service takes elsewhere is taken here; `None` if no clear answer
    /// came, or both.
    pub taken: Option<bool>,
    /// The key it verifies with; `None` where that was not told, or is none of those known.
    pub key: Option<KeyName>,
    /// Its clock minus ours, by the `Date` fields of its answers alone: true to about a second.
    pub date_skew: Option<Seconds>,
    /// Why it gave no answer at all.
    pub failure: Option<Failure>,
}
