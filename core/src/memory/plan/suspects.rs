//! The plan for who-and-why: a table of suspects with means, motive and opportunity.
//!
//! ```text
//! crime      the sentences about the harm done to whom the question names: place, time, instrument
//! suspects   everybody named in them or near them, and who has dealings with the instrument
//! motive     a sentence that names the suspect and a reason to harm
//! means      the suspect had the instrument; the last holder counts
//! chance     the suspect was at the place; who was elsewhere, or with somebody, is eliminated
//! ```
//! Cells are filled by one-hop reads of the newest mentions of each suspect; a statement that is
//! taken back later does not count. The table is answered only if exactly one suspect has every
//! cell; all filled cells are cited, also those that clear somebody.

use std::collections::BTreeMap;

use super::lexicon::{
    DROP, GIVE, HARM, HOLD, MOTIVE, MOVE, PUT, RECEIVE, RETRACT, SEE, STAY, TAKE,
};
use super::question::Question;
use super::reader::{Read, Reader};
use super::statement::{Act, events, same_noun};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::segment::words;

/// Suspects of one table.
const SUSPECTS: usize = 24;
/// Mentions read of one suspect, the newest.
const MENTIONS: usize = 24;
/// Sentences about the crime.
const CRIME: usize = 32;
/// Longest sentence of a cell, in words.
const LONGEST: u32 = 60;
/// Citations of one table.
const CITATIONS: usize = 64;

/// What is known of one suspect.
#[derive(Debug, Default)]
struct Row {
    motive: Vec<SentenceId>,
    means: Vec<SentenceId>,
    chance: Vec<SentenceId>,
    elsewhere: Vec<SentenceId>,
    retracted: Vec<SentenceId>,
}

/// What is known of the crime.
#[derive(Debug, Default)]
struct Crime {
    sentences: Vec<Read>,
    places: Vec<String>,
    instruments: Vec<String>,
    times: Vec<String>,
}

/// Whether a question asks who did something harmful.
pub fn asks_for_culprit(question: &Question, reader: &Reader) -> bool {
    let first =
        question.words.iter().take(4).any(|word| ["who", "which", "whom"].contains(&word.as_str()));
    first && question.words.iter().any(|word| reader.lexicon.classes(word) & HARM != 0)
}

/// Fills the table. `None` if the documents hold no table: nobody has both a motive and the means.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn suspects(reader: &Reader, question: &Question) -> Result<Option<Finding>> {
    let victims = question.names.clone();
    let crime = crime(reader, question, &victims)?;
    if crime.sentences.is_empty() {
        return Ok(None);
    }
    let mut table: BTreeMap<String, Row> = BTreeMap::new();
    for name in named(reader, &crime, &victims)? {
        let row = row(reader, &name, &crime)?;
        table.insert(name, row);
    }
    last_holder(reader, &crime, &mut table)?;
    let promising = table.values().any(|row| !row.motive.is_empty() && !row.means.is_empty());
    if !promising {
        return Ok(None);
    }
    let full: Vec<(&String, &Row)> = table
        .iter()
        .filter(|(_, row)| {
            let cleared =
                row.elsewhere.iter().any(|id| !row.retracted.iter().any(|later| later > id));
            !row.motive.is_empty() && !row.means.is_empty() && !row.chance.is_empty() && !cleared
        })
        .collect();
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let mut add = |ids: &[SentenceId]| {
        for id in ids {
            if evidence.len() < CITATIONS && !evidence.contains(&(*id, 1)) {
                evidence.push((*id, 1));
            }
        }
    };
    for (_, row) in &full {
        add(&row.motive);
        add(&row.means);
        add(&row.chance);
        add(&row.retracted);
    }
    add(&crime.sentences.iter().map(|read| read.id).collect::<Vec<_>>());
    for row in table.values() {
        for cell in [&row.means, &row.motive, &row.chance, &row.elsewhere, &row.retracted] {
            add(cell);
        }
    }
    let answer = match full.as_slice() {
        [(name, _)] => Some((*name).clone()),
        _ => None,
    };
    Ok(Some(Finding { answer, evidence, incomplete: false }))
}

/// The sentences about the harm, and the place, time and instrument that they name.
fn crime(reader: &Reader, question: &Question, victims: &[String]) -> Result<Crime> {
    let harm = reader.class_pattern("harm", HARM);
    let mut all: Vec<Pattern> = victims.iter().filter_map(|name| surname(name)).collect();
    if all.is_empty() {
        let content = question.terms.iter().filter(|term| !term.phrase).map(|t| t.pattern.clone());
        all = content
            .filter(|pattern| reader.lexicon.classes(&pattern.text) & HARM == 0)
            .take(2)
            .collect();
    }
    if all.is_empty() {
        return Ok(Crime::default());
    }
    let ids = reader.last_mentions(&all, &[harm], LONGEST, CRIME)?;
    let mut crime = Crime { sentences: reader.read(&ids)?, ..Crime::default() };
    for read in &crime.sentences {
        let tokens = reader.tokens(&read.text);
        for (at, token) in tokens.iter().enumerate() {
            let noun: Vec<&str> = tokens[at + 1..]
                .iter()
                .take(4)
                .map(|t| t.folded.as_str())
                .skip_while(|word| ["the", "a", "an", "his", "her", "his own"].contains(word))
                .take_while(|word| !crate::memory::index::stopwords::is_stopword(word))
                .take(2)
                .collect();
            let noun = noun.join(" ");
            if noun.is_empty() {
                continue;
            }
            match token.folded.as_str() {
                "in" | "inside" if !crime.places.contains(&noun) => crime.places.push(noun),
                "with" | "by" | "using" if !crime.instruments.contains(&noun) => {
                    crime.instruments.push(noun);
                }
                "at" | "around" | "about" | "between"
                    if noun.bytes().any(|b| b.is_ascii_digit()) && !crime.times.contains(&noun) =>
                {
                    crime.times.push(noun);
                }
                _ => {}
            }
        }
    }
    Ok(crime)
}

/// The pattern of the last word of a name.
fn surname(name: &str) -> Option<Pattern> {
    let word = words::words(name).last()?;
    Pattern::phrase(&name[word.start..word.end])
}

/// Everybody named about the crime, its instrument or a reason for it, but for the victims.
fn named(reader: &Reader, crime: &Crime, victims: &[String]) -> Result<Vec<String>> {
    let mut sentences: Vec<Read> = crime.sentences.clone();
    for noun in crime.instruments.iter().chain(&crime.places).take(8) {
        let Some(pattern) = Pattern::phrase(noun) else { continue };
        let verbs = reader
            .class_pattern("dealings", TAKE | HOLD | GIVE | PUT | RECEIVE | MOVE | SEE | STAY);
        let ids = reader.last_mentions(&[pattern], &[verbs], LONGEST, MENTIONS)?;
        sentences.extend(reader.read(&ids)?);
    }
    let motive = reader.class_pattern("motive", MOTIVE);
    for victim in victims {
        let Some(pattern) = surname(victim) else { continue };
        let ids =
            reader.last_mentions(&[pattern], std::slice::from_ref(&motive), LONGEST, CRIME)?;
        sentences.extend(reader.read(&ids)?);
    }
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for read in &sentences {
        let mut found = Vec::new();
        names::names(&read.text, &mut found);
        for name in found.iter().filter(|name| !name.uncertain || name.start == 0) {
            let name = names::without_titles(&read.text[name.start..name.end]);
            let folded = words::folded(name);
            let victim = victims.iter().any(|v| {
                let v = words::folded(names::without_titles(v));
                v == folded || same_noun(&v, &folded)
            });
            let place = crime.places.iter().chain(&crime.instruments).any(|p| *p == folded);
            if !name.is_empty() && !victim && !place {
                *counted.entry(name.to_owned()).or_default() += 1;
            }
        }
    }
    let mut ranked: Vec<(usize, String)> = counted.into_iter().map(|(name, n)| (n, name)).collect();
    ranked.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    Ok(ranked.into_iter().take(SUSPECTS).map(|(_, name)| name).collect())
}

/// Reads the newest mentions of one suspect and fills his row.
fn row(reader: &Reader, name: &str, crime: &Crime) -> Result<Row> {
    let mut row = Row::default();
    let Some(pattern) = Pattern::phrase(name) else { return Ok(row) };
    let classes = MOTIVE | MOVE | STAY | TAKE | HOLD | GIVE | RETRACT | SEE | RECEIVE | PUT | DROP;
    let verbs = reader.class_pattern("dealings", classes);
    let ids = reader.last_mentions(&[pattern], &[verbs], LONGEST, MENTIONS)?;
    let folded_name = words::folded(name);
    for read in reader.read(&ids)? {
        let tokens = reader.tokens(&read.text);
        let any = |class: u32| tokens.iter().any(|token| token.classes & class != 0);
        let says = |phrases: &[String]| {
            phrases.iter().any(|phrase| {
                let head = phrase.rsplit(' ').next().unwrap_or(phrase);
                tokens.iter().any(|token| token.folded == head)
            })
        };
        if any(RETRACT) {
            row.retracted.push(read.id);
            continue;
        }
        if any(MOTIVE) {
            row.motive.push(read.id);
        }
        let said = events(&read.text, &reader.lexicon);
        let at_place = said.iter().any(|event| {
            event.act == Act::At
                && event.subjects.iter().any(|who| same_noun(who, &folded_name))
                && event
                    .place
                    .as_ref()
                    .is_some_and(|p| crime.places.iter().any(|q| same_noun(p, q)))
        });
        let at_time = crime.times.is_empty() || says(&crime.times);
        if at_place || (says(&crime.places) && any(MOVE | STAY | SEE)) {
            row.chance.push(read.id);
        } else if at_time && !crime.times.is_empty() && any(STAY | MOVE | SEE) {
            row.elsewhere.push(read.id);
        }
        if says(&crime.instruments) && any(TAKE | HOLD | RECEIVE | GIVE) {
            row.means.push(read.id);
        }
    }
    Ok(row)
}

/// Leaves the means only to the last holder of the instrument, where the events tell one.
fn last_holder(reader: &Reader, crime: &Crime, table: &mut BTreeMap<String, Row>) -> Result<()> {
    let mut last: Option<(SentenceId, String)> = None;
    let ids: Vec<SentenceId> = table.values().flat_map(|row| row.means.iter().copied()).collect();
    for read in reader.read(&ids)? {
        for event in events(&read.text, &reader.lexicon) {
            let of_instrument = event
                .object
                .as_ref()
                .is_some_and(|o| crime.instruments.iter().any(|i| same_noun(o, i)));
            let holder = match event.act {
                Act::Take => event.subjects.first().cloned(),
                Act::Give => event.recipient.clone(),
                _ => None,
            };
            if let (true, Some(holder)) = (of_instrument, holder) {
                last = Some((read.id, holder));
            }
        }
    }
    if let Some((_, holder)) = last {
        for (name, row) in table.iter_mut() {
            if !same_noun(&words::folded(name), &holder) {
                row.means.clear();
            }
        }
    }
    Ok(())
}
