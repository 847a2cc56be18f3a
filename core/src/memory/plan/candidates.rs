//! Sentences that may answer a question, with a score each.
//!
//! Passages come from two rankings fused by reciprocal rank (Cormack, Clarke, Büttcher, SIGIR 2009,
//! k = 60): BM25 of the passage and BM25 of its best sentence. In them each sentence is scored by the
//! share of the question's weight (inverse document frequencies) that it covers (`covering`). A sentence
//! that a line written by a model leads to holds what the line holds (`digest::keys`).
//!
//! Where it is only asked whether anything covers enough, the passages are read that can, by where the directories
//! tell that the words stand, and no more than it takes.

use std::collections::BTreeMap;

use super::covering::{Bounds, Candidate, View};
use super::parts::Scope;
use super::question::{Question, Term};
use super::reader::Reader;
use crate::error::Result;
use crate::memory::digest::keys;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::{self, Found, Passage, Search};
use crate::memory::segment::words;

/// The constant of reciprocal rank fusion.
const RRF_K: f32 = 60.0;
/// Passages read for one question, and for one that asks for everything that fits.
const PASSAGES: (usize, usize) = (32, 96);
/// Hits kept of either ranking.
const HITS: usize = 128;
/// Share of the question's weight that a block must be able to hold for its passages to be looked at.
const LEAST_WORTH: f32 = 0.05;
/// Keys of one question that are looked for.
const MOST_KEYS: usize = 8;

/// Which candidates are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Among {
    /// Those of all passages that rank high.
    All,
    /// Those of the passages in which a sentence may cover the share `own` of the question alone, and of others as long
    /// as none covers the share `coverage`.
    Covering {
        /// Share of the question's weight that a sentence covers alone.
        own: f32,
        /// The same with its neighbours.
        coverage: f32,
    },
}

/// Sentences that may answer `question`, best first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn candidates(
    reader: &Reader,
    question: &Question,
    scope: &Scope,
    among: Among,
) -> Result<Vec<Candidate>> {
    let (corpus, stems) = (reader.corpus, reader.stems);
    let mut out = Vec::new();
    let mut terms = question.terms.clone();
    // The words that limit the question to a chapter say nothing about what is asked.
    terms.retain(|term| scope.is_everything() || !scope.words.contains(&term.pattern.text));
    let mut keys = question.keys.clone();
    keys.retain(|key| !scope.words.contains(&key.pattern.text));
    keys.truncate(MOST_KEYS);
    terms.truncate(search::MOST_PATTERNS - keys.len());
    let n_terms = terms.len();
    let of_keys = keys.iter().map(|key| key.pattern.clone());
    let patterns: Vec<Pattern> = terms.iter().map(|t| t.pattern.clone()).chain(of_keys).collect();
    let mut search = Search::of(corpus, &patterns, stems)?;
    let absent = |index: &usize| search.counts[*index] == 0;
    if (n_terms..patterns.len()).any(|key| absent(&key)) {
        return Ok(out);
    }
    // Nobody of this name is mentioned.
    let unknown = |name: &String| {
        let own: Vec<usize> = (0..n_terms)
            .filter(|index| {
                let term = &terms[*index];
                let word = &term.pattern.text;
                !term.phrase && words::folded_words(name).any(|folded| folded == *word)
            })
            .collect();
        own.last().is_some_and(absent)
    };
    if question.names.iter().any(unknown) {
        return Ok(out);
    }
    let weights: Vec<f32> = terms
        .iter()
        .zip(&search.idf)
        .map(|(term, idf)| match term {
            Term { phrase: true, .. } => idf * 0.5,
            Term { typing: true, .. } => idf * 0.3,
            _ => *idf,
        })
        .collect();
    let total: f32 = weights.iter().sum();
    if total <= 0.0 {
        return Ok(out);
    }
    // What holds no key and next to nothing of the question is no candidate, however often it holds that.
    let is_worth = |set: u64| {
        let held = weights.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
        set >> n_terms != 0 || held.map(|(_, weight)| weight).sum::<f32>() >= LEAST_WORTH * total
    };
    let found = search.best(HITS, HITS, is_worth)?;
    let view = View::new(question, &terms, &keys, &patterns, &weights, stems);
    let strict = terms.iter().map(|term| &term.strict);
    let leads = keys::leads(reader, &patterns, strict, &weights)?;
    let mut passages = of_keys_alone(reader, &patterns[n_terms..])?;
    for head in leads.keys() {
        let layout = corpus.layout(head.block)?;
        let passage = Passage::around(head.block, &layout, head.sentence);
        if !passages.contains(&passage) {
            passages.push(passage);
        }
    }
    for passage in fused_passages(&found, question.many) {
        if !passages.contains(&passage) {
            passages.push(passage);
        }
    }
    // What a line leads to holds more than is known of where it stands.
    let (mut sure, others, least) = match among {
        Among::Covering { own, coverage } if leads.is_empty() => {
            let bounds = |passage| (passage, view.bounds(corpus, &search.spread, &passage));
            let (sure, others): (Vec<_>, Vec<_>) =
                passages.into_iter().map(bounds).partition(|(_, most)| most.own >= own);
            let can =
                |(passage, most): (Passage, Bounds)| (most.coverage >= coverage).then_some(passage);
            let sure: Vec<Passage> = sure.into_iter().map(|(passage, _)| passage).collect();
            (sure, others.into_iter().filter_map(can).collect(), coverage)
        }
        _ => (passages, Vec::new(), f32::MIN),
    };
    let refused = sure.iter().position(|passage| !reader.admits_passage(passage));
    sure.truncate(refused.unwrap_or(sure.len()));
    // In the order of the documents, so that no block is read twice.
    sure.sort_unstable();
    let n_sure = sure.len();
    for (at, passage) in sure.into_iter().chain(others).enumerate() {
        let is_told = || out.iter().any(|candidate: &Candidate| candidate.coverage >= least);
        if at >= n_sure && (is_told() || !reader.admits_passage(&passage)) {
            break;
        }
        let excerpt = corpus.excerpt(passage.block, view.around(&passage))?;
        let from = out.len();
        view.score_passage(&excerpt, &passage, &leads, &mut out);
        if !scope.is_everything() {
            for candidate in out.split_off(from) {
                if scope.holds_sentence(corpus, candidate.id)? {
                    out.push(candidate);
                }
            }
        }
    }
    out.sort_by(|one: &Candidate, other| {
        other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id))
    });
    Ok(out)
}

/// The passages with a sentence that holds all keys: whatever the rankings say, they are looked at.
fn of_keys_alone(reader: &Reader, keys: &[Pattern]) -> Result<Vec<Passage>> {
    let mut out: Vec<Passage> = Vec::new();
    if keys.is_empty() {
        return Ok(out);
    }
    for id in reader.last_mentions(keys, &[], u32::MAX, PASSAGES.1)? {
        let layout = reader.corpus.layout(id.block)?;
        let passage = Passage::around(id.block, &layout, id.sentence);
        if !out.contains(&passage) {
            out.push(passage);
        }
    }
    Ok(out)
}

/// The best passages of both rankings, best first.
fn fused_passages(found: &Found, many: bool) -> Vec<Passage> {
    let mut fused: BTreeMap<Passage, f32> = BTreeMap::new();
    let mut add = |rank: usize, passage: Passage| {
        *fused.entry(passage).or_default() += 1.0 / (RRF_K + rank as f32 + 1.0);
    };
    for (rank, hit) in found.passages.iter().enumerate() {
        add(rank, hit.passage);
    }
    let mut seen = Vec::new();
    for hit in &found.sentences {
        if !seen.contains(&hit.passage) {
            add(seen.len(), hit.passage);
            seen.push(hit.passage);
        }
    }
    let mut passages: Vec<(f32, Passage)> =
        fused.into_iter().map(|(passage, worth)| (worth, passage)).collect();
    passages.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    passages.truncate(if many { PASSAGES.1 } else { PASSAGES.0 });
    passages.into_iter().map(|(_, passage)| passage).collect()
}
