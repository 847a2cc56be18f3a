//! Which blocks of a run can hold words side by side: words of a name or a compound stand in many blocks of a
//! long document, together in few.
//!
//! ```text
//! pair   two words of a block with no words but function words between them
//! rows   two of each pair by its hash, one of a pair of ideographs; a row has a bit for every block of the run
//! page   as many rows as fit it, in order; the rows are behind the other pages of a directory
//! ```
//! A Bloom filter of every block, stored by rows (Goodwin and others, "BitFunnel: revisiting signatures for
//! search", SIGIR 2017): what stands side by side in a block has its bits in all of its rows, and what does not
//! seldom has. A block of English prose fills a third of its 16,384 bits, and takes 3.7 % of the text.
//! Runs of few blocks have no rows; their blocks are read. Nor have runs whose lists are by sentences (`lists`), which tell
//! what stands side by side nearly as well.

use std::sync::Arc;

use super::packing::PAGE_BYTES;
use super::postings;
use super::stopwords;
use crate::error::Result;
use crate::fnv::fnv1a;
use crate::memory::segment::words::is_ideograph;
use crate::memory::store::PutPage;

/// Rows of a run.
const ROWS: usize = 1 << 14;
/// Bits of the number of a row.
const ROW_BITS: u32 = ROWS.trailing_zeros();
/// Blocks from which on a run has rows.
const LEAST_BLOCKS: usize = 16;
/// Bytes of rows that are made at a time, each time from all blocks: bounds the memory that a directory takes.
/// Few in tests, so that small runs need several times.
const MOST_HELD: usize = if cfg!(test) { 20_000 } else { 320 << 10 };
/// Odd and near 2^64 over the golden ratio, whose products spread over the high bits (Knuth, "The art of
/// computer programming", volume 3, 6.4).
const SPREADING: u64 = 0x9e37_79b9_7f4a_7c15;

/// A word as pairs know it.
#[derive(Debug, Clone, Copy)]
struct Word {
    hash: u64,
    ideograph: bool,
}

impl Word {
    /// `None` for function words.
    fn of(word: &str) -> Option<Self> {
        let ideograph = word.chars().next().is_some_and(is_ideograph);
        let hash = fnv1a(word.as_bytes());
        (!stopwords::is_stopword(word)).then_some(Self { hash, ideograph })
    }
}

/// Calls `visit` with the rows of a pair.
fn for_each_row(first: Word, second: Word, mut visit: impl FnMut(usize)) {
    let mixed = (first.hash.wrapping_mul(SPREADING) ^ second.hash).wrapping_mul(SPREADING);
    visit((mixed >> (u64::BITS - ROW_BITS)) as usize);
    if !(first.ideograph && second.ideograph) {
        visit((mixed >> (u64::BITS - 2 * ROW_BITS)) as usize % ROWS);
    }
}

/// How the rows of a run are cut into pages.
#[derive(Debug, Clone, Copy)]
struct Shape {
    row_bytes: usize,
    rows_a_page: usize,
}

impl Shape {
    /// `None` for runs that have no rows.
    fn of(n_blocks: usize) -> Option<Self> {
        let row_bytes = n_blocks.div_ceil(8);
        let rows_a_page = (PAGE_BYTES / row_bytes.max(1)).max(1);
        (n_blocks >= LEAST_BLOCKS).then_some(Self { row_bytes, rows_a_page })
    }
}

/// Pages with the rows of a run of so many blocks.
pub fn n_pages(n_blocks: usize) -> usize {
    Shape::of(n_blocks).map_or(0, |shape| ROWS.div_ceil(shape.rows_a_page))
}

/// Puts the rows of a run, from page `first_page` on. `parts` answers the parts `terms` and `positions` of
/// block `at`, and `None` comes back where one of them is damaged.
///
/// # Errors
/// What `parts` and `put` answer.
pub fn build(
    n_blocks: usize,
    mut parts: impl FnMut(usize) -> Result<(Vec<u8>, Vec<u8>)>,
    first_page: u32,
    put: &mut PutPage,
) -> Result<Option<()>> {
    let Some(shape) = Shape::of(n_blocks) else { return Ok(Some(())) };
    let page_bytes = shape.rows_a_page * shape.row_bytes;
    let n_rows = (MOST_HELD / page_bytes).max(1) * shape.rows_a_page;
    let mut rows = vec![0_u8; n_rows * shape.row_bytes];
    let mut page = first_page;
    for first_row in (0..ROWS).step_by(n_rows) {
        let made = &mut rows[..n_rows.min(ROWS - first_row) * shape.row_bytes];
        made.fill(0);
        for block in 0..n_blocks {
            let (terms, positions) = parts(block)?;
            let set = |row: usize| {
                let at = row.checked_sub(first_row).map(|row| row * shape.row_bytes + block / 8);
                if let Some(byte) = at.and_then(|at| made.get_mut(at)) {
                    *byte |= 1 << (block % 8);
                }
            };
            if for_each_row_of(&terms, &positions, set).is_none() {
                return Ok(None);
            }
        }
        for bytes in made.chunks(page_bytes) {
            put(page, bytes)?;
            page += 1;
        }
    }
    Ok(Some(()))
}

/// Calls `visit` with the rows of all pairs of a block; `None` if a part is damaged.
fn for_each_row_of(terms: &[u8], positions: &[u8], mut visit: impl FnMut(usize)) -> Option<()> {
    let (mut found, mut n_words) = (Vec::new(), 0_usize);
    postings::for_each_term(terms, |term, entry| {
        n_words = n_words.saturating_add(entry.count as usize);
        let word = std::str::from_utf8(postings::word_of(term).0).ok().and_then(Word::of);
        found.extend(word.map(|word| (word, entry)));
    })?;
    // Every place of a word takes a byte at least.
    if n_words > postings::entry_bytes(terms)? + positions.len() {
        return None;
    }
    // By place, one more than where its word is found; 0 for function words.
    let mut text = vec![0_u32; n_words];
    let mut places = Vec::new();
    for (number, (_, entry)) in (1..).zip(&found) {
        places.clear();
        postings::positions_of(positions, *entry, &mut places)?;
        for place in &places {
            *text.get_mut(*place as usize)? = number;
        }
    }
    let mut before = None;
    for number in text.into_iter().filter(|number| *number > 0) {
        let (word, _) = found[number as usize - 1];
        if let Some(before) = before {
            for_each_row(before, word, &mut visit);
        }
        before = Some(word);
    }
    Some(())
}

/// The blocks of a run, a bit each, that can hold `words` side by side; `None` if nothing is known about
/// them. `page` answers the pages with the rows, from 0 on, and `damaged` the error for one that is cut short.
///
/// # Errors
/// What `page` and `damaged` answer.
pub fn holders(
    n_blocks: usize,
    words: &[&str],
    mut page: impl FnMut(usize) -> Result<Arc<Vec<u8>>>,
    damaged: impl Fn() -> crate::Error,
) -> Result<Option<Vec<u8>>> {
    let Some(shape) = Shape::of(n_blocks) else { return Ok(None) };
    let words: Vec<Word> = words.iter().filter_map(|word| Word::of(word)).collect();
    let mut rows = Vec::new();
    for pair in words.windows(2) {
        for_each_row(pair[0], pair[1], |row| rows.push(row));
    }
    rows.sort_unstable();
    rows.dedup();
    let mut held: Option<Vec<u8>> = None;
    for row in rows {
        let bytes = page(row / shape.rows_a_page)?;
        let start = row % shape.rows_a_page * shape.row_bytes;
        let row = bytes.get(start..start + shape.row_bytes).ok_or_else(&damaged)?;
        match &mut held {
            Some(held) => held.iter_mut().zip(row).for_each(|(all, own)| *all &= own),
            None => held = Some(row.to_vec()),
        }
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, MemoryError};
    use crate::memory::index::postings::PostingsBuilder;

    fn damaged() -> Error {
        MemoryError::EmptyLibrary.into()
    }

    /// Pages of the rows of blocks with these texts.
    fn pages(texts: &[String]) -> Vec<Vec<u8>> {
        let (mut builder, mut pages) = (PostingsBuilder::default(), Vec::new());
        build(texts.len(), |at| Ok(builder.build(&texts[at])), 7, &mut |page, bytes| {
            assert_eq!(page as usize, 7 + pages.len());
            pages.push(bytes.to_vec());
            Ok(())
        })
        .unwrap()
        .unwrap();
        assert_eq!(pages.len(), n_pages(texts.len()));
        pages
    }

    #[test]
    fn words_side_by_side_are_told_from_words_in_one_block() {
        let text = |n: usize| match n {
            3 => "A still room. The man in the blue cap. 青瓷石磨".to_owned(),
            _ => format!("Still, a dark room. A cap, a blue man in w{n}. 石青, 磨瓷"),
        };
        let texts: Vec<String> = (0..40).map(text).collect();
        let pages = pages(&texts);
        let holders = |words: &[&str]| {
            let held =
                holders(texts.len(), words, |page| Ok(Arc::new(pages[page].clone())), damaged)
                    .unwrap();
            held.map(|bits| (0..40).filter(|n| bits[n / 8] >> (n % 8) & 1 == 1).collect::<Vec<_>>())
        };
        assert_eq!(holders(&["still", "room"]), Some(vec![3]));
        assert_eq!(holders(&["man", "in", "the", "blue", "cap"]), Some(vec![3]));
        assert_eq!(holders(&["瓷", "石", "磨"]), Some(vec![3]));
        assert_eq!(holders(&["blue", "man"]).unwrap().len(), 39);
        assert_eq!(holders(&["in", "the", "blue"]), None);
    }

    #[test]
    fn few_blocks_have_no_rows_and_damage_is_noticed() {
        let texts: Vec<String> = (0..40).map(|n| format!("one two w{n}")).collect();
        assert!(pages(&texts[..LEAST_BLOCKS - 1]).is_empty());
        let none = |_| -> Result<Arc<Vec<u8>>> { unreachable!("there are no pages") };
        assert_eq!(holders(LEAST_BLOCKS - 1, &["one", "two"], none, damaged).unwrap(), None);
        assert!(holders(40, &["one", "two"], |_| Ok(Arc::new(vec![0])), damaged).is_err());
        let (terms, positions) = PostingsBuilder::default().build("one two one two");
        assert!(for_each_row_of(&terms, &positions, |_| ()).is_some());
        assert!(for_each_row_of(&terms, &positions[1..], |_| ()).is_none());
        let (longer, _) = PostingsBuilder::default().build(&"one two ".repeat(90));
        assert!(for_each_row_of(&longer, &positions, |_| ()).is_none());
    }
}
