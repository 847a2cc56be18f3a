//! The layout of a block: where its sentences and passages lie.
//!
//! Stored as LEB128 numbers: sentence count; per sentence its length in bytes times four plus two
//! flags (opens a paragraph, is a heading) and its length in words; passage count; per passage its
//! length in sentences, how many bytes more than characters it has, and the CRC-32 of its text in four bytes, by which it
//! is read and proved without the rest of the block. About 4 bytes a sentence. Offsets are bytes of the block's text.

use std::ops::Range;

use super::{paragraphs, sentences, words};
use crate::memory::store::varint::{Reader, put};

/// A passage is closed at a paragraph end from this many tokens on.
pub const PASSAGE_LEAST: usize = 200;
/// A passage is closed before the sentence that would bring it over this many tokens.
pub const PASSAGE_MOST: usize = 300;
/// A window is closed before the passage that would bring it over this many tokens.
pub const WINDOW_MOST: usize = 1_200;
/// Sentences of the window before that a window repeats.
pub const WINDOW_OVERLAP: usize = 2;
/// Sentences that are looked at one by one before the others are searched by halves.
const NEAR: usize = 8;

/// One sentence of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// First byte in the block.
    pub start: u32,
    /// One past the last byte, the blank space behind the sentence included.
    pub end: u32,
    /// Number of words of the block before this sentence.
    pub first_word: u32,
    /// Whether a paragraph begins here.
    pub opens_paragraph: bool,
    /// Whether this is a heading line.
    pub heading: bool,
}

/// What is known of the text of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassageText {
    /// Number of characters of the block before it.
    pub first_char: u32,
    /// CRC-32 of its text.
    pub checksum: u32,
}

/// Sentences and passages of one block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// All sentences in order; they tile the block.
    pub sentences: Vec<Sentence>,
    /// Index of the first sentence of every passage; the passages tile the sentences.
    pub passages: Vec<u32>,
    /// What is known of the text of every passage.
    pub texts: Vec<PassageText>,
    /// Number of words of the block.
    pub words: u32,
    /// Number of characters of the block.
    pub chars: u32,
}

impl Layout {
    /// Cuts `text` into sentences and passages.
    pub fn of(text: &str) -> Self {
        let mut layout = Self::default();
        let (mut from, mut ends, mut tokens, mut word) = (0, Vec::new(), 0, 0);
        // Words are those of the block, as the index counts them: a cut inside of one makes no second.
        let mut block_words = words::words(text).peekable();
        while let Some(paragraph_end) = paragraphs::paragraph_end(text, from, true) {
            let paragraph = &text[from..paragraph_end];
            let heading = is_heading(paragraph);
            ends.clear();
            sentences::sentence_ends(paragraph, &mut ends);
            let mut start = from;
            for (ordinal, end) in ends.iter().enumerate() {
                let end = from + end;
                let sentence = &text[start..end];
                let size = words::approximate_tokens(sentence);
                let full = tokens + size > PASSAGE_MOST
                    || (ordinal == 0 && tokens >= PASSAGE_LEAST)
                    || (heading && tokens >= PASSAGE_LEAST / 4);
                if layout.passages.is_empty() || (full && tokens > 0) {
                    layout.passages.push(layout.sentences.len() as u32);
                    tokens = 0;
                }
                tokens += size;
                layout.sentences.push(Sentence {
                    start: start as u32,
                    end: end as u32,
                    first_word: word,
                    opens_paragraph: ordinal == 0,
                    heading,
                });
                while block_words.next_if(|word| word.start < end).is_some() {
                    word += 1;
                }
                start = end;
            }
            from = paragraph_end;
        }
        layout.words = word;
        for passage in 0..layout.passages.len() {
            let bytes = layout.bytes_of(passage);
            let passage = &text[bytes.start as usize..bytes.end as usize];
            let checksum = crc32fast::hash(passage.as_bytes());
            layout.texts.push(PassageText { first_char: layout.chars, checksum });
            layout.chars += passage.chars().count() as u32;
        }
        layout
    }

    /// Where the text of passage `passage` lies, in bytes.
    pub fn bytes_of(&self, passage: usize) -> Range<u32> {
        let start = |passage: usize| {
            let first = self.passages.get(passage)?;
            Some(self.sentences.get(*first as usize)?.start)
        };
        let end = || self.sentences.last().map_or(0, |last| last.end);
        start(passage).unwrap_or_else(end)..start(passage + 1).unwrap_or_else(end)
    }

    /// Sentences of passage `passage`.
    pub fn passage(&self, passage: usize) -> Range<usize> {
        let start = self.passages[passage] as usize;
        let end =
            self.passages.get(passage + 1).map_or(self.sentences.len(), |next| *next as usize);
        start..end
    }

    /// The passage that holds sentence `sentence`.
    pub fn passage_of(&self, sentence: usize) -> usize {
        self.passages.partition_point(|first| *first as usize <= sentence).saturating_sub(1)
    }

    /// The sentence that holds the word at position `word`.
    pub fn sentence_of_word(&self, word: u32) -> usize {
        self.sentences.partition_point(|s| s.first_word <= word).saturating_sub(1)
    }

    /// The same where it is known to be none before sentence `from`: looks at the next few first.
    pub fn sentence_of_word_from(&self, from: usize, word: u32) -> usize {
        let rest = self.sentences.get(from + 1..).unwrap_or_default();
        let holds = |s: &Sentence| s.first_word <= word;
        let near = &rest[..rest.len().min(NEAR)];
        match near.iter().position(|s| !holds(s)) {
            Some(behind) => from + behind,
            None => from + near.len() + rest[near.len()..].partition_point(holds),
        }
    }

    /// The ordinals of the words of the sentences `range`.
    pub fn word_range(&self, range: Range<usize>) -> Range<u32> {
        let word_at = |i: usize| self.sentences.get(i).map_or(self.words, |s| s.first_word);
        word_at(range.start)..word_at(range.end)
    }

    /// The sentence that holds byte `byte`.
    pub fn sentence_at(&self, byte: usize) -> usize {
        self.sentences.partition_point(|s| s.start as usize <= byte).saturating_sub(1)
    }

    /// Number of words of the sentences `range`.
    pub fn words_in(&self, range: Range<usize>) -> u32 {
        let words = self.word_range(range);
        words.end - words.start
    }

    /// Sentence ranges of the windows of the block, which depend on nothing but the block, so that
    /// the cache of a window read once can serve every later question.
    pub fn windows(&self, text: &str) -> Vec<Range<usize>> {
        let mut windows: Vec<Range<usize>> = Vec::new();
        let mut tokens = 0;
        for passage in 0..self.passages.len() {
            let range = self.passage(passage);
            let (first, last) = (self.sentences[range.start], self.sentences[range.end - 1]);
            let size = words::approximate_tokens(&text[first.start as usize..last.end as usize]);
            match windows.last_mut() {
                Some(window) if tokens + size <= WINDOW_MOST => window.end = range.end,
                Some(_) => {
                    windows.push(range.start.saturating_sub(WINDOW_OVERLAP)..range.end);
                    tokens = 0;
                }
                None => windows.push(range),
            }
            tokens += size;
        }
        windows
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.sentences.len() * 4);
        put(&mut out, self.sentences.len() as u64);
        for (index, sentence) in self.sentences.iter().enumerate() {
            let flags = u64::from(sentence.opens_paragraph) | u64::from(sentence.heading) << 1;
            put(&mut out, u64::from(sentence.end - sentence.start) << 2 | flags);
            put(&mut out, u64::from(self.words_in(index..index + 1)));
        }
        put(&mut out, self.passages.len() as u64);
        for passage in 0..self.passages.len() {
            put(&mut out, self.passage(passage).len() as u64);
            let end_char = self.texts.get(passage + 1).map_or(self.chars, |next| next.first_char);
            let (bytes, text) = (self.bytes_of(passage), self.texts[passage]);
            put(&mut out, u64::from(bytes.end - bytes.start - (end_char - text.first_char)));
            out.extend_from_slice(&text.checksum.to_le_bytes());
        }
        out
    }

    /// Reads the stored form; `None` if it is damaged or does not fit a text of `text_bytes`.
    pub fn decode(bytes: &[u8], text_bytes: usize) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut layout = Self::default();
        let count = reader.count(bytes.len())?;
        layout.sentences.reserve_exact(count);
        let (mut start, mut word) = (0_u32, 0_u32);
        for _ in 0..count {
            let packed = reader.number()?;
            let end = start.checked_add(u32::try_from(packed >> 2).ok()?)?;
            layout.sentences.push(Sentence {
                start,
                end,
                first_word: word,
                opens_paragraph: packed & 1 != 0,
                heading: packed & 2 != 0,
            });
            word = word.checked_add(u32::try_from(reader.number()?).ok()?)?;
            start = end;
        }
        layout.words = word;
        let passages = reader.count(bytes.len())?;
        let mut first = 0_u64;
        for _ in 0..passages {
            layout.passages.push(u32::try_from(first).ok()?);
            let begin = layout.sentences.get(usize::try_from(first).ok()?)?.start;
            first = first.checked_add(reader.number()?)?;
            let last = layout.sentences.get(usize::try_from(first).ok()?.checked_sub(1)?)?;
            let more = u32::try_from(reader.number()?).ok()?;
            let checksum = u32::from_le_bytes(reader.bytes(4)?.try_into().ok()?);
            layout.texts.push(PassageText { first_char: layout.chars, checksum });
            let chars = last.end.checked_sub(begin)?.checked_sub(more)?;
            layout.chars = layout.chars.checked_add(chars)?;
        }
        (start as usize == text_bytes && first == count as u64 && reader.is_at_end())
            .then_some(layout)
    }
}

/// Whether a paragraph is a heading: a Markdown heading line, or one short line without a final
/// stop that is all capitals or opens with a word for a part of a book and its number.
pub fn is_heading(paragraph: &str) -> bool {
    let line = paragraph.trim();
    if paragraphs::heading_level(line).is_some() {
        return true;
    }
    if line.is_empty() || line.len() > 80 || line.contains('\n') {
        return false;
    }
    let mut parts = line.split_whitespace();
    let (first, second) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let opener = words::folded(first.trim_end_matches(['.', ':']));
    let number = second.trim_end_matches(['.', ':']);
    if ["chapter", "part", "book", "section", "volume", "act", "scene", "letter", "appendix"]
        .contains(&opener.as_str())
    {
        let numeral = number.bytes().all(|b| b.is_ascii_digit() || b"IVXLC".contains(&b));
        return numeral || number.chars().next().is_some_and(char::is_uppercase);
    }
    // "DAY 3", "第3天": a word and a number, and nothing else.
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_none()
        && opener.len() >= 3
        && first.chars().all(char::is_uppercase)
        && digits(number)
        && number.len() <= 4
    {
        return true;
    }
    if let Some(behind) = line.strip_prefix('第') {
        let of_number = |c: char| c.is_ascii_digit() || "零一二三四五六七八九十百 ".contains(c);
        let rest = behind.trim_start_matches(of_number);
        let alone = (1..=2).contains(&rest.chars().count()) && rest.len() < behind.len();
        if alone && rest.chars().all(words::is_ideograph) {
            return true;
        }
        return line.chars().take(10).any(|c| matches!(c, '章' | '节' | '回' | '卷' | '部' | '篇'));
    }
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3
        && line.chars().all(|c| !c.is_lowercase() && !words::is_ideograph(c))
        && !line.ends_with(['!', '?', '"', '”', ','])
        && !line.contains(['=', '|', ':'])
        && !line.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose() -> String {
        let sentence = "The quick brown fox jumps over the lazy dog by the river bank. ";
        let mut text = String::from("# One\n\n");
        for paragraph in 0..40 {
            text.push_str(&sentence.repeat(3 + paragraph % 5));
            text.push_str("\n\n");
        }
        text
    }

    #[test]
    fn sentences_passages_and_windows_tile() {
        let text = prose();
        let layout = Layout::of(&text);
        let joined: String =
            layout.sentences.iter().map(|s| &text[s.start as usize..s.end as usize]).collect();
        assert_eq!(joined, text);
        let mut next = 0;
        for passage in 0..layout.passages.len() {
            let range = layout.passage(passage);
            assert_eq!(range.start, next);
            next = range.end;
            let bytes = layout.sentences[range.start].start..layout.sentences[range.end - 1].end;
            let tokens = words::approximate_tokens(&text[bytes.start as usize..bytes.end as usize]);
            assert!(tokens <= PASSAGE_MOST, "{tokens}");
        }
        assert_eq!(next, layout.sentences.len());
        let windows = layout.windows(&text);
        assert_eq!(windows[0].start, 0);
        assert_eq!(windows.last().unwrap().end, layout.sentences.len());
        for pair in windows.windows(2) {
            assert_eq!(pair[1].start, pair[0].end - WINDOW_OVERLAP);
        }
    }

    #[test]
    fn stored_form_round_trips_and_rejects_damage() {
        let text = prose();
        let layout = Layout::of(&text);
        let bytes = layout.encode();
        assert_eq!(Layout::decode(&bytes, text.len()), Some(layout));
        assert_eq!(Layout::decode(&bytes, text.len() + 1), None);
        for cut in 0..bytes.len() {
            assert_eq!(Layout::decode(&bytes[..cut], text.len()), None, "cut at {cut}");
        }
    }

    #[test]
    fn words_find_their_sentence() {
        let text = "One two three. Four five.\n\nSix.";
        let layout = Layout::of(text);
        assert_eq!(layout.words, 6);
        let found: Vec<usize> = (0..6).map(|word| layout.sentence_of_word(word)).collect();
        assert_eq!(found, [0, 0, 0, 1, 1, 2]);
        assert_eq!(layout.sentence_at(16), 1);
        assert_eq!(layout.words_in(1..3), 3);
    }

    #[test]
    fn a_word_that_a_cut_parts_stays_one_word() {
        let long = sentences::LONGEST;
        for text in [
            "a".repeat(5 * long),
            format!("{}12,345 sheep and more.", "go,".repeat(long / 3 - 1)),
            format!("{}\n\nSix.", "1,".repeat(long)),
            "他走了。_then_ he came.".to_owned(),
        ] {
            let layout = Layout::of(&text);
            assert!(layout.sentences.len() > 1);
            assert_eq!(layout.words as usize, words::words(&text).count(), "{text}");
        }
    }

    #[test]
    fn headings_are_told_from_prose() {
        assert!(is_heading("## Results\n\n"));
        assert!(is_heading("CHAPTER IV. The Storm\n\n"));
        assert!(is_heading("A SCANDAL IN BOHEMIA\n\n"));
        assert!(is_heading("第三章 雨夜\n\n"));
        assert!(is_heading("NIGHT 12\n\n"));
        assert!(is_heading("第十二夜\n\n"));
        assert!(!is_heading("第十二夜他们走了很远的路\n"));
        assert!(!is_heading("Night 12 was cold\n"));
        assert!(!is_heading("He went home.\n\n"));
        assert!(!is_heading("VAR X = 12345\n"));
        assert!(!is_heading("HELP!\n"));
    }
}
