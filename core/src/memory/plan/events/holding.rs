//! Questions about who has something, what somebody has, and who gave what to whom.
//!
//! ```text
//! giving      who gave Ines the lamp · from whom did Ines get it · to whom was the lamp handed
//! holding     who has the lamp · in whose hands is it · who took it · who put it down
//! held        what does Ines carry · how many things has she got
//! ```
//! The class of the verb, the prepositions and the order of the noun phrases tell who is what, whatever the
//! verb; words of content besides those make it another question.

use super::asked::{Asked, Part, StateQuestion};
use super::event::Act;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{KEEPING, among};
use crate::memory::plan::language::lexicon::{DROP, GIVE, HARM, HOLD, PUT, RECEIVE, TAKE};
use crate::memory::plan::language::phrasing::{Parts, Phrase, is_light};

/// Nouns for things and for people in general.
const THINGS: &str = "thing things object objects item items article articles belongings";
const PEOPLE: &str = "person persons people man woman character individual one owner holder bearer keeper \
    possessor giver recipient receiver";
/// Words for whoever has something: "the bearer of the lamp".
const HOLDERS: &str = "owner holder bearer keeper possessor";

/// The parts of a question that are told apart here.
struct Roles<'p> {
    /// Behind "to", "from" and "by".
    to: Option<&'p Phrase>,
    from: Option<&'p Phrase>,
    by: Option<&'p Phrase>,
    /// The others, in order, with whether they stand before the verb.
    plain: Vec<(&'p Phrase, bool)>,
}

impl<'p> Roles<'p> {
    fn of(parts: &'p Parts, verb: usize) -> Self {
        let mut roles = Self { to: None, from: None, by: None, plain: Vec::new() };
        for phrase in &parts.phrases {
            let determined =
                phrase.first > 0 && among("the a an his her their", parts.word(phrase.first - 1));
            let before = phrase.first.checked_sub(1 + usize::from(determined));
            match before.map_or("", |at| parts.word(at)) {
                "to" => roles.to = Some(phrase),
                "from" | "off" => roles.from = Some(phrase),
                "by" => roles.by = Some(phrase),
                _ => roles.plain.push((phrase, phrase.first < verb)),
            }
        }
        roles
    }
}

fn noun(phrase: Option<&Phrase>) -> Option<String> {
    phrase.map(|phrase| phrase.noun.clone())
}

/// Reads a question; `None` if it asks for something else.
pub(in crate::memory::plan) fn holding(text: &str) -> Option<StateQuestion> {
    let mut parts = Parts::of(text);
    // "The bearer of the lamp".
    parts.phrases.retain(|phrase| {
        ![HOLDERS, PEOPLE, THINGS].into_iter().any(|list| among(list, &phrase.noun))
    });
    let n = parts.tokens.len();
    let asks = (0..n)
        .find(|at| among("who whom whose what which", parts.word(*at)) || counts(&parts, *at))?;
    let acts = HOLD | TAKE | GIVE | RECEIVE | DROP | PUT;
    let foreign = (asks..n).any(|at| {
        let word = parts.word(at);
        !(parts.covered(at)
            || stopwords::is_stopword(word)
            || is_light(word)
            || parts.tokens[at].classes & acts != 0 && parts.tokens[at].classes & HARM == 0
            || [KEEPING, THINGS, PEOPLE].into_iter().any(|list| among(list, word))
            || word.len() > 4 && word.ends_with("ly"))
    });
    // "What was in the parcel that Ines sent": a clause about what a noun means.
    let relative = (asks + 2..n)
        .any(|at| among("that which who whom whose", parts.word(at)) && parts.covered(at - 1));
    if foreign || relative || parts.phrases.is_empty() {
        return None;
    }
    let verb = (asks + 1..n).find(|at| {
        let auxiliary = among("has have had is are was were be been", parts.word(*at));
        // "In whose hands".
        let hands = among(KEEPING, parts.word(*at)) && parts.word(*at - 1) == "whose";
        !parts.covered(*at) && !auxiliary && !hands && parts.tokens[*at].classes & acts != 0
    });
    let of_thing = || {
        let follows = parts.word(asks + 1);
        among("what which", parts.word(asks))
            && !among(PEOPLE, follows)
            && !(asks + 1..n).any(|at| among("who whom whose", parts.word(at)))
            || counts(&parts, asks)
    };
    if let Some(verb) = verb
        && let Some(asked) = giving(&parts, asks, verb, of_thing())
    {
        return Some(asked);
    }
    match parts.phrases.as_slice() {
        [who] if of_thing() => {
            let has = (asks..n)
                .any(|at| parts.tokens[at].classes & HOLD != 0 || among(KEEPING, parts.word(at)));
            let asked = Asked::Held { count: counts(&parts, asks) };
            (has && verb.is_none_or(|verb| parts.tokens[verb].classes & HOLD != 0))
                .then(|| StateQuestion { thing: who.noun.clone(), asked })
        }
        [thing] => {
            let thing = thing.noun.clone();
            let classes = verb.map_or(0, |verb| parts.tokens[verb].classes);
            let has = classes & HOLD != 0
                || (asks.saturating_sub(1)..n).any(|at| {
                    let word = parts.word(at);
                    among(KEEPING, word)
                        || among(HOLDERS, word)
                        || among("has have had with", word)
                        || parts.tokens[at].owns && at == asks
                });
            // "Who has got the lamp".
            let got = verb.is_some_and(|verb| parts.word(verb) == "got");
            let holds = classes & (TAKE | DROP | PUT) == 0 || classes & HOLD != 0 || got;
            let word = |list: &str| (0..n).any(|at| among(list, parts.word(at)));
            let asked = if has && word("first originally") {
                Asked::FirstHolder
            } else if has && word("last") && word("had have hold held carry carried") {
                Asked::LastHolder
            } else if has && holds {
                Asked::Holder
            } else if classes & (DROP | PUT) != 0 {
                Asked::Doer(Act::Drop)
            } else if classes & TAKE != 0 {
                Asked::Doer(Act::Take)
            } else {
                return None;
            };
            Some(StateQuestion { thing, asked })
        }
        // "Who left the lamp in the barn".
        [thing, place] if among("in at on inside", parts.before(place)) => {
            let classes = verb.map_or(0, |verb| parts.tokens[verb].classes);
            let act = if classes & (DROP | PUT) != 0 { Act::Drop } else { Act::Take };
            let doer = classes & (DROP | PUT | TAKE) != 0;
            doer.then(|| StateQuestion { thing: thing.noun.clone(), asked: Asked::Doer(act) })
        }
        // "Who had the lamp before Ines".
        [thing, who] if parts.before(who) == "before" => {
            let asked = Asked::HolderBefore(who.noun.clone());
            Some(StateQuestion { thing: thing.noun.clone(), asked })
        }
        _ => None,
    }
}

/// Whether "how many things" stands at `at`.
fn counts(parts: &Parts, at: usize) -> bool {
    parts.word(at) == "how" && parts.word(at + 1) == "many" && among(THINGS, parts.word(at + 2))
}

/// A question about a gift: who gives, what, and to whom.
fn giving(parts: &Parts, asks: usize, verb: usize, of_thing: bool) -> Option<StateQuestion> {
    let n = parts.tokens.len();
    let classes = parts.tokens[verb].classes;
    let roles = Roles::of(parts, verb);
    let before = asks.checked_sub(1).map_or("", |at| parts.word(at));
    let last = parts.word(n - 1);
    // "From whom", "who … from".
    let asked_from = before == "from" || last == "from";
    let asked_to = before == "to" || last == "to";
    let asked_by = before == "by" || last == "by";
    let gives = classes & GIVE != 0;
    let gets = classes & RECEIVE != 0
        || classes & (TAKE | HOLD) != 0 && (asked_from || roles.from.is_some());
    if !gives && !gets {
        return None;
    }
    let be = |at: usize| among("is are was were been be", parts.word(at));
    let passive = gives && (asks..verb).any(be);
    let subject = roles.plain.iter().find(|(_, before)| *before).map(|(phrase, _)| *phrase);
    let behind: Vec<&Phrase> =
        roles.plain.iter().filter(|(_, before)| !before).map(|(phrase, _)| *phrase).collect();
    let (mut giver, mut object, mut recipient) =
        (noun(roles.by.or(roles.from)), None, noun(roles.to));
    match (passive, gives) {
        // "To whom was the lamp given", "what was Ines given".
        (true, _) => match (subject, behind.first()) {
            (Some(subject), Some(given)) => {
                (recipient, object) = (Some(subject.noun.clone()), Some(given.noun.clone()));
            }
            (Some(subject), None) if of_thing || subject.is_name => {
                recipient = Some(subject.noun.clone());
            }
            (Some(subject), None) => object = Some(subject.noun.clone()),
            (None, given) => object = given.map(|given| given.noun.clone()),
        },
        (false, true) => {
            giver = noun(subject).or(giver);
            match behind.as_slice() {
                [one, other, ..] => {
                    (recipient, object) = (Some(one.noun.clone()), Some(other.noun.clone()));
                }
                [one]
                    if of_thing && !asked_to || one.is_name && recipient.is_none() && of_thing =>
                {
                    recipient = Some(one.noun.clone());
                }
                [one] => object = Some(one.noun.clone()),
                [] => {}
            }
        }
        (false, false) => {
            recipient = noun(subject).or(recipient);
            object = behind.first().map(|one| one.noun.clone());
        }
    }
    let asked = if of_thing && object.is_none() {
        Part::Object
    } else if asked_from || asked_by {
        Part::Giver
    } else if asked_to || gets || passive {
        Part::Recipient
    } else if giver.is_some() {
        // "Whom did Omar give the lamp".
        Part::Recipient
    } else {
        Part::Giver
    };
    let missing = match asked {
        Part::Giver => giver.is_none(),
        Part::Object => object.is_none(),
        Part::Recipient => recipient.is_none(),
    };
    let thing = object.clone().or_else(|| recipient.clone()).or_else(|| giver.clone())?;
    let asked = Asked::Gift { asked, giver, object, recipient };
    missing.then_some(StateQuestion { thing, asked })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gift(text: &str) -> Option<(Part, [Option<String>; 3])> {
        match holding(text)?.asked {
            Asked::Gift { asked, giver, object, recipient } => {
                Some((asked, [giver, object, recipient]))
            }
            _ => None,
        }
    }

    #[test]
    fn roles_are_told_by_verbs_prepositions_and_order() {
        let [omar, lamp, ines] = ["omar", "lamp", "ines"].map(|word| Some(word.to_owned()));
        let giver = Some((Part::Giver, [None, lamp.clone(), ines.clone()]));
        for text in [
            "Who gave Ines the lamp?",
            "Who gave the lamp to Ines?",
            "From whom did Ines get the lamp?",
            "Who did Ines receive the lamp from?",
            "By whom was Ines given the lamp?",
            "Who was the lamp handed to Ines by?",
        ] {
            assert_eq!(gift(text), giver, "{text}");
        }
        let recipient = Some((Part::Recipient, [omar.clone(), lamp.clone(), None]));
        for text in [
            "To whom did Omar give the lamp?",
            "Who did Omar pass the lamp to?",
            "Who got the lamp from Omar?",
            "Who was given the lamp by Omar?",
            "To whom was the lamp handed by Omar?",
        ] {
            assert_eq!(gift(text), recipient, "{text}");
        }
        let object = Some((Part::Object, [omar, None, ines]));
        for text in ["What did Omar give Ines?", "What did Omar hand to Ines?"] {
            assert_eq!(gift(text), object, "{text}");
        }
        let asked = |text: &str| holding(text).map(|question| (question.thing, question.asked));
        let holder = Some(("lamp".to_owned(), Asked::Holder));
        for text in [
            "Who has the lamp?",
            "Who is carrying the lamp now?",
            "In whose hands is the lamp?",
            "With whom is the lamp?",
            "Who is the bearer of the lamp?",
        ] {
            assert_eq!(asked(text), holder, "{text}");
        }
        let doer = |act| Some(("lamp".to_owned(), Asked::Doer(act)));
        assert_eq!(asked("Who picked up the lamp?"), doer(Act::Take));
        assert_eq!(asked("Who was it that dropped the lamp?"), doer(Act::Drop));
        assert_eq!(asked("Who killed the cook?"), None);
        assert_eq!(asked("Who wrote the letter?"), None);
    }
}
