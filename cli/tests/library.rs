//! `carrel library`: what it prints, several programs on one library, and being killed at any moment.
//!
//! The number of rounds of kills is 8, so that the suite stays fast; with `CARREL_KILLS=50` there are
//! 200 kills.

mod program;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use program::{carrel, command, json, scratch};

/// A text of about `bytes` bytes; `edited` changes one paragraph in fifty.
fn book(bytes: usize, edited: bool) -> String {
    let mut text = String::new();
    let mut n = 0_u64;
    while text.len() < bytes {
        let mark = if edited && n % 50 == 7 { "corrected " } else { "" };
        text += &format!(
            "Keeper {n} wrote the {mark}figure {} into the harbour book, and then Ann Lee of Port \
             {} read it aloud to the others at noon.\n\n",
            n * 7919 % 100_003,
            n % 97
        );
        n += 1;
    }
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn hash(library: &Path) -> String {
    let run = carrel(&["--json", "library", "--library", text(library), "list", "--hash"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    json(&run.stdout)["hash"].as_str().expect("a hash").to_owned()
}

fn add(library: &Path, document: &Path) {
    let run = carrel(&["--json", "library", "--library", text(library), "add", text(document)]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// Starts to add, kills after `delay`; answers whether the program was still at it.
fn add_and_kill(library: &Path, document: &Path, delay: Duration) -> bool {
    let mut child = command(&["library", "--library", text(library), "add", text(document)], &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(delay);
    let was_running = child.try_wait().expect("a state").is_none();
    // SIGKILL, which no program can catch.
    child.kill().expect("a kill");
    child.wait().expect("an end");
    was_running
}

#[test]
fn killed_at_any_moment_it_ends_at_the_same_library() {
    let rounds: u32 = std::env::var("CARREL_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let folder = scratch();
    let path = |name: &str| folder.path().join(name);
    let document = path("book.txt");
    let (first, second) = (book(1_000_000, false), book(1_000_000, true));
    std::fs::write(&document, &second).expect("written");
    add(&path("wanted-second"), &document);
    let wanted_second = hash(&path("wanted-second"));
    std::fs::write(&document, &first).expect("written");
    let started = Instant::now();
    add(&path("wanted-first"), &document);
    let whole = started.elapsed();
    let wanted_first = hash(&path("wanted-first"));
    assert_ne!(wanted_first, wanted_second);

    let mut state = 20_241_124_u64;
    let mut moment = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        whole.mul_f64((state >> 40) as f64 / (1_u64 << 24) as f64)
    };
    let mut in_time = 0;
    for round in 0..rounds {
        // Two kills while the library is made, and as many while it is brought up to date.
        let library = path(&format!("killed-{round}"));
        std::fs::write(&document, &first).expect("written");
        in_time += u32::from(add_and_kill(&library, &document, moment()));
        in_time += u32::from(add_and_kill(&library, &document, moment()));
        add(&library, &document);
        assert_eq!(hash(&library), wanted_first, "round {round}");
        std::fs::write(&document, &second).expect("written");
        for _ in 0..2 {
            in_time += u32::from(add_and_kill(&library, &document, moment()));
            let now = hash(&library);
            assert!(now == wanted_first || now == wanted_second, "round {round}: half a document");
        }
        add(&library, &document);
        assert_eq!(hash(&library), wanted_second, "round {round}");
        std::fs::remove_file(&library).expect("removed");
    }
    println!("{in_time} of {} kills met the program at work", rounds * 4);
    assert!(in_time > rounds, "only {in_time} kills met the program at work");
}

#[test]
fn several_programs_fill_one_library() {
    let folder = scratch();
    let library = folder.path().join("library");
    let documents: Vec<_> = (0..3)
        .map(|n| {
            let document = folder.path().join(format!("{n}.txt"));
            let text = book(200_000, n == 1) + &format!("Note {n}.");
            std::fs::write(&document, text).expect("written");
            document
        })
        .collect();
    let children: Vec<_> = documents
        .iter()
        .map(|document| {
            command(&["library", "--library", text(&library), "add", text(document)], &[])
                .spawn()
                .expect("the program starts")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let run = carrel(&["--json", "library", "--library", text(&library), "list"]);
    assert_eq!(json(&run.stdout)["documents"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_library_of_another_version_says_what_to_do() {
    let folder = scratch();
    let (library, document) = (folder.path().join("library"), folder.path().join("a.txt"));
    std::fs::write(&document, "A text.").expect("written");
    add(&library, &document);
    let mut bytes = std::fs::read(&library).expect("readable");
    for (version, advice) in [(1, "new library"), (1_000, "newer one")] {
        // Where SQLite keeps the version that its user gave.
        bytes[60..64].copy_from_slice(&u32::to_be_bytes(version));
        std::fs::write(&library, &bytes).expect("written");
        let run = carrel(&["library", "--library", text(&library), "list"]);
        assert_eq!(run.code, 3, "{}", run.stdout);
        assert!(run.stderr.contains(advice), "{}", run.stderr);
    }
}

#[test]
fn names_and_passages_cannot_steer_the_terminal() {
    let folder = scratch();
    let library = folder.path().join("library");
    let document = folder.path().join("\u{9b}31mred.txt");
    std::fs::write(&document, "The treasure lies \u{9b}31mbelow the oak.\n").expect("written");
    let start = ["library", "--library", text(&library)];
    let document = text(&document);
    for arguments in [&["add", document][..], &["list"], &["search", "oak"], &["remove", document]]
    {
        let run = carrel(&[&start[..], arguments, &["--color", "always"]].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains('\u{fffd}') && !run.stdout.contains('\u{9b}'), "{arguments:?}");
    }
}

#[test]
fn documents_are_added_found_updated_and_removed() {
    let folder = scratch();
    let library = folder.path().join("library");
    let document = folder.path().join("notes.md");
    let run = |arguments: &[&str]| {
        let run =
            carrel(&[&["--json", "library", "--library", text(&library)], arguments].concat());
        (run.code, json(if run.code == 0 { &run.stdout } else { &run.stderr }))
    };
    let (code, error) = run(&["list"]);
    assert_eq!((code, error["error"]["kind"].as_str()), (3, Some("file")));
    std::fs::write(&document, "# Log\n\nThe barometer fell on Monday.\n").expect("written");
    let (_, added) = run(&["add", text(&document)]);
    assert_eq!(added["documents"][0]["result"], "added");
    assert_eq!(added["documents"][0]["blocks_indexed"], 1);
    assert_eq!(run(&["update"]).1["documents"][0]["result"], "unchanged");

    let (_, found) = run(&["search", "barometer", "-n", "1"]);
    let hit = &found["passages"][0];
    let quote = hit["quote"].as_str().expect("a quote");
    assert!(quote.contains("barometer fell"), "{hit}");
    let whole = std::fs::read_to_string(&document).expect("readable");
    let (start, end) = (hit["start"].as_u64().unwrap_or(0), hit["end"].as_u64().unwrap_or(0));
    let there: String = whole.chars().skip(start as usize).take((end - start) as usize).collect();
    assert_eq!(there, quote);

    // As many as there are.
    assert_eq!(
        run(&["search", "barometer", "-n", "18446744073709551615"]).1["passages"],
        found["passages"]
    );

    std::fs::write(&document, "# Log\n\nThe barometer rose on Friday.\n").expect("written");
    assert_eq!(run(&["update"]).1["documents"][0]["result"], "added");
    let (_, found) = run(&["search", "barometer"]);
    assert!(found["passages"][0]["quote"].as_str().is_some_and(|q| q.contains("Friday")));
    assert_eq!(run(&["remove", "nothing"]).0, 3);
    assert_eq!(run(&["update", "nothing"]).0, 3);
    // All of them or none.
    assert_eq!(run(&["remove", text(&document), "nothing"]).0, 3);
    std::fs::remove_file(&document).expect("removed");
    let (code, updated) = run(&["update"]);
    assert_eq!((code, &updated["documents"][0]["result"]), (0, &"gone".into()));
    assert_eq!(run(&["remove", text(&document)]).0, 0);
    assert_eq!(run(&["list"]).1["documents"].as_array().map(Vec::len), Some(0));
}
