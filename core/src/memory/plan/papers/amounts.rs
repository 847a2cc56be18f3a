//! Money, lengths of time and space, dates, counts, telephone numbers and addresses in a line.
//!
//! Every span is a byte range of the line, so an answer is always copied.

use std::ops::Range;

use super::kind::Kind;
use super::{lines, moments};
use crate::memory::answer::spans::{self, number_value};
use crate::memory::answer::units::{self, Measure};
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Expected;
use crate::memory::segment::words;

/// Adjectives between a number and the time that it counts.
const BETWEEN: &str = "working calendar full more further whole business consecutive";
const ORDINALS: &str = "first second third fourth fifth sixth seventh eighth ninth tenth last";
const ORDINAL_ENDS: [&str; 4] = ["teenth", "tieth", "eleventh", "twelfth"];
/// Words behind an hour.
const HOUR_ENDS: &str = "in on at and until to or for sharp noon tonight daily";
/// Digits from which a number is one to be called.
const TELEPHONE: usize = 7;
const STREETS: &str =
    "street road lane avenue square drive close way place court terrace row boulevard st rd ave";

/// The spans of a line that are of a kind.
pub fn spans(kind: Kind, text: &str) -> Vec<Range<usize>> {
    match kind {
        Kind::Money => money(text),
        Kind::Length => lengths(text),
        Kind::Date => dates(text),
        Kind::Frequency => moments::frequencies(text),
        Kind::Count | Kind::Amount => numbers(text),
        Kind::Telephone => telephones(text),
        Kind::Address => addresses(text),
        _ => Vec::new(),
    }
}

fn list(text: &str) -> Vec<(Range<usize>, String)> {
    words::words(text)
        .map(|word| (word.start..word.end, words::folded(&text[word.start..word.end])))
        .collect()
}

/// Whether a folded word is a number: in digits, or one or several number words.
pub fn is_number(folded: &str) -> bool {
    let digits = folded.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    digits && folded.bytes().all(|byte| byte.is_ascii_digit() || b",.".contains(&byte))
        || folded.split('-').all(|part| number_value(part).is_some())
}

fn money(text: &str) -> Vec<Range<usize>> {
    let found = spans::spans(text, Expected::Number);
    let in_currency = |range: &Range<usize>| {
        let own = &text[range.clone()];
        own.starts_with(['$', '£', '€', '¥'])
            || words::folded_words(own)
                .last()
                .is_some_and(|unit| units::of_word(&unit) == Some(Measure::Money))
    };
    if !found.iter().any(in_currency) {
        return Vec::new();
    }
    let dated = dates(text);
    // "Asked 620 pounds, the other 540": a number alone beside one with its currency.
    let alone = |range: &Range<usize>| {
        let own = &text[range.clone()];
        let digits =
            own.len() - own.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').len();
        let unit = own[digits..].trim();
        let is_sum = digits > 1 && (unit.is_empty() || units::of_written(unit, unit).is_none());
        // "4,000" is no year.
        let is_dated = !own.contains(',')
            && dated.iter().any(|date| date.start < range.end && range.start < date.end);
        (is_sum && !is_dated).then(|| range.start..range.start + digits)
    };
    found
        .iter()
        .filter_map(|range| if in_currency(range) { Some(range.clone()) } else { alone(range) })
        .collect()
}

/// Lengths of time and space: "two weeks", "for a fortnight", "until 2031".
fn lengths(text: &str) -> Vec<Range<usize>> {
    let mut out = measured(text, &[Measure::Time, Measure::Space]);
    let words = list(text);
    for three in words.windows(3) {
        let [(_, before), (article, one), (unit, word)] = three else { continue };
        if among("for within after takes lasts of", before)
            && among("a an one", one)
            && units::of_word(word) == Some(Measure::Time)
            && !out.iter().any(|range| range.end == unit.end)
        {
            let half = " and a half";
            let n_half = if text[unit.end..].starts_with(half) { half.len() } else { 0 };
            out.push(article.start..unit.end + n_half);
        }
    }
    let until = |date: &Range<usize>| {
        words
            .iter()
            .take_while(|(range, _)| range.end <= date.start)
            .last()
            .filter(|(_, word)| among("until till", word))
    };
    let dated: Vec<Range<usize>> = dates(text)
        .iter()
        .filter_map(|date| until(date).map(|(range, _)| range.start..date.end))
        .collect();
    out.extend(dated);
    out
}

/// Numbers with a unit of one of `measures`, joined by "and".
fn measured(text: &str, measures: &[Measure]) -> Vec<Range<usize>> {
    let words = list(text);
    let bare = |at: usize| {
        words.get(at).map_or("", |(_, word)| {
            word.trim_end_matches(['\'', '\u{2019}']).trim_end_matches("'s")
        })
    };
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_half = bare(at) == "half" && bare(at + 1) == "an";
        if !is_number(bare(at)) && !is_half {
            at += 1;
            continue;
        }
        let mut unit = at + 1 + usize::from(is_half);
        while unit < words.len() && is_number(bare(unit)) {
            unit += 1;
        }
        unit += usize::from(among(BETWEEN, bare(unit)));
        let written = words.get(unit).map_or("", |(range, _)| &text[range.clone()]);
        if !units::of_written(written, bare(unit)).is_some_and(|own| measures.contains(&own)) {
            at += 1;
            continue;
        }
        let range = words[at].0.start..words[unit].0.end;
        match out.last_mut() {
            Some(last) if text[last.end..range.start].trim() == "and" => last.end = range.end,
            _ => out.push(range),
        }
        at = unit + 1;
    }
    out
}

fn dates(text: &str) -> Vec<Range<usize>> {
    let mut out = spans::spans(text, Expected::Date);
    // "1,100" is no year.
    out.retain(|date| {
        let own = &text[date.clone()];
        !own.match_indices(',')
            .any(|(at, _)| own[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
    });
    // "Rain in April: 58 millimetres".
    for date in &mut out {
        date.end = text[date.clone()].find(": ").map_or(date.end, |at| date.start + at);
    }
    for (range, folded) in list(text) {
        let digits = folded.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let counted = !digits.is_empty()
            && digits.len() <= 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && among("st nd rd th", &folded[digits.len()..]);
        if counted && !out.iter().any(|date| date.contains(&range.start)) {
            out.push(range);
        }
    }
    let words = list(text);
    let word = |at: usize| words.get(at).map_or("", |(_, word)| word.as_str());
    // "Visiting is from two to four".
    let is_open = |at: usize| {
        let from = match word(at - 1) {
            "until" => return true,
            "from" => at - 1,
            "to" if at > 2 => at - 3,
            _ => return false,
        };
        from > 0
            && word(from) == "from"
            && word(from + 2) == "to"
            && among("is are open opens daily runs", word(from - 1))
    };
    for (at, (range, folded)) in words.iter().enumerate() {
        // "On Mondays", "at ten", "from nine to six".
        let is_day = folded.strip_suffix('s').is_some_and(spans::names_a_date);
        let is_hour = at > 0
            && among("at from to until by between and before after", word(at - 1))
            && spans::number_value(folded).is_some_and(|hour| (1.0..=24.0).contains(&hour))
            && (among(HOUR_ENDS, word(at + 1)) || text[range.end..].starts_with([',', '.', ';']))
            && (word(at - 1) == "at" || text[..range.start].contains(" at ") || is_open(at));
        if (is_day || is_hour) && !out.iter().any(|date| date.contains(&range.start)) {
            out.push(range.clone());
        }
    }
    out.extend(
        moments::hours(text)
            .into_iter()
            .filter(|hour| !out.iter().any(|date| date.start < hour.end && hour.start < date.end))
            .collect::<Vec<_>>(),
    );
    out.sort_unstable_by_key(|date| date.start);
    // "On Fridays and Saturdays".
    let mut at = 1;
    while at < out.len() {
        let (before, own) = (out[at - 1].clone(), out[at].clone());
        let are_days = [&before, &own].into_iter().all(|date| text[(*date).clone()].ends_with('s'));
        if are_days && before.end < own.start && &text[before.end..own.start] == " and " {
            out[at - 1].end = own.end;
            out.remove(at);
        } else {
            at += 1;
        }
    }
    // "On the fourth day".
    for pair in words.windows(2) {
        if among(ORDINALS, &pair[0].1) && units::of_word(&pair[1].1) == Some(Measure::Time) {
            out.push(pair[0].0.start..pair[1].0.end);
        }
    }
    // "The middle of August", "the ninth of May", "the first Tuesday".
    for date in &mut out {
        let at = words.iter().position(|(range, _)| range.start == date.start);
        let Some(at) = at.filter(|at| *at > 0) else { continue };
        let part = at > 1
            && word(at - 1) == "of"
            && (among("middle end beginning start", word(at - 2)) || is_ordinal(word(at - 2)));
        let first = if part { at - 2 } else { at - usize::from(among(ORDINALS, word(at - 1))) };
        date.start = words[first].0.start;
    }
    out
}

/// Whether a folded word says the day of a month.
fn is_ordinal(word: &str) -> bool {
    among(ORDINALS, word)
        || ORDINAL_ENDS.iter().any(|end| word.ends_with(end))
        || word.rsplit_once('-').is_some_and(|(_, last)| among(ORDINALS, last))
}

fn numbers(text: &str) -> Vec<Range<usize>> {
    let dated = dates(text);
    let mut out = spans::spans(text, Expected::Number);
    // "A litre and a half".
    let words = list(text);
    for range in &mut out {
        let at = words.iter().position(|(word, _)| word.start == range.start);
        let Some(at) = at.filter(|at| *at > 3 && words[*at].1 == "half") else { continue };
        let word = |back: usize| words[at - back].1.as_str();
        let is_one = among("a an one", word(4)) && units::of_word(word(3)).is_some();
        if is_one && word(2) == "and" && word(1) == "a" {
            range.start = words[at - 4].0.start;
        }
    }
    // "Three hundred and forty members".
    let mut at = 1;
    while at < out.len() {
        let joined = text[out[at - 1].end..out[at].start].trim() == "and"
            && ["hundred", "thousand"].iter().any(|end| text[out[at - 1].clone()].ends_with(end));
        if joined {
            out[at - 1].end = out[at].end;
            out.remove(at);
        } else {
            at += 1;
        }
    }
    // "5. Boats", "4.1 Boats": the number of a rule in a list.
    let n_numbered = lines::number(text).map_or(0, |rest| text.len() - rest.len());
    out.retain(|range| range.start >= n_numbered);
    out.retain(|range| !dated.iter().any(|date| date.start < range.end && range.start < date.end));
    out
}

pub fn telephones(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(from) = text[at..].find(|c: char| c.is_ascii_digit() || c == '+') {
        let start = at + from;
        let rest = &text[start..];
        let of_number = |c: char| c.is_ascii_digit() || " +-/()".contains(c);
        let end = start + rest.find(|c| !of_number(c)).unwrap_or(rest.len());
        let own = text[start..end].trim_end_matches([' ', '-', '/', '(']);
        if own.bytes().filter(u8::is_ascii_digit).count() >= TELEPHONE {
            out.push(start..start + own.len());
        }
        at = end.max(start + 1);
    }
    out
}

fn addresses(text: &str) -> Vec<Range<usize>> {
    let words = list(text);
    let mut out = Vec::new();
    for (at, (range, folded)) in words.iter().enumerate() {
        let capital = text[range.start..].starts_with(char::is_uppercase);
        if !capital || !among(STREETS, folded) {
            continue;
        }
        let number = (at.saturating_sub(4)..at).find(|at| is_number(&words[*at].1));
        if let Some(number) = number {
            out.push(words[number].0.start..range.end);
        }
    }
    // "Lindenweg 12".
    for two in words.windows(2) {
        let (name, number) = (&two[0], &two[1]);
        let is_street = ["weg", "strasse", "straße", "gasse", "platz", "allee", "straat"]
            .iter()
            .any(|ending| name.1.ends_with(ending));
        if is_street && is_number(&number.1) {
            out.push(name.0.start..number.0.end);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_of_the_kind_asked_for() {
        let cases: &[(Kind, &str, &[&str])] = &[
            (Kind::Money, "On May 10 the fee was raised to $1,920.", &["$1,920"]),
            (Kind::Money, "One asked 620 pounds, the other 540.", &["620 pounds", "540"]),
            (Kind::Money, "Of 9,000 euros 4,000 comes from the town.", &["9,000 euros", "4,000"]),
            (Kind::Money, "It was opened in 1904.", &[]),
            (
                Kind::Length,
                "It takes three hours and forty minutes.",
                &["three hours and forty minutes"],
            ),
            (Kind::Length, "The inn is a six-minute walk away.", &["six-minute"]),
            (Kind::Amount, "4.1 Each of them pays.", &[]),
            (Kind::Date, "The pool: 9.00 to 14.00.", &["9.00 to 14.00"]),
            (Kind::Frequency, "Dust it once a week.", &["once a week"]),
            (Kind::Length, "Answers come within ten working days.", &["ten working days"]),
            (Kind::Length, "The cord has a length of 1.2 m.", &["1.2 m"]),
            (Kind::Date, "Wages are paid on the 25th of each month.", &["25th"]),
            (Kind::Date, "Work begins on the first of May.", &["first of May"]),
            (Kind::Date, "Visiting is from two to four.", &["two", "four"]),
            (Kind::Date, "We meet on Fridays and Sundays.", &["Fridays and Sundays"]),
            (Kind::Length, "The walk takes an hour and a half.", &["an hour and a half"]),
            (Kind::Amount, "It burns about a litre and a half of oil.", &["a litre and a half"]),
            (Kind::Amount, "Noise: 58 dB", &["58 dB"]),
            (Kind::Telephone, "Call 0800 555 0142 before 5 pm.", &["0800 555 0142"]),
            (Kind::Address, "The flat at 41 Mill Lane, Dunley.", &["41 Mill Lane"]),
        ];
        for (kind, text, wanted) in cases {
            let found = spans(*kind, text);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, *wanted, "{kind:?} {text}");
        }
    }
}
