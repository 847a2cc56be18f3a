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
