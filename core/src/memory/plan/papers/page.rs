//! A paper line by line, each with what stands above it: headings, what its paragraph said before, who writes.
//!
//! ```text
//! heading    a marked one, a short line of its own without a full stop, or the one or two words that open a paragraph
//! letter     "From: …" and "Subject: …" stand above everything until the next "From:"
//! ```
//! The title, which is the first heading, stands above the whole paper; its date only above what it opens.

use super::query::{bare_words, is_of_date};
use crate::error::Result;
use crate::memory::answer::one_line;
use crate::memory::answer::spans::names_a_date;
use crate::memory::index::corpus::SentenceId;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::reader::Reader;

/// Words of a line of its own up to which it may be a heading, and of one that opens a paragraph.
const LONGEST_HEADING: usize = 14;
const LONGEST_OPENER: usize = 2;
/// Fields from which a text is a paper.
const FIELDS: usize = 3;
/// Words before the colon of a field at most.
const LONGEST_FIELD: usize = 6;

/// A line that may answer.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: SentenceId,
    /// Its text in one line.
    pub text: String,
    /// Its folded words.
    pub words: Vec<String>,
    /// The words of the headings above it, but for the title.
    pub above: Vec<String>,
    /// What its paragraph said before, the nearest sentence first.
    pub before: Vec<Vec<String>>,
    /// The words of the title.
    pub title: Vec<String>,
    /// Who says "I" in it.
    pub speaker: Vec<String>,
}

/// The lines of a paper.
#[derive(Debug, Default)]
pub struct Page {
    pub lines: Vec<Line>,
    /// Whether it has any heading, field or letter head, as papers do.
    pub is_paper: bool,
}

/// What stands above the line that is being read.
#[derive(Debug, Default)]
struct Above {
    title: Vec<String>,
    /// Headings by their level.
    headings: Vec<(u8, Vec<String>)>,
    before: Vec<Vec<String>>,
    speaker: Vec<String>,
}

impl Page {
    /// Reads the paper, as far as `scope` reaches and the budget lasts.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(reader: &Reader, scope: &Scope) -> Result<Self> {
        let mut page = Self::default();
        let (mut above, mut document, mut n_fields) = (Above::default(), usize::MAX, 0);
        for (block, place) in reader.corpus.contents.blocks.iter().enumerate() {
            if place.document != document {
                (above, document) = (Above::default(), place.document);
            }
            let read = reader.corpus.block(block as u32)?;
            let sentences = &read.layout.sentences;
            for (at, sentence) in sentences.iter().enumerate() {
                let id = SentenceId { block: block as u32, sentence: at as u32 };
                if !reader.admits(id)? {
                    return Ok(page);
                }
                let raw = read.sentences(at..at + 1).trim();
                let alone = sentence.opens_paragraph
                    && sentences.get(at + 1).is_none_or(|next| next.opens_paragraph);
                let starts_line = read.text[..sentence.start as usize].ends_with('\n');
                if sentence.opens_paragraph || starts_line && is_field(raw) {
                    above.before.clear();
                }
                if above.takes_letter_head(raw) {
                    page.is_paper = true;
                    continue;
                }
                let words = bare_words(raw);
                let level = heading_level(raw, sentence.heading, alone, words.len());
                if let Some(level) = level {
                    page.is_paper = true;
                    above.takes_heading(level, words);
                    continue;
                }
                n_fields += usize::from(is_field(raw));
                page.is_paper |= n_fields >= FIELDS;
                if sentence.opens_paragraph && !alone && words.len() <= LONGEST_OPENER {
                    above.takes_heading(u8::MAX, words);
                    continue;
                }
                if scope.is_everything() || scope.holds_sentence(reader.corpus, id)? {
                    page.lines.push(above.line(id, raw, &words));
                }
                above.before.insert(0, words);
            }
        }
        Ok(page)
    }
}

/// Whether a line is one of a list, each of which says its own: "Power: 615 W".
fn is_field(raw: &str) -> bool {
    raw.split_once(": ").is_some_and(|(name, _)| name.split_whitespace().count() <= LONGEST_FIELD)
}

/// The level of a heading, if a line is one.
fn heading_level(raw: &str, marked: bool, alone: bool, n_words: usize) -> Option<u8> {
    if marked {
        let level = raw.bytes().take_while(|byte| *byte == b'#').count();
        return Some(if level == 0 { 2 } else { level as u8 });
    }
    let is_open = !raw.ends_with(['.', '!', '?', ':', ';', ',', '"', '”']);
    let plain = !raw.contains(": ") && !raw.contains('\n');
    let capital = raw.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    (alone && is_open && plain && capital && n_words <= LONGEST_HEADING).then_some(2)
}

impl Above {
    fn takes_heading(&mut self, level: u8, words: Vec<String>) {
        if self.title.is_empty() {
            let dated = words.iter().any(|word| names_a_date(word));
            self.title = words.iter().filter(|word| !is_of_date(word)).cloned().collect();
            if !dated {
                return;
            }
        }
        self.headings.retain(|(own, _)| *own < level);
        self.headings.push((level, words));
    }

    /// Whether `raw` is the head of a letter, which it then keeps.
    fn takes_letter_head(&mut self, raw: &str) -> bool {
        let fields: Vec<(&str, &str)> =
            raw.lines().filter_map(|line| line.split_once(':')).collect();
        let of = |name: &str| fields.iter().find(|(own, _)| own.trim().eq_ignore_ascii_case(name));
        let known = |name: &str| among("from to cc date sent subject", &name.trim().to_lowercase());
        if fields.is_empty()
            || fields.len() < raw.lines().count()
            || !fields.iter().all(|(name, _)| known(name))
        {
            return false;
        }
        if let Some((_, from)) = of("from") {
            self.speaker = bare_words(from);
            self.headings.clear();
        }
        if let Some((_, subject)) = of("subject") {
            let words = bare_words(subject);
            self.title.extend(words.into_iter().filter(|word| word != "re"));
        }
        if let Some((_, date)) = of("date").or_else(|| of("sent")) {
            self.headings.push((2, bare_words(date)));
        }
        true
    }

    fn line(&self, id: SentenceId, raw: &str, words: &[String]) -> Line {
        let first_person = words.iter().any(|word| among("i my me we our us", word));
        Line {
            id,
            text: one_line(raw),
            words: words.to_vec(),
            above: self.headings.iter().flat_map(|(_, words)| words.iter().cloned()).collect(),
            before: self.before.clone(),
            title: self.title.clone(),
            speaker: if first_person { self.speaker.clone() } else { Vec::new() },
        }
    }
}
