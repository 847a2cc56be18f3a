//! In which blocks of a library patterns can occur, how often, and of prose in which sentences: what keeps a
//! question from looking into every block of a long document.
//!
//! ```text
//! block      a pattern stands there as often as the rarest of its words at most
//! sentence   of a run whose lists are by sentences: the words of a pattern stand in one sentence, or in the next few
//!            where it goes on over their ends; of a pattern of one word that tells exactly where it stands
//! pair       of other runs: which blocks hold two words side by side (`pairs`)
//! ```
//! A look-up reads the pages of a directory whose range of terms can match, no others. Of a run too short for a directory
//! the dictionaries are read.

use std::ops::Range;

use super::corpus::{Corpus, DirectoryView};
use super::directory::{CUT_SHORT, NO_DICTIONARY};
use super::pairs;
use super::patterns::{Matches, Pattern, Wanted};
use super::stems::Stems;
use crate::error::Result;
use crate::memory::store::SHORT_RUN;

/// Blocks of a run that are read sooner than their directory is asked whether they are worth it.
pub(super) const FEW: usize = SHORT_RUN;
/// Pages of a directory that are read and searched in about the time that a block's dictionary, positions
/// and layout are.
const BLOCK_PAGES: usize = 12;

/// In which blocks patterns can occur, and how often at most.
#[derive(Debug)]
pub struct Spread {
    /// Per pattern, the blocks with its words in order, each with an upper bound of its occurrences there: 0
    /// where they do not stand side by side.
    pub blocks: Vec<Vec<(u32, u32)>>,
    /// How often each pattern occurs at most, by its rarest word in every block; exact for single words.
    pub totals: Vec<u64>,
    /// Per pattern and run, what is known of its occurrences.
    known: Vec<Vec<Known>>,
    /// Per pattern, the numbers in the library of the sentences where it can begin in runs of which they are known, in
    /// order and once for every occurrence at least.
    sentences: Vec<Vec<u32>>,
}

/// What is known of the occurrences of a pattern in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The blocks where it can stand.
    Blocks,
    /// The sentences where it can begin, and how often at most.
    Sentences,
    /// The sentences where it begins, and how often.
    Exactly,
}

impl Spread {
    /// Looks `patterns` up in the runs of `corpus`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(corpus: &Corpus, patterns: &[Pattern], stems: &Stems) -> Result<Self> {
        let n = patterns.len();
        let (mut blocks, mut totals) = (vec![Vec::new(); n], vec![0_u64; n]);
        let (mut known, mut sentences) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        for run in 0..corpus.contents.runs.len() {
            let told = Lookup::of(corpus, run, patterns)?.told(stems)?;
            let first = corpus.contents.runs[run].blocks.start;
            let first_sentence = corpus.contents.blocks[first as usize].first_sentence;
            for (at, told) in told.into_iter().enumerate() {
                let mut of_run: Vec<(u32, u32)> =
                    (first..).zip(&told.bounds).map(|(block, bound)| (block, *bound)).collect();
                of_run.retain(|(_, bound)| *bound > 0);
                totals[at] += of_run.iter().map(|(_, bound)| u64::from(*bound)).sum::<u64>();
                if of_run.len() > FEW
                    && let Some(held) = holders(corpus, run, &patterns[at], &told)?
                {
                    for (block, bound) in &mut of_run {
                        *bound *= u32::from(held[(*block - first) as usize]);
                    }
                }
                blocks[at].extend(of_run);
                known[at].push(match &told.begins {
                    Some(_) if told.is_exact => Known::Exactly,
                    Some(_) => Known::Sentences,
                    None => Known::Blocks,
                });
                let begins = told.begins.into_iter().flatten();
                sentences[at].extend(begins.map(|sentence| first_sentence + sentence));
            }
        }
        Ok(Self { blocks, totals, known, sentences })
    }

    /// The blocks where one of the patterns can occur, in order.
    pub fn any(&self) -> Vec<u32> {
        let can = |(block, bound): &(u32, u32)| (*bound > 0).then_some(*block);
        let mut all: Vec<u32> = self.blocks.iter().flatten().filter_map(can).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What is known of the occurrences of pattern `pattern` in run `run`.
    pub fn known(&self, pattern: usize, run: usize) -> Known {
        self.known[pattern][run]
    }

    /// The numbers in the library of the sentences of `range`, all of block `block` of run `run`, where pattern `pattern`
    /// can begin; `None` if it can in each.
    pub fn begins(
        &self,
        pattern: usize,
        run: usize,
        block: u32,
        range: Range<u32>,
    ) -> Option<&[u32]> {
        if !self.can_hold(pattern, block) {
            return Some(&[]);
        }
        let is_known = self.known(pattern, run) != Known::Blocks;
        is_known.then(|| self.sentences(pattern, range.start, range.end))
    }

    /// By pattern, the numbers in the library of the sentences of a block that hold it, in order and once for every
    /// occurrence; `None` if that is not known of all.
    pub fn known_in(&self, corpus: &Corpus, block: u32) -> Option<Vec<&[u32]>> {
        let run = corpus.contents.run_of(block);
        let place = &corpus.contents.blocks[block as usize];
        let (first, end) = (place.first_sentence, place.first_sentence + place.block.sentences);
        let known = |pattern: usize| {
            let held = self.begins(pattern, run, block, first..end)?;
            (held.is_empty() || self.known(pattern, run) == Known::Exactly).then_some(held)
        };
        (0..self.blocks.len()).map(known).collect()
    }

    /// Whether pattern `pattern` can stand in a block.
    pub fn can_hold(&self, pattern: usize, block: u32) -> bool {
        let blocks = &self.blocks[pattern];
        blocks.binary_search_by_key(&block, |(at, _)| *at).is_ok_and(|at| blocks[at].1 > 0)
    }

    /// The numbers in the library of the sentences from `first` on and before `end` where pattern `pattern` can begin, of
    /// a run of which they are known; in order and once for every occurrence at least.
    pub fn sentences(&self, pattern: usize, first: u32, end: u32) -> &[u32] {
        let all = &self.sentences[pattern];
        let start = all.partition_point(|sentence| *sentence < first);
        let length = all[start..].partition_point(|sentence| *sentence < end);
        &all[start..start + length]
    }
}

/// A block to be read for units that hold some patterns.
pub struct Beside {
    /// The block.
    pub block: u32,
    /// Its run.
    pub run: usize,
    /// The sentences of the block that hold them, if that is known without a look into it.
    pub sentences: Option<Vec<u32>>,
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
) -> Result<Vec<Beside>> {
    let mut out = Vec::new();
    for run in 0..corpus.contents.runs.len() {
        let blocks = corpus.contents.runs[run].blocks.clone();
        let told = Lookup::of(corpus, run, all)?.told(stems)?;
        let starts = Starts::of(corpus, run);
        let mut together = Together::of(&told);
        let each = |block: &usize| told.iter().all(|told| told.bounds[*block] > 0);
        let mut found: Vec<usize> = (0..blocks.len()).filter(each).collect();
        together.retain(&starts, &mut found);
        for (pattern, told) in all.iter().zip(&told) {
            if found.len() > FEW
                && let Some(held) = holders(corpus, run, pattern, told)?
            {
                found.retain(|block| held[*block]);
            }
        }
        if !any.is_empty() {
            let lookup = Lookup::of(corpus, run, any)?;
            if found.len() > FEW && lookup.n_pages() < found.len() * BLOCK_PAGES {
                let mut told = lookup.told(stems)?;
                for (pattern, told) in any.iter().zip(&mut told) {
                    if let Some(held) = holders(corpus, run, pattern, told)? {
                        let bounds = told.bounds.iter_mut().zip(held);
                        bounds.for_each(|(bound, held)| *bound *= u32::from(held));
                    }
                }
                found.retain(|block| told.iter().any(|told| told.bounds[*block] > 0));
                together.with_one_of(&told);
                together.retain(&starts, &mut found);
            } else {
                together.is_exact = false;
            }
        }
        for block in found {
            let sentences = together.in_block(&starts, block);
            out.push(Beside { block: blocks.start + block as u32, run, sentences });
        }
    }
    Ok(out)
}

/// The sentences of a run that can hold some patterns.
struct Together {
    /// Their ordinals in the run, in order; `None` if any sentence can.
    sentences: Option<Vec<u32>>,
    /// Whether they hold them all.
    is_exact: bool,
}

impl Together {
    /// The sentences that can hold each of the patterns of which `told` tells.
    fn of(told: &[Told]) -> Self {
        let mut known: Vec<&Vec<u32>> =
            told.iter().filter_map(|told| told.begins.as_ref()).collect();
        known.sort_by_key(|begins| begins.len());
        let sentences = known.split_first().map(|(first, others)| {
            let mut sentences = (*first).clone();
            sentences.dedup();
            others.iter().for_each(|other| keep_common(&mut sentences, other));
            sentences
        });
        Self { sentences, is_exact: told.iter().all(|told| told.is_exact) }
    }

    /// Keeps those that can hold one of the patterns of which `told` tells.
    fn with_one_of(&mut self, told: &[Told]) {
        self.is_exact &= told.iter().all(|told| told.is_exact);
        let known: Option<Vec<&Vec<u32>>> = told.iter().map(|told| told.begins.as_ref()).collect();
        let Some(known) = known else { return };
        let mut union: Vec<u32> = known.into_iter().flatten().copied().collect();
        union.sort_unstable();
        match &mut self.sentences {
            Some(sentences) => keep_common(sentences, &union),
            None => {
                union.dedup();
                self.sentences = Some(union);
            }
        }
    }

    /// Keeps the blocks `found` that hold one of the sentences.
    fn retain(&self, starts: &Starts, found: &mut Vec<usize>) {
        let Some(sentences) = &self.sentences else { return };
        found.retain(|block| {
            let at = sentences.partition_point(|sentence| *sentence < starts.0[*block]);
            sentences.get(at).is_some_and(|sentence| *sentence < starts.0[*block + 1])
        });
    }

    /// The sentences of a block of the run, by their ordinals there, if they are exact.
    fn in_block(&self, starts: &Starts, block: usize) -> Option<Vec<u32>> {
        let sentences = self.sentences.as_ref().filter(|_| self.is_exact)?;
        let (first, end) = (starts.0[block], starts.0[block + 1]);
        let from = sentences.partition_point(|sentence| *sentence < first);
        let own = sentences[from..].iter().take_while(|sentence| **sentence < end);
        Some(own.map(|sentence| sentence - first).collect())
    }
}

/// Keeps the numbers that are in `other` too; both are in order.
fn keep_common(numbers: &mut Vec<u32>, other: &[u32]) {
    let mut rest = other;
    numbers.retain(|number| {
        rest = &rest[rest.partition_point(|other| other < number)..];
        rest.first() == Some(number)
    });
}

/// The ordinals in a run of the first sentences of its blocks, and behind them the number of its sentences.
struct Starts(Vec<u32>);

impl Starts {
    fn of(corpus: &Corpus, run: usize) -> Self {
        let blocks = corpus.contents.runs[run].blocks.clone();
        let places = &corpus.contents.blocks[blocks.start as usize..blocks.end as usize];
        let mut starts = vec![0];
        let mut next = 0;
        starts.extend(places.iter().map(|place| {
            next += place.block.sentences;
            next
        }));
        Self(starts)
    }
}

/// The blocks of a run that can hold the words of a pattern side by side; `None` if nothing is known about them.
fn holders(
    corpus: &Corpus,
    run: usize,
    pattern: &Pattern,
    told: &Told,
) -> Result<Option<Vec<bool>>> {
    let n_blocks = corpus.contents.runs[run].blocks.len();
    if let Some(begins) = told.begins.as_ref().filter(|_| pattern.len() > 1) {
        let starts = Starts::of(corpus, run);
        let mut held = vec![false; n_blocks];
        for_each_block(begins, &starts, |block, _| {
            if let Some(held) = held.get_mut(block) {
                *held = true;
            }
        });
        return Ok(Some(held));
    }
    let Some(words) = pattern.side_by_side() else { return Ok(None) };
    let Some(directory) = corpus.directory(run)? else { return Ok(None) };
    if directory.firsts.by_sentences() {
        return Ok(None);
    }
    let first = directory.firsts.n_pages() + 2;
    let page = |page: usize| directory.page(first + page);
    let held = pairs::holders(n_blocks, &words, page, || directory.damaged(CUT_SHORT))?;
    let has = |bits: &[u8], block: usize| bits[block / 8] >> (block % 8) & 1 == 1;
    Ok(held.map(|bits| (0..n_blocks).map(|block| has(&bits, block)).collect()))
}

/// Calls `visit` with every block that holds some of `sentences`, which are in order, and how many.
fn for_each_block(sentences: &[u32], starts: &Starts, mut visit: impl FnMut(usize, usize)) {
    let mut rest = sentences;
    while let Some(sentence) = rest.first() {
        let block = starts.0.partition_point(|start| start <= sentence).saturating_sub(1);
        let end = starts.0.get(block + 1).copied().unwrap_or(u32::MAX);
        let n = rest.partition_point(|sentence| *sentence < end).max(1);
        visit(block, n);
        rest = &rest[n..];
    }
}

/// What a run tells of a pattern.
struct Told {
    /// Per block of the run, an upper bound of how often the pattern occurs there.
    bounds: Vec<u32>,
    /// The ordinals in the run of the sentences where the pattern can begin, in order and once for every occurrence at
    /// least; `None` if that is not known.
    begins: Option<Vec<u32>>,
    /// Whether it begins in all of them, as often as they are there.
    is_exact: bool,
}

/// What a run tells of the words that may stand in one place of a pattern.
struct Place {
    /// Per block, how often they stand there.
    counts: Vec<u32>,
    /// The sentences in which they stand.
    sentences: Vec<u32>,
    /// Whether these are all.
    is_known: bool,
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

    /// What the run tells of each pattern.
    fn told(&self, stems: &Stems) -> Result<Vec<Told>> {
        match &self.directory {
            Some((directory, wanted)) => self.listed(directory, wanted, stems),
            None => self.counted(stems),
        }
    }

    /// By the dictionary of each block.
    fn counted(&self, stems: &Stems) -> Result<Vec<Told>> {
        let mut words = Wanted::of(self.patterns, stems);
        let mut bounds = vec![Vec::new(); self.patterns.len()];
        for block in self.corpus.contents.runs[self.run].blocks.clone() {
            let found = Matches::find(&mut words, &self.corpus.index(block)?.terms)
                .ok_or_else(|| self.corpus.damaged(block, NO_DICTIONARY))?;
            for (pattern, bounds) in bounds.iter_mut().enumerate() {
                bounds.push(u32::try_from(found.bound(pattern)).unwrap_or(u32::MAX));
            }
        }
        let told = |bounds| Told { bounds, begins: None, is_exact: false };
        Ok(bounds.into_iter().map(told).collect())
    }

    /// By the `wanted` pages of the directory.
    fn listed(
        &self,
        directory: &DirectoryView,
        wanted: &[bool],
        stems: &Stems,
    ) -> Result<Vec<Told>> {
        let starts = Starts::of(self.corpus, self.run);
        let n_blocks = starts.0.len() - 1;
        let place = |_| Place {
            counts: vec![0; n_blocks],
            sentences: Vec::new(),
            is_known: directory.firsts.by_sentences(),
        };
        let places = |pattern: &Pattern| (0..pattern.len()).map(place).collect::<Vec<_>>();
        let mut found: Vec<Vec<Place>> = self.patterns.iter().map(places).collect();
        let mut words = Wanted::of(self.patterns, stems);
        let mut sentences = Vec::new();
        for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            let bytes = directory.page(page + 1)?;
            words.rewind();
            let beginnings = words.beginnings();
            let walked = directory.firsts.for_each_beginning(&bytes, &beginnings, |term, list| {
                let mut whole = Some(());
                sentences.clear();
                words.for_each_place_of(term, |pattern, slot| {
                    let place = &mut found[pattern][slot];
                    let read = if list.is_by_sentence() {
                        let is_read = !sentences.is_empty();
                        let read = if is_read {
                            Some(())
                        } else {
                            list.for_each_sentence(|sentence| sentences.push(sentence))
                        };
                        place.sentences.extend_from_slice(&sentences);
                        read
                    } else {
                        place.is_known = false;
                        list.for_each_block(|block, count| {
                            if let Some(sum) = place.counts.get_mut(block) {
                                *sum = sum.saturating_add(count);
                            }
                        })
                    };
                    whole = whole.and(read);
                });
                whole
            });
            walked.ok_or_else(|| directory.damaged(CUT_SHORT))?;
        }
        for place in found.iter_mut().flatten() {
            // Lists in order one behind the other, which a stable sort merges.
            place.sentences.sort();
            let counts = &mut place.counts;
            for_each_block(&place.sentences, &starts, |block, n| {
                if let Some(count) = counts.get_mut(block) {
                    *count = count.saturating_add(n as u32);
                }
            });
        }
        Ok(found.into_iter().map(Told::of).collect())
    }
}

impl Told {
    /// What the places of a pattern tell of it.
    fn of(mut places: Vec<Place>) -> Self {
        let is_exact = places.len() == 1 && places[0].is_known;
        let begins =
            if is_exact { Some(std::mem::take(&mut places[0].sentences)) } else { begins(&places) };
        // A pattern stands where the rarest of its words does at most.
        let mut bounds = places.pop().map(|place| place.counts).unwrap_or_default();
        for place in places {
            bounds
                .iter_mut()
                .zip(place.counts)
                .for_each(|(least, other)| *least = (*least).min(other));
        }
        Self { bounds, begins, is_exact }
    }
}

/// The sentences where words can begin to stand side by side, one in each of `places`: each stands in the sentence of the
/// one before or behind it.
fn begins(places: &[Place]) -> Option<Vec<u32>> {
    let known = || places.iter().enumerate().filter(|(_, place)| place.is_known);
    let (at, rarest) = known().min_by_key(|(_, place)| place.sentences.len())?;
    let is_near = |sentence: u32| {
        known().all(|(other, place)| {
            let low = sentence.saturating_sub(at.saturating_sub(other) as u32);
            let high = sentence + other.saturating_sub(at) as u32;
            let from = place.sentences.partition_point(|held| *held < low);
            place.sentences.get(from).is_some_and(|held| *held <= high)
        })
    };
    let near = rarest.sentences.iter().copied().filter(|sentence| is_near(*sentence));
    let mut out: Vec<u32> =
        near.flat_map(|sentence| sentence.saturating_sub(at as u32)..=sentence).collect();
    out.sort_unstable();
    Some(out)
}

#[cfg(test)]
mod tests;
