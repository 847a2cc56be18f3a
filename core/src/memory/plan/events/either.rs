//! Statements that leave open which of several places it is: "Ines is either in the attic or the cellar."

use super::event::{Act, Event};
use crate::memory::plan::language::grammar::{AT, among, noun, noun_end, says_no_more};
use crate::memory::plan::language::lexicon::STAY;
use crate::memory::plan::language::subject::subjects;
use crate::memory::plan::reader::Token;

/// One event for each place that somebody may be at; none if the sentence says nothing of the kind.
pub(in crate::memory::plan) fn open_places(text: &str, tokens: &[Token]) -> Vec<Event> {
    let Some(verb) = tokens.iter().position(|token| token.classes & STAY != 0 && !token.capital)
    else {
        return Vec::new();
    };
    let mut at = verb + 1;
    let mut places = Vec::new();
    loop {
        let small = |token: &Token| among("either or", &token.folded) || among(AT, &token.folded);
        while tokens.get(at).is_some_and(small) {
            at += 1;
        }
        let end = noun_end(text, tokens, at.min(tokens.len()));
        // "Is tired or hungry" is no place.
        let placed = tokens[verb + 1..at].iter().any(|token| among(AT, &token.folded));
        if end <= at || !placed {
            return Vec::new();
        }
        places.push(noun(&tokens[at..end]));
        at = end;
        if tokens.get(at).is_none_or(|token| token.folded != "or") {
            break;
        }
    }
    let (who, _) = subjects(text, tokens, verb);
    if places.len() < 2 || who.is_empty() || !says_no_more(&tokens[at..]) {
        return Vec::new();
    }
    let event = |place: String| Event {
        act: Act::MayBeAt,
        subjects: who.clone(),
        object: None,
        place: Some(place),
        recipient: None,
        beside: false,
        fills: true,
    };
    places.into_iter().map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn two_places_are_left_open() {
        let said = |text: &str| -> Vec<String> {
            let list = tokens(text, Lexicon::shared());
            open_places(text, &list).into_iter().filter_map(|event| event.place).collect()
        };
        assert_eq!(said("Ines is either in the attic or the cellar."), ["attic", "cellar"]);
        assert_eq!(said("Omar was in the barn or in the old mill."), ["barn", "old mill"]);
        assert!(said("Ines is in the attic.").is_empty());
        assert!(said("Ines is tired or hungry today.").is_empty());
    }
}
