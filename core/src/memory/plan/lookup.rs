//! The plan for a question about one fact: the sentence around which the question's words gather.
//!
//! Passages come from two rankings fused by reciprocal rank (Cormack, Clarke, Büttcher, SIGIR 2009,
//! k = 60): BM25 of the passage and BM25 of its best sentence. In them each sentence is scored by the
//! share of the question's weight (inverse document frequencies) that it covers, where what stands
//! in its neighbours counts less the further away it is: a fact and its subject are seldom more
//! than a few sentences apart. A sentence with a span of the expected type gains, one that asks
//! loses. If even the best sentence covers too little, the document does not say.

use std::collections::BTreeMap;

use super::question::{Expected, Question};
use crate::error::Result;
use crate::memory::answer::{Finding, spans};
use crate::memory::index::corpus::{Block, Corpus, SentenceId};
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::{self, Found, Hit};
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

/// The constant of reciprocal rank fusion.
const RRF_K: f32 = 60.0;
/// Passages read for one question.
const PASSAGES: usize = 24;
/// Hits kept of either ranking.
const HITS: usize = 96;
/// Worth of a term that stands this many sentences away, from 0 on.
const BY_DISTANCE: [f32; 4] = [1.0, 0.6, 0.4, 0.3];
/// Worth of a term that stands elsewhere in the passage.
const IN_PASSAGE: f32 = 0.2;
/// Added for a span of the expected type that the question does not hold itself.
const TYPE_BONUS: f32 = 0.12;
/// The document does not say if the best sentence covers less than this.
const LEAST_COVERAGE: f32 = 0.55;
/// Citations of one answer.
const CITATIONS: usize = 6;

/// A sentence that may answer.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it stands.
    pub id: SentenceId,
    /// Score: coverage and bonuses.
    pub score: f32,
    /// Share of the question's weight that it covers with its neighbours, 0 to 1.
    pub coverage: f32,
}

/// Answers `question` from one place of the corpus.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn lookup(corpus: &Corpus, question: &Question, stems: &Stems) -> Result<Finding> {
    let candidates = candidates(corpus, question, stems)?;
    let passages_read = PASSAGES.min(candidates.len()) as u32;
    let Some(best) = candidates.first().filter(|best| best.coverage >= LEAST_COVERAGE) else {
        return Ok(Finding { answer: None, evidence: Vec::new(), passages_read });
    };
    let sentence = corpus.sentence(best.id)?;
    let answer = match answering_span(&sentence, question, stems) {
        Some(span) => format!("{span}: {sentence}"),
        None => sentence,
    };
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    for candidate in candidates.iter().filter(|c| c.score >= best.score * 0.6) {
        let first = candidate.id.sentence.saturating_sub(1);
        let known = evidence.iter().any(|(id, count)| {
            id.block == candidate.id.block
                && (id.sentence..id.sentence + count).contains(&candidate.id.sentence)
        });
        if !known && evidence.len() < CITATIONS {
            let id = SentenceId { sentence: first, ..candidate.id };
            evidence.push((id, candidate.id.sentence - first + 2));
        }
    }
    Ok(Finding { answer: Some(answer), evidence, passages_read })
}

/// The span of `sentence` that has the expected type and is not part of the question.
fn answering_span(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    spans::spans(sentence, question.expected)
        .into_iter()
        .map(|range| sentence[range].to_owned())
        .find(|span| !repeats_question(span, question, stems))
}

/// Whether every word of a span stands in the question.
fn repeats_question(span: &str, question: &Question, stems: &Stems) -> bool {
    words::words(span).all(|word| {
        let folded = words::folded(&span[word.start..word.end]);
        question.words.iter().any(|asked| stems.same(asked, &folded))
    })
}

/// Sentences that may answer `question`, best first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn candidates(corpus: &Corpus, question: &Question, stems: &Stems) -> Result<Vec<Candidate>> {
    let patterns = question.patterns();
    let found = search::search(corpus, &patterns, stems, HITS)?;
    let weights: Vec<f32> = question
        .terms
        .iter()
        .zip(&found.idf)
        .map(|(term, idf)| if term.phrase { idf * 0.5 } else { *idf })
        .collect();
    let total: f32 = weights.iter().sum();
    let mut out = Vec::new();
    if total <= 0.0 {
        return Ok(out);
    }
    for passage in fused_passages(corpus, &found)? {
        let block = corpus.block(passage.first.block)?;
        score_passage(&block, &passage, question, &patterns, &weights, total, stems, &mut out);
    }
    out.sort_by(|one: &Candidate, other| {
        other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id))
    });
    Ok(out)
}

/// The best passages of both rankings, best first.
fn fused_passages(corpus: &Corpus, found: &Found) -> Result<Vec<Hit>> {
    let mut fused: BTreeMap<SentenceId, (f32, Hit)> = BTreeMap::new();
    let mut add = |rank: usize, hit: Hit| {
        let entry = fused.entry(hit.first).or_insert((0.0, hit));
        entry.0 += 1.0 / (RRF_K + rank as f32 + 1.0);
    };
    for (rank, hit) in found.passages.iter().enumerate() {
        add(rank, *hit);
    }
    let mut rank = 0;
    let mut seen = Vec::new();
    for hit in &found.sentences {
        let layout = &corpus.block(hit.first.block)?.layout;
        let range = layout.passage(layout.passage_of(hit.first.sentence as usize));
        let first = SentenceId { block: hit.first.block, sentence: range.start as u32 };
        if !seen.contains(&first) {
            seen.push(first);
            let sentences = range.len() as u32;
            add(rank, Hit { first, sentences, ..*hit });
            rank += 1;
        }
    }
    let mut passages: Vec<(f32, Hit)> = fused.into_values().collect();
    passages.sort_by(|one, other| {
        other.0.total_cmp(&one.0).then_with(|| one.1.first.cmp(&other.1.first))
    });
    passages.truncate(PASSAGES);
    Ok(passages.into_iter().map(|(_, hit)| hit).collect())
}

/// Scores the sentences of one passage, looking a few sentences beyond it on both sides.
#[allow(clippy::too_many_arguments)]
fn score_passage(
    block: &Block,
    passage: &Hit,
    question: &Question,
    patterns: &[Pattern],
    weights: &[f32],
    total: f32,
    stems: &Stems,
    out: &mut Vec<Candidate>,
) {
    let reach = BY_DISTANCE.len() - 1;
    let start = passage.first.sentence as usize;
    let end = start + passage.sentences as usize;
    let around = start.saturating_sub(reach)..(end + reach).min(block.layout.sentences.len());
    let masks: Vec<u64> = around
        .clone()
        .map(|sentence| {
            let text = block.sentences(sentence..sentence + 1);
            let words: Vec<String> =
                words::words(text).map(|word| words::folded(&text[word.start..word.end])).collect();
            patterns.iter().enumerate().fold(0, |mask, (index, pattern)| {
                mask | u64::from(pattern.occurs_in(&words, stems)) << index
            })
        })
        .collect();
    let in_passage = masks.iter().fold(0, |all, mask| all | mask);
    for sentence in start..end {
        let at = sentence - around.start;
        let mut covered = 0.0;
        for (index, weight) in weights.iter().enumerate() {
            let has = |mask: &u64| mask >> index & 1 == 1;
            let near = (0..=reach).find(|distance| {
                masks.get(at + distance).is_some_and(has)
                    || at.checked_sub(*distance).is_some_and(|before| has(&masks[before]))
            });
            covered += weight
                * match near {
                    Some(distance) => BY_DISTANCE[distance],
                    None if in_passage >> index & 1 == 1 => IN_PASSAGE,
                    None => 0.0,
                };
        }
        let coverage = covered / total;
        let text = block.sentences(sentence..sentence + 1).trim();
        let typed = !matches!(question.expected, Expected::Anything | Expected::Explanation)
            && answering_span(text, question, stems).is_some();
        let asks = text.trim_end_matches(['"', '”', '\'', '’']).ends_with(['?', '？']);
        let score = coverage + if typed { TYPE_BONUS } else { 0.0 } - if asks { 0.1 } else { 0.0 };
        out.push(Candidate {
            id: SentenceId { block: passage.first.block, sentence: sentence as u32 },
            score,
            coverage,
        });
    }
}
