//! Statements of two things that change hands at once: "Ines swapped the lamp for Omar's rope", "gave the lamp to
//! Omar in exchange for the rope".

use super::event::{Act, Event};
use crate::memory::plan::language::grammar::{among, noun, noun_end, place_phrase};
use crate::memory::plan::language::subject::subjects;
use crate::memory::plan::reader::Token;

const SWAPPING: &str = "swap swaps swapped swapping exchange exchanges exchanged trade trades traded barter \
    bartered barters";

fn took(who: &str, object: &str) -> Event {
    Event {
        act: Act::Take,
        subjects: vec![who.to_owned()],
        object: Some(object.to_owned()),
        place: None,
        recipient: None,
        beside: false,
        fills: true,
    }
}

/// The noun phrase at `from`, whose it is if somebody's, and where it ends.
fn phrase(text: &str, tokens: &[Token], from: usize) -> Option<(String, Option<String>, usize)> {
    let (own, of, end) = place_phrase(text, tokens, from);
    let named = tokens.get(from).is_some_and(|token| token.capital);
    (end > from).then(|| (own, of.filter(|_| named), end))
}

/// What a verb of swapping at `verb` tells, where somebody else has part in it, and the token behind that.
pub(in crate::memory::plan) fn exchange(
    text: &str,
    tokens: &[Token],
    verb: usize,
) -> Option<(Vec<Event>, usize)> {
    if verb == 0 || !among(SWAPPING, &tokens[verb].folded) {
        return None;
    }
    let (who, _) = subjects(text, tokens, verb);
    let [who] = who.as_slice() else { return None };
    let (gone, _, mut at) = phrase(text, tokens, verb + 1)?;
    let (mut other, mut got) = (None, None);
    while let Some(token) = tokens.get(at) {
        match token.folded.as_str() {
            "for" | "against" => {
                let (own, of, end) = phrase(text, tokens, at + 1)?;
                other = other.or(of);
                got = Some(own);
                at = end;
            }
            "with" if tokens.get(at + 1).is_some_and(|next| next.capital) => {
                let end = noun_end(text, tokens, at + 1);
                other = Some(noun(&tokens[at + 1..end]));
                at = end;
            }
            _ => break,
        }
    }
    let other = other?;
    let mut told = vec![took(&other, &gone)];
    told.extend(got.map(|got| took(who, &got)));
    Some((told, at))
}

/// What somebody gets "in exchange", "in return" for what he gave to another.
pub(in crate::memory::plan) fn in_return(
    text: &str,
    tokens: &[Token],
    at: usize,
    gift: &Event,
) -> Option<Event> {
    let [first, second, third] = tokens.get(at..at + 3)? else { return None };
    let returns =
        first.folded == "in" && among("exchange return", &second.folded) && third.folded == "for";
    let giver = gift.subjects.first().filter(|_| returns && gift.act == Act::Give)?;
    let end = noun_end(text, tokens, at + 3);
    (end > at + 3).then(|| took(giver, &noun(&tokens[at + 3..end])))
}

#[cfg(test)]
mod tests {
    use crate::memory::plan::events::statement::events;
    use crate::memory::plan::language::lexicon::Lexicon;

    #[test]
    fn both_things_change_hands() {
        for text in [
            "Ines swapped the lamp for Omar's rope.",
            "Ines exchanged the lamp with Omar for the rope.",
            "Ines gave Omar the lamp in exchange for the rope.",
        ] {
            let told: Vec<(String, String)> = events(text, Lexicon::shared())
                .into_iter()
                .map(|event| {
                    let who = event.recipient.unwrap_or_else(|| event.subjects[0].clone());
                    (who, event.object.unwrap_or_default())
                })
                .collect();
            let wanted = [("omar", "lamp"), ("ines", "rope")];
            assert_eq!(told, wanted.map(|(who, what)| (who.into(), what.into())), "{text}");
        }
    }
}
