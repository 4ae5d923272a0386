//! x
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use authprobe::load;
#[test]
fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let d = dir.path();
    for p in ["autoscraper-service", "remotehive-admin"] {
        std::fs::create_dir(d.join(p)).unwrap();
    }
    std::fs::copy("probes.yaml", d.join("probes.yaml")).unwrap();
    std::fs::write(d.join(".env.development"), "JWT_SECRET_KEY=00112233\n").unwrap();
    std::fs::write(d.join(".env.staging"), "JWT_SECRET_KEY=00112233\n").unwrap();
    std::fs::write(d.join(".env.development.previous"), "JWT_SECRET_KEY=0011223344\n").unwrap();
    std::fs::write(d.join("autoscraper-service/.env.development"), "JWT_SECRET_KEY=00112233\n")
        .unwrap();
    std::fs::write(d.join("remotehive-admin/.env.development"), "X=00112233\n").unwrap();
    match load::plan(&d.join("probes.yaml"), &load::Selection::default()) {
        Ok(p) => println!("{p:#?}"),
        Err(e) => panic!("{e}"),
    }
    println!("{}", load::schema());
}
