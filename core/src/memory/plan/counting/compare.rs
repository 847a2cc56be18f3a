//! The plan for comparisons: "which is older, A or B?" asks for a number or a date of each and
//! compares in code.

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::answer::spans::{self, number_value};
use crate::memory::index::corpus::SentenceId;
use crate::memory::plan::candidates::{Among, candidates};
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Comparatives that ask for the smaller number or the earlier date.
const LESS: &str = "smaller less fewer shorter cheaper lighter lower slower earlier first nearer \
                    younger narrower shallower least lowest smallest cheapest shortest fewest earliest";
/// Comparatives that ask for the larger number or the later date.
const MORE: &str = "larger bigger more longer taller higher heavier faster later older greater \
                    farther further dearer wider deeper richer most highest largest latest last \
                    oldest longest biggest";
/// Comparatives that turn round where the numbers are years: who was born earlier is older.
const OF_AGE: &str = "older younger oldest";

/// A question that compares two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareQuestion {
    /// The question about either thing.
    questions: [String; 2],
    /// The things as the question names them.
    things: [String; 2],
    more: bool,
    of_age: bool,
}

impl CompareQuestion {
    /// Reads a question; `None` if it compares nothing.
    pub fn of(text: &str) -> Option<Self> {
        let list: Vec<String> = words::folded_words(text).collect();
        let comparative = list.iter().find(|word| among(LESS, word) || among(MORE, word))?;
        let at = text.find(" or ")?;
        let before = &text[..at];
        let start = before.rfind([',', ':']).map_or_else(
            // Without a comma the first thing is the run of capitals before "or".
            || {
                let mut start = before.len();
                for word in before.rsplit(' ') {
                    if !word.starts_with(char::is_uppercase) {
                        break;
                    }
                    start = start.saturating_sub(word.len() + 1);
                }
                start
            },
            |comma| comma + 1,
        );
        let first = before[start..].trim().to_owned();
        let rest = &text[at + 4..];
        let n_words = first.split_whitespace().count();
        let end = rest.find(['?', ',']).unwrap_or(rest.len());
        let second: Vec<&str> = rest[..end].split_whitespace().collect();
        let whole = rest[end..].trim_matches(['?', ' ']).is_empty();
        let second = if whole && second.len() <= 5 {
            second.join(" ")
        } else {
            second.into_iter().take(n_words).collect::<Vec<_>>().join(" ")
        };
        if first.is_empty() || second.is_empty() || n_words > 5 {
            return None;
        }
        // What is compared, without the comparative, asked of either thing.
        let asked = before[..start].trim_matches([',', ':', ' ']);
        Some(Self {
            questions: [format!("{asked} {first}?"), format!("{asked} {second}?")],
            things: [first, second],
            more: among(MORE, comparative),
            of_age: among(OF_AGE, comparative),
        })
    }
}

/// Compares; `None` if the documents give no number for one of the things.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn compare(
    reader: &Reader,
    question: &CompareQuestion,
    scope: &Scope,
) -> Result<Option<Finding>> {
    let mut found: Vec<(f64, SentenceId)> = Vec::new();
    for (text, thing) in question.questions.iter().zip(&question.things) {
        let mut asked = Question::of(text, reader.stems);
        asked.expected = Expected::Number;
        let name: Vec<String> = words::folded_words(thing).collect();
        let mut value = None;
        for candidate in candidates(reader, &asked, scope, Among::All)? {
            let sentence = reader.corpus.sentence(candidate.id)?;
            let folded: Vec<String> = words::folded_words(&sentence).collect();
            if !name.iter().all(|word| folded.contains(word)) {
                continue;
            }
            let number = spans::spans(&sentence, Expected::Number).into_iter().find_map(|range| {
                let span = &sentence[range];
                words::folded_words(span).find_map(|folded| number_value(&folded))
            });
            if let Some(number) = number {
                value = Some((number, candidate.id));
                break;
            }
        }
        match value {
            Some(value) => found.push(value),
            None => return Ok(None),
        }
    }
    let [(one, first), (other, second)] = found[..] else { return Ok(None) };
    let years = |n: f64| (1_000.0..2_200.0).contains(&n);
    let more = question.more != (question.of_age && years(one) && years(other));
    let answer = if one == other {
        format!("{} and {} are equal: {one}", question.things[0], question.things[1])
    } else {
        let winner = usize::from((one > other) != more);
        format!("{}: {one} and {other}", question.things[winner])
    };
    let evidence = vec![(first, 1), (second, 1)];
    Ok(Some(Finding { answer: Some(answer), evidence, incomplete: false }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_things_are_asked_about() {
        let question = CompareQuestion::of("Which tower is taller, the Red Tower or the Old Mill?");
        let question = question.unwrap();
        assert_eq!(question.things, ["the Red Tower", "the Old Mill"]);
        assert!(question.more);
        let question = CompareQuestion::of("Who is younger, Omar or Ines?").unwrap();
        assert_eq!(question.things, ["Omar", "Ines"]);
        assert!(!question.more && question.of_age);
        assert_eq!(CompareQuestion::of("Did Omar or Ines leave?"), None);
    }
}
