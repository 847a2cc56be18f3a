//! The plan for questions about a name alone: "What is said about Nora Vance?"
//!
//! They are answered with the sentences that name it, in their order; where there are many, with some
//! that reach from the first to the last.

use super::language::grammar::among;
use super::reader::Reader;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::segment::words;

/// Sentences of an answer.
const SENTENCES: usize = 8;
/// Longest sentence that is quoted, in words.
const LONGEST: u32 = 80;
/// Mentions looked at for them.
const MENTIONS: usize = 4096;
/// Words with which a question asks for whatever is told, beside function words.
const TELLING: &str = "all anything detail details discover everything fact facts find give information know \
    known learn learned learnt list mention mentioned mentions passages reader revealed said \
    say says sentences something stated talk tell tells things told write writes written";
/// Words right before the name.
const LEADING: &str = "about concerning mention mentions name of regarding";

/// The name that a question asks everything about; `None` if it asks for something of its own.
pub fn name_asked_about(text: &str) -> Option<String> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    let named = |name: &&names::Name| {
        let first = text[name.start..name.end].split(' ').next().unwrap_or_default();
        !name.uncertain && !stopwords::is_stopword(&words::folded(first))
    };
    let mut certain = found.iter().filter(named);
    let (Some(name), None) = (certain.next(), certain.next()) else { return None };
    let before: Vec<String> = words::folded_words(&text[..name.start]).collect();
    let ends = words::folded_words(&text[name.end..]).next().is_none();
    let leads = before.last().is_some_and(|word| among(LEADING, word));
    let telling = |word: &String| among(TELLING, word);
    let idle = |word: &String| {
        telling(word)
            || among(LEADING, word)
            || stopwords::is_stopword(word)
            || stopwords::is_about_the_document(word)
    };
    let asks = ends && leads && before.iter().any(telling) && before.iter().all(idle);
    asks.then(|| text[name.start..name.end].to_owned())
}

/// What is said about `name`; `None` if nothing is.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn told_about(reader: &Reader, name: &str) -> Result<Option<Finding>> {
    let Some(pattern) = Pattern::phrase(name) else { return Ok(None) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    let read = reader.read(&spread(&ids))?;
    let answer: Vec<String> = read.iter().map(|read| one_line(&read.text)).collect();
    let evidence = read.iter().map(|read| (read.id, 1)).collect();
    let incomplete = reader.was_refused();
    let finding = Finding { answer: Some(answer.join(" ")), evidence, incomplete };
    Ok((!read.is_empty()).then_some(finding))
}

/// At most [`SENTENCES`] of `ids`, from the first to the last.
fn spread(ids: &[SentenceId]) -> Vec<SentenceId> {
    if ids.len() <= SENTENCES {
        return ids.to_vec();
    }
    (0..SENTENCES).map(|n| ids[n * (ids.len() - 1) / (SENTENCES - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_asked_about_in_these_ways() {
        for text in [
            "What is said about Nora Vance?",
            "What do we learn about Nora Vance?",
            "Tell me everything about Nora Vance.",
            "Which sentences mention Nora Vance?",
            "What does the book tell us about Nora Vance?",
        ] {
            assert_eq!(name_asked_about(text).as_deref(), Some("Nora Vance"), "{text}");
        }
        for text in [
            "What did Omar Bell say about Nora Vance?",
            "What is said about the house of Nora Vance?",
            "What do we learn about Nora Vance's brother?",
            "Who is Nora Vance?",
            "What is this book about?",
        ] {
            assert_eq!(name_asked_about(text), None, "{text}");
        }
    }

    #[test]
    fn many_mentions_are_spread_over_the_text() {
        let ids: Vec<SentenceId> =
            (0..100).map(|sentence| SentenceId { block: 0, sentence }).collect();
        let spread: Vec<u32> = spread(&ids).iter().map(|id| id.sentence).collect();
        assert_eq!((spread.len(), spread[0], spread[7]), (SENTENCES, 0, 99));
    }
}
