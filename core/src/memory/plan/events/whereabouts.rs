//! Questions for the place of one thing, in any order of words, read by their clauses.
//!
//! ```text
//! clause     what marks and conjunctions part; the one with the question word is the main one
//! thing      the noun phrase of the main clause, or of another if that has none
//! doer       whoever stands before the verb in "where did Ines leave the lamp"
//! place      what is named behind "before", "until", "prior to" or "after"
//! ```
//! The main clause has no words of content besides verbs of being, moving, handling and finding: anything
//! else makes it another question. What other clauses say ("when the story ends") changes nothing.

use super::asked::{Asked, StateQuestion};
use super::event::Act;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{KEEPING, among, same_noun};
use crate::memory::plan::language::lexicon::{DROP, Lexicon, MOVE, PUT, SEE, STAY, TAKE};
use crate::memory::plan::language::phrasing::{
    AFTER, BEFORE, NOUN_REACH, Parts, Phrase, distinct, is_light,
};

/// Verbs by which a question asks for the place of what stands behind them.
const FINDING: &str = "locate pinpoint find trace place";
/// Prepositions behind which a noun phrase of the main clause is not what is asked for.
const ADJUNCTS: &str =
    "in on at by with during within under among into inside near about from per upon beside";
/// Verbs before what may be done, and those who may do it: whoever asks.
const MODALS: &str =
    "would could should can must may might shall will ought has have had needs need";
const ASKERS: &str = "one you i we they somebody someone anybody anyone people";
/// Words between such a verb and whoever asks at most.
const ASKER_REACH: usize = 2;
/// Verbs of places that have something not.
const LACKING: &str = "lacks misses needs wants";
/// Ways of saying "before" in several words.
const EARLIER: &[(&str, &str)] = &[
    ("Earlier than", "Before"),
    ("earlier than", "before"),
    ("Up to the moment", "Until the moment"),
    ("up to the moment", "until the moment"),
    ("Up to the time", "Until the time"),
    ("up to the time", "until the time"),
    ("sooner than", "before"),
];
/// Nouns for how something comes to a place.
const WAYS: &str = "way route journey trip passage move transfer road voyage path";
/// Nouns for what surrounds somebody.
const SURROUNDINGS: &str = "roof roofs surroundings setting walls door compartment region district neighbourhood locality \
     hall wing floor scene environment shelter home station stage point port haunt";
/// Where somebody was born or lives is not where somebody is.
const OTHER_STATES: &str = "born live lives lived living";
/// Words with which a question asks for more than one place, or for none.
const OTHER: &str = "why how every each most more often list names all";

/// A question for the place of one thing.
pub(in crate::memory::plan) fn whereabouts(text: &str) -> Option<StateQuestion> {
    let text =
        &EARLIER.iter().fold(text.to_owned(), |text, (words, before)| text.replace(words, before));
    let parts = Parts::of(text);
    let asks = asks_at(&parts)?;
    // "Where do things stand with Omar: what room is he in": a later clause may ask it.
    of_clause(&parts, asks).or_else(|| {
        let next = asks_behind(&parts, asks + 1)?;
        parts.opens_clause(next).then(|| of_clause(&parts, next)).flatten()
    })
}

/// The question that the clause around the question word at `asks` puts.
fn of_clause(parts: &Parts, asks: usize) -> Option<StateQuestion> {
    let main = parts.clause(asks, asks);
    let n = parts.tokens.len();
    let several = main.clone().any(|at| {
        // "All rooms", but not "at the end of it all", "after all this", "of all the rooms which one".
        let whole = parts.word(at) == "all"
            && (at + 1 == n
                || among("this that it", parts.word(at + 1))
                || at > 0 && parts.word(at - 1) == "of");
        let degree =
            parts.word(at) == "most" && among("recent recently likely", parts.word(at + 1));
        among(OTHER, parts.word(at)) && !whole && !degree
    });
    // "Where has she been": all places, not the last of them.
    let all_along = parts.word(0) == "where"
        && among("has have had", parts.word(1))
        && n > 2
        && parts.word(n - 1) == "been";
    if several || all_along {
        return None;
    }
    let behind: Vec<&Phrase> =
        parts.inside(&main).into_iter().filter(|phrase| phrase.first > asks).collect();
    // What whoever asks would do says nothing of the thing: "which room should one try".
    let asker = (asks..main.end).find(|at| {
        among(ASKERS, parts.word(*at))
            && (at.saturating_sub(ASKER_REACH)..*at).any(|at| among(MODALS, parts.word(at)))
    });
    let from = if behind.is_empty() { main.start } else { asks };
    // "Which room harbours the lamp": a verb between a place and a thing. "To speak to Omar": what one goes for.
    let contains = |at: usize| {
        at > 1
            && parts.is_place(at - 1)
            && among("which what", parts.word(at - 2))
            && parts.word(at).ends_with('s')
            && !among(LACKING, parts.word(at))
    };
    let aims = |at: usize| at > 0 && parts.word(at - 1) == "to" && at + 1 < n;
    let by_asker = |at: usize| asker.is_some_and(|asker| asker < at);
    let foreign = |at: usize| is_foreign(parts, at) && !contains(at) && !aims(at) && !by_asker(at);
    if (from..main.end).any(foreign) {
        return None;
    }
    // "When it was not yet in the attic."
    let not_yet = || {
        (0..n).find(|at| {
            among("when while as", parts.word(*at))
                && *at > asks
                && parts.clause(*at, asks).any(|at| parts.word(at) == "not")
        })
    };
    let before = parts.position(BEFORE).or_else(not_yet);
    let after = parts.position(AFTER);
    if asks_whence(parts)
        && let Some(question) = whence(parts)
    {
        return Some(question);
    }
    let limit = before.or(after).map(|at| parts.clause(at, asks));
    let mut own = distinct(if behind.is_empty() { parts.inside(&main) } else { behind });
    if let Some(limit) = &limit {
        own.retain(|phrase| !limit.contains(&phrase.first));
    }
    let (thing, doer) = match thing_of(parts, own) {
        Some(found) => found,
        None => {
            // "As for the lamp, where is it": another clause names it.
            let outside = |phrase: &&Phrase| {
                !main.contains(&phrase.first)
                    && !limit.as_ref().is_some_and(|limit| limit.contains(&phrase.first))
            };
            let others: Vec<&Phrase> = parts.phrases.iter().filter(outside).collect();
            match (distinct(others).as_slice(), &limit) {
                ([thing], _) => (thing.noun.clone(), None),
                ([], Some(limit)) => return in_limit(parts, limit, before.is_some()),
                // "The lamp came to the attic. Where was it before that?"
                ([thing, place], Some(limit)) if parts.inside(limit).is_empty() => {
                    let (thing, place) = (thing.noun.clone(), place.noun.clone());
                    let before = before.is_some();
                    return Some(StateQuestion { thing, asked: limited(place, before) });
                }
                _ => return None,
            }
        }
    };
    let Some(limit) = limit else {
        // "Where does she come from": an origin; but "where did she take the lamp from".
        if asks_whence(parts) {
            let taken = doer.filter(|(_, act)| *act != Act::Drop);
            return taken.map(|(who, _)| {
                let asked = Asked::PlaceOf { who, act: Act::Take };
                StateQuestion { thing: thing.clone(), asked }
            });
        }
        let asked = match doer {
            Some((who, act)) => Asked::PlaceOf { who, act },
            None => Asked::Place,
        };
        return Some(StateQuestion { thing, asked });
    };
    let inside: Vec<&Phrase> = parts
        .inside(&limit)
        .into_iter()
        .filter(|phrase| !same_noun(&phrase.noun, &thing))
        .collect();
    let Some(place) = inside.last() else {
        // "Where was the lamp before": before it came where it is.
        let asked = if before.is_some() { Asked::Earlier } else { Asked::Place };
        return Some(StateQuestion { thing, asked });
    };
    let place = place.noun.clone();
    let asked = if before.is_some() { Asked::PlaceBefore(place) } else { Asked::PlaceAfter(place) };
    Some(StateQuestion { thing, asked })
}

/// The thing that a clause asks for, and who does what with it where it says so.
fn thing_of(parts: &Parts, own: Vec<&Phrase>) -> Option<(String, Option<(String, Act)>)> {
    let adjunct = |phrase: &&&Phrase| {
        let determined =
            among("the a an this that his her their", parts.word(phrase.first.wrapping_sub(1)));
        let at = phrase.first.checked_sub(1 + usize::from(determined));
        at.is_some_and(|at| among(ADJUNCTS, parts.word(at)))
    };
    let (adjuncts, plain): (Vec<&Phrase>, Vec<&Phrase>) =
        own.into_iter().partition(|phrase| adjunct(&phrase));
    // "Where should I send a messenger to meet Omar": whoever is not known is not asked for.
    let unknown = |phrase: &&Phrase| {
        among("a an", parts.word(phrase.first.wrapping_sub(1))) && !phrase.is_name
    };
    let may = (0..parts.tokens.len()).any(|at| among(MODALS, parts.word(at)));
    let known: Vec<&Phrase> = plain.iter().copied().filter(|phrase| !unknown(phrase)).collect();
    let plain = if may && known.len() == 1 { known } else { plain };
    match plain.as_slice() {
        [] if adjuncts.len() == 1 => Some((adjuncts[0].noun.clone(), None)),
        [thing] if adjuncts.is_empty() => Some((thing.noun.clone(), None)),
        [doer, thing] if adjuncts.is_empty() => {
            let verb =
                (doer.end..thing.first).find(|at| !stopwords::is_stopword(parts.word(*at)))?;
            // "Where would a visitor find the lamp": whoever looks for it.
            let modal = |at: &usize| among(MODALS, parts.word(*at));
            if doer.first.checked_sub(1).is_some_and(|at| modal(&at))
                || doer.first.checked_sub(2).is_some_and(|at| modal(&at))
            {
                return Some((thing.noun.clone(), None));
            }
            let classes = parts.tokens[verb].classes;
            let act = if classes & (DROP | PUT) != 0 {
                Act::Drop
            } else if classes & TAKE != 0 && !among("take takes", parts.word(verb)) {
                Act::Take
            } else {
                Act::Handle
            };
            Some((thing.noun.clone(), Some((doer.noun.clone(), act))))
        }
        _ => None,
    }
}

/// What is asked: where something was before this place, or after it.
fn limited(place: String, before: bool) -> Asked {
    if before { Asked::PlaceBefore(place) } else { Asked::PlaceAfter(place) }
}

/// A question whose only names stand in the clause that "before" opens: "before the lamp came to the attic,
/// where was it", "which room came before the attic for the lamp".
fn in_limit(parts: &Parts, limit: &std::ops::Range<usize>, before: bool) -> Option<StateQuestion> {
    let inside = distinct(parts.inside(limit));
    let [one, other] = inside.as_slice() else { return None };
    let by_pronoun = (0..parts.tokens.len())
        .any(|at| !limit.contains(&at) && among("it he she they", parts.word(at)));
    let (thing, place) = if by_pronoun { (one, other) } else { (other, one) };
    let asked = limited(place.noun.clone(), before);
    Some(StateQuestion { thing: thing.noun.clone(), asked })
}

/// Whether a question asks for where something came from: "from" stands before what is asked for, or at
/// the end, or behind "come"; or it asks for what was left.
fn asks_whence(parts: &Parts) -> bool {
    let n = parts.tokens.len();
    let asks = |at: usize| {
        let out = parts.word(at) == "of" && at > 0 && parts.word(at - 1) == "out";
        parts.word(at) == "whence"
            || (parts.word(at) == "from" || out) && among("which what where", parts.word(at + 1))
            || parts.word(at) == "from" && among("to into", parts.word(at + 1))
            || among("come came", parts.word(at)) && parts.word(at + 1) == "from"
    };
    // "Had the lamp left when it came to the attic": what was left, and not where.
    let quits = |at: usize| {
        among("leave quit vacate depart exit desert abandon", parts.word(at))
            || parts.word(at) == "left"
                && (among("to for", parts.word(at + 1))
                    || (0..at).any(|at| among("has had have", parts.word(at))))
    };
    let goes = |at: usize| (at + 1..n).any(|at| among("for to into", parts.word(at)));
    let leaves = (0..n).find(|at| quits(*at));
    // "On the way to the attic", "where did its journey to the attic begin", "was followed by the attic".
    let leads = |at: usize| {
        among(WAYS, parts.word(at)) && among("to into for", parts.word(at + 1))
            || among("through via", parts.word(at)) && among("which what", parts.word(at + 1))
            || parts.word(at) == "set" && among("out off", parts.word(at + 1)) && goes(at)
            || parts.word(at) == "en" && parts.word(at + 1) == "route"
            || among("bound destined", parts.word(at)) && parts.word(at + 1) == "for"
            || among("followed succeeded replaced", parts.word(at)) && parts.word(at + 1) == "by"
            || among("exchange exchanged swap swapped trade traded", parts.word(at)) && goes(at)
            || among("start begin started began", parts.word(at))
                && (0..n).any(goes)
                && !among("at in", parts.word(at + 1))
    };
    let ends = |at: usize| at + 1 == n || parts.opens_clause(at + 1);
    (0..n).any(|at| parts.word(at) == "from" && ends(at))
        || (0..n).any(asks)
        || leaves.is_some_and(|at| goes(at) || coming(parts))
        || (0..n).any(leads)
}

/// Whether another clause tells of coming somewhere: "coming to the attic, which room did the lamp leave".
fn coming(parts: &Parts) -> bool {
    let comes = |at: usize| {
        among("coming going moving getting travelling arriving", parts.word(at))
            && among("to in at into", parts.word(at + 1))
    };
    (0..parts.tokens.len()).any(comes)
}

/// "Where does he come from" asks for an origin; with a destination, for the stop before that.
fn whence(parts: &Parts) -> Option<StateQuestion> {
    let place = |at: &usize| among("to into in at for by", parts.word(*at)) && !parts.covered(*at);
    let is_near = |at: &usize| parts.phrases.iter().any(|p| (*at..at + 3).contains(&p.first));
    let to = (0..parts.tokens.len()).rev().filter(place).find(is_near);
    let near = |to: usize| parts.phrases.iter().find(|p| (to..to + 3).contains(&p.first));
    // "Reached the attic from which room".
    let reached = || {
        let reaches =
            |at: usize| among("reach reaches reached enter enters entered", parts.word(at));
        let at = (0..parts.tokens.len()).find(|at| reaches(*at))?;
        parts.phrases.iter().find(|phrase| phrase.first > at)
    };
    let place = to.and_then(near).or_else(reached)?;
    let rest: Vec<&Phrase> =
        parts.phrases.iter().filter(|phrase| phrase.noun != place.noun).collect();
    let [thing] = distinct(rest)[..] else { return None };
    let asked = Asked::PlaceBefore(place.noun.clone());
    Some(StateQuestion { thing: thing.noun.clone(), asked })
}

/// The word with which a place is asked for at `from` or behind it, and no other question word.
fn asks_behind(parts: &Parts, from: usize) -> Option<usize> {
    (from..parts.tokens.len()).find(|at| {
        parts.word(*at) == "where"
            || among("which what", parts.word(*at))
                && (at + 1..at + 3).any(|at| parts.is_place(at) && !parts.covered(at))
    })
}

/// The word with which a place is asked for.
fn asks_at(parts: &Parts) -> Option<usize> {
    let n = parts.tokens.len();
    let plain = (0..n).find(|at| among("where whereabouts whence", parts.word(*at)));
    let noun = |at: usize| {
        // "The last known location", "Omar's location": words of no content may stand between.
        let mut behind = (at + 1..n).filter(|at| !parts.covered(*at)).take(NOUN_REACH);
        let dull = |word: &str| is_light(word) || stopwords::is_stopword(word);
        behind
            .find(|at| parts.is_place(*at) || !dull(parts.word(*at)))
            .is_some_and(|at| parts.is_place(at))
    };
    // "Under which roof", "in what surroundings": what somebody is in has a place.
    let within = |at: usize| {
        at > 0
            && among("in at under inside within behind to into", parts.word(at - 1))
            && among(SURROUNDINGS, parts.word(at + 1))
    };
    let of_all = |at: usize| {
        parts.word(at + 1) == "one" && (0..at).any(|at| among("rooms places", parts.word(at)))
    };
    let which = || {
        (0..n).find(|at| {
            among("which what whose", parts.word(*at)) && (noun(*at) || within(*at) || of_all(*at))
        })
    };
    // "The room in which Omar is", "the room that holds the lamp": no question.
    let relative = |at: usize| {
        let before = at - usize::from(at > 0 && among("in at to from", parts.word(at - 1)));
        parts.word(at) == "which" && before > 0 && parts.is_place(before - 1)
    };
    let asks_who = || {
        let asks = |at: usize| among("who whom whose what which", parts.word(at)) && !relative(at);
        (0..n).any(asks)
    };
    // "Omar's location, please", "the last location of the lamp": no other question word.
    let bare = || {
        let place = |at: usize| parts.is_place(at) && !parts.covered(at);
        let tied = |at: usize| {
            parts.word(at + 1) == "of"
                || at > 0 && (parts.tokens[at - 1].owns || parts.word(at - 1) == "current")
                || at > 1 && parts.tokens[at - 2].owns && is_light(parts.word(at - 1))
        };
        (0..n).find(|at| place(*at) && tied(*at)).filter(|_| !asks_who())
    };
    // "Name the room": no other question word.
    let named = || (0..n).find(|at| parts.word(*at) == "the" && noun(*at)).filter(|_| !asks_who());
    let request = || {
        let finds = among(FINDING, parts.word(0)) && !parts.phrases.is_empty();
        (finds && !asks_who()).then_some(0)
    };
    plain.or_else(which).or_else(named).or_else(bare).or_else(request)
}

/// Whether a word of the main clause makes it another question.
fn is_foreign(parts: &Parts, at: usize) -> bool {
    // "Where on earth".
    let on_earth = parts.word(at) == "earth" && at > 0 && parts.word(at - 1) == "on";
    !on_earth
        && !parts.covered(at)
        && !parts.is_place(at)
        && !says_nothing(parts.word(at))
        && !among(SURROUNDINGS, parts.word(at))
}

/// Whether a word of a question for a place says nothing beyond what that asks: a word of being, moving, handling
/// and finding, or an adverb.
pub(in crate::memory::plan) fn says_nothing(word: &str) -> bool {
    let handles = Lexicon::shared().classes(word) & (MOVE | STAY | PUT | DROP | SEE) != 0;
    stopwords::is_stopword(word)
        || among(KEEPING, word)
        || is_light(word)
        || handles && !among(OTHER_STATES, word)
        || word.len() > 4 && word.ends_with("ly")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(String, Asked)> {
        whereabouts(text).map(|question| (question.thing, question.asked))
    }

    #[test]
    fn clauses_beside_the_main_one_change_nothing() {
        for text in [
            "When all is said and done, where is the brass lamp?",
            "Where would a visitor find the brass lamp?",
            "Supposing somebody wanted the brass lamp, where would they look for it?",
            "The brass lamp has gone missing. Where is it?",
            "Which room is the brass lamp in, going by these notes?",
            "Locate the brass lamp.",
        ] {
            assert_eq!(asked(text), Some(("brass lamp".to_owned(), Asked::Place)), "{text}");
        }
        for text in [
            "Where was the brass lamp polished?",
            "Where was Ines born?",
            "Who was in the room with Ines?",
            "In which rooms was the brass lamp, all in all?",
        ] {
            assert_ne!(asked(text).map(|(_, asked)| asked), Some(Asked::Place), "{text}");
        }
    }

    #[test]
    fn what_somebody_did_with_a_thing_has_a_place() {
        let of = |act| Some(("lamp".to_owned(), Asked::PlaceOf { who: "ines".to_owned(), act }));
        assert_eq!(asked("Where did Ines leave the lamp?"), of(Act::Drop));
        assert_eq!(asked("Where did Ines pick up the lamp?"), of(Act::Take));
        assert_eq!(asked("Where did Ines bring the lamp?"), of(Act::Handle));
        assert_eq!(asked("Where was the lamp before?"), Some(("lamp".to_owned(), Asked::Earlier)));
        let before = Some(("lamp".to_owned(), Asked::PlaceBefore("reading room".to_owned())));
        for text in [
            "The lamp came to the reading room. Where was it before that?",
            "Where was the lamp before Omar took it to the reading room?",
            "The lamp reached the reading room from where?",
        ] {
            assert_eq!(asked(text), before, "{text}");
        }
    }
}
