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

use super::kind::{self, Kind};
use super::page::Line;
use super::query::{self, Query, Wanted};
use super::{amounts, chinese, lines, table};
use crate::memory::answer::spans;
use crate::memory::answer::units::{self, Measure};
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Expected;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Worth of another form of a word, and of another word of the same meaning.
const OTHER_FORM: f32 = 0.97;
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

/// Added for a line that says what should be, where that is asked, and for one that counts all together.
const OF_RULE: f32 = 0.2;
const MODALS: &str = "should must shall may can cannot";
const OF_TOTAL: f32 = 0.6;
const TOTALS: &str = "total altogether overall sum";
/// Added for a field whose name is asked for: "Colour: red", "Weight: 5.4 kg".
const FIELD: f32 = 0.1;
const NUMBER_FIELD: f32 = 0.3;
/// Added for a line that says where something is by a verb that says nothing else, or who somebody is by name.
const OUTRIGHT: f32 = 0.15;
/// Added for a line that says what follows from something, where that is asked.
const OF_CONDITION: f32 = 0.3;
const CONDITIONS: &str = "if when unless whoever anyone void case";
/// Names of fields that say when, where and how much.
const DATE_FIELDS: &str = "date time when day 时间 日期";
const PLACE_FIELDS: &str = "place venue location where 地点 地址";
const MONEY_FIELDS: &str = "price cost fee fare 价格 费用";
/// Words of an age.
const AGES: &str = "old older age aged ages turned young younger";
/// Words with which a sentence goes on with what the one before speaks of.
const GOING_ON: &str = "it its they their this these he she his her there";

/// A line that says what is asked.
pub struct Fit<'p> {
    pub line: &'p Line,
    pub score: f32,
    /// Words asked for that stand in the line itself.
    pub n_own: usize,
    /// Words that need not be said and are, as they are asked for, in the line itself.
    pub n_light: usize,
    /// Words asked for that stand in the line or, but for the title, above it.
    pub n_said: usize,
}

/// Where a line says a word that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    /// In the line, and what that is worth.
    Own(f32),
    Above,
    /// So many sentences before, in the same paragraph, which the line goes on with.
    Before(usize),
    Title,
    /// Further before in the same paragraph.
    Far,
    Not,
}

fn holds(pattern: &Pattern, words: &[String], reader: &Reader) -> bool {
    pattern.occurs_in(words, reader.stems)
}

impl<'p> Fit<'p> {
    /// How well `line` says what `query` asks; `None` if it leaves something out or is of another kind.
    pub fn of(query: &Query, line: &'p Line, reader: &Reader) -> Option<Self> {
        let requests = line.text.ends_with(['?', '？'])
            || !query.kind.is_exact() && line.words.iter().any(|word| word == "please");
        if requests || line.words.len() < 2 || !is_of_kind(query, line, reader) {
            return None;
        }
        let all = said(query, line, reader);
        let mut total = 0.0;
        let (mut n_own, mut n_above, mut n_wanted, mut n_missing) = (0_usize, 0_usize, 0_usize, 0);
        let (mut n_headed, mut n_light, mut n_similar) = (0, 0, 0);
        for (wanted, said) in query.wanted.iter().zip(&all) {
            if wanted.light {
                n_light += usize::from(matches!(said, Said::Own(worth) if *worth > SIMILAR));
                n_similar += usize::from(matches!(said, Said::Own(_)));
                continue;
            }
            n_wanted += 1;
            total += match said {
                Said::Own(worth) => {
                    n_own += 1;
                    *worth
                }
                Said::Above => {
                    (n_above, n_headed) = (n_above + 1, n_headed + 1);
                    ABOVE
                }
                Said::Before(distance) => {
                    n_above += 1;
                    n_headed += usize::from(goes_on_with(line, wanted));
                    (ABOVE - FURTHER * *distance as f32).max(OF_TITLE)
                }
                // Of whom a paper is, not all of it speaks.
                Said::Title
                    if query.kind.is_number() && kind::is_of_people(&wanted.strict.text) =>
                {
                    n_missing += 1;
                    0.0
                }
                Said::Title => OF_TITLE,
                Said::Far | Said::Not if wanted.is_name => return None,
                Said::Far | Said::Not => {
                    n_missing += 1;
                    0.0
                }
            };
        }
        // "Place: the town hall" says where, whatever takes place; "It is called Heron" says a name.
        let by_kind = is_named_by_kind(query, line);
        let names = query.of_name
            && line.words.iter().any(|word| among(query::NAMING, word))
            && (n_own > 0 || goes_on(line));
        // "The cause was a filter": of what the sentences before tell.
        let of_cause = query.kind == Kind::Reason
            && line.words.len() > 2
            && line.words[0] == "the"
            && among("cause reason", &line.words[1]);
        if by_kind || names || of_cause {
            (n_wanted, n_own, total) = (n_wanted + 1, n_own + 1, total + 1.0);
        }
        let spared = if query.kind == Kind::Reason { n_wanted / 2 } else { 0 };
        let least = match query.kind {
            kind if kind.is_exact() => 0,
            Kind::Amount if query.measure.is_some() => 1,
            Kind::Reason if of_cause => 1,
            // One word alone, whatever else is asked, tells no reason.
            Kind::Reason => n_wanted.div_ceil(2).max(n_wanted.min(2)),
            _ => n_wanted.div_ceil(2),
        };
        // The title stands above what the paper says of anything, and a paragraph speaks of many things.
        if n_missing > spared
            || n_own < least
            || n_own + n_headed == 0
            || matches!(query.kind, Kind::Rule | Kind::Truth) && parts(query, &all)
        {
            return None;
        }
        let n_content = line.words.iter().filter(|word| !stopwords::is_stopword(word)).count();
        let density = n_own as f32 / n_content.max(1) as f32;
        let field = match by_kind || names_field(query, &line.text, reader) {
            true if by_kind => NUMBER_FIELD,
            true if query.kind.is_number() => NUMBER_FIELD,
            true => FIELD,
            false => 0.0,
        };
        // "When should it be cut": what is so for once is no rule.
        let rules = |words: &[String]| words.iter().any(|word| among(MODALS, word));
        let ruled = if rules(&query.words) && rules(&line.words) { OF_RULE } else { 0.0 };
        let totals = query.of_total
            && (line.words.iter().any(|word| among(TOTALS, word))
                || line.words.windows(2).any(|two| two[0] == "in" && two[1] == "all"));
        let totals = if totals { OF_TOTAL } else { 0.0 };
        let has = |list: &str| line.words.iter().any(|word| among(list, word));
        let conditions = if query.of_condition && has(CONDITIONS) { OF_CONDITION } else { 0.0 };
        let score = total / n_wanted as f32
            + LIGHT_WORD * n_similar as f32
            + DENSITY * density.min(1.0)
            + field
            + ruled
            + totals
            + conditions
            + outright(query, line, reader);
        Some(Self { line, score, n_own, n_light, n_said: n_own + n_above })
    }
}

/// What is added for a line that says outright where something is, or who somebody is.
fn outright(query: &Query, line: &Line, reader: &Reader) -> f32 {
    const PLACED: [&str; 5] = ["位于", "坐落", "地址", " is located", " is situated"];
    let asks = |word: &str| query.asks(word, reader.stems);
    let is_outright = match query.kind {
        Kind::Place => PLACED.iter().any(|placed| line.text.contains(placed)),
        Kind::Person if !query.is_chinese() => kind::names_anew(&line.text, asks),
        _ => false,
    };
    if is_outright { OUTRIGHT } else { 0.0 }
}

/// Whether a line goes on with a thing that the one before speaks of; he and she are people.
fn goes_on_with(line: &Line, wanted: &Wanted) -> bool {
    goes_on(line) && !wanted.is_name && may_stand_for(line, wanted)
}

/// Whether the pronoun that opens a line, if one does, may stand for what is asked for.
fn may_stand_for(line: &Line, wanted: &Wanted) -> bool {
    let of_people = line.words.first().is_some_and(|word| among("he she his her", word));
    !of_people || wanted.is_name || kind::is_of_people(&wanted.strict.text)
}

/// Whether a line goes on with what the one before speaks of.
fn goes_on(line: &Line) -> bool {
    line.words.first().is_some_and(|word| among(GOING_ON, word) || word == "the")
}

/// How many sentences before a line go on themselves, or only tell what the writer did.
fn reach(line: &Line) -> usize {
    let goes_on = |words: &&Vec<String>| {
        words.first().is_some_and(|word| among(GOING_ON, word) || among("i we", word))
    };
    line.before.iter().take_while(goes_on).count()
}

/// Whether the name of a field is that of the kind asked for.
fn is_named_by_kind(query: &Query, line: &Line) -> bool {
    let list = match query.kind {
        Kind::Date => DATE_FIELDS,
        Kind::Place => PLACE_FIELDS,
        Kind::Money => MONEY_FIELDS,
        _ => return false,
    };
    lines::field(&line.text).is_some_and(|(name, _)| among(list, &name.to_lowercase()))
}

/// Whether a line says one of two words that the question has side by side, and the other only stands before it or
/// in the title:
/// "frozen plums" of a pastry that may be frozen.
fn parts(query: &Query, said: &[Said]) -> bool {
    let heavy: Vec<(usize, Said)> = query
        .wanted
        .iter()
        .zip(said)
        .filter(|(wanted, _)| !wanted.light && wanted.stretches.is_empty())
        .map(|(wanted, said)| (wanted.at, *said))
        .collect();
    heavy.windows(2).any(|two| {
        two[1].0 == two[0].0 + 1
            && matches!((two[0].1, two[1].1), (Said::Own(_), Said::Title | Said::Before(_)))
    })
}

/// Where a line says each word of a question.
fn said(query: &Query, line: &Line, reader: &Reader) -> Vec<Said> {
    let titled = line.title.iter().any(|word| query::names_a_paper(word));
    let elsewhere = |wanted: &Wanted| {
        let says = |words: &[String]| says(wanted, words, reader);
        // A row of a timetable is of whatever leaves by it.
        let of_row = line.row.is_some() && query::is_vehicle(&wanted.strict.text);
        if says(&line.above) || says(&line.speaker) || of_row && query.kind == Kind::Date {
            return Said::Above;
        }
        // "The lathe was a gift. It weighs a ton": a line speaks of what the one before does, and no other.
        let mut near = line.before.iter().take(reach(line) + 1);
        if let Some(distance) = near.position(|words| says(words)) {
            return Said::Before(distance);
        }
        // Every word of a title stands above everything: another word of its meaning would always be said.
        let is_title = match wanted.stretches.is_empty() {
            true => holds(&wanted.strict, &line.title, reader),
            false => says(&line.title),
        };
        if is_title || wanted.is_paper && titled {
            return Said::Title;
        }
        if line.before.iter().any(|words| says(words)) { Said::Far } else { Said::Not }
    };
    let measured = query.wanted.iter().position(|wanted| wanted.measures);
    let mut own: Vec<Option<f32>> = match query.is_chinese() {
        true => {
            query.wanted.iter().map(|wanted| chinese::worth(wanted, &line.words, SIMILAR)).collect()
        }
        false => said_in(query, &line.words, reader),
    };
    // "5.4 kg" says how heavy it is: only lines with such a unit are asked.
    if let Some(own) = measured.and_then(|at| own.get_mut(at)) {
        own.get_or_insert(SIMILAR);
    }
    own.into_iter()
        .zip(&query.wanted)
        .map(|(own, wanted)| own.map_or_else(|| elsewhere(wanted), Said::Own))
        .collect()
}

/// Whether words say what is wanted, in any way.
fn says(wanted: &Wanted, words: &[String], reader: &Reader) -> bool {
    match wanted.stretches.as_slice() {
        [] => holds(&wanted.any, words, reader),
        stretches => chinese::says(stretches, words),
    }
}

/// What each word asked for is worth by a word of `words` that says it, each for one of them.
fn said_in(query: &Query, words: &[String], reader: &Reader) -> Vec<Option<f32>> {
    let mut free = vec![true; words.len()];
    let mut out = vec![None; query.wanted.len()];
    for worth in [1.0, OTHER_FORM, SIMILAR] {
        for (wanted, out) in query.wanted.iter().zip(&mut out) {
            let is_said = |word: &String| {
                if worth == 1.0 {
                    return *word == wanted.strict.text;
                }
                let pattern = if worth == OTHER_FORM { &wanted.strict } else { &wanted.any };
                holds(pattern, std::slice::from_ref(word), reader)
            };
            let says = |at: &usize| free[*at] && is_said(&words[*at]);
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
    let Some((name, _)) = lines::field(text) else { return false };
    let words = query::bare_words(name);
    if query.is_chinese() {
        return query.wanted.iter().any(|wanted| says(wanted, &words, reader));
    }
    let asks = |word: &String| {
        query.wanted.iter().any(|wanted| says(wanted, std::slice::from_ref(word), reader))
    };
    words.first().is_some_and(asks)
}

/// Whether lines say, with what stands above them, all that is asked. Whom a pronoun stands for the other plans know.
pub fn cover(query: &Query, lines: &[&Line], reader: &Reader) -> bool {
    let mut heavy = query.wanted.iter().enumerate().filter(|(_, wanted)| !wanted.light);
    let all: Vec<Vec<Said>> = lines.iter().map(|line| said(query, line, reader)).collect();
    let is_own = |said: &[Said]| {
        said.iter()
            .zip(&query.wanted)
            .any(|(said, wanted)| !wanted.light && matches!(said, Said::Own(_)))
    };
    heavy.all(|(at, wanted)| {
        all.iter().zip(lines).any(|(said, line)| match said[at] {
            Said::Not => false,
            Said::Far => wanted.is_name,
            Said::Before(_) => is_own(said) || may_stand_for(line, wanted),
            _ => true,
        })
    })
}

/// Whether an answer in other words than a line's is of the kind that is asked for.
pub fn answers(query: &Query, answer: &str, reader: &Reader) -> bool {
    let asks = |word: &str| query.asks(word, reader.stems);
    match query.kind {
        Kind::Person if !query.is_chinese() => kind::says_who(answer, asks),
        kind => kind.fits(answer),
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
                    counted.is_some_and(|own| holds(own, &query::bare_words(header), reader))
                };
                row.iter().skip(1).any(|cell| cell.counts(counts))
            }
            Kind::Money | Kind::Count | Kind::Length | Kind::Amount | Kind::Date => {
                row.iter().skip(1).any(|cell| cell.is_of_kind(query.kind))
            }
            kind => kind.fits(&line.text),
        };
    }
    let asks = |word: &str| query.asks(word, reader.stems);
    match query.kind {
        kind if query.is_chinese() => match kind {
            Kind::Money | Kind::Count | Kind::Length | Kind::Amount | Kind::Date => {
                !chinese_spans(query, &line.text).is_empty()
            }
            kind => kind.fits(&line.text),
        },
        Kind::Place => says_where(query, line, reader),
        Kind::Person => kind::says_who(&line.text, asks),
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
        Kind::Money | Kind::Count | Kind::Length | Kind::Amount | Kind::Date => {
            !spans_of(query, line, reader).is_empty()
        }
        kind => kind.fits(&line.text),
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
    let mut found = amounts::spans(query.kind, text);
    found.retain(|range| {
        !query::bare_words(&text[range.clone()]).iter().all(|word| query.asks(word, reader.stems))
    });
    // The date of an amendment is that of the change.
    if query.kind == Kind::Date && !query.of_change {
        found.retain(|range| range.start >= line.n_amending);
    }
    if let Some(measure) = query.measure {
        found.retain(|range| {
            let written = &text[range.clone()];
            words::words(written).any(|word| {
                let word = &written[word.start..word.end];
                units::of_written(word, &words::folded(word)) == Some(measure)
            })
        });
    }
    if let Some(counted) = &query.counted {
        let (times, line) = (amounts::spans(Kind::Length, text), query::bare_words(text));
        let of_field = names_field(query, text, reader)
            && lines::field(text)
                .is_some_and(|(name, _)| !name.bytes().any(|b| b.is_ascii_digit()));
        found.retain(|range| {
            let unit = query::bare_words(&text[range.clone()]);
            let behind = query::bare_words(&text[range.end..]);
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
        spans::is_placed(&line.text, &range) && query::bare_words(&line.text[range]).iter().any(new)
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
    if let [one] = found.as_slice() {
        return Some(text[one.clone()].to_owned());
    }
    // The words asked for that each clause says. A clause is meant if it says all that another one with a number does.
    let heavy = query.wanted.iter().map(|wanted| !wanted.light);
    let says = |clause: &Range<usize>| -> Vec<bool> {
        let words = query::bare_words(&text[clause.clone()]);
        let said = said_in(query, &words, reader).into_iter().zip(heavy.clone());
        said.map(|(worth, heavy)| heavy && worth.is_some()).collect()
    };
    let told = clauses(text)
        .into_iter()
        .map(|clause| (says(&clause), clause))
        .filter(|(_, clause)| found.iter().any(|range| clause.contains(&range.start)));
    the_meant(told.collect(), &found).map(|range| text[range].to_owned())
}

/// The only one of `found` inside the clause that says more than every other one.
pub fn the_meant(
    told: Vec<(Vec<bool>, Range<usize>)>,
    found: &[Range<usize>],
) -> Option<Range<usize>> {
    let holds_all =
        |one: &[bool], other: &[bool]| one.iter().zip(other).all(|(one, other)| *one || !other);
    let is_meant = |at: &usize| {
        told.iter().enumerate().all(|(other, (said, _))| {
            other == *at || holds_all(&told[*at].0, said) && !holds_all(said, &told[*at].0)
        })
    };
    let meant = (0..told.len()).find(is_meant)?;
    let mut inside = found.iter().filter(|range| told[meant].1.contains(&range.start));
    inside.next().filter(|_| inside.next().is_none()).cloned()
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
