//! In which blocks of a library patterns can occur, how often, and of prose in which sentences: what keeps a
//! question from looking into every block of a long document.
//!
//! ```text
//! block      a pattern stands there as often as the rarest of its words at most
//! sentence   of a run whose lists are by sentences: the words of a pattern stand in one sentence, or in the next few
//!            where it goes on over their ends; of a pattern of one word that tells exactly where it stands
//! pair       of other runs: which blocks hold two words side by side (`pairs`)
//! ```
//! What a run tells of each pattern is looked up in `lookup`.

use std::ops::Range;
use std::sync::Arc;

use super::corpus::Corpus;
use super::directory::CUT_SHORT;
use super::lookup::{Lookup, Starts, for_each_block};
use super::pairs;
use super::patterns::Pattern;
use super::stems::Stems;
use super::told::Told;
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
                let begins = told.begins.iter().flatten();
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
            let is_worth = found.len() > FEW && lookup.n_pages() < found.len() * BLOCK_PAGES;
            if lookup.is_held() || is_worth {
                let told = lookup.told(stems)?;
                let mut can = vec![false; blocks.len()];
                for (pattern, told) in any.iter().zip(&told) {
                    let held = holders(corpus, run, pattern, told)?;
                    for (block, can) in can.iter_mut().enumerate() {
                        let is_held = held.as_ref().is_none_or(|held| held[block]);
                        *can |= told.bounds[block] > 0 && is_held;
                    }
                }
                found.retain(|block| can[*block]);
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
    fn of(told: &[Arc<Told>]) -> Self {
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
    fn with_one_of(&mut self, told: &[Arc<Told>]) {
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

#[cfg(test)]
mod tests;
