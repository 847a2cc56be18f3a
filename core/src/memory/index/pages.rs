//! The pages of a directory: the merged dictionaries of a run of blocks, as they are made and read.
//!
//! ```text
//! page 0     twice the number of pages with entries, and one more if those are packed; the ends of their first
//!            terms; those terms, one behind the other
//! page       entries in byte order of their terms; if the pages are packed, how many bytes they take, and they packed
//! entry      lengths of the prefix shared with the term before (0 for a page's first) and of the
//!            rest, as in `postings`; the rest; for a term that stands in the run once twice the ordinal of its
//!            block, else one more than twice the bytes of its list, and the list of blocks: twice the
//!            difference of the ordinal in the run, and one more with a count behind it where the term
//!            stands in the block more than once
//! last page  the most frequent words, those first: count, bytes of the word, the word; the rows of `pairs`
//!            follow
//! ```
//! The numbers of page 0 have four bytes, so that it is searched as it is; all others are LEB128. Lists that
//! nobody looks for are skipped unread. The pages are packed (`packing`) where the dictionaries of most blocks are. Which
//! pages a question needs, `directory` knows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::merging::merge;
use super::packing::{self, Packer, Unpacker};
use super::postings::{self, ByteSet};
use crate::error::Result;
use crate::memory::store::varint::{Reader, put};
use crate::memory::store::{LONGEST_RUN, PutPage};

/// Bytes of a page at which the next is begun: two such pages fit a page of the library's file.
pub(super) const PAGE_BYTES: usize = 2_000;
/// Words on the last page, and the share of all words that they are at most, as one in so many.
const MOST_FREQUENT: usize = 1_024;
const FREQUENT_SHARE: usize = 32;

/// Merges the dictionaries of the blocks of a run and puts the pages. `terms` answers the part `terms` of block
/// `at`. The number of the next page comes back, and `None` where a part is damaged.
///
/// # Errors
/// What `terms` and `put` answer.
pub fn build(
    n_blocks: usize,
    mut terms: impl FnMut(usize) -> Result<Vec<u8>>,
    put: &mut PutPage,
) -> Result<Option<u32>> {
    let mut first: ByteSet = [0; 4];
    let mut n_packed = 0;
    for block in 0..n_blocks {
        let part = terms(block)?;
        let (Some(own), Some(packed)) = (postings::first_bytes(&part), postings::is_packed(&part))
        else {
            return Ok(None);
        };
        first.iter_mut().zip(own).for_each(|(all, own)| *all |= own);
        n_packed += usize::from(packed);
    }
    let mut pages = PageBuilder::new(put, 2 * n_packed > n_blocks);
    for byte in (0..=u8::MAX).filter(|byte| first[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1) {
        let (mut last, mut list) = (Vec::new(), ListBuilder::default());
        let merged = merge(n_blocks, byte, &mut terms, |term, block, count| {
            if last != term {
                pages.add(&last, &list)?;
                last.clear();
                last.extend_from_slice(term);
                list.clear();
            }
            list.add(block, count);
            Ok(())
        })?;
        if merged.is_none() {
            return Ok(None);
        }
        pages.add(&last, &list)?;
    }
    pages.finish().map(Some)
}

/// The blocks of one term, while a directory is built.
#[derive(Default)]
struct ListBuilder {
    /// How often the term stands in all of them.
    total: u64,
    /// The next block's ordinal if it were the one behind the last.
    next: usize,
    bytes: Vec<u8>,
}

impl ListBuilder {
    fn clear(&mut self) {
        (self.total, self.next) = (0, 0);
        self.bytes.clear();
    }

    fn add(&mut self, block: usize, count: u32) {
        let often = count > 1;
        put(&mut self.bytes, ((block - self.next) as u64) << 1 | u64::from(often));
        if often {
            put(&mut self.bytes, u64::from(count));
        }
        self.next = block + 1;
        self.total += u64::from(count);
    }
}

/// Cuts entries into pages.
struct PageBuilder<'p, 'f> {
    put: &'p mut PutPage<'f>,
    /// What packs the pages, if they are packed.
    packer: Option<Packer>,
    /// The first terms of the pages, and where each of them ends.
    firsts: Vec<u8>,
    ends: Vec<u32>,
    page: Vec<u8>,
    previous: Vec<u8>,
    n_words: usize,
    /// The word of the last term, and how often it stands in the run, tied or not.
    word: (Vec<u8>, u64),
    /// The most frequent words before, of these the least frequent and then the last on top.
    frequent: BinaryHeap<(Reverse<u64>, Box<[u8]>)>,
}

impl<'p, 'f> PageBuilder<'p, 'f> {
    fn new(put: &'p mut PutPage<'f>, packed: bool) -> Self {
        Self {
            put,
            packer: packed.then(Packer::default),
            firsts: Vec::new(),
            ends: Vec::new(),
            page: Vec::new(),
            previous: Vec::new(),
            n_words: 0,
            word: (Vec::new(), 0),
            frequent: BinaryHeap::new(),
        }
    }

    /// Adds the next term with its blocks, if there are any.
    fn add(&mut self, term: &[u8], list: &ListBuilder) -> Result<()> {
        if list.total == 0 {
            return Ok(());
        }
        let (word, _) = postings::word_of(term);
        if self.word.0 != word {
            self.end_word();
            self.word.0.extend_from_slice(word);
        }
        self.word.1 += list.total;
        if self.page.len() + term.len() + list.bytes.len() > PAGE_BYTES {
            self.end_page()?;
        }
        if self.page.is_empty() {
            self.previous.clear();
            self.firsts.extend_from_slice(term);
            self.ends.push(self.firsts.len() as u32);
        }
        let shared = self.previous.iter().zip(term).take_while(|(a, b)| a == b).count();
        postings::put_head(&mut self.page, shared, term.len() - shared);
        self.page.extend_from_slice(&term[shared..]);
        if list.total == 1 {
            put(&mut self.page, (list.next as u64 - 1) << 1);
        } else {
            put(&mut self.page, (list.bytes.len() as u64) << 1 | 1);
            self.page.extend_from_slice(&list.bytes);
        }
        self.previous.clear();
        self.previous.extend_from_slice(term);
        Ok(())
    }

    fn end_word(&mut self) {
        let (word, total) = (&self.word.0, self.word.1);
        let beaten = |(least, _): &(Reverse<u64>, Box<[u8]>)| total <= least.0;
        if total > 0 {
            self.n_words += 1;
            if self.frequent.len() < MOST_FREQUENT || !self.frequent.peek().is_some_and(beaten) {
                self.frequent.push((Reverse(total), word.as_slice().into()));
                if self.frequent.len() > MOST_FREQUENT {
                    self.frequent.pop();
                }
            }
        }
        self.word.0.clear();
        self.word.1 = 0;
    }

    fn end_page(&mut self) -> Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        let number = self.ends.len() as u32;
        match &mut self.packer {
            Some(packer) => {
                let mut page = Vec::with_capacity(self.page.len());
                put(&mut page, self.page.len() as u64);
                page.extend(packer.pack(&self.page));
                (self.put)(number, &page)?;
            }
            None => (self.put)(number, &self.page)?,
        }
        self.page.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<u32> {
        self.end_page()?;
        self.end_word();
        let n_pages = self.ends.len() as u32;
        let head = n_pages << 1 | u32::from(self.packer.is_some());
        let numbers = std::iter::once(head).chain(self.ends);
        let mut page: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
        page.extend_from_slice(&self.firsts);
        (self.put)(0, &page)?;
        page.clear();
        let n_listed = self.n_words.div_ceil(FREQUENT_SHARE);
        for (Reverse(count), term) in self.frequent.into_sorted_vec().iter().take(n_listed) {
            put(&mut page, *count);
            put(&mut page, term.len() as u64);
            page.extend_from_slice(term);
        }
        (self.put)(n_pages + 1, &page)?;
        Ok(n_pages + 2)
    }
}

/// The first terms of the pages of a directory: its page 0.
#[derive(Debug)]
pub struct Firsts {
    page: Vec<u8>,
    n_pages: usize,
    is_packed: bool,
}

/// Bytes of a number of page 0.
const NUMBER: usize = 4;

impl Firsts {
    /// Page 0 as it is stored; `None` if it is damaged.
    pub fn decode(page: Vec<u8>) -> Option<Self> {
        let head = number_at(&page, 0)?;
        let (n_pages, is_packed) = (head >> 1, head & 1 == 1);
        let firsts = Self { page, n_pages, is_packed };
        let terms = firsts.page.len().checked_sub(NUMBER.checked_mul(n_pages.checked_add(1)?)?)?;
        let mut last = 0;
        for at in 0..n_pages {
            let end = number_at(&firsts.page, NUMBER * (at + 1))?;
            if end < last {
                return None;
            }
            last = end;
        }
        (last == terms).then_some(firsts)
    }

    /// Number of pages with entries behind page 0.
    pub fn n_pages(&self) -> usize {
        self.n_pages
    }

    /// Page `page` as it is stored, as it is read; `None` if it is damaged.
    pub fn unpacked(&self, page: usize, stored: Vec<u8>) -> Option<Vec<u8>> {
        if !self.is_packed || !(1..=self.n_pages).contains(&page) {
            return Some(stored);
        }
        let mut reader = Reader::new(&stored);
        let length = reader.count(packing::LONGEST)?;
        let packed = reader.rest();
        Some(Unpacker::default().unpack(packed, length)?.to_vec())
    }

    /// First term of the page behind `at` others.
    fn term(&self, at: usize) -> &[u8] {
        let end = |at: usize| number_at(&self.page, NUMBER * at).unwrap_or(0);
        let start = if at == 0 { 0 } else { end(at) };
        let terms = NUMBER * (self.n_pages + 1);
        self.page.get(terms + start..terms + end(at + 1)).unwrap_or_default()
    }

    /// Number of the pages whose first term is not greater than `term`.
    fn n_up_to(&self, term: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.n_pages);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.term(middle) <= term {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Notes in `wanted`, by page from page 1 on, those that can hold a term of `range`.
    pub fn note(&self, range: &TermRange, wanted: &mut [bool]) {
        let (low, longer) = match range {
            TermRange::Word(word) => (*word, false),
            TermRange::Prefix(prefix) => (*prefix, true),
        };
        let up_to = self.n_up_to(low);
        let holds = |at: &usize| {
            let first = self.term(*at);
            if longer { first.starts_with(low) } else { postings::word_of(first).0 == low }
        };
        let behind = (up_to..self.n_pages).take_while(holds);
        behind.chain(up_to.checked_sub(1)).for_each(|page| wanted[page] = true);
    }
}

/// The number at byte `at` of page 0.
fn number_at(page: &[u8], at: usize) -> Option<usize> {
    let bytes = page.get(at..at.checked_add(NUMBER)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

/// Terms that a pattern may match, by byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermRange<'a> {
    /// This word, whatever follows it.
    Word(&'a [u8]),
    /// Terms that begin so.
    Prefix(&'a [u8]),
}

/// Calls `visit` with every term of a page and the list of its blocks, in byte order, until it answers
/// `None`, as it does where the page is damaged.
pub fn for_each_term(
    page: &[u8],
    mut visit: impl FnMut(&[u8], List<'_>) -> Option<()>,
) -> Option<()> {
    let mut reader = Reader::new(page);
    let mut term = Vec::new();
    while !reader.is_at_end() {
        let (shared, rest) = postings::read_head(&mut reader)?;
        if shared > term.len() {
            return None;
        }
        term.truncate(shared);
        term.extend_from_slice(reader.bytes(rest)?);
        let number = reader.count(2 * page.len().max(LONGEST_RUN))?;
        let list = match number & 1 {
            0 => List::Once(number >> 1),
            _ => List::Of(reader.bytes(number >> 1)?),
        };
        visit(&term, list)?;
    }
    Some(())
}

/// The words of the last page and how often each stands in the run, most often first and those that stand
/// as often in byte order; `None` if the page is damaged.
pub fn most_frequent(page: &[u8]) -> Option<Vec<(&[u8], u64)>> {
    let mut reader = Reader::new(page);
    let mut terms = Vec::new();
    while !reader.is_at_end() {
        let count = reader.number()?;
        let length = reader.count(page.len())?;
        terms.push((reader.bytes(length)?, count));
    }
    Some(terms)
}

/// The blocks of a term.
#[derive(Debug, Clone, Copy)]
pub enum List<'a> {
    /// It stands once, in the block of this ordinal in the run.
    Once(usize),
    /// The stored list.
    Of(&'a [u8]),
}

impl List<'_> {
    /// How often the term stands in all of them; `None` if the list is damaged.
    pub fn total(&self) -> Option<u64> {
        let mut total = 0_u64;
        self.for_each_block(|_, count| total = total.saturating_add(u64::from(count)))?;
        Some(total)
    }

    /// Calls `visit` with the ordinal in the run of every block and how often the term stands there, in
    /// order; `None` if the list is damaged.
    pub fn for_each_block(&self, mut visit: impl FnMut(usize, u32)) -> Option<()> {
        let bytes = match self {
            Self::Once(block) => {
                visit((*block < LONGEST_RUN).then_some(*block)?, 1);
                return Some(());
            }
            Self::Of(bytes) => bytes,
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::postings::PostingsBuilder;
    use std::collections::BTreeMap;

    fn texts() -> Vec<String> {
        (0..40)
            .map(|n| {
                let odd = if n % 2 == 1 { "odd odd " } else { "" };
                let own: String = (0..100).map(|word| format!("w{}x{word} ", n % 7)).collect();
                format!("{odd}the lamp {own} 灯 zebra{n}")
            })
            .collect()
    }

    /// The pages, the last apart.
    fn made() -> (Vec<Vec<u8>>, Vec<u8>) {
        let texts = texts();
        let mut builder = PostingsBuilder::default();
        let mut pages = BTreeMap::new();
        build(texts.len(), |at| Ok(builder.build(&texts[at]).0), &mut |number, page| {
            pages.insert(number, page.to_vec());
            Ok(())
        })
        .unwrap()
        .unwrap();
        assert_eq!(
            pages.keys().copied().collect::<Vec<_>>(),
            (0..pages.len() as u32).collect::<Vec<_>>()
        );
        let firsts = Firsts::decode(pages[&0].clone()).unwrap();
        let unpacked = |(number, page)| firsts.unpacked(number as usize, page).unwrap();
        let mut pages: Vec<Vec<u8>> = pages.into_iter().map(unpacked).collect();
        let last = pages.pop().unwrap();
        (pages, last)
    }

    fn pages() -> Vec<Vec<u8>> {
        made().0
    }

    #[test]
    fn every_term_is_listed_with_its_blocks_and_counts_in_order() {
        let pages = pages();
        let mut wanted: BTreeMap<Vec<u8>, Vec<(usize, u32)>> = BTreeMap::new();
        for (block, text) in texts().iter().enumerate() {
            for word in text.split_whitespace() {
                let list = wanted.entry(word.as_bytes().to_vec()).or_default();
                match list.last_mut() {
                    Some((last, count)) if *last == block => *count += 1,
                    _ => list.push((block, 1)),
                }
            }
        }
        let mut found = Vec::new();
        for page in &pages[1..] {
            assert!(page.len() <= PAGE_BYTES);
            for_each_term(page, |term, list| {
                let mut blocks = Vec::new();
                list.for_each_block(|block, count| blocks.push((block, count)))?;
                found.push((term.to_vec(), blocks));
                Some(())
            })
            .unwrap();
        }
        assert!(pages.len() > 3);
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn pages_are_packed_where_most_dictionaries_are() {
        let list = |n: usize| (0..100).map(|word| format!("w{n}x{word} ")).collect::<String>();
        let prose = |_| "the lamp of the keeper and the reef ".repeat(20);
        let stored = |n_lists: usize| {
            let mut texts: Vec<String> = (0..n_lists).map(list).collect();
            texts.extend((n_lists..9).map(prose));
            let (mut builder, mut stored) = (PostingsBuilder::default(), Vec::new());
            build(9, |at| Ok(builder.build(&texts[at]).0), &mut |number, page| {
                stored.push((number as usize, page.to_vec()));
                Ok(())
            })
            .unwrap()
            .unwrap();
            stored.sort_unstable();
            (Firsts::decode(stored[0].1.clone()).unwrap(), stored)
        };
        let (firsts, pages) = stored(4);
        for (number, page) in &pages {
            assert_eq!(firsts.unpacked(*number, page.clone()).as_ref(), Some(page));
        }
        let (firsts, pages) = stored(5);
        let (number, page) = &pages[1];
        assert!(page.len() < firsts.unpacked(*number, page.clone()).unwrap().len() / 2);
        for cut in 0..page.len() {
            assert_eq!(firsts.unpacked(*number, page[..cut].to_vec()), None, "cut at {cut}");
        }
        let longer = [&[0xff, 0xff, 0x7f], &page[2..]].concat();
        assert_eq!(firsts.unpacked(*number, longer), None);
    }

    #[test]
    fn the_last_page_lists_the_most_frequent_terms() {
        let (_, last) = made();
        let listed = most_frequent(&last).unwrap();
        // "odd" stands twice in every second text; of 744 terms a thirty-second part is listed.
        assert_eq!(listed.len(), 24);
        assert_eq!(listed[..3], [(&b"lamp"[..], 40), (b"odd", 40), (b"the", 40)]);
        assert_eq!(listed[4], (&b"w0x0"[..], 6));
        assert!(listed.iter().zip(&listed[1..]).all(|(one, next)| one.1 >= next.1));
        assert!(most_frequent(&last[..last.len() - 1]).is_none());
    }

    #[test]
    fn the_noted_pages_hold_all_terms_of_a_range_and_hardly_others() {
        let pages = pages();
        let firsts = Firsts::decode(pages[0].clone()).unwrap();
        assert_eq!(firsts.n_pages(), pages.len() - 1);
        let mut all = Vec::new();
        for (at, page) in pages[1..].iter().enumerate() {
            for_each_term(page, |term, _| {
                all.push((at, term.to_vec()));
                Some(())
            })
            .unwrap();
        }
        for prefix in ["the", "w3", "w", "zebra1", "zz", "", "灯", "a", "lam"] {
            let bytes = prefix.as_bytes();
            for range in [TermRange::Word(bytes), TermRange::Prefix(bytes)] {
                let matches = |term: &[u8]| match range {
                    TermRange::Word(wanted) => term == wanted,
                    TermRange::Prefix(prefix) => term.starts_with(prefix),
                };
                let mut wanted = vec![false; firsts.n_pages()];
                firsts.note(&range, &mut wanted);
                let held: Vec<usize> =
                    all.iter().filter(|(_, term)| matches(term)).map(|(at, _)| *at).collect();
                assert!(held.iter().all(|at| wanted[*at]), "{range:?}");
                let noted = wanted.iter().filter(|wanted| **wanted).count();
                let mut pages = held;
                pages.dedup();
                assert!(noted <= pages.len() + 1, "{range:?}: {noted} of {}", pages.len());
            }
        }
    }

    #[test]
    fn damage_is_noticed() {
        let mut builder = PostingsBuilder::default();
        let cut = |_: usize| Ok(builder.build("alpha beta").0[..3].to_vec());
        assert_eq!(build(1, cut, &mut |_, _| Ok(())).unwrap(), None);
        let pages = pages();
        let terms = |page: &[u8]| {
            let mut n = 0;
            for_each_term(page, |_, list| {
                n += 1;
                list.for_each_block(|_, _| ())
            })
            .map(|()| n)
        };
        let whole = terms(&pages[1]).unwrap();
        for cut in 0..pages[1].len() {
            // A page that ends between two entries is whole, but holds fewer.
            assert!(terms(&pages[1][..cut]).is_none_or(|n| n < whole), "cut at {cut}");
        }
        for cut in 0..pages[0].len() {
            assert!(Firsts::decode(pages[0][..cut].to_vec()).is_none(), "cut at {cut}");
        }
    }
}
