//! `carrel ask`: a question about documents, answered with quotes that were checked.
//!
//! Offsets count characters of a document's text, which `carrel read` prints. Without a document the
//! user handbook, which is part of the program, is asked. `peak_resident_bytes` of `--json` counts the whole
//! process (Linux only, else null).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions, WindowReader, WindowStore, unchosen_model};
use carrel_core::memory::Reading;
use carrel_core::memory::{
    Answer, AskOptions, Citation, Ingested, Library, Profile, Source, Status,
};
use carrel_core::thermal::HeatHint;
use carrel_downloads::folder::model_file;
use carrel_downloads::packed_files;
use serde_json::{Value, json};

use super::read::source;
use crate::failure::Failure;
use crate::input::STANDARD_INPUT;
use crate::model::parse_bytes;
use crate::output::{Output, paint, printable};
use crate::probe;
use crate::resident::peak_resident_bytes;

/// The user handbook and the name it goes by in citations.
const HANDBOOK: (&str, &str) =
    ("handbook.md", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/handbook.md")));

/// Answer a question from documents, with checked quotes
#[derive(clap::Args)]
pub struct Args {
    /// Documents; `-` for standard input [default: the library, or else Carrel's own handbook]
    #[arg(value_name = "DOC")]
    documents: Vec<PathBuf>,
    /// The question
    #[arg(long, short, value_name = "QUESTION")]
    question: String,
    /// Keep what was read in this library, so that it is not read again
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
    /// Let this model (GGUF, or the name of a pulled one) point to the sentences that answer
    /// [default: the one that comes with Carrel, as far as its probe lets it]
    #[arg(long, short, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Answer by code alone
    #[arg(long, conflicts_with = "model")]
    no_model: bool,
    /// Let the model read without probing it first, however well it reads
    #[arg(long, requires = "model")]
    no_probe: bool,
    /// Beside a library, keep what the model computed of windows, up to this much; 0 keeps nothing
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = parse_bytes,
        requires = "model",
        default_value = "256M"
    )]
    window_cache: u64,
    /// What the answer may cost
    #[arg(long, value_name = "PROFILE", default_value = "normal")]
    profile: ProfileChoice,
    /// Most tokens that the model may read and write
    #[arg(long, value_name = "TOKENS", requires = "model")]
    most_tokens: Option<u64>,
    /// Threads that compute
    #[arg(long, short, value_name = "N", requires = "model")]
    threads: Option<usize>,
    /// Choose settings that fit this much memory or refuse to run, for example 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, requires = "model")]
    memory_budget: Option<u64>,
}

/// What an answer may cost.
#[derive(Clone, Copy, clap::ValueEnum)]
enum ProfileChoice {
    /// Few passages, no model
    Instant,
    /// A few windows
    Normal,
    /// Many windows
    Deep,
    /// Every window that could matter
    Exhaustive,
}

impl From<ProfileChoice> for Profile {
    fn from(choice: ProfileChoice) -> Self {
        match choice {
            ProfileChoice::Instant => Self::Instant,
            ProfileChoice::Normal => Self::Normal,
            ProfileChoice::Deep => Self::Deep,
            ProfileChoice::Exhaustive => Self::Exhaustive,
        }
    }
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let from_input = |path: &&PathBuf| path.as_path() == Path::new(STANDARD_INPUT);
    if args.documents.iter().filter(from_input).count() > 1 {
        return Err(Failure::usage("standard input can be read only once"));
    }
    let mut sources = Vec::new();
    for path in &args.documents {
        sources.push(source(path, cancel)?);
    }
    let mut library = match &args.library {
        // A misspelt name should not make an empty library.
        Some(path) if sources.is_empty() && !path.exists() => {
            return Err(Failure::file(path, "there is no such library, and no document to add"));
        }
        Some(path) => Library::open(path)?,
        None => {
            if sources.is_empty() {
                sources.push(Source::text(HANDBOOK.0, HANDBOOK.1));
            }
            Library::in_memory()
        }
    };
    for source in &sources {
        add(&mut library, source, output, cancel)?;
    }
    let options = AskOptions {
        documents: sources.iter().map(|source| source.name().to_owned()).collect(),
        profile: args.profile.into(),
        most_tokens: args.most_tokens,
    };
    let answer = match model(args) {
        None => library.ask(&args.question, &options)?,
        Some(model) => {
            let mut reader = open_reader(args, &model, output, cancel)?;
            library.ask_with(&args.question, &options, Some(&mut reader))?
        }
    };
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    if output.is_json() { output.json(&as_json(&answer)) } else { print(&answer, output) }
}

/// The model that was named, or else the one that reads unchosen.
fn model(args: &Args) -> Option<PathBuf> {
    let reads = !args.no_model && Profile::from(args.profile) != Profile::Instant;
    args.model.clone().or_else(|| reads.then(unchosen_model).flatten())
}

/// A model that reads windows, as far as its probe lets it.
fn open_reader(
    args: &Args,
    model: &Path,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<WindowReader, Failure> {
    let mut options = EngineOptions {
        memory_budget_bytes: args.memory_budget,
        packed: packed_files(),
        governor: Some(HeatHint::default()),
        ..EngineOptions::default()
    };
    if let Some(n_threads) = args.threads {
        options.n_threads = n_threads;
    }
    let engine = Engine::open(model_file(model)?, &options)?;
    let mut reader = engine.reader(cancel)?;
    if !args.no_probe {
        let report = probe::run_once(&engine, &mut reader, output, cancel)?;
        if report.reading() == Reading::Nothing {
            output.note("This model reads no better than code alone, so the answer is without it.");
        }
    }
    if let Some(library) = args.library.as_ref().filter(|_| args.window_cache > 0) {
        let mut folder = library.clone().into_os_string();
        folder.push(".windows");
        // What is kept only saves time at a later question.
        match WindowStore::open(PathBuf::from(folder), args.window_cache) {
            Ok(windows) => reader.keep_windows(windows),
            Err(error) => output.note(format!("No windows are kept: {error}")),
        }
    }
    Ok(reader)
}

/// Reads a document into the library, if it is not there as it is.
fn add(
    library: &mut Library,
    source: &Source,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<(), Failure> {
    let bar = output.byte_bar("reading", 0);
    let ingested = library.add(source, &mut |progress| {
        bar.set_length(progress.source_bytes);
        bar.set_position(progress.text_bytes.min(progress.source_bytes));
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    match ingested? {
        Ingested::Added(_) | Ingested::Unchanged(_) if !cancel.is_cancelled() => Ok(()),
        _ => Err(Failure::cancelled()),
    }
}

fn as_json(answer: &Answer) -> Value {
    let citation = |citation: &Citation| {
        json!({
            "document": citation.document,
            "page": citation.page,
            "section": citation.section,
            "start": citation.start,
            "end": citation.end,
            "quote": citation.quote,
        })
    };
    json!({
        "status": match answer.status {
            Status::Answered => "answered",
            Status::NotInDocument => "not_in_document",
            Status::BudgetEnded => "budget_ended",
        },
        "answer": answer.answer,
        "written_by": answer.written_by,
        "citations": answer.citations.iter().map(citation).collect::<Vec<_>>(),
        "usage": {
            "passages_read": answer.usage.passages_read,
            "prompt_tokens": answer.usage.prompt_tokens,
            "reused_tokens": answer.usage.reused_tokens,
            "output_tokens": answer.usage.output_tokens,
            "elapsed_us": answer.usage.elapsed_us,
        },
        "peak_resident_bytes": peak_resident_bytes(),
    })
}

fn print(answer: &Answer, output: &Output) -> Result<(), Failure> {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let words = answer.answer.split_whitespace().collect::<Vec<_>>().join(" ");
    output.line(format!("{bold}{}{bold:#}", printable(&words)))?;
    if let Some(author) = &answer.written_by {
        let label = format!("A summary written by {}; the quotes are the document's.", author);
        output.line(paint(AnsiColor::Yellow, printable(&label)))?;
    }
    if answer.status == Status::BudgetEnded {
        output.line(paint(AnsiColor::Yellow, "The budget ended before everything was read."))?;
    }
    for (index, citation) in answer.citations.iter().enumerate() {
        let number = paint(AnsiColor::Cyan, format!("[{}]", index + 1));
        let place = printable(&place(citation));
        output.line(format!("\n{number} {dim}{place}{dim:#}"))?;
        for line in citation.quote.lines().filter(|line| !line.trim().is_empty()) {
            output.line(format!("    {}", printable(line.trim())))?;
        }
    }
    Ok(())
}

/// Where a quote stands, for people.
fn place(citation: &Citation) -> String {
    let mut parts = vec![citation.document.clone()];
    if !citation.section.is_empty() {
        parts.push(citation.section.join(" › "));
    }
    if let Some(page) = citation.page {
        parts.push(format!("page {page}"));
    }
    parts.push(format!("characters {}–{}", citation.start, citation.end));
    parts.join(" · ")
}
