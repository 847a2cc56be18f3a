//! Blocks: the pieces of a document that are stored, hashed and indexed by themselves.
//!
//! A block ends at the first paragraph end after [`LEAST`] bytes whose paragraph has a hash that is
//! a multiple of `RARITY`, and at [`MOST`] bytes at the latest. The cut depends only on the text
//! since the last cut, so after an edit the blocks behind it fall into step again and keep their
//! hashes: this is content-defined chunking (Muthitacharoen, Chen, Mazières, "A low-bandwidth
//! network file system", SOSP 2001) with paragraphs for the rolling window.
//! A paragraph longer than [`MOST`] is cut inside, at the end of a line or sentence if there is one: at
//! the one behind the words with the smallest hash, which an edit elsewhere does not move either.
//!
//! Blocks of about 55 KiB keep what is held at a time, and what an edit has indexed again, small; the
//! words that every block's dictionary repeats cost about a tenth of the text more than in blocks of
//! half a megabyte.

use super::paragraphs::paragraph_end;
use crate::fnv::fnv1a;

/// A block holds at least this many bytes, unless the document ends.
pub const LEAST: usize = 48 << 10;
/// A block holds at most this many bytes.
pub const MOST: usize = 96 << 10;
/// Text beyond [`MOST`] to have at hand before a paragraph counts as too long for a block.
const SPARE: usize = 32 << 10;
/// Bytes before a cut inside a paragraph that decide whether it is made.
const TELLING: usize = 48;
/// One paragraph in this many may end a block.
const RARITY: u64 = 16;

/// Cuts a stream of text into blocks.
#[derive(Debug, Default)]
pub struct BlockCutter {
    pending: String,
    /// Start of the first paragraph of `pending` that was not looked at yet.
    scanned: usize,
    /// How far the search for the end of that paragraph went, so that it is not repeated.
    looked: usize,
}

impl BlockCutter {
    /// A cutter with room for one block and the text that completes it.
    pub fn new() -> Self {
        Self { pending: String::with_capacity(MOST + LEAST), ..Self::default() }
    }

    /// Adds text behind what is there.
    pub fn push(&mut self, text: &str) {
        self.pending.push_str(text);
    }

    /// The next complete block, if there is one. With `complete`, the text has ended.
    pub fn next_block(&mut self, complete: bool) -> Option<String> {
        loop {
            // A paragraph end is searched again only after a good deal of new text has come, which
            // keeps the whole linear even where a paragraph is very long.
            let full = self.pending.len() >= MOST + SPARE;
            let worth = complete || full || self.pending.len() >= self.looked + 4_096;
            let end = if worth {
                self.looked = self.pending.len();
                paragraph_end(&self.pending, self.scanned, complete)
            } else {
                None
            };
            let Some(end) = end else {
                if full {
                    let cut = self.cut_full();
                    return Some(self.take(cut));
                }
                let rest = complete && !self.pending.is_empty();
                return rest.then(|| self.take(self.pending.len()));
            };
            self.looked = 0;
            if end > MOST {
                let cut = self.cut_full();
                return Some(self.take(cut));
            }
            let paragraph = &self.pending.as_bytes()[self.scanned..end];
            self.scanned = end;
            if end >= LEAST && fingerprint(paragraph).is_multiple_of(RARITY) {
                return Some(self.take(end));
            }
        }
    }

    /// Where to cut when the paragraph at `scanned` does not end within [`MOST`] bytes.
    fn cut_full(&self) -> usize {
        if self.scanned > 0 { self.scanned } else { cut_inside(&self.pending) }
    }

    fn take(&mut self, end: usize) -> String {
        let block = self.pending[..end].to_owned();
        self.pending.drain(..end);
        (self.scanned, self.looked) = (0, 0);
        block
    }
}

/// Enough to pick one paragraph in [`RARITY`].
fn fingerprint(bytes: &[u8]) -> u64 {
    let hash = fnv1a(bytes);
    // The low bits of FNV mix poorly; fold the high ones in.
    hash ^ (hash >> 32)
}

/// Where to cut inside a paragraph that fills a block: behind the line or sentence whose last bytes
/// have the smallest hash, else behind the last blank, else at the last character boundary.
fn cut_inside(text: &str) -> usize {
    let mut limit = MOST.min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let mut floor = limit / 3;
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let bytes = text.as_bytes();
    let stops = text[floor..limit].char_indices().filter_map(|(offset, c)| {
        let end = floor + offset + c.len_utf8();
        let stops = match c {
            '\n' | '。' | '！' | '？' => true,
            ' ' => matches!(bytes[end - 2], b'.' | b'!' | b'?'),
            _ => false,
        };
        stops.then_some(end)
    });
    let before = |end: usize| fingerprint(&bytes[end.saturating_sub(TELLING)..end]);
    let blank = || text[floor..limit].rfind([' ', '\n']).map(|at| floor + at + 1);
    stops.min_by_key(|end| before(*end)).or_else(blank).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, piece: usize) -> Vec<String> {
        let mut cutter = BlockCutter::new();
        let mut blocks = Vec::new();
        let mut from = 0;
        while from < text.len() {
            let mut end = (from + piece).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            cutter.push(&text[from..end]);
            while let Some(block) = cutter.next_block(false) {
                blocks.push(block);
            }
            from = end;
        }
        while let Some(block) = cutter.next_block(true) {
            blocks.push(block);
        }
        blocks
    }

    fn paragraphs(count: usize) -> String {
        (0..count)
            .map(|n| format!("Paragraph {n} says {}. And it ends here, é!\n\n", n * n * 7919))
            .collect()
    }

    #[test]
    fn blocks_tile_and_do_not_depend_on_the_pieces() {
        let text = paragraphs(40_000);
        let blocks = cut(&text, 10_000);
        assert_eq!(blocks.concat(), text);
        assert!(blocks.len() >= 3, "{} blocks", blocks.len());
        assert!(blocks.iter().all(|block| block.len() <= MOST));
        assert_eq!(blocks, cut(&text, 65_536));
    }

    #[test]
    fn an_edit_changes_only_the_blocks_around_it() {
        let text = paragraphs(60_000);
        let before = cut(&text, 65_536);
        let mut edited = text.clone();
        edited.insert_str(edited.find("Paragraph 20000").unwrap(), "A new sentence. ");
        let after = cut(&edited, 65_536);
        let kept = after.iter().filter(|block| before.contains(block)).count();
        assert!(
            after.len() - kept <= 2,
            "{} of {} blocks changed",
            after.len() - kept,
            after.len()
        );
    }

    #[test]
    fn an_edit_in_a_text_without_paragraphs_is_as_local() {
        let text: String =
            (0..40_000_u64).map(|n| format!("{n} wrote {}\n", n * n * 7919)).collect();
        let before = cut(&text, 65_536);
        let after = cut(&text.replacen("\n9 wrote", "\nsomebody wrote", 1), 65_536);
        let kept = after.iter().filter(|block| before.contains(block)).count();
        assert!(kept * 2 > after.len(), "{kept} of {} blocks kept", after.len());
    }

    #[test]
    fn a_paragraph_without_end_is_cut() {
        let text = "word ".repeat(600_000);
        let blocks = cut(&text, 65_536);
        assert_eq!(blocks.concat(), text);
        assert!(blocks.iter().all(|block| block.len() <= MOST && block.ends_with(' ')));
    }
}
