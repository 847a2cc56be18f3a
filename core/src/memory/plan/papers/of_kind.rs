//! What in a line of a paper is of the kind that is asked for: the money, time or number in it, a place, somebody.
//!
//! ```text
//! "How many beds are there?"     "Twelve beds in 3 rooms"     twelve, which counts beds
//! "Where is the key?"            "Ask at the pier office"     a place that the question does not name
//! ```
//! Whether the line says what is asked is told in `said` and `fit`.

use std::ops::Range;

use super::kind::Kind;
use super::page::Line;
use super::query::{self, Query};
use super::said::{holds, said_in, says};
use super::words::bare_words;
use super::{amounts, chinese, clauses, lines, moments, table, telling};
use crate::memory::answer::spans;
use crate::memory::answer::units::{self, Measure};
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Expected;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Words of headings below which rules stand.
const OF_HEADINGS: &str = "allowed permitted forbidden prohibited banned included excluded essential desirable required \
    optional offer benefits entitlements";
/// Words behind a number among which the noun stands that it counts.
const COUNTED_REACH: usize = 3;
/// Words of an age.
const AGES: &str = "old older age aged ages turned young younger";

/// Whether an answer in other words than a line's is of the kind that is asked for.
pub fn answers(query: &Query, answer: &str, reader: &Reader) -> bool {
    let asks = |word: &str| query.asks(word, reader.stems);
    match query.kind {
        Kind::Person if !query.is_chinese() => telling::says_who(answer, asks),
        kind => telling::tells(kind, answer),
    }
}

/// Whether a line is of the kind that is asked for, and more than the question says itself.
pub fn is_of_kind(query: &Query, line: &Line, reader: &Reader) -> bool {
    if let Some(row) = &line.row {
        return match query.kind {
            Kind::Amount if query.measure.is_some() => !spans_of(query, line, reader).is_empty(),
            Kind::Count if query.counted.is_some() => {
                let counted = query.counted.as_ref();
                let counts = |header: &str| {
                    counted.is_some_and(|own| holds(own, &bare_words(header), reader))
                };
                row.iter().skip(1).any(|cell| cell.counts(counts))
            }
            kind if kind.is_number() => row.iter().skip(1).any(|cell| cell.is_of_kind(query.kind)),
            kind => telling::tells(kind, &line.text),
        };
    }
    let asks = |word: &str| query.asks(word, reader.stems);
    match query.kind {
        kind if query.is_chinese() => match kind {
            kind if kind.is_number() => !chinese_spans(query, &line.text).is_empty(),
            kind => telling::tells(kind, &line.text),
        },
        Kind::Place => says_where(query, line, reader),
        // "The clerk keeps the list" does not say who is the clerk.
        Kind::Person if query.of_holder => telling::names_holder(&line.text, asks),
        Kind::Person => telling::says_who(&line.text, asks),
        Kind::Statement if query.of_name => {
            line.words.iter().any(|word| among(query::NAMING, word))
                || lines::field(&line.text).is_some()
        }
        // "It took her nine days" tells nobody's age.
        Kind::Amount
            if query.measure == Some(Measure::Time)
                && !line.words.iter().any(|word| among(AGES, word)) =>
        {
            false
        }
        kind if kind.is_number() => !spans_of(query, line, reader).is_empty(),
        // "Amendment of May: the rent is raised" gives no reason.
        Kind::Reason => {
            telling::tells(Kind::Reason, &line.text[line.n_amending..])
                || telling::tells_effect(&line.words)
        }
        Kind::Rule => {
            telling::tells(Kind::Rule, &line.text)
                || line.above.iter().any(|word| among(OF_HEADINGS, word))
        }
        kind => telling::tells(kind, &line.text),
    }
}

/// The spans of a Chinese line that are of the kind and the counter asked for.
fn chinese_spans(query: &Query, text: &str) -> Vec<Range<usize>> {
    let spans = crate::memory::plan::chinese::amounts::spans(query.kind, text);
    let counts =
        |range: &Range<usize>| chinese::counts(query, &text[range.clone()], &text[range.end..]);
    spans.into_iter().filter(counts).collect()
}

/// The spans of a line that are of the kind asked for, and none of the question; of numbers, those that count what
/// is asked for, or measure it.
fn spans_of(query: &Query, line: &Line, reader: &Reader) -> Vec<Range<usize>> {
    let text = line.text.as_str();
    // How far something is a time may tell, too.
    let kind = if query.of_distance { Kind::Length } else { query.kind };
    let mut found = amounts::spans(kind, text);
    found.retain(|range| {
        !bare_words(&text[range.clone()]).iter().all(|word| query.asks(word, reader.stems))
    });
    // How large and how many something is no price tells.
    if matches!(query.kind, Kind::Count | Kind::Amount) && !query.of_money {
        let money = amounts::spans(Kind::Money, text);
        found.retain(|range| {
            money.iter().all(|sum| sum.start >= range.end || range.start >= sum.end)
        });
    }
    // "Five days before surgery" is not how long that lasts.
    if query.kind == Kind::Length && query.lasts {
        found.retain(|range| !moments::is_distance(text, range));
    }
    // "A half plot" counts none, and of several numbers those with a unit tell how large something is.
    if query.kind == Kind::Count {
        found.retain(|range| !text[range.clone()].eq_ignore_ascii_case("half"));
    }
    let has_unit = |range: &Range<usize>| text[range.clone()].contains(' ');
    if query.of_size && found.iter().any(has_unit) {
        found.retain(has_unit);
    }
    if query.kind == Kind::Date && found.is_empty() {
        found = moments::distances(text);
    }
    // The date of an amendment is that of the change.
    if query.kind == Kind::Date && !query.of_change {
        found.retain(|range| range.start >= line.n_amending);
    }
    if let Some(measure) = query.measure {
        found.retain(|range| {
            let written = &text[range.clone()];
            query.of_distance
                || words::words(written).any(|word| {
                    let word = &written[word.start..word.end];
                    units::of_written(word, &words::folded(word)) == Some(measure)
                })
        });
    }
    if let Some(counted) = &query.counted {
        let (times, line) = (amounts::spans(Kind::Length, text), bare_words(text));
        let of_field = names_field(query, text, reader)
            && lines::field(text)
                .is_some_and(|(name, _)| !name.bytes().any(|b| b.is_ascii_digit()));
        found.retain(|range| {
            let unit = bare_words(&text[range.clone()]);
            let behind = bare_words(&text[range.end..]);
            let says = |word: &String| holds(counted, std::slice::from_ref(word), reader);
            let near = unit.iter().skip(1).chain(behind.iter().take(COUNTED_REACH));
            let is_time = times.iter().any(|time| time.start == range.start);
            // "Twelve of the hedgerows" are not all.
            let is_part = behind.first().is_some_and(|word| word == "of")
                && behind.get(1).is_some_and(|word| among("the these those them which our", word));
            if is_part {
                return false;
            }
            let goes_on = line.iter().any(says)
                && unit.iter().all(|word| amounts::is_number(word))
                && behind.first().is_none_or(|word| stopwords::is_stopword(word));
            let by_verb = |word: &String| {
                query
                    .wanted
                    .iter()
                    .any(|wanted| holds(&wanted.any, std::slice::from_ref(word), reader))
            };
            near.clone().any(says) || !is_time && (goes_on || of_field || near.take(1).any(by_verb))
        });
    }
    found
}

/// Whether a line names a place that the question does not.
fn says_where(query: &Query, line: &Line, reader: &Reader) -> bool {
    const PREPOSITIONS: &str =
        "at in on behind beside under above below near opposite outside inside next";
    const NO_PLACES: &str =
        "time case order general total all addition writing advance full time times condition";
    let new = |word: &String| !query.asks(word, reader.stems);
    let named = spans::spans(&line.text, Expected::Place).into_iter().any(|range| {
        spans::is_placed(&line.text, &range) && bare_words(&line.text[range]).iter().any(new)
    });
    // "At the pier office", "on the left side".
    let placed = line.words.windows(3).any(|three| {
        among(PREPOSITIONS, &three[0])
            && among("the a an his her its their our every each", &three[1])
            && new(&three[2])
            && !among(NO_PLACES, &three[2])
            && units::of_word(&three[2]).is_none()
            && !spans::is_time_word(&three[2])
    });
    named || placed
}

/// Whether a line is a field whose name the question asks for.
pub fn names_field(query: &Query, text: &str, reader: &Reader) -> bool {
    let Some((name, _)) = lines::field(text) else { return false };
    let words = bare_words(name);
    if query.is_chinese() {
        return query.wanted.iter().any(|wanted| says(wanted, &words, reader));
    }
    let asks = |word: &String| {
        query.wanted.iter().any(|wanted| says(wanted, std::slice::from_ref(word), reader))
    };
    words.first().is_some_and(asks)
}

/// The one span of a line that is of the kind asked for, or the one of the clause that says most of what is asked.
pub fn span(query: &Query, line: &Line, reader: &Reader) -> Option<String> {
    let text = line.text.as_str();
    if let Some(row) = &line.row {
        let asks = |word: &str| {
            let word = [word.to_owned()];
            query.wanted.iter().any(|wanted| says(wanted, &word, reader))
        };
        return table::answering(row, query.kind, asks).map(str::to_owned);
    }
    if query.is_chinese() {
        let found = chinese_spans(query, text);
        return chinese::answering(query, text, &found);
    }
    let exact = query.kind.is_exact() || matches!(query.kind, Kind::Count | Kind::Amount);
    let found = if exact { spans_of(query, line, reader) } else { Vec::new() };
    // "Between two and four in the afternoon": the part of the day alone says less than the line.
    let is_part = |range: &Range<usize>| {
        among("morning afternoon evening night", &words::folded(&text[range.clone()]))
    };
    if let [one] = found.as_slice()
        && is_part(one)
    {
        return None;
    }
    if let [one] = found.as_slice() {
        return Some(text[one.clone()].to_owned());
    }
    // The words asked for that each clause says. A clause is meant if it says all that another one with a number does.
    let heavy = query.wanted.iter().map(|wanted| !wanted.light);
    let says = |clause: &Range<usize>| -> Vec<bool> {
        let words = bare_words(&text[clause.clone()]);
        let said = said_in(query, &words, reader).into_iter().zip(heavy.clone());
        said.map(|(worth, heavy)| heavy && worth.is_some()).collect()
    };
    let told = clauses::clauses(text)
        .into_iter()
        .map(|clause| (says(&clause), clause))
        .filter(|(_, clause)| found.iter().any(|range| clause.contains(&range.start)));
    clauses::the_meant(told.collect(), &found).map(|range| text[range].to_owned())
}
