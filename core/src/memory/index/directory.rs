//! Which blocks of a run hold a term, and how often: what keeps a question from looking into every
//! block of a long document.
//!
//! A run is some tens of blocks of one document ([`DocumentRecord::runs`]); its directory merges
//! their dictionaries, so that a term is looked up once a run and not once a block.
//!
//! ```text
//! page 0     the first term of every other page, length-prefixed
//! page       entries in byte order of their terms
//! entry      lengths of the prefix shared with the term before (0 for a page's first) and of the
//!            rest, as in `postings`; the rest; the number of blocks; per block twice the difference
//!            of its ordinal in the run, and one more with a count behind it where the term stands in
//!            the block more than once
//! ```
//! All other numbers are LEB128. A lookup reads the pages whose range of terms can match, no others.
//!
//! [`DocumentRecord::runs`]: crate::memory::store::DocumentRecord::runs

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::corpus::Corpus;
use super::patterns::Pattern;
use super::postings::{self, ByteSet};
use super::stems::Stems;
use crate::error::Result;
use crate::memory::store::LONGEST_RUN;
use crate::memory::store::varint::{Reader, put};

/// Bytes of a page at which the next is begun: such a page fits a page of the library's file.
const PAGE_BYTES: usize = 1_900;

/// Blocks of a run that are read sooner than their directory is asked whether they are worth it: a look-up
/// of dozens of words takes about as long as reading the dictionaries of so many blocks.
const FEW: usize = 3;

/// What is said of a damaged page.
const CUT_SHORT: &str = "a page of the directory is cut short";

/// Merges the dictionaries of the blocks of a run: its pages. The terms of one first byte are merged at
/// a time, so that a small part of the terms of a run is held. `terms` answers the part `terms` of
/// block `at`, and `None` comes back where one of them is damaged.
///
/// # Errors
/// What `terms` answers.
pub fn build(
    n_blocks: usize,
    mut terms: impl FnMut(usize) -> Result<Vec<u8>>,
) -> Result<Option<Vec<Vec<u8>>>> {
    let mut pages = PageBuilder::default();
    let mut first: ByteSet = [0; 4];
    for block in 0..n_blocks {
        match postings::first_bytes(&terms(block)?) {
            Some(own) => first.iter_mut().zip(own).for_each(|(all, own)| *all |= own),
            None => return Ok(None),
        }
    }
    for byte in (0..256).filter(|byte| first[byte >> 6] >> (byte & 63) & 1 == 1) {
        let mut set: ByteSet = [0; 4];
        set[byte >> 6] = 1 << (byte & 63);
        let mut lists: BTreeMap<Box<[u8]>, List> = BTreeMap::new();
        for block in 0..n_blocks {
            let part = terms(block)?;
            let walked =
                postings::for_each_term(&part, &set, |term, entry| match lists.get_mut(term) {
                    Some(list) => list.add(block, entry.count),
                    None => {
                        let mut list = List::default();
                        list.add(block, entry.count);
                        lists.insert(term.into(), list);
                    }
                });
            if walked.is_none() {
                return Ok(None);
            }
        }
        lists.iter().for_each(|(term, list)| pages.add(term, list));
    }
    Ok(Some(pages.finish()))
}

/// The blocks of one term, while a directory is built.
#[derive(Default)]
struct List {
    n_blocks: u64,
    /// The next block's ordinal if it were the one behind the last.
    next: usize,
    bytes: Vec<u8>,
}

impl List {
    fn add(&mut self, block: usize, count: u32) {
        let often = count > 1;
        put(&mut self.bytes, ((block - self.next) as u64) << 1 | u64::from(often));
        if often {
            put(&mut self.bytes, u64::from(count));
        }
        self.next = block + 1;
        self.n_blocks += 1;
    }
}

#[derive(Default)]
struct PageBuilder {
    firsts: Vec<u8>,
    pages: Vec<Vec<u8>>,
    page: Vec<u8>,
    previous: Vec<u8>,
}

impl PageBuilder {
    fn add(&mut self, term: &[u8], list: &List) {
        if self.page.len() + term.len() + list.bytes.len() > PAGE_BYTES && !self.page.is_empty() {
            self.pages.push(std::mem::take(&mut self.page));
        }
        if self.page.is_empty() {
            self.previous.clear();
            put(&mut self.firsts, term.len() as u64);
            self.firsts.extend_from_slice(term);
        }
        let shared = self.previous.iter().zip(term).take_while(|(a, b)| a == b).count();
        postings::put_head(&mut self.page, shared, term.len() - shared);
        self.page.extend_from_slice(&term[shared..]);
        put(&mut self.page, list.n_blocks);
        self.page.extend_from_slice(&list.bytes);
        self.previous.clear();
        self.previous.extend_from_slice(term);
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.page.is_empty() {
            self.pages.push(self.page);
        }
        self.pages.insert(0, self.firsts);
        self.pages
    }
}

/// The first terms of the pages of a directory.
#[derive(Debug)]
pub struct Firsts {
    terms: Vec<Box<[u8]>>,
}

impl Firsts {
    /// Reads page 0; `None` if it is damaged.
    pub fn decode(page: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(page);
        let mut terms = Vec::new();
        while !reader.is_at_end() {
            let length = reader.count(page.len())?;
            terms.push(reader.bytes(length)?.into());
        }
        Some(Self { terms })
    }

    /// Number of pages behind page 0.
    pub fn n_pages(&self) -> usize {
        self.terms.len()
    }

    /// Notes in `wanted`, by page from page 1 on, those that can hold a term of `range`.
    fn note(&self, range: &TermRange, wanted: &mut [bool]) {
        let (low, longer) = match range {
            TermRange::Term(term) => (*term, false),
            TermRange::Prefix(prefix) => (*prefix, true),
        };
        let begin = self.terms.partition_point(|first| **first <= *low).saturating_sub(1);
        for (first, wanted) in self.terms.iter().zip(wanted).skip(begin) {
            if **first > *low && !(longer && first.starts_with(low)) {
                break;
            }
            *wanted = true;
        }
    }
}

/// Terms that a pattern may match, by byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermRange<'a> {
    /// This term.
    Term(&'a [u8]),
    /// Terms that begin so.
    Prefix(&'a [u8]),
}

/// Calls `visit` with every term of a page and its blocks, each with its ordinal in the run and its
/// count, in byte order. `None` if the page is damaged.
pub fn for_each_term(page: &[u8], mut visit: impl FnMut(&[u8], &[(u8, u32)])) -> Option<()> {
    let mut reader = Reader::new(page);
    let mut term = Vec::new();
    let mut blocks = Vec::with_capacity(LONGEST_RUN);
    while !reader.is_at_end() {
        let (shared, rest) = postings::read_head(&mut reader)?;
        if shared > term.len() {
            return None;
        }
        term.truncate(shared);
        term.extend_from_slice(reader.bytes(rest)?);
        blocks.clear();
        let mut next = 0;
        for _ in 0..reader.count(LONGEST_RUN)? {
            let head = reader.count(2 * LONGEST_RUN)?;
            let block = (head >> 1) + next;
            if block >= LONGEST_RUN {
                return None;
            }
            let count = if head & 1 == 1 { u32::try_from(reader.number()?).ok()? } else { 1 };
            blocks.push((block as u8, count));
            next = block + 1;
        }
        visit(&term, &blocks);
    }
    Some(())
}

/// Calls `visit` with every term of a library in byte order and how often it stands there: a merge
/// of all directories that holds one page of each.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn for_each_term_of(corpus: &Corpus, mut visit: impl FnMut(&[u8], u64)) -> Result<()> {
    let mut cursors: Vec<Cursor> = Vec::new();
    let mut heads: BinaryHeap<Reverse<(Vec<u8>, usize, u64)>> = BinaryHeap::new();
    for run in 0..corpus.runs.len() {
        let mut cursor = Cursor { run, page: 0, terms: Vec::new().into_iter() };
        heads.extend(cursor.next(corpus)?.map(|(term, count)| Reverse((term, run, count))));
        cursors.push(cursor);
    }
    let mut last: (Vec<u8>, u64) = (Vec::new(), 0);
    while let Some(Reverse((term, run, count))) = heads.pop() {
        if term == last.0 {
            last.1 += count;
        } else {
            if last.1 > 0 {
                visit(&last.0, last.1);
            }
            last = (term, count);
        }
        let next = cursors[run].next(corpus)?;
        heads.extend(next.map(|(term, count)| Reverse((term, run, count))));
    }
    if last.1 > 0 {
        visit(&last.0, last.1);
    }
    Ok(())
}

/// The terms of one directory in order, page after page.
struct Cursor {
    run: usize,
    page: usize,
    /// What is left of the page, each with how often it stands in the run.
    terms: std::vec::IntoIter<(Vec<u8>, u64)>,
}

impl Cursor {
    fn next(&mut self, corpus: &Corpus) -> Result<Option<(Vec<u8>, u64)>> {
        while self.terms.len() == 0 && self.page < corpus.firsts(self.run)?.n_pages() {
            self.page += 1;
            let bytes = corpus.directory_page(self.run, self.page as u32)?;
            let mut terms = Vec::new();
            for_each_term(&bytes, |term, blocks| {
                let count = blocks.iter().map(|(_, count)| u64::from(*count)).sum();
                terms.push((term.to_vec(), count));
            })
            .ok_or_else(|| corpus.damaged_run(self.run, CUT_SHORT))?;
            self.terms = terms.into_iter();
        }
        Ok(self.terms.next())
    }
}

/// In which blocks patterns can occur, and how often at most.
#[derive(Debug)]
pub struct Spread {
    /// Per pattern, the blocks in order, each with an upper bound of its occurrences there.
    pub blocks: Vec<Vec<(u32, u32)>>,
}

impl Spread {
    /// Looks `patterns` up in the directories of `corpus`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(corpus: &Corpus, patterns: &[Pattern], stems: &Stems) -> Result<Self> {
        let mut blocks = vec![Vec::new(); patterns.len()];
        for run in 0..corpus.runs.len() {
            let bounds = bounds(corpus, run, patterns, stems)?;
            for (blocks, bounds) in blocks.iter_mut().zip(&bounds) {
                let of_run = corpus.runs[run].blocks.clone().zip(bounds.iter().copied());
                blocks.extend(of_run.filter(|(_, bound)| *bound > 0));
            }
        }
        Ok(Self { blocks })
    }

    /// How often each pattern occurs at most; exact for single words.
    pub fn totals(&self) -> Vec<u64> {
        let total = |blocks: &Vec<(u32, u32)>| blocks.iter().map(|(_, n)| u64::from(*n)).sum();
        self.blocks.iter().map(total).collect()
    }

    /// The blocks where one of the patterns can occur, in order.
    pub fn any(&self) -> Vec<u32> {
        union(&self.blocks)
    }
}

/// The blocks to be read for units that hold each of `all` and, unless it is empty, one of `any`, in order:
/// others hold none. What stands only here and there decides how much of a long document is looked at: `any`
/// is looked up in those runs alone where more than [`FEW`] blocks can hold each of `all`.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn blocks_beside(
    corpus: &Corpus,
    all: &[Pattern],
    any: &[Pattern],
    stems: &Stems,
) -> Result<Vec<u32>> {
    let mut out = Vec::new();
    for run in 0..corpus.runs.len() {
        let blocks = corpus.runs[run].blocks.clone();
        let held = bounds(corpus, run, all, stems)?;
        let each = |block: &usize| held.iter().all(|bounds| bounds[*block] > 0);
        let mut found: Vec<usize> = (0..blocks.len()).filter(each).collect();
        if found.len() > FEW && !any.is_empty() {
            let held = bounds(corpus, run, any, stems)?;
            found.retain(|block| held.iter().any(|bounds| bounds[*block] > 0));
        }
        out.extend(found.into_iter().map(|block| blocks.start + block as u32));
    }
    Ok(out)
}

/// Per pattern and block of run `run`, an upper bound of how often the pattern occurs in the block.
fn bounds(
    corpus: &Corpus,
    run: usize,
    patterns: &[Pattern],
    stems: &Stems,
) -> Result<Vec<[u32; LONGEST_RUN]>> {
    let firsts = corpus.firsts(run)?;
    let mut wanted = vec![false; firsts.n_pages()];
    for pattern in patterns {
        pattern.for_each_range(|range| firsts.note(&range, &mut wanted));
    }
    let mut counts: Vec<Vec<[u32; LONGEST_RUN]>> =
        patterns.iter().map(|pattern| vec![[0; LONGEST_RUN]; pattern.len()]).collect();
    for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
        let bytes = corpus.directory_page(run, page as u32 + 1)?;
        for_each_term(&bytes, |term, held| {
            for (pattern, counts) in patterns.iter().zip(&mut counts) {
                pattern.for_each_slot_of(term, stems, |slot| {
                    for &(block, count) in held {
                        let sum = &mut counts[slot][usize::from(block)];
                        *sum = sum.saturating_add(count);
                    }
                });
            }
        })
        .ok_or_else(|| corpus.damaged_run(run, CUT_SHORT))?;
    }
    let least = |counts: &Vec<[u32; LONGEST_RUN]>| {
        std::array::from_fn(|block| counts.iter().map(|slot| slot[block]).min().unwrap_or(0))
    };
    Ok(counts.iter().map(least).collect())
}

fn union(lists: &[Vec<(u32, u32)>]) -> Vec<u32> {
    let mut all: Vec<u32> = lists.iter().flatten().map(|(block, _)| *block).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::postings::PostingsBuilder;
    use crate::memory::segment::words;
    use crate::memory::{Library, Source};

    fn texts() -> Vec<String> {
        (0..40)
            .map(|n| {
                let odd = if n % 2 == 1 { "odd odd " } else { "" };
                let own: String = (0..60).map(|word| format!("w{}x{word} ", n % 7)).collect();
                format!("{odd}the lamp {own} 灯 zebra{n}")
            })
            .collect()
    }

    fn pages() -> Vec<Vec<u8>> {
        let texts = texts();
        let mut builder = PostingsBuilder::default();
        build(texts.len(), |at| Ok(builder.build(&texts[at]).0)).unwrap().unwrap()
    }

    #[test]
    fn every_term_is_listed_with_its_blocks_and_counts_in_order() {
        let pages = pages();
        let mut wanted: BTreeMap<Vec<u8>, Vec<(u8, u32)>> = BTreeMap::new();
        for (block, text) in texts().iter().enumerate() {
            for word in text.split_whitespace() {
                let list = wanted.entry(word.as_bytes().to_vec()).or_default();
                match list.last_mut() {
                    Some((last, count)) if usize::from(*last) == block => *count += 1,
                    _ => list.push((block as u8, 1)),
                }
            }
        }
        let mut found = Vec::new();
        for page in &pages[1..] {
            assert!(page.len() <= PAGE_BYTES);
            for_each_term(page, |term, blocks| found.push((term.to_vec(), blocks.to_vec())))
                .unwrap();
        }
        assert!(pages.len() > 3);
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn the_terms_of_a_library_are_counted_over_all_its_runs() {
        let lines = |n: usize| format!("Lamp {} burns beside the reef w{n}.\n\n", n % 3);
        let text: String = (0..400_000).step_by(9).map(lines).collect();
        let mut library = Library::in_memory();
        library.open_document(&Source::text("one", text.clone())).unwrap();
        library.open_document(&Source::text("two", format!("{text}reef gull"))).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        assert!(corpus.runs.len() >= 2);
        let mut wanted: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for word in words::folded_words(&format!("{text}{text}reef gull")) {
            *wanted.entry(word.into_bytes()).or_default() += 1;
        }
        let mut found = Vec::new();
        for_each_term_of(&corpus, |term, count| found.push((term.to_vec(), count))).unwrap();
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
        // Of a word that few blocks hold those are read, whatever else they hold; else both decide.
        let stems = Stems::default();
        let [rare, often, least] =
            ["gull", "reef", "w0"].map(|word| [Pattern::phrase(word).unwrap()]);
        let blocks =
            |all: &[Pattern], any: &[Pattern]| blocks_beside(&corpus, all, any, &stems).unwrap();
        let last = corpus.blocks.len() as u32 - 1;
        assert_eq!(blocks(&rare, &often), [last]);
        assert_eq!(blocks(&rare, &least), [last]);
        assert_eq!(blocks(&often, &[]), (0..=last).collect::<Vec<_>>());
        let with_least = blocks(&often, &least);
        assert!(with_least.contains(&0) && with_least.len() <= 2 + FEW, "{with_least:?}");
    }

    #[test]
    fn the_noted_pages_hold_all_terms_of_a_range_and_hardly_others() {
        let pages = pages();
        let firsts = Firsts::decode(&pages[0]).unwrap();
        assert_eq!(firsts.n_pages(), pages.len() - 1);
        let mut all = Vec::new();
        for (at, page) in pages[1..].iter().enumerate() {
            for_each_term(page, |term, _| all.push((at, term.to_vec()))).unwrap();
        }
        for prefix in ["the", "w3", "w", "zebra1", "zz", "", "灯", "a", "lam"] {
            let bytes = prefix.as_bytes();
            for range in [TermRange::Term(bytes), TermRange::Prefix(bytes)] {
                let matches = |term: &[u8]| match range {
                    TermRange::Term(wanted) => term == wanted,
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
        assert_eq!(build(1, cut).unwrap(), None);
        let page = &pages()[1];
        let whole = {
            let mut n = 0;
            for_each_term(page, |_, _| n += 1).unwrap();
            n
        };
        for cut in 0..page.len() {
            let mut n = 0;
            // A page that ends between two entries is whole, but holds fewer.
            let read = for_each_term(&page[..cut], |_, _| n += 1);
            assert!(read.is_none() || n < whole, "cut at {cut}");
        }
        assert!(Firsts::decode(&[9, b'a']).is_none());
    }
}
