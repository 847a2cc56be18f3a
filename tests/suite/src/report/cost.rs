//! What answers cost by length of the document: time, tokens, memory, and whether that was foretold.
//!
//! End to end only, over all tasks, languages and sides of the split together.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::{forecast_held, length_name, percent, share};
use crate::item::Language;
use crate::run::{Done, Ladder};

/// Costs of an arm at one length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// Name of the arm.
    pub arm: String,
    /// Length of documents in tokens.
    pub length_tokens: usize,
    /// Questions.
    pub questions: usize,
    /// Median time of an answer in microseconds.
    pub median_us: u64,
    /// Time that 95 of 100 answers stay within.
    pub p95_us: u64,
    /// Tokens that a model read and wrote for a question: the median.
    pub median_tokens: u64,
    /// Tokens that 95 of 100 questions stay within.
    pub p95_tokens: u64,
    /// Largest growth of the resident set while taking in a document and asking.
    pub peak_growth_bytes: Option<u64>,
    /// Bytes of text taken in a second.
    pub ingest_bytes_per_s: Option<f64>,
    /// Forecasts that came within 15 % of tokens and of time, or 10 ms.
    pub forecast_held: Option<f64>,
}

/// The costs of every arm at every length.
pub fn costs(lines: &[Done]) -> Vec<Cost> {
    let mut groups: BTreeMap<(&str, usize), Vec<&Done>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.ladder == Ladder::EndToEnd) {
        groups.entry((&line.arm, line.length_tokens)).or_default().push(line);
    }
    groups.into_iter().map(|((arm, length), lines)| cost(arm, length, &lines)).collect()
}

fn cost(arm: &str, length_tokens: usize, lines: &[&Done]) -> Cost {
    let sorted = |value: fn(&Done) -> u64| {
        let mut values: Vec<u64> = lines.iter().map(|line| value(line)).collect();
        values.sort_unstable();
        values
    };
    let times = sorted(|line| line.elapsed_us);
    let tokens = sorted(|line| line.prompt_tokens + line.output_tokens);
    let at = |values: &[u64], percent: usize| {
        let last = values.len().saturating_sub(1);
        values.get(last * percent / 100).copied().unwrap_or(0)
    };
    // A document is taken in once, for all of its questions.
    let mut ingests: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let bytes_a_char = if line.language == Language::Chinese { 3 } else { 1 };
        let bytes = line.language.chars(line.length_tokens) as u64 * bytes_a_char;
        ingests.insert(&line.case, (bytes, line.ingest_us));
    }
    let (bytes, us) = ingests.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let foretold: Vec<bool> = lines.iter().filter_map(|line| forecast_held(line)).collect();
    Cost {
        arm: arm.to_owned(),
        length_tokens,
        questions: lines.len(),
        median_us: at(&times, 50),
        p95_us: at(&times, 95),
        median_tokens: at(&tokens, 50),
        p95_tokens: at(&tokens, 95),
        peak_growth_bytes: lines.iter().filter_map(|line| line.peak_growth_bytes).max(),
        ingest_bytes_per_s: (us > 0).then(|| bytes as f64 * 1e6 / us as f64),
        forecast_held: share(foretold.iter().filter(|held| **held).count(), foretold.len()),
    }
}

/// Heads of the table's columns.
pub const HEADS: [&str; 10] = [
    "arm",
    "length",
    "questions",
    "ms median",
    "ms p95",
    "tokens median",
    "tokens p95",
    "peak growth MB",
    "ingest MB/s",
    "forecast held %",
];

impl Cost {
    /// The row of the table.
    pub fn cells(&self) -> [String; 10] {
        let mega = |bytes: f64| format!("{:.1}", bytes / 1e6);
        let dash = || "–".to_owned();
        [
            self.arm.clone(),
            length_name(self.length_tokens),
            self.questions.to_string(),
            format!("{:.1}", self.median_us as f64 / 1e3),
            format!("{:.1}", self.p95_us as f64 / 1e3),
            self.median_tokens.to_string(),
            self.p95_tokens.to_string(),
            self.peak_growth_bytes.map_or_else(dash, |bytes| mega(bytes as f64)),
            self.ingest_bytes_per_s.map_or_else(dash, mega),
            percent(self.forecast_held),
        ]
    }
}

/// The table in Markdown.
pub fn table(costs: &[Cost]) -> String {
    let mut out = format!("| {} |\n{}|\n", HEADS.join(" | "), "|---".repeat(HEADS.len()));
    for cost in costs {
        let _ = writeln!(out, "| {} |", cost.cells().join(" | "));
    }
    out
}
