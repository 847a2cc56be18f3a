//! What a crime's own sentences tell: when and where it was done and with what.
//!
//! ```text
//! told       a sentence names the victim and a harm; the dated ones before the others
//! dated      in other words: a sentence of the victim alone, with a time
//! places     nouns behind "in" or "at", there or in most other sentences that name them
//! instrument any other noun; the rarest first, for what the case is about has a name of its own
//! ```
//! What else names such a noun is found from the victim outwards: where a noun is too frequent to read all
//! of it, only sentences that tie it to people of the case are, and then those of whoever they add.

use std::collections::{BTreeMap, BTreeSet};

use super::culprit::bare;
use super::doer::may_harm;
use crate::error::Result;
use crate::memory::answer::spans::{is_time_word, may_be_person, names_a_date, without_day};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::index::stopwords;
use crate::memory::plan::clauses::entity::is_of_people;
use crate::memory::plan::events::hours::{clock_pattern, resolved};
use crate::memory::plan::language::entry::body;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{FRIENDLY, HARM, MOTIVE, PUT};
use crate::memory::plan::language::phrases::noun_phrases;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Sentences about the crime, and about each thing or person of it, that are read.
pub(in crate::memory::plan) const MENTIONS: usize = 64;
/// Longest sentence of a cell, in words.
pub(in crate::memory::plan) const LONGEST: u32 = 60;
/// Things that a crime's sentences name and that may be its instrument or place.
pub(in crate::memory::plan) const THINGS: usize = 24;
/// Sentences that are so few that all of them are read.
const FEW: usize = 12;
/// Nouns that may be the instrument.
const INSTRUMENTS: usize = 8;
/// Sentences over which one thing is tied to another.
const TIES: usize = 2;
/// How often the people of a case are asked for more of them.
const CIRCLES: usize = 8;
/// People whom a circle adds at most.
const PEOPLE: usize = 48;
/// A noun is a place if one of so many of the last sentences that name it say "in" or "at" before it.
const PLACE_SHARE: usize = 3;
/// Prepositions of place before the scene of a crime.
pub(in crate::memory::plan) const AT: &[&str] =
    &["in", "inside", "at", "within", "on", "near", "into", "to"];
/// Those before which only places stand.
const ONLY_PLACES: &[&str] = &["in", "inside", "at", "into", "passing", "entered"];

/// What is known of a crime.
#[derive(Debug, Default)]
pub(in crate::memory::plan) struct Crime {
    pub(in crate::memory::plan) sentences: Vec<Read>,
    pub(in crate::memory::plan) time: Option<i32>,
    /// Nouns with determiners in its sentences: its place and its instrument are among them.
    pub(in crate::memory::plan) things: Vec<String>,
    /// Nouns behind "in" or "at".
    pub(in crate::memory::plan) places: Vec<String>,
    /// The sentences that say when an event was, to which its time is relative.
    pub(in crate::memory::plan) anchors: Vec<SentenceId>,
    /// Whether its sentences speak of a harm.
    pub(in crate::memory::plan) is_harm: bool,
}

/// A sentence about the victim, with its time and what tells that.
struct Told {
    read: Read,
    time: Option<i32>,
    anchors: Vec<SentenceId>,
    alone: bool,
}

/// What may be meant by the harm done to `victim`, the best told first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(in crate::memory::plan) fn crimes(reader: &Reader, victim: &str) -> Result<Vec<Crime>> {
    let Some(pattern) = Pattern::phrase(bare(victim)) else {
        return Ok(Vec::new());
    };
    let harm = reader.class_pattern("harm", HARM);
    let ids = reader.last_mentions(std::slice::from_ref(&pattern), &[harm], LONGEST, MENTIONS)?;
    let parts: Vec<String> = words::folded_words(bare(victim)).collect();
    let is_of_harm = |told: &Told| {
        let tokens = reader.tokens(body(&told.read.text));
        let motive = |token: &Token| token.classes & MOTIVE != 0 && token.classes & HARM == 0;
        told.alone
            || may_harm(&tokens, &parts) && (told.time.is_some() || !tokens.iter().any(motive))
    };
    // Where some of them tell the time, the others only speak of it; so do those that name others too.
    let (mut dated, undated) = by_time(reader, &ids, victim, is_of_harm)?;
    if dated.iter().any(|told| told.alone) {
        dated.retain(|told| told.alone);
    }
    if !dated.is_empty() {
        return Ok(vec![crime_of(reader, dated, true)]);
    }
    // In other words: a time, and nobody but the victim; neither a reason nor good company.
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    let other = reader.class_pattern("other", MOTIVE | FRIENDLY);
    let clock = clock_pattern();
    let marked = reader.marked(&ids, &[other, clock])?.into_iter();
    let ids: Vec<SentenceId> = marked.filter(|(_, mask)| *mask != 1).map(|(id, _)| id).collect();
    let (silent, _) = by_time(reader, &ids, victim, |told| told.alone)?;
    let mut out = Vec::new();
    if !silent.is_empty() {
        out.push(crime_of(reader, silent, false));
    }
    if !undated.is_empty() {
        out.push(crime_of(reader, undated, true));
    }
    Ok(out)
}

/// Those of the sentences `ids` that `is_wanted` tells, with a time and without. Only if none with a word of the clock
/// has a time the others are read: hours may be written in digits.
fn by_time(
    reader: &Reader,
    ids: &[SentenceId],
    victim: &str,
    is_wanted: impl Fn(&Told) -> bool,
) -> Result<(Vec<Told>, Vec<Told>)> {
    let spoken = reader.holding(ids, &[clock_pattern()])?;
    let rest: Vec<SentenceId> = ids.iter().filter(|id| !spoken.contains(id)).copied().collect();
    let mut undated: Vec<Told> = Vec::new();
    for ids in [spoken, rest] {
        let wanted = told(reader, &ids, victim)?.into_iter().filter(&is_wanted);
        let (dated, others): (Vec<Told>, Vec<Told>) = wanted.partition(|told| told.time.is_some());
        if !dated.is_empty() {
            return Ok((dated, Vec::new()));
        }
        undated.extend(others);
    }
    undated.sort_by_key(|told| told.read.id);
    Ok((Vec::new(), undated))
}

fn told(reader: &Reader, ids: &[SentenceId], victim: &str) -> Result<Vec<Told>> {
    let mut out = Vec::new();
    for read in reader.read(ids)? {
        let (time, anchors) = resolved(reader, &read.text)?;
        let alone = others(&read.text, victim) == 0;
        out.push(Told { read, time, anchors, alone });
    }
    Ok(out)
}

fn crime_of(reader: &Reader, told: Vec<Told>, is_harm: bool) -> Crime {
    let mut crime = Crime { is_harm, ..Crime::default() };
    for Told { read, time, anchors, .. } in told {
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
    crime
}

/// A noun of the crime's sentences that may be the instrument.
#[derive(Debug)]
pub(in crate::memory::plan) struct Instrument {
    pub(in crate::memory::plan) noun: String,
    /// How many other sentences name it; where they are many, how often it stands there at most.
    count: u64,
    /// The last of them, in order.
    ids: Vec<SentenceId>,
}

impl Instrument {
    /// Whether it is more than one word.
    pub(in crate::memory::plan) fn is_phrase(&self) -> bool {
        self.noun.contains(' ')
    }
}

/// What may be the instrument, the most telling first: nouns of several words, then those that are
/// mentioned least. Nouns that turn out to be places are added to those of the crime.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(in crate::memory::plan) fn instruments(
    reader: &Reader,
    crime: &mut Crime,
) -> Result<Vec<Instrument>> {
    let nouns = crime.things.iter().filter(|noun| !crime.places.contains(noun));
    let (nouns, patterns): (Vec<String>, Vec<Pattern>) =
        nouns.filter_map(|noun| Some((noun.clone(), Pattern::phrase(noun)?))).unzip();
    let totals = search::counts(reader.corpus, &patterns, reader.stems)?;
    let limit = MENTIONS + crime.sentences.len();
    let mut found: Vec<Instrument> = Vec::new();
    for ((noun, pattern), total) in nouns.into_iter().zip(patterns).zip(totals) {
        let mut ids = reader.last_mentions(&[pattern], &[], LONGEST, limit)?;
        let is_all = ids.len() < limit;
        ids.retain(|id| crime.sentences.iter().all(|read| read.id != *id));
        let count = if is_all { ids.len() as u64 } else { total };
        ids.drain(..ids.len().saturating_sub(MENTIONS));
        if !ids.is_empty() {
            found.push(Instrument { noun, count, ids });
        }
    }
    found.sort_by_key(|thing| (!thing.is_phrase(), thing.count));
    found.truncate(INSTRUMENTS);
    // Where the crime's sentences name a place as one, the other nouns are none.
    if !crime.places.is_empty() {
        return Ok(found);
    }
    let is_place: Vec<bool> =
        found.iter().map(|thing| is_place(reader, thing)).collect::<Result<_>>()?;
    if is_place.contains(&false) {
        let mut flags = is_place.into_iter();
        found.retain(|thing| {
            let place = flags.next().unwrap_or(false);
            if place {
                crime.places.push(thing.noun.clone());
            }
            !place
        });
    }
    Ok(found)
}

/// Whether a preposition of place stands before `thing` in enough of its last sentences.
fn is_place(reader: &Reader, thing: &Instrument) -> Result<bool> {
    let phrase = |before: &&str| Pattern::phrase(&format!("{before} the {}", thing.noun));
    let patterns: Vec<Pattern> = ONLY_PLACES.iter().filter_map(phrase).collect();
    let n_placed = reader.holding(&thing.ids, &patterns)?.len();
    Ok(n_placed * PLACE_SHARE >= thing.ids.len())
}

/// The sentences about `thing` that may tell who had it.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(in crate::memory::plan) fn told_of(
    reader: &Reader,
    thing: &Instrument,
    victim: &str,
) -> Result<Vec<Read>> {
    let ids = &thing.ids;
    if thing.count <= FEW as u64 {
        return reader.read(ids);
    }
    let (Some(noun), Some(harmed)) = (Pattern::phrase(&thing.noun), Pattern::phrase(bare(victim)))
    else {
        return Ok(Vec::new());
    };
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut next: Vec<String> = Vec::new();
    let around = reader.last_mentions(&[harmed], &[], LONGEST, MENTIONS)?;
    for read in reader.read(&around)? {
        next.extend(people_besides(&read.text, victim));
    }
    let mut found: BTreeMap<SentenceId, Read> = BTreeMap::new();
    for _ in 0..CIRCLES {
        next.retain(|name| known.insert(name.clone()));
        next.truncate(PEOPLE);
        let people: Vec<Pattern> = next.iter().filter_map(|name| Pattern::phrase(name)).collect();
        if people.is_empty() {
            break;
        }
        let tied = reader.last_mentions(std::slice::from_ref(&noun), &people, LONGEST, MENTIONS)?;
        let new: Vec<SentenceId> = tied.into_iter().filter(|id| !found.contains_key(id)).collect();
        next.clear();
        for read in reader.read(&new)? {
            next.extend(people_besides(&read.text, victim));
            found.insert(read.id, read);
        }
    }
    // Nobody of the case has it: the newest that are told of it.
    if found.is_empty() {
        return reader.read(&ids[ids.len().saturating_sub(FEW)..]);
    }
    Ok(found.into_values().collect())
}

/// Whether a sentence names both `name` and `victim`: whether somebody belongs to the case.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(in crate::memory::plan) fn is_tied(reader: &Reader, name: &str, victim: &str) -> Result<bool> {
    let both = [Pattern::phrase(name), Pattern::phrase(bare(victim))];
    let [Some(one), Some(other)] = both else { return Ok(false) };
    let mut tied = false;
    search::sentences_with(reader.corpus, &[one, other], &[], reader.stems, |_, _| {
        tied = true;
        false
    })?;
    Ok(tied)
}

/// How many people a sentence names besides `name`.
pub(in crate::memory::plan) fn others(text: &str, name: &str) -> usize {
    let mut found = Vec::new();
    let text = body(text);
    names::names(text, &mut found);
    let other = |found: &&names::Name| {
        let written = names::without_titles(&text[found.start..found.end]);
        !found.uncertain && !written.is_empty() && !name.contains(written)
    };
    found.iter().filter(other).count()
}

/// Who is named in a sentence besides `name`, without titles.
pub(in crate::memory::plan) fn people_besides(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    let people = found
        .iter()
        .filter(|found| !found.uncertain || text[found.start..found.end].contains(' '))
        .map(|found| without_day(text, found.start..found.end))
        .filter(|range| may_be_person(text, range))
        .map(|range| names::without_titles(&text[range]).to_owned());
    people.filter(|person| !person.is_empty() && !name.contains(person.as_str())).collect()
}

/// The nouns without a determiner behind "with" and the like, and the shorter ones that open them: "with violet ink".
pub(in crate::memory::plan) fn with_what(tokens: &[Token], text: &str) -> Vec<String> {
    const WITH: &str = "with by using from";
    let is_noun = |token: &Token| {
        !token.capital
            && !stopwords::is_stopword(&token.folded)
            && token.folded.chars().all(char::is_alphabetic)
    };
    let mut out = Vec::new();
    for from in (1..tokens.len()).filter(|at| among(WITH, &tokens[at - 1].folded)) {
        let mut end = from;
        while end < tokens.len()
            && end < from + 2
            && is_noun(&tokens[end])
            && &text[tokens[end - 1].end..tokens[end].start] == " "
        {
            end += 1;
            let words: Vec<&str> = tokens[from..end].iter().map(|t| t.folded.as_str()).collect();
            out.push(words.join(" "));
        }
    }
    out
}

/// Whether a noun phrase at its determiner `at` names neither people nor a time.
pub(in crate::memory::plan) fn is_thing(tokens: &[Token], at: usize, noun: &str) -> bool {
    let last = noun.rsplit(' ').next().unwrap_or(noun);
    let behind = |back: usize| tokens.get(at + noun.split(' ').count() + back);
    // "The ninth of May".
    let is_date = behind(1).is_some_and(|token| token.folded == "of")
        && behind(2).is_some_and(|token| names_a_date(&token.folded));
    let timed = at.checked_sub(1).is_some_and(|before| {
        among("after before until till since during", &tokens[before].folded)
    });
    // "The doctor found arsenic"; but "the butler's pantry".
    let words = tokens[at + 1..].iter().take(noun.split(' ').count());
    let is_of_some = words.clone().any(|token| is_of_people(&token.folded) && !token.owns);
    !is_time_word(last) && !is_of_some && !is_of_people(last) && !is_date && !timed
}

/// Nouns that the document ties to `nouns`, over a sentence or two: other sentences put both somewhere, and few speak
/// of either. With the sentences that say so.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(in crate::memory::plan) fn tied(
    reader: &Reader,
    nouns: &BTreeSet<String>,
    known: &[SentenceId],
) -> Result<Vec<(String, Vec<SentenceId>)>> {
    let few = |noun: &str| -> Result<Vec<SentenceId>> {
        let Some(pattern) = Pattern::phrase(noun) else { return Ok(Vec::new()) };
        let ids = reader.last_mentions(&[pattern], &[], u32::MAX, FEW + 1)?;
        Ok(if ids.len() > FEW { Vec::new() } else { ids })
    };
    let mut out: Vec<(String, Vec<SentenceId>)> = Vec::new();
    let mut next: Vec<(String, Vec<SentenceId>)> =
        nouns.iter().map(|noun| (noun.clone(), Vec::new())).collect();
    for _ in 0..TIES {
        let mut found: Vec<(String, Vec<SentenceId>)> = Vec::new();
        for (noun, path) in next {
            for read in reader.read(&few(&noun)?)? {
                if known.contains(&read.id) || path.contains(&read.id) {
                    continue;
                }
                for read in told_with(reader, read)? {
                    let tokens = reader.tokens(&read.text);
                    for (at, other) in noun_phrases(&tokens, &read.text) {
                        let is_new = !nouns.contains(&other)
                            && out.iter().chain(&found).all(|(known, _)| *known != other)
                            && out.len() + found.len() < THINGS;
                        if is_new && is_thing(&tokens, at, &other) && !few(&other)?.is_empty() {
                            found.push((other, [path.as_slice(), &[read.id]].concat()));
                        }
                    }
                }
            }
        }
        out.extend(found.iter().cloned());
        next = found;
    }
    Ok(out)
}

/// A sentence if it names nobody, and the next one if it goes on to put something somewhere: "The cocoa was made in
/// the kitchen. She set the tray on the landing."
fn told_with(reader: &Reader, read: Read) -> Result<Vec<Read>> {
    let layout = reader.corpus.layout(read.id.block)?;
    let next = SentenceId { sentence: read.id.sentence + 1, ..read.id };
    let behind = layout.sentences.get(next.sentence as usize);
    let mut told = Vec::new();
    if people_besides(&read.text, "").is_empty() {
        told.push(read);
    }
    if behind.is_some_and(|sentence| !sentence.opens_paragraph) {
        told.extend(reader.read(&[next])?.into_iter().filter(|read| {
            let tokens = reader.tokens(&read.text);
            let goes_on =
                tokens.first().is_some_and(|token| among("he she they it", &token.folded));
            let places = tokens.iter().any(|token| token.classes & PUT != 0);
            goes_on && places && people_besides(&read.text, "").is_empty()
        }));
    }
    Ok(told)
}
