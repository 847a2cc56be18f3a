//! The inverted index of one block: every folded word and the positions where it stands.
//!
//! Two parts are stored. `terms`: count, then per term in byte order the length of the prefix
//! shared with the term before, the rest of its bytes, its number of positions and the byte length
//! of its position list. `positions`: the lists one after the other, each the differences of word
//! ordinals in the block, all numbers LEB128. English prose takes about 0.4 bytes of index per byte
//! of text. Words are exact (folded, not stemmed); a stem is looked up by the range of words that
//! share its prefix, so that both searches read the same lists.

use rustc_hash::FxHashMap;

use super::stopwords;
use crate::memory::segment::words;
use crate::memory::store::varint::{Reader, put};

/// Words longer than this many bytes are indexed by their first bytes only.
const LONGEST_TERM: usize = 64;

/// Builds the index of one block after another, reusing its tables.
#[derive(Debug, Default)]
pub struct PostingsBuilder {
    ids: FxHashMap<Box<str>, u32>,
    /// Term id of every word of the block, in order.
    sequence: Vec<u32>,
    scratch: String,
}

impl PostingsBuilder {
    /// Indexes `text`; answers the parts `terms` and `positions`.
    pub fn build(&mut self, text: &str) -> (Vec<u8>, Vec<u8>) {
        self.ids.clear();
        self.sequence.clear();
        for word in words::words(text) {
            words::fold(&text[word.start..word.end], &mut self.scratch);
            truncate(&mut self.scratch);
            let next = self.ids.len() as u32;
            let id = match self.ids.get(self.scratch.as_str()) {
                Some(id) => *id,
                None => {
                    self.ids.insert(self.scratch.as_str().into(), next);
                    next
                }
            };
            self.sequence.push(id);
        }
        self.encode()
    }

    /// Number of the term of every word of the block that was indexed last, in order.
    pub fn sequence(&self) -> &[u32] {
        &self.sequence
    }

    /// By number of a term, how much it tells what a part of the block is about: 0 for words without
    /// content and words that stand once, else `ln(1 + words / occurrences)`.
    pub fn content_weights(&self) -> Vec<f32> {
        let mut counts = vec![0_u32; self.ids.len()];
        for id in &self.sequence {
            counts[*id as usize] += 1;
        }
        let words = self.sequence.len() as f32;
        let mut weights = vec![0.0; counts.len()];
        for (term, id) in &self.ids {
            let count = counts[*id as usize];
            if count > 1 && term.len() > 2 && !stopwords::is_stopword(term) {
                weights[*id as usize] = (1.0 + words / count as f32).ln();
            }
        }
        weights
    }

    fn encode(&self) -> (Vec<u8>, Vec<u8>) {
        // Counting sort of the word ordinals by term id.
        let mut starts = vec![0_u32; self.ids.len() + 1];
        for id in &self.sequence {
            starts[*id as usize + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut ordinals = vec![0_u32; self.sequence.len()];
        for (ordinal, id) in self.sequence.iter().enumerate() {
            let slot = &mut next[*id as usize];
            ordinals[*slot as usize] = ordinal as u32;
            *slot += 1;
        }

        let mut sorted: Vec<(&str, u32)> = self.ids.iter().map(|(k, v)| (&**k, *v)).collect();
        sorted.sort_unstable();
        let mut terms = Vec::with_capacity(sorted.len() * 8);
        let mut positions = Vec::with_capacity(self.sequence.len() * 3 / 2);
        put(&mut terms, sorted.len() as u64);
        let mut previous: &[u8] = &[];
        for (term, id) in sorted {
            let bytes = term.as_bytes();
            let shared = previous.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            let list = &ordinals[starts[id as usize] as usize..starts[id as usize + 1] as usize];
            let before = positions.len();
            let mut last = 0;
            for ordinal in list {
                put(&mut positions, u64::from(ordinal - last));
                last = *ordinal;
            }
            put(&mut terms, shared as u64);
            put(&mut terms, (bytes.len() - shared) as u64);
            terms.extend_from_slice(&bytes[shared..]);
            put(&mut terms, list.len() as u64);
            put(&mut terms, (positions.len() - before) as u64);
            previous = bytes;
        }
        (terms, positions)
    }
}

/// Cuts a term to [`LONGEST_TERM`] bytes, as the index does.
pub fn truncate(term: &mut String) {
    let mut limit = term.len().min(LONGEST_TERM);
    while !term.is_char_boundary(limit) {
        limit -= 1;
    }
    term.truncate(limit);
}

/// One entry of a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// How often the term stands in the block.
    pub count: u32,
    /// Where its list begins in the part `positions`.
    pub start: usize,
    /// Length of the list in bytes.
    pub length: usize,
}

/// Calls `visit` with every term of the part `terms`, in byte order. `None` if it is damaged.
pub fn for_each_term(terms: &[u8], mut visit: impl FnMut(&[u8], Entry)) -> Option<()> {
    let mut reader = Reader::new(terms);
    let count = reader.count(terms.len())?;
    let mut term = Vec::with_capacity(LONGEST_TERM);
    let mut start = 0_usize;
    for _ in 0..count {
        let shared = reader.count(term.len())?;
        let rest = reader.count(LONGEST_TERM)?;
        term.truncate(shared);
        term.extend_from_slice(reader.bytes(rest)?);
        let count = u32::try_from(reader.number()?).ok()?;
        let length = usize::try_from(reader.number()?).ok()?;
        visit(&term, Entry { count, start, length });
        start = start.checked_add(length)?;
    }
    reader.is_at_end().then_some(())
}

/// Appends the word ordinals of `entry` to `out`. `None` if the part `positions` is damaged.
pub fn positions_of(positions: &[u8], entry: Entry, out: &mut Vec<u32>) -> Option<()> {
    let list = positions.get(entry.start..entry.start.checked_add(entry.length)?)?;
    let mut reader = Reader::new(list);
    let mut ordinal = 0_u32;
    for _ in 0..entry.count {
        ordinal = ordinal.checked_add(u32::try_from(reader.number()?).ok()?)?;
        out.push(ordinal);
    }
    reader.is_at_end().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(text: &str) -> BTreeMap<String, Vec<u32>> {
        let (terms, positions) = PostingsBuilder::default().build(text);
        let mut out = BTreeMap::new();
        for_each_term(&terms, |term, entry| {
            let mut list = Vec::new();
            positions_of(&positions, entry, &mut list).unwrap();
            out.insert(String::from_utf8(term.to_vec()).unwrap(), list);
        })
        .unwrap();
        out
    }

    #[test]
    fn every_word_is_found_where_it_stands() {
        let text = "The cat saw the Cat's 猫, caté and 1,000 cats. 猫";
        let index = read(text);
        assert_eq!(index["the"], [0, 3]);
        assert_eq!(index["cat"], [1, 4]);
        assert_eq!(index["猫"], [5, 10]);
        assert_eq!(index["cate"], [6]);
        assert_eq!(index["1000"], [8]);
        let total: usize = index.values().map(Vec::len).sum();
        assert_eq!(total, words::words(text).count());
    }

    #[test]
    fn a_builder_can_be_used_again() {
        let mut builder = PostingsBuilder::default();
        let first = builder.build("one two two");
        builder.build("three");
        assert_eq!(builder.build("one two two"), first);
    }

    #[test]
    fn damage_is_noticed() {
        let (terms, positions) = PostingsBuilder::default().build("alpha beta alphabet beta");
        for cut in 0..terms.len() {
            assert_eq!(for_each_term(&terms[..cut], |_, _| ()), None, "cut at {cut}");
        }
        let mut last = None;
        for_each_term(&terms, |_, entry| last = Some(entry)).unwrap();
        let entry = last.unwrap();
        assert_eq!(positions_of(&positions[..1], entry, &mut Vec::new()), None);
    }

    #[test]
    fn very_long_words_are_cut_alike_on_both_sides() {
        let long = "x".repeat(300);
        let index = read(&long);
        let mut term = long.clone();
        truncate(&mut term);
        assert_eq!(index[&term], [0]);
    }
}
