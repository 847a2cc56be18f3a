//! Questions about where something is, where it was before, who has it and who gave it.
//!
//! ```text
//! plain     where is X · what is X carrying · who gave X to Y · is X in P
//! place     any question with "where", "which room" or "the whereabouts" (`whereabouts`)
//! ```

use super::asked::{Asked, StateQuestion};
use super::holding::holding;
use super::previous::previous;
use super::whereabouts::whereabouts;
use crate::memory::index::stopwords;
use crate::memory::plan::chinese::whereabouts::whereabouts as chinese;
use crate::memory::plan::language::phrasing::LONGEST_NAME;
use crate::memory::segment::words;

impl StateQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        whereabouts(text)
            .or_else(|| chinese(text))
            .or_else(|| holding(text))
            .or_else(|| previous(text))
            .or_else(|| Self::of_simple(text))
    }

    /// Reads the plainest forms, word by word.
    fn of_simple(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let timed = |at: usize| {
            let near = folded[at + 1..].iter().take(2);
            near.into_iter().any(|w| ["moment", "present", "end", "last"].contains(&w.as_str()))
        };
        // "At the moment", but not "at the mill".
        let list: Vec<&str> = folded
            .iter()
            .enumerate()
            .filter(|(at, word)| word.as_str() != "at" || !timed(*at))
            .map(|(_, word)| word.as_str())
            .filter(|word| {
                ![
                    "now",
                    "currently",
                    "still",
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
        let place = |word: &str| {
            ["room", "place", "location", "building", "house", "town", "city"].contains(&word)
        };
        let auxiliary = |word: &str| {
            be(word) || ["did", "does", "has", "had", "can", "could", "do"].contains(&word)
        };
        let bare_list = list.strip_prefix(&["in"]).or_else(|| list.strip_prefix(&["to"]));
        let (thing, asked): (&[&str], Asked) = match bare_list.unwrap_or(&list) {
            ["where", "has" | "have" | "had", .., "been"] => return None,
            ["where", verb, rest @ ..] if auxiliary(verb) => return Self::placed(rest),
            ["which" | "what", noun, verb, rest @ ..] if place(noun) && auxiliary(verb) => {
                return Self::placed(rest);
            }
            ["what", "is" | "was", "the", "location", "of", rest @ ..] => {
                return Self::placed(rest);
            }
            ["does" | "has", rest @ ..] => {
                let verb = ["have", "has", "hold", "carry", "got", "own", "keep"];
                let at = rest.iter().position(|word| verb.contains(word))?;
                (&rest[at + 1..], Asked::Has(bare(&rest[..at])?))
            }
            [verb, rest @ ..] if be(verb) => {
                let at = rest.iter().position(|word| ["in", "at", "inside"].contains(word))?;
                (&rest[..at], Asked::IsAt(bare(&rest[at + 1..])?))
            }
            _ => return None,
        };
        Some(Self { thing: bare(thing)?, asked })
    }

    /// Reads what stands behind "where is".
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
        for text in [
            "What is the present whereabouts of the brass lamp?",
            "Name the place where the brass lamp can now be found.",
            "The brass lamp is in which room?",
            "Where should one look for the brass lamp?",
        ] {
            assert_eq!(asked(text), Some((lamp(), Asked::Place)), "{text}");
        }
        for text in [
            "Prior to the attic, where was the brass lamp?",
            "Where did the brass lamp stand just before it was brought to the attic?",
            "What had been the location of the brass lamp before it came to the attic?",
            "From what place was the brass lamp carried to the attic?",
            "Out of which room, or from where, did the brass lamp come into the attic?",
        ] {
            let wanted = Some((lamp(), Asked::PlaceBefore("attic".to_owned())));
            assert_eq!(asked(text), wanted, "{text}");
        }
        assert_eq!(asked("Where did Omar buy the brass lamp?"), None);
        assert_eq!(asked("Where is the school that Ines leads in the end?"), None);
        assert_eq!(asked("Why did Omar leave?"), None);
    }
}
