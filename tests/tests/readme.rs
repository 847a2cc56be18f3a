//! What the README says, against what is so: its figures and its commands.

use std::path::Path;

use carrel_tests::records::pages;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn pages_show_the_speeds_of_the_newest_records() {
    for (path, text) in pages::renewed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")) {
        let shown = std::fs::read_to_string(&path).expect("a page");
        assert!(shown == text, "{}: renew it with `bench-records --pages-only`", path.display());
    }
}

#[test]
fn ci_runs_the_command_that_the_readme_gives() {
    let readme = page("README.md");
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("cargo ")).collect();
    let [ask, test] = commands.as_slice() else { panic!("two commands: {commands:?}") };
    assert!(ask.contains(" ask -q "), "{ask}");
    assert!(page(".ci/run").lines().any(|line| line == *test), "{test}");
}

#[test]
fn files_that_the_readme_names_exist() {
    let readme = page("README.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut n_links = 0;
    for (at, _) in readme.match_indices("](") {
        let target = readme[at + 2..].split(')').next().unwrap_or_default();
        assert!(root.join(target).exists(), "{target}");
        n_links += 1;
    }
    assert!(n_links >= 4);
    let tests = readme.split('`').filter(|word| word.ends_with(".rs"));
    for test in tests {
        let name = Path::new(test).file_name().expect("a name");
        assert!(root.join("tests/tests").join(name).exists(), "{test}");
    }
}
