//! A few passages of a block with their text: a sentence is read with its passage and not with its block.
//!
//! Each passage is compared with what its layout says of it, as a block is with what its document says.

use std::ops::Range;
use std::sync::Arc;

use super::corpus::{Corpus, SentenceId, utf8};
use super::hits::Passage;
use crate::error::Result;
use crate::memory::segment::layout::Layout;

/// Passages of a block, one behind the other.
#[derive(Debug)]
pub struct Excerpt {
    /// The sentences and passages of the block.
    pub layout: Arc<Layout>,
    text: String,
    /// Where they begin, in bytes of the block.
    start: usize,
}

impl Excerpt {
    /// Text of the sentences `range`, which are some of those asked for, with the blank space between and behind them.
    pub fn sentences(&self, range: Range<usize>) -> &str {
        let all = &self.layout.sentences;
        match (all.get(range.start), range.end.min(all.len()).checked_sub(1)) {
            (Some(first), Some(last)) if last >= range.start => {
                let at = |byte: u32| (byte as usize).wrapping_sub(self.start);
                self.text.get(at(first.start)..at(all[last].end)).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// Characters of the block before byte `byte`, which is one of these passages.
    pub fn chars_before(&self, byte: usize) -> usize {
        let before = self.text.get(..byte.wrapping_sub(self.start)).unwrap_or_default();
        self.first_char() + before.chars().count()
    }

    /// The characters from number `from` of the block on, as far as they are in these passages.
    pub fn chars(&self, from: usize) -> impl Iterator<Item = char> {
        self.text.chars().skip(from.wrapping_sub(self.first_char()))
    }

    /// Characters of the block before these passages.
    fn first_char(&self) -> usize {
        let passage = self.layout.passage_of(self.layout.sentence_at(self.start));
        self.layout.texts.get(passage).map_or(0, |text| text.first_char as usize)
    }
}

impl Corpus<'_> {
    /// The passages of block `block` that hold the sentences `sentences`, as far as there are such.
    ///
    /// # Errors
    /// If the store cannot be read or a passage is damaged.
    pub fn excerpt(&self, block: u32, sentences: Range<usize>) -> Result<Excerpt> {
        let layout = self.layout(block)?;
        let end = sentences.end.min(layout.sentences.len());
        if sentences.start >= end {
            return Ok(Excerpt { layout, text: String::new(), start: 0 });
        }
        let passages = layout.passage_of(sentences.start)..layout.passage_of(end - 1) + 1;
        let hash = self.contents.blocks[block as usize].block.hash;
        let held = |passage| self.recents.passages.get((hash, passage as u32));
        let mut texts: Vec<Option<Arc<String>>> = passages.clone().map(held).collect();
        // Those that are not held are mostly all, and read at once.
        let missing = |text: &Option<Arc<String>>| text.is_none();
        if let (Some(first), Some(last)) =
            (texts.iter().position(missing), texts.iter().rposition(missing))
        {
            let (from, to) = (passages.start + first, passages.start + last);
            let start = layout.bytes_of(from).start;
            let stored = self.store.text(hash, start..layout.bytes_of(to).end)?;
            for (at, text) in
                (from..=to).zip(&mut texts[first..=last]).filter(|(_, text)| text.is_none())
            {
                let bytes = layout.bytes_of(at);
                let bytes =
                    stored.get((bytes.start - start) as usize..(bytes.end - start) as usize);
                let checked = checked(&layout, at, bytes.unwrap_or_default());
                let checked = checked.map_err(|problem| self.damaged(block, problem))?;
                *text = Some(self.recents.passages.keep((hash, at as u32), checked));
            }
        }
        let text = texts.iter().flatten().map(|text| text.as_str()).collect();
        Ok(Excerpt { text, start: layout.bytes_of(passages.start).start as usize, layout })
    }

    /// The passage of a sentence.
    ///
    /// # Errors
    /// If the store cannot be read or the layout is damaged.
    pub fn passage_of(&self, id: SentenceId) -> Result<Passage> {
        Ok(Passage::around(id.block, &*self.layout(id.block)?, id.sentence))
    }

    /// The text of one sentence, without the blank space around it.
    ///
    /// # Errors
    /// If the store cannot be read or the passage is damaged.
    pub fn sentence(&self, id: SentenceId) -> Result<String> {
        let at = id.sentence as usize;
        let excerpt = self.excerpt(id.block, at..at + 1)?;
        Ok(excerpt.sentences(at..at + 1).trim().to_owned())
    }
}

/// The text of passage `passage` as it is stored, compared with its layout; what is wrong where it differs.
fn checked(
    layout: &Layout,
    passage: usize,
    stored: &[u8],
) -> std::result::Result<String, &'static str> {
    // What is quoted must be what was read, so a changed bit may not pass.
    if crc32fast::hash(stored) != layout.texts[passage].checksum {
        return Err("a passage is not what was put there");
    }
    let text = utf8(stored.to_vec()).ok_or("the text is not UTF-8")?;
    let start = layout.bytes_of(passage).start;
    let sentences = &layout.sentences[layout.passage(passage)];
    if !sentences.iter().all(|s| text.is_char_boundary((s.start - start) as usize)) {
        return Err("a sentence begins inside a character");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use crate::memory::{Library, Source};

    #[test]
    fn excerpts_tell_what_blocks_do() {
        let text: String = (0..9_000)
            .map(|n| format!("Keeper {n} said: “It is é {}.” He went. \n\n", n * 31))
            .collect();
        let mut library = Library::in_memory();
        library.open_document(&Source::text("book", text)).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        for block in 0..corpus.contents.blocks.len() as u32 {
            let whole = corpus.block(block).unwrap();
            let n = whole.layout.sentences.len();
            for first in (0..n + 9).step_by(7) {
                for end in [first, first + 1, first + 40, n] {
                    let excerpt = corpus.excerpt(block, first..end).unwrap();
                    assert_eq!(excerpt.sentences(first..end), whole.sentences(first..end));
                    if first < end.min(n) {
                        let byte = whole.layout.sentences[first].start as usize;
                        let before = whole.text[..byte].chars().count();
                        assert_eq!(excerpt.chars_before(byte), before);
                    }
                }
            }
        }
    }
}
