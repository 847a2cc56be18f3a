//! Cold starts: how long a fresh process takes to the first token of an answer, and how much memory it
//! takes at most, for Carrel and for llama.cpp on the same file.
//!
//! Each start is a process of its own ([`ENGINE`] tells it whom to start): it opens the model with its
//! vocabulary, reads a prompt of [`N_PROMPT`] tokens, and prints a line when the first token is chosen.
//! Whoever started it measures from before the process was made to that line. Then it reads
//! `N_MORE` tokens, writes `N_WRITTEN`, and prints the largest resident size that it ever had, as the
//! kernel counts it. The file is in the page cache, as it is when an app is started a second time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use carrel_core::cancel::CancelFlag;
use carrel_core::cpu::PackedFiles;
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::exec::{ContextPolicy, LogitRows, keep_speeds_in};
use carrel_referee::{Referee, RefereeOptions};
use serde::{Deserialize, Serialize};

use crate::process;

/// The variable that makes [`child`] do its work: `carrel` or `llama.cpp`.
pub const ENGINE: &str = "CARREL_START_ENGINE";
const MODEL: &str = "CARREL_START_MODEL";
const STATE: &str = "CARREL_START_STATE";

/// Tokens of the prompt.
pub const N_PROMPT: usize = 32;
/// Tokens that are read after the first was written, and tokens that are written then.
const N_MORE: usize = 480;
const N_WRITTEN: usize = 32;
const N_CTX: usize = 2048;
/// Threads of both.
pub const N_THREADS: usize = 2;

/// What some starts of both programs took.
#[derive(Debug, Serialize, Deserialize)]
pub struct Starts {
    /// Day of the measurement, as 2026-11-24.
    #[serde(default)]
    pub date: String,
    /// The commit that was measured.
    #[serde(default)]
    pub commit: String,
    /// Name of the model.
    pub model: String,
    /// Type of its matrices.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes of the model's file.
    pub file_bytes: u64,
    /// Milliseconds from the start of the process to the first token: median.
    pub first_token_ms: f64,
    /// The same of llama.cpp.
    pub first_token_ms_theirs: f64,
    /// Median of our time over theirs, start by start.
    pub ratio: f64,
    /// Milliseconds of the very first start on a machine, when products are measured and packed weights
    /// are written: one start.
    pub very_first_ms: f64,
    /// Largest resident size over the file's bytes.
    pub peak_over_file_bytes: i64,
    /// The same of llama.cpp.
    pub peak_over_file_bytes_theirs: i64,
}

/// One start.
struct Start {
    first_token_ms: f64,
    peak_bytes: u64,
}

/// Starts both programs `n` times in turn on the model at `path`. `state` is a folder of Carrel's own,
/// empty at first.
///
/// # Errors
/// If a process fails, or the system does not say how much memory a process takes.
pub fn measure(path: &Path, state: &Path, n: usize) -> Result<Starts, String> {
    let file_bytes = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    // Brings the file into the page cache.
    std::fs::read(path).map_err(|error| error.to_string())?;
    let very_first_ms = start("carrel", path, state)?.first_token_ms;
    start("llama.cpp", path, state)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..n {
        let order = if run % 2 == 0 { ["carrel", "llama.cpp"] } else { ["llama.cpp", "carrel"] };
        for engine in order {
            let list = if engine == "carrel" { &mut ours } else { &mut theirs };
            list.push(start(engine, path, state)?);
        }
    }
    let times = |starts: &[Start]| starts.iter().map(|start| start.first_token_ms).collect();
    let peak = |starts: &[Start]| {
        let peaks = starts.iter().map(|start| start.peak_bytes as f64).collect();
        median(peaks) as i64 - file_bytes as i64
    };
    let ratios = ours.iter().zip(&theirs).map(|(a, b)| a.first_token_ms / b.first_token_ms);
    Ok(Starts {
        date: String::new(),
        commit: String::new(),
        model: String::new(),
        kind: String::new(),
        file_bytes,
        first_token_ms: median(times(&ours)),
        first_token_ms_theirs: median(times(&theirs)),
        ratio: median(ratios.collect()),
        very_first_ms,
        peak_over_file_bytes: peak(&ours),
        peak_over_file_bytes_theirs: peak(&theirs),
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Starts a process and waits for its end.
fn start(engine: &str, path: &Path, state: &Path) -> Result<Start, String> {
    let failed = |error: std::io::Error| format!("{engine}: {error}");
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(program);
    command.env(ENGINE, engine).env(MODEL, path).env(STATE, state).stdout(Stdio::piped());
    let begin = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut next = || lines.next().ok_or(format!("{engine} printed nothing"))?.map_err(failed);
    next()?;
    let first_token_ms = begin.elapsed().as_secs_f64() * 1e3;
    let peak_bytes = next()?.parse().map_err(|error| format!("{engine}: {error}"))?;
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(format!("{engine}: {status}"));
    }
    Ok(Start { first_token_ms, peak_bytes })
}

/// The work of a started process; returns at once in a process that nobody started for it.
///
/// # Errors
/// If the program cannot run the model.
pub fn child() -> Result<bool, String> {
    let Ok(engine) = std::env::var(ENGINE) else { return Ok(false) };
    let variable = |name| std::env::var_os(name).ok_or(format!("{name} is missing"));
    let (path, state) = (variable(MODEL)?, variable(STATE)?);
    let tokens = |n: usize| (0..n).map(|i| (i * i * 31 + 7) as u32 % 4_096).collect::<Vec<_>>();
    let told = || {
        println!("first token");
        std::io::stdout().flush().map_err(|error| error.to_string())
    };
    if engine == "llama.cpp" {
        let options = RefereeOptions {
            n_ctx: N_CTX as u32,
            n_threads: N_THREADS as u32,
            ..RefereeOptions::default()
        };
        let mut referee = Referee::open(Path::new(&path), options)?;
        let mut next = top(&referee.forward(&tokens(N_PROMPT), false)?[0]);
        told()?;
        next = next.min(top(&referee.forward(&tokens(N_MORE), false)?[0]));
        for _ in 0..N_WRITTEN {
            next = top(&referee.forward(&[next], false)?[0]);
        }
    } else {
        keep_speeds_in(&state);
        let options = EngineOptions {
            context: Some(ContextPolicy::Full(N_CTX)),
            n_threads: N_THREADS,
            packed: PackedFiles { folder: Some(state.into()), ..PackedFiles::default() },
            ..EngineOptions::default()
        };
        let failed = |error: carrel_core::error::Error| error.to_string();
        let engine = Engine::open(&path, &options).map_err(failed)?;
        engine.tokenizer().encode("The keeper.", Default::default()).map_err(|e| e.to_string())?;
        let decoder = engine.model().decoder(&engine.settings().decoder);
        let mut decoder = decoder.map_err(|error| error.to_string())?;
        let cancel = CancelFlag::new();
        let mut read = |tokens: &[u32]| {
            let outcome = decoder.forward(tokens, LogitRows::Last, &cancel);
            outcome.map(|_| top(decoder.logits())).map_err(|error| error.to_string())
        };
        let mut next = read(&tokens(N_PROMPT))?;
        told()?;
        next = next.min(read(&tokens(N_MORE))?);
        for _ in 0..N_WRITTEN {
            next = read(&[next])?;
        }
    }
    let most_bytes = process::size("VmHWM");
    println!("{}", most_bytes.ok_or("the system does not say how much memory a process takes")?);
    Ok(true)
}

/// The likeliest token.
fn top(logits: &[f32]) -> u32 {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(index, _)| index as u32)
}
