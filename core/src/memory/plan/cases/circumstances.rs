//! Who did it where nobody handed the instrument on and no clock is needed: the same three cells, each filled
//! by a sentence of its own.
//!
//! ```text
//! harm      sentences of the victim that speak of a harm; behind "in" or "at" they name the place, and
//!           what else they name, or have behind "with", may be what it was done with
//! suspects  whom other sentences name beside the victim, or beside what it may have been done with
//! motive    a sentence of a suspect and the victim that is neither of the harm nor of good company
//! means     a sentence of the suspect and what it may have been done with
//! chance    a sentence of the suspect and the place, at no other hour
//! ```
//! Sentences that deny something fill no cell. The document says who did it only if all three are told of
//! one and of nobody else.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{AT, LONGEST, MENTIONS, THINGS, people_besides};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::events::hours::resolved;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{FRIENDLY, HARM, MOTIVE};
use crate::memory::plan::language::phrases::noun_phrases;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Suspects at most.
const SUSPECTS: usize = 24;
/// Sentences of what it may have been done with whose people are suspects, the last ones of each.
const FEW: usize = 12;
/// Sentences of the harm, and of a cell, that are cited.
const HARM_CITED: usize = 3;
/// Minutes between the harm and a visit to its place, at most; and after how many a clock shows the same.
const APART: i32 = 60;
const ROUND: i32 = 12 * 60;
/// What stands before the instrument or the poison.
const WITH: [&str; 4] = ["with", "by", "using", "from"];

/// The harm that was done.
#[derive(Default)]
struct Harm {
    ids: Vec<SentenceId>,
    time: Option<i32>,
    places: BTreeSet<String>,
    means: BTreeSet<String>,
}

/// What tells of a suspect's motive, and of the other cells.
#[derive(Default)]
struct Cells {
    motive: Vec<SentenceId>,
    means: Vec<SentenceId>,
    chance: Vec<SentenceId>,
}

/// What is told of the harm done to a victim, and of whom it may have been done by.
#[derive(Default)]
struct Told {
    harm: Harm,
    /// Sentences of the victim and others, with their words.
    grudges: Vec<(SentenceId, Vec<Token>)>,
    /// Who is named in them or beside what it may have been done with, by their last names.
    suspects: BTreeMap<String, String>,
}

fn told(reader: &Reader, victim: &str) -> Result<Told> {
    let mut told = Told::default();
    let Some(last) = last_name(victim).and_then(Pattern::phrase) else { return Ok(told) };
    let about = reader.last_mentions(&[last], &[], LONGEST, MENTIONS)?;
    for read in reader.read(&about)? {
        let tokens = reader.tokens(&read.text);
        let people = people_besides(&read.text, victim);
        if is_of_harm(&tokens, people.is_empty()) {
            told.harm.add(reader, &read, &tokens)?;
        } else if tells(&tokens) && !tokens.iter().any(|token| token.classes & FRIENDLY != 0) {
            told.grudges.push((read.id, tokens));
            people.into_iter().for_each(|person| add(&mut told.suspects, person));
        }
    }
    for noun in told.harm.means.iter().filter_map(|noun| Pattern::phrase(noun)) {
        for read in reader.read(&reader.last_mentions(&[noun], &[], LONGEST, FEW)?)? {
            if !told.harm.ids.contains(&read.id) {
                let people = people_besides(&read.text, victim);
                people.into_iter().for_each(|person| add(&mut told.suspects, person));
            }
        }
    }
    Ok(told)
}

/// Who had a motive to harm `victim`, and the sentences that tell it: a reason in words for one. Only of `suspect`
/// if one is named. `None` if the text tells of no harm, or of no motive.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn motives(reader: &Reader, victim: &str, suspect: Option<&str>) -> Result<Option<Finding>> {
    let Told { harm, grudges, mut suspects } = told(reader, victim)?;
    if let Some(name) = suspect {
        suspects.clear();
        add(&mut suspects, names::without_titles(name).to_owned());
    }
    let (mut found, mut evidence): (Vec<String>, Vec<(SentenceId, u32)>) = (Vec::new(), Vec::new());
    for name in suspects.into_values() {
        let parts: Vec<String> = words::folded_words(&name).collect();
        let is_of = |tokens: &[Token]| {
            let named = |token: &Token| token.capital && parts.contains(&token.folded);
            tokens.iter().any(named) && is_reason(tokens)
        };
        let own: Vec<SentenceId> =
            grudges.iter().filter(|(_, tokens)| is_of(tokens)).map(|(id, _)| *id).collect();
        if own.is_empty() {
            continue;
        }
        match suspect {
            Some(_) => {
                for id in &own {
                    found.push(one_line(&reader.corpus.sentence(*id)?));
                }
            }
            None => found.push(name),
        }
        evidence.extend(own.into_iter().map(|id| (id, 1)));
    }
    evidence.sort_unstable();
    evidence.dedup();
    let answer = (!found.is_empty() && !harm.ids.is_empty()).then(|| found.join(", "));
    Ok(answer.map(|answer| Finding { answer: Some(answer), evidence, incomplete: false }))
}

/// Who did it to `victim`; `None` unless all cells of just one suspect are filled.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn proved(reader: &Reader, victim: &str) -> Result<Option<Finding>> {
    let Told { harm, grudges, suspects } = told(reader, victim)?;
    if harm.means.is_empty() || harm.places.is_empty() {
        return Ok(None);
    }
    let mut guilty: Option<(String, Cells)> = None;
    for (last, name) in suspects {
        let cells = cells(reader, &harm, &grudges, (&last, &name))?;
        if cells.motive.is_empty() || cells.means.is_empty() || cells.chance.is_empty() {
            continue;
        }
        if guilty.is_some() {
            return Ok(None);
        }
        guilty = Some((name, cells));
    }
    Ok(guilty.map(|(name, Cells { motive, means, chance })| {
        let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
        for id in harm.ids.into_iter().take(HARM_CITED).chain(motive).chain(means).chain(chance) {
            if !evidence.contains(&(id, 1)) {
                evidence.push((id, 1));
            }
        }
        Finding { answer: Some(name), evidence, incomplete: false }
    }))
}

/// Adds a suspect, by the longest name that is told.
fn add(suspects: &mut BTreeMap<String, String>, person: String) {
    let Some(last) = last_name(&person).map(str::to_owned) else { return };
    if suspects.len() < SUSPECTS || suspects.contains_key(&last) {
        let name = suspects.entry(last).or_default();
        if person.len() > name.len() {
            *name = person;
        }
    }
}

impl Harm {
    fn add(&mut self, reader: &Reader, read: &Read, tokens: &[Token]) -> Result<()> {
        self.ids.push(read.id);
        self.time = self.time.or(resolved(reader, &read.text)?.0);
        for (at, noun) in noun_phrases(tokens, &read.text) {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].folded.as_str());
            let list = if AT.contains(&before) { &mut self.places } else { &mut self.means };
            if list.len() < THINGS {
                list.insert(noun);
            }
        }
        for two in tokens.windows(2) {
            let [before, noun] = two else { continue };
            let is_noun = !noun.capital
                && !stopwords::is_stopword(&noun.folded)
                && noun.folded.chars().all(char::is_alphabetic);
            if WITH.contains(&before.folded.as_str()) && is_noun && self.means.len() < THINGS {
                self.means.insert(noun.folded.clone());
            }
        }
        self.means.retain(|noun| !self.places.contains(noun));
        Ok(())
    }
}

/// The cells of a suspect; without a motive the others are not looked for.
fn cells(
    reader: &Reader,
    harm: &Harm,
    grudges: &[(SentenceId, Vec<Token>)],
    (last, name): (&str, &str),
) -> Result<Cells> {
    let mut cells = Cells::default();
    // Beside the victim a first name is enough.
    let parts: Vec<String> = words::folded_words(name).collect();
    let is_of = |tokens: &[Token]| {
        tokens.iter().any(|token| token.capital && parts.contains(&token.folded))
    };
    let told = grudges.iter().filter(|(_, tokens)| is_of(tokens));
    cells.motive.extend(told.map(|(id, _)| *id));
    let Some(named) = Pattern::phrase(last).filter(|_| !cells.motive.is_empty()) else {
        return Ok(cells);
    };
    let patterns = |nouns: &BTreeSet<String>| -> Vec<Pattern> {
        nouns.iter().filter_map(|noun| Pattern::phrase(noun)).collect()
    };
    let read = |nouns: &BTreeSet<String>| -> Result<Vec<Read>> {
        let named = std::slice::from_ref(&named);
        let mut ids = reader.last_mentions(named, &patterns(nouns), LONGEST, MENTIONS)?;
        ids.retain(|id| !harm.ids.contains(id));
        reader.read(&ids)
    };
    for read in read(&harm.means)? {
        if tells(&reader.tokens(&read.text)) {
            cells.means.push(read.id);
        }
    }
    for read in read(&harm.places)? {
        let is_apart = match (resolved(reader, &read.text)?.0, harm.time) {
            (Some(time), Some(harmed)) => {
                let apart = (time - harmed).rem_euclid(ROUND);
                apart.min(ROUND - apart) > APART
            }
            _ => false,
        };
        if !is_apart && tells(&reader.tokens(&read.text)) {
            cells.chance.push(read.id);
        }
    }
    Ok(cells)
}

/// The last word of a name without titles.
fn last_name(name: &str) -> Option<&str> {
    names::without_titles(name).split_whitespace().last()
}

/// Whether a sentence of the victim tells the harm, and not why somebody else whom it names wished it.
fn is_of_harm(tokens: &[Token], is_alone: bool) -> bool {
    let is_motive = |token: &Token| token.classes & MOTIVE != 0 && token.classes & HARM == 0;
    tokens.iter().any(|token| token.classes & HARM != 0 || token.folded == "body")
        && (is_alone || !tokens.iter().any(is_motive))
}

/// Whether all that was found of who harmed `victim` is why somebody may have wished it.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn is_mere_motive(reader: &Reader, victim: &str, found: &Finding) -> Result<bool> {
    const NOUNS: [&str; 4] = ["death", "deaths", "murder", "killing"];
    let (Some(answer), Some(last)) = (&found.answer, last_name(victim)) else { return Ok(false) };
    let mut is_motive = false;
    for (first, n_sentences) in &found.evidence {
        for sentence in first.sentence..first.sentence + n_sentences {
            let text = reader.corpus.sentence(SentenceId { sentence, ..*first })?;
            let text = one_line(&text);
            if !text.contains(answer.as_str()) || !text.contains(last) {
                continue;
            }
            let tokens = reader.tokens(&text);
            let is_done = |token: &Token| {
                token.classes & HARM != 0 && !NOUNS.contains(&token.folded.as_str())
            };
            if !is_reason(&tokens) || tokens.iter().any(is_done) {
                return Ok(false);
            }
            is_motive = true;
        }
    }
    Ok(is_motive)
}

/// Whether a sentence gives somebody a reason to harm: in a word for one, or by what was never forgiven.
fn is_reason(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.classes & MOTIVE != 0) || is_unforgiven(tokens)
}

/// Whether a sentence denies nothing, but that something was forgiven.
fn tells(tokens: &[Token]) -> bool {
    !denies(tokens) || is_unforgiven(tokens)
}

/// Whether a sentence says that something was not forgiven.
fn is_unforgiven(tokens: &[Token]) -> bool {
    const FORGIVES: &str = "forgive forgives forgave forgiven forgiving";
    denies(tokens) && tokens.iter().any(|token| among(FORGIVES, &token.folded))
}

/// Whether a sentence denies something.
fn denies(tokens: &[Token]) -> bool {
    const DENIES: [&str; 8] =
        ["not", "no", "never", "nor", "neither", "nobody", "without", "cannot"];
    tokens.iter().any(|token| {
        DENIES.contains(&token.folded.as_str())
            || token.folded.ends_with("n't")
            || token.folded.ends_with("n\u{2019}t")
    })
}
