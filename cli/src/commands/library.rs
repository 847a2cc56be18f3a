//! `carrel library`: a file of documents that are read once and asked many times.
//!
//! Adding can be stopped and started again at any time: what was read is kept, and a document that has
//! not changed is not read again. Figures of `--json`: `text_bytes`, `index_bytes` and `written_bytes` as stored,
//! `seconds` of the command, `peak_resident_bytes` of the process (Linux only, else null).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anstyle::AnsiColor;
use carrel_core::cancel::CancelFlag;
use carrel_core::memory::{
    AskOptions, Citation, DocumentRecord, Ingested, Library, Progress, Source,
};
use carrel_core::readable::human_bytes;
use serde_json::{Value, json};

use super::digest;
use crate::failure::Failure;
use crate::output::{Output, paint, printable, warn};
use crate::resident::peak_resident_bytes;

/// Keep documents in a library file: add, update, list, search, remove
#[derive(clap::Args)]
pub struct Args {
    /// The library; `add` makes it if there is none
    #[arg(long, value_name = "FILE", global = true)]
    library: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

/// What to do with the library.
#[derive(clap::Subcommand)]
enum Action {
    /// Add documents, or bring them up to date
    Add {
        /// Documents: text, Markdown, HTML, PDF, EPUB, DOCX
        #[arg(required = true, value_name = "DOC")]
        documents: Vec<PathBuf>,
    },
    /// Read the documents again whose files have changed
    Update {
        /// Names of documents [default: all]
        #[arg(value_name = "NAME")]
        documents: Vec<String>,
    },
    /// Remove documents
    Remove {
        /// Names of documents, as `list` prints them
        #[arg(required = true, value_name = "NAME")]
        documents: Vec<String>,
    },
    /// List the documents
    List {
        /// Also compute the hash over everything the library holds
        #[arg(long)]
        hash: bool,
    },
    /// Let a model write facts and summaries, each tied to its sentences, for later questions
    Digest(Box<digest::Args>),
    /// Find the passages that fit some words
    Search {
        /// Words to look for
        query: String,
        /// Most passages to print
        #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10)]
        limit: usize,
        /// Look only into this document; may be repeated
        #[arg(long, value_name = "NAME")]
        document: Vec<String>,
    },
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let Some(path) = &args.library else {
        return Err(Failure::usage("which library? Give --library FILE"));
    };
    let makes = matches!(args.action, Action::Add { .. });
    if !makes && !path.exists() {
        return Err(Failure::file(path, "there is no such library; `library add` makes one"));
    }
    let mut library = Library::open(path)?;
    match &args.action {
        Action::Add { documents } => {
            let sources: Vec<Source> = documents.iter().map(Source::file).collect();
            add(&mut library, path, &sources, &[], output, cancel)
        }
        Action::Update { documents } => {
            let wanted = known(&library, documents)?;
            let is_there = |document: &DocumentRecord| Path::new(&document.name).exists();
            let (there, gone): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_there);
            let sources: Vec<Source> = there.iter().map(|d| Source::file(&d.name)).collect();
            add(&mut library, path, &sources, &gone, output, cancel)
        }
        Action::Remove { documents } => {
            known(&library, documents)?;
            for name in documents {
                library.remove(name)?;
            }
            if output.is_json() {
                return output.json(&json!({ "removed": documents }));
            }
            let removed = |name: &String| output.line(printable(&format!("{name}: removed")));
            documents.iter().try_for_each(removed)
        }
        Action::List { hash } => list(&library, *hash, output),
        Action::Digest(args) => digest::run(args, &mut library, output, cancel),
        Action::Search { query, limit, document } => {
            let options = AskOptions { documents: document.clone(), ..AskOptions::default() };
            search(&library, query, &options, *limit, output)
        }
    }
}

/// The documents `names`, or all; each of them must be there.
fn known(library: &Library, names: &[String]) -> Result<Vec<DocumentRecord>, Failure> {
    if names.is_empty() {
        return Ok(library.documents()?);
    }
    let found: Result<_, _> = names.iter().map(|name| library.document(name)).collect();
    Ok(found?)
}

/// Reads `sources` into the library; the files of the documents `gone` are not there any more.
fn add(
    library: &mut Library,
    path: &Path,
    sources: &[Source],
    gone: &[DocumentRecord],
    output: &Output,
    cancel: &CancelFlag,
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut rows: Vec<Value> = Vec::new();
    for document in gone {
        if output.is_json() {
            let mut row = document_json(document);
            row["result"] = json!("gone");
            rows.push(row);
        } else {
            let name = printable(&document.name);
            warn(format!("{name}: the file is gone; the library keeps it"));
        }
    }
    for source in sources {
        let bar = output.byte_bar("reading", 0);
        let mut last: Option<Progress> = None;
        let result = library.add(source, &mut |progress| {
            last = Some(progress);
            bar.set_length(progress.source_bytes.max(progress.text_bytes));
            bar.set_position(progress.text_bytes);
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        bar.finish_and_clear();
        let (word, record) = match result? {
            Ingested::Added(record) => ("added", record),
            Ingested::Unchanged(record) => ("unchanged", record),
            Ingested::Cancelled => return Err(Failure::cancelled()),
        };
        let indexed = last.map_or(0, |progress| progress.blocks_indexed);
        let kept = last.map_or(record.blocks.len(), |progress| progress.blocks_kept);
        if output.is_json() {
            let mut row = document_json(&record);
            row["result"] = json!(word);
            row["blocks_indexed"] = json!(indexed);
            row["blocks_kept"] = json!(kept);
            rows.push(row);
        } else {
            let size = human_bytes(record.bytes());
            let line = format!("{}: {word}, {} of {size}", record.name, record.format);
            output.line(printable(&line))?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    if output.is_json() {
        let sizes = library.sizes()?;
        let file_bytes = std::fs::metadata(path).map_err(|e| Failure::file(path, e))?.len();
        return output.json(&json!({
            "documents": rows,
            "seconds": seconds,
            "text_bytes": sizes.text_bytes,
            "index_bytes": sizes.index_bytes,
            "written_bytes": sizes.written_bytes,
            "file_bytes": file_bytes,
            "peak_resident_bytes": peak_resident_bytes(),
        }));
    }
    Ok(())
}

fn document_json(record: &DocumentRecord) -> Value {
    json!({
        "name": record.name,
        "title": record.title,
        "format": record.format,
        "guessed_encoding": record.guessed_encoding,
        "text_bytes": record.bytes(),
        "characters": record.chars(),
        "blocks": record.blocks.len(),
        "sections": record.sections.len(),
        "pages": record.pages.len(),
    })
}

fn list(library: &Library, hash: bool, output: &Output) -> Result<(), Failure> {
    let documents = library.documents()?;
    let hash = if hash { Some(library.index_hash()?.to_string()) } else { None };
    if output.is_json() {
        let sizes = library.sizes()?;
        let mut value = json!({
            "documents": documents.iter().map(document_json).collect::<Vec<_>>(),
            "text_bytes": sizes.text_bytes,
            "index_bytes": sizes.index_bytes,
            "written_bytes": sizes.written_bytes,
        });
        if let Some(hash) = hash {
            value["hash"] = json!(hash);
        }
        return output.json(&value);
    }
    for document in &documents {
        let pages = match document.pages.len() {
            0 => String::new(),
            pages => format!(", {pages} pages"),
        };
        let size = human_bytes(document.bytes());
        let line = format!("{}: {} of {size}{pages}", document.name, document.format);
        output.line(printable(&line))?;
    }
    hash.map_or(Ok(()), |hash| output.line(hash))
}

fn search(
    library: &Library,
    query: &str,
    options: &AskOptions,
    limit: usize,
    output: &Output,
) -> Result<(), Failure> {
    let started = Instant::now();
    let found = library.search(query, options, limit)?;
    let seconds = started.elapsed().as_secs_f64();
    if output.is_json() {
        let rows: Vec<Value> = found.iter().map(|(hit, score)| hit_json(hit, *score)).collect();
        let peak = peak_resident_bytes();
        return output
            .json(&json!({ "passages": rows, "seconds": seconds, "peak_resident_bytes": peak }));
    }
    for (hit, _) in &found {
        let place = match (hit.page, hit.section.last()) {
            (Some(page), _) => format!("page {page}, "),
            (None, Some(section)) => format!("{section}, "),
            (None, None) => String::new(),
        };
        let place = format!("{}, {place}characters {}-{}", hit.document, hit.start, hit.end);
        output.line(paint(AnsiColor::Cyan, printable(&place)))?;
        hit.quote.lines().try_for_each(|line| output.line(printable(line)))?;
        output.line("")?;
    }
    Ok(())
}

fn hit_json(hit: &Citation, score: f32) -> Value {
    json!({
        "document": hit.document,
        "page": hit.page,
        "section": hit.section,
        "start": hit.start,
        "end": hit.end,
        "quote": hit.quote,
        "score": score,
    })
}
