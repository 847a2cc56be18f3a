//! `carrel tokenize`, `logits` and `perplexity` on real files, run as a user runs them.

mod program;

use std::path::PathBuf;

use carrel_tests::shared_fixtures;
use program::{carrel, carrel_with, json, scratch};
use serde_json::Value;

fn fixture(name: &str) -> Option<String> {
    let path: PathBuf = shared_fixtures()?.join(name);
    Some(path.to_str().expect("UTF-8").to_owned())
}

#[test]
fn text_becomes_ids_and_ids_text() {
    let Some(model) = fixture("vocab/gpt-2.gguf") else { return };
    let text = "Ünïcode, 3 rabbits & a carrel.\n";
    let run = carrel(&["tokenize", "--model", &model, "--text", text, "--no-special", "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let ids: Vec<u64> = serde_json::from_value(json(&run.stdout)["ids"].clone()).unwrap();
    assert!(ids.len() > 5);
    let piped = carrel_with(&["tokenize", "-m", &model, "--no-special", "--json"], &[], text);
    assert_eq!(piped.stdout, run.stdout);
    let list: Vec<String> = ids.iter().map(u64::to_string).collect();
    let back = carrel(&["tokenize", "--model", &model, "--ids", &list.join(","), "--json"]);
    assert_eq!(json(&back.stdout)["text"], text);
    let lines = carrel(&["tokenize", "--model", &model, "--text", text, "--no-special"]);
    assert_eq!(lines.stdout.lines().count(), ids.len());
    let wrong = carrel(&["tokenize", "--model", &model, "--ids", "999999999"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}

#[test]
fn special_tokens_are_left_out_on_request() {
    let Some(model) = fixture("models/stories260K-f32.gguf") else { return };
    let ids = |extra: &[&str]| -> Vec<u64> {
        let arguments =
            [&["tokenize", "-m", &model, "--text", "One day", "--json"], extra].concat();
        serde_json::from_value(json(&carrel(&arguments).stdout)["ids"].clone()).unwrap()
    };
    let (with, without) = (ids(&[]), ids(&["--no-special"]));
    assert_eq!(with[0], 1);
    assert_eq!(with[1..], without);
}

fn expected() -> Option<Value> {
    let path = fixture("models/stories260K.expected.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

#[test]
fn logits_come_for_all_rows_or_the_last() {
    let (Some(model), Some(expected)) = (fixture("models/stories260K-f32.gguf"), expected()) else {
        return;
    };
    let run = &expected["greedy"][0];
    let ids: Vec<String> =
        run["prompt_ids"].as_array().unwrap().iter().map(Value::to_string).collect();
    let ids = ids.join(",");
    let rows = |extra: &[&str]| -> Vec<Vec<f64>> {
        let arguments = [&["logits", "-m", &model, "--tokens", &ids, "--json"], extra].concat();
        serde_json::from_value(json(&carrel(&arguments).stdout)["logits"].clone()).unwrap()
    };
    let (all, last) = (rows(&[]), rows(&["--last"]));
    assert_eq!(all.len(), run["prompt_ids"].as_array().unwrap().len());
    assert_eq!(last.len(), 1);
    let wanted: Vec<f64> = serde_json::from_value(run["first_logits"].clone()).unwrap();
    for row in [&all[all.len() - 1], &last[0]] {
        assert_eq!(row.len(), wanted.len());
        for (found, wanted) in row.iter().zip(&wanted) {
            // Sums of single precision may be added up in another order.
            assert!((found - wanted).abs() <= 2e-3, "{found} instead of {wanted}");
        }
    }
}

#[test]
fn perplexity_equals_llama_cpp() {
    let (Some(model), Some(expected)) = (fixture("models/stories260K-f32.gguf"), expected()) else {
        return;
    };
    let folder = scratch();
    let file = folder.path().join("story.txt");
    let expected = &expected["perplexity"];
    std::fs::write(&file, expected["text"].as_str().unwrap()).unwrap();
    let file = file.to_str().unwrap();
    let run = carrel(&["perplexity", "--model", &model, "--file", file, "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = json(&run.stdout);
    assert_eq!(found["tokens"], expected["tokens"]);
    let (nll, wanted) =
        (found["mean_nll"].as_f64().unwrap(), expected["mean_nll"].as_f64().unwrap());
    println!("mean NLL {nll:.6}, llama.cpp {wanted:.6}");
    assert!((nll - wanted).abs() <= 1e-4, "{nll} instead of {wanted}");
    assert!((found["perplexity"].as_f64().unwrap() - nll.exp()).abs() < 1e-9);
}

#[test]
fn perplexity_in_chunks_is_that_of_their_second_halves() {
    let (Some(model), Some(expected)) = (fixture("models/stories260K-f32.gguf"), expected()) else {
        return;
    };
    let folder = scratch();
    let file = folder.path().join("story.txt");
    let text = expected["perplexity"]["text"].as_str().unwrap();
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    // Of 176 tokens there are four chunks of 40.
    let run = carrel(&["perplexity", "-m", &model, "-f", file, "--ctx", "40", "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = json(&run.stdout);
    assert_eq!(found["chunks"], 4);
    assert_eq!(found["scored_tokens"], 4 * 19);
    let ids = json(&carrel(&["tokenize", "-m", &model, "--text", text, "--json"]).stdout);
    let ids: Vec<usize> = serde_json::from_value(ids["ids"].clone()).unwrap();
    let (mut nll, mut n) = (0.0, 0);
    for chunk in ids.chunks_exact(40) {
        let chunk: Vec<usize> = std::iter::once(1).chain(chunk[1..].iter().copied()).collect();
        let list: Vec<String> = chunk.iter().map(usize::to_string).collect();
        let run = carrel(&["logits", "-m", &model, "--tokens", &list.join(","), "--json"]);
        let rows: Vec<Vec<f64>> =
            serde_json::from_value(json(&run.stdout)["logits"].clone()).unwrap();
        for at in 21..40 {
            let row = &rows[at - 1];
            let sum: f64 = row.iter().map(|logit| logit.exp()).sum();
            nll += sum.ln() - row[chunk[at]];
            n += 1;
        }
    }
    let (mean, wanted) = (found["mean_nll"].as_f64().unwrap(), nll / f64::from(n));
    assert!((mean - wanted).abs() <= 1e-5, "{mean} instead of {wanted}");
}

#[test]
fn a_small_budget_is_refused_with_numbers() {
    let Some(model) = fixture("models/stories260K-f32.gguf") else { return };
    let arguments = ["logits", "-m", &model, "--tokens", "1", "--memory-budget", "100K", "--json"];
    let run = carrel(&arguments);
    assert_eq!(run.code, 5, "{}", run.stderr);
    let error = json(&run.stderr);
    assert_eq!(error["error"]["kind"], "memory_budget");
    assert!(error["error"]["message"].as_str().unwrap().contains("MiB"));
}

#[test]
fn a_model_is_not_written_over_itself() {
    let folder = scratch();
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (model, missing) = (path("model.gguf"), path("no/such/folder/model.gguf"));
    let made = carrel(&["synth", "--shape", "tiny-llama", "--type", "F16", "-o", &model]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let before = std::fs::read(&model).expect("readable");
    let roundabout = path("./model.gguf");
    for output in [&model, &roundabout] {
        let run = carrel(&["quantize", &model, output, "Q8_0"]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(std::fs::read(&model).expect("readable") == before);
    }
    for arguments in [
        &["quantize", &model, &missing, "Q8_0"][..],
        &["synth", "--shape", "tiny-llama", "-o", &missing],
    ] {
        let run = carrel(arguments);
        assert_eq!(run.code, 3, "{}", run.stdout);
        assert!(run.stderr.contains(&format!("{missing}:")), "{}", run.stderr);
    }
}
