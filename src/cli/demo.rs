//! stub
pub(super) fn run(
    _: &super::args::Args,
    _: &super::args::Demo,
) -> Result<super::status::Status, Box<dyn std::error::Error>> {
    Ok(super::status::Status::Passed)
}
