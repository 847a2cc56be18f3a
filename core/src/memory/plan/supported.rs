//! Whether what was found is told of the one person whom a question names, where the text names that person so
//! seldom that all it says of the person stands near by.
//!
//! ```text
//! seldom     by the whole name and by the last one, not behind another first name, a few times each
//! near       a sentence that names the person, or one around it in the paragraph, or behind it in one that opens
//!            with a pronoun
//! said       there or beside it a word of the question that is no name, in any form or of the same meaning
//! ```
//! Of names in Chinese, of several persons and of those who have one name alone it says nothing.

use super::candidates::is_of_another;
use super::language::forms;
use super::question::Question;
use super::reader::Reader;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::segment::words;

/// Sentences that name somebody, up to which all that is told of that person stands near them.
const SELDOM: usize = 4;
/// Sentences with the last name that are looked at.
const LOOKED_AT: usize = 32;
/// Sentences before and behind a mention that may tell of the person.
const BEFORE: u32 = 2;
const BEHIND: u32 = 6;

/// Whether the sentences that were found tell of the person whom `question` names, as far as that can be told.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn is_supported(reader: &Reader, question: &Question, found: &Finding) -> Result<bool> {
    let ([name], Some(answer)) = (question.names.as_slice(), &found.answer) else {
        return Ok(true);
    };
    if reader.has_notes()? {
        return Ok(true);
    }
    let bare = names::without_titles(name);
    let named = bare.rsplit_once(' ').filter(|_| !bare.chars().any(words::is_ideograph));
    let (Some((first, last)), Some(whole)) = (named, Pattern::phrase(bare)) else {
        return Ok(true);
    };
    let mut mentions = reader.last_mentions(&[whole], &[], u32::MAX, SELDOM + 1)?;
    if mentions.len() > SELDOM {
        return Ok(true);
    }
    let by_last: Vec<Pattern> = Pattern::phrase(last).into_iter().collect();
    let ids = reader.last_mentions(&by_last, &[], u32::MAX, LOOKED_AT)?;
    if ids.len() == LOOKED_AT {
        return Ok(true);
    }
    for read in reader.read(&ids)? {
        if !is_of_another(&read.text, bare) {
            mentions.push(read.id);
        }
    }
    mentions.sort_unstable();
    mentions.dedup();
    if mentions.len() > SELDOM {
        return Ok(true);
    }
    let relation: Vec<_> =
        question.terms.iter().filter(|term| !term.name && !term.phrase && !term.typing).collect();
    let (mut is_told, mut is_said) = (false, relation.is_empty());
    for (start, count) in &found.evidence {
        for sentence in start.sentence..start.sentence + count {
            let id = SentenceId { sentence, ..*start };
            let text = reader.corpus.sentence(id)?;
            // Of nobody else of that first name.
            let alone = mentions.is_empty() && names_alone(&text, first);
            if !is_near(reader, &mentions, id)? && !alone {
                continue;
            }
            let line = one_line(&text);
            is_told |= answer.split(", ").any(|part| line.contains(part));
            let list: Vec<String> = words::folded_words(&text).collect();
            is_said |= relation.iter().any(|term| term.pattern.occurs_in(&list, reader.stems));
        }
    }
    Ok(is_told && is_said)
}

/// Whether a sentence stands near one of `mentions`.
fn is_near(reader: &Reader, mentions: &[SentenceId], id: SentenceId) -> Result<bool> {
    let block = reader.corpus.block(id.block)?;
    for known in mentions.iter().filter(|known| known.block == id.block) {
        let (at, sentence) = (known.sentence, id.sentence);
        if !(at.saturating_sub(BEFORE)..=at + BEHIND).contains(&sentence) {
            continue;
        }
        let parts = |next: u32| {
            let next = next as usize;
            let opens = || words::folded_words(block.sentences(next..next + 1)).next();
            block.layout.sentences[next].opens_paragraph
                && !(sentence > at && opens().is_some_and(|word| forms::is_pronoun(&word)))
        };
        if !(at.min(sentence) + 1..=at.max(sentence)).any(parts) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a sentence has a first name by itself, and not that of somebody of another last name.
fn names_alone(text: &str, first: &str) -> bool {
    let mut found = Vec::new();
    names::names(text, &mut found);
    found.iter().any(|name| names::without_titles(&text[name.start..name.end]) == first)
}

#[cfg(test)]
mod tests {
    use super::names_alone;

    #[test]
    fn a_first_name_alone_may_be_anybodys_of_that_name() {
        assert!(names_alone("Then Edmund played.", "Edmund"));
        assert!(!names_alone("Then Edmund Wragg played.", "Edmund"));
    }
}
