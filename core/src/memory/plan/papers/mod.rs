//! Plans for papers of everyday: leases, minutes, manuals, letters, rules, reports, in English and Chinese.
//!
//! Such a paper is short, says each thing once, leaves to its headings what it speaks of, and is asked in other
//! words than it uses. So every line of it is read with what stands above it, and a line answers only if all that
//! is asked stands in it or above it, and what it says is of the kind asked for: money, a time, a rule, a reason.
//! Of a guide, which is longer, the lines are read that a search finds.
//!
//! ```text
//! query     what is asked: a kind of answer, and the words that a line has to say; `chinese` of Chinese questions
//! kind      the kinds of answers; `telling` whether a line tells something of one
//! page      the lines, each with its headings, what its paragraph said before, and who writes; of these
//!           `lines` knows the forms, and `table` the rows
//! said      where a line says each word: in itself, above it, or before it where it goes on with that (`pronouns`);
//!           in other words too: of a verb of two words (`phrasal`), in the other `spelling`, in a `compound`
//! of_kind   what in a line is of the kind asked for; of several spans that in the clause that says most (`clauses`)
//! fit       how well a line says what is asked
//! amounts   money, lengths of time, dates, counts and the like in a line; `moments` of hours, and of how often
//! roles     who has an office, by name, and since when; who wrote it
//! ```
//! The other plans are asked first. What they found stays if it is of that kind and says what is asked.

pub mod amounts;
mod chinese;
mod chinese_words;
mod clauses;
mod compound;
mod fit;
pub mod kind;
pub mod lines;
mod moments;
mod of_kind;
mod page;
mod phrasal;
mod pronouns;
mod query;
mod roles;
mod said;
mod spelling;
mod table;
mod telling;
mod words;

use std::collections::BTreeSet;

use super::class::Class;
use super::parts::Scope;
use super::question::Question;
use super::reader::Reader;
use super::texts::{self, Text};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::search::{self, Passage};
use crate::memory::segment::words::is_ideograph;
use fit::Fit;
use page::{Extent, Line, Page};
use query::Query;

/// Sentences and passages of a guide that a search finds, and sentences behind one that are read too.
const HITS: usize = 24;
/// What a line may be worse than the best one by and still say the same thing anew.
const SAME_THING: f32 = 0.35;
/// What a line may be worse than the chosen one by to be cited beside it.
const AS_GOOD: f32 = 0.02;
/// Lines cited for one answer.
const CITED: usize = 3;

/// What was found, or what a line of the paper says instead where that fits the question better; nothing where
/// neither fits.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn revised(
    reader: &Reader,
    question: &Question,
    scope: &Scope,
    class: Class,
    found: Finding,
) -> Result<Finding> {
    let text = question.text.as_str();
    // What is kept under a key is told by the plans that know keys.
    let is_kept = found.answer.is_some() && !question.keys.is_empty();
    if is_kept
        || !matches!(class, Class::Facts | Class::Count)
        || !matches!(texts::of(reader)?, Text::Paper | Text::Guide)
    {
        return Ok(found);
    }
    let query = match text.chars().any(is_ideograph) {
        true => chinese::query(text),
        false => Query::of(text, reader.stems),
    };
    let Some(query) = query else { return Ok(found) };
    let page = match texts::of(reader)? {
        Text::Guide => {
            Page::of(reader, scope, Extent::Passages(&passages(reader, &query, &found)?))?
        }
        _ => Page::of(reader, scope, Extent::Whole)?,
    };
    if !page.is_paper {
        return Ok(found);
    }
    if let Some(said) = roles::author(&query, &page).or_else(|| roles::holder(&query, &page)) {
        return Ok(said);
    }
    let told = told(&query, &page, reader);
    let Some(answer) = &found.answer else { return Ok(told.unwrap_or(found)) };
    let cited = cited(&page, &found);
    // Several things were counted or listed.
    let n_found: u32 = found.evidence.iter().map(|(_, count)| count).sum();
    let is_list = (query.many || class == Class::Count) && n_found > 1;
    let mut whole = cited.iter().filter(|line| answer.contains(&line.text)).peekable();
    let is_of_kind = match whole.peek() {
        Some(_) => whole.any(|line| of_kind::is_of_kind(&query, line, reader)),
        // One fact that was counted is one of what is asked for.
        None if query.kind == kind::Kind::Count && class == Class::Count => {
            cited.iter().any(|line| of_kind::is_of_kind(&query, line, reader))
        }
        None => of_kind::answers(&query, answer, reader),
    };
    Ok(match told {
        Some(told) if !is_list || !is_of_kind => told,
        _ if is_list || is_of_kind && said::cover(&query, &cited, reader) => found,
        _ => Finding::default(),
    })
}

/// The passages of a guide that a search finds for a question, and those of what was found.
fn passages(reader: &Reader, query: &Query, found: &Finding) -> Result<BTreeSet<Passage>> {
    let mut out = BTreeSet::new();
    for (id, _) in &found.evidence {
        let layout = reader.corpus.layout(id.block)?;
        out.insert(Passage::around(id.block, &layout, id.sentence));
    }
    let hits = search::search(reader.corpus, &query.patterns(), reader.stems, HITS)?;
    let passages = hits.sentences.iter().chain(&hits.passages).map(|hit| hit.passage);
    for passage in passages {
        if reader.admits_passage(&passage) {
            out.insert(passage);
        }
    }
    Ok(out)
}

/// The lines that were cited.
fn cited<'p>(page: &'p Page, found: &Finding) -> Vec<&'p Line> {
    let is_cited = |line: &&Line| {
        found.evidence.iter().any(|(first, count)| {
            first.block == line.id.block
                && (first.sentence..first.sentence + count).contains(&line.id.sentence)
        })
    };
    page.lines.iter().filter(is_cited).collect()
}

/// What the lines say that fit `query`.
fn told(query: &Query, page: &Page, reader: &Reader) -> Option<Finding> {
    let mut fits: Vec<Fit> =
        page.lines.iter().filter_map(|line| Fit::of(query, line, reader)).collect();
    fits.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then_with(|| one.line.id.cmp(&other.line.id))
    });
    let best = fits.first()?;
    let mut same = fits
        .iter()
        .filter(|other| other.score >= best.score - SAME_THING && other.n_said >= best.n_said);
    let chosen = if query.earliest {
        same.min_by_key(|other| other.line.id)?
    } else if query.latest {
        same.max_by_key(|other| other.line.id)?
    } else {
        let is_anew = |other: &&Fit| {
            (other.n_own >= best.n_own || other.line.n_amending > 0)
                && other.n_light >= best.n_light
                && other.line.id > best.line.id
                && is_change(query, other.line)
        };
        same.rfind(is_anew).unwrap_or(best)
    };
    let mut evidence = vec![(chosen.line.id, 1)];
    for other in &fits {
        let is_another = evidence.iter().all(|(id, _)| *id != other.line.id);
        if is_another && other.score >= chosen.score - AS_GOOD && evidence.len() < CITED {
            evidence.push((other.line.id, 1));
        }
    }
    let answer =
        of_kind::span(query, chosen.line, reader).unwrap_or_else(|| chosen.line.text.clone());
    Some(Finding { answer: Some(answer), evidence, incomplete: false })
}

/// Words of a line that says something is otherwise than before, and of one that says so of an amount.
const CHANGES: &str = "changed moved correction corrected now instead replaced changes extended postponed final longer";
const OF_AMOUNTS: &str = "amendment amended raised lowered reduced increased";

/// Whether a line says that what is asked is otherwise than before.
fn is_change(query: &Query, line: &Line) -> bool {
    let has =
        |list: &str| line.words.iter().any(|word| super::language::grammar::among(list, word));
    // The date of a line that changes an amount is that of the change.
    line.amends
        || has(CHANGES)
        || query.kind != kind::Kind::Date && has(OF_AMOUNTS)
        || chinese_words::CHANGES.iter().any(|change| line.text.contains(change))
}
