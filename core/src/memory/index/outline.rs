//! The outlines of the blocks of a run: what a search must know of sentences to score them, without the layouts.
//!
//! ```text
//! page      the outlines of the next [`BLOCKS`] blocks
//! outline   per sentence a byte, the number of its words, [`LONG`] for that many and more; then per sentence a bit,
//!           whether a passage begins there
//! ```
//! How many sentences a block has its document says. An outline takes 1.2 % of English prose.

use std::sync::Arc;

use crate::error::Result;
use crate::memory::segment::layout::Layout;
use crate::memory::store::PutPage;

/// Blocks of a page: of these few thousand bytes are read in about the time of one.
pub const BLOCKS: usize = 8;
/// The number of words of a sentence that has as many or more.
const LONG: u8 = u8::MAX;

/// Pages with the outlines of a run of so many blocks.
pub fn n_pages(n_blocks: usize) -> usize {
    n_blocks.div_ceil(BLOCKS)
}

/// Puts the outlines of a run, from page `first_page` on. `layout` answers the layout of block `at`.
///
/// # Errors
/// What `layout` and `put` answer.
pub fn build(
    n_blocks: usize,
    mut layout: impl FnMut(usize) -> Result<Layout>,
    first_page: u32,
    put: &mut PutPage,
) -> Result<()> {
    let mut page = Vec::new();
    for (number, first) in (first_page..).zip((0..n_blocks).step_by(BLOCKS)) {
        page.clear();
        for block in first..(first + BLOCKS).min(n_blocks) {
            encode(&layout(block)?, &mut page);
        }
        put(number, &page)?;
    }
    Ok(())
}

fn encode(layout: &Layout, out: &mut Vec<u8>) {
    let n_sentences = layout.sentences.len();
    let words = |at: usize| layout.words_in(at..at + 1).min(u32::from(LONG)) as u8;
    out.extend((0..n_sentences).map(words));
    let start = out.len();
    out.resize(start + n_sentences.div_ceil(8), 0);
    for first in &layout.passages {
        if let Some(byte) = out.get_mut(start + *first as usize / 8) {
            *byte |= 1 << (first % 8);
        }
    }
}

/// What a search must know of the sentences of a block.
#[derive(Debug)]
pub enum Outline {
    /// On a page: where the numbers of words begin, and the number of sentences.
    Paged(Arc<Vec<u8>>, usize, usize),
    /// Of a block with a sentence of so many words that the page does not tell how many.
    Laid(Arc<Layout>),
}

impl Outline {
    /// The outline of block `at` of a page, whose blocks have so many sentences; `None` if the page is damaged.
    pub fn read(
        page: Arc<Vec<u8>>,
        at: usize,
        n_sentences: impl Fn(usize) -> usize,
    ) -> Option<Self> {
        let start: usize = (0..at).map(|at| n_sentences(at) + n_sentences(at).div_ceil(8)).sum();
        let n = n_sentences(at);
        let end = start + n + n.div_ceil(8);
        let is_over = |byte: &u8| !n.is_multiple_of(8) && byte >> (n % 8) != 0;
        let fits = end <= page.len() && !page[start + n..end].last().is_some_and(is_over);
        fits.then_some(Self::Paged(page, start, n))
    }

    /// Whether a sentence has so many words that the page does not tell how many.
    pub fn is_vague(&self) -> bool {
        match self {
            Self::Paged(page, start, n) => page[*start..start + n].contains(&LONG),
            Self::Laid(_) => false,
        }
    }

    /// The passage that holds sentence `sentence`: its first sentence and one past its last.
    pub fn passage_of(&self, sentence: u32) -> (u32, u32) {
        match self {
            Self::Paged(page, start, n) => {
                let firsts = &page[start + n..];
                let first = last_up_to(firsts, sentence).unwrap_or(0);
                let next = first_from(firsts, sentence + 1).unwrap_or(*n as u32).min(*n as u32);
                (first, next.max(sentence + 1))
            }
            Self::Laid(layout) => {
                let passage = layout.passage(layout.passage_of(sentence as usize));
                (passage.start as u32, passage.end as u32)
            }
        }
    }

    /// Number of words of the sentences from `first` to `end`.
    pub fn words_in(&self, first: u32, end: u32) -> u32 {
        let range = first as usize..end as usize;
        match self {
            Self::Paged(page, start, n) => {
                let words = page[*start..start + n].get(range).unwrap_or_default();
                words.iter().map(|words| u32::from(*words)).sum()
            }
            Self::Laid(layout) => layout.words_in(range),
        }
    }
}

/// The last bit that is set in `bits` up to number `at`.
fn last_up_to(bits: &[u8], at: u32) -> Option<u32> {
    let (byte, bit) = (at / 8, at % 8);
    let own = bits.get(byte as usize)? & (u8::MAX >> (7 - bit));
    let before = (0..byte).rev().map(|byte| (bits[byte as usize], byte));
    let mut all = std::iter::once((own, byte)).chain(before);
    all.find_map(|(bits, byte)| Some(byte * 8 + bits.checked_ilog2()?))
}

/// The first bit that is set in `bits` from number `at` on.
fn first_from(bits: &[u8], at: u32) -> Option<u32> {
    let (byte, bit) = (at / 8, at % 8);
    let own = bits.get(byte as usize)? & (u8::MAX << bit);
    let behind = bits[byte as usize + 1..].iter().zip(byte + 1..);
    let mut all = std::iter::once((own, byte)).chain(behind.map(|(bits, byte)| (*bits, byte)));
    all.find_map(|(bits, byte)| (bits != 0).then(|| byte * 8 + bits.trailing_zeros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layouts() -> Vec<Layout> {
        let text = |n: usize| {
            let long = "word ".repeat(if n.is_multiple_of(3) { 300 } else { 70 });
            format!(
                "# Part {n}\n\n{}\n\nA reef. A gull saw the {long} there.\n\nIt flew.",
                long.repeat(n)
            )
        };
        (0..19).map(|n| Layout::of(&text(n))).collect()
    }

    #[test]
    fn outlines_tell_what_layouts_do() {
        let layouts = layouts();
        let mut pages = Vec::new();
        build(layouts.len(), |at| Ok(layouts[at].clone()), 5, &mut |number, page| {
            assert_eq!(number as usize, 5 + pages.len());
            pages.push(page.to_vec());
            Ok(())
        })
        .unwrap();
        assert_eq!(pages.len(), n_pages(layouts.len()));
        for (at, layout) in layouts.iter().enumerate() {
            let first = at - at % BLOCKS;
            let n_sentences = |block: usize| layouts[first + block].sentences.len();
            let page = Arc::new(pages[at / BLOCKS].clone());
            let read = Outline::read(Arc::clone(&page), at % BLOCKS, n_sentences).unwrap();
            let whole = Outline::Laid(Arc::new(layout.clone()));
            let mut is_long = false;
            for sentence in 0..layout.sentences.len() {
                let passage = layout.passage(layout.passage_of(sentence));
                let range = (passage.start as u32, passage.end as u32);
                assert_eq!(read.passage_of(sentence as u32), range);
                assert_eq!(whole.passage_of(sentence as u32), range);
                let words = layout.words_in(sentence..sentence + 1);
                let told = read.words_in(sentence as u32, sentence as u32 + 1);
                assert_eq!(told, words.min(u32::from(LONG)));
                is_long |= words >= u32::from(LONG);
                assert_eq!(whole.words_in(range.0, range.1), layout.words_in(passage));
            }
            assert_eq!(read.is_vague(), is_long);
            let cut = Arc::new(page[..page.len().min(2)].to_vec());
            assert!(Outline::read(cut, at % BLOCKS, n_sentences).is_none());
        }
    }
}
