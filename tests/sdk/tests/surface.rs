//! What is exported, against `ffi/surface.txt`; and the sizes of the crate that exports it.

use std::path::{Path, PathBuf};

use carrel_sdk_tests as _;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The library with the whole API, which cargo builds beside the tests.
fn library() -> String {
    let folder = std::env::current_exe().expect("this test").parent().expect("a folder").to_owned();
    folder.join("libcarrel_sdk_tests.so").display().to_string()
}

#[test]
fn the_list_of_exports_is_up_to_date() {
    let path = repository().join("ffi/surface.txt");
    let found = carrel_bindgen::surface(library().as_str().into(), "carrel_ffi").expect("readable");
    if std::env::var_os("CARREL_RENEW_SURFACE").is_some() {
        std::fs::write(&path, &found).expect("written");
    }
    let listed = std::fs::read_to_string(&path).unwrap_or_default();
    for (listed, found) in listed.lines().zip(found.lines()) {
        assert_eq!(listed, found, "renew ffi/surface.txt: CARREL_RENEW_SURFACE=1 cargo test …");
    }
    assert_eq!(listed, found);
}

#[test]
fn the_api_stays_small() {
    let mut n_lines = 0;
    for entry in std::fs::read_dir(repository().join("ffi/src")).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("readable");
        // What people write their API documentation in does not count.
        let code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        n_lines += text.lines().filter(code).count();
    }
    assert!(n_lines <= 900, "{n_lines} lines of code in ffi/src");
    let list = std::fs::read_to_string(repository().join("ffi/surface.txt")).expect("the list");
    let errors = list.lines().skip_while(|line| *line != "error CarrelError").skip(1);
    let kinds = errors.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("    "));
    assert!((1..=9).contains(&kinds.count()), "kinds of errors");
}

#[test]
fn every_noun_stands_in_the_table() {
    let list = std::fs::read_to_string(repository().join("ffi/surface.txt")).expect("the list");
    let page = std::fs::read_to_string(repository().join("ffi/README.md")).expect("the page");
    for line in list.lines() {
        let Some((kind, name)) = line.split_once(' ') else { continue };
        if ["object", "record", "enum", "error"].contains(&kind) {
            assert!(page.contains(&format!("`{name}`")), "{name} is not in ffi/README.md");
        }
    }
}

/// Files below `folder` that end in `ending`.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        // What is generated is explained in `ffi/src`.
        if path.is_dir() && !path.ends_with("Generated") {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
}

#[test]
fn everything_public_in_the_layers_by_hand_is_explained() {
    let mut sources = Vec::new();
    files(&repository().join("android/carrel/src"), "kt", &mut sources);
    files(&repository().join("ios/Sources/Carrel"), "swift", &mut sources);
    let mut n_declared = 0;
    for path in sources {
        let text = std::fs::read_to_string(&path).expect("readable");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, l)| l.starts_with("public ")) {
            let before = lines[..index].iter().rev().find(|line| !line.starts_with('@'));
            let explained = before.is_some_and(|l| l.ends_with("*/") || l.starts_with("///"));
            assert!(explained, "{}:{}: {line}", path.display(), index + 1);
            n_declared += 1;
        }
    }
    assert!(n_declared > 80, "{n_declared} declarations");
}
