//! Ranked search over all blocks: BM25 of passages and of sentences in one pass.
//!
//! How units are scored is in `scoring`. The directories tell where patterns stand in prose, and which other blocks are
//! read; those whose words cannot beat what was found are left out, which changes nothing in what is found.

use super::corpus::{Corpus, SentenceId};
use super::directory::{self, First};
pub use super::hits::{Hit, Passage};
use super::occurrences::{find, masks_in, occurrences_in};
use super::patterns::{Pattern, Wanted};
use super::scoring::{self, Bound, Scoring};
use super::spread::{Beside, Known, Spread, blocks_beside};
use super::stems::Stems;
use crate::error::Result;

/// At most this many patterns are searched at once: a set of them fits one word of bits.
pub const MOST_PATTERNS: usize = 64;

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// How often each pattern occurs; for a phrase an upper bound.
    pub counts: Vec<u64>,
    /// Weight of each pattern.
    pub idf: Vec<f32>,
    /// Best sentences, best first.
    pub sentences: Vec<Hit>,
    /// Best passages, best first.
    pub passages: Vec<Hit>,
}

impl Found {
    /// Sum of the weights of the patterns in `set`.
    pub fn weight(&self, set: u64) -> f32 {
        self.idf
            .iter()
            .enumerate()
            .filter(|(index, _)| set >> index & 1 == 1)
            .map(|(_, idf)| *idf)
            .sum()
    }
}

/// How often each pattern occurs in the library; for a phrase an upper bound.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn counts(corpus: &Corpus, patterns: &[Pattern], stems: &Stems) -> Result<Vec<u64>> {
    Ok(Spread::of(corpus, patterns, stems)?.totals)
}

/// The best `limit` passages and as many sentences for `patterns`; those beyond
/// [`MOST_PATTERNS`] are not looked at.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn search(corpus: &Corpus, patterns: &[Pattern], stems: &Stems, limit: usize) -> Result<Found> {
    Search::of(corpus, patterns, stems)?.best(limit, limit, |_| true)
}

/// The best `limit` sentences alone.
///
/// # Errors
/// As [`search`].
pub fn best_sentences(
    corpus: &Corpus,
    patterns: &[Pattern],
    stems: &Stems,
    limit: usize,
) -> Result<Found> {
    Search::of(corpus, patterns, stems)?.best(limit, 0, |_| true)
}

/// A search whose patterns were looked up in the directories, and in no block yet.
pub struct Search<'a> {
    pub(super) corpus: &'a Corpus<'a>,
    wanted: Wanted<'a>,
    /// Where each pattern can occur.
    pub spread: Spread,
    /// How often each pattern occurs; for a phrase an upper bound.
    pub counts: Vec<u64>,
    /// Weight of each pattern.
    pub idf: Vec<f32>,
}

impl<'a> Search<'a> {
    /// Looks `patterns` up; those beyond [`MOST_PATTERNS`] are left out.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn of(corpus: &'a Corpus<'a>, patterns: &'a [Pattern], stems: &'a Stems) -> Result<Self> {
        let patterns = &patterns[..patterns.len().min(MOST_PATTERNS)];
        let spread = Spread::of(corpus, patterns, stems)?;
        let counts = spread.totals.clone();
        let passages = corpus.contents.n_passages.max(1);
        let idf = counts.iter().map(|count| scoring::idf(passages, *count)).collect();
        Ok(Self { corpus, wanted: Wanted::of(patterns, stems), spread, counts, idf })
    }

    /// The best `n_sentences` sentences and `n_passages` passages of the blocks of which `is_worth` says so,
    /// told by the patterns that can occur in them, one bit each.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn best(
        &mut self,
        n_sentences: usize,
        n_passages: usize,
        is_worth: impl Fn(u64) -> bool,
    ) -> Result<Found> {
        let bounds = scoring::by_bound(self.corpus, &self.spread, &self.idf, is_worth);
        let mut scoring = Scoring::of(self.corpus, &self.idf, n_sentences, n_passages);
        let (mut known, others): (Vec<Bound>, Vec<Bound>) =
            bounds.into_iter().partition(|bound| bound.known == Known::Exactly);
        // In the order of the documents, so that every page of outlines is read once.
        known.sort_by_key(|bound| bound.block);
        for Bound { bound, block, run, .. } in known {
            if !scoring.is_beaten(bound) {
                scoring.add_known(self.corpus, &self.spread, block, run)?;
            }
        }
        for Bound { bound, block, run, known } in others {
            if scoring.is_beaten(bound) {
                break;
            }
            if known == Known::Blocks || scoring.can_beat(self.corpus, &self.spread, block, run)? {
                scoring.add_read(self.corpus, &mut self.wanted, block)?;
            }
        }
        Ok(Found {
            counts: self.counts.clone(),
            sentences: scoring.best_sentences.into_sorted(),
            passages: scoring.best_passages.into_sorted(),
            idf: self.idf.clone(),
        })
    }
}

/// Calls `visit` with every occurrence of every pattern, in document order inside each block, until
/// it answers `false`: the sentence and the index of the pattern.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn occurrences(
    corpus: &Corpus,
    patterns: &[Pattern],
    stems: &Stems,
    mut visit: impl FnMut(SentenceId, usize) -> bool,
) -> Result<()> {
    let (mut wanted, mut held) = (Wanted::of(patterns, stems), Vec::new());
    for block in Spread::of(corpus, patterns, stems)?.any() {
        let Some(layout) = occurrences_in(corpus, block, &mut wanted, &mut held)? else {
            continue;
        };
        held.sort_unstable();
        for &(word, pattern) in &held {
            let sentence = layout.sentence_of_word(word) as u32;
            if !visit(SentenceId { block, sentence }, pattern as usize) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The sentence in which the folded word `word` stands first in the documents; `None` if it stands in none. How often it
/// stands behind that makes no difference.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn first_sentence_with(
    corpus: &Corpus,
    word: &str,
    stems: &Stems,
) -> Result<Option<SentenceId>> {
    let pattern = [Pattern::one_of(word, [word.to_owned()])];
    let (mut wanted, mut masks) = (Wanted::of(&pattern, stems), Vec::new());
    for (run, part) in corpus.contents.runs.iter().enumerate() {
        let mut blocks = part.blocks.clone();
        if let Some(directory) = corpus.directory(run)? {
            match directory::first_of(&directory, word.as_bytes())? {
                Some(First::Block(block)) => {
                    blocks = blocks.start + block..blocks.end.min(blocks.start + block + 1);
                }
                Some(First::Sentence(sentence)) => {
                    let places = &corpus.contents.blocks;
                    let number = places[blocks.start as usize].first_sentence + sentence;
                    let behind = places.partition_point(|place| place.first_sentence <= number);
                    let block = behind.saturating_sub(1) as u32;
                    let sentence = number - places[block as usize].first_sentence;
                    return Ok(Some(SentenceId { block, sentence }));
                }
                None => continue,
            }
        }
        for block in blocks {
            masks_in(corpus, block, &mut wanted, &mut masks)?;
            if let Some(sentence) = masks.iter().position(|mask| *mask != 0) {
                return Ok(Some(SentenceId { block, sentence: sentence as u32 }));
            }
        }
    }
    Ok(None)
}

/// Calls `visit` with every sentence that holds each pattern of `all` and, unless `any` is empty,
/// one of `any`, in document order, and with the number of its words, until it answers `false`. Other
/// blocks are not read.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn sentences_with(
    corpus: &Corpus,
    all: &[Pattern],
    any: &[Pattern],
    stems: &Stems,
    visit: impl FnMut(SentenceId, u32) -> bool,
) -> Result<()> {
    let blocks = blocks_beside(corpus, all, any, stems)?;
    visit_blocks(corpus, blocks, (all, any), stems, |sentences| sentences, visit)
}

/// The same from the end of the documents on.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn last_sentences_with(
    corpus: &Corpus,
    all: &[Pattern],
    any: &[Pattern],
    stems: &Stems,
    visit: impl FnMut(SentenceId, u32) -> bool,
) -> Result<()> {
    let mut blocks = blocks_beside(corpus, all, any, stems)?;
    blocks.reverse();
    let reversed = |mut sentences: Vec<(SentenceId, u32)>| {
        sentences.reverse();
        sentences
    };
    visit_blocks(corpus, blocks, (all, any), stems, reversed, visit)
}

/// Calls `visit` with the sentences of `blocks` that hold each of the first patterns and one of the second,
/// those of a block in the order that `ordered` gives them, until it answers `false`.
fn visit_blocks(
    corpus: &Corpus,
    blocks: Vec<Beside>,
    (all, any): (&[Pattern], &[Pattern]),
    stems: &Stems,
    ordered: impl Fn(Vec<(SentenceId, u32)>) -> Vec<(SentenceId, u32)>,
    mut visit: impl FnMut(SentenceId, u32) -> bool,
) -> Result<()> {
    let patterns: Vec<Pattern> = all.iter().chain(any).cloned().collect();
    let mut wanted = Wanted::of(&patterns, stems);
    for Beside { block, run, sentences } in blocks {
        let sentences = match sentences {
            Some(sentences) => {
                let outline = corpus.outline(run, block)?;
                let with_words = |sentence: u32| {
                    (SentenceId { block, sentence }, outline.words_in(sentence, sentence + 1))
                };
                sentences.into_iter().map(with_words).collect()
            }
            None => sentences_beside(corpus, block, &mut wanted, all.len())?,
        };
        for (id, words) in ordered(sentences) {
            if !visit(id, words) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The sentences of a block that hold each of the first `n_all` patterns and, unless there are no others,
/// one of the others, in order, each with the number of its words.
fn sentences_beside(
    corpus: &Corpus,
    block: u32,
    wanted: &mut Wanted,
    n_all: usize,
) -> Result<Vec<(SentenceId, u32)>> {
    let matches = find(corpus, block, wanted)?;
    let n_patterns = wanted.patterns().len();
    let occurs = |pattern: usize| matches.bound(pattern) > 0;
    if !(0..n_all).all(occurs) || !(n_all == n_patterns || (n_all..n_patterns).any(occurs)) {
        return Ok(Vec::new());
    }
    let index = corpus.index(block)?;
    let words_of = |pattern: usize| {
        matches
            .positions(pattern, &index.positions)
            .ok_or_else(|| corpus.damaged(block, "a position list is cut short"))
    };
    let lists: Vec<Vec<u32>> = (0..n_all).map(words_of).collect::<Result<_>>()?;
    if lists.iter().any(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let layout = corpus.layout(block)?;
    let sentences = |mut list: Vec<u32>| {
        list.iter_mut().for_each(|word| *word = layout.sentence_of_word(*word) as u32);
        list.dedup();
        list
    };
    let mut lists: Vec<Vec<u32>> = lists.into_iter().map(sentences).collect();
    if n_all < n_patterns {
        let mut union = Vec::new();
        for pattern in n_all..n_patterns {
            union.extend(sentences(words_of(pattern)?));
        }
        union.sort_unstable();
        union.dedup();
        lists.push(union);
    }
    let mut lists = lists.into_iter();
    let mut held = lists.next().unwrap_or_default();
    for list in lists {
        held.retain(|sentence| list.binary_search(sentence).is_ok());
    }
    let with_words = |sentence: u32| {
        let words = layout.words_in(sentence as usize..sentence as usize + 1);
        (SentenceId { block, sentence }, words)
    };
    Ok(held.into_iter().map(with_words).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Library, Source};

    /// Some blocks of keepers and lamps, in which words are as frequent as their numbers are small.
    fn text() -> String {
        let mut state = 7_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        (0..12_000)
            .map(|_| {
                let bits = 4 + next(10);
                let rare = next(1 << bits);
                let length = 3 + next(20);
                let filler: Vec<String> = (0..length).map(|_| format!("f{}", next(40))).collect();
                format!("Keeper k{rare} lit {}.\n\n", filler.join(" "))
            })
            .collect()
    }

    #[test]
    fn blocks_that_are_left_out_change_nothing() {
        let mut library = Library::in_memory();
        library.open_document(&Source::text("lamps", text())).unwrap();
        let stems = Stems::default();
        let corpus = library.corpus(&[]).unwrap();
        assert!(corpus.contents.blocks.len() > 5);
        for words in [&["k3", "f1"][..], &["k900", "k77", "lit"], &["keeper"], &["k8000", "f3"]] {
            let patterns: Vec<Pattern> =
                words.iter().map(|word| Pattern::word(word, &stems)).collect();
            // No block is left out before the heaps are full.
            let all = search(&corpus, &patterns, &stems, 100_000).unwrap();
            for limit in [1, 5, 128] {
                let found = search(&corpus, &patterns, &stems, limit).unwrap();
                assert_eq!(found.counts, all.counts);
                let first = |hits: &[Hit]| hits[..limit.min(hits.len())].to_vec();
                assert_eq!(found.sentences, first(&all.sentences), "{words:?}, {limit}");
                assert_eq!(found.passages, first(&all.passages), "{words:?}, {limit}");
                let alone = best_sentences(&corpus, &patterns, &stems, limit).unwrap();
                assert_eq!(alone.sentences, found.sentences, "{words:?}, {limit}");
            }
        }
    }
}
