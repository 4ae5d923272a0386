//! A fleet whose clocks all differ from ours by the same accuses our clock, not the services.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use authprobe::cause::CauseCode;
use authprobe::demo::{self, Fleet};
use authprobe::diagnosis::{Diagnosis, RunVerdict};
use authprobe::load::{self, Selection};
use authprobe::pipeline;
use authprobe::watch::Silent;

async fn probe(faults: &[&str]) -> Diagnosis {
    let plants: Vec<_> = faults.iter().map(|text| demo::parse(text).unwrap()).collect();
    let fleet = Fleet::start(&plants).await.unwrap();
    let plan = load::plan(&fleet.config_path(), &Selection::default()).unwrap();
    let diagnosis = pipeline::check(&plan, &Silent).await.unwrap();
    fleet.shutdown().await.unwrap();
    diagnosis
}

#[tokio::test]
async fn three_services_with_one_offset_are_not_accused() {
    let skewed = ["main=clock-skew", "autoscraper=clock-skew", "admin=clock-skew"];
    let diagnosis = probe(&skewed).await;
    assert_eq!(diagnosis.fleet.findings[0].code, "own-clock");
    assert_eq!(diagnosis.outcome(), RunVerdict::Inconclusive);
    for service in &diagnosis.services {
        assert_eq!(service.cause, None, "{}", service.name);
    }
    // The demo says so, too: the skew that was planted is found, on the fleet.
    let plants: Vec<_> = skewed.iter().map(|text| demo::parse(text).unwrap()).collect();
    let rows = demo::agrees(&plants, &diagnosis.services, &diagnosis.fleet.findings);
    assert!(rows.iter().all(|row| row.agrees), "{rows:#?}");
    let without = demo::agrees(&plants, &diagnosis.services, &[]);
    assert!(without.iter().all(|row| !row.agrees), "{without:#?}");
}

#[tokio::test]
async fn another_fault_beside_the_common_offset_is_still_named() {
    let skewed =
        ["main=clock-skew", "autoscraper=clock-skew", "admin=clock-skew", "admin=key-default"];
    let diagnosis = probe(&skewed).await;
    let admin = &diagnosis.services[2];
    assert_eq!(admin.cause.as_ref().map(|cause| cause.code), Some(CauseCode::KeyDefault));
    assert_eq!(diagnosis.outcome(), RunVerdict::Fail);
}

#[tokio::test]
async fn two_services_with_one_offset_are_accused() {
    let diagnosis = probe(&["main=clock-skew", "admin=clock-skew"]).await;
    assert!(diagnosis.fleet.findings.iter().all(|finding| finding.code != "own-clock"));
    assert_eq!(diagnosis.outcome(), RunVerdict::Fail);
}
