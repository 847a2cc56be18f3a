//! Statements of somebody who lets another have something: "Omar let Ines take the lamp."

use super::event::{Act, Event};
use crate::memory::plan::language::grammar::{among, noun, noun_end};
use crate::memory::plan::language::lexicon::{HOLD, RECEIVE, TAKE};
use crate::memory::plan::language::subject::{LONGEST_ADVERBIAL, subjects};
use crate::memory::plan::reader::Token;

/// "Omar let Ines have the lamp": who lets gives. The event, and the token behind it.
pub(in crate::memory::plan) fn let_have(
    text: &str,
    tokens: &[Token],
    at: usize,
) -> Option<(Event, usize)> {
    let named = tokens.get(at + 1).is_some_and(|next| next.capital);
    if at == 0 || !named || !among("let lets", &tokens[at].folded) {
        return None;
    }
    let (giver, start) = subjects(text, tokens, at);
    let verb = (at + 1..tokens.len()).find(|at| !tokens[*at].capital)?;
    let gets = tokens.get(verb)?.classes & (TAKE | HOLD | RECEIVE) != 0;
    let end = noun_end(text, tokens, verb + 1);
    let object = (gets && end > verb + 1).then(|| noun(&tokens[verb + 1..end]))?;
    let event = Event {
        act: Act::Give,
        subjects: vec![giver.first()?.clone()],
        object: Some(object),
        place: None,
        recipient: Some(noun(&tokens[at + 1..verb])),
        beside: false,
        fills: start <= LONGEST_ADVERBIAL,
    };
    Some((event, end))
}
