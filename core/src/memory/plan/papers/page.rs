//! A paper line by line, each with what stands above it: headings, what its paragraph said before, who writes.
//!
//! ```text
//! heading      a marked or numbered one, a short line of its own, or the few words that open a paragraph
//! letter       "From: …" and "Subject: …" stand above everything until the next "From:"
//! amendment    "Correction of 3 May: …", and everything below a heading for changes
//! row          of a table, below the headers of its columns
//! item         of a list, below the line with a colon that opens it
//! ```
//! The title, which is the first heading, stands above the whole paper; its date only above what it opens. Of a guide
//! only some passages are read: their blocks are gone through for what stands above the lines.

use std::collections::BTreeSet;

use super::chinese_words;
use super::lines::{self, Piece};
use super::phrasal;
use super::table::{Cell, Table};
use super::words::{bare_words, is_of_date};
use crate::error::Result;
use crate::memory::answer::one_line;
use crate::memory::answer::spans::names_a_date;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::search::Passage;
use crate::memory::index::stems::Stems;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::reader::Reader;

/// Words up to which the sentence that opens a paragraph is a heading, and a numbered one.
const LONGEST_OPENER: usize = 2;
const LONGEST_NUMBERED_OPENER: usize = 6;
/// Fields from which a text is a paper.
const FIELDS: usize = 3;
/// Nouns with which a paper says what became otherwise.
const AMENDMENTS: &str = "amendment amendments correction corrections change changes supplement addendum update updates \
    erratum errata revision revisions";

/// A line that may answer.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: SentenceId,
    /// Its text in one line.
    pub text: String,
    /// Bytes of it that only say when and by what it was amended.
    pub n_amending: usize,
    /// Whether it says what became otherwise.
    pub amends: bool,
    /// Its folded words.
    pub words: Vec<String>,
    /// The words of the headings above it, but for the title, and of what its list stands below.
    pub above: Vec<String>,
    /// What its paragraph said before, the nearest sentence first.
    pub before: Vec<Vec<String>>,
    /// The words of the title.
    pub title: Vec<String>,
    /// Who says "I" in it.
    pub speaker: Vec<String>,
    /// Its cells, if it is a row of a table.
    pub row: Option<Vec<Cell>>,
    /// Whether it stands right below the title.
    pub is_byline: bool,
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
    /// The words of the title, once it is known.
    title: Option<Vec<String>>,
    /// Headings by their level, with whether they are for changes.
    headings: Vec<(u8, Vec<String>, bool)>,
    before: Vec<Vec<String>>,
    /// The words of the line with a colon that a list stands below.
    intro: Vec<String>,
    speaker: Vec<String>,
    table: Table,
    /// Whether the paragraph is an amendment.
    amends: bool,
    /// Whether the last line was a numbered item, as the next one of a list is too.
    in_list: bool,
    /// Whether nothing but the title was read.
    is_first: bool,
}

/// What of a text is read.
#[derive(Debug, Clone, Copy)]
pub enum Extent<'a> {
    Whole,
    Passages(&'a BTreeSet<Passage>),
}

impl Page {
    /// Reads the paper, as far as `scope` reaches and the budget lasts.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(reader: &Reader, scope: &Scope, extent: Extent) -> Result<Self> {
        let mut page = Self::default();
        let (mut above, mut next, mut n_fields) = (Above::default(), None, 0);
        let n_blocks = reader.corpus.contents.blocks.len() as u32;
        let blocks: BTreeSet<u32> = match extent {
            Extent::Whole => (0..n_blocks).collect(),
            Extent::Passages(passages) => passages.iter().map(|passage| passage.block).collect(),
        };
        for block in blocks {
            let document = reader.corpus.contents.blocks[block as usize].document;
            if next != Some((document, block)) {
                above = Above::at(reader, block);
            }
            next = Some((document, block + 1));
            let read = reader.corpus.block(block)?;
            let sentences = &read.layout.sentences;
            for (at, sentence) in sentences.iter().enumerate() {
                let id = SentenceId { block, sentence: at as u32 };
                let wanted = match extent {
                    Extent::Whole if !reader.admits(id)? => return Ok(page),
                    Extent::Whole => true,
                    Extent::Passages(passages) => {
                        passages.contains(&Passage::around(block, &read.layout, id.sentence))
                    }
                };
                let wanted =
                    wanted && (scope.is_everything() || scope.holds_sentence(reader.corpus, id)?);
                let alone = sentence.opens_paragraph
                    && sentences.get(at + 1).is_none_or(|next| next.opens_paragraph);
                if sentence.opens_paragraph {
                    above.opens_paragraph();
                }
                let pieces = lines::pieces(&read, at);
                let alone = alone && pieces.len() == 1;
                for (n, piece) in pieces.iter().enumerate() {
                    let opens = sentence.opens_paragraph && n == 0;
                    n_fields += usize::from(lines::field(piece.text).is_some());
                    page.is_paper |= n_fields >= FIELDS;
                    match above.takes(piece, sentence.heading, alone, opens) {
                        Taken::Head => page.is_paper = true,
                        Taken::Nothing => {}
                        Taken::Line(row) => {
                            page.is_paper |= row.is_some();
                            let line = above.line(id, piece.text, row, reader.stems);
                            if introduces(piece) {
                                above.intro.clone_from(&line.words);
                            }
                            above.before.insert(0, line.words.clone());
                            above.is_first = false;
                            if wanted {
                                page.lines.push(line);
                            }
                        }
                    }
                }
            }
        }
        Ok(page)
    }
}

/// What a piece of a paper is.
enum Taken {
    /// A heading, or the head of a letter.
    Head,
    /// Nothing that says anything.
    Nothing,
    /// A line, with its cells if it is a row.
    Line(Option<Vec<Cell>>),
}

/// Whether a piece stands above a list: "Essential:", "The hire covers:".
fn introduces(piece: &Piece) -> bool {
    piece.ends_line && piece.text.ends_with([':', '：'])
}

/// Whether folded words or a Chinese text speak of what became otherwise.
fn is_of_changes(words: &[String], text: &str) -> bool {
    words.iter().any(|word| among(AMENDMENTS, word))
        || chinese_words::AMENDMENTS.iter().any(|word| text.contains(word))
}

impl Above {
    /// What stands above block `block` by the marked headings of its document.
    fn at(reader: &Reader, block: u32) -> Self {
        let contents = &reader.corpus.contents;
        let place = &contents.blocks[block as usize];
        let document = &contents.documents[place.document];
        let mut above = Self::default();
        if place.first_char > 0 {
            above.title = Some(Vec::new());
            if let Some(title) = document.sections.first() {
                above.title = Some(title_words(&bare_words(&title.title)));
            }
            let path = document.section_path(place.first_char);
            for (level, title) in (1..).zip(path).skip(1) {
                let words = bare_words(title);
                let changes = is_of_changes(&words, title);
                above.headings.push((level, words, changes));
            }
        }
        above
    }

    fn opens_paragraph(&mut self) {
        self.before.clear();
        self.amends = false;
        self.in_list = false;
        self.table.ends();
    }

    fn takes(&mut self, piece: &Piece, marked: bool, alone: bool, opens: bool) -> Taken {
        let text = piece.text;
        if text.is_empty() {
            return Taken::Nothing;
        }
        if self.takes_letter_head(text) {
            return Taken::Head;
        }
        let words = bare_words(text);
        if !piece.is_item {
            self.intro.clear();
        }
        if let Some(cells) = lines::cells(text) {
            return self.table.takes(&cells).map_or(Taken::Nothing, |row| Taken::Line(Some(row)));
        }
        self.table.ends();
        let numbered = piece.opens_line && lines::number(text).is_some();
        let in_list = std::mem::replace(&mut self.in_list, numbered);
        let level = lines::heading_level(piece, marked, alone, opens);
        if let Some(level) = level.filter(|_| !(in_list && numbered)) {
            self.in_list = false;
            self.takes_heading(level, words, text);
            return Taken::Head;
        }
        // A title of several lines.
        if self.is_first && self.headings.is_empty() && self.is_title(piece) {
            let title = title_words(&words);
            self.title.get_or_insert_default().extend(title);
            return Taken::Head;
        }
        if self.title.is_none() && opens && self.is_title(piece) {
            self.takes_heading(1, words, text);
            return Taken::Head;
        }
        let longest = if numbered { LONGEST_NUMBERED_OPENER } else { LONGEST_OPENER };
        let is_opener = opens && !alone && words.len() <= longest && text.ends_with('.');
        if is_opener && (words.len() <= LONGEST_OPENER || !piece.ends_line) {
            self.takes_heading(u8::MAX, words, text);
            return Taken::Nothing;
        }
        // A field below another may be one of whom that names; further ones are none of its business.
        if piece.opens_line && (lines::field(text).is_some() || numbered) {
            self.before.truncate(usize::from(!numbered));
        }
        self.amends |= amending(text) > 0;
        Taken::Line(None)
    }

    /// Whether a line of its own could be a part of the title.
    fn is_title(&self, piece: &Piece) -> bool {
        let text = piece.text;
        piece.opens_line
            && piece.ends_line
            && lines::field(text).is_none()
            && !text.contains('\n')
            && !text.ends_with(['.', '!', '?', ':', ';', ',', '。', '：', '，'])
    }

    fn takes_heading(&mut self, level: u8, words: Vec<String>, text: &str) {
        self.before.clear();
        if self.title.is_none() {
            let dated = words.iter().any(|word| names_a_date(word));
            self.title = Some(title_words(&words));
            self.is_first = true;
            if !dated {
                return;
            }
        }
        let changes = is_of_changes(&words, text);
        self.headings.retain(|(own, ..)| *own < level);
        self.headings.push((level, words, changes));
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
            let title = self.title.get_or_insert_default();
            title.extend(words.into_iter().filter(|word| word != "re"));
        }
        if let Some((_, date)) = of("date").or_else(|| of("sent")) {
            self.headings.push((2, bare_words(date), false));
        }
        true
    }

    fn line(&self, id: SentenceId, raw: &str, row: Option<Vec<Cell>>, stems: &Stems) -> Line {
        let mut words = bare_words(raw);
        // What its verbs of two words say in one stands at its end.
        for verb in phrasal::verbs(&words, stems) {
            words.extend(verb.means.split(' ').map(str::to_owned));
        }
        let first_person = words.iter().any(|word| among("i my me we our us", word));
        let headings = self.headings.iter().flat_map(|(_, words, _)| words.iter().cloned());
        let headers = row.iter().flatten().flat_map(|cell| bare_words(&cell.header));
        let text = match &row {
            Some(row) => {
                let cells: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
                cells.join(" | ")
            }
            None => one_line(raw),
        };
        Line {
            id,
            n_amending: amending(&text),
            amends: self.amends
                || self.headings.iter().any(|(level, _, changes)| *changes && *level < u8::MAX),
            text,
            above: headings.chain(self.intro.iter().cloned()).chain(headers).collect(),
            before: self.before.clone(),
            title: self.title.clone().unwrap_or_default(),
            speaker: if first_person { self.speaker.clone() } else { Vec::new() },
            row,
            is_byline: self.is_first,
            words,
        }
    }
}

/// The words of a title without its date.
fn title_words(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !is_of_date(word)).cloned().collect()
}

/// Bytes with which a line says when and by what it amends: "Amendment of 4 May 2023: ".
fn amending(text: &str) -> usize {
    let Some((name, value)) = lines::field(text) else { return 0 };
    if is_of_changes(&bare_words(name), name) { text.len() - value.len() } else { 0 }
}
