//! Whether what was found answers a question: it is told of the one person whom the question names, where the text
//! names that person so seldom that all it says of the person stands near by (`nearby`); and it says outright who did
//! a harm, where a culprit is asked for.
//!
//! ```text
//! said       near by a word of the question that is no name, in any form or of the same meaning
//! outright   somebody does it in the sentence, owns up to it or is called the one who did
//! ```
//! Of names in Chinese, of several persons and of those who have one name alone it says nothing.

use super::cases::culprit::Culprit;
use super::nearby::Mentions;
use super::question::Question;
use super::reader::Reader;
use super::texts::{self, Text};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::segment::words;

/// Sentences that name somebody, up to which all that is told of that person stands near them.
const SELDOM: usize = 4;
/// The same of the victim of a crime, of whom a case tells more.
const OFTEN: usize = 15;

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
    let Some((first, _)) = named else { return Ok(true) };
    let Some(mentions) = Mentions::of(reader, bare, SELDOM)? else { return Ok(true) };
    let relation: Vec<_> =
        question.terms.iter().filter(|term| !term.name && !term.phrase && !term.typing).collect();
    let (mut is_told, mut is_said) = (false, relation.is_empty());
    for (start, count) in &found.evidence {
        for sentence in start.sentence..start.sentence + count {
            let id = SentenceId { sentence, ..*start };
            let text = reader.corpus.sentence(id)?;
            // Of nobody else of that first name.
            let alone = mentions.is_empty() && names_alone(&text, first);
            if !mentions.are_near(reader, id)? && !alone {
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

/// Where the victim is named, if that is seldom.
fn of_victim(reader: &Reader, culprit: &Culprit) -> Result<Option<Mentions>> {
    culprit.named().map_or(Ok(None), |name| Mentions::of(reader, name, OFTEN))
}

/// Whether the victim is spoken of all over a book, in which more is told of somebody than one crime.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn is_told_throughout(reader: &Reader, culprit: &Culprit) -> Result<bool> {
    let is_of_book = culprit.named().is_some() && texts::of(reader)? == Text::Book;
    Ok(is_of_book && of_victim(reader, culprit)?.is_none())
}

/// What of that which was found says outright who did what `culprit` asks: the answer, or else a sentence that says
/// so of the victim, who is named there or near by, or so often in the text that pronouns may stand far away. Nothing
/// if no sentence does.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn said_outright(reader: &Reader, culprit: &Culprit, found: Finding) -> Result<Finding> {
    // The places that speak of somebody throughout a book are worth reading.
    if is_told_throughout(reader, culprit)? {
        return Ok(found);
    }
    let near = of_victim(reader, culprit)?;
    let mut said = None;
    for (first, n_sentences) in &found.evidence {
        for sentence in first.sentence..first.sentence + n_sentences {
            let id = SentenceId { sentence, ..*first };
            let text = reader.corpus.sentence(id)?;
            if culprit.said(&text, reader.lexicon).is_none() {
                continue;
            }
            let is_near = match &near {
                Some(mentions) => mentions.are_near(reader, id)?,
                None => true,
            };
            let line = one_line(&text);
            if is_near && found.answer.as_ref().is_some_and(|answer| line.contains(answer.as_str()))
            {
                return Ok(found);
            }
            said = said.or(is_near.then_some(line));
        }
    }
    Ok(said.map_or_else(Finding::default, |line| Finding { answer: Some(line), ..found }))
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
