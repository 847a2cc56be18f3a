//! How well a line of a paper says what is asked, and the words of it that answer.
//!
//! ```text
//! score = mean over the words asked for   1 in the line, less for another word of that meaning,
//!                                         less above it, least in the title
//!       + a little for each word that need not stand there and does
//!       + a little for the share of the line that was asked for
//! ```
//! A line that leaves a word out is no answer; of why something is so, half of the words are enough, but for names.

use std::ops::Range;

use super::page::Line;
use super::query::{Kind, Query};
use super::{amounts, query};
use crate::memory::answer::spans;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Expected;
use crate::memory::plan::reader::Reader;

/// Worth of another word of the same meaning.
const SIMILAR: f32 = 0.85;
/// Worth of a word above the line, and in the title.
const ABOVE: f32 = 0.7;
const OF_TITLE: f32 = 0.5;
/// Taken for each sentence between a line and a word said before it in its paragraph.
const FURTHER: f32 = 0.05;
/// Added for each word that need not stand in the line.
const LIGHT_WORD: f32 = 0.06;
/// Added for a line that says nothing but what is asked.
const DENSITY: f32 = 0.25;

/// Words behind a number among which the noun stands that it counts.
const COUNTED_REACH: usize = 3;

/// Added for a line that says what should be, where that is asked.
const OF_RULE: f32 = 0.2;
const MODALS: &str = "should must shall may can cannot";
/// Added for a field whose name is asked for: "Weight: 5.4 kg".
const FIELD: f32 = 0.1;

/// A line that says what is asked.
pub struct Fit<'p> {
    pub line: &'p Line,
    pub score: f32,
    /// Words asked for that stand in the line itself.
    pub n_own: usize,
    /// Words asked for that stand in the line or, but for the title, above it.
    pub n_said: usize,
}

fn holds(pattern: &Pattern, words: &[String], reader: &Reader) -> bool {
    pattern.occurs_in(words, reader.stems)
}

impl<'p> Fit<'p> {
    /// How well `line` says what `query` asks; `None` if it leaves something out or is of another kind.
    pub fn of(query: &Query, line: &'p Line, reader: &Reader) -> Option<Self> {
        let requests = line.text.ends_with('?') || line.words.iter().any(|word| word == "please");
        if requests || line.words.len() < 2 {
            return None;
        }
        if !is_of_kind(query, line, reader) {
            return None;
        }
        let own = said_in(query, &line.words, reader);
        let (mut total, mut bonus) = (0.0, 0.0);
        let (mut n_own, mut n_above, mut n_wanted, mut n_missing) = (0_usize, 0_usize, 0_usize, 0);
        for (wanted, own) in query.wanted.iter().zip(own) {
            if wanted.light {
                bonus += own.map_or(0.0, |_| LIGHT_WORD);
                continue;
            }
            n_wanted += 1;
            n_own += usize::from(own.is_some());
            let above = holds(&wanted.any, &line.above, reader)
                || holds(&wanted.any, &line.speaker, reader);
            let before = line.before.iter().position(|words| holds(&wanted.any, words, reader));
            n_above += usize::from(own.is_none() && (above || before.is_some()));
            total += match (own, before) {
                (Some(worth), _) => worth,
                (None, _) if above => ABOVE,
                (None, Some(distance)) => (ABOVE - FURTHER * distance as f32).max(OF_TITLE),
                // Every word of a title stands above everything: another word of its meaning would always be said.
                _ if holds(&wanted.strict, &line.title, reader) => OF_TITLE,
                _ if wanted.is_name => return None,
                _ => {
                    n_missing += 1;
                    0.0
                }
            };
        }
        let spared = if query.kind == Kind::Reason { n_wanted / 2 } else { 0 };
        let least = match query.kind {
            kind if kind.is_exact() => 0,
            // One word alone, whatever else is asked, tells no reason.
            Kind::Reason => n_wanted.div_ceil(2).max(n_wanted.min(2)),
            _ => n_wanted.div_ceil(2),
        };
        // The title stands above what the paper says of anything.
        if n_missing > spared || n_own < least || n_own + n_above == 0 {
            return None;
        }
        let n_content = line.words.iter().filter(|word| !stopwords::is_stopword(word)).count();
        let density = n_own as f32 / n_content.max(1) as f32;
        let field = if names_field(query, &line.text, reader) { FIELD } else { 0.0 };
        // "When should it be cut": what is so for once is no rule.
        let rules = |words: &[String]| words.iter().any(|word| among(MODALS, word));
        let ruled = if rules(&query.words) && rules(&line.words) { OF_RULE } else { 0.0 };
        let score = total / n_wanted as f32 + bonus + DENSITY * density + field + ruled;
        Some(Self { line, score, n_own, n_said: n_own + n_above })
    }
}

/// What each word asked for is worth by a word of `words` that says it, each for one of them.
fn said_in(query: &Query, words: &[String], reader: &Reader) -> Vec<Option<f32>> {
    let mut free = vec![true; words.len()];
    let mut out = vec![None; query.wanted.len()];
    for (worth, strict) in [(1.0, true), (SIMILAR, false)] {
        for (wanted, out) in query.wanted.iter().zip(&mut out) {
            let pattern = if strict { &wanted.strict } else { &wanted.any };
            let says =
                |at: &usize| free[*at] && holds(pattern, std::slice::from_ref(&words[*at]), reader);
            if out.is_none()
                && let Some(at) = (0..words.len()).find(says)
            {
                free[at] = false;
                *out = Some(worth);
            }
        }
    }
    out
}

/// Whether a line is a field whose name the question asks for.
fn names_field(query: &Query, text: &str, reader: &Reader) -> bool {
    let Some((name, _)) = text.split_once(": ") else { return false };
    let words = query::bare_words(name);
    let asks = |word: &String| {
        query.wanted.iter().any(|wanted| holds(&wanted.any, std::slice::from_ref(word), reader))
    };
    words.first().is_some_and(asks)
}

/// Whether lines say, with what stands above them, all that is asked.
pub fn cover(query: &Query, lines: &[&Line], reader: &Reader) -> bool {
    query.wanted.iter().filter(|wanted| !wanted.light).all(|wanted| {
        lines.iter().any(|line| {
            [&line.words, &line.above, &line.speaker]
                .into_iter()
                .chain(&line.before)
                .any(|words| holds(&wanted.any, words, reader))
                || holds(&wanted.strict, &line.title, reader)
        })
    })
}

/// Whether a line says where, or how many of what is counted, if that is asked.
pub fn is_of_kind(query: &Query, line: &Line, reader: &Reader) -> bool {
    match query.kind {
        Kind::Place => says_where(query, line, reader),
        Kind::Count => !spans_of(query, &line.text, reader).is_empty(),
        kind => kind.fits(&line.text),
    }
}

/// The spans of a line that are of the kind asked for, and none of the question; of numbers, those that count what
/// is asked for.
fn spans_of(query: &Query, text: &str, reader: &Reader) -> Vec<Range<usize>> {
    let mut found = amounts::spans(query.kind, text);
    found.retain(|range| {
        !query::bare_words(&text[range.clone()]).iter().all(|word| query.asks(word, reader.stems))
    });
    if let Some(counted) = &query.counted {
        let (times, line) = (amounts::spans(Kind::Length, text), query::bare_words(text));
        found.retain(|range| {
            let unit = query::bare_words(&text[range.clone()]);
            let behind = query::bare_words(&text[range.end..]);
            let says = |word: &String| holds(counted, std::slice::from_ref(word), reader);
            let near = unit.iter().skip(1).chain(behind.iter().take(COUNTED_REACH));
            let is_time = times.iter().any(|time| time.start == range.start);
            let goes_on = line.iter().any(says)
                && unit.iter().all(|word| amounts::is_number(word))
                && behind.first().is_none_or(|word| stopwords::is_stopword(word));
            let by_verb = |word: &String| {
                query
                    .wanted
                    .iter()
                    .any(|wanted| holds(&wanted.any, std::slice::from_ref(word), reader))
            };
            near.clone().any(says) || !is_time && (goes_on || near.take(1).any(by_verb))
        });
    }
    found
}

/// Whether a line names a place that the question does not.
fn says_where(query: &Query, line: &Line, reader: &Reader) -> bool {
    spans::spans(&line.text, Expected::Place).into_iter().any(|range| {
        spans::is_placed(&line.text, &range)
            && query::bare_words(&line.text[range])
                .iter()
                .any(|word| !query.asks(word, reader.stems))
    })
}

/// The one span of a line that is of the kind asked for, or the one of the clause that says most of what is asked.
pub fn span(query: &Query, line: &Line, reader: &Reader) -> Option<String> {
    let text = line.text.as_str();
    let found = spans_of(query, text, reader);
    if let [one] = found.as_slice() {
        return Some(text[one.clone()].to_owned());
    }
    let says = |clause: &Range<usize>| {
        let words = query::bare_words(&text[clause.clone()]);
        let said = said_in(query, &words, reader).into_iter().zip(&query.wanted);
        said.filter(|(_, wanted)| !wanted.light).filter_map(|(worth, _)| worth).sum::<f32>()
    };
    let clauses = clauses(text);
    let best = clauses.iter().max_by(|one, other| says(one).total_cmp(&says(other)))?;
    let is_alone = clauses.iter().filter(|clause| says(clause) >= says(best)).count() == 1;
    let mut inside = found.iter().filter(|range| best.contains(&range.start));
    match (inside.next(), inside.next()) {
        (Some(one), None) if is_alone => Some(text[one.clone()].to_owned()),
        _ => None,
    }
}

/// The clauses of a line, told by its marks and by "and".
fn clauses(text: &str) -> Vec<Range<usize>> {
    let marks = text.match_indices([',', ';', ':']).map(|(at, _)| at);
    let marks = marks.filter(|at| text[at + 1..].starts_with(' '));
    let mut ends: Vec<usize> = marks.chain(text.match_indices(" and ").map(|(at, _)| at)).collect();
    ends.push(text.len());
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| std::mem::replace(&mut start, end)..end).collect()
}
