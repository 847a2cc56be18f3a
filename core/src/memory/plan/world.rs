//! The plan for questions about where something is and who has it: replay the events in order.
//!
//! Only sentences that name the thing asked for, or somebody who held it, and hold a verb of motion
//! or possession are read, the newest ones of each up to a constant. A thing is where its holder
//! is; when it is put down it stays where the holder was. The evidence is the event that gave the
//! holder the thing and the one that brought him there.

use std::collections::BTreeMap;

use super::lexicon::{DROP, GIVE, HOLD, MOVE, PUT, RECEIVE, STAY, TAKE};
use super::parts::Scope;
use super::reader::Reader;
use super::statement::{Act, Event, events, same_noun};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::segment::words;

/// Newest mentions read of one name.
const MENTIONS: usize = 96;
/// Statements of events are no longer than this, in words.
const LONGEST: u32 = 24;
/// Holders of the thing whose ways are followed.
const HOLDERS: usize = 8;
/// Longest name of a thing in a question, in words.
const LONGEST_NAME: usize = 4;

/// What is asked about the thing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Place,
    PlaceBefore(String),
    PlaceAfter(String),
    IsAt(String),
    Holder,
    Held {
        count: bool,
    },
    /// Who gave what to whom: the parts that the question names; the one that it asks for is missing.
    Gift {
        asked: Part,
        giver: Option<String>,
        object: Option<String>,
        recipient: Option<String>,
    },
}

/// A part of a gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Giver,
    Object,
    Recipient,
}

/// A question about the state of the world: the thing and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateQuestion {
    thing: String,
    asked: Asked,
}

impl StateQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let list: Vec<&str> = folded
            .iter()
            .map(String::as_str)
            .filter(|word| {
                ![
                    "now",
                    "currently",
                    "at",
                    "moment",
                    "present",
                    "end",
                    "finally",
                    "located",
                    "found",
                ]
                .contains(word)
            })
            .collect();
        let be = |word: &str| ["is", "was", "are", "were"].contains(&word);
        let holding = |word: &str| {
            ["carrying", "holding", "carry", "hold", "carries", "holds", "held", "possess"]
                .contains(&word)
        };
        let place = |word: &str| {
            ["room", "place", "location", "building", "house", "town", "city"].contains(&word)
        };
        let auxiliary = |word: &str| {
            be(word) || ["did", "does", "has", "had", "can", "could", "do"].contains(&word)
        };
        let bare_list = list.strip_prefix(&["in"]).or_else(|| list.strip_prefix(&["to"]));
        let (thing, asked): (&[&str], Asked) = match bare_list.unwrap_or(&list) {
            ["where", verb, rest @ ..] if auxiliary(verb) => return Self::placed(rest),
            ["which" | "what", noun, verb, rest @ ..] if place(noun) && auxiliary(verb) => {
                return Self::placed(rest);
            }
            ["what", "is" | "was", "the", "location", "of", rest @ ..] => {
                return Self::placed(rest);
            }
            ["who", "has" | "had" | "holds" | "owns" | "possesses", rest @ ..] => {
                (rest, Asked::Holder)
            }
            ["who", verb, second, rest @ ..] if be(verb) && holding(second) => {
                (rest, Asked::Holder)
            }
            ["what", verb, rest @ .., last] if be(verb) && holding(last) => {
                (rest, Asked::Held { count: false })
            }
            ["what", "does" | "did", rest @ .., last] if holding(last) || *last == "have" => {
                (rest, Asked::Held { count: false })
            }
            ["how", "many", _, verb, rest @ .., last]
                if (be(verb) || ["does", "did"].contains(verb))
                    && (holding(last) || *last == "have") =>
            {
                (rest, Asked::Held { count: true })
            }
            ["who", "gave" | "handed" | "passed", rest @ ..] => {
                let to = rest.iter().position(|word| *word == "to").unwrap_or(rest.len());
                let object = bare(&rest[..to]);
                let recipient = bare(rest.get(to + 1..).unwrap_or(&[]));
                let asked = Part::Giver;
                (&rest[..to], Asked::Gift { asked, giver: None, object, recipient })
            }
            ["who", "received" | "got", rest @ ..] => {
                let from = rest.iter().position(|word| *word == "from").unwrap_or(rest.len());
                let (object, giver) =
                    (bare(&rest[..from]), bare(rest.get(from + 1..).unwrap_or(&[])));
                let asked = Part::Recipient;
                (&rest[..from], Asked::Gift { asked, giver, object, recipient: None })
            }
            ["what", "did", rest @ ..] if rest.contains(&"give") => {
                let at = rest.iter().position(|word| *word == "give")?;
                let recipient = bare(rest[at + 1..].strip_prefix(&["to"])?);
                let (asked, giver) = (Part::Object, bare(&rest[..at]));
                (&rest[..at], Asked::Gift { asked, giver, object: None, recipient })
            }
            ["who" | "whom", "did", rest @ ..] if rest.contains(&"give") => {
                let at = rest.iter().position(|word| *word == "give")?;
                let behind = &rest[at + 1..];
                let behind = behind.strip_suffix(&["to"]).unwrap_or(behind);
                let (asked, giver, object) = (Part::Recipient, bare(&rest[..at]), bare(behind));
                (behind, Asked::Gift { asked, giver, object, recipient: None })
            }
            [verb, rest @ ..] if be(verb) => {
                let at = rest.iter().position(|word| ["in", "at", "inside"].contains(word))?;
                (&rest[..at], Asked::IsAt(bare(&rest[at + 1..])?))
            }
            _ => return None,
        };
        Some(Self { thing: bare(thing)?, asked })
    }

    fn placed(rest: &[&str]) -> Option<Self> {
        // Verbs of being and coming say nothing beyond what "where" asks.
        let said = [
            "go", "end", "up", "be", "been", "gone", "in", "to", "it", "he", "she", "they", "came",
            "come", "was", "were", "got", "get", "reached", "reach", "arrived", "went", "moved",
            "entered", "put",
        ];
        let rest: Vec<&str> = rest.iter().copied().filter(|word| !said.contains(word)).collect();
        let at = rest.iter().position(|word| ["before", "after"].contains(word));
        let asked = match at {
            Some(at) if rest[at] == "before" => Asked::PlaceBefore(bare(&rest[at + 1..])?),
            Some(at) => Asked::PlaceAfter(bare(&rest[at + 1..])?),
            None => Asked::Place,
        };
        Some(Self { thing: bare(&rest[..at.unwrap_or(rest.len())])?, asked })
    }
}

/// A name as `statement` writes it, if these words are one.
fn bare(words: &[&str]) -> Option<String> {
    let rest: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| ["the", "a", "an", "his", "her"].contains(word))
        .collect();
    let plain = !rest.is_empty()
        && rest.len() <= LONGEST_NAME
        && rest.iter().all(|word| !stopwords::is_stopword(word) || *word == "of");
    plain.then(|| rest.join(" "))
}

/// One step of a thing's way: where it came, and the sentences that show it.
#[derive(Debug, Clone)]
struct Stop {
    place: String,
    evidence: Vec<SentenceId>,
}

/// The replay for one thing.
#[derive(Debug, Default)]
struct Replay {
    /// Where everybody is, and since which sentence.
    places: BTreeMap<String, (String, SentenceId)>,
    /// Who has the thing, and since which sentence.
    holder: Option<(String, SentenceId)>,
    stops: Vec<Stop>,
    /// What the thing itself holds, if it is somebody.
    held: Vec<(String, SentenceId)>,
    last_drop: Option<SentenceId>,
    /// Giver, object, recipient, in order.
    gifts: Vec<(Option<String>, String, String, SentenceId)>,
    denied: Option<(String, SentenceId)>,
}

impl Replay {
    fn stop(&mut self, place: &str, evidence: Vec<SentenceId>) {
        match self.stops.last_mut() {
            Some(last) if last.place == place => last.evidence = evidence,
            _ => self.stops.push(Stop { place: place.to_owned(), evidence }),
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
        for subject in &event.subjects {
            let itself = same_noun(subject, thing);
            if itself && let Some(object) = &event.object {
                self.held.retain(|(held, _)| !same_noun(held, object));
                if event.act == Act::Take {
                    self.held.push((object.clone(), id));
                }
            }
            match event.act {
                Act::Take if of_thing => {
                    self.holder = Some((subject.clone(), id));
                    if let Some((place, since)) = self.places.get(subject).cloned() {
                        self.stop(&place, vec![id, since]);
                    }
                }
                Act::Drop if of_thing => {
                    self.holder = None;
                    self.last_drop = Some(id);
                    match (&event.place, self.places.get(subject).cloned()) {
                        (Some(place), _) => self.stop(place, vec![id]),
                        (None, Some((place, since))) => self.stop(&place, vec![id, since]),
                        (None, None) => {}
                    }
                }
                Act::Give if of_thing => {
                    if let Some(recipient) = &event.recipient {
                        self.holder = Some((recipient.clone(), id));
                        if let Some((place, since)) = self.places.get(recipient).cloned() {
                            self.stop(&place, vec![id, since]);
                        }
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
            if let (Some(place), false) = (&event.place, event.act == Act::NotAt) {
                if event.act != Act::Drop {
                    self.places.insert(subject.clone(), (place.clone(), id));
                }
                if itself {
                    self.denied = None;
                    self.stop(place, vec![id]);
                } else if let Some((holder, since)) = self.holder.clone()
                    && same_noun(&holder, subject)
                    && event.act != Act::Drop
                {
                    self.stop(place, vec![since, id]);
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
    let thing = question.thing.as_str();
    let mut timeline: BTreeMap<SentenceId, Vec<Event>> = BTreeMap::new();
    let all = MOVE | TAKE | DROP | GIVE | RECEIVE | HOLD | STAY | PUT;
    gather(reader, thing, all, &mut timeline)?;
    let mut followed = vec![thing.to_owned()];
    let asks_place =
        !matches!(question.asked, Asked::Holder | Asked::Held { .. } | Asked::Gift { .. });
    while asks_place && followed.len() <= HOLDERS {
        let next = timeline
            .values()
            .rev()
            .flatten()
            .filter(|event| event.object.as_deref().is_some_and(|o| same_noun(o, thing)))
            .flat_map(|event| event.subjects.iter().chain(&event.recipient))
            .find(|name| !followed.iter().any(|known| same_noun(known, name)))
            .cloned();
        let Some(next) = next else { break };
        gather(reader, &next, MOVE | STAY | HOLD | TAKE, &mut timeline)?;
        followed.push(next);
    }
    if !scope.is_everything() {
        let mut outside = Vec::new();
        for id in timeline.keys() {
            let block = reader.corpus.block(id.block)?;
            let byte = block.layout.sentences[id.sentence as usize].start as usize;
            let at = reader.corpus.char_offset(id.block, byte)?;
            if !scope.holds(reader.corpus.blocks[id.block as usize].document, at) {
                outside.push(*id);
            }
        }
        timeline.retain(|id, _| !outside.contains(id));
    }
    // Where most statements fill their sentences, the others are turns of phrase.
    let n_events = timeline.values().flatten().count();
    let n_filling = timeline.values().flatten().filter(|event| event.fills).count();
    let strict = n_filling * 2 >= n_events;
    let mut replay = Replay::default();
    for (id, events) in &timeline {
        for event in events.iter().filter(|event| event.fills || !strict) {
            replay.apply(thing, event, *id);
        }
    }
    let Some((said, evidence)) = answer(&question.asked, replay) else { return Ok(None) };
    let answer = match said {
        Said::Words(words) => words,
        Said::Nouns(before, nouns) => {
            let written: Result<Vec<String>> =
                nouns.iter().map(|noun| reader.as_written(&evidence, noun)).collect();
            before + &written?.join(", ")
        }
    };
    let evidence = evidence.into_iter().map(|id| (id, 1)).collect();
    Ok(Some(Finding { answer: Some(answer), evidence, ..Finding::default() }))
}

/// An answer before it is written.
#[derive(Debug)]
enum Said {
    /// Words of this program.
    Words(String),
    /// Words of this program, and folded nouns of the text.
    Nouns(String, Vec<String>),
}

impl Said {
    fn noun(noun: String) -> Self {
        Self::Nouns(String::new(), vec![noun])
    }
}

/// Adds the events of the newest statements about `name` to `timeline`.
fn gather(
    reader: &Reader,
    name: &str,
    classes: u32,
    timeline: &mut BTreeMap<SentenceId, Vec<Event>>,
) -> Result<()> {
    let Some(pattern) = Pattern::phrase(name) else { return Ok(()) };
    let verbs = reader.class_pattern("event", classes);
    let ids = reader.last_mentions(&[pattern], &[verbs], LONGEST, MENTIONS)?;
    for read in reader.read(&ids)? {
        let found = events(&read.text, &reader.lexicon);
        if !found.is_empty() {
            timeline.insert(read.id, found);
        }
    }
    Ok(())
}

fn answer(asked: &Asked, replay: Replay) -> Option<(Said, Vec<SentenceId>)> {
    let current = replay.stops.last().cloned();
    match asked {
        Asked::Place => current.map(|stop| (Said::noun(stop.place), stop.evidence)),
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
        Asked::Holder => match (replay.holder, replay.last_drop) {
            (Some((holder, id)), _) => Some((Said::noun(holder), vec![id])),
            (None, Some(id)) => Some((Said::Words("Nobody".to_owned()), vec![id])),
            (None, None) => None,
        },
        Asked::Held { count } => {
            let (names, ids): (Vec<String>, Vec<SentenceId>) = replay.held.into_iter().unzip();
            let before = if *count { format!("{}: ", names.len()) } else { String::new() };
            (!ids.is_empty()).then_some((Said::Nouns(before, names), ids))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(String, Asked)> {
        StateQuestion::of(text).map(|question| (question.thing, question.asked))
    }

    #[test]
    fn questions_about_the_state_are_recognised() {
        let lamp = || "brass lamp".to_owned();
        assert_eq!(asked("Where is the brass lamp?"), Some((lamp(), Asked::Place)));
        assert_eq!(
            asked("Where was the brass lamp before the attic?"),
            Some((lamp(), Asked::PlaceBefore("attic".to_owned())))
        );
        assert_eq!(asked("Who has the brass lamp now?"), Some((lamp(), Asked::Holder)));
        assert_eq!(
            asked("What is Omar carrying?"),
            Some(("omar".to_owned(), Asked::Held { count: false }))
        );
        assert_eq!(
            asked("Is Omar in the attic?"),
            Some(("omar".to_owned(), Asked::IsAt("attic".to_owned())))
        );
        assert_eq!(asked("Which room is the brass lamp in?"), Some((lamp(), Asked::Place)));
        assert_eq!(asked("Where did the brass lamp end up?"), Some((lamp(), Asked::Place)));
        assert_eq!(
            asked("In which room had the brass lamp been before it reached the attic?"),
            Some((lamp(), Asked::PlaceBefore("attic".to_owned())))
        );
        assert_eq!(asked("Where is the school that Ines leads in the end?"), None);
        assert_eq!(asked("Why did Omar leave?"), None);
    }
}
