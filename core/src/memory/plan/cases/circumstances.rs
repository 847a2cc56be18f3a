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
//! Instead of the name a sentence may have what else the suspect is called (`identity`), and instead of the place
//! what was put there. Sentences that deny something fill no cell. The document says who did it only if all three are told of
//! one and of nobody else.

use std::collections::BTreeSet;

use super::culprit::bare;
use super::doer::may_harm;
use super::identity::{Identity, Telling, people, people_of};
use super::scene::{AT, LONGEST, MENTIONS, THINGS, is_thing, people_besides, tied, with_what};
use super::table::{Cells, only_one};
use super::things::Things;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::events::hours::resolved;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{FRIENDLY, HARM, MOTIVE};
use crate::memory::plan::language::phrases::noun_phrases;
use crate::memory::plan::namesakes::is_of_another;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Suspects at most.
const SUSPECTS: usize = 24;
/// Sentences of what it may have been done with whose people are suspects, the last ones of each.
const FEW: usize = 12;
/// Minutes between the harm and a visit to its place, at most; and after how many a clock shows the same.
const APART: i32 = 60;
const ROUND: i32 = 12 * 60;
/// Poisons, which are named without an article.
const POISONS: &str = "arsenic strychnine cyanide laudanum belladonna hemlock antimony morphia morphine chloral \
    veronal aconite digitalis atropine nicotine poison thallium opium curare ricin henbane nightshade foxglove";

/// The harm that was done.
#[derive(Default)]
struct Harm {
    ids: Vec<SentenceId>,
    time: Option<i32>,
    places: BTreeSet<String>,
    means: BTreeSet<String>,
    /// Sentences that tie further nouns to the places.
    ties: Vec<(Pattern, Vec<SentenceId>)>,
}

/// What is told of the harm done to a victim, and of whom it may have been done by.
#[derive(Default)]
struct Told {
    harm: Harm,
    /// Sentences of the victim and others, with their words.
    grudges: Vec<(SentenceId, Vec<Token>)>,
    /// Who is named in them, or meant beside what it may have been done with.
    suspects: BTreeSet<String>,
}

fn told(reader: &Reader, victim: &str) -> Result<Told> {
    let mut told = Told::default();
    let Some(last) = last_name(victim).and_then(Pattern::phrase) else { return Ok(told) };
    let parts: Vec<String> = words::folded_words(bare(victim)).collect();
    let about = reader.last_mentions(&[last], &[], LONGEST, MENTIONS)?;
    for read in reader.read(&about)? {
        // Of the same family: "Everard Marsh" is not Silas Marsh.
        if is_of_another(&read.text, victim) {
            continue;
        }
        let tokens = reader.tokens(&read.text);
        let people = besides(&read.text, victim);
        if is_of_harm(&tokens, people.is_empty(), &parts) {
            told.harm.add(reader, &read, &tokens)?;
            told.harm.go_on(reader, &read)?;
        } else if tells(&tokens) && is_grudge(&tokens) {
            told.grudges.push((read.id, tokens));
            told.suspects.extend(people);
        }
    }
    let harm = &mut told.harm;
    for (noun, ids) in tied(reader, &harm.places, &harm.ids)? {
        harm.ties.extend(Pattern::phrase(&noun).map(|pattern| (pattern, ids)));
        if !harm.means.contains(&noun) {
            harm.places.insert(noun);
        }
    }
    for noun in told.harm.means.iter().filter_map(|noun| Pattern::phrase(noun)) {
        for read in reader.read(&reader.last_mentions(&[noun], &[], LONGEST, FEW)?)? {
            if !told.harm.ids.contains(&read.id) {
                told.suspects.extend(people_of(reader, &read)?);
            }
        }
    }
    let bare = names::without_titles(victim);
    let is_victim = |name: &String| bare.contains(name.as_str()) || name.contains(bare);
    told.suspects.retain(|name| !is_victim(name));
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
        suspects = BTreeSet::from([names::without_titles(name).to_owned()]);
    }
    let (mut found, mut evidence): (Vec<String>, Vec<(SentenceId, u32)>) = (Vec::new(), Vec::new());
    for (name, _) in people(&suspects, victim) {
        let is_of = |tokens: &[Token]| names_part(tokens, &name, victim) && is_reason(tokens);
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
    // Without a motive the other cells are not looked for.
    let mut suspects: Vec<(String, String, Vec<SentenceId>)> = people(&suspects, victim)
        .into_iter()
        .take(SUSPECTS)
        .map(|(name, word)| {
            let told = grudges.iter().filter(|(_, tokens)| names_part(tokens, &name, victim));
            let motive = told.map(|(id, _)| *id).collect();
            (name, word, motive)
        })
        .collect();
    suspects.retain(|(_, _, motive)| !motive.is_empty());
    if suspects.is_empty() {
        return Ok(None);
    }
    let things = |nouns: &BTreeSet<String>| {
        Things::of(reader, nouns.iter().filter_map(|noun| Pattern::phrase(noun)).collect())
    };
    let (means, places) = (things(&harm.means)?, things(&harm.places)?);
    let mut rows: Vec<(String, Cells)> = Vec::new();
    for (name, word, motive) in suspects {
        let who = Identity::of(reader, &name, &word)?;
        let cells = cells(reader, &harm, (&means, &places), &who, motive)?;
        rows.push((name, cells));
    }
    Ok(only_one(rows).map(|(name, cells)| cells.proof(&harm.ids, name)))
}

/// The people whom a sentence names besides the victim, who may have an adjective before the name: "Old Silas Marsh".
fn besides(text: &str, victim: &str) -> Vec<String> {
    let bare = names::without_titles(victim);
    let mut people = people_besides(text, victim);
    people.retain(|person| !(bare.contains(' ') && person.contains(bare)));
    people
}

/// Whether a sentence has a part of a name that the victim has not: beside the victim a first name is enough.
fn names_part(tokens: &[Token], name: &str, victim: &str) -> bool {
    let victims: Vec<String> = words::folded_words(victim).collect();
    let parts: Vec<String> =
        words::folded_words(name).filter(|part| !victims.contains(part)).collect();
    tokens.iter().any(|token| token.capital && parts.contains(&token.folded))
}

impl Harm {
    fn add(&mut self, reader: &Reader, read: &Read, tokens: &[Token]) -> Result<()> {
        self.ids.push(read.id);
        self.time = self.time.or(resolved(reader, &read.text)?.0);
        for (at, noun) in noun_phrases(tokens, &read.text) {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].folded.as_str());
            let list = if AT.contains(&before) { &mut self.places } else { &mut self.means };
            if list.len() < THINGS && is_thing(tokens, at, &noun) {
                list.insert(noun);
            }
        }
        for noun in with_what(tokens, &read.text) {
            if self.means.len() < THINGS {
                self.means.insert(noun);
            }
        }
        let poisons = tokens.iter().filter(|token| among(POISONS, &token.folded));
        self.means.extend(poisons.map(|token| token.folded.clone()));
        self.means.retain(|noun| !self.places.contains(noun));
        Ok(())
    }

    /// Adds the sentence behind one of the harm if it tells of a poison: "She died on Friday. Dr. Sale found …"
    fn go_on(&mut self, reader: &Reader, read: &Read) -> Result<()> {
        let layout = reader.corpus.layout(read.id.block)?;
        let next = SentenceId { sentence: read.id.sentence + 1, ..read.id };
        let behind = layout.sentences.get(next.sentence as usize);
        if behind.is_none_or(|sentence| sentence.opens_paragraph) || self.ids.contains(&next) {
            return Ok(());
        }
        for read in reader.read(&[next])? {
            let tokens = reader.tokens(&read.text);
            if tells(&tokens) && tokens.iter().any(|token| among(POISONS, &token.folded)) {
                self.add(reader, &read, &tokens)?;
            }
        }
        Ok(())
    }
}

/// The cells of a suspect with a motive; without means nobody's chance is looked for.
fn cells(
    reader: &Reader,
    harm: &Harm,
    (means, places): (&Things, &Things),
    who: &Identity,
    motive: Vec<SentenceId>,
) -> Result<Cells> {
    let mut cells = Cells { motive, ..Cells::default() };
    let read = |things: &Things| -> Result<Vec<Telling>> {
        // Without things all that is told of somebody would be of one.
        let is_any = !things.patterns.is_empty();
        let mut told = if is_any { who.tellings(reader, things)? } else { Vec::new() };
        told.retain(|told| !harm.ids.contains(&told.read.id));
        Ok(told)
    };
    for Telling { read, ties } in read(means)? {
        if tells(&reader.tokens(&read.text)) {
            cells.means.push(read.id);
            cells.means.extend(ties);
        }
    }
    if cells.means.is_empty() {
        return Ok(cells);
    }
    for Telling { read, ties } in read(places)? {
        let is_apart = match (resolved(reader, &read.text)?.0, harm.time) {
            (Some(time), Some(harmed)) => {
                let apart = (time - harmed).rem_euclid(ROUND);
                apart.min(ROUND - apart) > APART
            }
            _ => false,
        };
        if !is_apart && tells(&reader.tokens(&read.text)) {
            cells.chance.push(read.id);
            cells.chance.extend(ties);
            let list: Vec<String> = words::folded_words(&read.text).collect();
            let ties = harm.ties.iter().filter(|(noun, _)| noun.occurs_in(&list, reader.stems));
            cells.chance.extend(ties.flat_map(|(_, ids)| ids));
        }
    }
    Ok(cells)
}

/// The last word of a name without titles, or of a lone title.
fn last_name(name: &str) -> Option<&str> {
    bare(name).split_whitespace().last()
}

/// Whether a sentence of the victim tells the harm, and not why somebody else whom it names wished it, nor a harm of
/// long ago to another.
fn is_of_harm(tokens: &[Token], is_alone: bool, victim: &[String]) -> bool {
    let is_motive = |token: &Token| token.classes & MOTIVE != 0 && token.classes & HARM == 0;
    tokens.iter().any(|token| token.classes & HARM != 0 || token.folded == "body")
        && (is_alone || !tokens.iter().any(is_motive) && may_harm(tokens, victim))
}

/// Whether a sentence of the victim and another may give a reason to harm: in a word for one, or in none of good
/// company.
fn is_grudge(tokens: &[Token]) -> bool {
    let any = |holds: &dyn Fn(&Token) -> bool| tokens.iter().any(holds);
    any(&|token| token.classes & MOTIVE != 0 && token.classes & FRIENDLY == 0)
        || !any(&|token| token.classes & FRIENDLY != 0)
}

/// Whether a sentence gives somebody a reason to harm: in a word for one, or by what was never forgiven.
fn is_reason(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.classes & MOTIVE != 0) || is_unforgiven(tokens)
}

/// Whether a sentence denies nothing, but that something was forgiven.
pub(super) fn tells(tokens: &[Token]) -> bool {
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
    // "Nobody but Ines": she did.
    let but = |at: usize| tokens.get(at + 1).is_some_and(|token| token.folded == "but");
    tokens.iter().enumerate().any(|(at, token)| {
        DENIES.contains(&token.folded.as_str()) && !(token.folded == "nobody" && but(at))
            || token.folded.ends_with("n't")
            || token.folded.ends_with("n\u{2019}t")
    })
}
