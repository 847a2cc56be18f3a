//! Who had a thing, one after the other: the chain of its owners.
//!
//! A sentence about the thing with one person tells who has it; with two, who gave it to whom, by the
//! verb, by "from" and "to", or by who comes first. A chain is whole if it begins with somebody who
//! simply has the thing and everybody who gives it is the one who had it.

use super::clock;
use super::entry::body;
use super::grammar::{KEEPING, among, same_noun};
use super::hours::resolved;
use super::inferred::inferred;
use super::lexicon::{GIVE, HOLD, RECEIVE, TAKE};
use super::reader::{Read, Reader, Token};
use super::statement::{Act, events};
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
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
    // Without a time it was so from the beginning.
    chain.sort_by_key(|held| {
        let before = match (held.time, end) {
            (Some(time), Some(end)) => clock::before(time, end),
            _ => i32::MAX,
        };
        (std::cmp::Reverse(before), held.id)
    });
    Ok(chain)
}

/// Whether the chain begins with somebody who had the thing and has no gap.
pub fn is_whole(chain: &[Held]) -> bool {
    let starts = chain.first().is_some_and(|first| first.giver.is_none());
    starts
        && chain
            .windows(2)
            .all(|two| two[1].giver.as_ref().is_some_and(|giver| same_person(giver, &two[0].name)))
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
    use super::super::lexicon::Lexicon;
    use super::super::reader::tokens;
    use super::*;

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
    fn a_chain_is_whole_without_gaps() {
        let first = held("Ines Marl", None);
        let second = held("Omar Bell", Some("Ines Marl"));
        let third = held("Paula Rook", Some("Omar Bell"));
        assert!(is_whole(&[first.clone(), second.clone(), third.clone()]));
        assert!(!is_whole(&[first, third.clone()]));
        assert!(!is_whole(&[second, third]));
        assert!(!is_whole(&[]));
    }
}
