//! The inverted index of one block: every folded word and the positions where it stands.
//!
//! ```text
//! terms      number of groups; per group of terms with one first byte: that byte, number of terms,
//!            bytes of its entries, bytes of its position lists; then the entries, group by group
//! entry      a byte with the lengths of the prefix shared with the term before and of the rest (15
//!            and more go on behind it), the rest; for a term that stands there once twice its position, else
//!            one more than twice how often it stands there, and the bytes of its list
//! positions  the lists one after the other, each the differences of word ordinals in the block
//! ```
//! All other numbers are LEB128. Groups that hold nothing that is looked for are skipped unread. Words
//! are exact (folded, not stemmed); a stem is looked up among the words that share its prefix, so that
//! both searches read the same lists.
//!
//! A word that a hyphen, or in Chinese a letter or digit, ties to what follows is a term of its own, the
//! word and [`TIED`]. So the dictionaries tell a key from the longer keys that begin with it, of which a text
//! may hold thousands.

use rustc_hash::FxHashMap;

use super::stopwords;
use crate::memory::segment::words;
use crate::memory::store::varint::{Reader, put};

/// Words longer than this many bytes are indexed by their first bytes only.
const LONGEST_TERM: usize = 64;

/// What ends the term of a word that is tied to what follows. Sorts before all that words consist of, so that
/// the term stands right behind that of the word alone.
pub const TIED: u8 = 1;

/// The word of a term, and whether it is tied to what follows.
pub fn word_of(term: &[u8]) -> (&[u8], bool) {
    match term {
        [word @ .., TIED] => (word, true),
        word => (word, false),
    }
}

/// Whether a word is tied to the text right behind it.
fn is_tied(behind: &str) -> bool {
    behind.bytes().next().is_some_and(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
}

/// Builds the index of one block after another, reusing its tables.
#[derive(Debug, Default)]
pub struct PostingsBuilder {
    ids: FxHashMap<Box<str>, u32>,
    /// Number of every word of the block, in order, the same for the same words.
    sequence: Vec<u32>,
    /// Whether each of them is tied to what follows.
    tied: Vec<bool>,
    scratch: String,
}

impl PostingsBuilder {
    /// Indexes `text`; answers the parts `terms` and `positions`.
    pub fn build(&mut self, text: &str) -> (Vec<u8>, Vec<u8>) {
        self.ids.clear();
        self.sequence.clear();
        self.tied.clear();
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
            self.tied.push(is_tied(&text[word.end..]));
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
        let mut dictionary = Dictionary::default();
        dictionary.positions.reserve(self.sequence.len() * 3 / 2);
        let mut marked = Vec::with_capacity(LONGEST_TERM + 1);
        for (word, id) in sorted {
            let list =
                &mut ordinals[starts[id as usize] as usize..starts[id as usize + 1] as usize];
            // Those that are tied go behind the others; either part stays in order.
            list.sort_by_key(|ordinal| self.tied[*ordinal as usize]);
            let n_alone = list.partition_point(|ordinal| !self.tied[*ordinal as usize]);
            let (alone, tied) = list.split_at(n_alone);
            marked.clear();
            marked.extend_from_slice(word.as_bytes());
            dictionary.add(&marked, alone);
            marked.push(TIED);
            dictionary.add(&marked, tied);
        }
        let Dictionary { groups, positions, .. } = dictionary;
        let mut terms = Vec::with_capacity(self.ids.len() * 8);
        put(&mut terms, groups.len() as u64);
        for group in &groups {
            terms.push(group.first);
            for number in [group.terms, group.entries.len(), group.list_bytes] {
                put(&mut terms, number as u64);
            }
        }
        groups.iter().for_each(|group| terms.extend_from_slice(&group.entries));
        (terms, positions)
    }
}

/// A dictionary while it is built.
#[derive(Debug, Default)]
struct Dictionary {
    groups: Vec<Group>,
    positions: Vec<u8>,
    /// The term before.
    previous: Vec<u8>,
}

impl Dictionary {
    /// Adds the next term in byte order with the ordinals of its words, if there are any.
    fn add(&mut self, term: &[u8], list: &[u32]) {
        if list.is_empty() {
            return;
        }
        let first = term.first().copied().unwrap_or(0);
        if self.groups.last().is_none_or(|group| group.first != first) {
            self.groups.push(Group { first, ..Group::default() });
            self.previous.clear();
        }
        let Some(group) = self.groups.last_mut() else { return };
        let shared = self.previous.iter().zip(term).take_while(|(a, b)| a == b).count();
        put_head(&mut group.entries, shared, term.len() - shared);
        group.entries.extend_from_slice(&term[shared..]);
        if let [only] = list {
            put(&mut group.entries, u64::from(*only) << 1);
        } else {
            put(&mut group.entries, (list.len() as u64) << 1 | 1);
            let before = self.positions.len();
            let mut last = 0;
            for ordinal in list {
                put(&mut self.positions, u64::from(ordinal - last));
                last = *ordinal;
            }
            put(&mut group.entries, (self.positions.len() - before) as u64);
            group.list_bytes += self.positions.len() - before;
        }
        group.terms += 1;
        self.previous.clear();
        self.previous.extend_from_slice(term);
    }
}

/// Terms that begin with the same byte, while a dictionary is built.
#[derive(Debug, Default)]
struct Group {
    first: u8,
    terms: usize,
    entries: Vec<u8>,
    list_bytes: usize,
}

/// Lengths from here on take more than half a byte.
const LONG: usize = 15;

/// Appends the lengths of the shared prefix and of the rest of a term.
pub(super) fn put_head(out: &mut Vec<u8>, shared: usize, rest: usize) {
    out.push((shared.min(LONG) << 4 | rest.min(LONG)) as u8);
    for length in [shared, rest] {
        if length >= LONG {
            put(out, (length - LONG) as u64);
        }
    }
}

/// Reads what [`put_head`] wrote; `None` if it is cut short or too long.
pub(super) fn read_head(reader: &mut Reader) -> Option<(usize, usize)> {
    let head = usize::from(*reader.bytes(1)?.first()?);
    let mut whole =
        |half: usize| Some(if half < LONG { half } else { LONG + reader.count(LONGEST_TERM)? });
    Some((whole(head >> 4)?, whole(head & LONG)?))
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
    place: Place,
}

/// Where the positions of a term are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the dictionary, as there is one only.
    Here(u32),
    /// In the part `positions`.
    List { start: usize, length: usize },
}

/// A set of bytes: bit `b & 63` of number `b >> 6`.
pub type ByteSet = [u64; 4];

/// Every byte.
pub const ALL_BYTES: ByteSet = [u64::MAX; 4];

/// The bytes with which terms of the part `terms` begin. `None` if the part is damaged.
pub fn first_bytes(terms: &[u8]) -> Option<ByteSet> {
    let mut heads = Reader::new(terms);
    let mut set = [0; 4];
    for _ in 0..heads.count(256)? {
        let byte = *heads.bytes(1)?.first()?;
        set[usize::from(byte >> 6)] |= 1 << (byte & 63);
        (0..3).try_for_each(|_| heads.number().map(|_| ()))?;
    }
    Some(set)
}

/// Calls `visit` with every term of the part `terms` that begins with a byte of `first`, in byte
/// order. Where it answers `false`, the other terms with the same first byte are left out. `None` if what was
/// read of the part is damaged.
pub fn for_each_term(
    terms: &[u8],
    first: &ByteSet,
    mut visit: impl FnMut(&[u8], Entry) -> bool,
) -> Option<()> {
    let mut heads = Reader::new(terms);
    let n_groups = heads.count(256)?;
    let mut entries = heads.clone();
    for _ in 0..n_groups {
        entries.bytes(1)?;
        (0..3).try_for_each(|_| entries.number().map(|_| ()))?;
    }
    let mut term = Vec::with_capacity(LONGEST_TERM);
    let mut start = 0_usize;
    for _ in 0..n_groups {
        let byte = *heads.bytes(1)?.first()?;
        let n_terms = heads.count(terms.len())?;
        let group = entries.bytes(heads.count(terms.len())?)?;
        let end = start.checked_add(usize::try_from(heads.number()?).ok()?)?;
        if first[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1 {
            let mut reader = Reader::new(group);
            term.clear();
            let mut goes_on = true;
            for _ in 0..n_terms {
                let (shared, rest) = read_head(&mut reader)?;
                if shared > term.len() {
                    return None;
                }
                term.truncate(shared);
                term.extend_from_slice(reader.bytes(rest)?);
                let number = reader.number()?;
                let half = u32::try_from(number >> 1).ok()?;
                let entry = if number & 1 == 0 {
                    Entry { count: 1, place: Place::Here(half) }
                } else {
                    let length = usize::try_from(reader.number()?).ok()?;
                    start = start.checked_add(length)?;
                    Entry { count: half, place: Place::List { start: start - length, length } }
                };
                goes_on = visit(&term, entry);
                if !goes_on {
                    break;
                }
            }
            if goes_on && (!reader.is_at_end() || start != end) {
                return None;
            }
        }
        start = end;
    }
    entries.is_at_end().then_some(())
}

/// Appends the word ordinals of `entry` to `out`. `None` if the part `positions` is damaged.
pub fn positions_of(positions: &[u8], entry: Entry, out: &mut Vec<u32>) -> Option<()> {
    let (start, length) = match entry.place {
        Place::Here(ordinal) => {
            out.push(ordinal);
            return Some(());
        }
        Place::List { start, length } => (start, length),
    };
    let list = positions.get(start..start.checked_add(length)?)?;
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
        for_each_term(&terms, &ALL_BYTES, |term, entry| {
            let mut list = Vec::new();
            positions_of(&positions, entry, &mut list).unwrap();
            out.insert(String::from_utf8(term.to_vec()).unwrap(), list);
            true
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
    fn words_that_are_tied_to_what_follows_are_terms_of_their_own() {
        let index = read("blue-lamp-x lamp. Lamp - a lamp-oil 香炉 香炉77号 lamps");
        assert_eq!(index["lamp"], [3, 4]);
        assert_eq!(index["lamp\u{1}"], [1, 6]);
        assert_eq!(index["炉"], [9]);
        assert_eq!(index["炉\u{1}"], [11]);
        assert_eq!(index["blue\u{1}"], [0]);
        assert!(!index.contains_key("blue") && !index.contains_key("oil\u{1}"));
        assert_eq!(word_of(b"lamp\x01"), (&b"lamp"[..], true));
        assert_eq!(word_of(b"lamp"), (&b"lamp"[..], false));
    }

    #[test]
    fn a_builder_can_be_used_again() {
        let mut builder = PostingsBuilder::default();
        let first = builder.build("one two two");
        builder.build("three");
        assert_eq!(builder.build("one two two"), first);
    }

    #[test]
    fn other_first_bytes_are_skipped() {
        let (terms, positions) = PostingsBuilder::default().build("beta alpha gamma beta 中 alpha");
        let mut only_b = [0; 4];
        only_b[usize::from(b'b' >> 6)] |= 1 << (b'b' & 63);
        let mut found = Vec::new();
        for_each_term(&terms, &only_b, |term, entry| {
            let mut list = Vec::new();
            positions_of(&positions, entry, &mut list).unwrap();
            found.push((term.to_vec(), list));
            true
        })
        .unwrap();
        let all = first_bytes(&terms).unwrap();
        let has = |byte: u8| all[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1;
        assert!([b'a', b'b', b'g', "中".as_bytes()[0]].iter().all(|byte| has(*byte)) && !has(b'c'));
        assert_eq!(found, [(b"beta".to_vec(), vec![0, 3])]);
    }

    #[test]
    fn the_rest_of_a_group_is_left_out_where_nothing_in_it_is_looked_for() {
        let (terms, positions) = PostingsBuilder::default().build("aa ab ab ac ba ba bb");
        let mut found = Vec::new();
        for_each_term(&terms, &ALL_BYTES, |term, entry| {
            let mut list = Vec::new();
            positions_of(&positions, entry, &mut list).unwrap();
            found.push((String::from_utf8(term.to_vec()).unwrap(), list));
            term != b"aa"
        })
        .unwrap();
        let wanted = [("aa", vec![0]), ("ba", vec![4, 5]), ("bb", vec![6])];
        assert_eq!(found, wanted.map(|(term, list)| (term.to_owned(), list)));
    }

    #[test]
    fn damage_is_noticed() {
        let (terms, positions) = PostingsBuilder::default().build("alpha beta alphabet beta");
        for cut in 0..terms.len() {
            assert_eq!(for_each_term(&terms[..cut], &ALL_BYTES, |_, _| true), None, "cut at {cut}");
        }
        let mut last = None;
        for_each_term(&terms, &ALL_BYTES, |_, entry| last.insert(entry).count > 0).unwrap();
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
