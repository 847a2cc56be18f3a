//! Sentences that begin with the place: "Into a bag Ines put the lamp" says what "Ines put the lamp into a
//! bag" does, and is read as that.

use crate::memory::answer::spans;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{
    AT, DETERMINERS, ON_PERSON, PARTS, TO, among, is_noun,
};
use crate::memory::plan::language::lexicon::{DROP, GIVE, HOLD, MOVE, PUT, TAKE};
use crate::memory::plan::reader::Token;

/// Words between the determiner of a phrase and its end at most.
const LONGEST_PHRASE: usize = 3;
/// Words from the beginning of the subject to the verb at most.
const LONGEST_SUBJECT: usize = 5;
/// Prepositions before what somebody wears or carries.
const ON: &str = "in inside under beneath on over across";

/// "It was in the barn that Ines found the lamp" as "Ines found the lamp in the barn".
pub(in crate::memory::plan) fn uncleft(text: &str, tokens: &[Token]) -> Option<String> {
    let [it, be, preposition, determiner, ..] = tokens else { return None };
    let opens = it.folded == "it" && among("is was", &be.folded);
    let placed = among(TO, &preposition.folded) || among(AT, &preposition.folded);
    if !opens || !placed || !among(DETERMINERS, &determiner.folded) {
        return None;
    }
    let that = (4..tokens.len().min(5 + LONGEST_PHRASE))
        .find(|at| among("that where", &tokens[*at].folded))?;
    if that + 1 >= tokens.len() || spans::is_time_word(&tokens[that - 1].folded) {
        return None;
    }
    let told = text[tokens[that + 1].start..].trim_end_matches(['.', '!']);
    Some(format!("{told} {}.", &text[preposition.start..tokens[that - 1].end]))
}

/// `text` with the phrase that it begins with behind its first verb and the object of that; `None` if it begins
/// with none that says where something goes, or is no statement of that.
pub(in crate::memory::plan) fn unfronted(text: &str, tokens: &[Token]) -> Option<String> {
    let [preposition, determiner, ..] = tokens else { return None };
    if !among(DETERMINERS, &determiner.folded) && determiner.folded != "one" {
        return None;
    }
    // The phrase ends where somebody is named.
    let subject = (2..tokens.len()).find(|at| {
        let token = &tokens[*at];
        token.capital || among(DETERMINERS, &token.folded) || among("he she they", &token.folded)
    })?;
    let acts = MOVE | TAKE | DROP | GIVE | HOLD | PUT;
    let is_verb = |at: usize| tokens[at].classes & acts != 0 && !is_noun(tokens, at);
    let plain = (2..subject).all(|at| {
        let joined = matches!(&text[tokens[at - 1].end..tokens[at].start], " " | "-");
        joined && !stopwords::is_stopword(&tokens[at].folded) && !is_verb(at)
    });
    let gap = &text[tokens[subject - 1].end..tokens[subject].start];
    if !plain || !(1..=LONGEST_PHRASE).contains(&(subject - 2)) || !matches!(gap, " " | ", ") {
        return None;
    }
    let head = tokens[subject - 1].folded.as_str();
    let carried = among(ON, &preposition.folded) && among(ON_PERSON, head);
    let reached = among(TO, &preposition.folded) && !among(PARTS, head);
    if !(carried || reached) || spans::is_time_word(head) {
        return None;
    }
    let reach = tokens.len().min(subject + LONGEST_SUBJECT);
    let verb = (subject + 1..reach).find(|at| !tokens[*at].capital && is_verb(*at))?;
    // What another clause says stays behind the phrase.
    let next = (verb + 1..tokens.len()).find(|at| {
        let gap = &text[tokens[at - 1].end..tokens[*at].start];
        !matches!(gap, " " | "-") || among("and but then", &tokens[*at].folded)
    });
    let end = tokens[next.unwrap_or(tokens.len()) - 1].end;
    let phrase = &text[determiner.start..tokens[subject - 1].end];
    let (told, rest) = (&text[tokens[subject].start..end], &text[end..]);
    Some(format!("{told} {} {phrase}{rest}", preposition.folded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn the_place_is_put_behind_what_happens() {
        let cases = [
            (
                "Into a deep bag Ines Marl dropped the lamp.",
                "Ines Marl dropped the lamp into a deep bag.",
            ),
            (
                "Under her cloak, the keeper hid the lamp.",
                "the keeper hid the lamp under her cloak.",
            ),
            (
                "Into the barn Omar carried the lamp and went home.",
                "Omar carried the lamp into the barn and went home.",
            ),
        ];
        for (text, wanted) in cases {
            let list = tokens(text, Lexicon::shared());
            assert_eq!(unfronted(text, &list).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "To the end Ines held the lamp.",
            "In the evening Ines took the lamp.",
            "Into the barn went Ines.",
            "Into the barn Ines looked.",
            "Ines took the lamp.",
        ] {
            assert_eq!(unfronted(text, &tokens(text, Lexicon::shared())), None, "{text}");
        }
    }
}
