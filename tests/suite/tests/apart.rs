//! No rule of the product may know the generator: its phrasings and names are looked for in `core`.

use std::path::{Path, PathBuf};

use carrel_suite::lexicon::{people, places};
use carrel_suite::split::Split;
use carrel_suite::tasks::phrasings;

/// The product's own code: files of `core/src` without their unit tests, as lower-case words.
fn product() -> Vec<(PathBuf, String)> {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src");
    let mut folders = vec![core];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path.file_stem().is_some_and(|stem| stem != "tests")
            {
                let text = std::fs::read_to_string(&path).expect("readable");
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
                files.push((path, words(code)));
            }
        }
    }
    files
}

fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

/// The stretches of a template between its slots that are long enough to be its own wording.
fn stretches(template: &str) -> Vec<String> {
    let pieces = template.split(['{', '}']).step_by(2).map(words);
    // Six characters of Chinese, or four words of which two are no small words: "at the end of" is nobody's own.
    let own = |piece: &String| {
        let words: Vec<&str> = piece.split_whitespace().collect();
        let ideographs = piece.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
        ideographs.count() >= 6
            || words.len() >= 4 && words.iter().filter(|word| word.len() >= 5).count() >= 2
    };
    pieces.filter(own).collect()
}

#[test]
fn no_phrasing_of_the_generator_stands_in_the_product() {
    let files = product();
    assert!(files.len() > 50, "the product was found");
    let all = Split::ALL.into_iter().flat_map(phrasings);
    let stretches: Vec<String> = all.flat_map(stretches).collect();
    assert!(stretches.len() > 60, "{}", stretches.len());
    for (path, code) in &files {
        for stretch in &stretches {
            assert!(!code.contains(stretch.as_str()), "{}: {stretch}", path.display());
        }
    }
}

#[test]
fn no_name_of_the_generator_stands_in_the_product() {
    let lists = [people::GIVEN, people::FAMILY, places::TOWNS];
    let names: Vec<String> =
        lists.iter().flat_map(|list| list.all()).map(|name| words(name)).collect();
    assert!(names.len() > 100);
    for (path, code) in product() {
        for name in &names {
            assert!(!code.contains(name.as_str()), "{}: {name}", path.display());
        }
    }
}
