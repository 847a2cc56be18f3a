//! Sentences that may answer a question, with a score each.
//!
//! Passages come from two rankings fused by reciprocal rank (Cormack, Clarke, Büttcher, SIGIR 2009,
//! k = 60): BM25 of the passage and BM25 of its best sentence. In them each sentence is scored by the
//! share of the question's weight (inverse document frequencies) that it covers. What stands in its
//! neighbours counts less the further away it is; a name counts almost fully as long as a pronoun can
//! stand for it. To that come what the form of the sentence tells: a span of the expected type, a
//! definition where one is asked for, a reason where a reason is asked for. A sentence that a line written
//! by a model leads to holds what the line holds (`digest::keys`).

use std::collections::BTreeMap;

use super::language::denied;
use super::language::forms::{self, Defined};
use super::parts::Scope;
use super::question::{Expected, Key, Question, Term};
use super::reader::Reader;
use crate::error::Result;
use crate::memory::answer::spans;
use crate::memory::digest::keys::{self, Leads};
use crate::memory::index::corpus::{Block, SentenceId};
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::{self, Found, Passage, Search};
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

/// The constant of reciprocal rank fusion.
const RRF_K: f32 = 60.0;
/// Passages read for one question, and for one that asks for everything that fits.
const PASSAGES: (usize, usize) = (32, 96);
/// Hits kept of either ranking.
const HITS: usize = 128;
/// Worth of a term that stands this many sentences away, from 0 on.
const BY_DISTANCE: [f32; 4] = [1.0, 0.6, 0.4, 0.3];
/// Sentences over which a pronoun reaches back to a name, and what the name is worth then.
const PRONOUN_REACH: usize = 12;
const BY_PRONOUN: f32 = 0.55;
/// Worth of a term that stands elsewhere in the passage.
const IN_PASSAGE: f32 = 0.2;
/// Worth of another word of the same meaning.
const SIMILAR: f32 = 0.8;
/// Added for a span of the expected type that the question does not hold itself.
const TYPED: f32 = 0.12;
/// Added for a sentence that gives a reason, where one is asked for.
const REASON: f32 = 0.1;
/// Taken from a sentence that asks or is a heading.
const ASKS: f32 = 0.15;
/// Share of the score that what is covered makes up where a definition is asked for.
const COVERED_OF_DEFINITION: f32 = 0.4;
/// What a place must cover of the words of the question that are not names.
const LEAST_RELATION: f32 = 0.25;
/// Words of a question besides its names up to which a place must say something of each.
const FEW_WORDS: usize = 2;
/// Worth of a place that says nothing of what is asked, or says it of somebody else.
const BESIDE_THE_POINT: f32 = 0.5;
/// The same of a longer sentence, which may say it in other words.
const PERHAPS_BESIDE: f32 = 0.7;
/// Longest sentence that states one fact and nothing else, in words.
const ONE_FACT: u32 = 16;
/// Share of the question's weight that a block must be able to hold for its passages to be looked at.
const LEAST_WORTH: f32 = 0.05;
/// Keys of one question that are looked for.
const MOST_KEYS: usize = 8;
/// Worth of a passage without a key of the question.
const WITHOUT_KEY: f32 = 0.5;

/// A sentence that may answer.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it stands.
    pub id: SentenceId,
    /// Score: coverage and what the form of the sentence adds.
    pub score: f32,
    /// Share of the question's weight that it covers with its neighbours, 0 to 1.
    pub coverage: f32,
    /// Share of the question's weight that it covers alone, 0 to 1.
    pub own: f32,
    /// Whether it holds a span of the expected type.
    pub typed: bool,
    /// The terms of the question that stand in the sentence, one bit each.
    pub terms: u64,
    /// Whether every key of the question stands in the sentence.
    pub has_keys: bool,
    /// Number of words of the sentence.
    pub n_words: u32,
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
    let mut keys = question.keys.clone();
    keys.retain(|key| !scope.words.contains(&key.pattern.text));
    keys.truncate(MOST_KEYS);
    terms.truncate(search::MOST_PATTERNS - keys.len());
    let n_terms = terms.len();
    let of_keys = keys.iter().map(|key| key.pattern.clone());
    let patterns: Vec<Pattern> = terms.iter().map(|t| t.pattern.clone()).chain(of_keys).collect();
    let search = Search::of(corpus, &patterns, stems)?;
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
    let view = View::new(question, &terms, &keys, &patterns, &weights, total, stems);
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
    let refused = passages.iter().position(|passage| !reader.admits_passage(passage));
    passages.truncate(refused.unwrap_or(passages.len()));
    // In the order of the documents, so that no block is read twice.
    passages.sort_unstable();
    for passage in passages {
        let block = corpus.block(passage.block)?;
        view.score_passage(&block, &passage, &leads, &mut out);
    }
    if !scope.is_everything() {
        let mut kept = Vec::with_capacity(out.len());
        for candidate in out {
            if scope.holds_sentence(corpus, candidate.id)? {
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

/// Whether a sentence speaks of somebody else of the same family: the last word of `name` stands in
/// it, but only behind other first names.
pub fn is_of_another(text: &str, name: &str) -> bool {
    let bare = names::without_titles(name);
    let Some((first, last)) = bare.rsplit_once(' ') else { return false };
    let mut found = Vec::new();
    names::names(text, &mut found);
    let mut others = found
        .iter()
        .map(|found| names::without_titles(&text[spans::without_day(text, found.start..found.end)]))
        .filter(|found| found.rsplit(' ').next() == Some(last))
        .peekable();
    others.peek().is_some()
        && others
            .all(|found| found.contains(' ') && !first.split(' ').any(|word| found.contains(word)))
}

/// What one sentence of a passage holds.
struct Held {
    /// Patterns that occur in it, one bit each: terms, then keys.
    all: u64,
    /// Terms that occur in it as the question has them, in any form.
    strict: u64,
    /// How it says it; of sentences around the passage that is not asked.
    manner: Manner,
}

/// How a sentence says what it holds.
#[derive(Debug, Clone, Copy, Default)]
struct Manner {
    /// Whether it has a pronoun that can stand for a name.
    pronoun: bool,
    /// Whether it begins with the name of somebody who is not asked about.
    of_another: bool,
    /// Whether it denies what is asked, only thinks of it, or says it of somebody's counterpart.
    denies: bool,
}

/// A question as passages are scored by it.
struct View<'a> {
    question: &'a Question,
    terms: &'a [Term],
    keys: &'a [Key],
    /// The terms, then the keys.
    patterns: &'a [Pattern],
    /// Weights of the terms.
    weights: &'a [f32],
    total: f32,
    stems: &'a Stems,
    /// Bits of the terms that are names.
    names: u64,
    /// Bits of the terms that a sentence about the names has to say something of.
    relation: u64,
    /// Bits of the terms that say of what something is asked, and not of what type it is.
    things: u64,
}

impl<'a> View<'a> {
    fn new(
        question: &'a Question,
        terms: &'a [Term],
        keys: &'a [Key],
        patterns: &'a [Pattern],
        weights: &'a [f32],
        total: f32,
        stems: &'a Stems,
    ) -> Self {
        let bits = |wanted: &dyn Fn(&Term) -> bool| {
            terms
                .iter()
                .enumerate()
                .fold(0, |bits, (at, term)| bits | u64::from(wanted(term)) << at)
        };
        let names = bits(&|term: &Term| term.name && !term.phrase);
        let relation = if names == 0 { 0 } else { bits(&|term: &Term| !term.name && !term.typing) };
        let things = bits(&|term: &Term| !term.phrase && !term.typing);
        Self { question, terms, keys, patterns, weights, total, stems, names, relation, things }
    }

    fn held(&self, text: &str, is_inside: bool) -> Held {
        let words: Vec<String> = words::folded_words(text).collect();
        let mut all = self.patterns.iter().enumerate().fold(0, |mask, (index, pattern)| {
            mask | u64::from(pattern.occurs_in(&words, self.stems)) << index
        });
        if !self.keys.is_empty() {
            let lower = text.to_lowercase();
            for (at, key) in self.keys.iter().enumerate() {
                if !key.stands_in(&lower) {
                    all &= !(1 << (self.terms.len() + at));
                }
            }
        }
        let strict = self.terms.iter().enumerate().fold(0, |mask, (index, term)| {
            let holds = all >> index & 1 == 1 && term.strict.occurs_in(&words, self.stems);
            mask | u64::from(holds) << index
        });
        let manner = if is_inside { self.manner(text, &words) } else { Manner::default() };
        Held { all, strict, manner }
    }

    fn manner(&self, text: &str, words: &[String]) -> Manner {
        Manner {
            denies: self.denies(text, words),
            pronoun: words.iter().any(|word| forms::is_pronoun(word)),
            of_another: self.relation != 0
                && self.question.expected != Expected::Person
                && self.is_about_another(text),
        }
    }

    /// Whether a sentence of one clause denies what is asked, only thinks of it, or says it of somebody's counterpart.
    fn denies(&self, text: &str, list: &[String]) -> bool {
        if text.chars().any(words::is_ideograph) {
            return denied::is_beside_chinese(&self.question.text, text);
        }
        if list.len() <= ONE_FACT as usize && self.asks_for_name() && self.names_nobody_else(text) {
            return true;
        }
        list.len() <= ONE_FACT as usize
            && !text.contains([',', ';', ':', '"', '“'])
            && denied::is_beside(&self.question.words, list, |word| {
                let word = [word.to_owned()];
                self.terms.iter().any(|term| term.pattern.occurs_in(&word, self.stems))
            })
    }

    /// Whether the question is "what is the name of her brother", "what is her brother's name".
    fn asks_for_name(&self) -> bool {
        let asked = &self.question.words;
        asked.first().is_some_and(|word| word == "what") && asked.iter().any(|word| word == "name")
    }

    /// Whether a sentence has no name that the question has not.
    fn names_nobody_else(&self, text: &str) -> bool {
        let mut found = Vec::new();
        names::names(text, &mut found);
        found.iter().all(|name| {
            words::folded_words(&text[name.start..name.end])
                .all(|word| self.question.words.contains(&word))
        })
    }

    /// Whether the first name of a sentence is none that is asked about.
    fn is_about_another(&self, text: &str) -> bool {
        let mut found = Vec::new();
        names::names(text, &mut found);
        // Where people go by one name, a word that opens a sentence and is no common one may be a name.
        let single = self.question.names.iter().any(|name| !name.contains(' '));
        let sure = |name: &&names::Name| {
            single || !name.uncertain || text[name.start..name.end].contains(' ')
        };
        let Some(first) = found.iter().find(sure) else { return false };
        let name = &text[first.start..first.end];
        !words::folded_words(name).any(|word| self.question.words.contains(&word))
    }

    /// Scores the sentences of one passage, looking a few sentences beyond it on both sides.
    fn score_passage(
        &self,
        block: &Block,
        passage: &Passage,
        leads: &Leads,
        out: &mut Vec<Candidate>,
    ) {
        let reach = BY_DISTANCE.len() - 1;
        let start = passage.first as usize;
        let end = start + passage.sentences as usize;
        let around =
            start.saturating_sub(PRONOUN_REACH)..(end + reach).min(block.layout.sentences.len());
        let held: Vec<Held> = around
            .clone()
            .map(|sentence| {
                let is_inside = (start..end).contains(&sentence);
                let mut held = self.held(block.sentences(sentence..sentence + 1), is_inside);
                let id = SentenceId { block: passage.block, sentence: sentence as u32 };
                if let Some((all, strict)) = leads.get(&id) {
                    held.all |= all;
                    held.strict |= strict;
                }
                held
            })
            .collect();
        let inside = start - around.start..end - around.start;
        let in_passage = held[inside].iter().fold(0, |all, held| all | held.all);
        let keys = self.terms.len()..self.patterns.len();
        let missing = keys.clone().filter(|key| in_passage >> key & 1 == 0).count();
        let with_keys = WITHOUT_KEY.powi(missing as i32);
        for sentence in start..end {
            let at = sentence - around.start;
            let text = block.sentences(sentence..sentence + 1).trim();
            let typed =
                !matches!(self.question.expected, Expected::Anything | Expected::Explanation)
                    && spans::answering(text, self.question, self.stems).is_some();
            // "The house is blue" says of the house that blue is its colour; a number does not say of what.
            let says_type = typed
                && self.question.expected == Expected::Colour
                && held[at].all & self.things == self.things;
            let (mut covered, mut own) = (0.0, 0.0);
            for (index, weight) in self.weights.iter().enumerate() {
                let is_said = says_type && self.terms[index].typing;
                own += if is_said || held[at].all >> index & 1 == 1 { *weight } else { 0.0 };
                let worth = if is_said { 1.0 } else { self.worth(&held, at, index, in_passage) };
                covered += weight * worth;
            }
            let n_words = block.layout.words_in(sentence..sentence + 1);
            // "She left because she was ill" does not say when.
            let silent =
                n_words <= ONE_FACT && !typed && !spans::may_answer(text, self.question.expected);
            let beside = held[at].manner.denies
                || silent
                || self.is_beside(&held, at, in_passage, n_words)
                || self.question.names.iter().any(|name| is_of_another(text, name));
            let worth = with_keys
                * match (beside, n_words <= ONE_FACT) {
                    (true, true) => BESIDE_THE_POINT,
                    (true, false) => PERHAPS_BESIDE,
                    _ => 1.0,
                };
            let coverage = covered / self.total * worth;
            let asks = text.trim_end_matches(['"', '”', '\'', '’']).ends_with(['?', '？']);
            let mut score = coverage;
            if self.question.defines {
                score =
                    coverage * COVERED_OF_DEFINITION + self.definition(block, &held, at, sentence);
            }
            if typed {
                score += TYPED;
            }
            if self.question.expected == Expected::Explanation && forms::gives_reason(text) {
                score += REASON;
            }
            if asks || block.layout.sentences[sentence].heading {
                score -= ASKS;
            }
            out.push(Candidate {
                id: SentenceId { block: passage.block, sentence: sentence as u32 },
                score,
                coverage,
                own: if asks { 0.0 } else { own / self.total * worth },
                typed,
                terms: held[at].all,
                has_keys: keys.clone().all(|key| held[at].all >> key & 1 == 1),
                n_words,
            });
        }
    }

    /// What term `index` is worth for the sentence `at`.
    fn worth(&self, held: &[Held], at: usize, index: usize, in_passage: u64) -> f32 {
        let has = |place: usize| held.get(place).is_some_and(|held| held.all >> index & 1 == 1);
        let near = (0..BY_DISTANCE.len()).find_map(|distance| {
            [at + distance, at.wrapping_sub(distance)]
                .into_iter()
                .find(|place| has(*place))
                .map(|place| (distance, held[place].strict >> index & 1 == 1))
        });
        let mut worth = match near {
            Some((distance, true)) => BY_DISTANCE[distance],
            Some((distance, false)) => BY_DISTANCE[distance] * SIMILAR,
            None if in_passage >> index & 1 == 1 => IN_PASSAGE,
            None => 0.0,
        };
        if self.terms[index].name && held[at].manner.pronoun {
            let reached = (at.saturating_sub(PRONOUN_REACH)..at).any(has);
            worth = if reached { worth.max(BY_PRONOUN) } else { worth };
        }
        worth
    }

    /// Whether the sentence `at` says nothing of what is asked about the names.
    ///
    /// Of a question of few words each must stand in the sentence or beside it, together with the name or
    /// a pronoun for it, and in prose one of them; a longer question needs a share of them.
    fn is_beside(&self, held: &[Held], at: usize, in_passage: u64, n_words: u32) -> bool {
        if self.relation == 0 {
            return self.leaves_out(held, at, n_words);
        }
        // One fact about somebody else.
        if n_words <= ONE_FACT && held[at].manner.of_another && held[at].all & self.names == 0 {
            return true;
        }
        let weigh = |bits: u64| {
            let each = self.weights.iter().enumerate();
            each.map(|(at, weight)| if bits >> at & 1 == 1 { *weight } else { 0.0 }).sum::<f32>()
        };
        let beside = |distance: usize| {
            let places = at.saturating_sub(distance)..(at + distance + 1).min(held.len());
            held[places].iter().fold(0, |all, held| all | held.all)
        };
        if self.relation.count_ones() as usize > FEW_WORDS {
            return weigh(in_passage & self.relation) < LEAST_RELATION * weigh(self.relation);
        }
        if n_words > ONE_FACT {
            // Prose may say the rest in other words.
            let places = at.saturating_sub(1)..(at + 2).min(held.len());
            return held[places].iter().all(|held| held.strict & self.relation == 0);
        }
        let said = held[at].all & self.relation;
        let reached = |from: usize| {
            held[at.saturating_sub(from)..at].iter().any(|held| held.all & self.names != 0)
        };
        let named = held[at].all & self.names != 0
            || (!held[at].manner.of_another
                && (beside(1) & self.names != 0
                    || (held[at].manner.pronoun
                        && held[at].strict & said == said
                        && reached(PRONOUN_REACH))));
        said == 0 || beside(1) & self.relation != self.relation || !named
    }

    /// Whether one fact leaves out what a question of few words and no names asks of a thing: "the bridge was
    /// opened in 1904" does not say who built it.
    fn leaves_out(&self, held: &[Held], at: usize, n_words: u32) -> bool {
        let n_things = self.things.count_ones() as usize;
        if !self.keys.is_empty()
            || self.names != 0
            || self.question.defines
            || n_words > ONE_FACT
            || !(2..=FEW_WORDS).contains(&n_things)
            || self.question.expected == Expected::Explanation
        {
            return false;
        }
        let goes_on = held[at].manner.pronoun && at > 0;
        let near = held[at].all | if goes_on { held[at - 1].all } else { 0 };
        near & self.things != self.things
    }

    /// How well the sentence says what the question asks to be told about.
    fn definition(&self, block: &Block, held: &[Held], at: usize, sentence: usize) -> f32 {
        let Some(last) = self.terms.last() else { return 0.0 };
        let head = 1_u64 << (self.terms.len() - 1);
        let mentions = |held: &Held| held.all & (head | self.names) != 0;
        let text = block.sentences(sentence..sentence + 1).trim();
        if mentions(&held[at]) {
            return match forms::defines(text, &last.strict, self.stems) {
                Some(Defined::Copula) => 0.9,
                Some(Defined::Apposition) => 0.75,
                None => 0.0,
            };
        }
        let before = (1..=6).find(|back| at.checked_sub(*back).is_some_and(|p| mentions(&held[p])));
        match before {
            Some(back) if forms::defines_something(text) => 0.65 - 0.05 * back as f32,
            _ => 0.0,
        }
    }
}
