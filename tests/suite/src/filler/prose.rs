//! Filler from a folder of books in plain text: runs of consecutive paragraphs, now from one place,
//! now from another, so that a document longer than the books repeats paragraphs but not pages.

use std::path::Path;

use super::Filler;
use crate::dice::Dice;
use crate::error::{Result, SuiteError};

/// Shortest and longest paragraph in bytes: shorter ones are headings and lines of verse.
const PARAGRAPH_BYTES: std::ops::RangeInclusive<usize> = 80..=4000;

/// Paragraphs of books.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    paragraphs: Vec<String>,
}

impl Prose {
    /// All `.txt` files of a folder, in the order of their names.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, or there is no prose in it.
    pub fn load(folder: &Path) -> Result<Self> {
        let failed = |source| SuiteError::file(folder, source);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                files.push(path);
            }
        }
        files.sort();
        let mut prose = Self::default();
        for path in files {
            let text =
                std::fs::read_to_string(&path).map_err(|source| SuiteError::file(&path, source))?;
            prose.add(&text);
        }
        if prose.paragraphs.is_empty() {
            return Err(SuiteError::NoProse { path: folder.to_owned() });
        }
        Ok(prose)
    }

    fn add(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n");
        for paragraph in text.split("\n\n") {
            let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            let ends = paragraph.ends_with(['.', '!', '?', '"', '”', '\'', '’']);
            if ends && PARAGRAPH_BYTES.contains(&paragraph.len()) {
                self.paragraphs.push(paragraph);
            }
        }
    }

    /// A reader of the books.
    pub fn filler(&self) -> impl Filler + '_ {
        Reader { prose: self, next: 0, left: 0 }
    }
}

struct Reader<'a> {
    prose: &'a Prose,
    next: usize,
    left: usize,
}

impl Filler for Reader<'_> {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        if self.left == 0 || self.next >= self.prose.paragraphs.len() {
            self.next = dice.below(self.prose.paragraphs.len());
            self.left = dice.between(8, 40);
        }
        self.left -= 1;
        self.next += 1;
        self.prose.paragraphs[self.next - 1].clone()
    }
}
