//! `carrel gpu doctor` and `--backend gpu`, run as a user runs them, on a software driver where
//! there is no GPU.

mod program;

use std::sync::OnceLock;

use carrel_tests::shared_fixtures;
use program::{Run, carrel_with, json, scratch};

/// Where all runs of the tests remember what was learned about drivers.
fn learned() -> (&'static str, &'static str) {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    ("CARREL_GPU", FOLDER.get_or_init(scratch).path().to_str().expect("UTF-8"))
}

/// Runs the program.
fn carrel(arguments: &[&str]) -> Run {
    carrel_with(arguments, &[learned()], "")
}

/// What the doctor says, or `None` after printing SKIPPED if there is nothing to look at.
fn doctor() -> Option<serde_json::Value> {
    static FOUND: OnceLock<Option<serde_json::Value>> = OnceLock::new();
    FOUND.get_or_init(ask_doctor).clone()
}

fn ask_doctor() -> Option<serde_json::Value> {
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
    assert!(found["adapters"][0]["cooperative_matrices"].is_boolean());
    let sizes = found["adapters"][0]["subgroup_sizes"].as_array().expect("two").iter();
    assert!(sizes.flat_map(serde_json::Value::as_u64).all(|size| size <= 128), "{found}");
    for number in ["most_binding_bytes", "workgroup_bytes", "most_invocations", "most_buffers"] {
        assert!(found["adapters"][0][number].as_u64().is_some_and(|n| n > 0), "{number}");
    }
    let text = carrel(&["gpu", "doctor", "--software-gpu"]);
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert!(text.stdout.contains("good") && !text.stdout.contains("WRONG"), "{}", text.stdout);
}

/// Drivers may crash, and should not do so in a program that never wanted a GPU. The loader of Vulkan says
/// what it does, if it is asked to and loaded at all.
#[cfg(target_os = "linux")]
#[test]
fn no_driver_is_loaded_unless_a_gpu_is_wanted() {
    if doctor().is_none() {
        return;
    }
    let folder = scratch();
    let path = folder.path().join("model.gguf");
    let path = path.to_str().expect("UTF-8");
    let loads = |arguments: &[&str]| {
        let run = carrel_with(arguments, &[learned(), ("VK_LOADER_DEBUG", "all")], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stderr.contains("oader")
    };
    assert!(!loads(&["synth", "--shape", "tiny-llama", "--type", "Q8_0", "-o", path]));
    assert!(!loads(&["logits", "-m", path, "--tokens", "1,2", "--json"]));
    assert!(loads(&["gpu", "doctor", "--software-gpu", "--json"]), "it says nothing");
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

#[test]
fn layers_that_do_not_fit_stay_on_the_processor_and_speed_is_measured() {
    if doctor().is_none() {
        return;
    }
    let folder = scratch();
    let path = folder.path().join("model.gguf");
    let path = path.to_str().expect("UTF-8");
    let made = carrel(&["synth", "--shape", "tiny-llama", "--type", "Q8_0", "-o", path]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let plain = [
        "bench",
        "-m",
        path,
        "--pp",
        "8",
        "--tg",
        "2",
        "--depth",
        "4",
        "--runs",
        "1",
        "--batch",
        "8",
        "--backend",
        "gpu",
        "--software-gpu",
        "--filled-by-processor",
        "--json",
    ];
    let rows = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let run = carrel(arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_value(json(&run.stdout)).expect("rows")
    };
    for row in rows(&plain) {
        assert_eq!(row["engine"], "carrel (GPU)");
        assert!(row["tokens_per_s"].as_f64().is_some_and(|speed| speed > 0.0));
        let share = row["percent_of_bandwidth"].as_f64();
        assert_eq!(share.is_some_and(|share| share > 0.0), row["phase"] == "decode", "{row}");
    }
    let run = carrel(&[&plain[..], &["--profile"]].concat());
    if run.code == 0 {
        let printed = json(&run.stdout);
        assert_eq!(printed["rows"].as_array().map(Vec::len), Some(2), "{printed}");
        let profiles = printed["profiles"].as_array().expect("profiles");
        let phases: Vec<_> = profiles.iter().map(|profile| &profile["phase"]).collect();
        assert_eq!(phases, ["prefill", "decode"]);
        // Four tokens, as many as a profile decodes.
        assert_eq!(profiles[1]["submissions"], profiles[1]["tokens"], "{printed}");
        for kernel in profiles.iter().flat_map(|p| p["kernels"].as_array().expect("kernels")) {
            assert!(kernel["n_runs"].as_u64().is_some_and(|n| n > 0), "{kernel}");
            assert!(kernel["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{kernel}");
        }
    } else {
        assert!(run.stderr.contains("clock"), "{}", run.stderr);
        eprintln!("SKIPPED: profiles, as this driver has no clock");
    }
    // Too little for anything says how much would be enough for a layer.
    let run = carrel(&[&plain[..], &["--gpu-memory", "1K"]].concat());
    assert_eq!(run.code, 5, "{}", run.stderr);
    assert!(run.stderr.contains("the least for this model is"), "{}", run.stderr);
}

#[test]
fn a_budget_is_for_gpu_and_processor_together() {
    if doctor().is_none() {
        return;
    }
    let folder = scratch();
    let path = folder.path().join("model.gguf");
    let path = path.to_str().expect("UTF-8");
    let made = carrel(&["synth", "--shape", "tiny-llama", "--type", "F16", "-o", path]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let on_gpu = ["--backend", "gpu", "--software-gpu", "--json"];
    let need = |rest: &[&str]| {
        let run = carrel(&[&["inspect", path][..], &on_gpu, rest].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        json(&run.stdout)["memory"].clone()
    };
    let bytes = |need: &serde_json::Value, what: &str| need[what].as_u64().expect("a number");
    let free = need(&[]);
    assert_eq!(free["gpu_layers"], 3);
    let (total, on_gpu_bytes) = (bytes(&free, "total_bytes"), bytes(&free, "gpu_bytes"));
    assert!(on_gpu_bytes > 0 && on_gpu_bytes < total);
    let budget = (total - 1).to_string();
    let fitted = need(&["--memory-budget", &budget]);
    assert!(bytes(&fitted, "total_bytes") < total, "{fitted}");
    assert!(bytes(&fitted, "gpu_layers") >= 1);
    let logits = ["logits", "-m", path, "--tokens", "1,2", "--memory-budget"];
    let run = carrel(&[&logits[..], &[&budget], &on_gpu].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = carrel(&[&logits[..], &["4K"], &on_gpu].concat());
    assert_eq!(run.code, 5, "{}", run.stderr);
    assert!(run.stderr.contains("the least for this model is"), "{}", run.stderr);
    let text = carrel(&["inspect", path, "--backend", "gpu", "--software-gpu"]);
    assert!(text.stdout.contains("3 of 3 layers, on the GPU"), "{}", text.stdout);
}
