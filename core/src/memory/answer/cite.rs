//! Citations: from sentences to quotes with offsets, each read back and compared before it leaves.

use super::Citation;
use crate::error::Result;
use crate::memory::index::corpus::{Corpus, SentenceId};

/// The citation of `count` sentences from `first` on; `None` if they hold only blank space.
///
/// The quote is found again by its character offsets, counted from the start of its passage the way an app would, and has
/// to be the same bytes.
///
/// # Errors
/// If the store cannot be read, is damaged, or the quote does not stand at its offsets.
pub fn cite(corpus: &Corpus, first: SentenceId, count: u32) -> Result<Option<Citation>> {
    let range = first.sentence as usize..(first.sentence + count.max(1)) as usize;
    let excerpt = corpus.excerpt(first.block, range.clone())?;
    let text = excerpt.sentences(range.clone());
    let quote = text.trim();
    if quote.is_empty() {
        return Ok(None);
    }
    let sentence = excerpt.layout.sentences[range.start];
    let byte = sentence.start as usize + (text.len() - text.trim_start().len());
    let place = &corpus.contents.blocks[first.block as usize];
    let start = place.first_char + excerpt.chars_before(byte) as u64;
    let end = start + quote.chars().count() as u64;
    let found = excerpt.chars((start - place.first_char) as usize).take((end - start) as usize);
    if !found.eq(quote.chars()) {
        return Err(corpus.damaged(first.block, "a quote does not stand at its offsets"));
    }
    let document = &corpus.contents.documents[place.document];
    Ok(Some(Citation {
        document: document.name.clone(),
        page: document.page_at(start),
        section: document.section_path(start).into_iter().map(str::to_owned).collect(),
        start,
        end,
        quote: quote.to_owned(),
    }))
}
