//! `carrel ask` and `carrel read`, run as a user runs them.

mod program;

use program::{carrel, json, scratch};

const STORY: &str = "# The lighthouse\n\nAda Brandt kept the lighthouse of Sörö for thirty years. \
Her brother Emil sold nets in the harbour.\n\n## The storm\n\nOn 4 March 1911 a storm took the \
lantern. Ada lit a fire of tar and planks, and “Hoffnung”, a schooner of nine, came home.\n";

#[test]
fn quotes_stand_at_their_offsets() {
    let folder = scratch();
    let path = folder.path().join("story.md");
    std::fs::write(&path, STORY).unwrap();
    let story = path.to_str().unwrap();
    let run = carrel(&["ask", story, "--question", "Who kept the lighthouse of Sörö?", "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let answer = json(&run.stdout);
    assert_eq!(answer["status"], "answered");
    assert!(answer["answer"].as_str().unwrap().contains("Ada Brandt"), "{answer}");
    assert!(answer["usage"]["passages_read"].as_u64().unwrap() > 0);
    let text = carrel(&["read", story]).stdout;
    assert_eq!(text, STORY);
    let citations = answer["citations"].as_array().unwrap();
    assert!(!citations.is_empty());
    for citation in citations {
        assert_eq!(citation["document"], story);
        let (start, end) = (citation["start"].as_u64().unwrap(), citation["end"].as_u64().unwrap());
        let found: String =
            text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!(citation["quote"], found.as_str());
        let range = format!("{start}-{end}");
        assert_eq!(carrel(&["read", story, "--chars", &range]).stdout, found);
    }
    let section = citations[0]["section"].as_array().unwrap();
    assert_eq!(section[0], "The lighthouse");
}

#[test]
fn text_has_the_answer_first_and_no_colours_in_a_pipe() {
    let folder = scratch();
    let path = folder.path().join("story.md");
    std::fs::write(&path, STORY).unwrap();
    let arguments = ["ask", path.to_str().unwrap(), "-q", "When did a storm take the lantern?"];
    let run = carrel(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].contains("4 March 1911"), "{}", run.stdout);
    assert!(lines[2].starts_with("[1] ") && lines[2].contains("characters"), "{}", run.stdout);
    assert!(lines[2].contains("The lighthouse › The storm"), "{}", run.stdout);
    let coloured = carrel(&[&arguments[..], &["--color", "always"]].concat());
    assert!(coloured.stdout.contains('\u{1b}'), "{}", coloured.stdout);
}

#[test]
fn a_document_cannot_steer_the_terminal() {
    let folder = scratch();
    let path = folder.path().join("evil.txt");
    std::fs::write(&path, "The treasure lies \u{9b}31mbelow the oak.\n").unwrap();
    let run = carrel(&[
        "ask",
        path.to_str().unwrap(),
        "-q",
        "Where does the treasure lie?",
        "--color",
        "always",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("oak"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{9b}'), "{:?}", run.stdout);
}

#[test]
fn the_handbook_answers_without_a_document() {
    let run = carrel(&["ask", "-q", "Which exit code means that the memory budget is too small?"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let first = run.stdout.lines().next().unwrap();
    assert!(first.contains('5'), "{}", run.stdout);
    assert!(run.stdout.contains("Exit code 5: the memory budget is too small."), "{}", run.stdout);
    assert!(run.stdout.contains("handbook.md"), "{}", run.stdout);
}

#[test]
fn an_answer_has_the_entries_that_the_handbook_shows() {
    let handbook = include_str!("../../docs/handbook.md");
    let shown = handbook.lines().find(|line| line.starts_with("{\"status\"")).expect("a sample");
    let (shown, run) = (json(shown), carrel(&["ask", "-q", "What is a library?", "--json"]));
    let answer = json(&run.stdout);
    let names = |value: &serde_json::Value| {
        value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&answer), names(&shown));
    assert_eq!(names(&answer["usage"]), names(&shown["usage"]));
    assert_eq!(names(&answer["citations"][0]), names(&shown["citations"][0]));
}

#[test]
fn a_book_in_one_line_is_read() {
    let folder = scratch();
    let path = folder.path().join("line.txt");
    let numbers: String =
        (0..20_000_u64).map(|n| format!("{},{:03} ", n, n * 7919 % 1000)).collect();
    let letters = "x".repeat(300_000);
    let text = format!("{numbers}Ada Brandt kept the lighthouse. {}{letters}", &numbers[2..]);
    std::fs::write(&path, text).unwrap();
    let question = "Who kept the lighthouse?";
    let run = carrel(&["ask", path.to_str().unwrap(), "-q", question, "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(json(&run.stdout)["answer"].as_str().unwrap().contains("Ada Brandt"), "{}", run.stdout);
}

#[test]
fn what_is_not_there_is_declined() {
    let folder = scratch();
    let path = folder.path().join("story.md");
    std::fs::write(&path, STORY).unwrap();
    let question = "What did the astronomer Lovelace pay for telescope mirrors?";
    let run = carrel(&["ask", path.to_str().unwrap(), "-q", question, "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let answer = json(&run.stdout);
    assert_eq!(answer["status"], "not_in_document");
    assert_eq!(answer["citations"].as_array().unwrap().len(), 0);
}

#[test]
fn several_documents_and_standard_input() {
    let folder = scratch();
    let (one, two) = (folder.path().join("one.txt"), folder.path().join("two.txt"));
    std::fs::write(&one, "Berta owns a green boat. She paints it every spring.\n").unwrap();
    std::fs::write(&two, "Carl owns a red boat. He never paints it.\n").unwrap();
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    let run = carrel(&["ask", one, two, "-q", "Who owns the red boat?", "--json"]);
    let answer = json(&run.stdout);
    assert!(answer["citations"][0]["quote"].as_str().unwrap().contains("Carl"), "{answer}");
    assert_eq!(answer["citations"][0]["document"], two);
    let piped = program::carrel_with(
        &["ask", "-", "-q", "Who keeps bees?", "--json"],
        &[],
        "Dora keeps bees behind the mill.\n",
    );
    let answer = json(&piped.stdout);
    assert!(answer["citations"][0]["quote"].as_str().unwrap().contains("Dora"), "{answer}");
    assert_eq!(answer["citations"][0]["document"], "standard input");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_standard_input() {
    let folder = scratch();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let name = pipe.to_str().unwrap().to_owned();
    let writer = std::thread::spawn(move || std::fs::write(pipe, "Dora keeps bees.\n"));
    let run = carrel(&["ask", &name, "-q", "Who keeps bees?", "--json"]);
    writer.join().unwrap().unwrap();
    let answer = json(&run.stdout);
    assert_eq!(answer["citations"][0]["quote"], "Dora keeps bees.", "{}", run.stderr);
    assert_eq!(answer["citations"][0]["document"], name);
    // What is kept must be there again; nothing waits for a writer.
    let library = folder.path().join("library");
    let library = library.to_str().unwrap();
    for arguments in [
        &["library", "--library", library, "add", &name][..],
        &["inspect", &name],
        &["run", "--model", &name, "-p", "x"],
    ] {
        let run = carrel(arguments);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains(&name) && run.stderr.contains("pipe"), "{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_read_twice_or_is_not_there_is_wrong_usage() {
    let twice = program::carrel_with(&["ask", "-", "-", "-q", "Who keeps bees?"], &[], "Dora.");
    assert_eq!(twice.code, 2, "{}", twice.stderr);
    let beyond = program::carrel_with(&["read", "-", "--chars", "5-9"], &[], "Dora.");
    assert_eq!(beyond.code, 2, "{}", beyond.stdout);
    assert!(beyond.stderr.contains("5 characters"), "{}", beyond.stderr);
    let end = program::carrel_with(&["read", "-", "--chars", "4-9"], &[], "Dora.");
    assert_eq!(end.stdout, ".");
}

#[test]
fn a_library_keeps_what_was_read() {
    let folder = scratch();
    let path = folder.path().join("story.md");
    std::fs::write(&path, STORY).unwrap();
    let library = folder.path().join("shelf.carrel");
    let (story, library) = (path.to_str().unwrap(), library.to_str().unwrap());
    let question = "Who kept the lighthouse of Sörö?";
    let first = carrel(&["ask", story, "--library", library, "-q", question, "--json"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    std::fs::remove_file(&path).unwrap();
    let second = carrel(&["ask", "--library", library, "-q", question, "--json"]);
    assert_eq!(second.code, 0, "{}", second.stderr);
    let (first, second) = (json(&first.stdout), json(&second.stdout));
    assert_eq!(first["citations"], second["citations"]);
    let missing = folder.path().join("misspelt.carrel");
    let run = carrel(&["ask", "--library", missing.to_str().unwrap(), "-q", question]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(!missing.exists());
}

#[test]
fn documents_that_cannot_be_read_are_named() {
    let folder = scratch();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let binary = path("image.png", b"\x89PNG\r\n\0\0\0\0");
    let empty = path("empty.txt", b"");
    let missing = folder.path().join("missing.txt").to_str().unwrap().to_owned();
    for document in [&binary, &empty, &missing] {
        for command in ["ask", "read"] {
            let mut arguments = vec![command, document.as_str(), "--json"];
            if command == "ask" {
                arguments.extend(["-q", "Who?"]);
            }
            let run = carrel(&arguments);
            assert_eq!(run.code, 3, "{document}: {}", run.stderr);
            assert!(run.stdout.is_empty(), "{}", run.stdout);
            let error = json(&run.stderr);
            assert!(error["error"]["message"].as_str().unwrap().contains(document.as_str()));
        }
    }
    let text = path("text.txt", b"Something.");
    let run = carrel(&["ask", &text, "-q", " ? "]);
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn reading_can_be_interrupted() {
    use std::io::Write;
    use std::time::{Duration, Instant};
    let folder = scratch();
    let (path, library) = (folder.path().join("long.txt"), folder.path().join("shelf.carrel"));
    // Some seconds of reading, none of which is repeated.
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for n in 0..1_500_000_u64 {
        let word = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        writeln!(file, "Paragraph {n} speaks of the number {word} and of nothing else.\n").unwrap();
    }
    file.into_inner().unwrap();
    let (path, shelf) = (path.to_str().unwrap(), library.to_str().unwrap());
    let arguments = ["ask", path, "--library", shelf, "-q", "Which number?"];
    let child = program::command(&arguments, &[]).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while std::fs::metadata(&library).map_or(0, |data| data.len()) < 100_000 {
        assert!(Instant::now() < until, "nothing was read");
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    // A document that was not read to its end is not in the library.
    let run = carrel(&["ask", "--library", shelf, "-q", "Which number?"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(run.stderr.contains("empty"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_for_input_can_be_interrupted() {
    let folder = scratch();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for arguments in [
        &["ask", "-", "-q", "Who?"][..],
        &["ask", pipe.to_str().unwrap(), "-q", "Who?"],
        &["tokenize", "--model", "default"],
        &["run", "--model", "default", "-p", "-"],
        &["render", "--model", "default", "--messages", "-"],
    ] {
        interrupt(arguments);
    }
}

/// Runs a command that waits for its input, and asks it to stop.
#[cfg(target_os = "linux")]
fn interrupt(arguments: &[&str]) {
    let mut child = program::command(arguments, &[]).spawn().unwrap();
    let input = child.stdin.take();
    let id = child.id().to_string();
    // Until it catches signal 2, that would end it without an exit code.
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
    };
    while !catches() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "{arguments:?}");
    drop(input);
}
