//! Where patterns stand in one block, by its dictionary and its positions: word by word, pattern by pattern, or sentence by
//! sentence.

use std::sync::Arc;

use super::corpus::Corpus;
use super::directory::NO_DICTIONARY;
use super::patterns::{Matches, Wanted};
use crate::error::Result;
use crate::memory::segment::layout::Layout;

/// The entries of a block's dictionary that patterns match.
pub(super) fn find(corpus: &Corpus, block: u32, wanted: &mut Wanted) -> Result<Matches> {
    Matches::find(wanted, &corpus.index(block)?.terms)
        .ok_or_else(|| corpus.damaged(block, NO_DICTIONARY))
}

/// Fills `held` with every occurrence of the patterns in a block, the number of the word and the index of
/// the pattern, by pattern; the block's layout, or `None` if nothing occurs.
pub(super) fn occurrences_in(
    corpus: &Corpus,
    block: u32,
    wanted: &mut Wanted,
    held: &mut Vec<(u32, u32)>,
) -> Result<Option<Arc<Layout>>> {
    held.clear();
    let matches = find(corpus, block, wanted)?;
    if !matches.any() {
        return Ok(None);
    }
    let index = corpus.index(block)?;
    for pattern in 0..wanted.patterns().len() {
        let list = matches
            .positions(pattern, &index.positions)
            .ok_or_else(|| corpus.damaged(block, "a position list is cut short"))?;
        held.extend(list.iter().map(|word| (*word, pattern as u32)));
    }
    Ok(Some(corpus.layout(block)?))
}

/// Calls `visit` with the block's layout, every pattern that occurs in the block, and the words where it
/// begins, in order; answers the layout, or `None` if nothing occurs.
pub(super) fn lists_in(
    corpus: &Corpus,
    block: u32,
    wanted: &mut Wanted,
    mut visit: impl FnMut(&Layout, usize, &[u32]),
) -> Result<Option<Arc<Layout>>> {
    let matches = find(corpus, block, wanted)?;
    let mut layout = None;
    for pattern in 0..wanted.patterns().len() {
        if matches.bound(pattern) == 0 {
            continue;
        }
        let list = matches
            .positions(pattern, &corpus.index(block)?.positions)
            .ok_or_else(|| corpus.damaged(block, "a position list is cut short"))?;
        if !list.is_empty() {
            let layout = match &layout {
                Some(layout) => layout,
                None => layout.insert(corpus.layout(block)?),
            };
            visit(layout, pattern, &list);
        }
    }
    Ok(layout)
}

/// Fills `masks` with a bit for every pattern in every sentence of a block; its layout, or `None` and nothing.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn masks_in(
    corpus: &Corpus,
    block: u32,
    wanted: &mut Wanted,
    masks: &mut Vec<u64>,
) -> Result<Option<Arc<Layout>>> {
    masks.clear();
    lists_in(corpus, block, wanted, |layout, pattern, list| {
        masks.resize(layout.sentences.len(), 0_u64);
        list.iter().fold(0, |from, word| {
            let at = layout.sentence_of_word_from(from, *word);
            masks[at] |= 1 << pattern;
            at
        });
    })
}
