//! What a text tells of one suspect, by the hour of the crime: a row of the table.
//!
//! ```text
//! motive     sentences of the suspect and the victim; without any of them nothing else is read
//! hour       sentences of the hour at which it was done: there, or elsewhere
//! called     what the suspect is called, and where whoever is called so was at that hour
//! retracted  where somebody says that the suspect was elsewhere, whatever takes that back
//! ```
//! What a sentence may tell is known by its words before it is read.

use super::culprit::bare;
use super::scene::{AT, Crime, LONGEST, MENTIONS, THINGS, others, people_besides};
use super::table::Cells;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::events::hours::{clock_pattern, hour_pattern, resolved};
use crate::memory::plan::language::entry::body;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{FRIENDLY, MOTIVE, NAMING, RETRACT, TAKE};
use crate::memory::plan::language::phrases::{described, noun_phrases};
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Longest sentence that says what somebody is called, in words.
const LONGEST_ALIAS: usize = 18;
/// Sentences about what somebody is called that tell whether that is of others.
const FEW: usize = 8;
/// Verbs with which somebody says or sees where somebody else was.
const SAYS: &str = "declare say claim swear state testify insist tell confirm maintain report assure vouch \
    see notice spot watch observe remember recall meet glimpse attest affirm mention depose assert aver \
    allege answer speak give pass find";

/// When and where somebody must have been to have done it.
struct Scene {
    time: Option<i32>,
    places: Vec<String>,
}

/// Where it was done, if `instrument` is what it was done with: what its sentences name as a place, or else
/// whatever else they name.
fn places(crime: &Crime, instrument: &str) -> Vec<String> {
    let apart =
        |noun: &&String| !noun.split(' ').any(|word| instrument.split(' ').any(|own| own == word));
    if crime.places.is_empty() {
        return crime.things.iter().filter(apart).cloned().collect();
    }
    crime.places.clone()
}

/// The sentences of a suspect, by what their words say that they may tell. They are not read yet.
#[derive(Default)]
struct Mentions {
    all: Vec<SentenceId>,
    /// Of the victim too: a motive, or an hour.
    beside_victim: Vec<SentenceId>,
    /// Of the hour of the crime; of its place, if the hour is not known.
    of_hour: Vec<SentenceId>,
    /// Those of anything else but good company.
    rest: Vec<SentenceId>,
}

impl Mentions {
    fn of(
        reader: &Reader,
        suspect: &str,
        victim: &str,
        crime: &Crime,
        scene: &Scene,
    ) -> Result<Self> {
        let mut found = Self::default();
        let (Some(named), Some(victim)) = (Pattern::phrase(suspect), Pattern::phrase(bare(victim)))
        else {
            return Ok(found);
        };
        found.all = reader.last_mentions(&[named], &[], LONGEST, MENTIONS)?;
        found.all.retain(|id| crime.sentences.iter().all(|known| known.id != *id));
        const VICTIM: u64 = 1;
        const COMPANY: u64 = 1 << 1;
        const REASON: u64 = 1 << 2;
        const OTHER: u64 = 1 << 3;
        const HOUR: u64 = !(VICTIM | COMPANY | REASON | OTHER);
        let back = ["back".to_owned()];
        let other = reader.lexicon.forms(NAMING | RETRACT).into_iter().chain(back);
        let mut patterns = vec![
            victim,
            reader.class_pattern("company", FRIENDLY),
            reader.class_pattern("reason", MOTIVE),
            Pattern::one_of("other", other),
        ];
        match scene.time {
            Some(time) => patterns.push(hour_pattern(time)),
            None => patterns.extend(
                scene.places.iter().take(THINGS).filter_map(|place| Pattern::phrase(place)),
            ),
        }
        for (id, mask) in reader.marked(&found.all, &patterns)? {
            let has = |bits: u64| mask & bits != 0;
            if has(VICTIM) {
                found.beside_victim.extend((has(REASON | HOUR) || !has(COMPANY)).then_some(id));
            } else if has(HOUR) {
                found.of_hour.push(id);
            } else if has(OTHER) || !has(COMPANY) {
                found.rest.push(id);
            }
        }
        Ok(found)
    }
}

/// Reads what the text says of a suspect, under his name and under what he is called.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(super) fn row(
    reader: &Reader,
    suspect: &str,
    victim: &str,
    crime: &Crime,
    instrument: &str,
) -> Result<Cells> {
    let scene = Scene { time: crime.time, places: places(crime, instrument) };
    let mentions = Mentions::of(reader, suspect, victim, crime, &scene)?;
    let mut row = Cells::default();
    // What is neither good company nor of an hour may be a reason too.
    let mut grudges: Vec<SentenceId> = Vec::new();
    for read in reader.read(&mentions.beside_victim)? {
        let tokens = reader.tokens(told(&read.text, suspect));
        if has(&tokens, MOTIVE) {
            row.motive.push(read.id);
        } else if !place(reader, &read, suspect, &scene, &mut row)? && !has(&tokens, FRIENDLY) {
            grudges.push(read.id);
        }
    }
    if row.motive.is_empty() {
        row.motive = grudges;
    }
    if row.motive.is_empty() {
        return Ok(row);
    }
    let mut witnesses: Vec<String> = Vec::new();
    let mut rest: Vec<Read> = Vec::new();
    for read in reader.read(&mentions.of_hour)? {
        let n_elsewhere = row.elsewhere.len();
        if takes_back(&reader.tokens(told(&read.text, suspect))) {
            row.retracted.push(read.id);
        } else if !place(reader, &read, suspect, &scene, &mut row)? {
            rest.push(read);
        } else if row.elsewhere.len() > n_elsewhere {
            witnesses.extend(people_besides(&read.text, suspect));
        }
    }
    rest.extend(reader.read(&mentions.rest)?);
    let called = row.note_rest(reader, &rest, suspect, &witnesses)?;
    row.look_for_aliases(reader, called, suspect, crime, &scene)?;
    if row.chance.is_empty() {
        by_another_name(reader, suspect, &mentions.all, crime, &scene, &mut row)?;
    }
    if row.elsewhere.is_empty() {
        row.retracted.clear();
    }
    Ok(row)
}

impl Cells {
    /// Notes what takes back that the suspect was elsewhere; what the suspect is called comes back, with the sentences
    /// that say so.
    fn note_rest(
        &mut self,
        reader: &Reader,
        rest: &[Read],
        suspect: &str,
        witnesses: &[String],
    ) -> Result<Vec<(String, SentenceId)>> {
        let mut called: Vec<(String, SentenceId)> = Vec::new();
        let mut again = None;
        for read in rest {
            let text = told(&read.text, suspect);
            let tokens = reader.tokens(text);
            if takes_back(&tokens) {
                self.retracted.push(read.id);
                continue;
            }
            let is_dated = resolved(reader, text)?.0.is_some();
            let is_short = tokens.len() <= LONGEST_ALIAS;
            if !is_dated && is_short && (has(&tokens, NAMING) || others(text, suspect) == 0) {
                let phrases = noun_phrases(&tokens, text).into_iter().map(|(_, noun)| noun);
                let phrases = described(&tokens, text).into_iter().chain(phrases);
                let phrases = phrases.filter(|noun| noun.contains(' '));
                called.extend(phrases.map(|noun| (noun, read.id)));
            } else if !is_dated && again.is_none() && !has(&tokens, FRIENDLY) {
                // What a witness said for somebody is taken back by whatever else is told of the two, unless it is
                // of their good company.
                let people = people_besides(&read.text, suspect);
                again = people.iter().any(|name| witnesses.contains(name)).then_some(read.id);
            }
        }
        if self.retracted.is_empty() && self.elsewhere.len() == 1 {
            self.retracted.extend(again);
        }
        called.truncate(THINGS);
        Ok(called)
    }

    /// Notes where whoever is called so was at the hour of the crime.
    fn look_for_aliases(
        &mut self,
        reader: &Reader,
        called: Vec<(String, SentenceId)>,
        suspect: &str,
        crime: &Crime,
        scene: &Scene,
    ) -> Result<()> {
        for (alias, id) in called {
            let ids = alias_mentions(reader, &alias, crime, scene)?;
            if ids.is_empty() || is_of_others(reader, &alias, suspect)? {
                continue;
            }
            let before = self.chance.len() + self.elsewhere.len();
            for read in reader.read(&ids)? {
                place(reader, &read, &alias, scene, self)?;
            }
            if self.chance.len() + self.elsewhere.len() > before {
                self.ties.push(id);
            }
        }
        Ok(())
    }
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
/// those of an hour if it was done at one. They are not read yet.
fn alias_mentions(
    reader: &Reader,
    alias: &str,
    crime: &Crime,
    scene: &Scene,
) -> Result<Vec<SentenceId>> {
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
    Ok(ids)
}

/// Looks at the scene for somebody without a name whom a sentence of its own ties to the suspect, whatever
/// its words are: it names nobody else and no time. Of the scene only sentences with a word of such a tie are read.
fn by_another_name(
    reader: &Reader,
    suspect: &str,
    mentions: &[SentenceId],
    crime: &Crime,
    scene: &Scene,
    row: &mut Cells,
) -> Result<()> {
    let mut ties: Vec<(SentenceId, Vec<String>)> = Vec::new();
    for tie in reader.read(mentions)? {
        let n_words = words::words(told(&tie.text, suspect)).count();
        if n_words <= LONGEST_ALIAS
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
                row.ties.extend(anchors);
                row.ties.push(*tie);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether a sentence has a word of a class.
fn has(tokens: &[Token], class: u32) -> bool {
    tokens.iter().any(|token| token.classes & class != 0)
}

/// Whether something that was said is taken back.
fn takes_back(tokens: &[Token]) -> bool {
    has(tokens, RETRACT)
        || tokens.windows(2).any(|two| two[0].classes & TAKE != 0 && two[1].folded == "back")
}

/// A sentence without what introduces it, unless only that names the one: "Ines gave Omar an alibi: at nine both were
/// in the stable."
fn told<'t>(text: &'t str, name: &str) -> &'t str {
    let body = body(text);
    if body.contains(bare(name)) { body } else { text }
}

/// Notes whether a sentence puts somebody, by a name or another, where it was done or elsewhere; whether
/// it names a time at all.
fn place(reader: &Reader, read: &Read, name: &str, scene: &Scene, row: &mut Cells) -> Result<bool> {
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
        row.ties.extend(anchors);
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
