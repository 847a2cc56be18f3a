//! The plan for things that are arranged: which lies on what side of another, which is larger, and the way
//! from one place to another, over as many statements as it takes.
//!
//! ```text
//! X is north of Y · X is to the left of Y         a step on a grid: X = Y + (0, 1)
//! X is larger than Y · Y fits into X              a step up in size
//! is X left of Y?                                 the sum of the steps from Y to X
//! is X larger than Y? · does Y fit into X?        steps up, or steps down, from Y to X
//! how does one get from X to Y?                   the directions of the fewest steps
//! ```
//! The statements about one thing are read, the newest first, then those about the things that they name,
//! until the two are joined or a constant number of things was looked at.

use super::relative::{self, DIRECTIONS};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::grammar::{among, noun, same_noun};
use crate::memory::plan::reader::{Reader, Token};
use crate::memory::segment::words;

/// Statements read of one thing, the newest, and their longest in words.
const MENTIONS: usize = 32;
const LONGEST: u32 = 24;
/// Things that are looked at.
const MOST_THINGS: usize = 48;
/// Words of a name at most.
const LONGEST_NAME: usize = 4;
/// Comparatives of what is larger and of what is smaller.
const LARGER: &str = "bigger larger greater taller wider longer higher heavier";
const SMALLER: &str = "smaller shorter narrower lower lighter";
/// How words for sides stand on a grid whose first axis runs east and whose second runs north.
const SIDES: &[(&str, (i32, i32))] = &[
    ("north", (0, 1)),
    ("above", (0, 1)),
    ("south", (0, -1)),
    ("below", (0, -1)),
    ("east", (1, 0)),
    ("right", (1, 0)),
    ("west", (-1, 0)),
    ("left", (-1, 0)),
];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Whether the first lies on this side of the second.
    Side((i32, i32)),
    /// Whether the first is larger than the second.
    Larger,
    /// Whether the first is smaller than the second.
    Smaller,
    /// The way from the first to the second.
    Way,
}

/// A question about two things that are arranged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangedQuestion {
    asked: Asked,
    first: String,
    second: String,
}

/// A name without its determiner, if the words are one.
fn name(list: &[&str]) -> Option<String> {
    let rest: Vec<&str> = list.iter().copied().skip_while(|word| among("the a an", word)).collect();
    (1..=LONGEST_NAME).contains(&rest.len()).then(|| rest.join(" "))
}

fn side(word: &str) -> Option<(i32, i32)> {
    SIDES.iter().find(|(side, _)| *side == word).map(|(_, step)| *step)
}

impl ArrangedQuestion {
    /// Reads a question; `None` if it is something else.
    pub fn of(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let list: Vec<&str> = folded.iter().map(String::as_str).collect();
        let find = |wanted: &str| list.iter().position(|word| among(wanted, word));
        let (asked, first, second) = match list.as_slice() {
            ["is" | "was", ..] => {
                let at = find(
                    "north south east west left right above below larger \
                     bigger greater taller wider longer higher heavier smaller shorter narrower \
                     lower lighter",
                )?;
                let mut end = at;
                while end > 1 && among("to the on directly much", list[end - 1]) {
                    end -= 1;
                }
                let behind = at + 1 + usize::from(among("of than", list.get(at + 1)?));
                let asked = match list[at] {
                    word if among(LARGER, word) => Asked::Larger,
                    word if among(SMALLER, word) => Asked::Smaller,
                    word => Asked::Side(side(word)?),
                };
                (asked, &list[1..end], &list[behind.min(list.len())..])
            }
            ["does" | "do" | "will" | "would" | "can" | "could", ..] => {
                let at = find("fit go")?;
                let inside = among("in into inside", list.get(at + 1)?);
                (inside && list[at] == "fit").then_some(())?;
                (Asked::Smaller, &list[1..at], &list[at + 2..])
            }
            ["how" | "what" | "which" | "describe" | "give" | "find" | "name", ..] => {
                let from = find("from")?;
                let to = from + list[from..].iter().position(|word| *word == "to")?;
                let way = list[..from].iter().any(|word| among("go get way walk path route", word));
                let more = list[..from].iter().any(|word| among("long far many much did", word));
                (way && !more).then_some(())?;
                (Asked::Way, &list[from + 1..to], &list[to + 1..])
            }
            _ => return None,
        };
        Some(Self { asked, first: name(first)?, second: name(second)? })
    }
}

/// A statement about two things: how the second is reached from the first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    from: String,
    to: String,
    /// East and north, or up in size in the first place.
    by: (i32, i32),
    /// The direction as the text calls it.
    direction: &'static str,
}

/// Both ways of reading a statement; none if the sentence makes none of this kind.
fn steps(reader: &Reader, text: &str, sizes: bool) -> Vec<Step> {
    if sizes {
        let Some((small, large)) = sized(&reader.tokens(text)) else { return Vec::new() };
        let step = |from: &String, to: &String, up| Step {
            from: from.clone(),
            to: to.clone(),
            by: (up, 0),
            direction: "",
        };
        return vec![step(&small, &large, 1), step(&large, &small, -1)];
    }
    let Some((one, stated, opposite, other)) = relative::statement(reader, text) else {
        return Vec::new();
    };
    let (Some(there), Some(back)) = (side(stated), side(opposite)) else { return Vec::new() };
    vec![
        Step { from: other.clone(), to: one.clone(), by: there, direction: stated },
        Step { from: one, to: other, by: back, direction: opposite },
    ]
}

/// The smaller and the larger of two things that a sentence compares: "X fits into Y", "X is larger than Y".
fn sized(tokens: &[Token]) -> Option<(String, String)> {
    let at = tokens.iter().position(|token| among("fits fit is was", &token.folded))?;
    let behind = |from: usize| tokens.get(from..).map(noun);
    let short = |noun: &String| (1..=LONGEST_NAME).contains(&noun.split(' ').count());
    let mut first = &tokens[..at];
    while first.last().is_some_and(|token| among("will would can does easily just", &token.folded))
    {
        first = &first[..first.len() - 1];
    }
    let first = noun(first);
    let (small, large) = if among("fits fit", &tokens[at].folded) {
        let inside = tokens.get(at + 1)?.folded.as_str();
        (first, among("in into inside within", inside).then(|| behind(at + 2))??)
    } else {
        let much = usize::from(tokens.get(at + 1).is_some_and(|t| among("much far", &t.folded)));
        let word = tokens.get(at + 1 + much)?.folded.as_str();
        let than = tokens.get(at + 2 + much).is_some_and(|token| token.folded == "than");
        let other = behind(at + 3 + much).filter(|_| than)?;
        match word {
            word if among(LARGER, word) => (other, first),
            word if among(SMALLER, word) => (first, other),
            _ => return None,
        }
    };
    (short(&small) && short(&large) && !small.is_empty() && !large.is_empty())
        .then_some((small, large))
}

/// A thing that was reached: by which steps, of which sentences.
#[derive(Debug, Clone)]
struct Reached {
    name: String,
    by: (i32, i32),
    directions: Vec<&'static str>,
    evidence: Vec<SentenceId>,
}

/// Answers; `None` if the statements do not join the two things.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn arranged(reader: &Reader, question: &ArrangedQuestion) -> Result<Option<Finding>> {
    let sizes = matches!(question.asked, Asked::Larger | Asked::Smaller);
    // The way begins at the first thing; on which side the first lies is told from the second.
    let (start, goal) = match question.asked {
        Asked::Way => (&question.first, &question.second),
        _ => (&question.second, &question.first),
    };
    let said = if sizes { format!("{LARGER} {SMALLER} fits fit") } else { String::new() };
    let any: Vec<String> = match sizes {
        true => said.split(' ').map(str::to_owned).collect(),
        false => DIRECTIONS.iter().map(|(direction, _)| (*direction).to_owned()).collect(),
    };
    let any = [Pattern::one_of("arranged", any)];
    let first =
        Reached { name: start.clone(), by: (0, 0), directions: Vec::new(), evidence: Vec::new() };
    let mut reached = vec![first];
    let mut at = 0;
    while at < reached.len() && at < MOST_THINGS {
        let here = reached[at].clone();
        at += 1;
        let Some(pattern) = Pattern::phrase(&here.name) else { continue };
        let ids = reader.last_mentions(&[pattern], &any, LONGEST, MENTIONS)?;
        for read in reader.read(&ids)?.iter().rev() {
            for step in steps(reader, &read.text, sizes) {
                let known = reached.iter().any(|known| known.name == step.to);
                // Down again after a step up tells nothing about which is larger.
                let turns = sizes && here.by.0 * step.by.0 < 0;
                if known || turns || step.from != here.name {
                    continue;
                }
                let mut next = here.clone();
                next.by = (here.by.0 + step.by.0, here.by.1 + step.by.1);
                next.name = step.to;
                next.directions.push(step.direction);
                next.evidence.push(read.id);
                if same_noun(&next.name, goal) {
                    return Ok(answer(question.asked, next));
                }
                reached.push(next);
            }
        }
    }
    Ok(None)
}

fn answer(asked: Asked, found: Reached) -> Option<Finding> {
    let yes = |holds: bool| if holds { "Yes" } else { "No" }.to_owned();
    let answer = match asked {
        Asked::Side((east, north)) => yes(found.by.0 * east + found.by.1 * north > 0),
        Asked::Larger => yes(found.by.0 > 0),
        Asked::Smaller => yes(found.by.0 < 0),
        Asked::Way => found.directions.join(", "),
    };
    let evidence = found.evidence.into_iter().map(|id| (id, 1)).collect();
    Some(Finding { answer: Some(answer), evidence, incomplete: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn questions_about_two_things() {
        let asked = |text: &str| ArrangedQuestion::of(text).map(|q| (q.asked, q.first, q.second));
        let pair = |asked, one: &str, other: &str| Some((asked, one.to_owned(), other.to_owned()));
        for (text, wanted) in [
            ("Is the mill to the left of the inn?", pair(Asked::Side((-1, 0)), "mill", "inn")),
            ("Is the mill above the inn?", pair(Asked::Side((0, 1)), "mill", "inn")),
            ("Is the red trunk larger than the box?", pair(Asked::Larger, "red trunk", "box")),
            ("Does the box fit into the trunk?", pair(Asked::Smaller, "box", "trunk")),
            ("How do you get from the mill to the inn?", pair(Asked::Way, "mill", "inn")),
            ("How far is it from the mill to the inn?", None),
            ("Is Omar in the attic?", None),
        ] {
            assert_eq!(asked(text), wanted, "{text}");
        }
    }

    #[test]
    fn sizes_are_compared_in_both_directions() {
        let said = |text: &str| sized(&tokens(text, Lexicon::shared()));
        let wanted = Some(("box".to_owned(), "trunk".to_owned()));
        for text in [
            "The box fits into the trunk.",
            "The trunk is larger than the box.",
            "The box is much smaller than the trunk.",
            "The box would easily fit inside the trunk.",
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
        assert_eq!(said("The box is in the trunk."), None);
    }
}
