//! The words of a clause that answer: an object, what stands behind a preposition, a number, a place, a time.
//!
//! All are byte ranges of the text.

use std::ops::Range;

use super::discourse::{Clause, Discourse};
use super::noun::has_verb_form;
use crate::memory::answer::spans;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{DETERMINERS, among};
use crate::memory::plan::question::Expected;
use crate::memory::segment::words;

/// Prepositions of places.
const PLACING: &str = "in at on near under beneath beside behind above over by from to into inside outside opposite \
    between among along against with";
/// Small words that end an object.
const ENDING: &str = "in at on to from with by for since because when while who which that where and but yet before after \
    until as under near beside into over than if though each every about against during without behind above off \
    or so not too also again twice once instead";
/// Adverbs between a verb and what stands behind it.
const BETWEEN: &str = "up down back away off over out always never often usually only just still also both mostly \
    chiefly mainly nothing but about only exactly roughly nearly almost some once twice now then first";

/// The object behind token `at`: up to what does not belong to it.
pub(super) fn object(read: &Discourse, clause: &Clause, at: usize) -> Option<Range<usize>> {
    phrase(read, clause, at + 1, false)
}

/// What stands behind the preposition `preposition` that follows token `at`.
pub(super) fn behind(
    read: &Discourse,
    clause: &Clause,
    at: usize,
    preposition: &str,
) -> Option<Range<usize>> {
    let found = (at + 1..clause.range.end).find(|at| read.tokens[*at].folded == preposition)?;
    phrase(read, clause, found + 1, false)
}

fn phrase(
    read: &Discourse,
    clause: &Clause,
    from: usize,
    with_place: bool,
) -> Option<Range<usize>> {
    let word = |at: usize| read.tokens[at].folded.as_str();
    let end = clause.range.end;
    let mut first = from;
    while first < end
        && (among(BETWEEN, word(first)) || word(first).len() > 4 && word(first).ends_with("ly"))
    {
        first += 1;
    }
    if first >= end
        || !with_place && among(ENDING, word(first))
        || among("no nothing nobody none neither", word(first))
    {
        return None;
    }
    let mut last = first;
    while last < end {
        let gap = if last == first {
            " "
        } else {
            &read.text[read.tokens[last - 1].end..read.tokens[last].start]
        };
        let plain = matches!(gap, " " | "-" | "\n" | "'" | " & ")
            || gap == ". " && read.tokens[last].capital;
        // "Polish, German and a little Welsh".
        let listed = gap == ", " && list_goes_on(read, last, end);
        // "An Irishman, Declan Moor".
        let named = gap == ", "
            && among("a an", word(first))
            && (last..end).all(|at| read.tokens[at].capital);
        let and = word(last) == "and" && last > first && last + 1 < end;
        if !(plain || listed || named)
            || !and && last > first && among(ENDING, word(last)) && !read.tokens[last].capital
        {
            break;
        }
        last += 1;
    }
    let opens = |at: usize| among(DETERMINERS, word(at));
    let start = if last > first + 1 && opens(first) { first + 1 } else { first };
    (last > first
        && !(last == first + 1
            && stopwords::is_stopword(word(first))
            && !read.tokens[first].capital))
        .then(|| read.tokens[start].start..read.tokens[last - 1].end)
}

fn list_goes_on(read: &Discourse, at: usize, end: usize) -> bool {
    let and = (at..end).find(|at| among("and or", &read.tokens[*at].folded));
    and.is_some_and(|and| {
        !(at..and).any(|at| {
            has_verb_form(&read.tokens[at].folded)
                || among("who which he she it", &read.tokens[at].folded)
        })
    })
}

/// What stands behind the copula of a clause.
pub(super) fn complement(read: &Discourse, clause: &Clause) -> Option<Range<usize>> {
    let at = (clause.predicate..clause.range.end)
        .find(|at| among("is was are were be been became become", &read.tokens[*at].folded))?;
    phrase(read, clause, at + 1, true)
}

/// A number in a clause, with its unit, the nearest to token `at` and behind it if there is one.
pub(super) fn number(read: &Discourse, clause: &Clause, at: usize) -> Option<Range<usize>> {
    spanned(read, clause, at, Expected::Number)
}

/// A time in a clause.
pub(super) fn time(read: &Discourse, clause: &Clause, at: usize) -> Option<Range<usize>> {
    let date = spanned(read, clause, at, Expected::Date);
    let hour = (at..clause.range.end.saturating_sub(1)).find(|at| {
        read.tokens[*at].folded == "at"
            && spans::number_value(&read.tokens[at + 1].folded).is_some()
    });
    match (hour, date) {
        // "At three each morning".
        (Some(at), Some(date)) if date.start >= read.tokens[at].end => {
            Some(read.tokens[at + 1].start..date.end)
        }
        (Some(at), None) => Some(read.tokens[at + 1].start..read.tokens[at + 1].end),
        (_, date) => date,
    }
}

/// A colour in a clause.
pub(super) fn colour(read: &Discourse, clause: &Clause) -> Option<Range<usize>> {
    spanned(read, clause, clause.range.start, Expected::Colour)
}

fn spanned(
    read: &Discourse,
    clause: &Clause,
    at: usize,
    expected: Expected,
) -> Option<Range<usize>> {
    let (start, end) = bytes(read, clause);
    let found: Vec<Range<usize>> = spans::spans(&read.text[start..end], expected)
        .into_iter()
        .map(|range| range.start + start..range.end + start)
        .collect();
    let from = read.tokens[at.min(read.tokens.len() - 1)].start;
    let after = found.iter().find(|range| range.start >= from).cloned();
    after.or_else(|| found.last().cloned())
}

/// First and last byte of a clause.
pub(super) fn bytes(read: &Discourse, clause: &Clause) -> (usize, usize) {
    (read.tokens[clause.range.start].start, read.tokens[clause.range.end - 1].end)
}

/// The place that a clause names behind token `at`: what stands behind the first preposition of places.
pub(super) fn place(
    read: &Discourse,
    clause: &Clause,
    at: usize,
    from: bool,
) -> Option<Range<usize>> {
    let is_time = |range: &Range<usize>| {
        words::folded_words(&read.text[range.clone()])
            .any(|word| spans::is_time_word(&word) || word.bytes().all(|b| b.is_ascii_digit()))
    };
    let find = |range: Range<usize>| {
        range
            .filter(|at| {
                let word = read.tokens[*at].folded.as_str();
                if from { word == "from" } else { among(PLACING, word) }
            })
            .find_map(|at| {
                // "By Lucian Frome": who did it.
                let word = read.tokens[at].folded.as_str();
                let named = read.tokens.get(at + 1).is_some_and(|token| token.capital);
                if among("by with", word) && named {
                    return None;
                }
                phrase(read, clause, at + 1, false).filter(|range| !is_time(range))
            })
    };
    find(at + 1..clause.range.end).or_else(|| find(clause.range.start..at))
}
