//! What a line of a paper goes on with: the pronoun that opens it stands for what the line before speaks of.
//!
//! ```text
//! "The lathe was a gift. It weighs a ton."          the second line speaks of the lathe
//! "Mrs Hale rang. She asked for the key."           of her, and of no lathe
//! ```
//! Told by the first word alone. Whom a pronoun stands for in a story the other plans know.

use super::kind;
use super::page::Line;
use super::query::Wanted;
use crate::memory::plan::language::grammar::among;

/// Words with which a sentence goes on with what the one before speaks of.
const GOING_ON: &str = "it its they their this these he she his her there";
/// Those of them that stand for people.
const OF_PEOPLE: &str = "he she his her";
/// With these a writer tells what he did himself.
const OF_WRITER: &str = "i we";

/// Whether a line goes on with what the one before speaks of.
pub fn goes_on(line: &Line) -> bool {
    line.words.first().is_some_and(|word| among(GOING_ON, word) || word == "the")
}

/// Whether a line goes on with a thing that the one before speaks of; he and she are people.
pub fn goes_on_with(line: &Line, wanted: &Wanted) -> bool {
    goes_on(line) && !wanted.is_name && may_stand_for(line, wanted)
}

/// Whether the pronoun that opens a line, if one does, may stand for what is asked for.
pub fn may_stand_for(line: &Line, wanted: &Wanted) -> bool {
    let of_people = line.words.first().is_some_and(|word| among(OF_PEOPLE, word));
    !of_people || wanted.is_name || kind::is_of_people(&wanted.strict.text)
}

/// How many sentences before a line go on themselves, or only tell what the writer did.
pub fn reach(line: &Line) -> usize {
    let goes_on = |words: &&Vec<String>| {
        words.first().is_some_and(|word| among(GOING_ON, word) || among(OF_WRITER, word))
    };
    line.before.iter().take_while(goes_on).count()
}
