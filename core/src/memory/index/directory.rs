//! The terms of a library and how often each stands there, by the directories of its runs.
//!
//! A run is some hundreds of blocks of one document ([`DocumentRecord::runs`]), a document of four million
//! tokens one run or two; its directory merges their dictionaries (`pages`), so that a term is looked up
//! once a run and not once a block (`spread`). Of a run too short for a directory the dictionaries are read.
//!
//! [`DocumentRecord::runs`]: crate::memory::store::DocumentRecord::runs

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::corpus::{Corpus, DirectoryView};
use super::pages::{self, TermRange};
use super::postings;
use crate::error::Result;

/// What is said of a damaged page, and of a damaged dictionary.
pub(super) const CUT_SHORT: &str = "a page of the directory is cut short";
pub(super) const NO_DICTIONARY: &str = "the dictionary is cut short";

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
        firsts
            .for_each_term(&bytes, |term, list| {
                if let Some(count) = terms.get_mut(postings::word_of(term).0) {
                    **count = Some(count.unwrap_or(0) + list.total()?);
                }
                Some(())
            })
            .ok_or_else(|| directory.damaged(CUT_SHORT))?;
    }
    Ok(())
}

/// Where a word stands first in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum First {
    /// In the block of this ordinal in the run.
    Block(u32),
    /// In the sentence of this ordinal in the run.
    Sentence(u32),
}

/// Where the folded word `word` stands first in the run of `directory`, by the beginnings of its lists; `None` if it
/// stands nowhere.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn first_of(directory: &DirectoryView, word: &[u8]) -> Result<Option<First>> {
    let firsts = &directory.firsts;
    let mut wanted = vec![false; firsts.n_pages()];
    firsts.note(&TermRange::Word(word), &mut wanted);
    let mut first: Option<First> = None;
    for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
        let bytes = directory.page(page + 1)?;
        firsts
            .for_each_term(&bytes, |term, list| {
                if postings::word_of(term).0 == word {
                    let at = list.first()? as u32;
                    let at =
                        if list.is_by_sentence() { First::Sentence(at) } else { First::Block(at) };
                    first = Some(first.map_or(at, |first| first.min(at)));
                }
                Some(())
            })
            .ok_or_else(|| directory.damaged(CUT_SHORT))?;
    }
    Ok(first)
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
            let page = directory.page(self.page)?;
            let listed = directory.firsts.for_each_term(&page, |term, list| {
                terms.push((postings::word_of(term).0.to_vec(), list.total()?));
                Some(())
            });
            listed.ok_or_else(|| directory.damaged(CUT_SHORT))?;
            self.terms = terms.into_iter();
        }
        Ok(self.terms.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::patterns::Pattern;
    use crate::memory::index::search;
    use crate::memory::index::stems::Stems;
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
        let stems = Stems::default();
        for word in ["lamp", "reef", "gull", "w9", "burns", "399996"] {
            let pattern = Pattern::one_of(word, [word.to_owned()]);
            let mut first = None;
            search::sentences_with(&corpus, &[pattern], &[], &stems, |id, _| {
                first = Some(id);
                false
            })
            .unwrap();
            assert_eq!(
                search::first_sentence_with(&corpus, word, &stems).unwrap(),
                first,
                "{word}"
            );
        }
        let no_lamp = most_frequent(&corpus, 2, |term| term != b"lamp").unwrap();
        assert_eq!(no_lamp[0].0, ranked.iter().find(|(term, _)| term != b"lamp").unwrap().0);
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
    }
}
