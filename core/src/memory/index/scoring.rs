//! BM25 of the passages and sentences of one block after another.
//!
//! ```text
//! score(unit) = sum over patterns  idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * words / mean))
//! idf         = ln(1 + (N - n + 0.5) / (n + 0.5))
//! ```
//! k1 = 1.2, b = 0.75 (Robertson and Zaragoza, "The probabilistic relevance framework", 2009). N is
//! the number of passages; n is the number of occurrences, at most N, which for all but frequent
//! words is the number of passages that hold them. Which blocks are scored is the search's.

use std::collections::BTreeMap;

use super::corpus::{Corpus, SentenceId};
use super::hits::{Best, Hit, Passage};
use super::occurrences::lists_in;
use super::outline::Outline;
use super::patterns::Wanted;
use super::spread::{Known, Spread};
use super::tally::Tally;
use crate::error::Result;

const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Covers what a bound and a score that are summed in another order may differ by.
const ROUNDING: f32 = 1.0001;

/// The scores of the units of one block after another, and the best of them.
pub(super) struct Scoring {
    idf: Vec<f32>,
    /// Words of a sentence and of a passage of the library.
    mean_sentence: f32,
    mean_passage: f32,
    sentences: Tally,
    passages: Tally,
    has_passages: bool,
    pub(super) best_sentences: Best,
    pub(super) best_passages: Best,
}

impl Scoring {
    /// Of a search for so many sentences and passages; none is scored yet.
    pub(super) fn of(corpus: &Corpus, idf: &[f32], n_sentences: usize, n_passages: usize) -> Self {
        let contents = &corpus.contents;
        let n_words = contents.n_words as f32;
        Self {
            idf: idf.to_vec(),
            mean_sentence: n_words / contents.n_sentences.max(1) as f32,
            mean_passage: n_words / contents.n_passages.max(1) as f32,
            sentences: Tally::default(),
            passages: Tally::default(),
            has_passages: n_passages > 0,
            best_sentences: Best::new(n_sentences),
            best_passages: Best::new(n_passages),
        }
    }

    /// Whether no unit with a score up to `bound` is one of the best.
    pub(super) fn is_beaten(&self, bound: f32) -> bool {
        self.best_sentences.all_beat(bound) && self.best_passages.all_beat(bound)
    }

    /// Adds a block of which the directory tells everything.
    pub(super) fn add_known(
        &mut self,
        corpus: &Corpus,
        spread: &Spread,
        block: u32,
        run: usize,
    ) -> Result<()> {
        let outline = self.tally(corpus, spread, block, run)?;
        let passage_of = |at: usize| {
            let (first, end) = outline.passage_of(at as u32);
            Passage { block, first, sentences: end - first }
        };
        self.keep_best(block, passage_of, passage_of);
        Ok(())
    }

    /// Whether a block of which the directory tells the sentences can hold one of the best units.
    pub(super) fn can_beat(
        &mut self,
        corpus: &Corpus,
        spread: &Spread,
        block: u32,
        run: usize,
    ) -> Result<bool> {
        self.tally(corpus, spread, block, run)?;
        let beats = |best: &Best, units: &Tally| {
            units.scored().any(|(_, score, _)| !best.is_beyond(score * ROUNDING))
        };
        Ok(beats(&self.best_sentences, &self.sentences)
            || beats(&self.best_passages, &self.passages))
    }

    /// Scores the sentences of a block, and its passages by their first sentences, by where the directory tells that
    /// patterns can stand.
    fn tally(
        &mut self,
        corpus: &Corpus,
        spread: &Spread,
        block: u32,
        run: usize,
    ) -> Result<Outline> {
        let place = &corpus.contents.blocks[block as usize];
        let (first, n_sentences) = (place.first_sentence, place.block.sentences);
        let outline = corpus.outline(run, block)?;
        self.sentences.clear();
        self.passages.clear();
        let mut list = Vec::new();
        for (pattern, idf) in self.idf.iter().enumerate() {
            let mentions = spread.sentences(pattern, first, first + n_sentences);
            list.clear();
            list.extend(mentions.iter().map(|sentence| sentence - first));
            let score =
                |tf: usize, words: u32, mean: f32| idf * saturation(tf as f32, words as f32 / mean);
            self.sentences.add(
                n_sentences as usize,
                pattern,
                &list,
                |sentence, _| (sentence as usize, sentence + 1),
                |tf, at| score(tf, outline.words_in(at as u32, at as u32 + 1), self.mean_sentence),
            );
            if self.has_passages {
                self.passages.add(
                    n_sentences as usize,
                    pattern,
                    &list,
                    |sentence, _| {
                        let (first, end) = outline.passage_of(sentence);
                        (first as usize, end)
                    },
                    |tf, at| {
                        let (first, end) = outline.passage_of(at as u32);
                        score(tf, outline.words_in(first, end), self.mean_passage)
                    },
                );
            }
        }
        Ok(outline)
    }

    /// Adds a block that has to be read.
    pub(super) fn add_read(
        &mut self,
        corpus: &Corpus,
        wanted: &mut Wanted,
        block: u32,
    ) -> Result<()> {
        self.sentences.clear();
        self.passages.clear();
        let layout = lists_in(corpus, block, wanted, |layout, pattern, list| {
            let score = |tf: usize, words: u32, mean: f32| {
                self.idf[pattern] * saturation(tf as f32, words as f32 / mean)
            };
            self.sentences.add(
                layout.sentences.len(),
                pattern,
                list,
                |word, from| {
                    let at = layout.sentence_of_word_from(from, word);
                    (at, layout.word_range(at..at + 1).end)
                },
                |tf, at| score(tf, layout.words_in(at..at + 1), self.mean_sentence),
            );
            if self.has_passages {
                self.passages.add(
                    layout.passages.len(),
                    pattern,
                    list,
                    |word, _| {
                        let at = layout.passage_of(layout.sentence_of_word(word));
                        (at, layout.word_range(layout.passage(at)).end)
                    },
                    |tf, at| score(tf, layout.words_in(layout.passage(at)), self.mean_passage),
                );
            }
        })?;
        if let Some(layout) = layout {
            self.keep_best(
                block,
                |sentence| Passage::around(block, &layout, sentence as u32),
                |passage| Passage::of(block, layout.passage(passage)),
            );
        }
        Ok(())
    }

    /// Keeps the best of the units of a block, of which these tell the passages.
    fn keep_best(
        &mut self,
        block: u32,
        around: impl Fn(usize) -> Passage,
        passage: impl Fn(usize) -> Passage,
    ) {
        for (at, score, found) in self.sentences.scored() {
            if self.best_sentences.is_beyond(score) {
                continue;
            }
            let first = SentenceId { block, sentence: at as u32 };
            let hit = Hit { first, sentences: 1, score, found, passage: around(at) };
            self.best_sentences.push(hit);
        }
        for (at, score, found) in self.passages.scored() {
            if self.best_passages.is_beyond(score) {
                continue;
            }
            let passage = passage(at);
            let first = SentenceId { block, sentence: passage.first };
            let sentences = passage.sentences;
            self.best_passages.push(Hit { first, sentences, score, found, passage });
        }
    }
}

/// A block with an occurrence.
pub(super) struct Bound {
    pub(super) block: u32,
    pub(super) run: usize,
    /// No unit in it scores more.
    pub(super) bound: f32,
    /// What is known of all occurrences in it.
    pub(super) known: Known,
}

/// The blocks with an occurrence that are worth it, those with the highest bound first.
pub(super) fn by_bound(
    corpus: &Corpus,
    spread: &Spread,
    idf: &[f32],
    is_worth: impl Fn(u64) -> bool,
) -> Vec<Bound> {
    let runs = &corpus.contents.runs;
    let mut bounds: BTreeMap<u32, (Bound, u64)> = BTreeMap::new();
    for (pattern, (blocks, idf)) in spread.blocks.iter().zip(idf).enumerate() {
        let mut run = 0;
        for (block, count) in blocks {
            while runs[run].blocks.end <= *block {
                run += 1;
            }
            let new = Bound { block: *block, run, bound: 0.0, known: Known::Exactly };
            let (bound, found) = bounds.entry(*block).or_insert((new, 0));
            // A unit holds at most what its block holds, and none is shorter than nothing.
            bound.bound += idf * saturation(*count as f32, 0.0);
            if *count > 0 {
                bound.known = bound.known.min(spread.known(pattern, run));
            }
            *found |= 1 << pattern;
        }
    }
    let worth = bounds.into_values().filter(|(bound, found)| bound.bound > 0.0 && is_worth(*found));
    let mut out: Vec<Bound> = worth.map(|(bound, _)| bound).collect();
    out.iter_mut().for_each(|bound| bound.bound *= ROUNDING);
    out.sort_by(|one, other| {
        other.bound.total_cmp(&one.bound).then_with(|| one.block.cmp(&other.block))
    });
    out
}

/// How much `tf` occurrences of a term count in a unit of `relative_length` times the mean.
fn saturation(tf: f32, relative_length: f32) -> f32 {
    tf * (K1 + 1.0) / (tf + K1 * (1.0 - B + B * relative_length))
}

/// How much it tells that a unit holds a pattern that stands `count` times in so many.
pub(super) fn idf(units: u64, count: u64) -> f32 {
    let n = count.min(units) as f32;
    (1.0 + (units as f32 - n + 0.5) / (n + 0.5)).ln()
}
