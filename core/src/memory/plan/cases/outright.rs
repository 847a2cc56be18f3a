//! Who did it where a sentence says so outright, whatever words the question has for it: looked for among the
//! sentences of the victim, or of the thing to which it was done, and those behind them that open with a pronoun.

use super::culprit::{Culprit, Doer};
use super::scene::{LONGEST, MENTIONS, people_besides};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::plan::language::forms;
use crate::memory::plan::namesakes::is_of_another;
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::plan::supported::is_told_throughout;
use crate::memory::segment::words;

/// Sentences that are cited, and culprits who are named, at most.
const CITED: usize = 3;

/// Who did it, as sentences of the victim or the thing say. `None` if none does, or if a whole book speaks of the victim.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn said(reader: &Reader, culprit: &Culprit) -> Result<Option<Finding>> {
    let (mut who, mut evidence): (Vec<String>, Vec<(SentenceId, u32)>) = (Vec::new(), Vec::new());
    if is_told_throughout(reader, culprit)? {
        return Ok(None);
    }
    let pattern = culprit.pattern(reader.stems);
    for read in reader.read(&about(reader, culprit)?)? {
        if culprit.named().is_some_and(|name| is_of_another(&read.text, name)) {
            continue;
        }
        let words: Vec<String> = words::folded_words(&read.text).collect();
        let is_named = pattern.as_ref().is_some_and(|own| own.occurs_in(&words, reader.stems));
        let said = culprit.said(&read.text, reader.lexicon);
        let (name, count) = match (said, is_named) {
            (Some(Doer::Named(name)), true) => (name, 1),
            (Some(Doer::Pronoun), _) => match meant(reader, culprit, &read)? {
                Some(name) => (name, 2),
                None if is_named => (one_line(&read.text), 1),
                None => continue,
            },
            _ => continue,
        };
        let first = read.id.sentence + 1 - count;
        evidence.push((SentenceId { sentence: first, ..read.id }, count));
        if !who.iter().any(|known| known.contains(&name) || name.contains(known.as_str())) {
            who.push(name);
        }
        if evidence.len() == CITED {
            break;
        }
    }
    let answer = (!who.is_empty()).then(|| who.join(", "));
    Ok(answer.map(|answer| Finding { answer: Some(answer), evidence, incomplete: false }))
}

/// The sentences that may say so: of the victim or the thing, and with a word for what was done.
fn about(reader: &Reader, culprit: &Culprit) -> Result<Vec<SentenceId>> {
    let Some(pattern) = culprit.pattern(reader.stems) else { return Ok(Vec::new()) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    let mut out = ids.clone();
    for id in ids {
        let next = id.sentence as usize + 1;
        let block = reader.corpus.excerpt(id.block, next..next + 1)?;
        let goes_on = block.layout.sentences.get(next).is_some_and(|next| !next.opens_paragraph);
        let opens = || words::folded_words(block.sentences(next..next + 1)).next();
        if goes_on && opens().is_some_and(|word| forms::is_pronoun(&word)) {
            out.push(SentenceId { sentence: next as u32, ..id });
        }
    }
    out.sort_unstable();
    culprit.may_say(reader, &out)
}

/// Who is meant by the pronoun of a sentence: the only one whom the sentence before names besides the victim.
fn meant(reader: &Reader, culprit: &Culprit, read: &Read) -> Result<Option<String>> {
    let layout = reader.corpus.layout(read.id.block)?;
    if read.id.sentence == 0 || layout.sentences[read.id.sentence as usize].opens_paragraph {
        return Ok(None);
    }
    let before = SentenceId { sentence: read.id.sentence - 1, ..read.id };
    let people = people_besides(&reader.corpus.sentence(before)?, culprit.named().unwrap_or(""));
    let mut people = people.into_iter();
    Ok(people.next().filter(|_| people.next().is_none()))
}
