//! Who does what a verb says: the noun phrase before it, and who is named with it.
//!
//! Auxiliaries, adverbs and verbs of seeming between the subject and the verb are skipped; whoever's hands do
//! something does it himself.

use super::grammar::{
    AUXILIARIES, DETERMINERS, KEEPING, ON_PERSON, RAISING, STOPPING, among, noun,
};
use super::lexicon::SEE;
use crate::memory::index::stopwords;
use crate::memory::plan::reader::Token;

/// Words of an adverbial before the subject at most.
pub(in crate::memory::plan) const LONGEST_ADVERBIAL: usize = 5;
const PRONOUNS: &str = "he she they it him her them i we you";

/// The subjects that end before token `verb`, and where they begin.
pub(in crate::memory::plan) fn subjects(
    text: &str,
    tokens: &[Token],
    verb: usize,
) -> (Vec<String>, usize) {
    let mut end = verb;
    while end > 0 {
        let word = tokens[end - 1].folded.as_str();
        let adverb = word.ends_with("ly") && !tokens[end - 1].capital;
        // "Is said to have gone", "was seen carrying".
        let be = |at: usize| among("is are was were be been", &tokens[at].folded);
        let raised = word == "to" && end > 2 && among(RAISING, &tokens[end - 2].folded);
        let seen = end > 2
            && be(end - 2)
            && (tokens[end - 1].classes & SEE != 0 || among("found caught left kept", word));
        if !(among(AUXILIARIES, word) || among(STOPPING, word) || adverb || raised || seen) {
            break;
        }
        end -= 1 + usize::from(raised);
    }
    // "Ines, for a change, went to the attic": what commas set off is left out.
    let comma = |at: usize| text[tokens[at - 1].end..tokens[at].start].contains(',');
    if end > 0 && end < tokens.len() && comma(end) {
        let opens = (1..end).rev().take(LONGEST_ADVERBIAL).find(|at| comma(*at));
        end = opens.filter(|at| tokens[at - 1].capital).unwrap_or(end);
    }
    let mut start = end;
    while start > 0 {
        let token = &tokens[start - 1];
        if start < end && !matches!(&text[token.end..tokens[start].start], " " | "-" | ". " | "\n")
        {
            break;
        }
        let and = token.folded == "and"
            && start < end
            && start > 1
            && tokens[start].capital == tokens[start - 2].capital;
        // "That Ines went": no determiner.
        let clause = token.folded == "that" && start < end && tokens[start].capital;
        let determiner = among(DETERMINERS, &token.folded) && !clause;
        let pronoun = among(PRONOUNS, &token.folded);
        if pronoun && start == end {
            return (Vec::new(), start - 1);
        }
        let dull =
            stopwords::is_stopword(&token.folded) || stopwords::opens_sentences(&token.folded);
        // "a little later Ines": what stands before a name is not part of it.
        let before_name = start < end && tokens[start].capital && !token.capital;
        if !and && !determiner && (dull || before_name) {
            break;
        }
        start -= 1;
        if determiner {
            let before = start > 1 && tokens[start - 1].folded == "and";
            if !before {
                break;
            }
        }
    }
    let found: Vec<String> = tokens[start..end]
        .split(|token| token.folded == "and")
        .map(|phrase| noun(owner_of_hand(phrase)))
        .filter(|noun| !noun.is_empty())
        .collect();
    (found, start)
}

/// Whose hands or pockets a phrase names; the phrase itself if it names none.
fn owner_of_hand(phrase: &[Token]) -> &[Token] {
    let head = phrase.last().map_or("", |token| token.folded.as_str());
    match phrase.iter().rposition(|token| token.owns) {
        Some(owner) if among(KEEPING, head) || among(ON_PERSON, head) => &phrase[..=owner],
        _ => phrase,
    }
}

/// Who is named behind "with" before the subject of a sentence.
pub(in crate::memory::plan) fn companion(before: &[Token]) -> Option<String> {
    let with = before.iter().position(|token| token.folded == "with")?;
    let named = before[with + 1..].iter().take_while(|token| token.capital).count();
    (named > 0).then(|| noun(&before[with + 1..with + 1 + named]))
}
