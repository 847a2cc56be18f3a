//! Who had a thing, one after the other: the chain of its owners.
//!
//! A sentence about the thing with one person tells who has it; with two, who gave it to whom, by the
//! verb, by "from" and "to", or by who comes first. A chain hangs together if it begins with somebody who
//! simply has the thing and everybody who gives it is the one who had it.

use super::event::Act;
use super::hours::resolved;
use super::inferred::inferred;
use super::statement::events;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::plan::language::clock;
use crate::memory::plan::language::entry::body;
use crate::memory::plan::language::grammar::{KEEPING, among, same_noun};
use crate::memory::plan::language::lexicon::{GIVE, HOLD, RECEIVE, TAKE};
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// A step of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Who has the thing from now on.
    pub name: String,
    /// Who had it before, if the sentence says so.
    pub giver: Option<String>,
    /// The sentence.
    pub id: SentenceId,
    /// When it was.
    pub time: Option<i32>,
}

/// What the sentences tell of who had `thing` until `end`, in order of time; `left_out` had it never.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn chain(
    reader: &Reader,
    reads: &[Read],
    thing: &str,
    left_out: &str,
    end: Option<i32>,
) -> Result<Vec<Held>> {
    let mut chain: Vec<Held> = Vec::new();
    for read in reads {
        if let Some((giver, name)) = holder(reader, &read.text, thing, left_out) {
            let time = resolved(reader, &read.text)?.0;
            chain.push(Held { name, giver, id: read.id, time });
        }
    }
    Ok(in_order(chain, end))
}

/// The steps until `end` in order of time. Without a time it was so from the beginning.
pub fn in_order(mut chain: Vec<Held>, end: Option<i32>) -> Vec<Held> {
    chain.sort_by_key(|held| {
        let before = match (held.time, end) {
            (Some(time), Some(end)) => clock::before(time, end),
            _ => i32::MAX,
        };
        (std::cmp::Reverse(before), held.id)
    });
    chain
}

/// The chain of what is told that hangs together, empty if it does not: it begins with somebody who simply
/// has the thing, and everybody who gives it is who had it. Where hand-overs are told by the hour, others
/// belong to another day; steps of people who have nothing to do with the case (`tied`) belong to another
/// thing of that name.
///
/// # Errors
/// Those of `tied`.
pub fn whole(held: Vec<Held>, tied: impl Fn(&str) -> Result<bool>) -> Result<Vec<Held>> {
    let is_dated = |held: &Held| held.giver.is_some() && held.time.is_some();
    let dated = held.iter().any(is_dated);
    let (mut owners, rest): (Vec<Held>, Vec<Held>) =
        held.into_iter().partition(|held| held.giver.is_none() && (held.time.is_none() || !dated));
    let mut steps: Vec<Held> =
        rest.into_iter().filter(|step| step.time.is_some() || !dated).collect();
    // Who had it by the hour before the first hand-over had it in the beginning too.
    let n_before = steps.iter().take_while(|step| step.giver.is_none()).count();
    if n_before < steps.len() || owners.is_empty() {
        owners.extend(steps.drain(..n_before));
    }
    let named = |name: &str, steps: &[Held]| {
        let in_step = |step: &&Held| {
            same_person(&step.name, name)
                || step.giver.as_ref().is_some_and(|giver| same_person(giver, name))
        };
        steps.iter().filter(in_step).count()
    };
    let mut chain: Vec<Held> = Vec::new();
    for step in &steps {
        let Some(giver) = &step.giver else {
            // Somebody else has it, and nobody tells how he came by it.
            let known = chain.last().is_some_and(|last| same_person(&last.name, &step.name));
            if !known && tied(&step.name)? {
                return Ok(Vec::new());
            }
            continue;
        };
        if chain.is_empty() {
            chain.extend(owners.iter().find(|owner| same_person(&owner.name, giver)).cloned());
        }
        if chain.last().is_some_and(|last| same_person(&last.name, giver)) {
            chain.push(step.clone());
            continue;
        }
        let apart = named(giver, &steps) == 1 && named(&step.name, &steps) == 1;
        if !apart || tied(giver)? || tied(&step.name)? {
            return Ok(Vec::new());
        }
    }
    if !chain.is_empty() {
        return Ok(chain);
    }
    // It was never handed on: somebody had it, and one only.
    let mut alone: Vec<Held> = Vec::new();
    for owner in owners {
        let known = alone.iter().any(|held| same_person(&held.name, &owner.name));
        if !known && tied(&owner.name)? {
            alone.push(owner);
        }
    }
    Ok(if alone.len() == 1 { alone } else { Vec::new() })
}

fn same_person(one: &str, other: &str) -> bool {
    same_noun(&words::folded(one), &words::folded(other))
}

/// Who has `thing` after what the sentence tells, and who gave it; `None` if it tells nothing of that.
fn holder(
    reader: &Reader,
    text: &str,
    thing: &str,
    left_out: &str,
) -> Option<(Option<String>, String)> {
    let text = body(text);
    let tokens = reader.tokens(text);
    let mut found = Vec::new();
    names::names(text, &mut found);
    let people: Vec<&str> = found
        .iter()
        .filter(|name| !name.uncertain || text[name.start..name.end].contains(' '))
        .map(|name| names::without_titles(&text[name.start..name.end]))
        .filter(|name| !name.is_empty() && !left_out.contains(*name))
        .collect();
    let whole = |folded: &str| {
        people.iter().find(|name| same_noun(&words::folded(name), folded)).map(|n| (*n).to_owned())
    };
    for event in events(text, reader.lexicon) {
        if !event.object.as_ref().is_some_and(|object| same_noun(object, thing)) {
            continue;
        }
        let (giver, after) = match event.act {
            Act::Take => (None, event.subjects.first()),
            Act::Give => (event.subjects.first(), event.recipient.as_ref()),
            _ => continue,
        };
        if let Some(name) = after.and_then(|name| whole(name)) {
            // "Ines received it from Omar": whoever else is named gave it.
            let other = people.iter().find(|other| !same_person(other, &name));
            let giver = giver.and_then(|giver| whole(giver));
            return Some((giver.or_else(|| other.map(|other| (*other).to_owned())), name));
        }
    }
    match people.as_slice() {
        [only] => Some((None, (*only).to_owned())),
        [one, other] => {
            if let Some((giver, after)) = handed(text, &tokens, one, other) {
                return Some((Some(giver.to_owned()), after.to_owned()));
            }
            let event = inferred(text, &tokens, thing, &[])?;
            let after = event.recipient.and_then(|name| whole(&name))?;
            Some((event.subjects.first().and_then(|name| whole(name)), after))
        }
        _ => None,
    }
}

/// Whether the verb at `verb` stands behind a form of "to be".
fn follows_passive(tokens: &[Token], verb: usize) -> bool {
    let be = |token: &Token| among("is was were been being be", &token.folded);
    tokens[..verb].iter().rev().take(2).any(be)
}

/// Who of two people gave a thing to whom, as "from", "to", "by" and the verb tell: "it came to Ines from
/// Omar", "Omar gave it to Ines".
fn handed<'n>(
    text: &str,
    tokens: &[Token],
    one: &'n str,
    other: &'n str,
) -> Option<(&'n str, &'n str)> {
    let first_token = |name: &str| {
        let start = text.find(name)?;
        tokens.iter().position(|token| token.start >= start)
    };
    let (one_at, other_at) = (first_token(one)?, first_token(other)?);
    let (one, other, one_at, other_at) = if one_at < other_at {
        (one, other, one_at, other_at)
    } else {
        (other, one, other_at, one_at)
    };
    let behind = |at: usize, word: &str| at > 0 && tokens[at - 1].folded == word;
    // "Into the hands of Ines", "out of Omar's hands".
    let keeping = |at: usize, name: &str, prepositions: &str| {
        let end = at + name.split(' ').count();
        let of = at >= 2 && behind(at, "of") && among(KEEPING, &tokens[at - 2].folded);
        let own = tokens.get(end).is_some_and(|token| among(KEEPING, &token.folded));
        let from = if of { at - 2 } else { at };
        (of || own)
            && tokens[from.saturating_sub(3)..from]
                .iter()
                .any(|token| among(prepositions, &token.folded))
    };
    let gets = |at: usize, name: &str| behind(at, "to") || keeping(at, name, "into in to");
    let parts = |at: usize, name: &str| {
        ["from", "through"].iter().any(|word| behind(at, word)) || keeping(at, name, "from out")
    };
    if parts(one_at, one) || gets(other_at, other) {
        return Some((one, other));
    }
    if parts(other_at, other) || gets(one_at, one) {
        return Some((other, one));
    }
    // "Relieved Omar of the lamp": behind such a verb the other one has lost it.
    let verb_at = (one_at..tokens.len()).find(|at| {
        let token = &tokens[*at];
        !token.capital && token.classes & (GIVE | RECEIVE | TAKE | HOLD) != 0
    })?;
    // "Had the lamp of Omar", "borrowed it of Omar".
    let gives = tokens[verb_at].classes & GIVE != 0;
    if !gives && behind(other_at, "of") && verb_at < other_at {
        return Some((other, one));
    }
    let passive = behind(other_at, "by");
    // The subject is whoever stands nearest before the verb: "Omar lent Ines the lamp", "what Ines held
    // Omar had given".
    let (subject, object) =
        if verb_at > other_at && gives && !passive && !follows_passive(tokens, verb_at) {
            (other, one)
        } else {
            (one, other)
        };
    Some(if gives == passive { (object, subject) } else { (subject, object) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn prepositions_and_verbs_tell_who_gave() {
        for text in [
            "The lamp went from Omar Bell to Ines Marl.",
            "It changed hands: Omar Bell gave it to Ines Marl.",
            "Ines Marl obtained it from Omar Bell.",
            "Ines Marl was given the lamp by Omar Bell.",
            "Omar Bell lent Ines Marl the lamp.",
            "To Ines Marl it came from Omar Bell.",
        ] {
            let list = tokens(text, Lexicon::shared());
            let found = handed(text, &list, "Ines Marl", "Omar Bell");
            assert_eq!(found, Some(("Omar Bell", "Ines Marl")), "{text}");
        }
        let text = "Ines Marl and Omar Bell admired the lamp.";
        let list = tokens(text, Lexicon::shared());
        assert_eq!(handed(text, &list, "Ines Marl", "Omar Bell"), None);
    }

    fn held(name: &str, giver: Option<&str>) -> Held {
        let id = SentenceId { block: 0, sentence: 0 };
        Held { name: name.to_owned(), giver: giver.map(str::to_owned), id, time: None }
    }

    #[test]
    fn a_chain_hangs_together_or_is_none() {
        let step =
            |name: &str, giver: Option<&str>, time: Option<i32>| Held { time, ..held(name, giver) };
        let first = held("Ines Marl", None);
        let second = step("Omar Bell", Some("Ines Marl"), Some(60));
        let third = step("Paula Rook", Some("Omar Bell"), Some(120));
        let other = held("Alice", None);
        let strange = step("Ned Low", Some("Jo Fry"), Some(90));
        let all = |_: &str| Ok(true);
        let of_case = |name: &str| Ok(!["Alice", "Ned Low", "Jo Fry"].contains(&name));
        let whole_of = |list: &[&Held], tied: &dyn Fn(&str) -> Result<bool>| {
            whole(list.iter().map(|held| (*held).clone()).collect(), tied).unwrap()
        };
        let chain = vec![first.clone(), second.clone(), third.clone()];
        assert_eq!(whole_of(&[&first, &second, &third], &all), chain);
        assert_eq!(whole_of(&[&other, &first, &second, &strange, &third], &of_case), chain);
        assert_eq!(whole_of(&[&first], &all), vec![first.clone()]);
        assert_eq!(whole_of(&[&other, &first], &of_case), vec![first.clone()]);
        for broken in [vec![&first, &third], vec![&second, &third], vec![&first, &other], vec![]] {
            assert_eq!(whole_of(&broken, &all), vec![]);
        }
        assert_eq!(whole_of(&[&first, &second, &strange], &all), vec![]);
    }
}
