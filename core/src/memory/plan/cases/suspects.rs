//! The plan for who-and-why: whoever had the means, a motive and the opportunity, and is not cleared.
//!
//! ```text
//! crime       sentences about the harm done to whom the question names: place, time, instrument
//! means       who had the instrument last before that, by the times or else the order of the text
//! motive      a sentence that names him, the victim and a reason to harm
//! chance      a sentence that puts him where it was done, at that time
//! cleared     a sentence that puts him elsewhere at that time, unless that is taken back
//! ```
//! Times relative to an event are resolved by a sentence that says when the event was. Without a last
//! holder of an instrument, or a time of the crime, there is no table; with one, the document says who
//! did it only if all cells are filled, the chain of holders has no gap, and nothing clears him.
//! Everything that fills or empties a cell is cited.

use std::collections::BTreeSet;

use super::circumstances;
use super::culprit::Culprit;
use super::scene::{
    Crime, LONGEST, MENTIONS, crimes, instruments, is_tied, people_besides, told_of,
};
use super::suspect::row;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::chinese::mystery;
use crate::memory::plan::events::custody;
use crate::memory::plan::language::lexicon::HARM;
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::{Reader, Token};
use crate::memory::segment::words;

/// Sentences of a body that are read for whose it was.
const FEW: usize = 8;
/// People who may be meant by a question that names no victim.
const VICTIMS: usize = 8;
/// Words before a name that are no part of it.
const TITLES: [&str; 10] =
    ["mr", "mrs", "miss", "ms", "dr", "sir", "lord", "lady", "captain", "professor"];
/// Answers who had a motive, or why one who is named harmed another. `None` if a question asks for neither, or
/// the documents tell of no harm or no motive.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn motives(reader: &Reader, question: &Question) -> Result<Option<Finding>> {
    let has = |wanted: &[&str]| question.words.iter().any(|w| wanted.contains(&w.as_str()));
    let harm = question.words.iter().any(|word| reader.lexicon.classes(word) & HARM != 0);
    let wants_proof = has(&["means", "opportunity"]);
    if has(&["who"]) && has(&["motive", "motives"]) && !wants_proof {
        if let Some(victim) = question.names.last() {
            return circumstances::motives(reader, victim, None);
        }
        let victims: Vec<String> = victims(reader)?.into_iter().collect();
        return match victims.as_slice() {
            [victim] => circumstances::motives(reader, victim, None),
            _ => Ok(None),
        };
    }
    match question.names.as_slice() {
        [suspect, victim] if harm && has(&["why"]) => {
            circumstances::motives(reader, victim, Some(suspect))
        }
        _ => Ok(None),
    }
}

/// What a table shows.
enum Verdict {
    /// Who did it, with the proof.
    Proved(Finding),
    /// Something is missing.
    Open,
    /// There is nothing to make a table of.
    NoTable {
        /// Whether what may be the instrument went from hand to hand.
        was_handed: bool,
    },
}

/// Answers who did it. `None` if the documents tell of no instrument that somebody held, nor all of means,
/// motive and chance of one suspect otherwise.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn suspects(reader: &Reader, culprit: &Culprit) -> Result<Option<Finding>> {
    let Some(victim) = &culprit.victim else {
        let mut proved = None;
        for victim in victims(reader)? {
            let found = circumstances::proved(reader, &victim)?;
            // Two cases: which of them is meant?
            if found.is_some() && proved.is_some() {
                return Ok(Some(Finding::default()));
            }
            proved = proved.or(found);
        }
        return Ok(proved);
    };
    if culprit.is_chinese() {
        return mystery::proved(reader, victim);
    }
    let (mut is_open, mut is_handed) = (false, false);
    for crime in crimes(reader, victim)? {
        match table(reader, crime, victim)? {
            Verdict::Proved(finding) => return Ok(Some(finding)),
            Verdict::Open => {
                is_open = true;
                break;
            }
            Verdict::NoTable { was_handed } => is_handed |= was_handed,
        }
    }
    if !is_open
        && !is_handed
        && let Some(finding) = circumstances::proved(reader, victim)?
    {
        return Ok(Some(finding));
    }
    Ok((is_open || culprit.wants_proof).then(Finding::default))
}

/// Who was harmed, where a question does not say: whose body or death the last sentences of a harm tell of, or
/// who "was murdered" or "was found dead" there.
fn victims(reader: &Reader) -> Result<BTreeSet<String>> {
    let harm = [reader.class_pattern("harm", HARM)];
    let ids = reader.last_mentions(&harm, &[], LONGEST, MENTIONS)?;
    let bodies =
        Pattern::phrase("the body of").map(|of| reader.last_mentions(&[of], &[], LONGEST, FEW));
    let mut found = BTreeSet::new();
    for read in reader.read(&[ids, bodies.transpose()?.unwrap_or_default()].concat())? {
        let tokens = reader.tokens(&read.text);
        for person in people_besides(&read.text, "") {
            if found.len() < VICTIMS && is_victim(&tokens, &person) {
                found.insert(person);
            }
        }
    }
    Ok(found)
}

/// Whether a sentence says that harm was done to a person, whom two names or a title tell from a mere word.
fn is_victim(tokens: &[Token], person: &str) -> bool {
    let wanted: Vec<String> = words::folded_words(person).collect();
    let is_it = |window: &[Token]| window.iter().map(|token| &token.folded).eq(&wanted);
    let Some(at) = tokens.windows(wanted.len().max(1)).position(is_it) else { return false };
    let mut before = tokens[..at].iter().rev().map(|token| token.folded.as_str());
    let is_of = before.find(|word| !TITLES.contains(word)) == Some("of")
        && before.next().is_some_and(|word| ["body", "murder", "death", "killing"].contains(&word));
    let mut behind = tokens[at + wanted.len()..].iter();
    let is_done = behind.next().is_some_and(|token| match token.folded.as_str() {
        "was" | "had" => behind.take(2).any(|token| token.classes & HARM != 0),
        verb => verb == "died",
    });
    let is_titled = at > 0 && TITLES.contains(&tokens[at - 1].folded.as_str());
    (wanted.len() > 1 || is_titled) && (is_of || is_done)
}

/// Fills the table of whoever had what may be the instrument last.
fn table(reader: &Reader, mut crime: Crime, victim: &str) -> Result<Verdict> {
    let mut verdict = Verdict::NoTable { was_handed: false };
    let tied = |name: &str| is_tied(reader, name, victim);
    let found = instruments(reader, &mut crime)?;
    let (mut was_handed, mut has_holder) = (false, false);
    for thing in found {
        // What went from hand to hand, or was somebody's of the case, is the instrument; single words tell no more.
        if (was_handed || has_holder) && !thing.is_phrase() {
            break;
        }
        let reads = told_of(reader, &thing, victim)?;
        let held = custody::chain(reader, &reads, &thing.noun, victim, crime.time)?;
        was_handed |= held.iter().any(|held| held.giver.is_some());
        if crime.time.is_some() && !held.is_empty() && (crime.is_harm || was_handed) {
            verdict = Verdict::Open;
        } else if let Verdict::NoTable { was_handed: handed } = &mut verdict {
            *handed = was_handed;
        }
        let chain = match crime.time {
            Some(_) => custody::whole(held, tied)?,
            None => held,
        };
        let Some(last) = chain.last() else { continue };
        has_holder = true;
        let mut row = row(reader, &last.name, victim, &crime, &thing.noun)?;
        row.means = chain.iter().map(|held| held.id).collect();
        if row.is_whole() {
            row.ties.splice(0..0, crime.anchors.iter().copied());
            let harm: Vec<SentenceId> = crime.sentences.iter().map(|read| read.id).collect();
            return Ok(Verdict::Proved(row.proof(&harm, last.name.clone())));
        }
    }
    Ok(verdict)
}
