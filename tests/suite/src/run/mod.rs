//! Runs cases: every arm on every ladder, one line of JSON a question, resumable.
//!
//! Lines are written when their case is done. A run that finds lines skips what they hold, so a
//! stopped run goes on where it was; a half-written last line is cut off.

pub mod arm;
pub mod bm25;
pub mod library;
pub mod model;
pub mod peak;
pub mod plan;
pub mod rivals;
pub mod weigh;

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Result, SuiteError};
use crate::filler::prose::Prose;
use crate::item::{Case, Expected, Item, Language, Span};
use crate::score::{Characters, Ended, Response, Score, score};
use crate::split::Split;
use crate::tasks::{Order, Task};
use arm::Arm;

/// What an arm is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ladder {
    /// The gold fragments alone (or the near misses): is the reasoning right?
    Oracle,
    /// The whole document.
    EndToEnd,
}

impl Ladder {
    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oracle => "oracle",
            Self::EndToEnd => "end_to_end",
        }
    }
}

/// One question done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// Id of the item.
    pub id: String,
    /// Id of its case.
    pub case: String,
    /// Questions of its case.
    pub case_items: usize,
    /// Name of the arm.
    pub arm: String,
    /// The ladder. The middle one, retrieval, is `gold_read` of the end-to-end line.
    pub ladder: Ladder,
    /// The task.
    pub task: String,
    /// Its form.
    pub variant: String,
    /// Its language.
    pub language: Language,
    /// Its side of the split.
    pub split: Split,
    /// The style of the document.
    pub style: String,
    /// Length of the document in tokens.
    pub length_tokens: usize,
    /// The question.
    pub question: String,
    /// What it has to say.
    pub wanted: Vec<Vec<String>>,
    /// How it has to end.
    pub expected: Expected,
    /// What it said.
    pub answer: String,
    /// How it ended.
    pub ended: Ended,
    /// The judgement.
    pub score: Score,
    /// Passages read.
    pub passages_read: u32,
    /// Tokens a model read.
    pub prompt_tokens: u64,
    /// Tokens a model wrote.
    pub output_tokens: u64,
    /// Time from question to answer.
    pub elapsed_us: u64,
    /// Time to take the document in.
    pub ingest_us: u64,
    /// Foretold tokens and microseconds.
    pub estimate: Option<(u64, u64)>,
    /// Growth of the resident set while taking in and asking, at its peak, where the system tells.
    pub peak_growth_bytes: Option<u64>,
}

/// What a caller of [`run`] hears after every question.
pub struct Progress<'a> {
    /// Cases done, including skipped ones.
    pub cases_done: usize,
    /// Cases of the run.
    pub cases: usize,
    /// The question that was done, if one was.
    pub done: Option<&'a Done>,
}

/// The results in a file; empty if there is none.
///
/// # Errors
/// If the file cannot be read, or a line other than the last is no result.
pub fn results(path: &Path) -> Result<Vec<Done>> {
    read_lines(path)
}

/// The weights in a file; empty if there is none.
///
/// # Errors
/// If the file cannot be read, or a line other than the last is no weight.
pub fn weights(path: &Path) -> Result<Vec<weigh::Weight>> {
    read_lines(path)
}

/// The whole lines of a file of JSON; none if there is no file.
fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path).map_err(|source| SuiteError::file(path, source))?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().enumerate().filter(|(_, line)| !line.is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|source| SuiteError::BadResult {
                path: path.to_owned(),
                line: number + 1,
                source,
            })
        })
        .collect()
}

/// Opens a results file to add to it, without a half-written last line.
fn open_results(path: &Path) -> Result<File> {
    let failed = |source| SuiteError::file(path, source);
    let mut options = OpenOptions::new();
    let mut file =
        options.create(true).read(true).write(true).truncate(false).open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    file.set_len(whole as u64).map_err(failed)?;
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    Ok(file)
}

/// Adds a line to the file `out`.
fn add_line(file: &mut File, out: &Path, line: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes()).map_err(|source| SuiteError::file(out, source))
}

/// Runs all `orders` with all `arms` on all `ladders`, adding lines to the file `out`. `progress` is
/// called after every question and case, and stops the run by answering `false`.
///
/// # Errors
/// If a case is not sound, an arm fails, or the file cannot be written; [`SuiteError::Stopped`] if
/// `progress` stopped it.
pub fn run(
    orders: &[Order],
    prose: Option<&Prose>,
    arms: &mut [Box<dyn Arm + '_>],
    ladders: &[Ladder],
    out: &Path,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<()> {
    let mut done = Known::default();
    results(out)?.iter().for_each(|line| done.add(line));
    let mut file = open_results(out)?;
    for (number, order) in orders.iter().enumerate() {
        let mut case: Option<Case> = None;
        for arm in &mut *arms {
            for ladder in ladders {
                if done.has_case(&order.id(), arm.name(), *ladder) {
                    continue;
                }
                let case = match &mut case {
                    Some(case) => case,
                    none => none.insert(Task::make(order, prose)?),
                };
                let is_new = |item: &&Item| !done.has(&item.id, arm.name(), *ladder);
                let todo: Vec<&Item> = case.items.iter().filter(is_new).collect();
                for line in ask(arm.as_mut(), *ladder, case, &todo)? {
                    add_line(&mut file, out, &line)?;
                    done.add(&line);
                    let heard =
                        Progress { cases_done: number, cases: orders.len(), done: Some(&line) };
                    if !progress(heard) {
                        return Err(SuiteError::Stopped);
                    }
                }
            }
        }
        if !progress(Progress { cases_done: number + 1, cases: orders.len(), done: None }) {
            return Err(SuiteError::Stopped);
        }
    }
    Ok(())
}

/// What is done already.
#[derive(Default)]
struct Known {
    items: HashSet<(String, String, Ladder)>,
    /// Questions of a case that are not done.
    left: HashMap<(String, String, Ladder), usize>,
}

impl Known {
    fn add(&mut self, line: &Done) {
        if self.items.insert((line.id.clone(), line.arm.clone(), line.ladder)) {
            let case = (line.case.clone(), line.arm.clone(), line.ladder);
            let left = self.left.entry(case).or_insert(line.case_items);
            *left = left.saturating_sub(1);
        }
    }

    fn has(&self, id: &str, arm: &str, ladder: Ladder) -> bool {
        self.items.contains(&(id.to_owned(), arm.to_owned(), ladder))
    }

    fn has_case(&self, case: &str, arm: &str, ladder: Ladder) -> bool {
        self.left.get(&(case.to_owned(), arm.to_owned(), ladder)) == Some(&0)
    }
}

/// Asks one arm the questions of one case.
fn ask(arm: &mut dyn Arm, ladder: Ladder, case: &Case, items: &[&Item]) -> Result<Vec<Done>> {
    let mut lines = Vec::new();
    match ladder {
        Ladder::EndToEnd => {
            let before = peak::start();
            let ingest_us = arm.open(&case.document)?;
            let document = Characters::of(&case.document);
            for item in items {
                let response = arm.ask(&item.question)?;
                let score = score(item, &document, &response);
                let spent = Spent { ingest_us, peak_growth_bytes: peak::growth(before) };
                lines.push(line(arm.name(), ladder, case, item, response, score, spent));
            }
        }
        Ladder::Oracle => {
            for item in items {
                let before = peak::start();
                // A document that says nothing has to be something: one blank fragment.
                let characters = Characters::of(&case.document);
                let (text, moved) = oracle_document(&characters, item);
                let ingest_us = arm.open(&text)?;
                let response = arm.ask(&item.question)?;
                let document = Characters::of(&text);
                let score = score(&moved, &document, &response);
                let spent = Spent { ingest_us, peak_growth_bytes: peak::growth(before) };
                lines.push(line(arm.name(), ladder, case, item, response, score, spent));
            }
        }
    }
    Ok(lines)
}

/// The oracle fragments as a document, and the item with its spans moved to it.
fn oracle_document(document: &Characters, item: &Item) -> (String, Item) {
    let mut text = String::new();
    let mut moved = item.clone();
    let mut spans = Vec::new();
    let mut chars = 0;
    for span in &item.oracle {
        let fragment = document.slice(*span).unwrap_or_default();
        text.push_str(fragment);
        text.push_str("\n\n");
        spans.push((*span, Span { start: chars, end: chars + span.chars() }));
        chars += span.chars() + 2;
    }
    if text.is_empty() {
        text.push_str("Nothing was written down that day.\n");
    }
    let place = |old: &Span| spans.iter().find(|(from, _)| from == old).map(|(_, to)| *to);
    moved.gold = item.gold.iter().filter_map(place).collect();
    moved.related = item.related.iter().filter_map(place).collect();
    (text, moved)
}

struct Spent {
    ingest_us: u64,
    peak_growth_bytes: Option<u64>,
}

fn line(
    arm: &str,
    ladder: Ladder,
    case: &Case,
    item: &Item,
    response: Response,
    score: Score,
    spent: Spent,
) -> Done {
    Done {
        id: item.id.clone(),
        case: case.id.clone(),
        case_items: case.items.len(),
        arm: arm.to_owned(),
        ladder,
        task: item.task.clone(),
        variant: item.variant.clone(),
        language: item.language,
        split: item.split,
        style: item.style.clone(),
        length_tokens: item.length_tokens,
        question: item.question.clone(),
        wanted: item.answers.clone(),
        expected: item.expected,
        answer: response.answer,
        ended: response.ended,
        score,
        passages_read: response.passages_read,
        prompt_tokens: response.prompt_tokens,
        output_tokens: response.output_tokens,
        elapsed_us: response.elapsed_us,
        ingest_us: spent.ingest_us,
        estimate: response.estimate,
        peak_growth_bytes: spent.peak_growth_bytes,
    }
}
