//! `carrel library digest` with the model that comes with Carrel: refused unless it is asked for, harmless
//! then, and going on where it was killed.

mod program;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use program::{carrel, command, json, scratch};
use serde_json::Value;

/// A text of some windows.
fn book() -> String {
    let mut text = String::new();
    for n in 0..110 {
        text += &format!(
            "Keeper {n} wrote the figure {} into the harbour book, and then Ann Lee of Port {} read it \
             aloud to the others at noon.\n\n",
            n * 7919 % 100_003,
            n % 97
        );
    }
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Runs `carrel library` with `arguments` on `library`: the exit code and the JSON.
fn library(library: &Path, arguments: &[&str]) -> (i32, Value) {
    let run = carrel(&[&["--json", "library", "--library", text(library)], arguments].concat());
    (run.code, json(if run.code == 0 { &run.stdout } else { &run.stderr }))
}

const DIGEST: &[&str] = &["digest", "--model", "default", "--unproved", "--threads", "1"];

#[test]
fn a_model_that_may_not_write_is_refused_and_a_killed_one_goes_on() {
    let folder = scratch();
    let path = folder.path().join("library");
    let document = folder.path().join("book.txt");
    std::fs::write(&document, book()).expect("written");
    assert_eq!(library(&path, &["add", text(&document)]).0, 0);
    let (_, hash) = library(&path, &["list", "--hash"]);

    let (code, refused) = library(&path, &["digest", "--model", "default"]);
    assert_eq!((code, refused["error"]["kind"].as_str()), (4, Some("model")), "{refused}");
    let (code, estimate) = library(&path, &["digest", "--model", "default", "--estimate"]);
    assert_eq!(code, 0, "{estimate}");
    let windows = estimate["windows"].as_u64().expect("a number");
    assert!(windows >= 3 && estimate["windows_known"] == 0, "{estimate}");
    assert!(estimate["prompt_tokens"].as_u64() > Some(0), "{estimate}");

    // A budget of one window; then SIGKILL, which no program can catch, a window later.
    let part = (estimate["prompt_tokens"].as_u64().unwrap_or(0)
        + estimate["most_output_tokens"].as_u64().unwrap_or(0))
        / windows
        * 3
        / 2;
    let budget = part.to_string();
    let (code, begun) = library(&path, &[DIGEST, &["--most-tokens", &budget]].concat());
    assert_eq!((code, &begun["end"]), (0, &Value::from("budget_ended")), "{begun}");
    let spent = begun["prompt_tokens"].as_u64().unwrap_or(0)
        + begun["output_tokens"].as_u64().unwrap_or(u64::MAX / 2);
    assert!(spent <= part, "{begun}");
    let each = begun["seconds"].as_f64().expect("seconds")
        / begun["windows_written"].as_f64().expect("a number");
    let arguments = [&["library", "--library", text(&path)], DIGEST].concat();
    let mut child = command(&arguments, &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(Duration::from_secs_f64(each * 1.2));
    child.kill().expect("a kill");
    child.wait().expect("an end");
    let (code, done) = library(&path, DIGEST);
    assert_eq!((code, &done["end"]), (0, &Value::from("complete")), "{done}");
    let (known, written) = (done["windows_known"].as_u64(), done["windows_written"].as_u64());
    assert!(known >= begun["windows_written"].as_u64(), "{done} after {begun}");
    assert_eq!(known.zip(written).map(|(known, written)| known + written), Some(windows));
    let (_, again) = library(&path, DIGEST);
    assert_eq!(again["prompt_tokens"], 0, "{again}");

    // Whatever it wrote, the documents are what they were, and so are quotes from them.
    let (_, now) = library(&path, &["list", "--hash"]);
    assert_eq!(now["hash"], hash["hash"]);
    let (_, shown) = library(&path, &["digest", "--show"]);
    let whole = book();
    for line in shown["lines"].as_array().expect("lines") {
        assert_eq!(line["written_by"], "default (unproved)");
        let citations = line["citations"].as_array().expect("citations");
        assert!(!citations.is_empty(), "{line}");
        for citation in citations {
            assert!(whole.contains(citation["quote"].as_str().expect("a quote")), "{line}");
        }
    }
    let ask = ["ask", "--no-model", "-q", "Which figure did keeper 77 write?", "--json"];
    let answer = carrel(&[&ask[..], &["--library", text(&path)]].concat());
    assert!(json(&answer.stdout)["answer"].as_str().is_some_and(|a| a.contains("9745")));
    assert_eq!(library(&path, &["digest", "--forget"]).0, 0);
    let (_, shown) = library(&path, &["digest", "--show"]);
    assert_eq!(shown["lines"].as_array().map(Vec::len), Some(0));
}
