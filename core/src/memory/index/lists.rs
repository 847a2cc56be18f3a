//! The lists of a directory: in which blocks of a run a term stands, or in which sentences.
//!
//! ```text
//! by blocks     per block twice the difference of its ordinal in the run, and one more with a count behind it where
//!               the term stands in the block more than once
//! by sentences  per occurrence the difference of the ordinals of its sentence in the run, in bits: its quotient by a
//!               power of two in ones and a zero, and the rest; ones fill the last byte
//! ```
//! The power of two follows the differences before (Rice codes with the adaptation of JPEG-LS: Weinberger, Seroussi,
//! Sapiro, "The LOCO-I lossless image compression algorithm", IEEE Transactions on Image Processing, 2000): a name that a
//! few chapters are full of takes few bits there. Lists by sentences take twice what lists by blocks do, and tell
//! what stands together without a look into the blocks. The most frequent words, which are half of English prose, and
//! ideographs are everywhere: their lists are by blocks, and so are all of a run that lists things or is written in
//! ideographs.

use super::postings;
use crate::memory::segment::words::is_ideograph;
use crate::memory::store::LONGEST_RUN;
use crate::memory::store::varint::{Reader, put};

/// Ones from which on a difference is written as it is, in [`WHOLE_BITS`].
const MOST_ONES: u32 = 24;
const WHOLE_BITS: u32 = 32;
/// What a difference counts at most for those behind it.
const MOST_NOTED: u32 = 1 << 24;

/// The most frequent words of English prose, in byte order: those that seldom say what is asked.
const EVERYWHERE: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "before",
    "but", "by", "can", "could", "did", "do", "down", "for", "from", "had", "has", "have", "he",
    "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "more",
    "much", "must", "my", "no", "not", "of", "on", "only", "or", "other", "our", "out", "over",
    "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there",
    "they", "this", "to", "too", "up", "upon", "us", "very", "was", "we", "were", "what", "when",
    "which", "who", "will", "with", "would", "you", "your",
];

/// Whether the list of a term is by sentences where the run has such lists.
pub fn is_by_sentence(term: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(postings::word_of(term).0) else { return false };
    !word.chars().next().is_none_or(is_ideograph) && EVERYWHERE.binary_search(&word).is_err()
}

/// The list of one term, while a directory is built.
#[derive(Debug, Default)]
pub struct ListBuilder {
    by_sentence: bool,
    /// How often the term stands in the run.
    total: u64,
    /// The ordinal behind that of the last block, or that of the last sentence.
    next: usize,
    bytes: Vec<u8>,
    bits: Bits,
}

impl ListBuilder {
    /// Begins the list of another term, by the sentences of a run of so many, or by blocks.
    pub fn begin(&mut self, by_sentence: Option<u32>) {
        self.by_sentence = by_sentence.is_some();
        (self.total, self.next) = (0, 0);
        self.bytes.clear();
        self.bits =
            Bits { held: 0, n_held: 0, adaptation: Adaptation::of(by_sentence.unwrap_or(0)) };
    }

    /// Adds `count` occurrences in the next block.
    pub fn add_block(&mut self, block: usize, count: u32) {
        let often = count > 1;
        put(&mut self.bytes, ((block - self.next) as u64) << 1 | u64::from(often));
        if often {
            put(&mut self.bytes, u64::from(count));
        }
        self.next = block + 1;
        self.total += u64::from(count);
    }

    /// Adds an occurrence in a sentence that is none before the last.
    pub fn add_sentence(&mut self, sentence: usize) {
        let difference = (sentence - self.next) as u32;
        self.bits.put(difference, &mut self.bytes);
        self.next = sentence;
        self.total += 1;
    }

    /// How often the term stands in the run.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The numbers of the entry and the list, in a run whose lists are by sentences if `sentences`.
    pub fn encode(&mut self, sentences: bool, out: &mut Vec<u8>) {
        if self.total == 1 && self.by_sentence == sentences {
            let only = if self.by_sentence { self.next } else { self.next - 1 };
            put(out, (only as u64) << 1);
            return;
        }
        self.bits.end(&mut self.bytes);
        let mut number = self.bytes.len() as u64;
        if sentences {
            number = number << 1 | u64::from(!self.by_sentence);
        }
        put(out, number << 1 | 1);
        out.extend_from_slice(&self.bytes);
    }

    /// Bytes that the list takes at most.
    pub fn n_bytes(&self) -> usize {
        self.bytes.len() + size_of::<u64>()
    }
}

/// How many of the low bits of a difference are written as they are: what the differences before would have needed.
#[derive(Debug, Clone, Copy)]
struct Adaptation {
    sum: u32,
    n: u32,
}

impl Adaptation {
    /// Before the first difference in a run of so many sentences: most terms are rare.
    fn of(n_sentences: u32) -> Self {
        Self { sum: (n_sentences / 8).min(MOST_NOTED), n: 1 }
    }

    /// Differences after which those before count half.
    const HALVED_AFTER: u32 = 16;

    fn low_bits(self) -> u32 {
        (self.sum / self.n).checked_ilog2().unwrap_or(0)
    }

    fn note(&mut self, difference: u32) {
        self.sum += difference.min(MOST_NOTED);
        self.n += 1;
        if self.n == Self::HALVED_AFTER {
            self.sum /= 2;
            self.n /= 2;
        }
    }
}

impl Default for Adaptation {
    fn default() -> Self {
        Self::of(0)
    }
}

/// Bits that wait for their byte.
#[derive(Debug, Default)]
struct Bits {
    held: u64,
    n_held: u32,
    adaptation: Adaptation,
}

impl Bits {
    fn put(&mut self, difference: u32, out: &mut Vec<u8>) {
        let low = self.adaptation.low_bits();
        self.adaptation.note(difference);
        let ones = difference >> low;
        if ones < MOST_ONES {
            self.add((1 << ones) - 1, ones + 1, out);
            self.add(u64::from(difference) & ((1 << low) - 1), low, out);
        } else {
            self.add((1 << MOST_ONES) - 1, MOST_ONES, out);
            self.add(u64::from(difference), WHOLE_BITS, out);
        }
    }

    fn add(&mut self, bits: u64, n_bits: u32, out: &mut Vec<u8>) {
        self.held |= bits << self.n_held;
        self.n_held += n_bits;
        while self.n_held >= 8 {
            out.push(self.held as u8);
            self.held >>= 8;
            self.n_held -= 8;
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.n_held > 0 {
            out.push(self.held as u8 | u8::MAX << self.n_held);
        }
        (self.held, self.n_held) = (0, 0);
    }
}

/// Where a term stands.
#[derive(Debug, Clone, Copy)]
pub enum List<'a> {
    /// It stands once, in the block of this ordinal in the run.
    InBlock(usize),
    /// By blocks.
    Blocks(&'a [u8]),
    /// It stands once, in the sentence of this ordinal in a run of so many.
    InSentence(u32, u32),
    /// By the sentences of a run of so many.
    Sentences(&'a [u8], u32),
}

impl<'a> List<'a> {
    /// What stands behind the term of an entry, in a run whose lists are by sentences, which has so many, or by blocks;
    /// `None` if it is damaged.
    pub fn read(reader: &mut Reader<'a>, sentences: Option<u32>) -> Option<Self> {
        let number = usize::try_from(reader.number()?).ok()?;
        let is_once = number & 1 == 0;
        Some(match sentences {
            None if is_once => Self::InBlock(number >> 1),
            None => Self::Blocks(reader.bytes(number >> 1)?),
            Some(n) if is_once => Self::InSentence(u32::try_from(number >> 1).ok()?, n),
            Some(_) if number & 2 == 2 => Self::Blocks(reader.bytes(number >> 2)?),
            Some(n) => Self::Sentences(reader.bytes(number >> 2)?, n),
        })
    }

    /// How often the term stands in the run; `None` if the list is damaged.
    pub fn total(&self) -> Option<u64> {
        let mut total = 0_u64;
        if self.is_by_sentence() {
            self.for_each_sentence(|_| total += 1)?;
        } else {
            self.for_each_block(|_, count| total = total.saturating_add(u64::from(count)))?;
        }
        Some(total)
    }

    /// Where the term stands first: the ordinal of a block, or of a sentence in a list by sentences. What follows is not
    /// read; `None` if the list is damaged before.
    pub fn first(&self) -> Option<usize> {
        match self {
            Self::InBlock(block) => Some(*block).filter(|block| *block < LONGEST_RUN),
            Self::Blocks(bytes) => {
                let block = Reader::new(bytes).count(2 * LONGEST_RUN)? >> 1;
                Some(block).filter(|block| *block < LONGEST_RUN)
            }
            Self::InSentence(sentence, n) => (sentence < n).then_some(*sentence as usize),
            Self::Sentences(bytes, n) => {
                let mut bits = BitReader { bytes, held: 0, n_held: 0 };
                let sentence = bits.difference(Adaptation::of(*n).low_bits())?;
                (sentence < *n).then_some(sentence as usize)
            }
        }
    }

    /// Whether it is by sentences.
    pub fn is_by_sentence(&self) -> bool {
        matches!(self, Self::InSentence(..) | Self::Sentences(..))
    }

    /// Calls `visit` with the ordinal in the run of every block of a list by blocks and how often the term stands there,
    /// in order; `None` if the list is damaged.
    pub fn for_each_block(&self, mut visit: impl FnMut(usize, u32)) -> Option<()> {
        let bytes = match self {
            Self::InBlock(block) => {
                visit((*block < LONGEST_RUN).then_some(*block)?, 1);
                return Some(());
            }
            Self::Blocks(bytes) => bytes,
            _ => return None,
        };
        let mut reader = Reader::new(bytes);
        let mut next = 0;
        while !reader.is_at_end() {
            let head = reader.count(2 * LONGEST_RUN)?;
            let block = (head >> 1) + next;
            if block >= LONGEST_RUN {
                return None;
            }
            let count = if head & 1 == 1 { u32::try_from(reader.number()?).ok()? } else { 1 };
            visit(block, count);
            next = block + 1;
        }
        Some(())
    }

    /// Calls `visit` with the ordinal in the run of the sentence of every occurrence of a list by sentences, in order;
    /// `None` if the list is damaged.
    pub fn for_each_sentence(&self, mut visit: impl FnMut(u32)) -> Option<()> {
        let (bytes, n_sentences) = match self {
            Self::InSentence(sentence, n_sentences) => {
                visit((sentence < n_sentences).then_some(*sentence)?);
                return Some(());
            }
            Self::Sentences(bytes, n_sentences) => (*bytes, *n_sentences),
            _ => return None,
        };
        let mut bits = BitReader { bytes, held: 0, n_held: 0 };
        let mut adaptation = Adaptation::of(n_sentences);
        let mut sentence = 0_u32;
        while !bits.is_at_end() {
            let difference = bits.difference(adaptation.low_bits())?;
            adaptation.note(difference);
            sentence = sentence.checked_add(difference).filter(|at| *at < n_sentences)?;
            visit(sentence);
        }
        Some(())
    }
}

/// Reads what [`Bits`] wrote.
struct BitReader<'a> {
    bytes: &'a [u8],
    held: u64,
    n_held: u32,
}

impl BitReader<'_> {
    /// Holds more than 56 bits, or all that are left.
    #[inline]
    fn fill(&mut self) {
        if let Some((eight, _)) = self.bytes.split_first_chunk::<8>() {
            self.held |= u64::from_le_bytes(*eight) << self.n_held;
            let n_bytes = (63 - self.n_held) / 8;
            self.bytes = &self.bytes[n_bytes as usize..];
            self.n_held += 8 * n_bytes;
            return;
        }
        while self.n_held <= 56
            && let Some((byte, rest)) = self.bytes.split_first()
        {
            self.held |= u64::from(*byte) << self.n_held;
            self.n_held += 8;
            self.bytes = rest;
        }
    }

    #[inline]
    fn difference(&mut self, low: u32) -> Option<u32> {
        self.fill();
        let ones = self.held.trailing_ones().min(MOST_ONES);
        if ones == MOST_ONES {
            self.take(MOST_ONES)?;
            self.fill();
            return Some(self.take(WHOLE_BITS)? as u32);
        }
        self.take(ones + 1)?;
        Some(ones << low | self.take(low)? as u32)
    }

    #[inline]
    fn take(&mut self, n_bits: u32) -> Option<u64> {
        self.n_held = self.n_held.checked_sub(n_bits)?;
        let bits = self.held & ((1 << n_bits) - 1);
        self.held >>= n_bits;
        Some(bits)
    }

    /// Whether nothing is left but what fills the last byte.
    #[inline]
    fn is_at_end(&self) -> bool {
        self.bytes.is_empty() && self.n_held < 8 && self.held == (1 << self.n_held) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encoded list of a term that stands in these sentences of a run of so many.
    fn encoded(sentences: &[u32], n_sentences: u32) -> Vec<u8> {
        let (mut list, mut out) = (ListBuilder::default(), Vec::new());
        list.begin(Some(n_sentences));
        sentences.iter().for_each(|sentence| list.add_sentence(*sentence as usize));
        assert_eq!(list.total(), sentences.len() as u64);
        list.encode(true, &mut out);
        assert!(list.total() == 1 || out.len() <= list.n_bytes());
        out
    }

    fn decoded(bytes: &[u8], n_sentences: u32) -> Option<Vec<u32>> {
        let mut reader = Reader::new(bytes);
        let list = List::read(&mut reader, Some(n_sentences))?;
        let mut out = Vec::new();
        list.for_each_sentence(|sentence| out.push(sentence))?;
        assert_eq!(list.total(), Some(out.len() as u64));
        reader.is_at_end().then_some(out)
    }

    #[test]
    fn lists_by_sentences_come_back_whatever_the_differences() {
        let mut state = 3_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for spread in [1, 2, 9, 300, 70_000, 1 << 24] {
            for n in [1, 2, 7, 8, 900] {
                let mut sentence = next(spread);
                let sentences: Vec<u32> = (0..n)
                    .map(|_| {
                        // Bursts, and gaps that nothing before foretells.
                        sentence += if next(40) == 0 { next(1 << 20) } else { next(spread) / 60 };
                        sentence
                    })
                    .collect();
                for n_sentences in [sentence + 1, 2 * sentence + 9] {
                    let bytes = encoded(&sentences, n_sentences);
                    assert_eq!(decoded(&bytes, n_sentences).as_ref(), Some(&sentences));
                }
                // The last sentence is none of the run.
                assert_eq!(decoded(&encoded(&sentences, sentence), sentence), None);
            }
        }
        let seldom = [0, u32::MAX - 1];
        assert_eq!(decoded(&encoded(&seldom, u32::MAX), u32::MAX), Some(seldom.to_vec()));
        // Where it stands often, it takes hardly more than a bit.
        assert!(encoded(&vec![7; 8_000], 50_000).len() < 1_100);
    }

    #[test]
    fn lists_by_blocks_come_back_in_runs_of_either_kind() {
        for sentences in [false, true] {
            for blocks in [&[(3, 1)][..], &[(3, 5)], &[(0, 1), (1, 2), (900, 1)]] {
                let (mut list, mut out) = (ListBuilder::default(), Vec::new());
                list.begin(None);
                blocks.iter().for_each(|(block, count)| list.add_block(*block, *count));
                list.encode(sentences, &mut out);
                let n_sentences = sentences.then_some(9);
                let read = List::read(&mut Reader::new(&out), n_sentences).unwrap();
                let mut found = Vec::new();
                read.for_each_block(|block, count| found.push((block, count))).unwrap();
                assert_eq!(found, blocks);
                assert!(!read.is_by_sentence());
                assert_eq!(read.total(), Some(list.total()));
            }
        }
    }

    #[test]
    fn the_most_frequent_words_and_ideographs_are_listed_by_blocks() {
        assert!(EVERYWHERE.is_sorted());
        for word in ["the", "your", "灯"] {
            assert!(
                !is_by_sentence(word.as_bytes())
                    && !is_by_sentence(&[word.as_bytes(), &[1]].concat())
            );
        }
        assert!(["own", "reef", "r2", "été"].iter().all(|word| is_by_sentence(word.as_bytes())));
    }

    #[test]
    fn the_first_place_is_read_alone() {
        let mut builder = ListBuilder::default();
        let mut bytes = Vec::new();
        builder.begin(Some(9_000));
        [7, 7, 400, 8_999].into_iter().for_each(|sentence| builder.add_sentence(sentence));
        builder.encode(true, &mut bytes);
        let list = List::read(&mut Reader::new(&bytes), Some(9_000)).unwrap();
        assert_eq!((list.first(), list.total()), (Some(7), Some(4)));
        bytes.clear();
        builder.begin(None);
        [(3, 1), (5, 12)].into_iter().for_each(|(block, count)| builder.add_block(block, count));
        builder.encode(true, &mut bytes);
        let list = List::read(&mut Reader::new(&bytes), Some(9_000)).unwrap();
        assert_eq!((list.first(), list.total()), (Some(3), Some(13)));
    }

    #[test]
    fn damage_is_noticed() {
        let sentences = [3, 700, 90_000, 1 << 25, (1 << 25) + 1];
        let bytes = encoded(&sentences, 1 << 26);
        for cut in 0..bytes.len() {
            assert_eq!(decoded(&bytes[..cut], 1 << 26), None, "cut at {cut}");
        }
        // A whole list that ends inside a difference.
        assert_eq!(decoded(&[2 << 2 | 1, 0xff, 0xff], 9), None);
        assert_eq!(decoded(&[1 << 2 | 1, 0], 1 << 20), None);
    }
}
