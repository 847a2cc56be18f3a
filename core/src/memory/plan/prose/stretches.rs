//! Where the mentions of what a question looks for stand in the blocks of a library, and how much of it their sentences
//! can tell at most.
//!
//! ```text
//! block      all its sentences: what a block around it holds may stand at its end
//! stretch    some of them, by the distance of the nearest sentence in which the directories tell that a pattern can begin
//! bound      what a sentence scores with the shares at these least distances
//! ```
//! Mentions reach over the ends of blocks. How much they count is told in `shares`, which blocks are looked at in
//! `gathered`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::shares::{
    Aspect, BEHIND_FIRST, FIRST, FURTHEST, Mentions, introduced, most_from, scores,
};
use crate::error::Result;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::occurrences;
use crate::memory::index::patterns::{Pattern, Wanted};
use crate::memory::index::spread::Spread;
use crate::memory::index::stems::Stems;

/// Mentions of a name that are among the first.
const FIRST_MENTIONS: usize = 20;
/// Sentences that are counted between two documents.
const BETWEEN_DOCUMENTS: u32 = 1_000;
/// Sentences of a stretch: of longer ones the bounds tell less, and shorter ones are more.
const STRETCH: u32 = 32;
/// Covers what a bound and a score that are summed in another order may differ by.
const ROUNDING: f32 = 1.000_1;

/// What a question looks for, and where that can stand.
pub struct Sought<'p> {
    /// What is looked for.
    pub aspects: Vec<Aspect>,
    /// By what it is mentioned.
    pub patterns: &'p [Pattern],
    /// Where they can stand.
    pub spread: Spread,
    /// By pattern, how often it stands in all of them at most.
    pub counts: Vec<u64>,
}

/// A sentence with its score.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// The sentence.
    pub id: SentenceId,
    /// Its number in the library.
    pub at: u32,
    /// How much of what is sought gathers there.
    pub score: f32,
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Told {}

impl Ord for Told {
    /// By score; at the same score the earlier one is the better.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Told {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Some sentences of a block, by their numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    /// None of them scores more.
    pub(super) bound: f32,
    pub(super) block: u32,
    pub(super) sentences: Range<u32>,
    /// Whether they are all of the block, of which the stretches are bound better.
    pub(super) is_block: bool,
}

impl Eq for Stretch {}

impl Ord for Stretch {
    /// By bound; at the same bound the earlier one comes first.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_bound = self.bound.total_cmp(&other.bound);
        by_bound.then_with(|| other.sentences.start.cmp(&self.sentences.start))
    }
}

impl PartialOrd for Stretch {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What was read of the mentions.
pub(super) struct Reading<'a> {
    corpus: &'a Corpus<'a>,
    sought: &'a Sought<'a>,
    wanted: Wanted<'a>,
    /// The number of the first sentence of every block.
    firsts: Vec<u32>,
    /// By block that was read, by pattern, the numbers of the sentences that mention it.
    mentions: BTreeMap<u32, Vec<Vec<u32>>>,
    masks: Vec<u64>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(corpus: &'a Corpus<'a>, stems: &'a Stems, sought: &'a Sought<'a>) -> Self {
        let (mut next, mut document) = (0, 0);
        let mut firsts = Vec::with_capacity(corpus.contents.blocks.len());
        for place in &corpus.contents.blocks {
            if place.document != document {
                next += BETWEEN_DOCUMENTS;
                document = place.document;
            }
            firsts.push(next);
            next += place.block.sentences;
        }
        let wanted = Wanted::of(sought.patterns, stems);
        Self { corpus, sought, wanted, firsts, mentions: BTreeMap::new(), masks: Vec::new() }
    }

    /// The numbers of the sentences of a block.
    pub(super) fn sentences(&self, block: u32) -> Range<u32> {
        let first = self.firsts[block as usize];
        first..first + self.corpus.contents.blocks[block as usize].block.sentences
    }

    /// Whether pattern `pattern` can stand in a block.
    fn can_hold(&self, pattern: usize, block: u32) -> bool {
        self.sought.spread.can_hold(pattern, block)
    }

    /// The blocks with sentences from which mentions count in a block, each with the least distance.
    fn around(&self, block: u32) -> Vec<(u32, u32)> {
        let own = self.sentences(block);
        let before =
            (0..block).rev().map(|other| (other, own.start + 1 - self.sentences(other).end));
        let behind = (block + 1..self.firsts.len() as u32)
            .map(|other| (other, self.sentences(other).start + 1 - own.end));
        let near = |(_, distance): &(u32, u32)| *distance < FURTHEST;
        let mut out: Vec<(u32, u32)> = before.take_while(near).collect();
        out.push((block, 0));
        out.extend(behind.take_while(near));
        out.sort_unstable();
        out
    }

    /// The mentions in a block, read if any pattern can stand there.
    fn read(&mut self, block: u32) -> Result<()> {
        let n_patterns = self.sought.patterns.len();
        if self.mentions.contains_key(&block)
            || !(0..n_patterns).any(|pattern| self.can_hold(pattern, block))
        {
            return Ok(());
        }
        if let Some(lists) = self.known_in(block) {
            self.mentions.insert(block, lists);
            return Ok(());
        }
        let mut lists = vec![Vec::new(); n_patterns];
        occurrences::masks_in(self.corpus, block, &mut self.wanted, &mut self.masks)?;
        for (at, mask) in (self.firsts[block as usize]..).zip(&self.masks) {
            let mut left = *mask;
            while left != 0 {
                lists[left.trailing_zeros() as usize].push(at);
                left &= left - 1;
            }
        }
        self.mentions.insert(block, lists);
        Ok(())
    }

    /// The mentions in a block if the directories tell all of them.
    fn known_in(&self, block: u32) -> Option<Vec<Vec<u32>>> {
        let known = self.sought.spread.known_in(self.corpus, block)?;
        let first = self.corpus.contents.blocks[block as usize].first_sentence;
        let numbers = |list: &[u32]| {
            let number = |sentence: &u32| self.firsts[block as usize] + sentence - first;
            let mut list: Vec<u32> = list.iter().map(number).collect();
            list.dedup();
            list
        };
        Some(known.into_iter().map(numbers).collect())
    }

    /// The first mentions of the rarest name: there a book says who somebody is.
    pub(super) fn first_mentions(&mut self) -> Result<Vec<u32>> {
        let sought = self.sought;
        let names = sought.aspects.iter().filter(|aspect| aspect.is_name);
        let rarest = names.max_by(|one, other| one.weight.total_cmp(&other.weight));
        let Some(rarest) = rarest else { return Ok(Vec::new()) };
        let of_pattern = |(pattern, _): &(usize, f32)| sought.spread.blocks[*pattern].iter();
        let can = |(block, count): &(u32, u32)| (*count > 0).then_some(*block);
        let blocks: BTreeSet<u32> =
            rarest.mentions.iter().flat_map(of_pattern).filter_map(can).collect();
        let mut out: BTreeSet<u32> = BTreeSet::new();
        for block in blocks {
            self.read(block)?;
            let Some(lists) = self.mentions.get(&block) else { continue };
            out.extend(rarest.mentions.iter().flat_map(|(pattern, _)| &lists[*pattern]));
            if out.len() >= FIRST_MENTIONS {
                break;
            }
        }
        Ok(out.into_iter().take(FIRST_MENTIONS).collect())
    }

    /// The blocks with a mention of a seed and a bound of the scores in them.
    pub(super) fn blocks(&self, seeds: &[usize], first_mentions: &[u32]) -> Vec<Stretch> {
        let sought = self.sought;
        let of_seed = |seed: &usize| sought.aspects[*seed].mentions.iter();
        let can = |(block, count): &(u32, u32)| (*count > 0).then_some(*block);
        let blocks: BTreeSet<u32> = seeds
            .iter()
            .flat_map(of_seed)
            .flat_map(|(pattern, _)| sought.spread.blocks[*pattern].iter().filter_map(can))
            .collect();
        let stretch = |block: u32| {
            let (around, own) = (self.around(block), self.sentences(block));
            let bound = self.bound(&own, first_mentions, |pattern| {
                let holds = around.iter().filter(|(other, _)| self.can_hold(pattern, *other));
                holds.map(|(_, distance)| *distance).min()
            });
            Stretch { bound, block, sentences: own, is_block: true }
        };
        blocks.into_iter().map(stretch).collect()
    }

    /// The stretches of a block near a mention of a seed there, each with a bound of its scores.
    pub(super) fn stretches(
        &self,
        block: u32,
        seeds: &[usize],
        first_mentions: &[u32],
    ) -> Vec<Stretch> {
        let (around, own) = (self.around(block), self.sentences(block));
        let place = &self.corpus.contents.blocks[block as usize];
        let run = self.corpus.contents.run_of(block);
        let (first, end) = (place.first_sentence, place.first_sentence + place.block.sentences);
        let spread = &self.sought.spread;
        // Where each pattern can begin in the block, and the blocks around that can hold it.
        let begins: Vec<Option<&[u32]>> = (0..self.sought.patterns.len())
            .map(|pattern| spread.begins(pattern, run, block, first..end))
            .collect();
        let others = around.iter().filter(|(other, _)| *other != block);
        let held: Vec<Vec<Range<u32>>> = (0..self.sought.patterns.len())
            .map(|pattern| {
                let holding = others.clone().filter(|(other, _)| self.can_hold(pattern, *other));
                holding.map(|(other, _)| self.sentences(*other)).collect()
            })
            .collect();
        // The first of them behind each stretch in turn, and the least distance from it.
        let mut next = vec![0; begins.len()];
        let mut least: Vec<Option<u32>> = vec![None; begins.len()];
        let mut out = Vec::new();
        for start in own.clone().step_by(STRETCH as usize) {
            let sentences = start..(start + STRETCH).min(own.end);
            let (low, high) = (sentences.start - own.start, sentences.end - own.start);
            for ((begins, next), least) in begins.iter().zip(&mut next).zip(&mut least) {
                let Some(begins) = begins else {
                    *least = Some(0);
                    continue;
                };
                while begins.get(*next).is_some_and(|at| at - first < low) {
                    *next += 1;
                }
                let behind = begins.get(*next).map(|at| (at - first + 1).saturating_sub(high));
                let before = next.checked_sub(1).map(|before| low - (begins[before] - first));
                *least = before.into_iter().chain(behind).min();
            }
            let is_near = seeds.iter().any(|seed| {
                let aspect = &self.sought.aspects[*seed];
                let is_near = |least: u32| least <= aspect.reach();
                aspect.mentions.iter().any(|(pattern, _)| least[*pattern].is_some_and(is_near))
            });
            if !is_near {
                continue;
            }
            let bound = self.bound(&sentences, first_mentions, |pattern| {
                let distance = |other: &Range<u32>| {
                    let before = (sentences.start + 1).saturating_sub(other.end);
                    before.max((other.start + 1).saturating_sub(sentences.end))
                };
                held[pattern].iter().map(distance).chain(least[pattern]).min()
            });
            out.push(Stretch { bound, block, sentences, is_block: false });
        }
        out
    }

    /// The most that one of `sentences` scores, where `least` tells how far away the nearest mention of a pattern is at
    /// least, if there is any.
    fn bound(
        &self,
        sentences: &Range<u32>,
        first_mentions: &[u32],
        least: impl Fn(usize) -> Option<u32>,
    ) -> f32 {
        let aspects = &self.sought.aspects;
        let total: f32 = aspects.iter().map(|aspect| aspect.weight).sum();
        let worth_of = |aspect: &Aspect| {
            let mentions = aspect.mentions.iter().map(|(pattern, worth)| {
                worth * least(*pattern).map_or(0.0, |least| most_from(least, aspect.is_name))
            });
            mentions.fold(0.0, f32::max)
        };
        let told: f32 = aspects.iter().map(|aspect| aspect.weight * worth_of(aspect) / total).sum();
        let behind = BEHIND_FIRST.len() as u32;
        let adds = |at: &u32| (*at..at + behind).any(|at| sentences.contains(&at));
        // A sentence may stand behind several.
        let is_first = first_mentions.iter().any(adds);
        let added = if is_first { FIRST * BEHIND_FIRST.iter().sum::<f32>() } else { 0.0 };
        (told + added) * ROUNDING
    }

    /// Those of some sentences of a block that are near a mention of a seed there, with their scores, in order.
    pub(super) fn told_in(
        &mut self,
        block: u32,
        sentences: Range<u32>,
        seeds: &[usize],
        first_mentions: &[u32],
    ) -> Result<Vec<Told>> {
        let around = self.around(block);
        for (other, _) in &around {
            self.read(*other)?;
        }
        let mut mentions = vec![Mentions::default(); self.sought.patterns.len()];
        for (other, _) in &around {
            for (all, list) in
                mentions.iter_mut().zip(self.mentions.get(other).into_iter().flatten())
            {
                // Of other blocks only the mention that is nearest to this one counts.
                match (*other).cmp(&block) {
                    Ordering::Less => all.before = list.last().copied().or(all.before),
                    Ordering::Equal => all.own = list,
                    Ordering::Greater => all.behind = all.behind.or(list.first().copied()),
                }
            }
        }
        let near = self.near(&sentences, seeds, &mentions);
        let mut scores = scores(&self.sought.aspects, &mentions, &near);
        introduced(first_mentions, &near, &mut scores);
        let first = self.sentences(block).start;
        let told = |(at, score): (&u32, f32)| {
            let id = SentenceId { block, sentence: at - first };
            Told { id, at: *at, score }
        };
        Ok(near.iter().zip(scores).map(told).collect())
    }

    /// The numbers of those of some sentences of a block that are near a mention of a seed there, in order.
    fn near(&self, sentences: &Range<u32>, seeds: &[usize], mentions: &[Mentions]) -> Vec<u32> {
        let mut is_near = vec![false; sentences.len()];
        for seed in seeds {
            let aspect = &self.sought.aspects[*seed];
            let reach = aspect.reach();
            for (pattern, _) in &aspect.mentions {
                let own = mentions[*pattern].own;
                let from = own.partition_point(|at| at + reach < sentences.start);
                for at in own[from..].iter().take_while(|at| **at < sentences.end + reach) {
                    let low = at.saturating_sub(reach).max(sentences.start) - sentences.start;
                    let high = (at + reach + 1).min(sentences.end) - sentences.start;
                    is_near[low as usize..high as usize].fill(true);
                }
            }
        }
        sentences.clone().zip(is_near).filter_map(|(at, near)| near.then_some(at)).collect()
    }
}
