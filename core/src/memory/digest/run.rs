//! The pass: windows one at a time, each put before the next is begun; then the summaries of sections.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Instant;

use super::gate::{Backed, Gate};
use super::lines::{Kind, Line, Lines};
use super::sections;
use super::windows::{self, Block, Piece, Window};
use super::writer::{FACTS, SECTION, SUMMARY, Task, Writer, most_output_tokens};
use super::{
    Author, Desk, Digest, DigestEnd, DigestEstimate, DigestOptions, DigestProgress, Order, Watch,
};
use crate::error::{MemoryError, Result};
use crate::memory::store::{DocumentRecord, Note, Place, Store};

/// Goes on, or why it does not.
pub(super) type Step = Result<ControlFlow<DigestEnd>>;

/// Lines that a window's summary brings to the summaries above it, at most.
const LINES_UP: usize = SUMMARY.lines;

/// What a pass holds.
pub(super) struct Pass<'p> {
    pub store: &'p mut dyn Store,
    pub author: Author,
    pub writer: Writer<'p>,
    pub gate: Gate,
    watch: Watch<'p>,
    pub progress: DigestProgress,
    pub done: Digest,
    /// The places of the document in hand whose notes hold.
    pub places: BTreeSet<Place>,
}

/// The records of the documents named, or of all.
fn records(store: &dyn Store, only: &[String]) -> Result<Vec<DocumentRecord>> {
    let mut records = store.contents()?.documents.clone();
    for name in only {
        if !records.iter().any(|record| record.name == *name) {
            return Err(MemoryError::UnknownDocument { document: name.clone() }.into());
        }
    }
    records.retain(|record| only.is_empty() || only.contains(&record.name));
    if records.is_empty() {
        return Err(MemoryError::EmptyLibrary.into());
    }
    Ok(records)
}

/// Writes about the documents; see the head of the folder.
///
/// # Errors
/// If the model may not write, its context is too short for that, or it fails; if a document is unknown, or
/// the store cannot be read or written.
pub fn run(desk: Desk, options: &DigestOptions, watch: Watch) -> Result<Digest> {
    let started = Instant::now();
    let Desk { store, author, model, .. } = desk;
    let mut author = author.clone();
    if !model.writes() {
        if !options.unproved {
            return Err(MemoryError::ModelMayNotWrite { model: author.name }.into());
        }
        author.name += " (unproved)";
    }
    let records = records(&*store, &options.documents)?;
    let until = options.most_time.and_then(|time| started.checked_add(time));
    let writer = Writer::new(model, options.most_tokens.unwrap_or(u64::MAX), until);
    writer.check_context(&[FACTS, SUMMARY])?;
    let mut windows = windows::windows(&*store, &records)?;
    if options.order == Order::Importance {
        // The order of the text stays among windows that are worth the same.
        windows.sort_by_key(|window| (window.document, std::cmp::Reverse(window.worth)));
    }
    let n_windows = windows.len();
    let mut pass = Pass {
        store,
        author,
        writer,
        gate: Gate::default(),
        watch,
        progress: DigestProgress { of_windows: n_windows, ..DigestProgress::default() },
        done: Digest::of(n_windows),
        places: BTreeSet::new(),
    };
    let mut end = DigestEnd::Complete;
    for (document, record) in records.iter().enumerate() {
        let own: Vec<Window> =
            windows.iter().filter(|window| window.document as usize == document).copied().collect();
        if let ControlFlow::Break(why) = pass.document(record, &own)? {
            end = why;
            break;
        }
    }
    let Pass { writer, mut done, .. } = pass;
    done.end = end;
    done.prompt_tokens = writer.spent.prompt_tokens;
    done.reused_tokens = writer.spent.reused_tokens;
    done.output_tokens = writer.spent.output_tokens;
    done.elapsed_us = started.elapsed().as_micros() as u64;
    Ok(done)
}

/// What [`run`] would cost at most.
///
/// # Errors
/// If a document is unknown or the store cannot be read.
pub fn estimate(desk: Desk, options: &DigestOptions) -> Result<DigestEstimate> {
    let Desk { store, author, model, speed } = desk;
    let records = records(&*store, &options.documents)?;
    let windows = windows::windows(&*store, &records)?;
    let writer = Writer::new(model, u64::MAX, None);
    let mut estimate = DigestEstimate {
        windows: windows.len(),
        windows_known: 0,
        prompt_tokens: 0,
        most_output_tokens: 0,
        most_seconds: None,
    };
    let mut open: Option<Block> = None;
    let output = [FACTS, SUMMARY].map(|task| most_output_tokens(task) as u64);
    for window in &windows {
        let record = &records[window.document as usize];
        let block = keep_open(&*store, record, window.block, &mut open)?;
        let mut new = false;
        for piece in windows::pieces(block, window, &writer) {
            let content = author.content("window", &text_of(&piece));
            let notes = store.notes_of(&record.name, block.hash)?;
            let is_there =
                notes.iter().any(|(first, note)| *first == piece.first && note.content == content)
                    || store.note_of_content(content)?.is_some();
            if !is_there {
                new = true;
                let facts = writer.cost(&piece.shown, FACTS) - output[0];
                // The summary finds the state of the window; only what is asked is new.
                let summary = writer.cost(&[], SUMMARY) - output[1];
                estimate.prompt_tokens += facts + summary;
                estimate.most_output_tokens += output.iter().sum::<u64>();
            }
        }
        estimate.windows_known += usize::from(!new);
    }
    // Summaries of summaries: each joins a dozen lines, and there are two lines a window.
    let unknown = (estimate.windows - estimate.windows_known) as u64;
    let above = (unknown * LINES_UP as u64).div_ceil(sections::CHILDREN as u64) * 5 / 4;
    let of_section = most_output_tokens(SECTION) as u64;
    let lines = sections::CHILDREN as u64 * (most_output_tokens(SUMMARY) / SUMMARY.lines) as u64;
    estimate.prompt_tokens += above * (lines + writer.cost(&[], SECTION) - of_section);
    estimate.most_output_tokens += above * of_section;
    estimate.most_seconds = speed.map(|speed| {
        estimate.prompt_tokens as f64 / speed.prompt_tokens_per_s
            + estimate.most_output_tokens as f64 / speed.output_tokens_per_s
    });
    Ok(estimate)
}

/// The block `block` of `record`, read unless it is the one in hand.
fn keep_open<'o>(
    store: &dyn Store,
    record: &DocumentRecord,
    block: u32,
    open: &'o mut Option<Block>,
) -> Result<&'o Block> {
    let hash = record.blocks[block as usize].hash;
    if open.as_ref().is_none_or(|held| held.hash != hash) {
        *open = None;
    }
    match open {
        Some(held) => Ok(held),
        none => Ok(none.insert(windows::open(store, record, block)?)),
    }
}

/// What the model is shown, with the distances between the sentences: a note of it fits wherever the same
/// is shown.
fn text_of(piece: &Piece) -> String {
    let mut text = String::new();
    for (ordinal, sentence) in piece.ordinals.iter().zip(&piece.shown) {
        text += &format!("{} {sentence}\n", ordinal - piece.ordinals[0]);
    }
    text
}

impl Pass<'_> {
    fn document(&mut self, record: &DocumentRecord, windows: &[Window]) -> Step {
        self.places.clear();
        let mut open: Option<Block> = None;
        for window in windows {
            let block = keep_open(&*self.store, record, window.block, &mut open)?;
            let mut new = false;
            for piece in windows::pieces(block, window, &self.writer) {
                match self.piece(record, block, &piece)? {
                    ControlFlow::Break(why) => return Ok(ControlFlow::Break(why)),
                    ControlFlow::Continue(written) => new |= written,
                }
            }
            match new {
                true => self.done.windows_written += 1,
                false => self.done.windows_known += 1,
            }
            self.progress.windows += 1;
            if let ControlFlow::Break(why) = self.tell() {
                return Ok(ControlFlow::Break(why));
            }
        }
        if let ControlFlow::Break(why) = sections::summarise(self, record, windows.len())? {
            return Ok(ControlFlow::Break(why));
        }
        // What was written of a text that is no longer there has served.
        self.store.keep_notes(&record.name, &self.places)?;
        Ok(ControlFlow::Continue(()))
    }

    /// Tells the caller how far the pass is.
    pub fn tell(&mut self) -> ControlFlow<DigestEnd> {
        self.progress.lines_kept = self.done.lines_kept;
        self.progress.tokens = self.writer.spent.prompt_tokens + self.writer.spent.output_tokens;
        match (self.watch)(self.progress) {
            ControlFlow::Break(()) => ControlFlow::Break(DigestEnd::Cancelled),
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
        }
    }

    /// Writes the note of a piece, unless it is there or stands elsewhere; whether it had to be written.
    fn piece(
        &mut self,
        record: &DocumentRecord,
        block: &Block,
        piece: &Piece,
    ) -> Result<ControlFlow<DigestEnd, bool>> {
        let content = self.author.content("window", &text_of(piece));
        let place = Place { of: block.hash, first: piece.first };
        let back = piece.first - piece.ordinals[0];
        self.places.insert(place);
        let notes = self.store.notes_of(&record.name, block.hash)?;
        if notes.iter().any(|(first, note)| *first == piece.first && note.content == content) {
            return Ok(ControlFlow::Continue(false));
        }
        if let Some(note) = self.store.note_of_content(content)?
            && let Some(lines) = Lines::decode(&note.lines)
        {
            self.put(record, place, Note { lines: Vec::new(), ..note }, Lines { back, ..lines })?;
            return Ok(ControlFlow::Continue(false));
        }
        if !self.writer.affords(&piece.shown, &[FACTS, SUMMARY]) {
            return Ok(ControlFlow::Break(DigestEnd::BudgetEnded));
        }
        let mut lines = Vec::new();
        for (task, kind) in [(FACTS, Kind::Fact), (SUMMARY, Kind::Summary)] {
            let kept = self.ask(piece, task, kind)?;
            // A reply that was cut off by whoever stopped the pass is none.
            if let ControlFlow::Break(why) = self.tell() {
                return Ok(ControlFlow::Break(why));
            }
            lines.extend(kept);
        }
        let note = Note { content, author: self.author.name.clone(), lines: Vec::new() };
        self.done.lines_kept += lines.len();
        self.put(record, place, note, Lines { back, lines })?;
        Ok(ControlFlow::Continue(true))
    }

    fn put(
        &mut self,
        record: &DocumentRecord,
        place: Place,
        note: Note,
        lines: Lines,
    ) -> Result<()> {
        let terms: BTreeSet<u64> =
            lines.lines.iter().flat_map(|line| self.gate.terms(&line.text)).collect();
        let terms: Vec<u64> = terms.into_iter().collect();
        self.store.put_note(&record.name, place, &Note { lines: lines.encode(), ..note }, &terms)
    }

    /// The lines about a piece that come through the gate.
    fn ask(&mut self, piece: &Piece, task: Task, kind: Kind) -> Result<Vec<Line>> {
        let mut kept: Vec<Line> = Vec::new();
        let mut known: Vec<Backed> = Vec::new();
        for (named, text) in self.writer.write(&piece.shown, task)? {
            let sources: Vec<&str> = named.iter().map(|at| piece.shown[*at].as_str()).collect();
            let backed = self.gate.backed(&text, &sources).filter(|backed| {
                let is_new = !known.iter().any(|other| backed.said.is_subset(&other.said));
                let is_excerpt = || sources.iter().any(|s| self.gate.is_excerpt(&text, s));
                is_new && (kind == Kind::Summary || !is_excerpt())
            });
            let Some(backed) = backed else {
                self.done.lines_dropped += 1;
                continue;
            };
            let sources = backed.sources.iter();
            let sources =
                sources.map(|at| piece.ordinals[named[*at]] - piece.ordinals[0]).collect();
            kept.push(Line { kind, text, sources });
            known.push(backed);
        }
        Ok(kept)
    }
}

impl Digest {
    fn of(windows: usize) -> Self {
        Self {
            end: DigestEnd::Complete,
            windows_written: 0,
            windows_known: 0,
            windows,
            summaries_written: 0,
            lines_kept: 0,
            lines_dropped: 0,
            prompt_tokens: 0,
            reused_tokens: 0,
            output_tokens: 0,
            elapsed_us: 0,
        }
    }
}
