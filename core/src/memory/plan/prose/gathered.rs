//! The sentences of a library around which what a question looks for gathers, the best first.
//!
//! ```text
//! told      how much of what is sought gathers around a sentence (`shares`)
//! bound     how much that is at most around the sentences of a block or of a stretch of it (`stretches`)
//! ```
//! Blocks, and then their stretches of some sentences, are looked at by their bounds, the highest first, and no further
//! than until none of the others can hold a better one than what was found and is asked for: so a longer library costs
//! more only where it tells more of what is asked.

use std::collections::BinaryHeap;

use super::shares::Aspect;
use super::stretches::{Reading, Sought, Stretch, Told};
use crate::error::Result;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::stems::Stems;

/// Sentences with a mention near them up to which those of an aspect are scored.
const MOST_SCORED: u64 = 60_000;
/// Share of the best score below which a sentence is not looked at.
const LEAST_SHARE: f32 = 0.5;

/// The sentences near a mention that are wanted, the best first, looked for only as far as they are asked for: none with
/// less than `LEAST_SHARE` of the best score.
pub struct Gathered<'a, W> {
    reading: Reading<'a>,
    seeds: Vec<usize>,
    first_mentions: Vec<u32>,
    is_wanted: W,
    /// What was not looked at yet, that with the highest bound on top.
    left: BinaryHeap<Stretch>,
    /// The sentences of what was looked at, the best on top.
    waiting: BinaryHeap<Told>,
    /// Those that are known to be the best, in order.
    best: Vec<Told>,
}

impl<'a, W: Fn(SentenceId) -> Result<bool>> Gathered<'a, W> {
    /// Of what is `sought`, those that `is_wanted` says. The first mentions of the rarest name count more with
    /// `introduces`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(
        corpus: &'a Corpus<'a>,
        stems: &'a Stems,
        sought: &'a Sought<'a>,
        introduces: bool,
        is_wanted: W,
    ) -> Result<Self> {
        let mut reading = Reading::of(corpus, stems, sought);
        let seeds = seeds(sought);
        let first_mentions = if introduces { reading.first_mentions()? } else { Vec::new() };
        let left = reading.blocks(&seeds, &first_mentions).into();
        let (waiting, best) = (BinaryHeap::new(), Vec::new());
        Ok(Self { reading, seeds, first_mentions, is_wanted, left, waiting, best })
    }

    /// The best `n`, or all if there are fewer.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged, and what `is_wanted` answers.
    pub fn first(&mut self, n: usize) -> Result<&[Told]> {
        while self.best.len() < n
            && let Some(next) = self.next()?
        {
            self.best.push(next);
        }
        Ok(&self.best[..self.best.len().min(n)])
    }

    fn next(&mut self) -> Result<Option<Told>> {
        let least = self.best.first().map_or(f32::MIN, |best| best.score * LEAST_SHARE);
        loop {
            self.look_up_to(least)?;
            match self.waiting.pop() {
                Some(told) if told.score < least => return Ok(None),
                Some(told) if (self.is_wanted)(told.id)? => return Ok(Some(told)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Looks at what may hold one that is as good as the best of those that wait, and scores `least`.
    fn look_up_to(&mut self, least: f32) -> Result<()> {
        let Self { reading, seeds, first_mentions, left, waiting, .. } = self;
        while let Some(next) = left.peek() {
            if next.bound < waiting.peek().map_or(least, |told| told.score.max(least)) {
                break;
            }
            let Some(next) = left.pop() else { break };
            if next.is_block {
                left.extend(reading.stretches(next.block, seeds, first_mentions));
            } else {
                waiting.extend(reading.told_in(
                    next.block,
                    next.sentences,
                    seeds,
                    first_mentions,
                )?);
            }
        }
        Ok(())
    }
}

/// The aspects whose mentions are looked at: those that are not everywhere, or else the rarest word or name.
fn seeds(sought: &Sought) -> Vec<usize> {
    let n_near = |aspect: &Aspect| {
        let counts = aspect.mentions.iter().map(|(pattern, _)| sought.counts[*pattern]);
        counts.max().unwrap_or(0) * (2 * u64::from(aspect.reach()) + 1)
    };
    let aspects = || sought.aspects.iter().enumerate();
    let rarest = aspects().max_by(|(_, one), (_, other)| {
        other.is_name.cmp(&one.is_name).then(one.weight.total_cmp(&other.weight))
    });
    let rarest = rarest.map(|(at, _)| at);
    let is_seed =
        |(at, aspect): &(usize, &Aspect)| Some(*at) == rarest || n_near(aspect) <= MOST_SCORED;
    aspects().filter(is_seed).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::patterns::Pattern;
    use crate::memory::index::search::Search;
    use crate::memory::{Library, Source};

    /// Some blocks in which words and names are as frequent as their numbers are small.
    fn text() -> String {
        let mut state = 11_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        (0..14_000)
            .map(|n| {
                let bits = 3 + next(10);
                let rare = next(1 << bits);
                let name = if n / 2_000 % 3 == 0 { next(40) } else { 50 };
                format!("Then Ada{name} saw w{rare} and q{} there.\n\n", next(9))
            })
            .collect()
    }

    /// All sentences near a mention, of all blocks, the best first.
    fn every(
        corpus: &Corpus,
        stems: &Stems,
        sought: &Sought,
        introduces: bool,
    ) -> Vec<(SentenceId, f32)> {
        let mut reading = Reading::of(corpus, stems, sought);
        let first_mentions =
            if introduces { reading.first_mentions().unwrap() } else { Vec::new() };
        let blocks = 0..corpus.contents.blocks.len() as u32;
        let told = |block| {
            let all = reading.sentences(block);
            reading.told_in(block, all, &seeds(sought), &first_mentions).unwrap()
        };
        let mut all: Vec<Told> = blocks.flat_map(told).collect();
        all.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.at.cmp(&other.at)));
        all.iter().map(|told| (told.id, told.score)).collect()
    }

    #[test]
    fn blocks_that_are_left_out_change_nothing() {
        let mut library = Library::in_memory();
        library.open_document(&Source::text("one", text())).unwrap();
        library.open_document(&Source::text("two", text()[300_000..].to_owned())).unwrap();
        let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
        assert!(corpus.contents.blocks.len() > 8);
        for (name, words) in
            [("Ada3", ["w3", "q1"]), ("Ada17", ["w90", "w700"]), ("Ada50", ["q2", "w2"])]
        {
            let texts = [name, words[0], words[1]];
            let patterns: Vec<Pattern> =
                texts.iter().filter_map(|text| Pattern::phrase(text)).collect();
            let search = Search::of(&corpus, &patterns, &stems).unwrap();
            let aspect = |at: usize| Aspect {
                weight: search.idf[at],
                mentions: vec![(at, 1.0)],
                is_name: at == 0,
            };
            let (aspects, counts) = ((0..3).map(aspect).collect(), search.counts.clone());
            let sought = Sought { aspects, patterns: &patterns, spread: search.spread, counts };
            for introduces in [false, true] {
                let best = |n: usize| {
                    let wanted = |_| Ok(true);
                    let mut gathered =
                        Gathered::of(&corpus, &stems, &sought, introduces, wanted).unwrap();
                    // Asked for all at once or little by little.
                    gathered.first(n / 3).unwrap();
                    let told = gathered.first(n).unwrap();
                    told.iter().map(|told| (told.id, told.score)).collect::<Vec<_>>()
                };
                let all = best(1_000_000);
                assert!(all.len() > 7, "{}", all.len());
                for n in [1, 7, 100] {
                    let n = n.min(all.len());
                    assert_eq!(best(n), all[..n], "{name}, {introduces}, {n}");
                }
                let every = every(&corpus, &stems, &sought, introduces);
                assert_eq!(all[..], every[..all.len()]);
                assert!(
                    every.get(all.len()).is_none_or(|(_, score)| *score < all[0].1 * LEAST_SHARE)
                );
            }
        }
    }
}
