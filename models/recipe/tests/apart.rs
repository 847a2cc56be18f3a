//! Training and the suite that judges share no name and no wording, and what is held out is held out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use carrel_recipe::hand;
use carrel_recipe::held::Draw;
use carrel_recipe::lesson::lesson;
use carrel_recipe::names;
use carrel_recipe::relations::{DOMAINS, MADE};
use carrel_recipe::stage::STAGES;

/// The string literals of the suite's files in `folder`, which are its wordings and names.
fn literals(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite/src").join(folder);
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the suite") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("readable");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            found.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// A wording without the names of its slots, in lower case.
fn bare(wording: &str) -> String {
    let pieces = wording.split(['{', '}']).enumerate();
    let text: String =
        pieces.map(|(index, piece)| if index % 2 == 1 { " x " } else { piece }).collect();
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn no_wording_of_the_suite_is_trained_on() {
    let suite: BTreeSet<String> = literals("tasks").iter().map(|text| bare(text)).collect();
    assert!(suite.len() > 100, "{}", suite.len());
    for relation in DOMAINS.iter().flat_map(|domain| &domain.relations).chain(&*MADE) {
        for wording in relation.statements.iter().chain(&relation.questions) {
            assert!(!suite.contains(&bare(wording)), "{wording}");
        }
    }
}

#[test]
fn no_listed_name_of_the_suite_is_trained_on() {
    let suite = literals("lexicon");
    assert!(suite.len() > 100, "{}", suite.len());
    for name in names::listed_names() {
        assert!(!suite.contains(name), "{name}");
    }
}

#[test]
fn wordings_and_domains_that_are_held_out_never_stand_in_lessons_of_training() {
    let relations: Vec<_> = DOMAINS.iter().flat_map(|domain| &domain.relations).collect();
    let trained: Vec<String> = relations
        .iter()
        .flat_map(|one| one.statements(false).iter().chain(one.questions(false)))
        .chain(&include_str!("../data/fillers.txt").lines().collect::<Vec<_>>())
        .map(|wording| bare(wording))
        .collect();
    // How a held-out statement begins, if no wording of training has those words: only then can they
    // tell.
    let openings: BTreeMap<&str, String> = relations
        .iter()
        .filter_map(|relation| {
            let (kept, _) = relation.statements(true)[0].split_once("{a}").unwrap_or_default();
            let words = bare(kept);
            let shared = trained.iter().any(|other| other.contains(&words));
            (!shared && words.split(' ').count() >= 3).then_some((relation.noun, words))
        })
        .collect();
    assert!(openings.len() > 50, "{}", openings.len());
    for stage in &STAGES {
        for number in 0..300 {
            let lesson = lesson(11, number, Draw::TRAINING, stage);
            for relation in &lesson.world.relations {
                if MADE.iter().any(|one| std::ptr::eq(one, *relation)) {
                    continue;
                }
                let domain = DOMAINS
                    .iter()
                    .find(|domain| domain.relations.iter().any(|one| std::ptr::eq(one, *relation)));
                assert!(domain.is_some_and(|domain| !domain.held), "{}", relation.noun);
                let Some(words) = openings.get(relation.noun) else { continue };
                for sentence in &lesson.world.sentences {
                    assert!(!bare(sentence).contains(words), "{sentence}");
                }
            }
        }
    }
}

#[test]
fn no_text_written_by_hand_shares_a_sentence_with_the_fillers() {
    let fillers: BTreeSet<&str> = include_str!("../data/fillers.txt").lines().collect();
    for (_, file) in hand::STYLES {
        for text in hand::texts(file).expect("readable") {
            for sentence in text.text.split_inclusive(". ") {
                assert!(!fillers.contains(sentence.trim()), "{sentence}");
            }
        }
    }
}
