//! The inverted index of one block: every folded word and the positions where it stands.
//!
//! ```text
//! terms      twice the number of groups, and one more if they are packed; per group of terms with one first byte:
//!            that byte, bytes of its entries, number of terms, bytes of its position lists, and if they are packed
//!            bytes of its entries as stored; then the entries, group by group
//! entry      a byte with the lengths of the prefix shared with the term before and of the rest (15
//!            and more go on behind it), the rest; for a term that stands there once twice its position, else
//!            one more than twice how often it stands there, and the bytes of its list
//! positions  the lists one after the other, each the differences of word ordinals in the block
//! ```
//! All other numbers are LEB128. Groups that hold nothing that is looked for are skipped unread. Words
//! are exact (folded, not stemmed); a stem is looked up among the words that share its prefix, so that
//! both searches read the same lists. Where the words of a text mostly stand there once, the groups are packed
//! (`packing`), each by itself.
//!
//! A word that a hyphen, or in Chinese a letter or digit, ties to what follows is a term of its own, the
//! word and [`TIED`]. So the dictionaries tell a key from the longer keys that begin with it, of which a text
//! may hold thousands.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::beginnings::{Beginnings, Step};
use super::packing::{self, Packer, Unpacker};
use super::stopwords;
use crate::memory::segment::words;
use crate::memory::store::varint::{Reader, put};

/// Words longer than this many bytes are indexed by their first bytes only.
const LONGEST_TERM: usize = 64;
/// Bytes that an entry takes at most: three of lengths, a term, and two numbers.
pub const LONGEST_ENTRY: usize = 128;
/// First byte in UTF-8 from which on terms begin with ideographs and the like.
const IDEOGRAPHS: u8 = 0xe3;
/// Most groups: there is one for each first byte.
const MOST_GROUPS: usize = 256;
/// A dictionary is packed if it takes more than this share of its text, in hundredths, and packed at most that share
/// of what it takes. Those of blocks of prose take some 29 of their text, and packed 86 of that; of words that all differ 75 and
/// 67. What is between is not worth the time of unpacking it.
const LONG_SHARE: usize = 40;
const PACKED_SHARE: usize = 80;

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
    packer: Packer,
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
        self.encode(text.len())
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

    fn encode(&mut self, text_bytes: usize) -> (Vec<u8>, Vec<u8>) {
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
        let packed = self.packed(&groups, text_bytes);
        let mut terms = Vec::with_capacity(self.ids.len() * 8);
        put(&mut terms, (groups.len() as u64) << 1 | u64::from(packed.is_some()));
        for (at, group) in groups.iter().enumerate() {
            terms.push(group.first);
            let stored = packed.as_ref().map(|packed| packed[at].len());
            let numbers = [group.entries.len(), group.terms, group.list_bytes];
            for number in numbers.into_iter().chain(stored) {
                put(&mut terms, number as u64);
            }
        }
        match packed {
            Some(packed) => terms.extend(packed.into_iter().flatten()),
            None => groups.iter().for_each(|group| terms.extend_from_slice(&group.entries)),
        }
        (terms, positions)
    }

    /// The entries of the groups packed, if that is worth it.
    fn packed(&mut self, groups: &[Group], text_bytes: usize) -> Option<Vec<Vec<u8>>> {
        let n_bytes: usize = groups.iter().map(|group| group.entries.len()).sum();
        if n_bytes * 100 <= text_bytes * LONG_SHARE || n_bytes > packing::LONGEST {
            return None;
        }
        let packed: Vec<Vec<u8>> =
            groups.iter().map(|group| self.packer.pack(&group.entries)).collect();
        let n_packed: usize = packed.iter().map(Vec::len).sum();
        (n_packed * 100 <= n_bytes * PACKED_SHARE).then_some(packed)
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

/// Cuts a term to `LONGEST_TERM` bytes, as the index does.
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

impl Entry {
    /// Where its list is, behind the place from which lists were counted; `None` if it has none.
    pub fn list(&self) -> Option<Range<usize>> {
        match self.place {
            Place::Here(_) => None,
            Place::List { start, length } => Some(start..start.checked_add(length)?),
        }
    }
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

/// What the part `terms` says of a group.
struct Head {
    first: u8,
    n_terms: usize,
    /// Bytes of its entries.
    n_bytes: usize,
    /// Bytes that they are stored in.
    n_stored: usize,
    list_bytes: usize,
}

/// What the part `terms` says of its groups, and the groups as they are stored. `None` if the part is damaged.
fn heads(terms: &[u8]) -> Option<(Vec<Head>, Reader<'_>)> {
    let mut reader = Reader::new(terms);
    let number = reader.count(2 * MOST_GROUPS + 1)?;
    let is_packed = number & 1 == 1;
    // All entries together: what a damaged part can have unpacked at most.
    let mut left = if is_packed { packing::LONGEST } else { terms.len() };
    let mut heads = Vec::with_capacity(number >> 1);
    for _ in 0..number >> 1 {
        let first = *reader.bytes(1)?.first()?;
        let n_bytes = reader.count(left)?;
        left -= n_bytes;
        let n_terms = reader.count(n_bytes)?;
        let list_bytes = usize::try_from(reader.number()?).ok()?;
        let n_stored = if is_packed { reader.count(n_bytes)? } else { n_bytes };
        heads.push(Head { first, n_terms, n_bytes, n_stored, list_bytes });
    }
    Some((heads, reader))
}

/// Whether the part `terms` lists words of prose that are set apart by blanks: whether its groups are not packed, and
/// most terms do not begin as ideographs do. `None` if the part is damaged.
pub fn is_prose(terms: &[u8]) -> Option<bool> {
    let is_packed = is_packed(terms)?;
    let (mut n_terms, mut n_ideographs) = (0, 0);
    for head in heads(terms)?.0 {
        n_terms += head.n_terms;
        n_ideographs += if head.first >= IDEOGRAPHS { head.n_terms } else { 0 };
    }
    Some(!is_packed && 2 * n_ideographs < n_terms)
}

/// Whether the groups of the part `terms` are packed. `None` if the part is damaged.
pub fn is_packed(terms: &[u8]) -> Option<bool> {
    Some(Reader::new(terms).number()? & 1 == 1)
}

/// Bytes that the entries of the part `terms` take where they are not packed. `None` if the part is damaged.
pub fn entry_bytes(terms: &[u8]) -> Option<usize> {
    Some(heads(terms)?.0.iter().map(|head| head.n_bytes).sum())
}

/// The bytes with which terms of the part `terms` begin. `None` if the part is damaged.
pub fn first_bytes(terms: &[u8]) -> Option<ByteSet> {
    let mut set = [0; 4];
    for Head { first, .. } in heads(terms)?.0 {
        set[usize::from(first >> 6)] |= 1 << (first & 63);
    }
    Some(set)
}

/// The entries of the terms of the part `terms` that begin with the byte `first`, and where their lists begin in the part
/// `positions`; empty if there are none, `None` if the part is damaged.
pub fn entries<'a>(
    terms: &'a [u8],
    first: u8,
    unpacker: &'a mut Unpacker,
) -> Option<(&'a [u8], usize)> {
    let (heads, mut groups) = heads(terms)?;
    let mut lists = 0_usize;
    for head in heads {
        let stored = groups.bytes(head.n_stored)?;
        if head.first == first {
            return Some((unpacker.unpack(stored, head.n_bytes)?, lists));
        }
        lists = lists.checked_add(head.list_bytes)?;
    }
    Some((&[], lists))
}

/// Reads an entry behind that of `term`, which becomes its term; `start` is where its list begins, and then where it ends.
/// `None` if the entry is cut short or damaged; where it is only cut, it can be read again.
pub fn read_entry(reader: &mut Reader, term: &mut Vec<u8>, start: &mut usize) -> Option<Entry> {
    let (shared, rest) = read_head(reader)?;
    if shared > term.len() {
        return None;
    }
    term.truncate(shared);
    term.extend_from_slice(reader.bytes(rest)?);
    read_place(reader, start)
}

/// The same behind the term.
#[inline]
fn read_place(reader: &mut Reader, start: &mut usize) -> Option<Entry> {
    let number = reader.number()?;
    let half = u32::try_from(number >> 1).ok()?;
    if number & 1 == 0 {
        return Some(Entry { count: 1, place: Place::Here(half) });
    }
    let length = usize::try_from(reader.number()?).ok()?;
    let place = Place::List { start: *start, length };
    *start = start.checked_add(length)?;
    Some(Entry { count: half, place })
}

/// Calls `visit` with every term of the part `terms`, in byte order. `None` if the part is damaged.
pub fn for_each_term(terms: &[u8], mut visit: impl FnMut(&[u8], Entry)) -> Option<()> {
    let (heads, mut groups) = heads(terms)?;
    let mut unpacker = Unpacker::default();
    let mut term = Vec::with_capacity(LONGEST_TERM);
    let mut start = 0_usize;
    for head in heads {
        let end = start.checked_add(head.list_bytes)?;
        let mut reader = Reader::new(unpacker.unpack(groups.bytes(head.n_stored)?, head.n_bytes)?);
        term.clear();
        for _ in 0..head.n_terms {
            let entry = read_entry(&mut reader, &mut term, &mut start)?;
            visit(&term, entry);
        }
        if !reader.is_at_end() || start != end {
            return None;
        }
    }
    groups.is_at_end().then_some(())
}

/// Calls `visit` with every term of the part `terms` that begins with one of `beginnings`, in byte order. These
/// are in byte order, and none of them is empty or begins with another. `None` if what was read of the part is
/// damaged.
pub fn for_each_beginning(
    terms: &[u8],
    beginnings: &[&[u8]],
    mut visit: impl FnMut(&[u8], Entry),
) -> Option<()> {
    let (heads, mut groups) = heads(terms)?;
    let mut unpacker = Unpacker::default();
    let (mut start, mut left) = (0_usize, beginnings);
    for head in heads {
        let stored = groups.bytes(head.n_stored)?;
        let end = start.checked_add(head.list_bytes)?;
        left = &left[left.partition_point(|sought| sought[0] < head.first)..];
        let (own, behind) = left.split_at(left.partition_point(|sought| sought[0] == head.first));
        left = behind;
        if let Some(mut own) = Beginnings::of(own) {
            let mut reader = Reader::new(unpacker.unpack(stored, head.n_bytes)?);
            let mut is_past = false;
            for _ in 0..head.n_terms {
                let (shared, rest) = read_head(&mut reader)?;
                let rest = reader.bytes(rest)?;
                let entry = read_place(&mut reader, &mut start)?;
                match own.next(shared, rest)? {
                    Step::Other => {}
                    Step::Found => visit(own.term(), entry),
                    Step::Past => {
                        is_past = true;
                        break;
                    }
                }
            }
            if !is_past && (!reader.is_at_end() || start != end) {
                return None;
            }
        }
        start = end;
    }
    groups.is_at_end().then_some(())
}

/// Appends the word ordinals of `entry` to `out`. `None` if the part `positions` is damaged.
pub fn positions_of(positions: &[u8], entry: Entry, out: &mut Vec<u32>) -> Option<()> {
    let list = match entry.list() {
        Some(range) => positions.get(range)?,
        None => &[],
    };
    positions_in(list, entry, out)
}

/// The same where `list` is the list of the entry, if it has one.
pub fn positions_in(list: &[u8], entry: Entry, out: &mut Vec<u32>) -> Option<()> {
    if let Place::Here(ordinal) = entry.place {
        out.push(ordinal);
        return Some(());
    }
    let mut reader = Reader::new(list);
    let mut ordinal = 0_u32;
    for _ in 0..entry.count {
        ordinal = ordinal.checked_add(u32::try_from(reader.number()?).ok()?)?;
        out.push(ordinal);
    }
    reader.is_at_end().then_some(())
}

#[cfg(test)]
mod tests;
