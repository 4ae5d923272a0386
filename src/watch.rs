//! Someone who watches a run: told of each request as it happens, never able to change it.

/// Told what a run does, from any thread.
pub trait Watch: Send + Sync {
    /// A request goes out to this service.
    fn asked(&self, service: &str);
    /// A request to this service came to its end, with an answer or without.
    fn answered(&self, service: &str);
    /// Nothing more will be asked of this service.
    fn finished(&self, service: &str);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watch for Silent {
    fn asked(&self, _service: &str) {}
    fn answered(&self, _service: &str) {}
    fn finished(&self, _service: &str) {}
}
