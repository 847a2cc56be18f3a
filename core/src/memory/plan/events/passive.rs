//! Passive statements of events: "the lamp was taken to the attic by Ines", "Ines was seen in the attic".

use super::event::{Act, Event};
use super::sequence::closes;
use crate::memory::plan::language::arguments::BESIDE;
use crate::memory::plan::language::grammar::{
    AT, DETERMINERS, FURNITURE, ON_PERSON, PARTICLES, TO, among, keeper_in, noun, noun_end,
    place_phrase,
};
use crate::memory::plan::language::lexicon::{DROP, GIVE, HOLD, MOVE, PUT, STAY, TAKE};
use crate::memory::plan::language::subject::{LONGEST_ADVERBIAL, subjects};
use crate::memory::plan::reader::Token;

/// Whether the verb at `verb` is a participle behind a form of "to be".
pub(in crate::memory::plan) fn is_passive(tokens: &[Token], verb: usize) -> bool {
    let be =
        |token: &Token| ["is", "are", "was", "were", "be", "been"].contains(&token.folded.as_str());
    !tokens[verb].folded.ends_with("ing")
        && tokens[..verb].last().is_some_and(be)
        && tokens[verb].classes & STAY == 0
}

/// Adds the event of a passive verb: "the lamp was taken to the attic by Ines", "Ines was seen in
/// the attic". Answers the token behind what belongs to it.
pub(in crate::memory::plan) fn passive(
    text: &str,
    tokens: &[Token],
    verb: usize,
    out: &mut Vec<Event>,
) -> usize {
    let (who, start) = subjects(text, tokens, verb);
    let (mut place, mut agent, mut recipient) = (None, Vec::new(), None);
    let (mut beside, mut keeper) = (false, None);
    // Somebody who is sent somewhere goes there.
    let named = tokens[start..verb].iter().any(|token| token.capital);
    let is_thing = among(DETERMINERS, &tokens[start].folded)
        && tokens.get(start + 1).is_some_and(|next| !next.capital);
    let mut at = verb + 1;
    // "Was given the lamp", "was presented with the lamp": the subject is who gets it.
    let mut given = None;
    if tokens[verb].classes & GIVE != 0 {
        let with = usize::from(tokens.get(at).is_some_and(|token| token.folded == "with"));
        let determined =
            tokens.get(at + with).is_some_and(|token| among(DETERMINERS, &token.folded));
        let end = noun_end(text, tokens, at + with);
        if determined && end > at + with + 1 {
            given = Some(noun(&tokens[at + with..end]));
            at = end;
        }
    }
    while let Some(token) = tokens.get(at) {
        let word = token.folded.as_str();
        if among(PARTICLES, word) || (word.ends_with("ly") && !token.capital) {
            at += 1;
            continue;
        }
        let (to, inside) = (among(TO, word), among(AT, word));
        if word == "from" {
            // "Was shipped from Oslo to Bergen": where to follows.
            let end = noun_end(text, tokens, at + 1);
            let there = tokens.get(at + 1).is_some_and(|next| among("there here", &next.folded));
            if end == at + 1 && !there {
                break;
            }
            at = end.max(at + 1 + usize::from(there));
            continue;
        }
        if !(to || inside || word == "by") {
            break;
        }
        // "Was put into the hands of Ines."
        let (phrase, of, whole) = place_phrase(text, tokens, at + 1);
        if let Some(name) = keeper_in(&phrase, of.as_deref()).filter(|_| word != "by") {
            keeper = Some(name);
            at = whole;
            continue;
        }
        let end = noun_end(text, tokens, at + 1);
        if end == at + 1 {
            break;
        }
        let found = noun(&tokens[at + 1..end]);
        let transitive = tokens[verb].classes & (TAKE | DROP | PUT | HOLD) != 0;
        let aside = |list| among(list, found.rsplit(' ').next().unwrap_or_default());
        if word != "by" && transitive && (aside(FURNITURE) || aside(ON_PERSON)) {
            at = end;
            continue;
        }
        if word == "by" {
            agent = vec![found];
        } else if tokens[verb].classes & GIVE != 0 && to && (tokens[end - 1].capital || !named) {
            recipient = Some(found);
        } else {
            place = Some(found);
            beside = among(BESIDE, word);
        }
        at = end;
    }
    let mut object = who.first().cloned();
    if given.is_some() {
        recipient = object;
        object = given;
    }
    let (act, subjects, object) = match (tokens[verb].classes, agent.is_empty()) {
        (_, _) if keeper.is_some() => (Act::Take, keeper.into_iter().collect(), object),
        (classes, _) if classes & GIVE != 0 && recipient.is_some() => (Act::Give, agent, object),
        (classes, false) if classes & (DROP | PUT) != 0 => (Act::Drop, agent, object),
        (_, false) => (Act::Take, agent, object),
        // "Was left there": by whoever had it.
        (classes, true) if classes & (DROP | PUT) != 0 && is_thing && place.is_none() => {
            (Act::Drop, agent, object)
        }
        (_, true) if place.is_some() => (Act::At, who, None),
        _ => return at,
    };
    let subjects = if subjects.is_empty() { vec![String::new()] } else { subjects };
    let opens = start <= LONGEST_ADVERBIAL
        && tokens[..start].iter().enumerate().all(|(at, token)| {
            token.classes & (MOVE | TAKE | GIVE | PUT) == 0 && (at == 0 || !token.capital)
        });
    let fills = opens && closes(&tokens[at..]);
    out.push(Event { act, subjects, object, place, recipient, beside, fills });
    at
}
