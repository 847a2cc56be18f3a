//! Records of speed: what one run of the benchmark measured on one machine, and what pages show of it.
//!
//! A record is a JSON file in `tests/bench/records`, named by date and machine. [`pages`] show the newest of
//! each processor. `carrel bench` makes the rows; its fields that nobody reads here are kept as they are.

mod chart;
pub mod pages;
mod ratios;
mod tables;
mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::start::Starts;

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
    /// the pages that show it.
    ///
    /// # Errors
    /// If a file cannot be written.
    ///
    /// # Panics
    /// If a record cannot be read.
    pub fn keep(mut self, root: &Path) -> Result<(), String> {
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
        pages::renew(root)
    }
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
