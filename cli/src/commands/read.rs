//! `carrel read`: the text of a document, as offsets of citations count it.

use std::fs::File;
use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::memory::documents::{self, Flow, TextSink};
use carrel_core::memory::{Limits, Source};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Print the text of a document, which offsets of citations refer to
#[derive(clap::Args)]
pub struct Args {
    /// Document; `-` for standard input
    #[arg(value_name = "DOC")]
    document: PathBuf,
    /// Only these characters: the first and one past the last, as citations give them
    #[arg(long, value_name = "START-END", value_parser = parse_range)]
    chars: Option<(usize, usize)>,
}

fn parse_range(text: &str) -> Result<(usize, usize), String> {
    let (start, end) = text.split_once(['-', '–']).ok_or("two numbers with a hyphen are needed")?;
    let number = |text: &str| text.trim().parse::<usize>().map_err(|error| error.to_string());
    match (number(start)?, number(end)?) {
        (start, end) if start <= end => Ok((start, end)),
        _ => Err("the end lies before the start".to_owned()),
    }
}

/// The document at `path`; `-` is standard input. What can be read only once, as a pipe, is kept.
pub fn source(path: &Path, cancel: &CancelFlag) -> Result<Source, Failure> {
    if path == Path::new(input::STANDARD_INPUT) {
        return Ok(Source::bytes(input::NAME, input::bytes(cancel)?));
    }
    if input::is_pipe(path) {
        let pipe = path.to_owned();
        let bytes = input::gathered(path, cancel, move || File::open(pipe))?;
        return Ok(Source::bytes(path.display().to_string(), bytes));
    }
    Ok(Source::file(path))
}

/// Collects a text; stops when asked to.
struct Collect<'a> {
    text: String,
    n_chars: u64,
    sections: Vec<Value>,
    pages: Vec<u64>,
    cancel: &'a CancelFlag,
}

impl TextSink for Collect<'_> {
    fn text(&mut self, text: &str) -> carrel_core::Result<Flow> {
        self.text.push_str(text);
        self.n_chars += text.chars().count() as u64;
        Ok(if self.cancel.is_cancelled() { Flow::Stop } else { Flow::Continue })
    }

    fn heading(&mut self, level: u8, title: &str) {
        self.sections.push(json!({ "level": level, "title": title, "start": self.n_chars }));
    }

    fn page(&mut self) {
        // Text before the first mark of a page is page 1.
        if self.pages.is_empty() && self.n_chars > 0 {
            self.pages.push(0);
        }
        self.pages.push(self.n_chars);
    }
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let (source, limits) = (source(&args.document, cancel)?, Limits::default());
    let (sections, pages) = (Vec::new(), Vec::new());
    let mut found = Collect { text: String::new(), n_chars: 0, sections, pages, cancel };
    documents::read(&source, &limits, &mut found)?;
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    let text: String = match args.chars {
        Some((start, _)) if start as u64 >= found.n_chars => {
            let (name, n_chars) = (source.name(), found.n_chars);
            return Err(Failure::usage(format!(
                "{name} has {n_chars} characters, none at {start}"
            )));
        }
        Some((start, end)) => found.text.chars().skip(start).take(end - start).collect(),
        None => found.text,
    };
    if !output.is_json() {
        return output.text(text);
    }
    output.json(&json!({
        "document": source.name(),
        "format": source.format(&limits)?.name(),
        "chars": found.n_chars,
        "sections": found.sections,
        "pages": found.pages,
        "text": text,
    }))
}
