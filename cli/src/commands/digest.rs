//! `carrel library digest`: a model reads what a library holds and writes facts and summaries.
//!
//! Every line is tied to sentences, checked against them, and put into the library window by window, so
//! that the command can be stopped at any moment and goes on when it is given again. Figures of `--json`:
//! tokens of this run (`reused_tokens` were not computed again), `seconds` of this run.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstyle::AnsiColor;
use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions, WindowReader};
use carrel_core::memory::digest::{Kind, Order, WrittenLine};
use carrel_core::memory::{
    Author, Digest, DigestEnd, DigestEstimate, DigestOptions, Library, Speed,
};
use carrel_downloads::folder::model_file;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::model::parse_bytes;
use crate::output::{Output, paint, printable};
use crate::probe;

#[derive(clap::Args)]
pub struct Args {
    /// Names of documents, as `list` prints them [default: all]
    #[arg(value_name = "NAME")]
    documents: Vec<String>,
    /// The model that writes (GGUF, or the name of a pulled one)
    #[arg(
        long,
        short,
        value_name = "FILE",
        required_unless_present_any = ["show", "forget"]
    )]
    model: Option<PathBuf>,
    /// Say what it would cost at most, and do nothing
    #[arg(long)]
    estimate: bool,
    /// Most tokens that the model may read and write in this run
    #[arg(long, value_name = "TOKENS")]
    most_tokens: Option<u64>,
    /// Begin no window after so many seconds
    #[arg(long, value_name = "SECONDS")]
    most_seconds: Option<u64>,
    /// In which order windows are read
    #[arg(long, value_name = "ORDER", default_value = "document")]
    order: OrderChoice,
    /// Let a model write that its probe did not let; its lines are labelled so
    #[arg(long)]
    unproved: bool,
    /// Print what was written, with the sentences it is tied to
    #[arg(long, conflicts_with_all = ["model", "forget", "estimate"])]
    show: bool,
    /// Drop what was written
    #[arg(long, conflicts_with_all = ["model", "estimate"])]
    forget: bool,
    /// Threads that compute
    #[arg(long, short, value_name = "N")]
    threads: Option<usize>,
    /// Choose settings that fit this much memory or refuse to run, for example 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    memory_budget: Option<u64>,
}

/// In which order windows are read.
#[derive(Clone, Copy, clap::ValueEnum)]
enum OrderChoice {
    /// As they stand in the documents
    Document,
    /// Those first whose best sentence stands for the most
    Importance,
}

impl From<OrderChoice> for Order {
    fn from(choice: OrderChoice) -> Self {
        match choice {
            OrderChoice::Document => Self::Document,
            OrderChoice::Importance => Self::Importance,
        }
    }
}

pub fn run(
    args: &Args,
    library: &mut Library,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<(), Failure> {
    let names = match args.documents.as_slice() {
        [] => library.documents()?.into_iter().map(|document| document.name).collect(),
        names => names.to_vec(),
    };
    let Some(model) = &args.model else {
        return match args.show {
            true => show(library, &names, output),
            false => forget(library, &names, output),
        };
    };
    let options = DigestOptions {
        documents: args.documents.clone(),
        order: args.order.into(),
        most_tokens: args.most_tokens,
        most_time: args.most_seconds.map(Duration::from_secs),
        unproved: args.unproved,
    };
    let (engine, mut reader, speed) = open(args, model, output, cancel)?;
    let name = model.file_stem().unwrap_or(model.as_os_str()).to_string_lossy().into_owned();
    let author = Author { name, model: engine.model().sha256() };
    if args.estimate {
        let estimate = library.estimate_digest(&author, &mut reader, &options, speed)?;
        return print_estimate(&estimate, output);
    }
    let bar = output.step_bar("digesting", 0);
    let digest = library.digest(&author, &mut reader, &options, &mut |progress| {
        bar.set_length(progress.of_windows as u64);
        bar.set_position(progress.windows as u64);
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    let digest = digest?;
    if digest.end == DigestEnd::Cancelled {
        return Err(Failure::cancelled());
    }
    print_digest(&digest, output)
}

/// The model, ready to write, and its speed. It is probed, unless it may write whatever that finds.
fn open(
    args: &Args,
    model: &Path,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<(Engine, WindowReader, Option<Speed>), Failure> {
    let mut options =
        EngineOptions { memory_budget_bytes: args.memory_budget, ..EngineOptions::default() };
    if let Some(n_threads) = args.threads {
        options.n_threads = n_threads;
    }
    let engine = Engine::open(model_file(model)?, &options)?;
    let mut reader = engine.reader(cancel)?;
    if args.unproved && !args.estimate {
        return Ok((engine, reader, None));
    }
    let report = probe::run_once(&engine, &mut reader, output, cancel)?;
    Ok((engine, reader, report.speed()))
}

fn print_estimate(estimate: &DigestEstimate, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({
            "windows": estimate.windows,
            "windows_known": estimate.windows_known,
            "prompt_tokens": estimate.prompt_tokens,
            "most_output_tokens": estimate.most_output_tokens,
            "most_seconds": estimate.most_seconds,
        }));
    }
    let open = estimate.windows - estimate.windows_known;
    output.line(format!("{open} of {} windows are to be read", estimate.windows))?;
    let (prompt, written) = (estimate.prompt_tokens, estimate.most_output_tokens);
    output.line(format!("at most {prompt} tokens read and {written} written"))?;
    match estimate.most_seconds {
        Some(seconds) => output.line(format!("at most {seconds:.0} seconds")),
        None => Ok(()),
    }
}

fn print_digest(digest: &Digest, output: &Output) -> Result<(), Failure> {
    let end = match digest.end {
        DigestEnd::Complete => "complete",
        DigestEnd::BudgetEnded => "budget_ended",
        DigestEnd::Cancelled => "cancelled",
    };
    if output.is_json() {
        return output.json(&json!({
            "end": end,
            "windows": digest.windows,
            "windows_written": digest.windows_written,
            "windows_known": digest.windows_known,
            "summaries_written": digest.summaries_written,
            "lines_kept": digest.lines_kept,
            "lines_dropped": digest.lines_dropped,
            "prompt_tokens": digest.prompt_tokens,
            "reused_tokens": digest.reused_tokens,
            "output_tokens": digest.output_tokens,
            "seconds": digest.elapsed_us as f64 / 1e6,
        }));
    }
    if digest.end == DigestEnd::BudgetEnded {
        let text = "The budget ended before everything was read; the same command goes on.";
        output.line(paint(AnsiColor::Yellow, text))?;
    }
    output.line(format!(
        "{} windows read, {} known before, of {}; {} lines kept, {} dropped",
        digest.windows_written,
        digest.windows_known,
        digest.windows,
        digest.lines_kept,
        digest.lines_dropped
    ))
}

fn show(library: &Library, names: &[String], output: &Output) -> Result<(), Failure> {
    let mut rows: Vec<Value> = Vec::new();
    for name in names {
        // A line at a time: a library may hold more than fits the screen or memory.
        let mut failed = None;
        library.written(name, &mut |line| {
            if output.is_json() {
                rows.push(line_json(name, &line));
            } else if failed.is_none() {
                failed = print_line(&line, output).err();
            }
        })?;
        failed.map_or(Ok(()), Err)?;
    }
    if output.is_json() { output.json(&json!({ "lines": rows })) } else { Ok(()) }
}

fn print_line(line: &WrittenLine, output: &Output) -> Result<(), Failure> {
    let text = printable(&line.text);
    output.line(match line.kind {
        Kind::Fact => text,
        Kind::Summary => format!("= {text}"),
    })?;
    for citation in &line.citations {
        let quote = citation.quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let place = format!("characters {}-{}", citation.start, citation.end);
        let place = paint(AnsiColor::Cyan, place);
        output.line(format!("    {place}: {}", printable(&quote)))?;
    }
    output.line(format!("    written by {}", printable(&line.author)))
}

fn line_json(document: &str, line: &WrittenLine) -> Value {
    let citation = |citation: &carrel_core::memory::Citation| json!({ "start": citation.start, "end": citation.end, "quote": citation.quote });
    json!({
        "document": document,
        "kind": match line.kind {
            Kind::Fact => "fact",
            Kind::Summary => "summary",
        },
        "text": line.text,
        "written_by": line.author,
        "citations": line.citations.iter().map(citation).collect::<Vec<_>>(),
    })
}

fn forget(library: &mut Library, names: &[String], output: &Output) -> Result<(), Failure> {
    for name in names {
        library.forget_written(name)?;
    }
    if output.is_json() {
        return output.json(&json!({ "forgotten": names }));
    }
    names.iter().try_for_each(|name| output.line(format!("{name}: forgotten")))
}
