//! What a library weighs on disk, in memory and in time, each step in a process of its own, as users have it:
//! nothing that an earlier step holds or warmed up counts.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{add_line, open_results, weights};
use crate::error::{Result, SuiteError};
use crate::filler::prose::Prose;
use crate::tasks::{Order, Task};

/// What the library of one document weighs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Id of the case.
    pub case: String,
    /// Length of its document in tokens.
    pub length_tokens: usize,
    /// Bytes of its text in UTF-8.
    pub text_bytes: u64,
    /// Bytes of everything kept beside the text.
    pub index_bytes: u64,
    /// Time to take the document in, in microseconds, on one thread.
    pub ingest_us: u64,
    /// Most bytes resident while taking it in, where the system tells.
    pub ingest_peak_bytes: Option<u64>,
    /// The same of a process that opens the library and answers, a question each.
    pub answer_peak_bytes: Vec<u64>,
    /// Time from the start of such a process to its end, a question each, in microseconds.
    pub first_answer_us: Vec<u64>,
}

/// Weighs the libraries of all `orders` with the program `carrel`, adding a line of JSON a case to the file
/// `out`; cases that it holds are left out. `progress` hears of the cases done and stops by answering `false`.
///
/// # Errors
/// If a case is not sound, the program fails, or a file cannot be written; [`SuiteError::Stopped`] if
/// `progress` stopped it.
pub fn weigh(
    program: &Path,
    orders: &[Order],
    prose: Option<&Prose>,
    out: &Path,
    progress: &mut dyn FnMut(usize) -> bool,
) -> Result<()> {
    let known = weights(out)?;
    let mut file = open_results(out)?;
    for (number, order) in orders.iter().enumerate() {
        if !known.iter().any(|weight| weight.case == order.id()) {
            add_line(&mut file, out, &weighed(program, order, prose)?)?;
        }
        if !progress(number + 1) {
            return Err(SuiteError::Stopped);
        }
    }
    Ok(())
}

fn weighed(program: &Path, order: &Order, prose: Option<&Prose>) -> Result<Weight> {
    let case = Task::make(order, prose)?;
    let failed = |source| SuiteError::file(&std::env::temp_dir(), source);
    let folder = tempfile::tempdir().map_err(failed)?;
    let (document, library) =
        (folder.path().join("document.txt"), folder.path().join("library.carrel"));
    std::fs::write(&document, &case.document)
        .map_err(|source| SuiteError::file(&document, source))?;
    let mut command = Command::new(program);
    command.args(["--json", "library", "add"]).arg("--library").arg(&library).arg(&document);
    let added = answered(program, &mut command)?;
    let number = |value: &Value| {
        value.as_u64().ok_or_else(|| program_failed(program, format!("no figures in {added}")))
    };
    let seconds = added["seconds"].as_f64().unwrap_or_default();
    let mut weight = Weight {
        case: case.id,
        length_tokens: order.length_tokens,
        text_bytes: number(&added["text_bytes"])?,
        index_bytes: number(&added["index_bytes"])?,
        ingest_us: (seconds * 1e6) as u64,
        ingest_peak_bytes: added["peak_resident_bytes"].as_u64(),
        answer_peak_bytes: Vec::new(),
        first_answer_us: Vec::new(),
    };
    for item in &case.items {
        let mut command = Command::new(program);
        command.args(["--json", "ask", "--no-model", "--question"]).arg(&item.question);
        command.arg("--library").arg(&library);
        let started = Instant::now();
        let answer = answered(program, &mut command)?;
        weight.first_answer_us.push(started.elapsed().as_micros() as u64);
        weight.answer_peak_bytes.extend(answer["peak_resident_bytes"].as_u64());
    }
    Ok(weight)
}

/// What the program prints as JSON.
fn answered(program: &Path, command: &mut Command) -> Result<Value> {
    let output = command.output().map_err(|source| SuiteError::file(program, source))?;
    if !output.status.success() {
        return Err(program_failed(program, String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn program_failed(program: &Path, said: String) -> SuiteError {
    SuiteError::Program { path: program.to_owned(), said }
}
