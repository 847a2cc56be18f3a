//! What answers have to reach, beside what they did: one row a bar and arm, end to end.
//!
//! A bar that the lines say nothing about has no row. Both sides of the split count together, but
//! for the bar that compares them.

use std::fmt::Write;

use serde::Serialize;

use super::cost::costs;
use super::{decline_f1, gaps, length_name, percent, share, summarise};
use crate::item::{Expected, Language};
use crate::run::{Done, Ladder};

/// A bar and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// Name of the arm.
    pub arm: String,
    /// What is measured.
    pub what: String,
    /// What it has to be.
    pub bar: String,
    /// What it is.
    pub measured: String,
    /// Whether that is enough.
    pub is_met: bool,
}

/// The lines of one arm.
struct Of<'a> {
    arm: &'a str,
    lines: Vec<&'a Done>,
    bars: Vec<Bar>,
}

/// The bars of every arm of the product.
pub fn bars(lines: &[Done]) -> Vec<Bar> {
    let is_ours = |line: &&Done| line.ladder == Ladder::EndToEnd && line.arm.starts_with("carrel");
    let mut arms: Vec<&str> = lines.iter().filter(is_ours).map(|line| &*line.arm).collect();
    arms.sort_unstable();
    arms.dedup();
    let mut all = Vec::new();
    for arm in arms {
        let own: Vec<Done> =
            lines.iter().filter(is_ours).filter(|line| line.arm == arm).cloned().collect();
        let mut of = Of { arm, lines: own.iter().collect(), bars: Vec::new() };
        of.proofs();
        of.declining();
        of.languages();
        of.lengths(&own);
        of.sides(&own);
        all.extend(of.bars);
    }
    all
}

/// Answerable questions of a task with a proof, of which `right` is so.
fn rate(lines: &[&Done], right: fn(&Done) -> bool) -> Option<f64> {
    let answerable: Vec<&&Done> =
        lines.iter().filter(|line| line.expected == Expected::Answered).collect();
    share(answerable.iter().filter(|line| right(line)).count(), answerable.len())
}

fn all_cited(line: &Done) -> bool {
    line.score.gold_cited == line.score.gold
}

fn found_in_few(line: &Done) -> bool {
    super::found_in_few(line)
}

fn exact(line: &Done) -> bool {
    line.score.exact
}

impl Of<'_> {
    fn some(&self, language: Language, length: usize, tasks: &[&str]) -> Vec<&Done> {
        let is_one = |line: &&&Done| {
            line.language == language
                && line.length_tokens == length
                && tasks.contains(&line.task.as_str())
        };
        self.lines.iter().filter(is_one).copied().collect()
    }

    fn add(&mut self, what: String, bar: String, measured: String, is_met: bool) {
        self.bars.push(Bar { arm: self.arm.to_owned(), what, bar, measured, is_met });
    }

    fn at_least(&mut self, what: String, least: f64, measured: Option<f64>) {
        if let Some(share) = measured {
            let bar = format!("≥ {:.0} %", least * 100.0);
            self.add(what, bar, format!("{} %", percent(measured)), share >= least);
        }
    }

    fn proofs(&mut self) {
        const SHORT: usize = 32 << 10;
        const MILLION: usize = 1 << 20;
        const LONG: usize = 4 << 20;
        for length in [8 << 10, 128 << 10, MILLION, LONG] {
            let measured = rate(&self.some(Language::English, length, &["needle"]), all_cited);
            let what = format!("needles of every form, whole proof cited, {}", length_name(length));
            self.at_least(what, 0.99, measured);
        }
        let counted = ["variables", "common_words", "frequent_words"];
        let measured = rate(&self.some(Language::English, MILLION, &counted), exact);
        self.at_least("variables, common and frequent words exact, 1M".to_owned(), 0.99, measured);
        for task in ["track", "kin", "update"] {
            let measured = rate(&self.some(Language::English, MILLION, &[task]), all_cited);
            self.at_least(format!("{task}, whole proof cited, 1M"), 0.90, measured);
        }
        let found =
            |length| rate(&self.some(Language::English, length, &["sherlock"]), found_in_few);
        let (short, million, long) = (found(SHORT), found(MILLION), found(LONG));
        let what = "sherlock, whole proof among at most 3 times as many passages";
        self.at_least(format!("{what}, 32K"), 0.90, short);
        self.at_least(format!("{what}, 1M"), 0.90, million);
        if let (Some(short), Some(long)) = (short, long) {
            let measured = format!("{:.1} points", (short - long) * 100.0);
            self.add(
                format!("{what}, 4M behind 32K"),
                "≤ 5 points".to_owned(),
                measured,
                short - long <= 0.05,
            );
        }
    }

    fn declining(&mut self) {
        let asked: Vec<&Done> = self
            .lines
            .iter()
            .filter(|line| matches!(line.task.as_str(), "absent" | "sherlock"))
            .copied()
            .collect();
        self.at_least("absent and sherlock, F1 of declining".to_owned(), 0.90, decline_f1(&asked));
        let fabricated: u32 = self.lines.iter().map(|line| line.score.fabricated).sum();
        self.add(
            "fabricated quotes".to_owned(),
            "0".to_owned(),
            fabricated.to_string(),
            fabricated == 0,
        );
    }

    fn languages(&mut self) {
        for length in [128 << 10, 1 << 20] {
            for task in ["needle", "absent", "update"] {
                let right = |language| {
                    let lines = self.some(language, length, &[task]);
                    share(
                        lines
                            .iter()
                            .filter(|line| {
                                line.score.status_right
                                    && (line.expected == Expected::NotInDocument || all_cited(line))
                            })
                            .count(),
                        lines.len(),
                    )
                };
                if let (Some(english), Some(chinese)) =
                    (right(Language::English), right(Language::Chinese))
                {
                    let what = format!("{task}, Chinese behind English, {}", length_name(length));
                    let measured = format!("{:.1} points", (english - chinese) * 100.0);
                    self.add(what, "≤ 3 points".to_owned(), measured, english - chinese <= 0.03);
                }
            }
        }
    }

    fn lengths(&mut self, own: &[Done]) {
        let costs = costs(own);
        let at = |length: usize| costs.iter().find(|cost| cost.length_tokens == length);
        if let (Some(short), Some(long)) = (at(32 << 10), at(4 << 20)) {
            let ratio = |long: u64, short: u64| long as f64 / short.max(1) as f64;
            let time = ratio(long.median_us, short.median_us);
            self.add(
                "time of an answer, 4M against 32K".to_owned(),
                "≤ 1.2×".to_owned(),
                format!("{time:.2}×"),
                time <= 1.2,
            );
            if short.median_tokens > 0 {
                let tokens = ratio(long.median_tokens, short.median_tokens);
                self.add(
                    "model tokens, 4M against 32K".to_owned(),
                    "≤ 1.2×".to_owned(),
                    format!("{tokens:.2}×"),
                    tokens <= 1.2,
                );
            }
        }
        // Of short documents most of the time is that of making a library.
        let longest = costs.iter().max_by_key(|cost| cost.length_tokens);
        if let Some((length, speed)) =
            longest.and_then(|cost| Some((cost.length_tokens, cost.ingest_bytes_per_s?)))
        {
            let what = format!("ingest, bytes of text a second, {}", length_name(length));
            let measured = format!("{:.1} MB", speed / 1e6);
            self.add(what, "≥ 3 MB".to_owned(), measured, speed >= 3e6);
        }
        let foretold: Vec<bool> = own.iter().filter_map(super::forecast_held).collect();
        let held = share(foretold.iter().filter(|held| **held).count(), foretold.len());
        self.at_least(
            "forecasts within 15 % of tokens and of time, or 10 ms".to_owned(),
            0.90,
            held,
        );
    }

    fn sides(&mut self, own: &[Done]) {
        let gaps = gaps(&summarise(own, false));
        let worst = gaps.iter().map(|gap| gap.3).fold(0.0, f64::max);
        let measured = match gaps.len() {
            0 => "none".to_owned(),
            n => format!("{n}, the widest {:.1} points", worst * 100.0),
        };
        self.add(
            "tasks and lengths whose held-out side is more than 5 points behind".to_owned(),
            "none".to_owned(),
            measured,
            gaps.is_empty(),
        );
    }
}

/// The table in Markdown.
pub fn table(bars: &[Bar]) -> String {
    let mut out = String::from("| arm | what | bar | measured | met |\n|---|---|---|---|---|\n");
    for Bar { arm, what, bar, measured, is_met } in bars {
        let met = if *is_met { "yes" } else { "no" };
        let _ = writeln!(out, "| {arm} | {what} | {bar} | {measured} | {met} |");
    }
    out
}
