//! A library in a place that can only be read: it can be asked, and what would write says so. The place is
//! mounted in a namespace of its own, which takes rights to do so; without them the test says so and is
//! skipped, and with `CI=true` that is a failure.
#![cfg(target_os = "linux")]

mod program;

use std::path::Path;
use std::process::Command;

use program::{carrel, json, scratch};

/// Ways to a namespace with file systems of its own.
const WAYS: [&[&str]; 2] =
    [&["unshare", "--mount"], &["unshare", "--user", "--map-root-user", "--mount"]];

/// A command that finds `folder` sealed; by the first way that works.
fn with_sealed(folder: &Path) -> Option<impl Fn(&[&str]) -> Command> {
    let folder = folder.to_owned();
    let command = move |way: &[&str], arguments: &[&str]| {
        let seal = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["sh", "-c", seal]).arg(&folder).args(arguments);
        command
    };
    let works = |way: &&&[&str]| {
        command(way, &["true"]).output().is_ok_and(|output| output.status.success())
    };
    let way = *WAYS.iter().find(works)?;
    Some(move |arguments: &[&str]| command(way, arguments))
}

#[test]
fn a_library_that_can_only_be_read_is_asked() {
    let folder = scratch();
    let Some(sealed) = with_sealed(folder.path()) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "nothing can be mounted");
        eprintln!("SKIPPED: nothing can be mounted in a namespace");
        return;
    };
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (document, library) = (path("story.txt"), path("what is 100%?#.carrel"));
    std::fs::write(&document, "Ada Brandt kept the lighthouse.\n").expect("written");
    assert_eq!(carrel(&["library", "--library", &library, "add", &document]).code, 0);
    let run = |arguments: &[&str]| {
        let arguments = [&[env!("CARGO_BIN_EXE_carrel"), "--json"], arguments].concat();
        let output = sealed(&arguments).output().expect("it starts");
        let code = output.status.code();
        (
            code,
            json(
                &String::from_utf8(if code == Some(0) { output.stdout } else { output.stderr })
                    .unwrap(),
            ),
        )
    };
    let ask = ["ask", "--library", &library, "--no-model", "-q", "Who kept the lighthouse?"];
    let (code, answer) = run(&ask);
    assert_eq!(code, Some(0), "{answer}");
    assert!(answer["answer"].as_str().is_some_and(|text| text.contains("Ada")), "{answer}");
    // Windows that a model read cannot be kept there, and the answer needs none.
    let model = ["--model", "default", "--no-probe", "--threads", "1"];
    let (code, answer) = run(&[&["ask", "--library", &library, "-q", "Who?"], &model[..]].concat());
    assert_eq!(code, Some(0), "{answer}");
    // The same document is known already.
    assert_eq!(run(&[&ask[..], &[&document]].concat()).0, Some(0));
    assert_eq!(
        run(&["library", "--library", &library, "list"]).1["documents"][0]["name"],
        document
    );
    for arguments in [&["remove", &document][..], &["add", "Cargo.toml"]] {
        let (code, error) = run(&[&["library", "--library", &library], arguments].concat());
        assert_eq!(code, Some(3), "{error}");
        let message = error["error"]["message"].as_str().expect("a message");
        assert!(message.starts_with(&library) && message.contains("not be written"), "{message}");
    }
    // What another program wrote last is in the log, and nothing is left out in silence.
    std::fs::write(format!("{library}-wal"), "a change").expect("written");
    assert_eq!(run(&ask).0, Some(3));
}
