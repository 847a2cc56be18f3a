//! Measures Carrel against llama.cpp, writes a record, and renews the pages that show them.
//!
//! For each shape and type: a model with random weights, then `carrel bench` with 1 and 2 threads at
//! depth 512; for two shapes also at depth 8192, where prefill is measured again, with a cache in half
//! precision and one in 8 bits. The machine must have nothing else to do; on two cores the small shape takes
//! some minutes, the large one most of an hour. Cold starts of the small shape are measured, too.
//! llama.cpp is compiled for this processor first, if it is not yet.
//! The record is written after each measurement, and what else one of the same day and machine holds stays
//! in it, so that a day's record can be made in pieces.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use carrel_tests::native;
use carrel_tests::records::{Machine, Record, Row, pages};
use carrel_tests::start::{self, Starts};
use clap::Parser;

/// A shape that is measured.
struct Shape {
    name: &'static str,
    /// Tokens to decode in a run.
    n_decoded: u32,
    n_runs: u32,
    /// Whether it is measured behind a long text, too.
    is_read_deep: bool,
}

const SHAPES: [Shape; 4] = [
    Shape { name: SMALL, n_decoded: 64, n_runs: 5, is_read_deep: true },
    Shape { name: "SmolLM2-360M", n_decoded: 48, n_runs: 5, is_read_deep: false },
    Shape { name: "Qwen2.5-0.5B", n_decoded: 32, n_runs: 5, is_read_deep: false },
    Shape { name: "Llama-3.2-1B", n_decoded: 24, n_runs: 3, is_read_deep: true },
];
/// The shape whose cold starts are measured, and how often both programs start.
const SMALL: &str = "SmolLM2-135M";
const N_STARTS: usize = 15;
const TYPES: [&str; 3] = ["Q4_0", "Q8_0", "Q4_K"];
/// Tokens in the cache when decoding starts, and the type of the cache. Behind the deeper ones prefill is
/// measured, too.
const CONTEXTS: [(u32, &str); 3] = [(512, "f16"), (DEEP, "f16"), (DEEP, "q8_0")];
const DEEP: u32 = 8192;

/// Measures a part, if told to.
#[derive(Parser)]
#[command(about = "Measure Carrel against llama.cpp, and renew the pages that show speeds")]
struct Args {
    /// Only the model of this shape
    #[arg(long, value_name = "NAME", value_parser = SHAPES.map(|shape| shape.name))]
    shape: Option<String>,
    /// Only models whose matrices have this type
    #[arg(long = "type", value_name = "TYPE", value_parser = TYPES)]
    kind: Option<String>,
    /// Only speeds with this many tokens in the cache, and no starts
    #[arg(long, value_name = "TOKENS", value_parser = ["512", "8192"])]
    depth: Option<String>,
    /// Only speeds with a cache of this type, and no starts
    #[arg(long, value_name = "TYPE", value_parser = ["f16", "q8_0"])]
    cache: Option<String>,
    /// Nothing but cold starts
    #[arg(long, conflicts_with_all = ["depth", "cache"])]
    starts_only: bool,
    /// Measure nothing, but write the pages again from the records
    #[arg(long, conflicts_with_all = ["shape", "kind", "depth", "cache", "starts_only"])]
    pages_only: bool,
}

fn main() -> ExitCode {
    let done = start::child().and_then(|is_child| if is_child { Ok(()) } else { measure() });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), String> {
    let args = Args::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if args.pages_only {
        return pages::renew(&root);
    }
    if native::run_again(&root, "bench-records")? {
        return Ok(());
    }
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let carrel = program.with_file_name("carrel");
    let built = program.parent().and_then(Path::parent).ok_or("a program in a folder")?;
    let mut build = Command::new("cargo");
    build.current_dir(&root).args(["build", "--release", "--workspace", "--bin", "carrel"]);
    run(build.arg("--target-dir").arg(built))?;
    let said = |command: &mut Command| run(command).map(|text| text.trim().to_owned());
    let date = said(Command::new("date").arg("+%Y-%m-%d"))?;
    let commit =
        said(Command::new("git").current_dir(&root).args(["rev-parse", "--short", "HEAD"]))?;
    let system = said(Command::new("uname").arg("-srm"))?;
    let models = root.join("target/bench-models");
    std::fs::create_dir_all(&models).map_err(|error| error.to_string())?;
    let keep = |mut rows: Vec<Row>, starts: Vec<Starts>| {
        rows.iter_mut().for_each(|row| row.commit.clone_from(&commit));
        let (date, commit, machine) = (date.clone(), commit.clone(), machine(system.clone()));
        Record { date, commit, machine, rows, starts }.keep(&root)
    };
    let is_asked =
        |asked: &Option<String>, of: &str| asked.as_ref().is_none_or(|asked| asked == of);
    for shape in SHAPES.iter().filter(|shape| is_asked(&args.shape, shape.name)) {
        for kind in TYPES.into_iter().filter(|kind| is_asked(&args.kind, kind)) {
            let model = synthesised(&carrel, &models, shape.name, kind)?;
            if shape.name == SMALL && args.depth.is_none() && args.cache.is_none() {
                let measured = measure_starts(&model, shape.name, kind)?;
                let (date, commit) = (date.clone(), commit.clone());
                keep(Vec::new(), vec![Starts { date, commit, ..measured }])?;
            }
            for (depth, cache) in CONTEXTS {
                if !args.starts_only
                    && (depth < DEEP || shape.is_read_deep)
                    && is_asked(&args.depth, &depth.to_string())
                    && is_asked(&args.cache, cache)
                {
                    keep(speeds(&carrel, &model, (shape, kind), (depth, cache))?, Vec::new())?;
                }
            }
        }
    }
    println!("the record and the pages are written");
    Ok(())
}

/// What `carrel bench` measures of a model at one depth, with a cache of one type.
fn speeds(
    carrel: &Path,
    model: &Path,
    (shape, kind): (&Shape, &str),
    (depth, cache): (u32, &str),
) -> Result<Vec<Row>, String> {
    let is_deep = depth == DEEP;
    let Shape { name, n_decoded, .. } = shape;
    // A run takes longer there, and so it varies less.
    let n_runs = if is_deep { shape.n_runs.min(3) } else { shape.n_runs };
    let mut bench = Command::new(carrel);
    bench.arg("bench").arg("--model").arg(model).args([
        "--json",
        "--against=llama.cpp",
        "--threads=2",
        "--also-threads=1",
        "--pp=512",
        &format!("--depth={depth}"),
        &format!("--cache={cache}"),
        &format!("--tg={n_decoded}"),
        &format!("--runs={n_runs}"),
    ]);
    bench.args(is_deep.then_some("--pp-at-depth"));
    let printed = run(&mut bench)?;
    let mut measured: Vec<Row> =
        serde_json::from_str(&printed).map_err(|error| error.to_string())?;
    // Prefill without anything before it belongs to the first depth.
    measured.retain(|row| !is_deep || row.depth > 0);
    for row in &mut measured {
        row.model = (*name).to_owned();
        row.kind = kind.to_owned();
        if let Some(ratio) = row.ratio {
            let Row { threads, phase, depth, cache, tokens_per_s, .. } = row;
            println!(
                "{name} {kind} {threads} threads, {phase} at {depth} ({cache}): {tokens_per_s:.1} \
                 tokens/s, ratio {ratio:.3}"
            );
        }
    }
    Ok(measured)
}

/// Starts both programs in turn, with a folder of Carrel's own that is empty at first.
fn measure_starts(model: &Path, shape: &str, kind: &str) -> Result<Starts, String> {
    let state = tempfile::tempdir().map_err(|error| error.to_string())?;
    let measured = start::measure(model, state.path(), N_STARTS)?;
    let Starts { first_token_ms, first_token_ms_theirs, ratio, very_first_ms, .. } = measured;
    println!(
        "{shape} {kind} start: {first_token_ms:.1} ms to the first token, llama.cpp \
         {first_token_ms_theirs:.1}, ratio {ratio:.3}; the very first {very_first_ms:.0} ms"
    );
    let mib = |bytes: i64| bytes as f64 / (1 << 20) as f64;
    println!(
        "{shape} {kind} peak over the file: {:.1} MiB, llama.cpp {:.1}",
        mib(measured.peak_over_file_bytes),
        mib(measured.peak_over_file_bytes_theirs)
    );
    Ok(Starts { model: shape.to_owned(), kind: kind.to_owned(), ..measured })
}

/// The model file, made if it is not there yet.
fn synthesised(carrel: &Path, folder: &Path, shape: &str, kind: &str) -> Result<PathBuf, String> {
    let path = folder.join(format!("{shape}-{kind}.gguf"));
    if !path.exists() {
        let mut synth = Command::new(carrel);
        run(synth.args(["synth", "--shape", shape, "--type", kind, "-o"]).arg(&path))?;
    }
    Ok(path)
}

/// Runs a program to its end; what it printed, or what went wrong.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// This machine, as far as the system describes it.
fn machine(system: String) -> Machine {
    let field = |file: &str, name: &str| -> Option<String> {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: u64 = memory.split(' ').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Machine {
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into()),
        n_processors: std::thread::available_parallelism().map_or(1, usize::from),
        memory_mib: kib / 1024,
        system,
    }
}
