//! stub
pub(super) struct S;
impl crate::watch::Watch for S {
    fn asked(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn finished(&self, _: &str) {}
}
pub(super) fn watch(_q: bool, _n: usize) -> Box<dyn crate::watch::Watch> {
    Box::new(S)
}
