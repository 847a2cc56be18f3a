//! Questions for the place from which something came where it was, that say so without "before" or "from": "what
//! was the last stop of the lamp on its way to the attic", "what did the lamp leave behind to get to the attic".
//!
//! ```text
//! question word · the thing · a word for leaving, coming or a way · the place, behind a preposition
//! ```
//! Two things are named and nothing else; that the second is a place where the first came is for the text to say.

use super::asked::{Asked, StateQuestion};
use super::whereabouts::says_nothing;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::phrasing::{Parts, distinct};

/// Words for leaving one place for another, and for the way between them.
const LEAVING: &str = "leave leaves leaving left quit quitting exit depart departure departing ahead way route road \
    trip journey move transfer removal passage voyage short penultimate start starting begin began origin \
    stop stopover halt station exchange swap trade set out removed coming going favour favor last preceding \
    come came through behind";
/// Prepositions before the place.
const TOWARDS: &str = "to into for of in at reach reaching enter entering";
/// Words with which something else is asked for.
const OTHERS: &str = "happen happened happens look looks looked like do does done doing with who whom whose why how when \
    many much often see seen saw hold holds held after following then next take bring carry give buy find want need meet lose make";
/// Nouns for a stop of a way, besides those for places.
const STOPS: &str = "point stop station stay stopover halt home base departure starting stage removal penultimate \
    counted aside favour favor transfer short";

/// A question for the place before another that no word for the order of time tells.
pub(in crate::memory::plan) fn previous(text: &str) -> Option<StateQuestion> {
    let parts = Parts::of(text);
    let n = parts.tokens.len();
    let says = |list: &str| (0..n).any(|at| !parts.covered(at) && among(list, parts.word(at)));
    if !says("what which where") || !says(LEAVING) || says(OTHERS) {
        return None;
    }
    let phrases = distinct(parts.phrases.iter().collect());
    let behind = |at: usize| {
        let determined = among("the a an his her their its", parts.word(at.wrapping_sub(1)));
        at.checked_sub(1 + usize::from(determined)).is_some_and(|at| among(TOWARDS, parts.word(at)))
    };
    let [one, two] = phrases.as_slice() else { return None };
    // "Ahead of the attic in the travels of the lamp": the thing may stand last.
    let turned = behind(one.first) && !behind(two.first)
        || (0..one.first).any(|at| among("ahead", parts.word(at)))
        || one.first > 1 && among("in going on", parts.word(0)) && behind(one.first);
    let (thing, place) = if turned { (two, one) } else { (one, two) };
    let foreign = |at: usize| {
        !parts.covered(at)
            && !parts.is_place(at)
            && !says_nothing(parts.word(at))
            && !among(STOPS, parts.word(at))
            && !among(LEAVING, parts.word(at))
    };
    let to_somebody = place.is_name && parts.before(place) == "for";
    if to_somebody || !behind(place.first) || (0..n).any(foreign) {
        return None;
    }
    let asked = Asked::PlaceBefore(place.noun.clone());
    Some(StateQuestion { thing: thing.noun.clone(), asked })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_to_a_place_starts_where_something_was_before() {
        let wanted = Some(StateQuestion {
            thing: "brass lamp".to_owned(),
            asked: Asked::PlaceBefore("attic".to_owned()),
        });
        for text in [
            "What was the last stop of the brass lamp on its way to the attic?",
            "What did the brass lamp leave behind to get to the attic?",
        ] {
            assert_eq!(previous(text), wanted, "{text}");
        }
        for text in [
            "What happened to the brass lamp on its way to the attic?",
            "What did Ines take on her way to the attic?",
            "What is the colour of the stairs to the attic?",
        ] {
            assert_eq!(previous(text), None, "{text}");
        }
    }
}
