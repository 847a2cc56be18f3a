//! `carrel suite`, run as a user runs it: with a model, from questions to the report.

mod program;

use carrel_tests::shared_fixtures;
use program::{carrel, carrel_with, json, scratch};

#[test]
fn every_arm_runs_with_a_model_and_stands_in_the_report() {
    let Some(fixtures) = shared_fixtures() else { return };
    let folder = scratch();
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let model = fixtures.join("models/stories260K-f32.gguf");
    let model = model.to_str().expect("UTF-8");
    let (results, probes) = (path("results.jsonl"), path("probes"));
    let run = |arms: &[&str], extra: &[&str]| {
        let mut arguments = vec!["suite", "run", "--task", "absent", "--length", "1K", "--json"];
        arguments.extend(["--questions", "2", "--ladder", "end-to-end", "-o", &results]);
        arms.iter().for_each(|arm| arguments.extend(["--arm", arm]));
        arguments.extend(extra);
        carrel_with(&arguments, &[("CARREL_PROBES", &probes)], "")
    };
    let without = run(&["memory"], &[]);
    assert_eq!(without.code, 2, "a memory needs somebody to write it: {}", without.stderr);
    let all = ["carrel", "carrel-model", "truncate", "stuff", "memory"];
    let ran = run(&all, &["--model", model, "--threads", "1", "--no-probe"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // Two sides in two languages, two questions each.
    assert_eq!(json(&ran.stdout)["results"], 8 * 5, "{}", ran.stdout);
    let lines: Vec<serde_json::Value> =
        std::fs::read_to_string(&results).expect("written").lines().map(json).collect();
    let tokens = |arm: &str| -> u64 {
        let of_arm = lines
            .iter()
            .filter(|line| line["arm"].as_str().is_some_and(|name| name.starts_with(arm)));
        of_arm.map(|line| line["prompt_tokens"].as_u64().expect("a number")).sum()
    };
    for arm in ["truncate", "stuff", "running_memory"] {
        assert!(tokens(arm) > 0, "{arm} asked no model");
    }
    assert!(lines.iter().any(|line| line["arm"] == "carrel (stories260K-f32, spans)"));
    assert!(lines.iter().all(|line| line["score"]["fabricated"] == 0));
    let (report, weights) = (path("report"), path("weights.jsonl"));
    let plan = ["--task", "absent", "--length", "1K", "--language", "en", "--questions", "1"];
    let weighed = carrel(&[&["suite", "weigh", "-o", &weights, "--json"], &plan[..]].concat());
    assert_eq!(weighed.code, 0, "{}", weighed.stderr);
    assert_eq!(json(&weighed.stdout)["weighed"], 2, "two sides");
    let made = carrel(&["suite", "report", &results, "--weights", &weights, "-o", &report]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(
        made.stdout.contains("| carrel | fabricated quotes | 0 | 0 | yes |"),
        "{}",
        made.stdout
    );
    let page = std::fs::read_to_string(folder.path().join("report/report.html")).expect("a page");
    assert!(page.contains("running_memory") && page.contains("peak growth MB"));
    assert!(page.contains("start of a process to its first answer from a library, 1K"));
}
