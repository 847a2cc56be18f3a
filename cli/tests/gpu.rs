//! `carrel gpu doctor` and `--backend gpu`, run as a user runs them, on a software driver where
//! there is no GPU.

mod program;

use carrel_tests::shared_fixtures;
use program::{carrel, json, scratch};

/// What the doctor says, or `None` after printing SKIPPED if there is nothing to look at.
fn doctor() -> Option<serde_json::Value> {
    let run = carrel(&["gpu", "doctor", "--software-gpu", "--json"]);
    if run.code == 4 && run.stderr.contains("no usable GPU") {
        let required = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!required, "{} and CI=true", run.stderr);
        eprintln!("SKIPPED: {}", run.stderr);
        return None;
    }
    assert_eq!(run.code, 0, "{}", run.stderr);
    Some(json(&run.stdout))
}

#[test]
fn the_doctor_finds_the_gpu_and_that_it_is_good() {
    let Some(found) = doctor() else { return };
    assert_eq!(found["good"], true);
    assert_eq!(found["checks"].as_array().expect("checks").len(), 7);
    let names = found["adapters"].as_array().expect("adapters").iter();
    assert!(names.map(|adapter| &adapter["name"]).any(|name| *name == found["checked"]));
    let text = carrel(&["gpu", "doctor", "--software-gpu"]);
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert!(text.stdout.contains("good") && !text.stdout.contains("WRONG"), "{}", text.stdout);
}

#[test]
fn a_model_gives_the_same_logits_on_the_gpu() {
    let Some(fixtures) = shared_fixtures() else { return };
    if doctor().is_none() {
        return;
    }
    let model = fixtures.join("models/stories260K-f32.gguf");
    let model = model.to_str().expect("UTF-8");
    let plain = ["logits", "-m", model, "--tokens", "1,403,407", "--last", "--json"];
    let on_gpu = [&plain[..], &["--backend", "gpu", "--software-gpu"]].concat();
    let (cpu, gpu) = (carrel(&plain), carrel(&on_gpu));
    assert_eq!((cpu.code, gpu.code), (0, 0), "{}", gpu.stderr);
    let rows = |text: &str| -> Vec<f64> {
        serde_json::from_value(json(text)["logits"][0].clone()).expect("a row")
    };
    let (cpu, gpu) = (rows(&cpu.stdout), rows(&gpu.stdout));
    assert!(cpu.len() > 100);
    for (cpu, gpu) in cpu.iter().zip(&gpu) {
        assert!((cpu - gpu).abs() <= 2e-3, "{gpu} for {cpu}");
    }
}

#[test]
fn a_model_without_kernels_is_refused_with_a_reason() {
    if doctor().is_none() {
        return;
    }
    let folder = scratch();
    let path = folder.path().join("model.gguf");
    let path = path.to_str().expect("UTF-8");
    let made = carrel(&["synth", "--shape", "tiny-llama", "--type", "IQ4_XS", "-o", path]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let run = carrel(&[
        "logits",
        "-m",
        path,
        "--tokens",
        "1",
        "--backend",
        "gpu",
        "--software-gpu",
        "--json",
    ]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("IQ4_XS"), "{}", run.stderr);
}
