//! The plan for where things lie as seen from each other: "what is north of the mill?".
//!
//! ```text
//! X is north of Y     X lies to the left of Y     both ways round: Y is south of X
//! ```
//! Only sentences that name the place asked about and a direction are read, the newest first.

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::grammar::{noun, same_noun};
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Directions and their opposites.
pub(in crate::memory::plan) const DIRECTIONS: &[(&str, &str)] = &[
    ("north", "south"),
    ("south", "north"),
    ("east", "west"),
    ("west", "east"),
    ("left", "right"),
    ("right", "left"),
    ("above", "below"),
    ("below", "above"),
];
/// Mentions read, the newest.
const MENTIONS: usize = 64;
/// Longest statement in words.
const LONGEST: u32 = 24;
/// Words of a name at most.
const LONGEST_NAME: usize = 4;

/// What lies where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelativeQuestion {
    place: String,
    direction: &'static str,
    /// Whether the place asked about is the one that lies in the direction: "what is X north of?".
    is_first: bool,
}

/// A direction word at `at` of a list of words, and where what it belongs to begins and ends.
fn direction(list: &[String], at: usize) -> Option<(&'static str, &'static str)> {
    let found = DIRECTIONS.iter().find(|(direction, _)| list[at] == *direction)?;
    let of = list.get(at + 1).is_some_and(|word| word == "of");
    (of || ["above", "below"].contains(&found.0)).then_some(*found)
}

/// A name without its determiner, if the words are one.
fn name(words: &[String]) -> Option<String> {
    let rest: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .skip_while(|word| ["the", "a", "an", "to"].contains(word))
        .collect();
    (1..=LONGEST_NAME).contains(&rest.len()).then(|| rest.join(" "))
}

impl RelativeQuestion {
    /// Reads a question; `None` if it is something else.
    pub fn of(text: &str) -> Option<Self> {
        let list: Vec<String> = words::folded_words(text).collect();
        let [what, copula, rest @ ..] = list.as_slice() else { return None };
        if what != "what" || !["is", "was", "lies"].contains(&copula.as_str()) {
            return None;
        }
        let at = (0..rest.len()).find(|at| direction(rest, *at).is_some())?;
        let (direction, _) = direction(rest, at)?;
        let behind = rest.get(at + 1..).unwrap_or(&[]);
        let behind = behind.strip_prefix(&["of".to_owned()]).unwrap_or(behind);
        let mut before = &rest[..at];
        while let Some(shorter) = before
            .strip_suffix(&["the".to_owned()])
            .or_else(|| before.strip_suffix(&["to".to_owned()]))
        {
            before = shorter;
        }
        let (place, is_first) = match (before.is_empty(), behind.is_empty()) {
            (true, false) => (name(behind)?, false),
            (false, true) => (name(before)?, true),
            _ => return None,
        };
        Some(Self { place, direction, is_first })
    }
}

/// Answers from the newest statement; `None` if there is none.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn relative(reader: &Reader, question: &RelativeQuestion) -> Result<Option<Finding>> {
    let Some(pattern) = Pattern::phrase(&question.place) else { return Ok(None) };
    let all = DIRECTIONS.iter().map(|(direction, _)| (*direction).to_owned());
    let any = [Pattern::one_of("direction", all)];
    let ids = reader.last_mentions(&[pattern], &any, LONGEST, MENTIONS)?;
    for read in reader.read(&ids)?.iter().rev() {
        let Some((first, stated, opposite, second)) = statement(reader, &read.text) else {
            continue;
        };
        // "A is north of B" answers what is north of B, what A is north of, and the same southwards.
        for (one, direction, other) in [(&first, stated, &second), (&second, opposite, &first)] {
            let asked = if question.is_first { one } else { other };
            if direction == question.direction && same_noun(asked, &question.place) {
                let answer = if question.is_first { other } else { one };
                let answer = Some(reader.as_written(&[read.id], answer)?);
                let evidence = vec![(read.id, 1)];
                return Ok(Some(Finding { answer, evidence, incomplete: false }));
            }
        }
    }
    Ok(None)
}

/// "A is north of B" in a sentence: A, north, south, B.
pub(in crate::memory::plan) fn statement(
    reader: &Reader,
    text: &str,
) -> Option<(String, &'static str, &'static str, String)> {
    let tokens = reader.tokens(text);
    let list: Vec<String> = tokens.iter().map(|token| token.folded.clone()).collect();
    let copula =
        list.iter().position(|word| ["is", "was", "lies", "lay"].contains(&word.as_str()))?;
    let at =
        (copula + 1..(copula + 4).min(list.len())).find(|at| direction(&list, *at).is_some())?;
    let (stated, opposite) = direction(&list, at)?;
    let behind = at + 1 + usize::from(list.get(at + 1).is_some_and(|word| word == "of"));
    let (first, second) = (noun(&tokens[..copula]), noun(tokens.get(behind..)?));
    let short = |noun: &str| (1..=LONGEST_NAME).contains(&noun.split(' ').count());
    (short(&first) && short(&second) && !second.is_empty())
        .then_some((first, stated, opposite, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_ask_from_either_side() {
        let asked =
            |text: &str| RelativeQuestion::of(text).map(|q| (q.place, q.direction, q.is_first));
        assert_eq!(
            asked("What is north of the old mill?"),
            Some(("old mill".into(), "north", false))
        );
        assert_eq!(asked("What is the mill north of?"), Some(("mill".into(), "north", true)));
        assert_eq!(asked("What is to the left of the mill?"), Some(("mill".into(), "left", false)));
        assert_eq!(asked("What is the mill?"), None);
        assert_eq!(asked("What is left?"), None);
    }
}
