//! Rules of the house that a program can check: sizes of files, their first lines, their names,
//! and where `unsafe` may stand.

use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            rust_files(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = repository();
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("in the repository").display().to_string();
            (name, std::fs::read_to_string(path).expect("readable"))
        })
        .collect()
}

#[test]
fn files_are_of_readable_size() {
    let mut sizes: Vec<usize> = sources()
        .iter()
        .map(|(name, text)| {
            let n_lines = text.lines().count();
            assert!(n_lines <= 600, "{name} has {n_lines} lines");
            n_lines
        })
        .collect();
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    let at_90 = sizes[sizes.len() * 9 / 10];
    assert!(median <= 200, "the median file has {median} lines");
    assert!(at_90 <= 450, "one file in ten has more than {at_90} lines");
}

#[test]
fn every_file_says_what_it_is_for() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "{name} does not begin with //!");
    }
}

#[test]
fn no_file_is_a_drawer_for_anything() {
    for (name, _) in sources() {
        let stem = Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        for drawer in ["utils", "util", "helpers", "helper", "common", "misc"] {
            assert_ne!(stem, drawer, "{name}");
        }
    }
}

#[test]
fn unsafe_code_stands_where_it_may() {
    // Bindings, the layer over them, the map of the model file, and llama.cpp as referee.
    let may = [
        "core/ggml-sys/",
        "core/src/ggml/",
        "core/src/cpu/",
        "core/kernels/",
        "core/src/gguf/file.rs",
        // Hands a driver what it compiled before.
        "core/src/gpu/pipelines.rs",
        // Gives the leave that wgpu wants for what it calls an experiment.
        "core/src/gpu/subgroups.rs",
        "tests/referee/",
        // The loop that measures the peak of 8-bit products.
        "cli/src/commands/bench/hardware.rs",
        "tests/src/oracle/",
        // Counts allocations.
        "tests/tests/broken_files.rs",
    ];
    for (name, text) in sources() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let has_unsafe = code.clone().any(|line| {
            line.contains("unsafe {")
                || line.contains("unsafe impl")
                || line.contains("unsafe extern")
        });
        let is_this = name.ends_with("tests/house.rs");
        assert!(
            is_this || !has_unsafe || may.iter().any(|place| name.starts_with(place)),
            "{name} has unsafe code"
        );
    }
}
