//! Tests of what directories tell of patterns.

use super::*;
use crate::memory::index::patterns::Wanted;
use crate::memory::index::{occurrences, search};
use crate::memory::segment::words;
use crate::memory::{Library, Source};

#[test]
fn of_a_word_that_few_blocks_hold_those_are_read() {
    let lines = |n: usize| format!("Lamp {} burns beside the reef-wall or a reef w{n}.\n\n", n % 3);
    let text: String = (0..400_000).step_by(9).map(lines).collect();
    let mut library = Library::in_memory();
    library.open_document(&Source::text("one", text.clone())).unwrap();
    library.open_document(&Source::text("two", format!("{text}reef gull"))).unwrap();
    let corpus = library.corpus(&[]).unwrap();
    // Of a word that few blocks hold those are read, whatever else they hold; else both decide.
    let stems = Stems::default();
    let [rare, often, least] = ["gull", "reef", "w0"].map(|word| [Pattern::phrase(word).unwrap()]);
    let blocks = |all: &[Pattern], any: &[Pattern]| {
        let beside = blocks_beside(&corpus, all, any, &stems).unwrap();
        beside.iter().map(|beside| beside.block).collect::<Vec<_>>()
    };
    let last = corpus.contents.blocks.len() as u32 - 1;
    assert_eq!(blocks(&rare, &often), [last]);
    assert_eq!(blocks(&often, &[]), (0..=last).collect::<Vec<_>>());
    let with_least = blocks(&often, &least);
    assert!(with_least.contains(&0) && with_least.len() <= 2 + FEW, "{with_least:?}");
}

#[test]
fn a_run_without_a_directory_is_looked_up_in_its_dictionaries() {
    let text = |end: &str| "A reef, a lamp, a reef-wall.\n\n".repeat(4_000) + end;
    let mut library = Library::in_memory();
    library.open_document(&Source::text("one", text("Two gulls."))).unwrap();
    library.open_document(&Source::text("two", text("A gull, a gull, no lamp."))).unwrap();
    let corpus = library.corpus(&[]).unwrap();
    assert!(corpus.contents.runs.iter().all(|run| run.directory.is_none()));
    let n_blocks = corpus.contents.blocks.len() as u32;
    let stems = Stems::default();
    let patterns = ["gull", "wall", "eel"].map(|word| Pattern::phrase(word).unwrap());
    let spread = Spread::of(&corpus, &patterns, &stems).unwrap();
    assert_eq!(spread.blocks[0], [(n_blocks - 1, 2)]);
    assert_eq!((spread.totals[1], spread.totals[2]), (8_000, 0));
    assert_eq!(spread.any(), (0..n_blocks).collect::<Vec<_>>());
    let beside = blocks_beside(&corpus, &patterns[..1], &patterns[1..], &stems).unwrap();
    assert!(beside.len() == 1 && beside[0].block == n_blocks - 1);
}

/// Blocks in which words are as rare as their numbers are large, and the names of two words.
fn prose() -> String {
    let mut state = 5_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let words = ["reef", "lamp", "keeper", "gull", "harbour", "Ada Crane", "Ada", "Crane"];
    let sentence = |_| {
        let said: Vec<&str> = (0..3 + next(9)).map(|_| words[next(8) as usize]).collect();
        let ends = if next(9) == 0 { "\n\n" } else { " " };
        let bits = 3 + next(9);
        format!("The {} saw n{}.{ends}", said.join(" of the "), next(1 << bits))
    };
    (0..20_000).map(sentence).collect()
}

#[test]
fn sentences_that_a_directory_tells_are_those_that_the_blocks_hold() {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("other", "A gull and a lamp.")).unwrap();
    library.open_document(&Source::text("one", prose())).unwrap();
    let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
    let run = corpus.contents.runs.iter().position(|run| run.directory.is_some()).unwrap();
    assert!(corpus.directory(run).unwrap().unwrap().firsts.by_sentences());
    let mut patterns: Vec<Pattern> = ["gull", "lamps", "n7", "n300", "eel"]
        .iter()
        .map(|word| Pattern::word(word, &stems))
        .collect();
    patterns.extend(["Ada Crane", "the reef", "saw n3"].iter().filter_map(|t| Pattern::phrase(t)));
    let spread = Spread::of(&corpus, &patterns, &stems).unwrap();
    let mut wanted = Wanted::of(&patterns, &stems);
    let mut masks = Vec::new();
    let mut n_found = vec![0; patterns.len()];
    for block in corpus.contents.runs[run].blocks.clone() {
        let layout = occurrences::masks_in(&corpus, block, &mut wanted, &mut masks);
        layout.unwrap().unwrap();
        let first = corpus.contents.blocks[block as usize].first_sentence;
        for (at, pattern) in patterns.iter().enumerate() {
            let held: Vec<u32> = (first..)
                .zip(&masks)
                .filter(|(_, mask)| **mask >> at & 1 == 1)
                .map(|(number, _)| number)
                .collect();
            n_found[at] += held.len();
            let known = if pattern.len() == 1 { Known::Exactly } else { Known::Sentences };
            assert_eq!(spread.known(at, run), known);
            let bound = spread.blocks[at].iter().find(|(other, _)| *other == block);
            assert!(held.is_empty() || bound.is_some_and(|(_, bound)| *bound > 0));
            if pattern.len() == 1 {
                let mut told = spread.sentences(at, first, first + masks.len() as u32).to_vec();
                assert_eq!(bound.map_or(0, |(_, bound)| *bound as usize), told.len());
                told.dedup();
                assert_eq!(told, held, "{}", pattern.text);
            }
        }
    }
    assert!(n_found.iter().enumerate().all(|(at, n)| (*n > 0) == (at != 4)), "{n_found:?}");
}

#[test]
fn sentences_beside_are_told_without_a_look_into_the_blocks() {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("one", prose())).unwrap();
    let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
    let pattern = |text: &str| Pattern::phrase(text).unwrap();
    let [gull, n3, n9, name] = ["gull", "n3", "n9", "Ada Crane"].map(pattern);
    for (all, any) in [
        (vec![gull.clone(), n3.clone()], vec![]),
        (vec![gull.clone()], vec![n3.clone(), n9.clone()]),
        (vec![name, n9], vec![gull]),
    ] {
        let is_told = all.iter().all(|pattern| pattern.len() == 1);
        let mut found = Vec::new();
        for Beside { block, run, sentences } in blocks_beside(&corpus, &all, &any, &stems).unwrap()
        {
            let directory = corpus.directory(run).unwrap();
            let by_sentences = directory.is_some_and(|held| held.firsts.by_sentences());
            assert_eq!(sentences.is_some(), is_told && by_sentences);
            found.extend(sentences.into_iter().flatten().map(|sentence| (block, sentence)));
        }
        let mut held = Vec::new();
        for block in 0..corpus.contents.blocks.len() as u32 {
            let read = corpus.block(block).unwrap();
            for sentence in 0..read.layout.sentences.len() {
                let list: Vec<String> =
                    words::folded_words(read.sentences(sentence..sentence + 1)).collect();
                let holds = |pattern: &Pattern| pattern.occurs_in(&list, &stems);
                if all.iter().all(holds) && (any.is_empty() || any.iter().any(holds)) {
                    held.push((block, sentence as u32));
                }
            }
        }
        assert!(!held.is_empty());
        let mut visited = Vec::new();
        search::sentences_with(&corpus, &all, &any, &stems, |id, words| {
            let layout = corpus.layout(id.block).unwrap();
            let at = id.sentence as usize;
            assert_eq!(words, layout.words_in(at..at + 1));
            visited.push((id.block, id.sentence));
            true
        })
        .unwrap();
        assert_eq!(visited, held);
        assert!(
            is_told != found.is_empty() && found.iter().all(|sentence| held.contains(sentence))
        );
    }
}
