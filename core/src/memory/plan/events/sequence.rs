//! How the clauses of a statement follow each other: where one ends, and which of them happened first.

use super::event::{Act, Event};
use crate::memory::plan::language::grammar::{DETERMINERS, among, noun, noun_end, says_no_more};
use crate::memory::plan::reader::Token;

/// Words that open another clause.
const CLAUSES: &str = "and but then while when where whereas after before because as so until since though although without";
/// Words between an event and "without" at most.
const REACH: usize = 4;

/// Whether what follows an event says no more of it, or is another clause.
pub(in crate::memory::plan) fn closes(rest: &[Token]) -> bool {
    says_no_more(rest) || rest.first().is_some_and(|token| among(CLAUSES, &token.folded))
}

/// What somebody does not take along: "went to the attic, but without the lamp".
pub(in crate::memory::plan) fn left_behind(
    text: &str,
    tokens: &[Token],
    end: usize,
    event: &Event,
) -> Option<Event> {
    if event.act != Act::At || event.place.is_none() {
        return None;
    }
    let near = end..tokens.len().min(end + REACH);
    let without = near.into_iter().find(|at| tokens[*at].folded == "without")?;
    let next = tokens.get(without + 1)?;
    let last = noun_end(text, tokens, without + 1);
    let is_thing = next.capital || among(DETERMINERS, &next.folded);
    (is_thing && last > without + 1).then(|| Event {
        act: Act::Drop,
        object: Some(noun(&tokens[without + 1..last])),
        place: None,
        ..event.clone()
    })
}

/// `events`, told by the verbs at `verbs`, in the order in which they happened: what stands behind "after" is before
/// what stands ahead of it, and a clause that "before" opens is the last.
pub(in crate::memory::plan) fn in_order(
    text: &str,
    tokens: &[Token],
    events: Vec<Event>,
    verbs: &[usize],
) -> Vec<Event> {
    if events.len() < 2 {
        return events;
    }
    let after = (1..tokens.len()).find(|at| {
        tokens[*at].folded == "after" && tokens.get(at + 1).is_some_and(|t| t.folded != "that")
    });
    let last = |part: &dyn Fn(usize) -> bool| {
        let (later, earlier): (Vec<_>, Vec<_>) =
            events.iter().zip(verbs).partition(|(_, verb)| part(**verb));
        earlier.into_iter().chain(later).map(|(event, _)| event.clone()).collect()
    };
    if let Some(after) = after {
        return last(&|verb| verb < after);
    }
    if tokens[0].folded == "before" {
        let comma =
            (1..tokens.len()).find(|at| text[tokens[at - 1].end..tokens[*at].start].contains(','));
        if let Some(comma) = comma {
            return last(&|verb| verb < comma);
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::events::statement::events;
    use crate::memory::plan::language::lexicon::Lexicon;

    #[test]
    fn clauses_are_put_in_the_order_of_time() {
        for text in [
            "Ines went to the barn after she had dropped the lamp.",
            "Before Ines went to the barn, she dropped the lamp.",
            "Ines dropped the lamp before she went to the barn.",
            "Ines went to the barn without the lamp.",
        ] {
            let told: Vec<Act> =
                events(text, Lexicon::shared()).into_iter().map(|event| event.act).collect();
            assert_eq!(told, [Act::Drop, Act::At], "{text}");
        }
    }
}
