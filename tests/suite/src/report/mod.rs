//! From lines of results to figures: a summary a task, length, arm, ladder, language and side of the
//! split; as JSON, as Markdown for the committed record, as one HTML page with plots.

pub mod bars;
pub mod cost;
pub mod html;
pub mod markdown;
pub mod plot;
pub mod weights;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::item::Expected;
use crate::run::weigh::Weight;
use crate::run::{Done, Ladder};
use crate::split::Split;

/// Figures of a group of questions. Shares are of 1; `None` where there is nothing to divide by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the arm.
    pub arm: String,
    /// The ladder.
    pub ladder: &'static str,
    /// The task, with its form behind a dot in tables by form.
    pub task: String,
    /// The language.
    pub language: &'static str,
    /// Length of documents in tokens.
    pub length_tokens: usize,
    /// The side of the split.
    pub split: &'static str,
    /// Questions.
    pub questions: usize,
    /// Answerable questions whose answer says what it has to and nothing else.
    pub exact: Option<f64>,
    /// Answerable questions whose answer holds what it has to.
    pub contains: Option<f64>,
    /// Gold fragments cited.
    pub gold_cited: Option<f64>,
    /// Answerable questions of which every gold fragment is cited.
    pub all_gold_cited: Option<f64>,
    /// Gold fragments read or cited: the ladder of retrieval.
    pub gold_read: Option<f64>,
    /// Answerable questions of which every gold fragment is among at most three times as many
    /// passages read.
    pub found_in_few: Option<f64>,
    /// Citations that touch a gold or related fragment.
    pub citation_precision: Option<f64>,
    /// Harmonic mean of precision and recall of declining.
    pub decline_f1: Option<f64>,
    /// Questions to be declined that were.
    pub rightly_declined: Option<f64>,
    /// Quotes that are not in the document.
    pub fabricated: u64,
    /// Tokens that models read and wrote for a question, on average.
    pub model_tokens: f64,
    /// Median time of an answer.
    pub elapsed_us: u64,
    /// Passages read for a question, on average.
    pub passages_read: f64,
    /// Time to take a document in, on average.
    pub ingest_us: f64,
    /// Largest growth of the resident set.
    pub peak_growth_bytes: Option<u64>,
    /// Questions with a forecast whose tokens and time came within 15 %.
    pub forecast_held: Option<f64>,
}

type Key = (String, &'static str, String, &'static str, usize, &'static str);

/// Everything that a report shows.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What has to be reached, and what was.
    pub bars: Vec<bars::Bar>,
    /// Costs by length.
    pub costs: Vec<cost::Cost>,
    /// What libraries weigh by length.
    pub weights: Vec<weights::Weights>,
    /// Summaries a task.
    pub by_task: Vec<Summary>,
    /// Summaries a form of a task.
    pub by_form: Vec<Summary>,
}

impl Report {
    /// The report on these results and weights.
    pub fn of(lines: &[Done], weighed: &[Weight]) -> Self {
        let weights = weights::weights(weighed);
        let mut bars = bars::bars(lines);
        bars.extend(weights::bars(&weights));
        Self {
            bars,
            costs: cost::costs(lines),
            weights,
            by_task: summarise(lines, false),
            by_form: summarise(lines, true),
        }
    }
}

/// Summaries in the order of their keys; `by_form` keeps the forms of a task apart.
pub fn summarise(lines: &[Done], by_form: bool) -> Vec<Summary> {
    let mut groups: BTreeMap<Key, Vec<&Done>> = BTreeMap::new();
    for line in lines {
        let task = if by_form && !line.variant.is_empty() {
            format!("{}.{}", line.task, line.variant)
        } else {
            line.task.clone()
        };
        let key = (
            task,
            line.ladder.name(),
            line.arm.clone(),
            line.language.name(),
            line.length_tokens,
            line.split.name(),
        );
        groups.entry(key).or_default().push(line);
    }
    groups.into_iter().map(|(key, lines)| summary(key, &lines)).collect()
}

pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn summary(key: Key, lines: &[&Done]) -> Summary {
    let (task, ladder, arm, language, length_tokens, split) = key;
    let answerable: Vec<&&Done> =
        lines.iter().filter(|line| line.expected == Expected::Answered).collect();
    let n = answerable.len();
    let count = |test: &dyn Fn(&Done) -> bool| answerable.iter().filter(|line| test(line)).count();
    let sum = |value: &dyn Fn(&Done) -> u64| lines.iter().map(|line| value(line)).sum::<u64>();
    let gold = sum(&|line| line.score.gold.into()) as usize;
    let with_gold = count(&|line| line.score.gold > 0);
    let all_cited = count(&|line| line.score.gold > 0 && line.score.gold_cited == line.score.gold);
    let mut times: Vec<u64> = lines.iter().map(|line| line.elapsed_us).collect();
    times.sort_unstable();
    let mean = |total: u64| total as f64 / lines.len().max(1) as f64;
    let foretold: Vec<bool> = lines.iter().filter_map(|line| forecast_held(line)).collect();
    Summary {
        arm,
        ladder,
        task,
        language,
        length_tokens,
        split,
        questions: lines.len(),
        exact: share(count(&|line| line.score.exact), n),
        contains: share(count(&|line| line.score.contains), n),
        gold_cited: share(sum(&|line| line.score.gold_cited.into()) as usize, gold),
        all_gold_cited: share(all_cited, with_gold),
        gold_read: share(sum(&|line| line.score.gold_read.into()) as usize, gold),
        found_in_few: share(count(&found_in_few), with_gold),
        citation_precision: share(
            sum(&|line| line.score.citations_right.into()) as usize,
            sum(&|line| line.score.citations.into()) as usize,
        ),
        decline_f1: decline_f1(lines),
        rightly_declined: share(
            lines.iter().filter(|line| is_to_be_declined(line) && line.score.declined).count(),
            lines.len() - n,
        ),
        fabricated: sum(&|line| line.score.fabricated.into()),
        model_tokens: mean(sum(&|line| line.prompt_tokens + line.output_tokens)),
        elapsed_us: times.get(times.len() / 2).copied().unwrap_or(0),
        passages_read: mean(sum(&|line| line.passages_read.into())),
        ingest_us: mean(sum(&|line| line.ingest_us)),
        peak_growth_bytes: lines.iter().filter_map(|line| line.peak_growth_bytes).max(),
        forecast_held: share(foretold.iter().filter(|held| **held).count(), foretold.len()),
    }
}

fn found_in_few(line: &Done) -> bool {
    let Done { score, passages_read, .. } = line;
    score.gold > 0 && score.gold_read == score.gold && *passages_read <= 3 * score.gold
}

fn is_to_be_declined(line: &Done) -> bool {
    line.expected == Expected::NotInDocument
}

/// F1 of declining; `None` where nothing had to be declined.
pub fn decline_f1(lines: &[&Done]) -> Option<f64> {
    let must = |line: &&&Done| is_to_be_declined(line);
    let declined = lines.iter().filter(|line| line.score.declined);
    let wanted = lines.iter().filter(must).count();
    let right = declined.clone().filter(must).count();
    (wanted > 0).then(|| 2.0 * right as f64 / (wanted + declined.count()) as f64)
}

/// A difference of time that nobody feels: 10 ms.
const UNFELT_US: u64 = 10_000;

pub(crate) fn forecast_held(line: &Done) -> Option<bool> {
    let (tokens, time) = line.estimate?;
    let near = |wanted: u64, got: u64| wanted.abs_diff(got) * 100 <= got.max(1) * 15;
    let is_time_near = near(time, line.elapsed_us) || time.abs_diff(line.elapsed_us) < UNFELT_US;
    Some(near(tokens, line.prompt_tokens + line.output_tokens) && is_time_near)
}

/// How far the held-out side may lag behind: 5 points, and what shares like 19 of 20 are off by in binary.
const WIDEST_GAP: f64 = 0.05 + 1e-9;

/// Tasks on which the held-out side of the end-to-end ladder lags more than 5 points behind, by the share of
/// gold fragments cited or by that of questions rightly declined, whichever lags more: arm, task, length and
/// the gap.
pub fn gaps(summaries: &[Summary]) -> Vec<(String, String, usize, f64)> {
    let mut found = Vec::new();
    let end_to_end = summaries.iter().filter(|one| one.ladder == Ladder::EndToEnd.name());
    for seen in end_to_end.filter(|one| one.split == Split::Seen.name()) {
        let other = summaries.iter().find(|other| {
            other.split == Split::HeldOut.name()
                && (&other.arm, other.ladder, &other.task) == (&seen.arm, seen.ladder, &seen.task)
                && (other.language, other.length_tokens) == (seen.language, seen.length_tokens)
        });
        let Some(held_out) = other else { continue };
        let lag = |of: fn(&Summary) -> Option<f64>| Some(of(seen)? - of(held_out)?);
        let lags = [lag(|one| one.gold_cited), lag(|one| one.rightly_declined)];
        let gap = lags.into_iter().flatten().fold(0.0, f64::max);
        if gap > WIDEST_GAP {
            found.push((seen.arm.clone(), seen.task.clone(), seen.length_tokens, gap));
        }
    }
    found
}

/// A length as people write it: `128K`.
pub fn length_name(tokens: usize) -> String {
    match tokens {
        t if t >= 1 << 20 && t % (1 << 20) == 0 => format!("{}M", t >> 20),
        t if t >= 1 << 10 && t % (1 << 10) == 0 => format!("{}K", t >> 10),
        t => t.to_string(),
    }
}

/// A share as per cent; a dash where there is none.
pub fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1}", share * 100.0))
}
