//! The ledger over several documents and blocks.

use super::*;
use crate::memory::index::corpus::Recents;
use crate::memory::store::MemoryStore;
use crate::memory::{Limits, Source, ingest};
use std::ops::ControlFlow;

fn store(documents: &[(&str, &str)]) -> MemoryStore {
    let mut store = MemoryStore::default();
    for (name, text) in documents {
        let source = Source::text(*name, *text);
        ingest::ingest(&mut store, &source, &Limits::default(), &mut |_| ControlFlow::Continue(()))
            .unwrap();
    }
    store
}

fn sentences(corpus: &Corpus, name: &str) -> Vec<String> {
    mentions(corpus, name).unwrap().map(|id| corpus.sentence(id.unwrap()).unwrap()).collect()
}

#[test]
fn mentions_come_in_order_under_all_names_of_a_thing() {
    let store = store(&[
        ("one", "Then Ada Quill, called the \"Red Fox\", came. Nobody knew Miss Quill. Rain fell."),
        ("two", "At noon the Red Fox left. The others saw Ada. Then Quill and Bo Marsh slept."),
    ]);
    let recents = Recents::default();
    let corpus = Corpus::of(&store, &recents, &[]).unwrap();
    for name in ["Ada Quill", "Quill", "ada quill"] {
        assert_eq!(
            sentences(&corpus, name),
            [
                "Then Ada Quill, called the \"Red Fox\", came.",
                "Nobody knew Miss Quill.",
                "At noon the Red Fox left.",
                "The others saw Ada.",
                "Then Quill and Bo Marsh slept.",
            ],
            "{name}"
        );
    }
    let list = entities(&corpus, 10).unwrap();
    assert_eq!((list[0].name.as_str(), list[0].mentions), ("Ada Quill", 6));
    assert!(list.iter().any(|entity| entity.name == "Bo Marsh"));
}

#[test]
fn chinese_names_and_plain_words_have_mentions_too() {
    let store = store(&[
        ("一", "李明在北京。后来，李明去了上海。王芳没有去。"),
        ("two", "A kettle. Two kettles."),
    ]);
    let recents = Recents::default();
    let corpus = Corpus::of(&store, &recents, &[]).unwrap();
    assert_eq!(sentences(&corpus, "李明"), ["李明在北京。", "后来，李明去了上海。"]);
    assert_eq!(sentences(&corpus, "kettle"), ["A kettle."]);
    assert!(entities(&corpus, 10).unwrap().iter().any(|entity| entity.name == "李明"));
    assert!(sentences(&corpus, "nobody here").is_empty());
}

#[test]
fn misspelled_names_are_found_by_their_trigrams() {
    let store = store(&[("one", "Then Sherlock Holmes met Jabez Wilson. We saw Holmes.")]);
    let recents = Recents::default();
    let corpus = Corpus::of(&store, &recents, &[]).unwrap();
    let found = similar(&corpus, "Sherlok Holms", 3).unwrap();
    assert_eq!(found.first().map(|(name, _)| name.as_str()), Some("Sherlock Holmes"));
}

#[test]
fn neighbours_are_weighed_by_sentences_and_passages() {
    let store = store(&[(
        "one",
        "Then Ann met Bo. We saw Ann with Bo and Cy in Rome. There Dee slept.\n\nThat was all.",
    )]);
    let recents = Recents::default();
    let corpus = Corpus::of(&store, &recents, &[]).unwrap();
    let found = neighbours::neighbours(&corpus, "Ann", 3).unwrap();
    let names: Vec<&str> = found.iter().map(|neighbour| neighbour.name.as_str()).collect();
    assert_eq!(names[0], "Bo");
    assert_eq!(found.len(), 3);
    assert!(found[0].weight > 2.0 && found[1].weight < 2.0, "{found:?}");
    let first = SentenceId { block: 0, sentence: 1 };
    assert_eq!(names_in(&corpus, first, 1).unwrap(), ["Ann", "Bo", "Cy", "Rome"]);
}
