//! What kind of text is asked: told by its length, and by how many of its lines stand by themselves.
//!
//! ```text
//! paper   up to [`LONGEST_PAPER`] sentences
//! guide   longer, with headings, fields and rows of tables all over: manuals, handbooks, logs
//! book    prose of [`A_BOOK`] sentences and more
//! tale    other prose
//! ```
//! Of a long text three blocks are looked at, over the longest document, and two of them decide: a novel may have a
//! table of contents. The judgement is made once for a library as it stands, at the first question that needs it.

use super::papers::lines;
use super::reader::Reader;
use crate::error::Result;
use crate::memory::store::BlockPlace;

/// Sentences up to which what is asked is a paper.
const LONGEST_PAPER: u64 = 150;
/// Sentences from which prose is as long as a book.
const A_BOOK: u64 = 1_000;
/// A guide has one line that stands by itself in so many sentences, at least. Novels have a heading in some hundred.
const OWN_LINES: usize = 12;
/// Blocks of a long text that are looked at.
const LOOKS: usize = 3;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    Paper,
    Guide,
    Tale,
    Book,
}

/// What kind of text is asked.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn of(reader: &Reader) -> Result<Text> {
    let n_sentences = reader.corpus.contents.n_sentences;
    Ok(if n_sentences <= LONGEST_PAPER {
        Text::Paper
    } else if is_guide(reader)? {
        Text::Guide
    } else if n_sentences >= A_BOOK {
        Text::Book
    } else {
        Text::Tale
    })
}

fn is_guide(reader: &Reader) -> Result<bool> {
    let judged = &reader.corpus.contents.is_guide;
    if let Some(is_guide) = judged.get() {
        return Ok(*is_guide);
    }
    let blocks = &reader.corpus.contents.blocks;
    let n_sentences =
        |own: &&[BlockPlace]| own.iter().map(|place| u64::from(place.block.sentences)).sum::<u64>();
    let documents = blocks.chunk_by(|one, next| one.document == next.document);
    let Some(longest) = documents.max_by_key(n_sentences) else { return Ok(false) };
    let first = blocks.partition_point(|place| place.document < longest[0].document);
    let n_blocks = longest.len();
    let mut n_of_guides = 0;
    for quarter in 1..=LOOKS {
        let block = reader.corpus.block((first + n_blocks * quarter / (LOOKS + 1)) as u32)?;
        let is_of_guide = lines::n_own(&block) * OWN_LINES >= block.layout.sentences.len();
        n_of_guides += usize::from(is_of_guide);
    }
    Ok(*judged.get_or_init(|| 2 * n_of_guides > LOOKS))
}
