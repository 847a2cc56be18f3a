//! Records of speed: what one run of the benchmark measured on one machine, and the table that the
//! README makes of it.
//!
//! A record is a JSON file in `tests/bench/records`, named by date and machine. The README shows the newest of
//! each processor. `carrel bench` makes the rows; its fields that nobody reads here are kept as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::start::{N_PROMPT, N_THREADS, Starts};

/// A run of the benchmark.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// Day of the run, as 2026-11-24.
    pub date: String,
    /// The commit that was measured last.
    pub commit: String,
    /// Where it ran.
    pub machine: Machine,
    /// What was measured.
    pub rows: Vec<Row>,
    /// Cold starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<Starts>,
}

/// A machine in words.
#[derive(Debug, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Processors that the system shows.
    pub n_processors: usize,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Operating system and its version.
    pub system: String,
}

/// A measurement, as `carrel bench --json` prints it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    /// Who was measured.
    pub engine: String,
    /// Name of the model.
    pub model: String,
    /// Type of its matrices.
    #[serde(rename = "type")]
    pub kind: String,
    /// Threads.
    pub threads: usize,
    /// `prefill` or `decode`.
    pub phase: String,
    /// Tokens in the cache before.
    pub depth: usize,
    /// Type of the KV cache; half precision in records that do not say.
    #[serde(default = "half_precision")]
    pub cache: String,
    /// Median speed.
    pub tokens_per_s: f64,
    /// Our speed over the rival's, in our rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The commit that was measured; the record's where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// The rest.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Row {
    /// Whether another row measured the same.
    fn is_of_the_same(&self, other: &Row) -> bool {
        (&self.engine, &self.model, &self.kind) == (&other.engine, &other.model, &other.kind)
            && (&self.phase, self.depth, &self.cache) == (&other.phase, other.depth, &other.cache)
            && self.threads == other.threads
    }
}

impl Record {
    /// Adds this to the record of the same day and machine, in place of what was measured again, and renews
    /// the README's table.
    ///
    /// # Errors
    /// If a file cannot be written.
    ///
    /// # Panics
    /// If a record cannot be read.
    pub fn keep(mut self, readme: &Path) -> Result<(), String> {
        let processor = self.machine.processor.to_lowercase();
        let name = processor.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let path = folder().join(format!("{}-{name}.json", self.date));
        if path.exists() {
            let mut old = read(&path);
            for row in old.rows.iter_mut().filter(|row| row.commit.is_empty()) {
                row.commit.clone_from(&old.commit);
            }
            old.rows.retain(|old| !self.rows.iter().any(|row| row.is_of_the_same(old)));
            self.rows.splice(0..0, old.rows);
            let is_kept = |old: &Starts| {
                let is_new = |new: &Starts| (&new.model, &new.kind) == (&old.model, &old.kind);
                !self.starts.iter().any(is_new)
            };
            old.starts.retain(is_kept);
            self.starts.splice(0..0, old.starts);
        }
        let text = serde_json::to_string_pretty(&self).map_err(|error| error.to_string())?;
        std::fs::create_dir_all(folder())
            .and_then(|()| std::fs::write(&path, text + "\n"))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        renew(readme)
    }
}

/// Writes the tables of the newest records into the README.
///
/// # Errors
/// If it cannot be read or written.
///
/// # Panics
/// If a record cannot be read, or the README lacks the marks.
pub fn renew(readme: &Path) -> Result<(), String> {
    std::fs::read_to_string(readme)
        .and_then(|text| std::fs::write(readme, renewed(&text)))
        .map_err(|error| format!("{}: {error}", readme.display()))
}

fn half_precision() -> String {
    "F16".to_owned()
}

/// The folder of the records.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/records")
}

/// The newest record of each processor, the one with the most rows first.
///
/// # Panics
/// If a record cannot be read.
pub fn newest() -> Vec<Record> {
    let Ok(entries) = std::fs::read_dir(folder()) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    // A name begins with the day.
    paths.sort();
    let by_processor: BTreeMap<String, Record> = paths
        .iter()
        .map(|path| read(path))
        .map(|new| (new.machine.processor.clone(), new))
        .collect();
    let mut records: Vec<Record> = by_processor.into_values().collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.rows.len()));
    records
}

/// The record in a file.
///
/// # Panics
/// If it cannot be read.
pub fn read(path: &Path) -> Record {
    let text = std::fs::read_to_string(path).expect("readable");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The speeds of both programs for one measurement.
#[derive(Default)]
struct Cell {
    ours: f64,
    theirs: f64,
    ratio: f64,
    share: f64,
}

/// A record's tables in Markdown.
pub fn table(record: &Record) -> String {
    let Machine { processor, n_processors, memory_mib, system } = &record.machine;
    let gib = *memory_mib as f64 / 1024.0;
    let mut text = format!(
        "{processor}, {n_processors} processors, {gib:.0} GiB, {system}; {}; {}.\n{}\n",
        record.date,
        commits_of(record),
        compiled_for(&record.rows)
    );
    let measurement = |row: &'_ Row| (row.phase.clone(), row.depth, row.cache.clone());
    let mut measurements: Vec<(String, usize, String)> =
        record.rows.iter().map(measurement).collect();
    measurements.sort_by_key(|(phase, depth, cache)| (phase != "prefill", *depth, cache.clone()));
    measurements.dedup();
    text.push_str("| model | type | threads |");
    for (phase, depth, cache) in &measurements {
        let cache = if *cache == half_precision() { "" } else { ", 8-bit cache" };
        match phase.as_str() {
            "prefill" if *depth == 0 => text.push_str(" prefill of 512 (of the 8-bit peak) |"),
            "prefill" => {
                write!(text, " prefill of 512 at depth {depth}{cache} (of the peak) |")
                    .expect("a string");
            }
            _ => write!(text, " decode at depth {depth}{cache} (of the bandwidth) |")
                .expect("a string"),
        }
    }
    text.push_str("\n|---|---|---|");
    text.push_str(&"---|".repeat(measurements.len()));
    let mut lines: BTreeMap<(&str, &str, usize), BTreeMap<usize, Cell>> = BTreeMap::new();
    for row in &record.rows {
        let column = measurements.iter().position(|column| *column == measurement(row));
        let line = lines.entry((&row.model, &row.kind, row.threads)).or_default();
        let cell = line.entry(column.unwrap_or(0)).or_default();
        if row.engine == "llama.cpp" {
            cell.theirs = row.tokens_per_s;
            continue;
        }
        cell.ours = row.tokens_per_s;
        cell.ratio = row.ratio.unwrap_or(0.0);
        let share = ["percent_of_bandwidth", "percent_of_peak"].map(|name| row.more.get(name));
        cell.share = share.into_iter().flatten().find_map(Value::as_f64).unwrap_or(0.0);
    }
    for ((model, kind, threads), cells) in &lines {
        write!(text, "\n| {model} | {kind} | {threads} |").expect("a string");
        for column in 0..measurements.len() {
            match cells.get(&column) {
                Some(Cell { ours, theirs, ratio, share }) => {
                    write!(text, " {ours:.1} / {theirs:.1}, **{ratio:.2}** ({share:.0} %) |")
                }
                None => write!(text, " |"),
            }
            .expect("a string");
        }
    }
    text.push('\n');
    text + &table_of_starts(&record.starts)
}

/// The commits that were measured, in words.
fn commits_of(record: &Record) -> String {
    let commit_of = |row: &'_ Row| match row.commit.as_str() {
        "" => record.commit.clone(),
        commit => commit.to_owned(),
    };
    let commits: BTreeSet<String> = record.rows.iter().map(commit_of).collect();
    let commits: Vec<String> = commits.into_iter().collect();
    format!("commit{} {}", if commits.len() > 1 { "s" } else { "" }, commits.join(", "))
}

/// What kernels both programs had, as far as the rows say.
fn compiled_for(rows: &[Row]) -> String {
    let field = |name: &str| rows.iter().find_map(|row| row.more.get(name));
    let Some(theirs) = field("instructions").and_then(Value::as_array) else {
        return String::new();
    };
    let vectors = theirs.iter().filter_map(Value::as_str).filter(|name| name.starts_with("AVX"));
    let vectors: Vec<&str> = vectors.collect();
    let ours = field("computed_by").and_then(Value::as_str).unwrap_or_default();
    format!("Carrel with {ours}; llama.cpp compiled for {}.\n", vectors.join(", "))
}

/// The table of cold starts in Markdown; nothing if none were measured.
fn table_of_starts(starts: &[Starts]) -> String {
    let Some(first) = starts.first() else { return String::new() };
    let mut text = format!(
        "\nFrom the start of a process to the first token after a prompt of {N_PROMPT} tokens, with the file \
         in the\npage cache and weights packed by an earlier start; and the largest memory over the size of \
         the file.\nCarrel / llama.cpp, {N_THREADS} threads; {}; commit {}.\n\n\
         | model | type | first token | largest memory over the file |\n|---|---|---|---|\n",
        first.date, first.commit
    );
    let mib = |bytes: i64| bytes as f64 / (1 << 20) as f64;
    for start in starts {
        writeln!(
            text,
            "| {} | {} | {:.0} / {:.0} ms, **{:.2}** | {:.0} / {:.0} MiB |",
            start.model,
            start.kind,
            start.first_token_ms,
            start.first_token_ms_theirs,
            start.ratio,
            mib(start.peak_over_file_bytes),
            mib(start.peak_over_file_bytes_theirs)
        )
        .expect("a string");
    }
    text
}

/// Lines around the table in the README.
const MARKS: (&str, &str) = ("<!-- speed: begin -->\n", "<!-- speed: end -->");

/// The README with the tables of the newest records in their place.
///
/// # Panics
/// If the README lacks the marks.
pub fn renewed(readme: &str) -> String {
    let start = readme.find(MARKS.0).expect("the mark before the table") + MARKS.0.len();
    let end = readme.find(MARKS.1).expect("the mark behind the table");
    let shown = match newest().iter().map(table).collect::<Vec<_>>().join("\n") {
        none if none.is_empty() => "No record has been made yet.\n".to_owned(),
        tables => tables,
    };
    format!("{}{shown}{}", &readme[..start], &readme[end..])
}
