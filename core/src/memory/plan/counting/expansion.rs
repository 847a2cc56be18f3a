//! The plan for "what does X. Y. Z. stand for": a name whose words begin with these letters.
//!
//! All names of the ledger are looked through; the one that is mentioned closest to the letters is
//! taken, as a text explains them where it uses them.

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::ledger::block_names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Letters of one abbreviation at least and at most.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=8;
/// Mentions of the letters that are looked at.
const MENTIONS: usize = 256;
/// Distance from letters that do not stand in the same block, in sentences.
const FAR: u32 = 10_000;

/// A question for the words behind an abbreviation: its letters, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpansionQuestion(String);

impl ExpansionQuestion {
    /// Reads a question; `None` if it is something else.
    pub fn of(text: &str) -> Option<Self> {
        let list: Vec<(&str, String)> = words::written_and_folded(text).collect();
        let has = |wanted: &[&str]| list.iter().any(|(_, word)| wanted.contains(&word.as_str()));
        let pair = |one: &[&str], other: &str| {
            list.windows(2).any(|w| one.contains(&w[0].1.as_str()) && w[1].1 == other)
        };
        let asks = pair(&["stand", "stands", "stood", "short"], "for")
            || has(&["abbreviation", "acronym", "initials"]) && has(&["mean", "means", "of", "is"]);
        if !asks {
            return None;
        }
        let capitals = |word: &str| word.chars().all(|c| c.is_ascii_uppercase());
        let single: String = list
            .iter()
            .filter(|(word, _)| word.len() == 1 && capitals(word))
            .map(|(_, folded)| folded.as_str())
            .collect();
        if LETTERS.contains(&single.len()) {
            return Some(Self(single));
        }
        list.into_iter()
            .find(|(word, _)| LETTERS.contains(&word.len()) && capitals(word))
            .map(|(_, folded)| Self(folded))
    }
}

/// Whether the words of `key` begin with `letters`, small words between them left out.
fn begins_with(key: &str, letters: &str) -> bool {
    let initials = |every: bool| -> String {
        key.split(' ')
            .filter(|word| every || !["of", "the", "and", "for", "in", "de"].contains(word))
            .filter_map(|word| word.chars().next())
            .collect()
    };
    key.contains(' ')
        && key.split(' ').all(|word| word.len() > 1)
        && (initials(true) == letters || initials(false) == letters)
}

/// Finds the name; `None` if there is none with these letters.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn expand(reader: &Reader, question: &ExpansionQuestion) -> Result<Option<Finding>> {
    let letters = question.0.as_str();
    let apart: Vec<String> = letters.chars().map(String::from).collect();
    let patterns: Vec<Pattern> = [apart.join(" "), letters.to_owned()]
        .iter()
        .filter_map(|text| Pattern::phrase(text))
        .collect();
    let mut used: Vec<SentenceId> = Vec::new();
    search::occurrences(reader.corpus, &patterns, reader.stems, |id, _| {
        used.push(id);
        used.len() < MENTIONS
    })?;
    let mut best: Option<(u32, SentenceId, String)> = None;
    for block in 0..reader.corpus.contents.blocks.len() as u32 {
        for entry in block_names(reader.corpus, block)?.entries {
            if entry.certain == 0 || !begins_with(&entry.key, letters) {
                continue;
            }
            for sentence in entry.sentences {
                let id = SentenceId { block, sentence };
                let near = used.iter().filter(|other| other.block == block);
                let distance =
                    near.map(|other| other.sentence.abs_diff(sentence)).min().unwrap_or(FAR);
                if best.as_ref().is_none_or(|(least, _, _)| distance < *least) {
                    best = Some((distance, id, entry.spelling.clone()));
                }
            }
        }
    }
    let Some((distance, id, name)) = best else { return Ok(None) };
    let mut evidence = vec![(id, 1)];
    let letters = used.iter().filter(|other| other.block == id.block);
    let nearest = letters.min_by_key(|other| other.sentence.abs_diff(id.sentence));
    evidence.extend(nearest.filter(|_| distance > 0 && distance < FAR).map(|id| (*id, 1)));
    for (id, _) in &evidence {
        reader.admits(*id)?;
    }
    Ok(Some(Finding { answer: Some(name), evidence, incomplete: false }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_read_from_questions() {
        let of = |text: &str| ExpansionQuestion::of(text).map(|question| question.0);
        assert_eq!(of("What did the letters Q. R. S. stand for?").as_deref(), Some("qrs"));
        assert_eq!(of("What does QRS stand for?").as_deref(), Some("qrs"));
        assert_eq!(of("Who stood for parliament?"), None);
    }

    #[test]
    fn small_words_may_be_left_out() {
        assert!(begins_with("quiet river society", "qrs"));
        assert!(begins_with("quiet river of sand", "qrs"));
        assert!(!begins_with("q r s", "qrs"));
        assert!(!begins_with("quiet river", "qrs"));
    }
}
