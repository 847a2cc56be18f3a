//! The documents of the library and how far each one is read.

use std::path::Path;
use std::time::{Duration, Instant};

use carrel_core::memory::{DocumentRecord, Progress};

use crate::trouble::Trouble;

/// Children of a node of the summary tree.
pub const FAN_OUT: usize = carrel_core::memory::index::summary::FAN_OUT;
/// Bytes of an average block, from `core/src/memory/segment/blocks.rs`: only for the outline of a
/// tree that is still growing.
const BLOCK_BYTES: u64 = 55 << 10;

/// A stretch of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First character.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Level from 1.
    pub level: u8,
    /// First character.
    pub start: u64,
    /// The words.
    pub title: String,
}

/// A document that is read, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Its blocks, in order.
    pub blocks: Vec<Span>,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// First characters of its pages.
    pub pages: Vec<u64>,
    /// Characters.
    pub n_chars: u64,
    /// Words.
    pub n_words: u64,
    /// Name of the format.
    pub format: String,
}

impl Shape {
    /// The shape that a record describes.
    pub fn of(record: &DocumentRecord) -> Self {
        let mut start = 0;
        let mut block = |chars: u32| {
            let span = Span { start, end: start + u64::from(chars) };
            start = span.end;
            span
        };
        Self {
            blocks: record.blocks.iter().map(|held| block(held.chars)).collect(),
            headings: record
                .sections
                .iter()
                .map(|section| Heading {
                    level: section.level,
                    start: section.start,
                    title: section.title.clone(),
                })
                .collect(),
            pages: record.pages.clone(),
            n_chars: record.chars(),
            n_words: record.blocks.iter().map(|held| u64::from(held.words)).sum(),
            format: record.format.clone(),
        }
    }

    /// The page that a character stands on, from 1.
    pub fn page_at(&self, at: u64) -> Option<usize> {
        (!self.pages.is_empty()).then(|| self.pages.partition_point(|start| *start <= at).max(1))
    }

    /// Titles of the sections around a character, outermost first.
    pub fn path_at(&self, at: u64) -> Vec<&str> {
        let mut path: Vec<&Heading> = Vec::new();
        let before = self.headings.partition_point(|heading| heading.start <= at);
        for heading in &self.headings[..before] {
            path.retain(|above| above.level < heading.level);
            path.push(heading);
        }
        path.into_iter().map(|heading| heading.title.as_str()).collect()
    }
}

/// A reading under way.
#[derive(Debug, Clone)]
pub struct Underway {
    /// What was told last; `None` before the first part is done.
    pub progress: Option<Progress>,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Time at work before the last pause.
    worked: Duration,
    /// When it went on last.
    since: Instant,
    /// Bytes that were there at the first report that had new ones.
    kept_bytes: u64,
}

impl Underway {
    /// A reading that begins at `now`.
    pub fn new(now: Instant) -> Self {
        Self { progress: None, is_paused: false, worked: Duration::ZERO, since: now, kept_bytes: 0 }
    }

    /// Takes a report.
    pub fn report(&mut self, progress: Progress) {
        if progress.blocks_indexed == 0 {
            self.kept_bytes = progress.text_bytes;
        }
        self.progress = Some(progress);
    }

    /// Pauses or goes on.
    pub fn set_paused(&mut self, is_paused: bool, now: Instant) {
        if is_paused && !self.is_paused {
            self.worked += now.duration_since(self.since);
        }
        self.since = now;
        self.is_paused = is_paused;
    }

    /// Share of the source that is read, from 0 to 1. Packed formats unpack to more text than their
    /// own length, so it can only be said for those whose text has come to less.
    pub fn share(&self) -> f32 {
        let Some(progress) = self.progress else { return 0.0 };
        let total = progress.source_bytes.max(1);
        (progress.text_bytes as f64 / total as f64).min(1.0) as f32
    }

    /// Whether the whole text was read, but not put on the shelf yet.
    pub fn is_finishing(&self) -> bool {
        self.progress.is_some_and(|progress| progress.text_bytes >= progress.source_bytes)
    }

    /// Time that the rest will take at the speed so far; `None` while nothing new was read.
    pub fn time_left(&self, now: Instant) -> Option<Duration> {
        let progress = self.progress?;
        let done = progress.text_bytes.saturating_sub(self.kept_bytes);
        if done == 0 || progress.text_bytes >= progress.source_bytes {
            return None;
        }
        let running = if self.is_paused { Duration::ZERO } else { now.duration_since(self.since) };
        let worked = (self.worked + running).as_secs_f64();
        let left = (progress.source_bytes - progress.text_bytes) as f64;
        Some(Duration::from_secs_f64((worked * left / done as f64).min(1e8)))
    }

    /// Nodes of each level of the summary tree, the parts first: those that are there, and those
    /// that are expected.
    pub fn levels(&self) -> Vec<(usize, usize)> {
        let Some(progress) = self.progress else { return Vec::new() };
        let done = progress.blocks_indexed + progress.blocks_kept;
        let expected = progress.source_bytes.div_ceil(BLOCK_BYTES) as usize;
        levels(done, expected.max(done))
    }
}

/// Nodes of each level over `done` of `expected` parts, the parts first. A node is there when all
/// parts below it are.
pub fn levels(done: usize, expected: usize) -> Vec<(usize, usize)> {
    let (mut levels, mut done, mut expected) = (Vec::new(), done, expected);
    loop {
        levels.push((done, expected));
        if expected <= 1 {
            return levels;
        }
        let is_whole = done == expected;
        expected = expected.div_ceil(FAN_OUT);
        done = if is_whole { expected } else { done / FAN_OUT };
    }
}

/// Where a document is on its way into the library.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Others are read first.
    Waiting,
    /// It is being read.
    Reading(Underway),
    /// It is there.
    Ready(Shape),
    /// It could not be read.
    Failed(Trouble),
}

/// A document of the list.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its name in the library.
    pub name: String,
    /// The title that it gives itself, or its file's name.
    pub title: String,
    /// Where it is.
    pub stage: Stage,
}

impl Document {
    /// A document that waits to be read.
    pub fn waiting(name: &str) -> Self {
        Self { name: name.to_owned(), title: file_name(name), stage: Stage::Waiting }
    }

    /// A document of the library.
    pub fn ready(record: &DocumentRecord) -> Self {
        let title = match record.title.trim() {
            "" => file_name(&record.name),
            title => title.to_owned(),
        };
        Self { name: record.name.clone(), title, stage: Stage::Ready(Shape::of(record)) }
    }

    /// Its shape, if it is read.
    pub fn shape(&self) -> Option<&Shape> {
        match &self.stage {
            Stage::Ready(shape) => Some(shape),
            _ => None,
        }
    }

    /// Whether it is on its way.
    pub fn is_unread(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Reading(_))
    }
}

/// The last part of a path.
pub fn file_name(name: &str) -> String {
    let last = Path::new(name).file_name().map(|last| last.to_string_lossy().into_owned());
    last.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(text_bytes: u64, indexed: usize, kept: usize) -> Progress {
        Progress { text_bytes, source_bytes: 1_000, blocks_indexed: indexed, blocks_kept: kept }
    }

    #[test]
    fn time_left_does_not_count_what_was_read_before_nor_pauses() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut underway = Underway::new(start);
        assert_eq!(underway.time_left(at(1)), None);
        underway.report(progress(400, 0, 4));
        assert_eq!(underway.time_left(at(1)), None);
        underway.report(progress(600, 2, 4));
        // 200 bytes in two seconds, 400 are left.
        assert_eq!(underway.time_left(at(2)), Some(Duration::from_secs(4)));
        underway.set_paused(true, at(2));
        assert_eq!(underway.time_left(at(50)), Some(Duration::from_secs(4)));
        underway.set_paused(false, at(60));
        assert_eq!(underway.time_left(at(60)), Some(Duration::from_secs(4)));
        assert!((underway.share() - 0.6).abs() < 1e-6);
    }

    #[test]
    fn nodes_are_there_when_everything_below_them_is() {
        assert_eq!(levels(0, 1), [(0, 1)]);
        assert_eq!(levels(7, 20), [(7, 20), (0, 3), (0, 1)]);
        assert_eq!(levels(9, 20), [(9, 20), (1, 3), (0, 1)]);
        assert_eq!(levels(20, 20), [(20, 20), (3, 3), (1, 1)]);
    }

    #[test]
    fn sections_and_pages_are_found_by_character() {
        let heading = |level, start, title: &str| Heading { level, start, title: title.to_owned() };
        let shape = Shape {
            headings: vec![heading(1, 0, "One"), heading(2, 10, "Inner"), heading(1, 20, "Two")],
            pages: vec![0, 15],
            ..Shape::default()
        };
        assert_eq!(shape.path_at(12), ["One", "Inner"]);
        assert_eq!(shape.path_at(25), ["Two"]);
        assert_eq!((shape.page_at(3), shape.page_at(15)), (Some(1), Some(2)));
        assert_eq!(Shape::default().page_at(3), None);
    }
}
