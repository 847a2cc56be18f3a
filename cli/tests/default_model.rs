//! The model that comes with Carrel, by its name: looked into, run, and asked about a document.

mod program;

use program::{carrel, carrel_with, json};

const LETTER: &str =
    "Nora Vance lives in Lisbon. Her brother Otto is a welder in Oslo. The house is blue.";

#[test]
fn it_is_listed_and_can_be_looked_into_and_run() {
    let rows = json(&carrel(&["models", "list", "--json"]).stdout);
    assert_eq!(rows[0]["name"], "default");
    assert_eq!(rows[0]["built_in"], true);
    let looked = carrel(&["inspect", "default", "--json"]);
    assert_eq!(looked.code, 0, "{}", looked.stderr);
    let arguments = ["run", "-m", "default", "--chat", "--temp", "0", "-n", "8", "-t", "1"];
    let said = carrel(&[&arguments[..], &["--prompt", "[1] Nora lives in Rome.\n\nWho?"]].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!said.stdout.trim().is_empty());
}

#[test]
fn it_reads_for_answers_as_far_as_its_probe_lets_it() {
    let ask = |extra: &[&str]| {
        let arguments = ["ask", "-", "-q", "Who is a welder?", "--json"];
        let run = carrel_with(&[&arguments[..], extra].concat(), &[], LETTER);
        assert_eq!(run.code, 0, "{}", run.stderr);
        json(&run.stdout)
    };
    let tokens = |answer: &serde_json::Value| answer["usage"]["prompt_tokens"].as_u64();
    let by_code = ask(&["--no-model"]);
    assert_eq!(tokens(&by_code), Some(0));
    let forced = ask(&["--model", "default", "--no-probe", "--threads", "1"]);
    assert!(tokens(&forced) > Some(0));
    // Its probe is known, so that nothing is probed here.
    let probed = json(&carrel(&["models", "probe", "default", "--json"]).stdout);
    let reads = probed["reading"] != "nothing";
    assert_eq!(tokens(&ask(&[])) > Some(0), reads);
    assert_eq!(tokens(&ask(&["--profile", "instant"])), Some(0));
}
