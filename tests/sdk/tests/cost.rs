//! How the benchmark of the boundary counts; what it measures is for people, in Kotlin and Swift.

use carrel_sdk_tests::cost::{Cost, Meter, compared};
use carrel_sdk_tests::models;

#[test]
fn rounds_are_compared_by_their_median() {
    let cost = |wall_ms: f64| Cost { wall_ms, cpu_ms: 2.0 * wall_ms };
    let options = models::options("m".as_ref());
    let directly = vec![cost(900.0), cost(100.0), cost(200.0)];
    let through = vec![cost(990.0), cost(90.0), cost(500.0)];
    let found = compared("Any".into(), options, 7, directly, through);
    assert!((found.share - 0.1).abs() < 1e-9 && (found.cpu_share - 0.1).abs() < 1e-9);
    assert!(found.row.contains("\"rust_ms\": [900, 100, 200]"), "{}", found.row);
}

#[test]
fn time_of_processors_is_counted() {
    let meter = Meter::new();
    while meter.read().cpu_ms < 20.0 {}
    assert!(meter.read().wall_ms > 0.0);
}
