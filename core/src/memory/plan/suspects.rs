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
//! did it only if all cells are filled, the chain of holders has no gap, and nothing clears him. Everything that fills or empties a cell is
//! cited.

use std::collections::{BTreeMap, VecDeque};

use super::custody::{self, Held};
use super::entry::body;
use super::hours::resolved;
use super::lexicon::{FRIENDLY, HARM, MOTIVE, NAMING, RETRACT, TAKE};
use super::phrases::noun_phrases;
use super::question::Question;
use super::reader::{Read, Reader, Token};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::segment::words;

/// Sentences about the crime, and about each thing or person of it, that are read.
const MENTIONS: usize = 64;
/// Longest sentence of a cell, in words.
const LONGEST: u32 = 60;
/// Things that a crime's sentences name and that may be its instrument or place.
const THINGS: usize = 24;
/// Things that are followed as the instrument.
const CHAINS: usize = 8;
/// Sentences about the crime that are cited.
const CRIME_CITED: usize = 3;
/// Longest sentence that says what somebody is called, in words.
const LONGEST_ALIAS: usize = 18;
/// Prepositions of place before the scene of a crime.
const AT: &[&str] = &["in", "inside", "at", "within", "on", "near", "into", "to"];
/// Verbs with which somebody says or sees where somebody else was.
const SAYS: &str = "declare say claim swear state testify insist tell confirm maintain report assure vouch \
    see notice spot watch observe remember recall meet glimpse attest affirm mention depose assert aver \
    allege answer speak give pass find";

/// Whether a question asks who did something harmful.
pub fn asks_for_culprit(question: &Question, reader: &Reader) -> bool {
    let has = |wanted: &[&str]| question.words.iter().any(|w| wanted.contains(&w.as_str()));
    let asks = has(&[
        "who", "whom", "whose", "which", "name", "identify", "culprit", "murderer", "killer",
    ]);
    let harm = question.words.iter().any(|word| reader.lexicon.classes(word) & HARM != 0);
    // "Took her life", "has her blood on his hands".
    let life = has(&["life", "blood", "end"])
        && has(&["took", "take", "taken", "ended", "end", "robbed", "shed", "hands", "put"]);
    asks && (harm || life || asks_for_proof(question))
}

/// Whether a question asks for a proof and not merely for a name.
fn asks_for_proof(question: &Question) -> bool {
    let has = |wanted: &str| question.words.iter().any(|word| word == wanted);
    has("motive") && (has("means") || has("opportunity"))
}

/// What is known of the crime.
struct Crime {
    sentences: Vec<Read>,
    time: Option<i32>,
    /// Nouns with determiners in its sentences: its place and its instrument are among them.
    things: Vec<String>,
    /// Nouns behind "in" or "at".
    places: Vec<String>,
    /// The sentences that say when an event was, to which its time is relative.
    anchors: Vec<SentenceId>,
}

/// Answers who did it. `None` if the documents tell of no instrument that somebody held.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn suspects(reader: &Reader, question: &Question) -> Result<Option<Finding>> {
    let mut is_table = asks_for_proof(question);
    let Some(victim) = question.names.last() else { return Ok(None) };
    let Some(crime) = crime(reader, victim)? else {
        return Ok(is_table.then(Finding::default));
    };
    for chain in chains(reader, &crime, victim)? {
        let Some(last) = chain.last() else { continue };
        is_table |= crime.time.is_some();
        if crime.time.is_some() && !custody::is_whole(&chain) {
            continue;
        }
        let row = row(reader, &last.name, victim, &crime)?;
        if row.motive.is_empty() || row.chance.is_empty() || row.is_cleared() {
            continue;
        }
        let name = last.name.clone();
        let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
        let crime_ids = crime.sentences.iter().map(|read| read.id).take(CRIME_CITED);
        let ids = crime_ids
            .chain(row.motive)
            .chain(chain.iter().map(|held| held.id))
            .chain(row.chance)
            .chain(row.elsewhere)
            .chain(row.retracted)
            .chain(crime.anchors)
            .chain(row.anchors);
        for id in ids {
            if !evidence.contains(&(id, 1)) {
                evidence.push((id, 1));
            }
        }
        return Ok(Some(Finding { answer: Some(name), evidence, incomplete: false }));
    }
    Ok(is_table.then(Finding::default))
}

/// Whether `text` names `name`, in full or without its titles.
fn names_person(text: &str, name: &str) -> bool {
    text.contains(names::without_titles(name))
}

/// The sentences about the harm done to `victim`, and what they name.
fn crime(reader: &Reader, victim: &str) -> Result<Option<Crime>> {
    let Some(pattern) = Pattern::phrase(names::without_titles(victim)) else { return Ok(None) };
    let harm = reader.class_pattern("harm", HARM);
    let ids = reader.last_mentions(std::slice::from_ref(&pattern), &[harm], LONGEST, MENTIONS)?;
    let mut told: Vec<(Read, Option<i32>, Vec<SentenceId>)> = Vec::new();
    for read in reader.read(&ids)? {
        let tokens = reader.tokens(body(&read.text));
        let motive = |token: &Token| token.classes & MOTIVE != 0 && token.classes & HARM == 0;
        let (time, anchors) = resolved(reader, &read.text)?;
        if time.is_none() && tokens.iter().any(motive) && others(&read.text, victim) > 0 {
            continue;
        }
        told.push((read, time, anchors));
    }
    if told.is_empty() {
        // In other words: a time, and nobody but the victim.
        let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
        for read in reader.read(&ids)? {
            let (time, anchors) = resolved(reader, &read.text)?;
            if time.is_some() && others(&read.text, victim) == 0 {
                told.push((read, time, anchors));
            }
        }
    }
    // Where some of them tell the time, the others only speak of it.
    let dated = told.iter().any(|(_, time, _)| time.is_some());
    told.retain(|(_, time, _)| time.is_some() || !dated);
    let mut crime = Crime {
        sentences: Vec::new(),
        time: None,
        things: Vec::new(),
        places: Vec::new(),
        anchors: Vec::new(),
    };
    for (read, time, anchors) in told {
        let text = body(&read.text);
        let tokens = reader.tokens(text);
        crime.time = time.or(crime.time);
        crime.anchors.extend(anchors);
        for (at, noun) in noun_phrases(&tokens, text) {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].folded.as_str());
            if AT.contains(&before) && !crime.places.contains(&noun) {
                crime.places.push(noun.clone());
            }
            if !crime.things.contains(&noun) && crime.things.len() < THINGS {
                crime.things.push(noun);
            }
        }
        crime.sentences.push(read);
    }
    Ok((!crime.sentences.is_empty()).then_some(crime))
}

/// How many people a sentence names besides `name`.
fn others(text: &str, name: &str) -> usize {
    let mut found = Vec::new();
    names::names(body(text), &mut found);
    let text = body(text);
    let other = |found: &&names::Name| {
        let written = names::without_titles(&text[found.start..found.end]);
        !found.uncertain && !written.is_empty() && !name.contains(written)
    };
    found.iter().filter(other).count()
}

/// Who is named in a sentence besides `name`, without titles.
fn people_besides(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    let people = found
        .iter()
        .filter(|found| !found.uncertain || text[found.start..found.end].contains(' '))
        .map(|found| names::without_titles(&text[found.start..found.end]).to_owned());
    people.filter(|person| !person.is_empty() && !name.contains(person.as_str())).collect()
}

/// For everything that may be the instrument: who held it, one after the other. The most telling first:
/// nouns of several words, then those that are mentioned least.
fn chains(reader: &Reader, crime: &Crime, victim: &str) -> Result<Vec<Vec<Held>>> {
    let nouns: Vec<&String> =
        crime.things.iter().filter(|noun| !crime.places.contains(noun)).collect();
    let patterns: Vec<Pattern> = nouns.iter().filter_map(|noun| Pattern::phrase(noun)).collect();
    let mut mentions: BTreeMap<usize, (u64, VecDeque<SentenceId>)> = BTreeMap::new();
    search::sentences_with_any(reader.corpus, &patterns, reader.stems, |id, words, mask| {
        if words > LONGEST || crime.sentences.iter().any(|read| read.id == id) {
            return;
        }
        for noun in (0..patterns.len()).filter(|noun| mask >> noun & 1 == 1) {
            let (count, list) = mentions.entry(noun).or_default();
            *count += 1;
            list.push_back(id);
            if list.len() > MENTIONS {
                list.pop_front();
            }
        }
    })?;
    let mut ranked: Vec<(bool, u64, usize, VecDeque<SentenceId>)> = mentions
        .into_iter()
        .map(|(noun, (count, ids))| (!nouns[noun].contains(' '), count, noun, ids))
        .collect();
    ranked.sort();
    ranked.truncate(CHAINS);
    let mut out = Vec::new();
    for (_, _, noun, ids) in ranked {
        let reads = reader.read(&Vec::from(ids))?;
        let chain = custody::chain(reader, &reads, nouns[noun], victim, crime.time)?;
        if !chain.is_empty() {
            out.push(chain);
        }
    }
    Ok(out)
}

/// What is known of one suspect.
#[derive(Debug, Default)]
struct Row {
    motive: Vec<SentenceId>,
    /// Sentences of him and the victim that may tell of a motive in words of their own.
    grudge: Vec<SentenceId>,
    chance: Vec<SentenceId>,
    elsewhere: Vec<SentenceId>,
    retracted: Vec<SentenceId>,
    anchors: Vec<SentenceId>,
}

impl Row {
    fn is_cleared(&self) -> bool {
        !self.elsewhere.is_empty() && self.retracted.is_empty()
    }
}

/// Reads what the text says of a suspect, under his name and under what he is called.
fn row(reader: &Reader, suspect: &str, victim: &str, crime: &Crime) -> Result<Row> {
    let mut row = Row::default();
    let mut called: Vec<(String, SentenceId)> = Vec::new();
    let mut silent: Vec<(SentenceId, Vec<String>)> = Vec::new();
    let mut witnesses: Vec<String> = Vec::new();
    for read in mentions(reader, suspect, crime)? {
        let tokens = reader.tokens(&read.text);
        let any = |class: u32| tokens.iter().any(|token| token.classes & class != 0);
        let with_victim = names_person(&read.text, victim);
        let n_elsewhere = row.elsewhere.len();
        if !with_victim && (any(RETRACT) || takes_back(&tokens)) {
            row.retracted.push(read.id);
        } else if with_victim && any(MOTIVE) {
            row.motive.push(read.id);
        } else if with_victim {
            // What is neither good company nor of an hour may be a reason too.
            if !place(reader, &read, suspect, crime, &mut row)? && !any(FRIENDLY) {
                row.grudge.push(read.id);
            }
        } else if !place(reader, &read, suspect, crime, &mut row)?
            && tokens.len() <= LONGEST_ALIAS
            && (any(NAMING) || others(&read.text, suspect) == 0)
        {
            let phrases = noun_phrases(&tokens, &read.text).into_iter().map(|(_, noun)| noun);
            called.extend(phrases.filter(|noun| noun.contains(' ')).map(|noun| (noun, read.id)));
        } else if !any(FRIENDLY) && resolved(reader, &read.text)?.0.is_none() {
            silent.push((read.id, people_besides(&read.text, suspect)));
        }
        if row.elsewhere.len() > n_elsewhere {
            witnesses.extend(people_besides(&read.text, suspect));
        }
    }
    // What a witness said for somebody is taken back by whatever else is told of the two, unless it is
    // of their good company.
    let again = |(_, people): &&(SentenceId, Vec<String>)| {
        people.iter().any(|name| witnesses.contains(name))
    };
    if row.retracted.is_empty() && row.elsewhere.len() == 1 {
        row.retracted.extend(silent.iter().find(again).map(|(id, _)| *id));
    }
    if row.motive.is_empty() {
        row.motive = std::mem::take(&mut row.grudge);
    }
    called.truncate(THINGS);
    for (alias, id) in called {
        let before = row.chance.len() + row.elsewhere.len();
        for read in mentions(reader, &alias, crime)? {
            place(reader, &read, &alias, crime, &mut row)?;
        }
        if row.chance.len() + row.elsewhere.len() > before {
            row.anchors.push(id);
        }
    }
    Ok(row)
}

/// The sentences about somebody that do not tell of the crime itself.
fn mentions(reader: &Reader, name: &str, crime: &Crime) -> Result<Vec<Read>> {
    let Some(pattern) = Pattern::phrase(name) else { return Ok(Vec::new()) };
    let mut ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    ids.retain(|id| crime.sentences.iter().all(|known| known.id != *id));
    reader.read(&ids)
}

/// Whether something that was said is taken back.
fn takes_back(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|two| two[0].classes & TAKE != 0 && two[1].folded == "back")
}

/// Notes whether a sentence puts somebody, by a name or another, where it was done or elsewhere; whether
/// it names a time at all.
fn place(reader: &Reader, read: &Read, name: &str, crime: &Crime, row: &mut Row) -> Result<bool> {
    // "Ines gave Omar an alibi: at nine both were in the stable."
    let text = body(&read.text);
    let text = if names_person(text, name) { text } else { read.text.as_str() };
    let (time, anchors) = resolved(reader, text)?;
    let tokens = reader.tokens(text);
    if time != crime.time || !subject_of_place(reader, text, &tokens, name) {
        return Ok(time.is_some());
    }
    let nouns = noun_phrases(&tokens, text);
    let inside = |(at, _): &&(usize, String)| *at > 0 && is_in(&tokens[at - 1].folded);
    if nouns.iter().any(|(_, noun)| crime.places.contains(noun)) {
        row.chance.push(read.id);
        row.anchors.extend(anchors);
    } else if nouns.iter().any(|noun| inside(&noun)) && time.is_some() {
        row.elsewhere.push(read.id);
    }
    Ok(time.is_some())
}

fn is_in(word: &str) -> bool {
    AT.contains(&word) || ["by", "through", "from", "around", "outside", "beside"].contains(&word)
}

/// Whether the sentence is about where `suspect` was, and not about where he says that others were.
fn subject_of_place(reader: &Reader, text: &str, tokens: &[Token], suspect: &str) -> bool {
    let wanted: Vec<String> = words::folded_words(suspect).collect();
    let bare = |token: &Token| token.folded.trim_end_matches("'s").to_owned();
    let named = |window: &[Token]| window.iter().map(bare).eq(wanted.iter().cloned());
    let Some(at) = tokens.windows(wanted.len().max(1)).position(named) else { return false };
    let before = text[..tokens[at].start].trim_end();
    let behind = &tokens[at + wanted.len()..];
    let says = behind
        .iter()
        .take(2)
        .any(|token| SAYS.split_whitespace().any(|verb| reader.stems.same(verb, &token.folded)));
    // "Was seen" is no seeing of one's own.
    let seen = behind
        .first()
        .is_some_and(|token| ["was", "had", "has", "is", "could"].contains(&token.folded.as_str()));
    let alone = others(text, suspect) == 0;
    alone || !((says && !seen) || before.ends_with("ccording to") || before.ends_with(" by"))
}
