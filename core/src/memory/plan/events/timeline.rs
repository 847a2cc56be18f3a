//! The statements about a thing and those who had it, in the order of the document.
//!
//! ```text
//! statement   a sentence whose verb tells an event, or one about few people and things whose verb is unknown
//! thread      sentences right behind one that go on with a pronoun
//! teller      somebody of whom most sentences are statements
//! ```
//! In a tale nearly every sentence about somebody is a statement. In prose few are: there a sentence about a
//! thing counts only if a teller has part in it, so that the knife of a tale is none of those that a novel has.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::event::{Act, Event};
use super::inferred::inferred;
use super::statement::events;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::entry::{body, without_stamp};
use crate::memory::plan::language::grammar::{among, noun, noun_end, same_noun};
use crate::memory::plan::language::notes::spelled_out;
use crate::memory::plan::language::reported::told;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Newest mentions read of one name, and of one that has so many, its newest short ones.
const MENTIONS: usize = 96;
const SHORT_MENTIONS: usize = 512;
/// Statements of events are no longer than this, in words, and most of them than that.
const LONGEST: u32 = 24;
const SHORT: u32 = 14;
/// Sentences behind a statement that may go on with a pronoun, and where it stands in them at most.
const LONGEST_THREAD: u32 = 3;
const BEFORE_PRONOUN: usize = 3;
/// Sentences about somebody up to which all are read as statements, and the share of them, as one in so
/// many, that has to be statements for the others to be read so.
const FEW: usize = 6;
const LEAST_FILLING: usize = 5;
/// Sentences about somebody by which it is judged whether he is a teller, and people who are judged at most.
const JUDGED_BY: usize = 24;
const JUDGED: usize = 64;

/// Events by the sentences that tell them.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) events: BTreeMap<SentenceId, Vec<Event>>,
    /// Who is known to be a teller, or to be none.
    tellers: BTreeMap<String, bool>,
    /// Of which nouns it is known whether a sentence tells them to be places.
    places: BTreeMap<String, bool>,
}

impl Timeline {
    /// Adds the events of the newest statements about `name`: those that their verbs tell, and of sentences
    /// whose verbs tell nothing of `name` those that can be inferred. `thing`, which is asked for, is no place.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn gather(&mut self, reader: &Reader, name: &str, thing: &str) -> Result<()> {
        let Some(pattern) = Pattern::phrase(name) else { return Ok(()) };
        let mut statements: Vec<(Read, Vec<Event>)> = Vec::new();
        let mut silent: Vec<Read> = Vec::new();
        let reads = mentions(reader, &pattern)?;
        let (n_reads, mut n_filling) = (reads.len(), 0);
        for read in reads {
            let found = events(told(body(&said(&read.text)), name), reader.lexicon);
            n_filling += usize::from(found.iter().any(|event| event.fills && tells(event, name)));
            // "The lamp went to Ines": to somebody, who has it, or to a place of that name.
            let mut found = found;
            for event in found.iter_mut().filter(|event| event.beside) {
                // "The long gallery had Omar in it": a place, if another sentence tells so, and no thing.
                let hosts =
                    |place: &String| words::folded(&read.text).starts_with(&format!("the {place}"));
                if let Some(place) = event.place.as_ref().filter(|place| hosts(place)) {
                    event.beside = !self.is_told_place(reader, place)?;
                }
            }
            let goes =
                |event: &Event| event.act == Act::At && event.subjects == [name] && name == thing;
            let taken: Vec<Event> =
                found.iter().filter(|event| goes(event)).filter_map(given).collect();
            found.extend(taken.into_iter().filter(|event| {
                event.subjects.iter().all(|who| read.text.contains(&capitalised(who)))
            }));
            if !found.iter().any(|event| tells(event, name)) {
                silent.push(read.clone());
            }
            if !found.is_empty() {
                statements.push((read, found));
            }
        }
        // Whoever a pronoun stands for is told right before it, or not at all.
        if name == thing && !statements.is_empty() {
            silent.retain(|read| !by_pronoun(&read.text));
        }
        let in_prose = n_reads > FEW && n_filling * LEAST_FILLING < n_reads;
        // Of a thing it takes more to be that of a tale: whoever has part in it is asked.
        if name == thing && n_reads > FEW && n_filling * 2 < n_reads {
            let mut own = Vec::new();
            for (at, (read, _)) in statements.iter().enumerate().rev() {
                if self.has_teller(reader, &read.text, &statements[at].1, thing)? {
                    own.push(at);
                }
            }
            let mut kept = Vec::new();
            for read in silent.into_iter().rev() {
                if self.has_teller(reader, &read.text, &[], thing)? {
                    kept.push(read);
                }
            }
            silent = kept;
            // Without anybody who tells, all statements are read.
            if !(own.is_empty() && silent.is_empty()) {
                let mut at = 0;
                statements.retain(|_| {
                    at += 1;
                    own.contains(&(at - 1))
                });
            }
        } else if in_prose {
            silent.clear();
        }
        for (read, found) in statements {
            self.go_on(reader, &read, &found)?;
            self.add(read.id, found);
        }
        let mut places: Vec<String> = Vec::new();
        let sure = |event: &&Event| event.fills && !event.beside;
        for place in self.events.values().flatten().filter(sure).filter_map(|e| e.place.as_ref()) {
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
        for read in silent {
            let text = said(&read.text);
            let text = told(body(&text), name);
            let tokens = reader.tokens(text);
            let mut event = inferred(text, &tokens, name, &places);
            if event.is_none() {
                let told = self.told_places(reader, text, &tokens)?;
                event = inferred(text, &tokens, name, &told).filter(|event| event.place.is_some());
            }
            let placed = |event: &Event| event.place.as_ref().is_some_and(|p| same_noun(p, thing));
            self.add(read.id, event.filter(|event| !placed(event)).into_iter().collect());
        }
        Ok(())
    }

    /// Reads a place to which `thing` is brought as somebody who is given it, if he has part in events himself:
    /// "brought the lamp back to Omar".
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn give_to_people(&mut self, reader: &Reader, thing: &str) -> Result<()> {
        let brings = |event: &Event| {
            matches!(event.act, Act::Take | Act::Drop | Act::At)
                && event.object.as_deref().is_some_and(|object| same_noun(object, thing))
        };
        let mut places: Vec<(SentenceId, String)> = Vec::new();
        for (id, events) in &self.events {
            let place = events.iter().filter(|event| brings(event)).filter_map(|e| e.place.clone());
            places.extend(place.map(|place| (*id, place)));
        }
        for (id, place) in places {
            let text = reader.corpus.sentence(id)?;
            let name = capitalised(&place);
            let named = text.match_indices(name.as_str()).any(|(at, _)| {
                let before = text[..at].trim_end();
                [" to", " for"].iter().any(|to| before.ends_with(to))
            });
            if !named {
                continue;
            }
            self.gather(reader, &place, thing)?;
            let acts = |event: &Event| {
                event.subjects.iter().any(|who| same_noun(who, &place))
                    || event.recipient.as_deref().is_some_and(|who| same_noun(who, &place))
            };
            if !self.events.values().flatten().any(acts) {
                continue;
            }
            for event in self.events.get_mut(&id).into_iter().flatten().filter(|e| brings(e)) {
                if event.place.as_deref() == Some(place.as_str()) {
                    (event.act, event.recipient, event.place) =
                        (Act::Give, Some(place.clone()), None);
                }
            }
        }
        Ok(())
    }

    /// Leaves out what stands outside of `scope`, and gives places one name each.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn limit(&mut self, reader: &Reader, scope: &Scope) -> Result<()> {
        if !scope.is_everything() {
            let mut outside = Vec::new();
            for id in self.events.keys() {
                if !scope.holds_sentence(reader.corpus, *id)? {
                    outside.push(*id);
                }
            }
            self.events.retain(|id, _| !outside.contains(id));
        }
        shorten_places(&mut self.events);
        Ok(())
    }

    /// Whether somebody has part in a sentence about `thing` who is a teller.
    fn has_teller(
        &mut self,
        reader: &Reader,
        text: &str,
        found: &[Event],
        thing: &str,
    ) -> Result<bool> {
        let mut people: Vec<String> = found
            .iter()
            .flat_map(|event| event.subjects.iter().chain(&event.recipient))
            .cloned()
            .collect();
        let mut named = Vec::new();
        names::names(text, &mut named);
        people.extend(
            named.iter().map(|n| words::folded(names::without_titles(&text[n.start..n.end]))),
        );
        for who in people.into_iter().filter(|who| !who.is_empty() && !same_noun(who, thing)) {
            let known = match self.tellers.get(&who) {
                Some(known) => *known,
                None if self.tellers.len() == JUDGED => false,
                None => {
                    let is_one = is_teller(reader, &who)?;
                    self.tellers.insert(who, is_one);
                    is_one
                }
            };
            if known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The nouns of a sentence that another one tells to be places: "to the attic", "in the attic".
    fn told_places(
        &mut self,
        reader: &Reader,
        text: &str,
        tokens: &[Token],
    ) -> Result<Vec<String>> {
        let mut told = Vec::new();
        for at in 0..tokens.len() {
            let end = noun_end(text, tokens, at);
            if !among("the a his her their", &tokens[at].folded) || end < at + 2 {
                continue;
            }
            let place = noun(&tokens[at..end]);
            if self.is_told_place(reader, &place)? {
                told.push(place);
            }
        }
        Ok(told)
    }

    /// Whether a sentence says "to the", "into the", "in the" or "at the" before a noun.
    fn is_told_place(&mut self, reader: &Reader, noun: &str) -> Result<bool> {
        if let Some(known) = self.places.get(noun) {
            return Ok(*known);
        }
        let phrase = |before| Pattern::phrase(&format!("{before} {noun}"));
        let phrases: Vec<Pattern> =
            ["to the", "into the", "in the", "at the"].into_iter().filter_map(phrase).collect();
        let is_told = !reader.last_mentions(&[], &phrases, LONGEST, 1)?.is_empty();
        self.places.insert(noun.to_owned(), is_told);
        Ok(is_told)
    }

    /// Adds the events of the sentences right behind a statement that go on with a pronoun for whoever or
    /// whatever it told of: "Then she went to the attic", "Omar passed it on".
    fn go_on(&mut self, reader: &Reader, read: &Read, found: &[Event]) -> Result<()> {
        let Some(last) = found.last().filter(|last| !last.subjects.is_empty()) else {
            return Ok(());
        };
        let names: Vec<String> = last.subjects.iter().map(|name| capitalised(name)).collect();
        let mut object = found.iter().rev().find_map(|event| event.object.clone());
        let at = read.id.sentence as usize;
        let block = reader.corpus.excerpt(read.id.block, at..at + 1 + LONGEST_THREAD as usize)?;
        for sentence in read.id.sentence + 1..=read.id.sentence + LONGEST_THREAD {
            let id = SentenceId { sentence, ..read.id };
            if sentence as usize >= block.layout.sentences.len() {
                break;
            }
            let text = block.sentences(sentence as usize..sentence as usize + 1).trim();
            // Another paragraph speaks of somebody else.
            let before = block.sentences(sentence as usize - 1..sentence as usize + 1);
            if before.trim().contains("\n\n") {
                break;
            }
            let Some(named) = resolved(text, &names, object.as_deref()) else { break };
            if !reader.admits(id)? {
                break;
            }
            let told = events(&named, reader.lexicon);
            if told.is_empty() {
                break;
            }
            object = told.iter().rev().find_map(|event| event.object.clone()).or(object);
            self.add(id, told);
        }
        Ok(())
    }

    /// Adds what a sentence tells to what it told of others.
    fn add(&mut self, id: SentenceId, found: Vec<Event>) {
        if found.is_empty() {
            return;
        }
        let known = self.events.entry(id).or_default();
        for event in found {
            if !known.contains(&event) {
                known.push(event);
            }
        }
    }
}

/// The newest sentences about a name that may be statements.
fn mentions(reader: &Reader, pattern: &Pattern) -> Result<Vec<Read>> {
    let pattern = std::slice::from_ref(pattern);
    let mut ids = reader.last_mentions(pattern, &[], LONGEST, MENTIONS)?;
    if ids.len() == MENTIONS {
        ids.extend(reader.last_mentions(pattern, &[], SHORT, SHORT_MENTIONS)?);
    }
    reader.read(&ids)
}

/// What a sentence says, notes and speech spelled out.
fn said(text: &str) -> Cow<'_, str> {
    let text = without_stamp(text);
    spelled_out(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether an event is one of `name`.
fn tells(event: &Event, name: &str) -> bool {
    let mut who = event.subjects.iter().chain(&event.object).chain(&event.recipient);
    who.any(|noun| same_noun(noun, name))
}

/// Whether a pronoun does what a sentence tells.
fn by_pronoun(text: &str) -> bool {
    words::words(text)
        .take(BEFORE_PRONOUN)
        .any(|word| among("he she they we i", &words::folded(&text[word.start..word.end])))
}

/// Whether most sentences about somebody are statements.
fn is_teller(reader: &Reader, who: &str) -> Result<bool> {
    let Some(pattern) = Pattern::phrase(who) else { return Ok(false) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, JUDGED_BY)?;
    let least = if ids.len() <= FEW { 2 } else { ids.len().div_ceil(LEAST_FILLING).max(2) };
    let mut n_filling = 0;
    // No more are read than it takes.
    for (at, id) in ids.iter().enumerate() {
        if n_filling >= least || n_filling + ids.len() - at < least {
            break;
        }
        for read in reader.read(std::slice::from_ref(id))? {
            let found = events(told(body(&said(&read.text)), who), reader.lexicon);
            n_filling += usize::from(found.iter().any(|event| event.fills && tells(event, who)));
        }
    }
    Ok(n_filling >= least)
}

/// Something that comes to somebody, as what he has from then on.
fn given(event: &Event) -> Option<Event> {
    let who = event.place.clone()?;
    let object = event.subjects.first().cloned();
    Some(Event { act: Act::Take, subjects: vec![who], object, place: None, ..event.clone() })
}

/// A folded name with capitals.
fn capitalised(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str())
    };
    name.split(' ').filter_map(capital).collect::<Vec<_>>().join(" ")
}

/// A sentence with names in place of the pronoun that it opens with, and of "it" behind its verb; `None` if it
/// has neither, or is too long.
fn resolved(text: &str, names: &[String], object: Option<&str>) -> Option<String> {
    let list: Vec<words::Word> = words::words(text).collect();
    if list.len() > LONGEST as usize {
        return None;
    }
    let folded = |word: &words::Word| words::folded(&text[word.start..word.end]);
    let wanted = if names.len() > 1 { "they both" } else { "he she" };
    let subject = list.iter().take(BEFORE_PRONOUN + 1).find(|word| among(wanted, &folded(word)));
    let thing = object.and_then(|object| {
        let at = list.iter().skip(2).position(|word| among("it them", &folded(word)))? + 2;
        // "It" of the sentence itself: a thing with a determiner stands before it.
        let own = list[..at].iter().any(|word| among("the a an his her", &folded(word)));
        (!own).then(|| (list[at].start..list[at].end, format!("the {object}")))
    });
    let subject = subject.map(|word| (word.start..word.end, names.join(" and ")));
    if subject.is_none() && thing.is_none() {
        return None;
    }
    let mut out = text.to_owned();
    // From behind, so that places before stay.
    let mut parts: Vec<_> = [thing, subject].into_iter().flatten().collect();
    parts.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, put) in parts {
        out.replace_range(range, &put);
    }
    Some(out)
}

/// Gives places the shortest name that other events have for them: what stands behind a noun may be no part of
/// it, as in "went to the attic humming".
fn shorten_places(timeline: &mut BTreeMap<SentenceId, Vec<Event>>) {
    let all = timeline.values().flatten().filter_map(|event| event.place.clone());
    let known: BTreeSet<String> = all.collect();
    for place in timeline.values_mut().flatten().filter_map(|event| event.place.as_mut()) {
        let opens = |shorter: &&String| {
            place.strip_prefix(shorter.as_str()).is_some_and(|rest| rest.starts_with(' '))
        };
        if let Some(shorter) = known.iter().find(opens) {
            place.clone_from(shorter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pronouns_give_way_to_names_in_any_order() {
        let names = ["Ines".to_owned()];
        for (text, wanted) in [
            ("Then she took it along.", "Then Ines took the lamp along."),
            ("Because of it he left.", "Because of the lamp Ines left."),
        ] {
            assert_eq!(resolved(text, &names, Some("lamp")).as_deref(), Some(wanted));
        }
    }
}
