//! When something is, without a date: hours by the clock, how long after or before something else, and how often.
//!
//! ```text
//! hours       "at 7.30", "9.00 to 14.00"
//! distances   "within ten days of the date", "five days before surgery", "not for six weeks", "as soon as it is dry"
//! frequencies "every two weeks", "twice a year", "daily", "on Mondays", "in May and September"
//! ```
//! Every span is a byte range of the line.

use std::ops::Range;

use super::amounts;
use crate::memory::answer::spans::{self, number_value};
use crate::memory::answer::units::{self, Measure};
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words;

/// Words before an hour, and behind one.
const BEFORE_HOURS: &str = "at from to until till by before after between and about around";
const BEHIND_HOURS: &str = "to until till am pm sharp o'clock hours";
/// Words before a length of time that say from when on or until when, and behind one.
const BEFORE_TIMES: &str = "after within in from until for during";
const BEHIND_TIMES: &str = "before after ago later beforehand earlier afterwards prior ahead from";
/// Words with which a clause tells when something is.
const CLAUSES: [&str; 6] = ["when ", "as soon as ", "once ", "as long as ", "until ", "whenever "];
const NOT: &str = "not no never cannot can't mustn't don't";
/// Adverbs of frequency.
const ADVERBS: &str = "hourly daily nightly weekly fortnightly monthly quarterly yearly annually always never regularly";
const TIMES: &str = "once twice thrice times";

type Words = Vec<(Range<usize>, String)>;

fn list(text: &str) -> Words {
    words::words(text)
        .map(|word| (word.start..word.end, words::folded(&text[word.start..word.end])))
        .collect()
}

/// Hours with a point: "7.30" where words beside it say that it is one, or a whole text of them.
pub fn hours(text: &str) -> Vec<Range<usize>> {
    let words = list(text);
    let word = |at: usize| words.get(at).map_or("", |(_, word)| word.as_str());
    let is_hour = |at: usize| {
        word(at).split_once('.').is_some_and(|(hour, minutes)| {
            let below = |text: &str, most: u32| text.parse::<u32>().is_ok_and(|own| own <= most);
            hour.len() <= 2 && below(hour, 24) && minutes.len() == 2 && below(minutes, 59)
        })
    };
    let alone = !words.is_empty()
        && (0..words.len()).all(|at| is_hour(at) || among("to until and", word(at)));
    let is_said = |at: usize| {
        let start = words[at].0.start;
        !text[..start].ends_with(['$', '£', '€', '¥', '.'])
            && units::of_written(word(at + 1), word(at + 1)).is_none()
            && (at > 0 && among(BEFORE_HOURS, word(at - 1)) || among(BEHIND_HOURS, word(at + 1)))
    };
    let found = (0..words.len()).filter(|at| is_hour(*at) && (alone || is_said(*at)));
    let mut out: Vec<Range<usize>> = Vec::new();
    for at in found {
        let own = words[at].0.clone();
        let joins = |last: &Range<usize>| {
            matches!(text[last.end..own.start].trim(), "to" | "until" | "and" | "-" | "–")
        };
        match out.last_mut().filter(|last| joins(last)) {
            Some(last) => last.end = own.end,
            None => out.push(own),
        }
    }
    out
}

/// Whether a length of time is how long before or after something else it is, and not how long that lasts.
pub fn is_distance(text: &str, length: &Range<usize>) -> bool {
    let behind = text[length.end..].trim_start();
    ["before", "after", "ago", "later", "earlier", "beforehand"].iter().any(|word| {
        behind.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    })
}

/// How long before or after something else a line says that something is, and clauses that tell when.
pub fn distances(text: &str) -> Vec<Range<usize>> {
    let words = list(text);
    let mut out: Vec<Range<usize>> = Vec::new();
    for length in amounts::spans(super::kind::Kind::Length, text) {
        let is_time = |word: String| units::of_word(&word) == Some(Measure::Time);
        if !words::folded_words(&text[length.clone()]).any(is_time) {
            continue;
        }
        let Some(first) = words.iter().position(|(range, _)| range.start == length.start) else {
            continue;
        };
        let behind = words.iter().find(|(range, _)| range.start >= length.end);
        let word = |back: usize| first.checked_sub(back).map_or("", |at| words[at].1.as_str());
        // "After 12 to 14 days", "for the first four weeks".
        let n_range = if among("to or", word(1)) && amounts::is_number(word(2)) { 2 } else { 0 };
        let n_filled = n_range + usize::from(among("about the only", word(n_range + 1)));
        let preposition = word(n_filled + 1);
        let denied = words[..first].iter().any(|(_, word)| among(NOT, word));
        let from = among(BEFORE_TIMES, preposition) && (preposition != "for" || denied);
        let start = words[first - n_filled - usize::from(from)].0.start;
        if behind.is_some_and(|(range, word)| {
            among(BEHIND_TIMES, word) && text[length.end..range.start].trim().is_empty()
        }) {
            out.push(words[first - n_range].0.start..clause_end(text, length.end));
        } else if from {
            out.push(start..length.end);
        }
    }
    let lower = text.to_ascii_lowercase();
    for mark in CLAUSES {
        let mut places = lower.match_indices(mark).map(|(at, _)| at);
        let opens = |at: &usize| *at == 0 || lower[..*at].ends_with(' ');
        if let Some(at) = places.find(opens).filter(|_| out.is_empty()) {
            out.push(at..clause_end(text, at));
        }
    }
    out
}

fn clause_end(text: &str, from: usize) -> usize {
    let ends = text[from..].find([',', ';', '.', ':', '(']).map(|at| from + at);
    ends.unwrap_or(text.len())
}

/// How often a line says that something is or is done.
pub fn frequencies(text: &str) -> Vec<Range<usize>> {
    let words = list(text);
    let word = |at: usize| words.get(at).map_or("", |(_, word)| word.as_str());
    let is_time = |word: &str| {
        units::of_word(word) == Some(Measure::Time)
            || spans::is_time_word(word)
            || among(
                "morning evening afternoon night noon weekend term meal use visit season",
                word,
            )
    };
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let start = at;
        // "Three times", "twice", "once", and of what: "a day", "every year".
        let counts = number_value(word(at)).is_some() && word(at + 1) == "times";
        at += usize::from(counts);
        let n_times = among(TIMES, word(at)) && (counts || word(at) != "times");
        if n_times {
            at += 1;
        }
        let each = among(if n_times { "a an per every each in" } else { "every each" }, word(at));
        // "Every two weeks", "every second Friday", "every other day".
        let n_between = usize::from(
            number_value(word(at + 1)).is_some()
                || among("other second third fourth single few half", word(at + 1)),
        );
        let of_time = each && is_time(word(at + 1 + n_between));
        if of_time {
            at += 2 + n_between;
        }
        let is_adverb = among(ADVERBS, word(start));
        // "Once" alone may be "as soon as".
        let is_said = of_time || n_times && word(start) != "once" || is_adverb;
        if is_said {
            let end = at.max(start + 1);
            // "The first Tuesday of every month", "on Mondays", "in May and September".
            let of_day =
                start > 2 && word(start - 1) == "of" && spans::names_a_date(word(start - 2));
            let first = if of_day { start - 3 } else { start };
            out.push(words[first].0.start..words[end - 1].0.end);
            at = end;
        } else {
            at = start + 1;
        }
    }
    if out.is_empty() {
        let is_day = |at: usize| spans::names_a_date(word(at));
        let recurs = |at: usize| word(at).strip_suffix('s').is_some_and(spans::names_a_date);
        for (at, (range, _)) in words.iter().enumerate() {
            let two = word(at + 1) == "and" && (is_day(at) && is_day(at + 2));
            if two {
                out.push(range.start..words[at + 2].0.end);
            } else if recurs(at) {
                out.push(range.clone());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, found: Vec<Range<usize>>) -> Vec<&str> {
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn hours_with_a_point_are_told_by_the_words_beside_them() {
        for (text, wanted) in [
            ("Report to the desk at 7.30.", vec!["7.30"]),
            ("9.00 to 14.00", vec!["9.00 to 14.00"]),
            ("It costs about £7.30 a day.", vec![]),
            ("Cut it to 2.30 metres.", vec![]),
            ("Version 4.10 is out.", vec![]),
        ] {
            assert_eq!(texts(text, hours(text)), wanted, "{text}");
        }
    }

    #[test]
    fn distances_in_time_tell_when() {
        for (text, wanted) in [
            ("Stop taking it five days before surgery.", vec!["five days before surgery"]),
            ("They are taken out after 12 to 14 days.", vec!["after 12 to 14 days"]),
            ("You must not drive for six weeks.", vec!["for six weeks"]),
            ("Stir for ten minutes.", vec![]),
            ("Eat it as soon as it is cool, with cream.", vec!["as soon as it is cool"]),
        ] {
            assert_eq!(texts(text, distances(text)), wanted, "{text}");
        }
    }

    #[test]
    fn frequencies_are_told_in_many_ways() {
        for (text, wanted) in [
            ("Clean it every two weeks.", vec!["every two weeks"]),
            ("It meets twice a year.", vec!["twice a year"]),
            ("It broke down four times in September.", vec!["four times in September"]),
            ("Rinse the tank once a month.", vec!["once a month"]),
            ("The rails are cleaned weekly.", vec!["weekly"]),
            ("The hut is open on Mondays.", vec!["Mondays"]),
            ("Plots are inspected in May and September.", vec!["May and September"]),
            ("We meet on the first Tuesday of every month.", vec!["first Tuesday of every month"]),
            ("Once it is dry, sand it.", vec![]),
        ] {
            assert_eq!(texts(text, frequencies(text)), wanted, "{text}");
        }
    }
}
