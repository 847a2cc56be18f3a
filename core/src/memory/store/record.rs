//! The records of a library and their stored form.

use std::fmt;

use sha2::{Digest, Sha256};

use super::varint::{Reader, put, put_text};
use crate::readable::hexadecimal;

/// Version of everything that is derived from a block's text. A change of any rule that shapes a
/// part raises it, which gives every block a new hash and so has it made again when its document is next added.
pub const DERIVATION: u32 = 8;

/// Most blocks of a run, whose dictionaries are merged in one directory: some 50 MB of text.
pub const LONGEST_RUN: usize = 1_024;
/// Blocks of a run up to which it has no directory: to read their dictionaries takes no longer.
pub const SHORT_RUN: usize = 3;
/// One block in this many ends its run.
const RUN_RARITY: u16 = 512;

/// SHA-256 that identifies a source, a block or the directory of a run of blocks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of a block with this text.
    pub fn of_block(text: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(DERIVATION.to_le_bytes());
        hasher.update(text.as_bytes());
        Self(hasher.finalize().into())
    }

    /// The hash of the directory of a run of these blocks; `None` if the run is too short for one.
    pub fn of_directory(run: &[BlockRef]) -> Option<Self> {
        let mut hasher = Sha256::new();
        run.iter().for_each(|block| hasher.update(block.hash.0));
        (run.len() > SHORT_RUN).then(|| Self(hasher.finalize().into()))
    }

    /// Whether a block with this hash ends its run. As the text decides and not the place, an edit
    /// leaves the runs before and behind it as they are.
    fn ends_run(&self) -> bool {
        u16::from_le_bytes([self.0[0], self.0[1]]).is_multiple_of(RUN_RARITY)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The parts of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The text, UTF-8.
    Text,
    /// Sentences and passages, `segment::layout`.
    Layout,
    /// The dictionary, `index::postings`.
    Terms,
    /// The position lists, `index::postings`.
    Positions,
    /// Names and their mentions, `index::ledger`.
    Names,
    /// The summary tree, `index::summary`.
    Summary,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Layout, Self::Terms, Self::Positions, Self::Names, Self::Summary];
}

/// A block as it is put into a store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockParts {
    /// The text.
    pub text: String,
    /// Encoded layout.
    pub layout: Vec<u8>,
    /// Encoded dictionary.
    pub terms: Vec<u8>,
    /// Encoded position lists.
    pub positions: Vec<u8>,
    /// Encoded names.
    pub names: Vec<u8>,
    /// Encoded summary tree.
    pub summary: Vec<u8>,
}

impl BlockParts {
    /// The bytes of one part.
    pub fn part(&self, part: Part) -> &[u8] {
        match part {
            Part::Text => self.text.as_bytes(),
            Part::Layout => &self.layout,
            Part::Terms => &self.terms,
            Part::Positions => &self.positions,
            Part::Names => &self.names,
            Part::Summary => &self.summary,
        }
    }
}

/// A block's place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRef {
    /// Which block.
    pub hash: ContentHash,
    /// Length of its text in bytes.
    pub bytes: u32,
    /// Length of its text in characters.
    pub chars: u32,
    /// Number of its words.
    pub words: u32,
    /// Number of its sentences.
    pub sentences: u32,
    /// Number of its passages.
    pub passages: u32,
    /// CRC-32 of its text, by which it is known to be what was put there whenever it is read.
    pub checksum: u32,
}

/// A heading of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Level, 1 for the outermost.
    pub level: u8,
    /// Where the heading begins, in characters of the document.
    pub start: u64,
    /// The heading, one line.
    pub title: String,
}

/// A document of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// The name by which citations call it.
    pub name: String,
    /// The title that the source gives itself; empty if it gives none.
    pub title: String,
    /// Hash of the source as it was read.
    pub source: ContentHash,
    /// Name of the source's format.
    pub format: String,
    /// Whether the encoding of the text had to be guessed.
    pub guessed_encoding: bool,
    /// The blocks in order; joined, they are the text.
    pub blocks: Vec<BlockRef>,
    /// Headings in order.
    pub sections: Vec<Section>,
    /// Where each page begins, in characters; the first entry is page 1. Empty without pages.
    pub pages: Vec<u64>,
}

impl DocumentRecord {
    /// The blocks in runs, in order: each ends where the hash of a block says so, or when it is
    /// [`LONGEST_RUN`] long.
    pub fn runs(&self) -> impl Iterator<Item = &[BlockRef]> {
        let mut rest = self.blocks.as_slice();
        std::iter::from_fn(move || {
            let within = &rest[..rest.len().min(LONGEST_RUN)];
            let end = within.iter().position(|block| block.hash.ends_run());
            let (run, behind) = rest.split_at(end.map_or(within.len(), |last| last + 1));
            rest = behind;
            (!run.is_empty()).then_some(run)
        })
    }

    /// The runs that have a directory, in order, each with the hash by which it is found.
    pub fn directories(&self) -> impl Iterator<Item = (ContentHash, &[BlockRef])> {
        self.runs().filter_map(|run| Some((ContentHash::of_directory(run)?, run)))
    }

    /// The title, or the name where there is none.
    pub fn shown_title(&self) -> &str {
        if self.title.is_empty() { &self.name } else { &self.title }
    }

    /// Length of the text in characters.
    pub fn chars(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.chars)).sum()
    }

    /// Length of the text in bytes of UTF-8.
    pub fn bytes(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.bytes)).sum()
    }

    /// The page that holds character `at`, from 1, or `None` for a document without pages.
    pub fn page_at(&self, at: u64) -> Option<u32> {
        let page = self.pages.partition_point(|start| *start <= at);
        (!self.pages.is_empty()).then_some(page.max(1) as u32)
    }

    /// Titles of the sections around character `at`, outermost first.
    pub fn section_path(&self, at: u64) -> Vec<&str> {
        let before = self.sections.partition_point(|section| section.start <= at);
        let mut path: Vec<&Section> = Vec::new();
        for section in self.sections[..before].iter().rev() {
            if path.last().is_none_or(|inner| section.level < inner.level) {
                path.push(section);
            }
        }
        path.iter().rev().map(|section| section.title.as_str()).collect()
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_text(&mut out, &self.name);
        put_text(&mut out, &self.title);
        out.extend_from_slice(&self.source.0);
        put_text(&mut out, &self.format);
        put(&mut out, u64::from(self.guessed_encoding));
        put(&mut out, self.blocks.len() as u64);
        for block in &self.blocks {
            out.extend_from_slice(&block.hash.0);
            for value in [block.bytes, block.chars, block.words, block.sentences, block.passages] {
                put(&mut out, u64::from(value));
            }
            out.extend_from_slice(&block.checksum.to_le_bytes());
        }
        put(&mut out, self.sections.len() as u64);
        for section in &self.sections {
            put(&mut out, u64::from(section.level));
            put(&mut out, section.start);
            put_text(&mut out, &section.title);
        }
        put(&mut out, self.pages.len() as u64);
        let mut last = 0;
        for page in &self.pages {
            put(&mut out, page - last);
            last = *page;
        }
        out
    }

    /// Reads the stored form; `None` if it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let limit = bytes.len();
        let mut record = Self {
            name: reader.text()?.to_owned(),
            title: reader.text()?.to_owned(),
            source: ContentHash(reader.bytes(32)?.try_into().ok()?),
            format: reader.text()?.to_owned(),
            guessed_encoding: reader.number()? != 0,
            blocks: Vec::new(),
            sections: Vec::new(),
            pages: Vec::new(),
        };
        for _ in 0..reader.count(limit)? {
            let hash = ContentHash(reader.bytes(32)?.try_into().ok()?);
            let mut values = [0_u32; 5];
            for value in &mut values {
                *value = u32::try_from(reader.number()?).ok()?;
            }
            let [bytes, chars, words, sentences, passages] = values;
            let checksum = u32::from_le_bytes(reader.bytes(4)?.try_into().ok()?);
            let block = BlockRef { hash, bytes, chars, words, sentences, passages, checksum };
            record.blocks.push(block);
        }
        for _ in 0..reader.count(limit)? {
            record.sections.push(Section {
                level: u8::try_from(reader.number()?).ok()?,
                start: reader.number()?,
                title: reader.text()?.to_owned(),
            });
        }
        let mut page = 0_u64;
        for _ in 0..reader.count(limit)? {
            page = page.checked_add(reader.number()?)?;
            record.pages.push(page);
        }
        reader.is_at_end().then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> DocumentRecord {
        let section = |level, start, title: &str| Section { level, start, title: title.to_owned() };
        DocumentRecord {
            name: "a.md".to_owned(),
            title: "A".to_owned(),
            source: ContentHash([7; 32]),
            format: "Markdown".to_owned(),
            guessed_encoding: false,
            blocks: vec![BlockRef {
                hash: ContentHash::of_block("x"),
                bytes: 500,
                chars: 400,
                words: 80,
                sentences: 9,
                passages: 2,
                checksum: 0x1234_5678,
            }],
            sections: vec![
                section(1, 0, "One"),
                section(2, 10, "One one"),
                section(2, 20, "One two"),
                section(1, 300, "Two"),
            ],
            pages: vec![0, 150, 390],
        }
    }

    #[test]
    fn stored_form_round_trips_and_rejects_damage() {
        let bytes = record().encode();
        assert_eq!(DocumentRecord::decode(&bytes), Some(record()));
        for cut in 0..bytes.len() {
            assert_eq!(DocumentRecord::decode(&bytes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn runs_cover_all_blocks_and_an_edit_changes_one() {
        let block = |n: usize| BlockRef {
            hash: ContentHash::of_block(&n.to_string()),
            ..record().blocks[0]
        };
        let document = |blocks: Vec<BlockRef>| DocumentRecord { blocks, ..record() };
        let whole = document((0..16_000).map(block).collect());
        let runs: Vec<&[BlockRef]> = whole.runs().collect();
        assert_eq!(runs.concat(), whole.blocks);
        assert!(runs.iter().all(|run| run.len() <= LONGEST_RUN));
        assert!(runs.len() < 50, "{} runs of 16000 blocks", runs.len());
        let hashes = |document: &DocumentRecord| -> Vec<ContentHash> {
            document.directories().map(|(directory, _)| directory).collect()
        };
        let mut edited: Vec<BlockRef> = whole.blocks.clone();
        edited[3] = block(50_000);
        edited.insert(3, block(50_001));
        let known = hashes(&whole);
        let new = hashes(&document(edited)).iter().filter(|run| !known.contains(run)).count();
        assert!((1..=4).contains(&new), "{new} runs are new");
        assert_eq!(document(Vec::new()).runs().count(), 0);
        let short = document((0..SHORT_RUN).map(block).collect());
        assert_eq!((short.runs().count(), short.directories().count()), (1, 0));
    }

    #[test]
    fn pages_and_sections_are_found_by_character() {
        let record = record();
        assert_eq!(record.page_at(0), Some(1));
        assert_eq!(record.page_at(149), Some(1));
        assert_eq!(record.page_at(390), Some(3));
        assert_eq!(record.section_path(25), ["One", "One two"]);
        assert_eq!(record.section_path(5), ["One"]);
        assert_eq!(record.section_path(399), ["Two"]);
    }
}
