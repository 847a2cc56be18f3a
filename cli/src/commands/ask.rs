//! `carrel ask`: a question about documents, answered with quotes that were checked.
//!
//! Offsets count characters of a document's text, which `carrel read` prints. Without a document the
//! user handbook, which is part of the program, is asked.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use carrel_core::cancel::CancelFlag;
use carrel_core::memory::{Answer, AskOptions, Citation, Ingested, Library, Source, Status};
use serde_json::{Value, json};

use super::read::source;
use crate::failure::Failure;
use crate::output::{Output, paint, printable};

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
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
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
    let documents = sources.iter().map(|source| source.name().to_owned()).collect();
    let answer = library.ask(&args.question, &AskOptions { documents, ..AskOptions::default() })?;
    if output.is_json() { output.json(&as_json(&answer)) } else { print(&answer, output) }
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
        "citations": answer.citations.iter().map(citation).collect::<Vec<_>>(),
        "usage": {
            "passages_read": answer.usage.passages_read,
            "prompt_tokens": answer.usage.prompt_tokens,
            "output_tokens": answer.usage.output_tokens,
            "elapsed_us": answer.usage.elapsed_us,
        },
    })
}

fn print(answer: &Answer, output: &Output) -> Result<(), Failure> {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let words = answer.answer.split_whitespace().collect::<Vec<_>>().join(" ");
    output.line(format!("{bold}{}{bold:#}", printable(&words)))?;
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
