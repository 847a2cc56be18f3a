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
use super::culprit::{Culprit, bare};
use super::scene::{
    AT, Crime, LONGEST, MENTIONS, THINGS, crimes, instruments, is_tied, others, people_besides,
    told_of,
};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::events::custody::{self, Held};
use crate::memory::plan::events::hours::{clock_pattern, hour_pattern, resolved};
use crate::memory::plan::language::entry::{LONGEST_LEAD, body};
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{FRIENDLY, HARM, MOTIVE, NAMING, RETRACT, TAKE};
use crate::memory::plan::language::phrases::{described, noun_phrases};
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Sentences about the crime that are cited.
const CRIME_CITED: usize = 3;
/// Longest sentence that says what somebody is called, in words.
const LONGEST_ALIAS: u32 = 18;
/// Sentences about what somebody is called that are so few that all of them are read.
const FEW: usize = 8;
/// People who may be meant by a question that names no victim.
const VICTIMS: usize = 8;
/// Words before a name that are no part of it.
const TITLES: [&str; 10] =
    ["mr", "mrs", "miss", "ms", "dr", "sir", "lord", "lady", "captain", "professor"];
/// Verbs with which somebody says or sees where somebody else was.
const SAYS: &str = "declare say claim swear state testify insist tell confirm maintain report assure vouch \
    see notice spot watch observe remember recall meet glimpse attest affirm mention depose assert aver \
    allege answer speak give pass find";

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
    let mut was_handed = false;
    for thing in found {
        // What went from hand to hand is the instrument; single words of its name tell no more.
        if was_handed && !thing.is_phrase() {
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
        let row = row(reader, &last.name, victim, &crime, &thing.noun)?;
        if row.motive.is_empty() || row.chance.is_empty() || row.is_cleared() {
            continue;
        }
        return Ok(Verdict::Proved(proof(&crime, last.name.clone(), &chain, row)));
    }
    Ok(verdict)
}

/// The answer, with everything that fills or empties a cell.
fn proof(crime: &Crime, name: String, chain: &[Held], row: Row) -> Finding {
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let ids = crime
        .sentences
        .iter()
        .map(|read| read.id)
        .take(CRIME_CITED)
        .chain(row.motive)
        .chain(chain.iter().map(|held| held.id))
        .chain(row.chance)
        .chain(row.elsewhere)
        .chain(row.retracted)
        .chain(crime.anchors.iter().copied())
        .chain(row.anchors);
    for id in ids {
        if !evidence.contains(&(id, 1)) {
            evidence.push((id, 1));
        }
    }
    Finding { answer: Some(name), evidence, incomplete: false }
}

/// Whether `text` names `name`, in full or without its titles.
fn names_person(text: &str, name: &str) -> bool {
    text.contains(bare(name))
}

/// Where it was done, if `instrument` is what it was done with: what its sentences name as a place, or else
/// whatever else they name.
fn scene(crime: &Crime, instrument: &str) -> Vec<String> {
    let apart =
        |noun: &&String| !noun.split(' ').any(|word| instrument.split(' ').any(|own| own == word));
    if crime.places.is_empty() {
        return crime.things.iter().filter(apart).cloned().collect();
    }
    crime.places.clone()
}

/// When and where somebody must have been to have done it.
struct Scene {
    time: Option<i32>,
    places: Vec<String>,
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
fn row(
    reader: &Reader,
    suspect: &str,
    victim: &str,
    crime: &Crime,
    instrument: &str,
) -> Result<Row> {
    let scene = Scene { time: crime.time, places: scene(crime, instrument) };
    let mut row = Row::default();
    let mut called: Vec<(String, SentenceId)> = Vec::new();
    let mut silent: Vec<(SentenceId, Vec<String>)> = Vec::new();
    let mut witnesses: Vec<String> = Vec::new();
    for read in mentions(reader, suspect, crime)? {
        let text = told(&read.text, suspect);
        let tokens = reader.tokens(text);
        let any = |class: u32| tokens.iter().any(|token| token.classes & class != 0);
        let with_victim = names_person(&read.text, victim);
        let n_elsewhere = row.elsewhere.len();
        if !with_victim && (any(RETRACT) || takes_back(&tokens)) {
            row.retracted.push(read.id);
        } else if with_victim && any(MOTIVE) {
            row.motive.push(read.id);
        } else if with_victim {
            // What is neither good company nor of an hour may be a reason too.
            if !place(reader, &read, suspect, &scene, &mut row)? && !any(FRIENDLY) {
                row.grudge.push(read.id);
            }
        } else if !place(reader, &read, suspect, &scene, &mut row)?
            && tokens.len() <= LONGEST_ALIAS as usize
            && (any(NAMING) || others(text, suspect) == 0)
        {
            let phrases = noun_phrases(&tokens, text).into_iter().map(|(_, noun)| noun);
            let phrases = described(&tokens, text).into_iter().chain(phrases);
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
        if is_of_others(reader, &alias, suspect)? {
            continue;
        }
        let before = row.chance.len() + row.elsewhere.len();
        for read in alias_mentions(reader, &alias, crime, &scene)? {
            place(reader, &read, &alias, &scene, &mut row)?;
        }
        if row.chance.len() + row.elsewhere.len() > before {
            row.anchors.push(id);
        }
    }
    if row.chance.is_empty() && !row.motive.is_empty() {
        by_another_name(reader, suspect, crime, &scene, &mut row)?;
    }
    Ok(row)
}

/// Looks at the scene for somebody without a name whom a sentence of its own ties to the suspect, whatever
/// its words are: it names nobody else and no time. Of the scene only sentences with a word of such a tie are read.
fn by_another_name(
    reader: &Reader,
    suspect: &str,
    crime: &Crime,
    scene: &Scene,
    row: &mut Row,
) -> Result<()> {
    let Some(named) = Pattern::phrase(suspect) else { return Ok(()) };
    let longest = LONGEST_ALIAS + LONGEST_LEAD as u32;
    let mut ties: Vec<(SentenceId, Vec<String>)> = Vec::new();
    for tie in reader.read(&reader.last_mentions(&[named], &[], longest, MENTIONS)?)? {
        let n_words = words::words(told(&tie.text, suspect)).count();
        if n_words <= LONGEST_ALIAS as usize
            && others(&tie.text, suspect) == 0
            && resolved(reader, &tie.text)?.0.is_none()
        {
            ties.push((tie.id, words::folded_words(&tie.text).collect()));
        }
    }
    let is_of_place = |word: &str| scene.places.iter().any(|place| among(place, word));
    let telling = ties.iter().flat_map(|(_, words)| words);
    let telling = telling.filter(|word| !stopwords::is_stopword(word) && !is_of_place(word));
    let telling = [Pattern::one_of("ties", telling.cloned())];
    let clock = clock_pattern();
    for place in &scene.places {
        let Some(pattern) = Pattern::phrase(place) else { continue };
        let mut ids =
            reader.last_mentions(&[pattern], std::slice::from_ref(&clock), LONGEST, THINGS)?;
        ids.retain(|id| crime.sentences.iter().all(|known| known.id != *id));
        for read in reader.read(&reader.holding(&ids, &telling)?)? {
            let (time, anchors) = resolved(reader, &read.text)?;
            if time.is_none() || time != scene.time || others(&read.text, suspect) > 0 {
                continue;
            }
            let text = body(&read.text);
            let tokens = reader.tokens(text);
            let nouns = noun_phrases(&tokens, text).into_iter().map(|(_, noun)| noun);
            let mut phrases = described(&tokens, text).into_iter().chain(nouns);
            let tie = phrases.find_map(|phrase| {
                let called =
                    Pattern::phrase(&phrase).filter(|_| !scene.places.contains(&phrase))?;
                ties.iter().rfind(|(_, words)| called.occurs_in(words, reader.stems))
            });
            if let Some((tie, _)) = tie {
                row.chance.push(read.id);
                row.anchors.extend(anchors);
                row.anchors.push(*tie);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The sentences about somebody that do not tell of the crime itself.
fn mentions(reader: &Reader, name: &str, crime: &Crime) -> Result<Vec<Read>> {
    let Some(pattern) = Pattern::phrase(name) else { return Ok(Vec::new()) };
    let mut ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    ids.retain(|id| crime.sentences.iter().all(|known| known.id != *id));
    reader.read(&ids)
}

/// Whether what somebody seems to be called stands mostly in sentences that name others: then it is what introduces
/// them, or no name for anybody.
fn is_of_others(reader: &Reader, alias: &str, suspect: &str) -> Result<bool> {
    let Some(pattern) = Pattern::phrase(alias) else { return Ok(true) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, FEW + 1)?;
    let mut n_others = 0;
    for id in &ids {
        n_others += usize::from(others(&reader.corpus.sentence(*id)?, suspect) > 0);
    }
    Ok(ids.len() > FEW && n_others * 2 > ids.len())
}

/// The sentences about what somebody is called that may tell where that one was: of many, those that name the scene, and
/// those of an hour if it was done at one.
fn alias_mentions(reader: &Reader, alias: &str, crime: &Crime, scene: &Scene) -> Result<Vec<Read>> {
    let Some(pattern) = Pattern::phrase(alias) else { return Ok(Vec::new()) };
    let mut ids = reader.last_mentions(std::slice::from_ref(&pattern), &[], LONGEST, FEW + 1)?;
    if ids.len() > FEW {
        let places: Vec<Pattern> =
            scene.places.iter().filter_map(|place| Pattern::phrase(place)).collect();
        ids = reader.last_mentions(&[pattern], &places, LONGEST, MENTIONS)?;
    }
    if let Some(time) = scene.time {
        ids = reader.holding(&ids, &[hour_pattern(time)])?;
    }
    ids.retain(|id| crime.sentences.iter().all(|known| known.id != *id));
    reader.read(&ids)
}

/// Whether something that was said is taken back.
fn takes_back(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|two| two[0].classes & TAKE != 0 && two[1].folded == "back")
}

/// A sentence without what introduces it, unless only that names the one: "Ines gave Omar an alibi: at nine both were
/// in the stable."
fn told<'t>(text: &'t str, name: &str) -> &'t str {
    let body = body(text);
    if names_person(body, name) { body } else { text }
}

/// Notes whether a sentence puts somebody, by a name or another, where it was done or elsewhere; whether
/// it names a time at all.
fn place(reader: &Reader, read: &Read, name: &str, scene: &Scene, row: &mut Row) -> Result<bool> {
    let text = told(&read.text, name);
    let (time, anchors) = resolved(reader, text)?;
    let tokens = reader.tokens(text);
    if time != scene.time || !subject_of_place(reader, text, &tokens, name) {
        return Ok(time.is_some());
    }
    let nouns = noun_phrases(&tokens, text);
    let inside = |(at, _): &&(usize, String)| *at > 0 && is_in(&tokens[at - 1].folded);
    if nouns.iter().any(|(_, noun)| scene.places.contains(noun)) {
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
