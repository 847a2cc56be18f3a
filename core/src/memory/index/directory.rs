//! Which blocks of a run hold a term, and how often: what keeps a question from looking into every
//! block of a long document.
//!
//! A run is some hundreds of blocks of one document ([`DocumentRecord::runs`]), a document of four million
//! tokens one run or two; its directory merges their dictionaries (`pages`), so that a term is looked up
//! once a run and not once a block. A look-up reads the pages whose range of terms can match, no others, and
//! of words that are to stand side by side, which blocks can hold them so (`pairs`). Of a run too short for a
//! directory the dictionaries are read.
//!
//! [`DocumentRecord::runs`]: crate::memory::store::DocumentRecord::runs

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::corpus::{Corpus, DirectoryView};
use super::pages::{self, TermRange, for_each_term};
use super::pairs;
use super::patterns::{Matches, Pattern, Wanted};
use super::postings;
use super::stems::Stems;
use crate::error::Result;
use crate::memory::store::SHORT_RUN;

/// Blocks of a run that are read sooner than their directory is asked whether they are worth it.
const FEW: usize = SHORT_RUN;
/// Pages of a directory that are read and searched in about the time that a block's dictionary, positions
/// and layout are.
const BLOCK_PAGES: usize = 12;

/// What is said of a damaged page, and of a damaged dictionary.
const CUT_SHORT: &str = "a page of the directory is cut short";
const NO_DICTIONARY: &str = "the dictionary is cut short";

/// The `n` terms that stand in the documents most often among those that `is_wanted` tells, each with how
/// often; of those that stand as often the first in byte order.
///
/// Every directory lists its most frequent terms, and a run without one all of its own. A term that none lists stands in each no oftener than the
/// last that is listed there, so where the `n`th best beats the sum of those, the lists tell all (after
/// Fagin, Lotem, Naor, "Optimal aggregation algorithms for middleware", PODS 2001); else the directories are
/// merged.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn most_frequent(
    corpus: &Corpus,
    n: usize,
    is_wanted: impl Fn(&[u8]) -> bool,
) -> Result<Vec<(Vec<u8>, u64)>> {
    let n_runs = corpus.contents.runs.len();
    let mut listed: BTreeMap<Vec<u8>, Vec<Option<u64>>> = BTreeMap::new();
    let mut floors = Vec::with_capacity(n_runs);
    for run in 0..n_runs {
        let mut note = |term: &[u8], count: u64| {
            if is_wanted(term) {
                let counts = listed.entry(term.to_vec()).or_insert_with(|| vec![None; n_runs]);
                counts[run] = Some(count);
            }
        };
        if let Some(directory) = corpus.directory(run)? {
            let page = directory.page(directory.firsts.n_pages() + 1)?;
            let terms = pages::most_frequent(&page).ok_or_else(|| directory.damaged(CUT_SHORT))?;
            floors.push(terms.last().map_or(0, |(_, count)| *count));
            terms.into_iter().for_each(|(term, count)| note(term, count));
        } else {
            floors.push(0);
            words_of(corpus, run)?.iter().for_each(|(term, count)| note(term, *count));
        }
    }
    // What cannot be among the best is not looked up where it is not listed.
    let least = |counts: &[Option<u64>]| counts.iter().flatten().sum::<u64>();
    let most = |counts: &[Option<u64>]| {
        counts.iter().zip(&floors).map(|(count, floor)| count.unwrap_or(*floor)).sum::<u64>()
    };
    let mut sure: Vec<u64> = listed.values().map(|counts| least(counts)).collect();
    sure.sort_unstable_by(|one, other| other.cmp(one));
    let enough = n.checked_sub(1).and_then(|last| sure.get(last)).copied().unwrap_or(0);
    listed.retain(|_, counts| most(counts) >= enough);
    for run in 0..n_runs {
        let Some(directory) = corpus.directory(run)? else { continue };
        let mut missing: BTreeMap<&[u8], &mut Option<u64>> = BTreeMap::new();
        for (term, counts) in &mut listed {
            if counts[run].is_none() {
                missing.insert(term, &mut counts[run]);
            }
        }
        look_up(&directory, missing)?;
    }
    let mut best = Ranking::new(n);
    listed.iter().for_each(|(term, counts)| best.add(term, least(counts)));
    if best.beats(floors.iter().sum()) {
        return Ok(best.into_sorted());
    }
    let mut best = Ranking::new(n);
    for_each_term_of(corpus, |term, count| {
        if best.beats(count) || !is_wanted(term) {
            return;
        }
        best.add(term, count);
    })?;
    Ok(best.into_sorted())
}

/// The words of a run without a directory in byte order, each with how often it stands there.
fn words_of(corpus: &Corpus, run: usize) -> Result<BTreeMap<Vec<u8>, u64>> {
    let mut words: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for block in corpus.contents.runs[run].blocks.clone() {
        postings::for_each_term(&corpus.index(block)?.terms, |term, entry| {
            let (word, _) = postings::word_of(term);
            *words.entry(word.to_vec()).or_default() += u64::from(entry.count);
        })
        .ok_or_else(|| corpus.damaged(block, NO_DICTIONARY))?;
    }
    Ok(words)
}

/// Fills in how often each of `terms` stands in the run of `directory`.
fn look_up(directory: &DirectoryView, mut terms: BTreeMap<&[u8], &mut Option<u64>>) -> Result<()> {
    let firsts = &directory.firsts;
    let mut wanted = vec![false; firsts.n_pages()];
    terms.keys().for_each(|term| firsts.note(&TermRange::Word(term), &mut wanted));
    for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
        let bytes = directory.page(page + 1)?;
        for_each_term(&bytes, |term, list| {
            if let Some(count) = terms.get_mut(postings::word_of(term).0) {
                **count = Some(count.unwrap_or(0) + list.total()?);
            }
            Some(())
        })
        .ok_or_else(|| directory.damaged(CUT_SHORT))?;
    }
    Ok(())
}

/// The terms that stand most often.
struct Ranking {
    n: usize,
    /// The one that stands least often, and of these the last in byte order, on top.
    heap: BinaryHeap<(Reverse<u64>, Vec<u8>)>,
}

impl Ranking {
    fn new(n: usize) -> Self {
        Self { n, heap: BinaryHeap::new() }
    }

    fn add(&mut self, term: &[u8], count: u64) {
        self.heap.push((Reverse(count), term.to_vec()));
        if self.heap.len() > self.n {
            self.heap.pop();
        }
    }

    /// Whether it is full of terms that stand oftener than `count`.
    fn beats(&self, count: u64) -> bool {
        self.heap.len() == self.n && self.heap.peek().is_none_or(|(least, _)| least.0 > count)
    }

    fn into_sorted(self) -> Vec<(Vec<u8>, u64)> {
        self.heap.into_sorted_vec().into_iter().map(|(count, term)| (term, count.0)).collect()
    }
}

/// Calls `visit` with every term of a library in byte order and how often it stands there: a merge
/// of all directories that holds one page of each, and the words of runs that have none.
///
/// # Errors
/// If the store cannot be read or is damaged.
fn for_each_term_of(corpus: &Corpus, mut visit: impl FnMut(&[u8], u64)) -> Result<()> {
    let mut cursors: Vec<Cursor> = Vec::new();
    let mut heads: BinaryHeap<Reverse<(Vec<u8>, usize, u64)>> = BinaryHeap::new();
    for run in 0..corpus.contents.runs.len() {
        let mut cursor = Cursor::of(corpus, run)?;
        heads.extend(cursor.next()?.map(|(term, count)| Reverse((term, run, count))));
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
        let next = cursors[run].next()?;
        heads.extend(next.map(|(term, count)| Reverse((term, run, count))));
    }
    if last.1 > 0 {
        visit(&last.0, last.1);
    }
    Ok(())
}

/// The terms of one run in order, those of a directory page after page.
struct Cursor<'a> {
    directory: Option<DirectoryView<'a>>,
    page: usize,
    /// What is left of the page, or of all words, each with how often it stands in the run.
    terms: std::vec::IntoIter<(Vec<u8>, u64)>,
}

impl<'a> Cursor<'a> {
    fn of(corpus: &'a Corpus, run: usize) -> Result<Self> {
        let directory = corpus.directory(run)?;
        let words = if directory.is_none() { words_of(corpus, run)? } else { BTreeMap::new() };
        let terms = words.into_iter().collect::<Vec<_>>().into_iter();
        Ok(Self { directory, page: 0, terms })
    }

    fn next(&mut self) -> Result<Option<(Vec<u8>, u64)>> {
        while self.terms.len() == 0
            && let Some(directory) = &self.directory
            && self.page < directory.firsts.n_pages()
        {
            self.page += 1;
            let mut terms = Vec::new();
            for_each_term(&directory.page(self.page)?, |term, list| {
                terms.push((postings::word_of(term).0.to_vec(), list.total()?));
                Some(())
            })
            .ok_or_else(|| directory.damaged(CUT_SHORT))?;
            self.terms = terms.into_iter();
        }
        Ok(self.terms.next())
    }
}

/// In which blocks patterns can occur, and how often at most.
#[derive(Debug)]
pub struct Spread {
    /// Per pattern, the blocks with its words in order, each with an upper bound of its occurrences there: 0
    /// where they do not stand side by side.
    pub blocks: Vec<Vec<(u32, u32)>>,
    /// How often each pattern occurs at most, by its rarest word in every block; exact for single words.
    pub totals: Vec<u64>,
}

impl Spread {
    /// Looks `patterns` up in the runs of `corpus`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(corpus: &Corpus, patterns: &[Pattern], stems: &Stems) -> Result<Self> {
        let mut blocks = vec![Vec::new(); patterns.len()];
        let mut totals = vec![0_u64; patterns.len()];
        for run in 0..corpus.contents.runs.len() {
            let bounds = Lookup::of(corpus, run, patterns)?.bounds(stems)?;
            let first = corpus.contents.runs[run].blocks.start;
            for (at, bounds) in bounds.into_iter().enumerate() {
                let mut of_run: Vec<(u32, u32)> =
                    (first..).zip(bounds).filter(|(_, bound)| *bound > 0).collect();
                totals[at] += of_run.iter().map(|(_, bound)| u64::from(*bound)).sum::<u64>();
                if of_run.len() > FEW
                    && let Some(held) = holders(corpus, run, &patterns[at])?
                {
                    for (block, bound) in &mut of_run {
                        *bound *= u32::from(has(&held, (*block - first) as usize));
                    }
                }
                blocks[at].extend(of_run);
            }
        }
        Ok(Self { blocks, totals })
    }

    /// The blocks where one of the patterns can occur, in order.
    pub fn any(&self) -> Vec<u32> {
        union(&self.blocks)
    }
}

/// The blocks to be read for units that hold each of `all` and, unless it is empty, one of `any`, in order:
/// others hold none. What stands only here and there decides how much of a long document is looked at: `any`
/// is looked up only where that takes less than to read the blocks that can hold each of `all`.
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
    for run in 0..corpus.contents.runs.len() {
        let blocks = corpus.contents.runs[run].blocks.clone();
        let held = Lookup::of(corpus, run, all)?.bounds(stems)?;
        let each = |block: &usize| held.iter().all(|bounds| bounds[*block] > 0);
        let mut found: Vec<usize> = (0..blocks.len()).filter(each).collect();
        for pattern in all {
            if found.len() > FEW
                && let Some(held) = holders(corpus, run, pattern)?
            {
                found.retain(|block| has(&held, *block));
            }
        }
        if found.len() > FEW && !any.is_empty() {
            let lookup = Lookup::of(corpus, run, any)?;
            if lookup.n_pages() < found.len() * BLOCK_PAGES {
                let held = lookup.bounds(stems)?;
                found.retain(|block| held.iter().any(|bounds| bounds[*block] > 0));
            }
        }
        out.extend(found.into_iter().map(|block| blocks.start + block as u32));
    }
    Ok(out)
}

/// The blocks of a run that can hold the words of a pattern side by side, a bit each; `None` if nothing is
/// known about them.
fn holders(corpus: &Corpus, run: usize, pattern: &Pattern) -> Result<Option<Vec<u8>>> {
    let Some(words) = pattern.side_by_side() else { return Ok(None) };
    let Some(directory) = corpus.directory(run)? else { return Ok(None) };
    let first = directory.firsts.n_pages() + 2;
    let n_blocks = corpus.contents.runs[run].blocks.len();
    let page = |page: usize| directory.page(first + page);
    pairs::holders(n_blocks, &words, page, || directory.damaged(CUT_SHORT))
}

/// Whether a block has its bit.
fn has(bits: &[u8], block: usize) -> bool {
    bits[block / 8] >> (block % 8) & 1 == 1
}

/// Patterns and where in one run their words are looked up.
struct Lookup<'a> {
    corpus: &'a Corpus<'a>,
    run: usize,
    patterns: &'a [Pattern],
    /// The directory and which of its pages can hold one of the words, by page from page 1 on.
    directory: Option<(DirectoryView<'a>, Vec<bool>)>,
}

impl<'a> Lookup<'a> {
    fn of(corpus: &'a Corpus<'a>, run: usize, patterns: &'a [Pattern]) -> Result<Self> {
        let directory = corpus.directory(run)?.map(|directory| {
            let mut wanted = vec![false; directory.firsts.n_pages()];
            for pattern in patterns {
                pattern.for_each_range(|range| directory.firsts.note(&range, &mut wanted));
            }
            (directory, wanted)
        });
        Ok(Self { corpus, run, patterns, directory })
    }

    /// Pages of the directory to be read.
    fn n_pages(&self) -> usize {
        let wanted = self.directory.iter().flat_map(|(_, wanted)| wanted);
        wanted.filter(|wanted| **wanted).count()
    }

    /// Per pattern and block of the run, an upper bound of how often the pattern occurs in the block.
    fn bounds(&self, stems: &Stems) -> Result<Vec<Vec<u32>>> {
        match &self.directory {
            Some((directory, wanted)) => self.listed(directory, wanted, stems),
            None => self.counted(stems),
        }
    }

    /// The bounds by the dictionary of each block.
    fn counted(&self, stems: &Stems) -> Result<Vec<Vec<u32>>> {
        let mut words = Wanted::of(self.patterns, stems);
        let mut bounds = vec![Vec::new(); self.patterns.len()];
        for block in self.corpus.contents.runs[self.run].blocks.clone() {
            let found = Matches::find(&mut words, &self.corpus.index(block)?.terms)
                .ok_or_else(|| self.corpus.damaged(block, NO_DICTIONARY))?;
            for (pattern, bounds) in bounds.iter_mut().enumerate() {
                bounds.push(u32::try_from(found.bound(pattern)).unwrap_or(u32::MAX));
            }
        }
        Ok(bounds)
    }

    /// The bounds by the `wanted` pages of the directory.
    fn listed(
        &self,
        directory: &DirectoryView,
        wanted: &[bool],
        stems: &Stems,
    ) -> Result<Vec<Vec<u32>>> {
        let n_blocks = self.corpus.contents.runs[self.run].blocks.len();
        let none = |pattern: &Pattern| vec![vec![0_u32; n_blocks]; pattern.len()];
        let mut counts: Vec<Vec<Vec<u32>>> = self.patterns.iter().map(none).collect();
        let mut words = Wanted::of(self.patterns, stems);
        for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            let bytes = directory.page(page + 1)?;
            words.rewind();
            for_each_term(&bytes, |term, list| {
                let mut whole = Some(());
                words.for_each_place_of(term, |pattern, slot| {
                    let counts = &mut counts[pattern][slot];
                    let walked = list.for_each_block(|block, count| {
                        if let Some(sum) = counts.get_mut(block) {
                            *sum = sum.saturating_add(count);
                        }
                    });
                    whole = whole.and(walked);
                });
                whole
            })
            .ok_or_else(|| directory.damaged(CUT_SHORT))?;
        }
        // A pattern stands where the rarest of its words does at most.
        let least = |mut slots: Vec<Vec<u32>>| {
            let mut least = slots.pop().unwrap_or_default();
            for slot in slots {
                least.iter_mut().zip(slot).for_each(|(least, other)| *least = (*least).min(other));
            }
            least
        };
        Ok(counts.into_iter().map(least).collect())
    }
}

fn union(lists: &[Vec<(u32, u32)>]) -> Vec<u32> {
    let can = |(block, bound): &(u32, u32)| (*bound > 0).then_some(*block);
    let mut all: Vec<u32> = lists.iter().flatten().filter_map(can).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::segment::words;
    use crate::memory::{Library, Source};

    #[test]
    fn the_terms_of_a_library_are_counted_over_all_its_runs() {
        let lines =
            |n: usize| format!("Lamp {} burns beside the reef-wall or a reef w{n}.\n\n", n % 3);
        let text: String = (0..400_000).step_by(9).map(lines).collect();
        let mut library = Library::in_memory();
        library.open_document(&Source::text("one", text.clone())).unwrap();
        library.open_document(&Source::text("two", format!("{text}reef gull"))).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        assert!(corpus.contents.runs.len() >= 2);
        let mut wanted: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for word in words::folded_words(&format!("{text}{text}reef gull")) {
            *wanted.entry(word.into_bytes()).or_default() += 1;
        }
        let mut found = Vec::new();
        for_each_term_of(&corpus, |term, count| found.push((term.to_vec(), count))).unwrap();
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
        // The most frequent by the lists, and by a merge where the lists end.
        let mut ranked: Vec<(Vec<u8>, u64)> = found;
        ranked.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        for n in [0, 1, 3, 20, 200, 5_000] {
            let best = most_frequent(&corpus, n, |_| true).unwrap();
            assert_eq!(best, ranked[..n.min(ranked.len())], "{n}");
        }
        let no_lamp = most_frequent(&corpus, 2, |term| term != b"lamp").unwrap();
        assert_eq!(no_lamp[0].0, ranked.iter().find(|(term, _)| term != b"lamp").unwrap().0);
        // Of a word that few blocks hold those are read, whatever else they hold; else both decide.
        let stems = Stems::default();
        let [rare, often, least] =
            ["gull", "reef", "w0"].map(|word| [Pattern::phrase(word).unwrap()]);
        let blocks =
            |all: &[Pattern], any: &[Pattern]| blocks_beside(&corpus, all, any, &stems).unwrap();
        let last = corpus.contents.blocks.len() as u32 - 1;
        assert_eq!(blocks(&rare, &often), [last]);
        assert_eq!(blocks(&rare, &least), [last]);
        assert_eq!(blocks(&often, &[]), (0..=last).collect::<Vec<_>>());
        let with_least = blocks(&often, &least);
        assert!(with_least.contains(&0) && with_least.len() <= 2 + FEW, "{with_least:?}");
    }

    #[test]
    fn a_run_without_a_directory_is_looked_up_in_its_dictionaries() {
        let text = |end: &str| "A reef, a lamp, a reef-wall.\n\n".repeat(4_000) + end;
        let mut library = Library::in_memory();
        library.open_document(&Source::text("one", text("Two gulls."))).unwrap();
        library.open_document(&Source::text("two", text("A gull, a gull, no lamp."))).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        assert!(corpus.contents.runs.iter().all(|run| run.directory.is_none()));
        let n_blocks = corpus.contents.blocks.len() as u32;
        assert!(n_blocks >= 4);
        let best = most_frequent(&corpus, 3, |_| true).unwrap();
        let named = |(word, count): &(&str, u64)| (word.as_bytes().to_vec(), *count);
        let wanted = [("a", 24_002), ("reef", 16_000), ("lamp", 8_001)];
        assert_eq!(best, wanted.iter().map(named).collect::<Vec<_>>());
        let stems = Stems::default();
        let patterns = ["gull", "wall", "eel"].map(|word| Pattern::phrase(word).unwrap());
        let spread = Spread::of(&corpus, &patterns, &stems).unwrap();
        assert_eq!(spread.blocks[0], [(n_blocks - 1, 2)]);
        assert_eq!((spread.totals[1], spread.totals[2]), (8_000, 0));
        assert_eq!(spread.any(), (0..n_blocks).collect::<Vec<_>>());
        let beside = blocks_beside(&corpus, &patterns[..1], &patterns[1..], &stems).unwrap();
        assert_eq!(beside, [n_blocks - 1]);
    }
}
