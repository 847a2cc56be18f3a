//! The plan for questions about where something is and who has it: replay the events in order.
//!
//! Only short sentences that name the thing asked for, or somebody who held it, are read, the newest ones
//! of each up to a constant. A thing is where its holder
//! is; when it is put down it stays where the holder was. The evidence is the event that gave the
//! holder the thing and the one that brought him there.

use std::collections::BTreeMap;

use super::asked::{Asked, Part, StateQuestion};
use super::event::{Act, Event};
use super::statement::events;
use super::timeline::Timeline;
use super::whereabouts::says_nothing;
use crate::error::Result;
use crate::memory::answer::spans::is_time_word;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::grammar::{DETERMINERS, among, noun_end, same_noun};
use crate::memory::plan::language::phrasing::is_place_noun;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::reader::{Reader, Token};
use crate::memory::segment::words::is_ideograph;

/// Holders of the thing whose ways are followed.
const HOLDERS: usize = 8;
/// Things within each other that are followed, sentences up to which a place may be one, and their words at most.
const NESTED: usize = 4;
const FEW: usize = 6;
const STATED: u32 = 14;

/// One step of a thing's way: where it came, and the sentences that show it.
#[derive(Debug, Clone)]
struct Stop {
    place: String,
    evidence: Vec<SentenceId>,
}

/// What somebody did with the thing: took it, put it down, or came somewhere with it.
#[derive(Debug, Clone)]
struct Handled {
    who: String,
    act: Act,
    stop: Stop,
}

/// The replay for one thing.
#[derive(Debug, Default)]
struct Replay {
    /// The nouns that are told to be places.
    known: Vec<String>,
    /// Where everybody is, and since which sentence.
    places: BTreeMap<String, (String, SentenceId)>,
    /// Who has the thing, and since which sentence.
    holder: Option<(String, SentenceId)>,
    stops: Vec<Stop>,
    handled: Vec<Handled>,
    /// Who had it, one after the other.
    holders: Vec<(String, SentenceId)>,
    /// Who took it or put it down.
    did: Vec<(String, Act, SentenceId)>,
    /// What the thing itself holds, if it is somebody.
    held: Vec<(String, SentenceId)>,
    /// Where it last gave something out of hand.
    emptied: Option<SentenceId>,
    last_drop: Option<SentenceId>,
    /// Giver, object, recipient, in order.
    gifts: Vec<(Option<String>, String, String, SentenceId)>,
    denied: Option<(String, SentenceId)>,
    /// The places at one of which the thing is.
    open: Vec<(String, SentenceId)>,
}

impl Replay {
    fn stop(&mut self, place: &str, evidence: Vec<SentenceId>) {
        // "Went to Ines": somebody is no place.
        if self.places.contains_key(place) {
            return;
        }
        match self.stops.last_mut() {
            Some(last) if last.place == place => last.evidence = evidence,
            _ => self.stops.push(Stop { place: place.to_owned(), evidence }),
        }
    }

    /// The same where somebody did something with the thing there.
    fn handle(&mut self, who: &str, act: Act, place: &str, evidence: Vec<SentenceId>) {
        let stop = Stop { place: place.to_owned(), evidence: evidence.clone() };
        self.handled.push(Handled { who: who.to_owned(), act, stop });
        self.stop(place, evidence);
    }

    fn held_by(&mut self, who: &str, id: SentenceId) {
        let known = self.holders.last().is_some_and(|(last, _)| same_noun(last, who));
        if !known && !who.is_empty() {
            self.holders.push((who.to_owned(), id));
        }
    }

    fn apply(&mut self, thing: &str, event: &Event, id: SentenceId) {
        if let (Act::Give, Some(object), Some(recipient)) =
            (event.act, &event.object, &event.recipient)
        {
            let giver = event.subjects.first().filter(|name| !name.is_empty()).cloned();
            self.gifts.push((giver, object.clone(), recipient.clone(), id));
        }
        let of_thing = event.object.as_deref().is_some_and(|object| same_noun(object, thing));
        // What somebody does with a thing in words that tell nothing: he takes it, or he had it.
        let act = match event.act {
            Act::Handle => {
                let has = |who: &String| {
                    self.holder.as_ref().is_some_and(|(holder, _)| same_noun(holder, who))
                };
                if event.subjects.iter().any(has) { Act::Drop } else { Act::Take }
            }
            act => act,
        };
        for subject in &event.subjects {
            let itself = same_noun(subject, thing);
            // "By the door": a thing of the place where somebody is, unless it is told to be a place.
            let place = event.place.as_ref().filter(|place| {
                let known = || self.known.iter().any(|known| same_noun(known, place));
                !event.beside || !self.places.contains_key(subject) || known()
            });
            if itself && let Some(object) = &event.object {
                let n_held = self.held.len();
                self.held.retain(|(held, _)| !same_noun(held, object));
                if self.held.len() < n_held {
                    self.emptied = Some(id);
                }
                if act == Act::Take {
                    self.held.push((object.clone(), id));
                }
            }
            if of_thing && matches!(act, Act::Take | Act::Drop) {
                self.did.push((subject.clone(), act, id));
            }
            match act {
                Act::Take if of_thing => {
                    self.holder = Some((subject.clone(), id));
                    self.held_by(subject, id);
                    if let Some((place, since)) = self.places.get(subject).cloned() {
                        self.handle(subject, act, &place, vec![id, since]);
                    }
                }
                Act::Drop if of_thing => {
                    // "Was left there": by whoever had it.
                    let holder = self.holder.as_ref().map(|(holder, _)| holder.clone());
                    let unknown = subject.is_empty();
                    if unknown && holder.is_none() && place.is_none() {
                        continue;
                    }
                    let subject = &holder.filter(|_| unknown).unwrap_or_else(|| subject.clone());
                    let had = self.holder.take().map(|(_, since)| since);
                    self.last_drop = Some(id);
                    match (place, self.places.get(subject).cloned()) {
                        (Some(place), _) => self.handle(subject, act, place, vec![id]),
                        (None, Some((place, since))) => {
                            let evidence = [id, since].into_iter().chain(had).collect();
                            self.handle(subject, act, &place, evidence);
                        }
                        (None, None) => {}
                    }
                }
                // "Moved the lamp to the barn."
                Act::At if of_thing => {
                    if let Some(place) = place {
                        self.holder = None;
                        self.handle(subject, Act::Drop, place, vec![id]);
                    }
                }
                Act::Give if of_thing => {
                    self.did.push((subject.clone(), Act::Drop, id));
                    self.held_by(subject, id);
                    if let Some(recipient) = &event.recipient {
                        self.held_by(recipient, id);
                        self.did.push((recipient.clone(), Act::Take, id));
                        self.holder = Some((recipient.clone(), id));
                        if let Some((place, since)) = self.places.get(recipient).cloned() {
                            self.stop(&place, vec![id, since]);
                        }
                    }
                }
                Act::MayBeAt => {
                    self.places.remove(subject);
                    if itself {
                        self.open.retain(|(_, since)| *since == id);
                        self.open.extend(event.place.clone().map(|place| (place, id)));
                        self.stops.clear();
                    }
                }
                Act::NotAt => {
                    self.places.remove(subject);
                    if itself {
                        self.denied = event.place.clone().map(|place| (place, id));
                        self.stops.clear();
                    }
                }
                _ => {}
            }
            let sure = !matches!(act, Act::NotAt | Act::MayBeAt);
            if let (Some(place), true) = (place, sure) {
                if act != Act::Drop {
                    self.places.insert(subject.clone(), (place.clone(), id));
                }
                if itself {
                    self.denied = None;
                    self.open.clear();
                    self.stop(place, vec![id]);
                } else if let Some((holder, since)) = self.holder.clone()
                    && same_noun(&holder, subject)
                    && act != Act::Drop
                {
                    self.handle(subject, Act::Handle, place, vec![since, id]);
                }
            }
        }
        if let (Act::Give, Some(recipient), Some(object)) =
            (event.act, &event.recipient, &event.object)
            && same_noun(recipient, thing)
        {
            self.held.push((object.clone(), id));
        }
    }
}

/// Answers a question about the state of the world; `None` if the text states none.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn state(reader: &Reader, question: &StateQuestion, scope: &Scope) -> Result<Option<Finding>> {
    let mut timeline = Timeline::default();
    let mut thing = question.thing.as_str();
    timeline.gather(reader, thing, thing)?;
    // "The lamp repose": a verb that says nothing may stand behind the thing.
    while timeline.events.is_empty()
        && let Some((shorter, last)) = thing.rsplit_once(' ')
        && says_nothing(last)
    {
        thing = shorter;
        timeline.gather(reader, thing, thing)?;
    }
    let mut followed = vec![thing.to_owned()];
    let asks_place = !matches!(
        question.asked,
        Asked::Holder
            | Asked::HolderBefore(_)
            | Asked::FirstHolder
            | Asked::LastHolder
            | Asked::Has(_)
            | Asked::Doer(_)
            | Asked::Held { .. }
            | Asked::Gift { .. }
    );
    while asks_place && followed.len() <= HOLDERS {
        let next = timeline
            .events
            .values()
            .rev()
            .flatten()
            .filter(|event| event.object.as_deref().is_some_and(|o| same_noun(o, thing)))
            .flat_map(|event| event.subjects.iter().chain(&event.recipient))
            .find(|name| !followed.iter().any(|known| same_noun(known, name)))
            .cloned();
        let Some(next) = next else { break };
        timeline.gather(reader, &next, thing)?;
        followed.push(next);
    }
    timeline.give_to_people(reader, thing)?;
    timeline.limit(reader, scope)?;
    let timeline = timeline.events;
    // Where most statements fill their sentences, the others are turns of phrase.
    let n_events = timeline.values().flatten().count();
    let n_filling = timeline.values().flatten().filter(|event| event.fills).count();
    let strict = n_filling * 2 >= n_events;
    let told = timeline
        .values()
        .flatten()
        .filter(|event| event.act == Act::At && !event.beside && (event.fills || !strict));
    let known = told.filter_map(|event| event.place.clone()).collect();
    let mut replay = Replay { known, ..Replay::default() };
    // What else names a place that others tell of, or the thing itself, belongs to them.
    let of_tale = |replay: &Replay, event: &Event| {
        let known = |noun: &String| replay.known.iter().any(|place| same_noun(place, noun));
        event.place.as_ref().is_some_and(known)
            || event.object.as_deref().is_some_and(|object| same_noun(object, thing))
    };
    for (id, events) in &timeline {
        for event in events {
            if strict && !event.fills && !of_tale(&replay, event) {
                continue;
            }
            replay.apply(thing, event, *id);
        }
    }
    let Some((mut said, mut evidence)) = answer(&question.asked, replay) else { return Ok(None) };
    if let (Asked::Place, Said::Nouns(_, nouns)) = (&question.asked, &said)
        && let [place] = nouns.as_slice()
    {
        let place = place.clone();
        let around = containers(reader, &place, scope)?;
        if !around.is_empty() {
            let (outer, ids): (Vec<String>, Vec<SentenceId>) = around.into_iter().unzip();
            evidence.extend(ids);
            said = Said::Inside([vec![place], outer].concat());
        }
    }
    let written = |nouns: &[String]| -> Result<Vec<String>> {
        nouns.iter().map(|noun| as_written(reader, &evidence, noun)).collect()
    };
    let answer = match said {
        Said::Words(words) => words,
        Said::Nouns(before, nouns) => before + &written(&nouns)?.join(", "),
        Said::Either(nouns) => written(&nouns)?.join(" or "),
        Said::Inside(nouns) => {
            let written = written(&nouns)?;
            let chinese = written[0].chars().any(is_ideograph);
            written.join(if chinese { "，在" } else { " in the " })
        }
    };
    let evidence = evidence.into_iter().map(|id| (id, 1)).collect();
    Ok(Some(Finding { answer: Some(answer), evidence, ..Finding::default() }))
}

/// What `place`, which may be a thing, is in, and what that is in, each with the sentence that says so: a key in a
/// box in a car. Of what many sentences speak it is a place of the tale.
///
/// # Errors
/// If the store cannot be read or is damaged.
fn containers(reader: &Reader, place: &str, scope: &Scope) -> Result<Vec<(String, SentenceId)>> {
    let mut out: Vec<(String, SentenceId)> = Vec::new();
    while out.len() < NESTED {
        let inner = out.last().map_or(place, |(outer, _)| outer.as_str()).to_owned();
        let Some(pattern) = Pattern::phrase(&inner) else { break };
        let ids = reader.last_mentions(&[pattern], &[], STATED, FEW + 1)?;
        if ids.len() > FEW {
            break;
        }
        let mut found = None;
        for read in reader.read(&ids)?.into_iter().rev() {
            let is_in = |event: &Event| {
                event.act == Act::At
                    && event.fills
                    && !event.beside
                    && event.subjects == [inner.as_str()]
            };
            let outer = events(&read.text, reader.lexicon).into_iter().find(is_in);
            if let Some(outer) = outer.and_then(|event| event.place)
                && scope.holds_sentence(reader.corpus, read.id)?
            {
                found = Some((outer, read.id));
                break;
            }
        }
        let known = |outer: &str| outer == place || out.iter().any(|(known, _)| known == outer);
        match found {
            Some((outer, id)) if !known(&outer) => out.push((outer, id)),
            _ => break,
        }
    }
    Ok(out)
}

/// A noun as the newest of the sentences writes it, with what "of" ties to it: "the foot of the cliff".
fn as_written(reader: &Reader, evidence: &[SentenceId], folded: &str) -> Result<String> {
    let noun = reader.as_written(evidence, folded)?;
    for id in evidence.iter().rev() {
        let text = reader.corpus.sentence(*id)?;
        let Some(at) = text.find(noun.as_str()) else { continue };
        let behind = &text[at + noun.len()..];
        if let Some(owned) = behind.strip_prefix("'s").or_else(|| behind.strip_prefix("\u{2019}s"))
        {
            // "The barber's", with nothing behind it.
            let ends = !owned.starts_with(' ');
            return Ok(if ends { format!("{noun}'s") } else { noun });
        }
        if behind.starts_with(" of ") {
            let tokens = reader.tokens(behind);
            let end = noun_end(behind, &tokens, 1);
            return Ok(if end > 1 {
                one_line(&text[at..at + noun.len() + tokens[end - 1].end])
            } else {
                noun
            });
        }
        // "The room behind the altar": a general noun is told by where it is.
        let head = noun.rsplit(' ').next().unwrap_or_default();
        if is_place_noun(&head.to_lowercase())
            && let Some(end) = located(behind, &reader.tokens(behind))
        {
            return Ok(one_line(&text[at..at + noun.len() + end]));
        }
        break;
    }
    Ok(noun)
}

/// Where the phrases end with which `behind`, what stands behind a noun, says where that is: "at the end of the
/// corridor", "behind the altar"; `None` if it does not begin with one.
fn located(behind: &str, tokens: &[Token]) -> Option<usize> {
    const WHERE: &str = "at above behind below beneath beside near next over opposite under with";
    let first = tokens.first().filter(|token| among(WHERE, &token.folded))?;
    let mut end = None;
    let mut at = 1 + usize::from(first.folded == "next");
    while tokens.get(at).is_some_and(|token| among(DETERMINERS, &token.folded)) {
        let last = noun_end(behind, tokens, at);
        if last == at + 1 || is_time_word(&tokens[last - 1].folded) {
            break;
        }
        end = Some(tokens[last - 1].end);
        if tokens.get(last).is_none_or(|token| token.folded != "of") {
            break;
        }
        at = last + 1;
    }
    end.filter(|_| behind.starts_with(' '))
}

/// An answer before it is written.
#[derive(Debug)]
enum Said {
    /// Words of this program.
    Words(String),
    /// Words of this program, and folded nouns of the text.
    Nouns(String, Vec<String>),
    /// Folded nouns of the text, one of which it is.
    Either(Vec<String>),
    /// Folded nouns of the text, each in the next.
    Inside(Vec<String>),
}

impl Said {
    fn noun(noun: String) -> Self {
        Self::Nouns(String::new(), vec![noun])
    }
}

fn answer(asked: &Asked, replay: Replay) -> Option<(Said, Vec<SentenceId>)> {
    let current = replay.stops.last().cloned();
    match asked {
        Asked::Place if !replay.open.is_empty() && current.is_none() => {
            let (places, ids): (Vec<String>, Vec<SentenceId>) = replay.open.into_iter().unzip();
            Some((Said::Either(places), ids.into_iter().take(1).collect()))
        }
        Asked::Place => current.map(|stop| (Said::noun(stop.place), stop.evidence)),
        Asked::Earlier => {
            let before = replay.stops.iter().rev().nth(1)?;
            let evidence = before.evidence.iter().chain(&current?.evidence).copied().collect();
            Some((Said::noun(before.place.clone()), evidence))
        }
        Asked::PlaceOf { who, act } => {
            let fits = |handled: &Handled| {
                same_noun(&handled.who, who) && (*act == Act::Handle || handled.act == *act)
            };
            let stop = replay.handled.into_iter().rfind(fits)?.stop;
            Some((Said::noun(stop.place), stop.evidence))
        }
        Asked::PlaceBefore(place) => {
            let at = replay.stops.iter().rposition(|stop| same_noun(&stop.place, place))?;
            let before = replay.stops.get(at.checked_sub(1)?)?;
            let mut evidence = before.evidence.clone();
            evidence.extend(&replay.stops[at].evidence);
            Some((Said::noun(before.place.clone()), evidence))
        }
        Asked::PlaceAfter(place) => {
            let at = replay.stops.iter().rposition(|stop| same_noun(&stop.place, place))?;
            let after = replay.stops.get(at + 1)?;
            let mut evidence = after.evidence.clone();
            evidence.extend(&replay.stops[at].evidence);
            Some((Said::noun(after.place.clone()), evidence))
        }
        Asked::IsAt(place) if !replay.open.is_empty() && current.is_none() => {
            let may = replay.open.iter().any(|(open, _)| same_noun(open, place));
            let says = if may { "Maybe" } else { "No" };
            Some((Said::Words(says.to_owned()), vec![replay.open[0].1]))
        }
        Asked::IsAt(place) => match (&replay.denied, current) {
            (Some((denied, id)), None) if same_noun(denied, place) => {
                Some((Said::Words("No".to_owned()), vec![*id]))
            }
            (_, Some(stop)) => {
                let says = if same_noun(&stop.place, place) {
                    Said::Words("Yes".to_owned())
                } else {
                    Said::Nouns("No: ".to_owned(), vec![stop.place])
                };
                Some((says, stop.evidence))
            }
            _ => None,
        },
        Asked::Gift { asked, giver, object, recipient } => {
            let fits = |known: &Option<String>, found: &str| {
                known.as_ref().is_none_or(|known| same_noun(known, found))
            };
            let gift = replay.gifts.into_iter().rfind(|(from, what, to, _)| {
                fits(giver, from.as_deref().unwrap_or_default())
                    && fits(object, what)
                    && fits(recipient, to)
            })?;
            let (from, what, to, id) = gift;
            let answer = match asked {
                Part::Giver => from?,
                Part::Object => what,
                Part::Recipient => to,
            };
            Some((Said::noun(answer), vec![id]))
        }
        Asked::Doer(act) => {
            let (who, _, id) = replay.did.into_iter().rfind(|(_, did, _)| did == act)?;
            Some((Said::noun(who), vec![id]))
        }
        Asked::HolderBefore(who) => {
            let at = replay.holders.iter().rposition(|(holder, _)| same_noun(holder, who))?;
            let (before, id) = replay.holders.get(at.checked_sub(1)?)?.clone();
            Some((Said::noun(before), vec![id, replay.holders[at].1]))
        }
        Asked::FirstHolder => {
            let (who, id) = replay.holders.into_iter().next()?;
            Some((Said::noun(who), vec![id]))
        }
        Asked::LastHolder => {
            let (who, id) = replay.holders.into_iter().next_back()?;
            Some((Said::noun(who), vec![id]))
        }
        Asked::Has(who) => {
            let (holder, id) = match (replay.holder, replay.last_drop) {
                (Some((holder, id)), _) => (Some(holder), id),
                (None, Some(id)) => (None, id),
                (None, None) => return None,
            };
            let says = match holder {
                Some(holder) if same_noun(&holder, who) => Said::Words("Yes".to_owned()),
                Some(holder) => Said::Nouns("No: ".to_owned(), vec![holder]),
                None => Said::Words("No".to_owned()),
            };
            Some((says, vec![id]))
        }
        Asked::Holder => match (replay.holder, replay.last_drop) {
            (Some((holder, id)), _) => Some((Said::noun(holder), vec![id])),
            (None, Some(id)) => Some((Said::Words("Nobody".to_owned()), vec![id])),
            (None, None) => None,
        },
        Asked::Held { count } => {
            let (names, ids): (Vec<String>, Vec<SentenceId>) = replay.held.into_iter().unzip();
            let before = if *count { format!("{}: ", names.len()) } else { String::new() };
            match replay.emptied {
                Some(id) if ids.is_empty() => {
                    let none = if *count { "0: nothing" } else { "Nothing" };
                    Some((Said::Words(none.to_owned()), vec![id]))
                }
                _ => (!ids.is_empty()).then_some((Said::Nouns(before, names), ids)),
            }
        }
    }
}
