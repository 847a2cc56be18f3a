//! The tables of a record in Markdown: every speed that was measured.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use super::work::Work;
use super::{Machine, Record, Row};
use crate::start::{N_PROMPT, N_THREADS, Starts};

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
    let works: BTreeSet<Work> = record.rows.iter().map(Work::of).collect();
    let works: Vec<Work> = works.into_iter().collect();
    text.push_str("| model | type | threads |");
    for work in &works {
        write!(text, " {} (of {}) |", work.name(), work.limit()).expect("a string");
    }
    text.push_str("\n|---|---|---|");
    text.push_str(&"---|".repeat(works.len()));
    let mut lines: BTreeMap<(&str, &str, usize), BTreeMap<usize, Cell>> = BTreeMap::new();
    for row in &record.rows {
        let column = works.iter().position(|work| *work == Work::of(row));
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
        for column in 0..works.len() {
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
