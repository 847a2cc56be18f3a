//! The ratios of all newest records on one axis: what the README shows in place of every speed.

use std::collections::BTreeMap;

use super::Record;
use super::work::Work;

/// The name of the work that cold starts measure.
const START: &str = "first token after a start";

/// How many times as fast as llama.cpp Carrel was at one kind of work, by model: a ratio for every type of
/// weights, number of threads and processor.
pub struct Line {
    /// The kind of work.
    pub work: String,
    /// A list of ratios for each of [`models`].
    pub ratios: Vec<Vec<f64>>,
}

/// The names of the measured models, the smallest first.
pub fn models(records: &[Record]) -> Vec<String> {
    let mut names: Vec<String> =
        records.iter().flat_map(|record| &record.rows).map(|row| row.model.clone()).collect();
    names.sort_by(|one, other| n_parameters(one).total_cmp(&n_parameters(other)));
    names.dedup();
    names
}

/// The number of parameters that ends the name of a shape, as in `Qwen2.5-0.5B`; 0 if there is none.
fn n_parameters(name: &str) -> f64 {
    let size = name.rsplit('-').next().unwrap_or_default();
    let unit = match size.chars().last() {
        Some('M') => 1e6,
        Some('B') => 1e9,
        _ => return 0.0,
    };
    size[..size.len() - 1].parse::<f64>().map_or(0.0, |number| number * unit)
}

/// The lines: prefill, then decode, then starts.
pub fn lines(records: &[Record], models: &[String]) -> Vec<Line> {
    let place = |model: &String| models.iter().position(|other| other == model);
    let mut by_work: BTreeMap<Work, Vec<Vec<f64>>> = BTreeMap::new();
    for row in records.iter().flat_map(|record| &record.rows) {
        let Some((ratio, place)) = row.ratio.zip(place(&row.model)) else { continue };
        by_work.entry(Work::of(row)).or_insert_with(|| vec![Vec::new(); models.len()])[place]
            .push(ratio);
    }
    let mut lines: Vec<Line> =
        by_work.into_iter().map(|(work, ratios)| Line { work: work.name(), ratios }).collect();
    let mut starts = vec![Vec::new(); models.len()];
    for start in records.iter().flat_map(|record| &record.starts) {
        if let Some(place) = place(&start.model) {
            // A record keeps our time over theirs.
            starts[place].push(1.0 / start.ratio);
        }
    }
    if starts.iter().any(|ratios| !ratios.is_empty()) {
        lines.push(Line { work: START.to_owned(), ratios: starts });
    }
    lines
}

/// The table in Markdown: the lowest and the highest ratio of each model at each work.
pub fn table(lines: &[Line], models: &[String]) -> String {
    let mut text = format!("| times as fast as llama.cpp | {} |\n", models.join(" | "));
    text += &format!("|---|{}\n", "---|".repeat(models.len()));
    for line in lines {
        let cells: Vec<String> = line.ratios.iter().map(|ratios| range(ratios)).collect();
        text += &format!("| {} | {} |\n", line.work, cells.join(" | "));
    }
    text
}

/// The lowest and the highest of some ratios; nothing if there are none.
fn range(ratios: &[f64]) -> String {
    let low = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ratios.iter().copied().fold(0.0, f64::max);
    match ratios.len() {
        0 => String::new(),
        1 => format!("{low:.1}"),
        _ => format!("{low:.1} to {high:.1}"),
    }
}
