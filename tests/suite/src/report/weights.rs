//! What libraries weigh, by length of the document: index, memory, and the time to the first answer.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::bars::Bar;
use super::length_name;
use crate::run::weigh::Weight;

/// The libraries of documents of one length together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weights {
    /// Length of documents in tokens.
    pub length_tokens: usize,
    /// Documents.
    pub documents: usize,
    /// Bytes of index a byte of text: the median over documents.
    pub index_share: f64,
    /// The same of the document with the largest: a list of words that are seldom the same.
    pub largest_index_share: f64,
    /// Bytes of text taken in a second, on one thread.
    pub ingest_bytes_per_s: f64,
    /// Most bytes resident while taking a document in: the median over documents.
    pub ingest_peak_bytes: Option<u64>,
    /// Most bytes resident while opening a library and answering: the median over questions.
    pub answer_peak_bytes: Option<u64>,
    /// The largest of all of them.
    pub largest_peak_bytes: Option<u64>,
    /// The longest time from the start of a process to its answer, in microseconds.
    pub first_answer_us: u64,
}

fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// The weights by length.
pub fn weights(lines: &[Weight]) -> Vec<Weights> {
    let mut groups: BTreeMap<usize, Vec<&Weight>> = BTreeMap::new();
    for line in lines {
        groups.entry(line.length_tokens).or_default().push(line);
    }
    let of_length = |(length_tokens, lines): (usize, Vec<&Weight>)| {
        let sum = |value: fn(&Weight) -> u64| lines.iter().map(|line| value(line)).sum::<u64>();
        let text = sum(|line| line.text_bytes) as f64;
        let mut shares: Vec<f64> = lines
            .iter()
            .map(|line| line.index_bytes as f64 / line.text_bytes.max(1) as f64)
            .collect();
        shares.sort_by(f64::total_cmp);
        let ingests: Vec<u64> = lines.iter().filter_map(|line| line.ingest_peak_bytes).collect();
        let answers: Vec<u64> =
            lines.iter().flat_map(|line| line.answer_peak_bytes.iter().copied()).collect();
        Weights {
            length_tokens,
            documents: lines.len(),
            index_share: shares[shares.len() / 2],
            largest_index_share: shares[shares.len() - 1],
            ingest_bytes_per_s: text * 1e6 / sum(|line| line.ingest_us).max(1) as f64,
            largest_peak_bytes: ingests.iter().chain(&answers).max().copied(),
            ingest_peak_bytes: median(ingests),
            answer_peak_bytes: median(answers),
            first_answer_us: lines
                .iter()
                .flat_map(|line| line.first_answer_us.iter().copied())
                .max()
                .unwrap_or(0),
        }
    };
    groups.into_iter().map(of_length).collect()
}

/// What libraries have to reach without a model.
pub fn bars(weights: &[Weights]) -> Vec<Bar> {
    let mut all = Vec::new();
    let mut add = |what: String, bar: &str, measured: String, is_met: bool| {
        let arm = "carrel".to_owned();
        all.push(Bar { arm, what, bar: bar.to_owned(), measured, is_met });
    };
    let at = |length: usize| weights.iter().find(|one| one.length_tokens == length);
    if let (Some(short), Some(long)) = (at(32 << 10), at(4 << 20)) {
        let peaks = [
            ("taking in", short.ingest_peak_bytes, long.ingest_peak_bytes),
            ("answering", short.answer_peak_bytes, long.answer_peak_bytes),
        ];
        for (what, short, long) in peaks {
            let (Some(short), Some(long)) = (short, long) else { continue };
            let ratio = long as f64 / short as f64;
            let what = format!("peak resident memory of {what}, 4M against 32K");
            add(what, "≤ 1.05×", format!("{ratio:.2}×"), ratio <= 1.05);
        }
    }
    let Some(longest) = weights.last() else { return all };
    let length = length_name(longest.length_tokens);
    if let Some(peak) = weights.iter().filter_map(|one| one.largest_peak_bytes).max() {
        let what = "peak resident memory of a process, the largest".to_owned();
        add(what, "≤ 150 MB", format!("{:.1} MB", peak as f64 / 1e6), peak <= 150_000_000);
    }
    let share = longest.index_share;
    add(
        format!("bytes of index a byte of text, {length}, the median"),
        "≤ 0.8",
        format!("{share:.2}"),
        share <= 0.8,
    );
    let first = longest.first_answer_us as f64 / 1e6;
    add(
        format!("start of a process to its first answer from a library, {length}, the longest"),
        "≤ 1 s",
        format!("{first:.2} s"),
        first <= 1.0,
    );
    all
}

/// Heads of the table's columns.
pub const HEADS: [&str; 9] = [
    "length",
    "documents",
    "index / text",
    "largest",
    "ingest MB/s",
    "peak of taking in MB",
    "peak of answering MB",
    "largest peak MB",
    "first answer ms",
];

impl Weights {
    /// The row of the table.
    pub fn cells(&self) -> [String; 9] {
        let mega = |bytes: Option<u64>| {
            bytes.map_or("–".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6))
        };
        [
            length_name(self.length_tokens),
            self.documents.to_string(),
            format!("{:.2}", self.index_share),
            format!("{:.2}", self.largest_index_share),
            format!("{:.1}", self.ingest_bytes_per_s / 1e6),
            mega(self.ingest_peak_bytes),
            mega(self.answer_peak_bytes),
            mega(self.largest_peak_bytes),
            format!("{:.0}", self.first_answer_us as f64 / 1e3),
        ]
    }
}

/// The table in Markdown; nothing where nothing was weighed.
pub fn table(weights: &[Weights]) -> String {
    if weights.is_empty() {
        return String::new();
    }
    let mut out = format!("| {} |\n{}|\n", HEADS.join(" | "), "|---".repeat(HEADS.len()));
    for one in weights {
        let _ = writeln!(out, "| {} |", one.cells().join(" | "));
    }
    out + "\n"
}
