//! How a run is watched while it goes on.

/// Is told of each request; a progress display, or nothing.
pub trait Watch: Send + Sync {
    /// A request to a service goes out.
    fn asked(&self, service: &str);
    /// Its answer, or its failure, is there.
    fn answered(&self, service: &str);
    /// The investigation of a service is done.
    fn finished(&self, service: &str);
}
