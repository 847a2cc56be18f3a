//! The plan for a question about facts: the sentences around which the question's words gather.
//!
//! Passages come from two rankings fused by reciprocal rank (Cormack, Clarke, Büttcher, SIGIR 2009,
//! k = 60): BM25 of the passage and BM25 of its best sentence. In them each sentence is scored by the
//! share of the question's weight (inverse document frequencies) that it covers, where what stands
//! in its neighbours counts less the further away it is: a fact and its subject are seldom more
//! than a few sentences apart. Where sentences cover the whole question by themselves, every one of
//! them is a fact asked for and is cited alone, the newest first; otherwise the best are cited with
//! their neighbours. If even the best sentence covers too little, the document does not say.
//! A model, if there is one, reads the windows of the best passages and points.

use std::collections::BTreeMap;
use std::ops::Range;

use super::parts::Scope;
use super::question::{Expected, Question, Term};
use super::reader::{Read, Reader};
use crate::error::Result;
use crate::memory::answer::{Finding, spans};
use crate::memory::index::corpus::{Block, Corpus, SentenceId};
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::{self, Found, Hit};
use crate::memory::index::stems::Stems;
use crate::memory::model::Pointer;
use crate::memory::segment::words;

/// The constant of reciprocal rank fusion.
const RRF_K: f32 = 60.0;
/// Passages read for one question, and for one that asks for everything that fits.
const PASSAGES: (usize, usize) = (32, 96);
/// Hits kept of either ranking.
const HITS: usize = 128;
/// Worth of a term that stands this many sentences away, from 0 on.
const BY_DISTANCE: [f32; 4] = [1.0, 0.6, 0.4, 0.3];
/// Worth of a term that stands elsewhere in the passage.
const IN_PASSAGE: f32 = 0.2;
/// Added for a span of the expected type that the question does not hold itself.
const TYPE_BONUS: f32 = 0.12;
/// The document does not say if the best sentence covers less than this.
const LEAST_COVERAGE: f32 = 0.55;
/// The same for questions of many words, of which a text will use fewer, and for lists.
const LEAST_OF_MANY: f32 = 0.45;
/// Terms from which a question has many words.
const MANY_TERMS: usize = 6;
/// What a place must cover of the words of the question that are not names.
const LEAST_RELATION: f32 = 0.15;
/// Words of a question besides its names up to which a place must say something of each.
const FEW_WORDS: usize = 2;
/// Worth of a place that says nothing of what is asked, or says it of somebody else.
const BESIDE_THE_POINT: f32 = 0.5;
/// What a sentence must cover by itself for it to be a whole fact.
const WHOLE_FACT: f32 = 0.9;
/// Worth of a passage without a key of the question.
const WITHOUT_KEY: f32 = 0.5;
/// Coverage from which a model that finds nothing is overruled.
const SURE_COVERAGE: f32 = 0.9;
/// Citations of one answer made of neighbourhoods.
const CITATIONS: usize = 16;
/// Sentences cited before and behind the one found.
const NEIGHBOURS: (u32, u32) = (4, 6);

/// A sentence that may answer.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it stands.
    pub id: SentenceId,
    /// Score: coverage and bonuses.
    pub score: f32,
    /// Share of the question's weight that it covers with its neighbours, 0 to 1.
    pub coverage: f32,
    /// Share of the question's weight that it covers alone, 0 to 1.
    pub own: f32,
    /// Whether it holds a span of the expected type.
    pub typed: bool,
}

/// Answers `question` from the corpus, as far as `scope` reaches.
///
/// # Errors
/// If the store cannot be read or is damaged, or the model fails.
pub fn lookup(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &Question,
    scope: &Scope,
) -> Result<Finding> {
    let candidates = candidates(reader, question, scope)?;
    let many = question.many || question.terms.len() >= MANY_TERMS;
    let least = if many { LEAST_OF_MANY } else { LEAST_COVERAGE };
    let Some(best) = candidates.first().filter(|best| best.coverage >= least) else {
        return Ok(Finding::default());
    };
    if pointer.has_model() {
        if let Some(finding) = read_windows(reader, pointer, question, &candidates)? {
            return Ok(finding);
        }
        if !pointer.was_refused() && best.own < SURE_COVERAGE {
            return Ok(Finding::default());
        }
    }
    let most = candidates.iter().map(|candidate| candidate.own).fold(0.0, f32::max);
    // A question that only names something, or asks how or why, is answered around its mentions.
    let stated = question.terms.iter().any(|term| !term.name && !term.phrase)
        && question.expected != Expected::Explanation
        && (question.terms.len() > 3
            || !question.keys.is_empty()
            || question.expected != Expected::Anything);
    if most >= WHOLE_FACT && stated {
        return whole_facts(reader, question, &candidates, most);
    }
    let sentence = reader.corpus.sentence(best.id)?;
    let answer = match answering_span(&sentence, question, reader.stems) {
        Some(span) => format!("{span}: {sentence}"),
        None => sentence,
    };
    Ok(Finding { answer: Some(answer), evidence: neighbourhoods(&candidates), incomplete: false })
}

/// The facts that sentences state completely: each one cited alone.
fn whole_facts(
    reader: &Reader,
    question: &Question,
    candidates: &[Candidate],
    most: f32,
) -> Result<Finding> {
    let mut facts: Vec<&Candidate> = candidates.iter().filter(|c| c.own >= most - 0.02).collect();
    let typed = facts.iter().any(|fact| fact.typed);
    facts.retain(|fact| fact.typed || !typed);
    // The newest first: it is the one that holds if they contradict each other.
    facts.sort_by_key(|fact| std::cmp::Reverse(fact.id));
    if question.many || question.earliest {
        facts.reverse();
    }
    let mut parts: Vec<String> = Vec::new();
    for fact in &facts {
        let sentence = reader.corpus.sentence(fact.id)?;
        let part = answering_span(&sentence, question, reader.stems)
            .or_else(|| complement(&sentence, question, reader.stems))
            .unwrap_or_else(|| sentence.clone());
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let one = question.latest || question.earliest;
    let answer = if question.many || parts.len() == 1 || !one {
        parts.join(", ")
    } else {
        parts.swap_remove(0)
    };
    let evidence = facts.iter().map(|fact| (fact.id, 1)).collect();
    Ok(Finding { answer: Some(answer), evidence, incomplete: false })
}

/// The best candidates with their neighbours, none twice.
fn neighbourhoods(candidates: &[Candidate]) -> Vec<(SentenceId, u32)> {
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let least = candidates.first().map_or(0.0, |best| best.score * 0.5);
    for candidate in candidates.iter().filter(|candidate| candidate.score >= least) {
        let at = candidate.id.sentence;
        let known = evidence.iter().any(|(id, count)| {
            id.block == candidate.id.block && (id.sentence..id.sentence + count).contains(&at)
        });
        if !known {
            let first = at.saturating_sub(NEIGHBOURS.0);
            let id = SentenceId { sentence: first, ..candidate.id };
            evidence.push((id, at - first + 1 + NEIGHBOURS.1));
        }
        if evidence.len() == CITATIONS {
            break;
        }
    }
    evidence
}

/// What stands behind the last copula of a sentence if the question's words stand before it.
fn complement(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    let list: Vec<(words::Word, String)> = words::words(sentence)
        .map(|word| (word, words::folded(&sentence[word.start..word.end])))
        .collect();
    let at = list.iter().rposition(|(word, folded)| {
        ["is", "are", "was", "were", "equals", "be", "是", "为"].contains(&folded.as_str())
            || sentence[word.end..].starts_with([':', '：', '='])
    })?;
    let rest = &sentence[list[at].0.end..];
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ".:：=。！!\"”".contains(c));
    (!rest.is_empty() && !repeats_question(rest, question, stems)).then(|| rest.to_owned())
}

/// The span of `sentence` that has the expected type and is not part of the question.
fn answering_span(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    spans::spans(sentence, question.expected)
        .into_iter()
        .map(|range| sentence[range].to_owned())
        .find(|span| !repeats_question(span, question, stems))
}

/// Whether a word of a span stands in the question.
fn repeats_question(span: &str, question: &Question, stems: &Stems) -> bool {
    words::words(span).all(|word| {
        let folded = words::folded(&span[word.start..word.end]);
        question.words.iter().any(|asked| stems.same(asked, &folded))
    })
}

/// Lets the model read the windows around the best candidates. `None` if it points to nothing.
///
/// Two gates: a reading is written only if it points to a sentence that no reading pointed to
/// before, and reading stops when a question for one thing has one.
fn read_windows(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &Question,
    candidates: &[Candidate],
) -> Result<Option<Finding>> {
    let mut finding = Finding::default();
    let mut spans: Vec<String> = Vec::new();
    for (block, range) in windows(reader, candidates)? {
        if !pointer.has_model() {
            finding.incomplete = question.many;
            break;
        }
        let held = reader.corpus.block(block)?;
        let sentences: Vec<Read> = range
            .map(|sentence| Read {
                id: SentenceId { block, sentence: sentence as u32 },
                text: held.sentences(sentence..sentence + 1).trim().to_owned(),
            })
            .collect();
        let Some(pointed) = pointer.point(&sentences, &question.text)? else { continue };
        let mut new = false;
        for id in pointed.sentences {
            if !finding.evidence.contains(&(id, 1)) {
                finding.evidence.push((id, 1));
                new = true;
            }
        }
        if let (true, Some(span)) = (new, pointed.span)
            && !spans.contains(&span)
        {
            spans.push(span);
        }
        if new && !question.many {
            break;
        }
    }
    if finding.evidence.is_empty() {
        return Ok(None);
    }
    if spans.is_empty() {
        for (id, _) in &finding.evidence {
            spans.push(reader.corpus.sentence(*id)?);
        }
    }
    finding.answer = Some(spans.join(", "));
    Ok(Some(finding))
}

/// The windows of the candidates' passages, the best first, none twice.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn windows(reader: &Reader, candidates: &[Candidate]) -> Result<Vec<(u32, Range<usize>)>> {
    let mut out: Vec<(u32, Range<usize>)> = Vec::new();
    for candidate in candidates {
        let at = candidate.id.sentence as usize;
        if out.iter().any(|(block, range)| *block == candidate.id.block && range.contains(&at)) {
            continue;
        }
        let block = reader.corpus.block(candidate.id.block)?;
        let windows = block.layout.windows(&block.text);
        if let Some(range) = windows.into_iter().find(|range| range.contains(&at)) {
            out.push((candidate.id.block, range));
        }
    }
    Ok(out)
}

/// Sentences that may answer `question`, best first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn candidates(reader: &Reader, question: &Question, scope: &Scope) -> Result<Vec<Candidate>> {
    let (corpus, stems) = (reader.corpus, reader.stems);
    let mut out = Vec::new();
    let mut terms = question.terms.clone();
    // The words that limit the question to a chapter say nothing about what is asked.
    terms.retain(|term| scope.is_everything() || !scope.words.contains(&term.pattern.text));
    terms.truncate(search::MOST_PATTERNS - question.keys.len().min(8));
    let n_terms = terms.len();
    let keys = question.keys.iter().take(8).cloned();
    let patterns: Vec<Pattern> = terms.iter().map(|t| t.pattern.clone()).chain(keys).collect();
    let found = search::search(corpus, &patterns, stems, HITS)?;
    let absent = |index: &usize| found.counts[*index] == 0;
    if (n_terms..patterns.len()).any(|key| absent(&key)) {
        return Ok(out);
    }
    // Nobody of this name is mentioned.
    let unknown = |name: &String| {
        let own: Vec<usize> = (0..n_terms)
            .filter(|index| {
                let term = &terms[*index];
                let word = &term.pattern.text;
                !term.phrase
                    && words::words(name).any(|w| words::folded(&name[w.start..w.end]) == *word)
            })
            .collect();
        own.last().is_some_and(absent)
    };
    if question.names.iter().any(unknown) {
        return Ok(out);
    }
    let weights: Vec<f32> = terms
        .iter()
        .zip(&found.idf)
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
    let relation: Vec<f32> = terms
        .iter()
        .zip(&weights)
        .map(|(term, weight)| if term.name { 0.0 } else { *weight })
        .collect();
    let has_names = terms.iter().any(|term| term.name);
    let relation = if has_names { relation } else { vec![0.0; weights.len()] };
    let view = View {
        question,
        patterns: &patterns,
        weights: &weights,
        relation: &relation,
        total,
        stems,
    };
    for passage in fused_passages(corpus, &found, question.many)? {
        if !reader.admits(passage.first)? {
            break;
        }
        let block = corpus.block(passage.first.block)?;
        view.score_passage(&block, &passage, &mut out);
    }
    if !scope.is_everything() {
        let mut kept = Vec::with_capacity(out.len());
        for candidate in out {
            let block = corpus.block(candidate.id.block)?;
            let byte = block.layout.sentences[candidate.id.sentence as usize].start as usize;
            let at = corpus.char_offset(candidate.id.block, byte)?;
            if scope.holds(corpus.blocks[candidate.id.block as usize].document, at) {
                kept.push(candidate);
            }
        }
        out = kept;
    }
    out.sort_by(|one: &Candidate, other| {
        other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id))
    });
    Ok(out)
}

/// The best passages of both rankings, best first.
fn fused_passages(corpus: &Corpus, found: &Found, many: bool) -> Result<Vec<Hit>> {
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
    passages.truncate(if many { PASSAGES.1 } else { PASSAGES.0 });
    Ok(passages.into_iter().map(|(_, hit)| hit).collect())
}

/// Whether a sentence speaks of somebody else of the same family: the last word of `name` stands in
/// it, but only behind other first names.
fn is_of_another(text: &str, name: &str) -> bool {
    let bare = names::without_titles(name);
    let Some((first, last)) = bare.rsplit_once(' ') else { return false };
    let mut found = Vec::new();
    names::names(text, &mut found);
    let mut others = found
        .iter()
        .map(|found| names::without_titles(&text[found.start..found.end]))
        .filter(|found| found.rsplit(' ').next() == Some(last))
        .peekable();
    others.peek().is_some()
        && others
            .all(|found| found.contains(' ') && !first.split(' ').any(|word| found.contains(word)))
}

/// A question as passages are scored by it.
struct View<'a> {
    question: &'a Question,
    /// The terms, then the keys.
    patterns: &'a [Pattern],
    /// Weights of the terms.
    weights: &'a [f32],
    /// The weights of the terms that are not names, if there are names.
    relation: &'a [f32],
    total: f32,
    stems: &'a Stems,
}

impl View<'_> {
    /// Scores the sentences of one passage, looking a few sentences beyond it on both sides.
    fn score_passage(&self, block: &Block, passage: &Hit, out: &mut Vec<Candidate>) {
        let reach = BY_DISTANCE.len() - 1;
        let start = passage.first.sentence as usize;
        let end = start + passage.sentences as usize;
        let around = start.saturating_sub(reach)..(end + reach).min(block.layout.sentences.len());
        let masks: Vec<u64> = around
            .clone()
            .map(|sentence| {
                let text = block.sentences(sentence..sentence + 1);
                let words: Vec<String> = words::words(text)
                    .map(|word| words::folded(&text[word.start..word.end]))
                    .collect();
                self.patterns.iter().enumerate().fold(0, |mask, (index, pattern)| {
                    mask | u64::from(pattern.occurs_in(&words, self.stems)) << index
                })
            })
            .collect();
        let in_passage = masks.iter().fold(0, |all, mask| all | mask);
        let keys = self.weights.len()..self.patterns.len();
        let missing = keys.filter(|key| in_passage >> key & 1 == 0).count();
        let worth = WITHOUT_KEY.powi(missing as i32);
        for sentence in start..end {
            let at = sentence - around.start;
            let (mut covered, mut own, mut related, mut missing) = (0.0, 0.0, 0.0, 0);
            for (index, weight) in self.weights.iter().enumerate() {
                let has = |mask: &u64| mask >> index & 1 == 1;
                let near = (0..=reach).find(|distance| {
                    masks.get(at + distance).is_some_and(has)
                        || at.checked_sub(*distance).is_some_and(|before| has(&masks[before]))
                });
                own += if has(&masks[at]) { *weight } else { 0.0 };
                let worth = match near {
                    Some(distance) => BY_DISTANCE[distance],
                    None if in_passage >> index & 1 == 1 => IN_PASSAGE,
                    None => 0.0,
                };
                covered += weight * worth;
                related += self.relation[index] * worth;
                missing += usize::from(self.relation[index] > 0.0 && worth == 0.0);
            }
            let asked: f32 = self.relation.iter().sum();
            let text = block.sentences(sentence..sentence + 1).trim();
            let few = self.relation.iter().filter(|weight| **weight > 0.0).count() <= FEW_WORDS;
            let beside = (asked > 0.0 && related / asked < LEAST_RELATION)
                || (few && missing > 0)
                || self.question.names.iter().any(|name| is_of_another(text, name));
            let worth = if beside { worth * BESIDE_THE_POINT } else { worth };
            let coverage = covered / self.total * worth;
            let typed =
                !matches!(self.question.expected, Expected::Anything | Expected::Explanation)
                    && answering_span(text, self.question, self.stems).is_some();
            let asks = text.trim_end_matches(['"', '”', '\'', '’']).ends_with(['?', '？']);
            let score =
                coverage + if typed { TYPE_BONUS } else { 0.0 } - if asks { 0.1 } else { 0.0 };
            out.push(Candidate {
                id: SentenceId { block: passage.first.block, sentence: sentence as u32 },
                score,
                coverage,
                own: if asks { 0.0 } else { own / self.total * worth },
                typed,
            });
        }
    }
}
