//! Where somebody was before or after a place, told by days and their parts and not in order: "yesterday
//! Ines went to the mill", "this evening Ines went to the school".
//!
//! ```text
//! yesterday < yesterday evening < last night < this morning < this afternoon < this evening < tonight
//! ```
//! Only sentences that say when are read; without two of them the order of the text is what counts.

use super::asked::{Asked, StateQuestion};
use super::event::Act;
use super::statement::events;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::grammar::same_noun;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Mentions read, the newest.
const MENTIONS: usize = 48;
/// Longest statement in words.
const LONGEST: u32 = 16;
/// Words that say on which day something was, and how many days from today.
const DAYS: &[(&str, i32)] =
    &[("yesterday", -1), ("last", -1), ("today", 0), ("this", 0), ("tonight", 0), ("tomorrow", 1)];
/// Parts of a day in their order.
const PARTS: &[&str] = &["dawn", "morning", "noon", "afternoon", "evening", "tonight", "night"];

/// When a sentence says that something was: the day and the part of it; `None` if it does not say.
fn when(text: &str) -> Option<(i32, usize)> {
    let list: Vec<String> = words::folded_words(text).collect();
    list.iter().enumerate().find_map(|(at, word)| {
        let (_, day) = DAYS.iter().find(|(day, _)| day == word)?;
        let part = |word: Option<&String>| {
            word.and_then(|word| PARTS.iter().position(|part| part == word)).map(|part| part + 1)
        };
        let behind = part(list.get(at + 1));
        let own = part(Some(word));
        // "This lamp", "the last house".
        let sure = own.is_some() || behind.is_some() || !["this", "last"].contains(&word.as_str());
        let back = at > 1 && list[at - 1] == "before" && list[at - 2] == "day";
        sure.then_some((*day - i32::from(back), behind.or(own).unwrap_or(0)))
    })
}

/// Answers; `None` if the text does not say when.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn dated(reader: &Reader, question: &StateQuestion) -> Result<Option<Finding>> {
    let (place, after) = match &question.asked {
        Asked::PlaceBefore(place) => (place, false),
        Asked::PlaceAfter(place) => (place, true),
        _ => return Ok(None),
    };
    let Some(pattern) = Pattern::phrase(&question.thing) else { return Ok(None) };
    let days = Pattern::one_of("days", DAYS.iter().map(|(day, _)| (*day).to_owned()));
    let ids = reader.last_mentions(&[pattern], &[days], LONGEST, MENTIONS)?;
    let mut stops: Vec<((i32, usize), SentenceId, String)> = Vec::new();
    for read in reader.read(&ids)? {
        let Some(when) = when(&read.text) else { continue };
        let own = events(&read.text, reader.lexicon).into_iter().find(|event| {
            event.act == Act::At
                && event.subjects.iter().any(|subject| same_noun(subject, &question.thing))
        });
        stops.extend(own.and_then(|event| event.place).map(|place| (when, read.id, place)));
    }
    if stops.len() < 2 {
        return Ok(None);
    }
    stops.sort();
    let Some(at) = stops.iter().rposition(|(_, _, own)| same_noun(own, place)) else {
        return Ok(None);
    };
    let other = if after { stops.get(at + 1) } else { at.checked_sub(1).map(|at| &stops[at]) };
    Ok(other.map(|(_, id, place)| {
        let evidence = vec![(*id, 1), (stops[at].1, 1)];
        Finding { answer: Some(place.clone()), evidence, incomplete: false }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_their_parts_are_told_apart() {
        let order = [
            "The day before yesterday Otto was in the mill.",
            "Yesterday Otto went to the mill.",
            "Otto went to the mill last night.",
            "This morning Otto went to the mill.",
            "Otto went to the mill this evening.",
        ];
        let told: Vec<_> = order.iter().map(|text| when(text).unwrap()).collect();
        assert!(told.is_sorted(), "{told:?}");
        assert_eq!(when("This lamp was in the mill."), None);
    }
}
