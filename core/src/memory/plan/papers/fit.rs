//! How well a line of a paper says what is asked.
//!
//! ```text
//! score = mean over the words asked for   1 in the line, less for another word of that meaning,
//!                                         less above it, least in the title
//!       + a little for each word that need not stand there and does
//!       + a little for the share of the line that was asked for
//! ```
//! A line that leaves a word out is no answer; of why something is so, half of the words are enough, but for names.

use super::kind::{self, Kind};
use super::of_kind::{is_of_kind, names_field};
use super::page::Line;
use super::query::{self, Query};
use super::said::{SIMILAR, Said, parts, said};
use super::{chinese_words, lines, pronouns, telling};
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::reader::Reader;

/// Worth of a word above the line, and in the title.
const ABOVE: f32 = 0.7;
const OF_TITLE: f32 = 0.5;
/// Taken for each sentence between a line and a word said before it in its paragraph.
const FURTHER: f32 = 0.05;
/// Added for each word that need not stand in the line.
const LIGHT_WORD: f32 = 0.06;
/// Added for a line that says nothing but what is asked.
const DENSITY: f32 = 0.25;
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
const DATE_FIELDS: &str = "date time when day";
const PLACE_FIELDS: &str = "place venue location where";
const MONEY_FIELDS: &str = "price cost fee fare";
/// Verbs that say where something is.
const PLACED: [&str; 2] = [" is located", " is situated"];

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
                    n_headed += usize::from(pronouns::goes_on_with(line, wanted));
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
            && (n_own > 0 || pronouns::goes_on(line));
        // "The cause was a filter": of what the sentences before tell.
        let of_cause = query.kind == Kind::Reason
            && line.words.len() > 2
            && line.words[0] == "the"
            && among("cause reason", &line.words[1]);
        if by_kind || names || of_cause {
            (n_wanted, n_own, total) = (n_wanted + 1, n_own + 1, total + 1.0);
        }
        // "Wear a helmet. It protects the head": all is said in the line before.
        let is_effect = query.kind == Kind::Reason
            && n_own == 0
            && telling::tells_effect(&line.words)
            && n_headed == n_wanted;
        let spared = match query.kind {
            Kind::Reason => n_wanted / 2,
            // "Can I light a fire": "Fires are allowed" says it of whatever is done with them.
            _ if telling::permits(&line.words) => {
                let is_verb = |at: usize| query.verb == Some(query.wanted[at].at);
                usize::from((0..all.len()).any(|at| {
                    is_verb(at)
                        && !query.wanted[at].light
                        && matches!(all[at], Said::Not | Said::Far)
                }))
            }
            _ => 0,
        };
        let n_own = n_own + spared.min(usize::from(query.kind != Kind::Reason));
        let least = match query.kind {
            kind if kind.is_exact() => 0,
            Kind::Amount if query.measure.is_some() => 1,
            Kind::Reason if is_effect => 0,
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
    let asks = |word: &str| query.asks(word, reader.stems);
    let is_outright = match query.kind {
        Kind::Place => {
            PLACED.iter().chain(&chinese_words::PLACED).any(|placed| line.text.contains(placed))
        }
        Kind::Person if !query.is_chinese() => telling::names_anew(&line.text, asks),
        _ => false,
    };
    if is_outright { OUTRIGHT } else { 0.0 }
}

/// Whether the name of a field is that of the kind asked for.
fn is_named_by_kind(query: &Query, line: &Line) -> bool {
    let (own, chinese) = match query.kind {
        Kind::Date => (DATE_FIELDS, chinese_words::DATE_FIELDS),
        Kind::Place => (PLACE_FIELDS, chinese_words::PLACE_FIELDS),
        Kind::Money => (MONEY_FIELDS, chinese_words::MONEY_FIELDS),
        _ => return false,
    };
    lines::field(&line.text).is_some_and(|(name, _)| {
        let name = name.to_lowercase();
        among(own, &name) || among(chinese, &name)
    })
}
