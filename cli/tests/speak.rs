//! `carrel run`, `chat` and `render`, run as a user runs them.

mod program;

use carrel_tests::shared_fixtures;
use program::{carrel, carrel_with, json, scratch};
use serde_json::Value;

/// A seeded model without training, with a template that lists its messages.
fn model(folder: &std::path::Path) -> String {
    let path = folder.join("tiny.gguf").to_str().expect("UTF-8").to_owned();
    let arguments =
        ["synth", "--shape", "tiny-llama", "--type", "Q8_0", "--seed", "5", "-o", &path];
    let run = carrel(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    path
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().expect("a list").iter().map(|id| id.as_u64().expect("an id")).collect()
}

#[test]
fn greedy_runs_equal_llama_cpp() {
    let Some(fixtures) = shared_fixtures() else { return };
    let model = fixtures.join("models/stories260K-f32.gguf");
    let text = std::fs::read_to_string(fixtures.join("models/stories260K.expected.json"));
    let expected: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    for wanted in expected["greedy"].as_array().expect("runs") {
        let n = numbers(&wanted["ids"]).len().to_string();
        let prompt = wanted["prompt"].as_str().expect("text");
        let model = model.to_str().expect("UTF-8");
        let arguments =
            ["run", "--model", model, "--prompt", prompt, "-n", &n, "--temp", "0", "--json"];
        let run = carrel(&arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let found = json(&run.stdout);
        for key in ["prompt_ids", "ids", "text"] {
            assert_eq!(found[key], wanted[key], "{key} of {prompt}");
        }
        assert!(found["timings"]["decode_tokens_per_s"].as_f64().expect("a number") > 0.0);
        assert_eq!(found["end"], "length");
        // Without --json the text comes as it is, followed by a line break.
        let plain = carrel(&arguments[..arguments.len() - 1]);
        assert_eq!(plain.stdout, format!("{}\n", wanted["text"].as_str().expect("text")));
    }
}

#[test]
fn options_reach_the_sampler() {
    let folder = scratch();
    let model = model(folder.path());
    let run = |options: &[&str]| -> Value {
        let start = ["run", "-m", &model, "-p", "the sea", "-n", "24", "--json", "--ctx", "256"];
        let run = carrel(&[&start[..], options].concat());
        assert_eq!(run.code, 0, "{options:?}: {}", run.stderr);
        json(&run.stdout)
    };
    let ids = |options: &[&str]| numbers(&run(options)["ids"]);
    let greedy = ids(&["--temp", "0"]);
    assert_eq!(ids(&["--temp", "0", "--no-speculation"]), greedy);
    assert_eq!(ids(&["--temp", "2", "--top-k", "1"]), greedy, "one candidate is no choice");
    assert_eq!(ids(&["--seed", "1"]), ids(&["--seed", "1"]));
    assert_ne!(ids(&["--seed", "1"]), ids(&["--seed", "2"]));
    let first = greedy[0];
    let ban = format!("{first}=-inf");
    let banned = ids(&["--temp", "0", "--ignore-end", "--bias", &ban]);
    assert!(!banned.contains(&first));
    let schema = folder.path().join("schema.json");
    std::fs::write(&schema, r#"{"enum": ["yes", "no"]}"#).expect("written");
    let answer = run(&["--seed", "3", "--json-schema", schema.to_str().expect("UTF-8")]);
    assert!(["\"yes\"", "\"no\""].contains(&answer["text"].as_str().expect("text")), "{answer}");
    assert_eq!(answer["end"], "end_of_turn");
    let grammar = folder.path().join("grammar.lark");
    std::fs::write(&grammar, "start: \"NONE\" | /[0-9]{2}/").expect("written");
    let answer = run(&["--grammar", grammar.to_str().expect("UTF-8")]);
    let text = answer["text"].as_str().expect("text");
    assert!(text == "NONE" || text.len() == 2, "{text}");
}

#[test]
fn a_run_can_be_saved_and_continued() {
    let folder = scratch();
    let model = model(folder.path());
    let saved = folder.path().join("run.session");
    let saved = saved.to_str().expect("UTF-8");
    let start = ["run", "-m", &model, "-n", "5", "--temp", "0", "--json", "--ctx", "256"];
    let with = |options: &[&str]| json(&carrel(&[&start[..], options].concat()).stdout);
    with(&["-p", "a long text about the sea", "--save", saved]);
    let fresh = with(&["-p", "a long text about the sea and the wind"]);
    let continued = with(&["-p", "a long text about the sea and the wind", "--restore", saved]);
    assert_eq!(continued["ids"], fresh["ids"]);
    assert!(continued["usage"]["reused_tokens"].as_u64() > Some(3), "{continued}");
}

#[test]
fn mistakes_have_exit_codes() {
    let folder = scratch();
    let model = model(folder.path());
    let code = |options: &[&str]| {
        let run = carrel(&[&["run", "-m", &model, "--ctx", "64"][..], options].concat());
        assert!(!run.stderr.is_empty());
        run.code
    };
    assert_eq!(code(&["-p", "x", "--temp=-1"]), 2);
    assert_eq!(code(&["-p", "x", "--bias", "99999=1"]), 2);
    assert_eq!(code(&["-p", "x", "--grammar", "/nowhere"]), 3);
    assert_eq!(code(&["-p", &"x ".repeat(200)]), 1, "the prompt is too long");
    let grammar = folder.path().join("grammar.lark");
    std::fs::write(&grammar, "start: nothing").expect("written");
    assert_eq!(code(&["-p", "x", "--grammar", grammar.to_str().expect("UTF-8")]), 2);
    assert_eq!(code(&["-p", "x", "--chat"]), 4, "the model has no chat template");
}

const TEMPLATE: &str = "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}\
{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}{{ mood }}";

#[test]
fn templates_are_rendered() {
    let folder = scratch();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let template = file("chat.jinja", TEMPLATE);
    let list = r#"[{"role": "user", "content": "Who?"}]"#;
    let start = ["render", "--template", &template, "--bos", "<s>"];
    let with = |options: &[&str], input: &str| {
        let run = carrel_with(&[&start[..], options].concat(), &[], input);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let messages = file("messages.json", list);
    assert_eq!(with(&["--messages", &messages], ""), "<s><user>Who?<assistant>");
    assert_eq!(with(&["--messages", "-", "--no-generation-prompt"], list), "<s><user>Who?");
    let object = format!(r#"{{"messages": {list}, "add_generation_prompt": false, "mood": "!"}}"#);
    assert_eq!(with(&["--messages", "-"], &object), "<s><user>Who?!");
    let short = ["-p", "Hm?", "--system", "Be brief.", "--variable", "mood=calm", "--json"];
    let prompt = json(&with(&short, ""))["prompt"].clone();
    assert_eq!(prompt, "<s><system>Be brief.<user>Hm?<assistant>calm");
    let refuses = file("refuses.jinja", "{{ raise_exception('Roles must alternate') }}");
    let run = carrel(&["render", "--template", &refuses, "-p", "x"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("Roles must alternate"), "{}", run.stderr);
    let endless = file(
        "endless.jinja",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    );
    assert_eq!(carrel(&["render", "--template", &endless, "-p", "x"]).code, 4);
}

#[test]
fn a_conversation_goes_through_a_pipe() {
    let folder = scratch();
    let model = model(folder.path());
    let template = folder.path().join("chat.jinja");
    std::fs::write(&template, TEMPLATE).expect("written");
    let template = template.to_str().expect("UTF-8");
    let start = ["chat", "-m", &model, "--template", template, "-n", "6", "--temp", "0"];
    let start = [&start[..], &["--ignore-end", "--ctx", "512"]].concat();
    let run = carrel_with(
        &[&start[..], &["--json"]].concat(),
        &[],
        "Hello\n\nAnd now?\n/clear\nHello\n/exit\nno\n",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let turns: Vec<Value> = run.stdout.lines().map(json).collect();
    assert_eq!(turns.len(), 3, "{}", run.stdout);
    assert_eq!(turns[0]["usage"]["reused_tokens"], 0);
    assert!(turns[1]["usage"]["reused_tokens"].as_u64() > Some(5), "{}", turns[1]);
    assert_eq!(turns[2]["ids"], turns[0]["ids"], "cleared");
    let text = carrel_with(&start, &[], "Hello\n");
    assert_eq!(text.stdout, format!("{}\n", turns[0]["text"].as_str().expect("text")));
}

#[test]
fn a_model_is_probed_before_it_reads() {
    let folder = scratch();
    let model = model(folder.path());
    let probes = folder.path().join("probes");
    let environment = [("CARREL_PROBES", probes.to_str().expect("UTF-8"))];
    let probe = |extra: &[&str]| {
        let arguments = [&["models", "probe", &model, "--threads", "1"], extra].concat();
        let run = carrel_with(&arguments, &environment, "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let first = json(&probe(&["--json"]));
    assert_eq!(first["reading"], "nothing", "random weights: {first}");
    assert_eq!(first["scores"]["span"]["probes"], 12);
    assert_eq!(json(&probe(&["--json"])), first, "remembered");
    let table = probe(&["--again"]);
    assert!(table.contains("two sentences together") && table.contains("not used"), "{table}");
    let story = folder.path().join("story.txt");
    std::fs::write(&story, "The lamp is blue. Omar has the key.").expect("writable");
    let story = story.to_str().expect("UTF-8");
    let ask = |extra: &[&str]| {
        let arguments = ["ask", story, "-q", "Who has the key?", "--json", "--model", &model];
        let run = carrel_with(&[&arguments, extra].concat(), &environment, "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        json(&run.stdout)
    };
    let without = ask(&[]);
    assert!(without["answer"].as_str().expect("text").contains("Omar"), "{without}");
    assert_eq!(without["usage"]["prompt_tokens"], 0, "{without}");
    assert_eq!(carrel(&["ask", story, "-q", "Who?", "--no-probe"]).code, 2, "needs a model");
}
