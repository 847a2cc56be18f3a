//! How much of a question the sentences of one passage cover, and what their form adds.
//!
//! What stands in the neighbours of a sentence counts less the further away it is; a name counts almost fully as
//! long as a pronoun can stand for it. To that come what the form of the sentence tells: a span of the expected
//! type, a definition where one is asked for, a reason where a reason is asked for. Which passages are looked at is
//! told by `candidates`.

use std::ops::Range;

use super::language::denied;
use super::language::forms::{self, Defined};
use super::namesakes::is_of_another;
use super::question::{Expected, Key, Question, Term};
use crate::memory::answer::spans;
use crate::memory::digest::keys::Leads;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::excerpt::Excerpt;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::Passage;
use crate::memory::index::spread::Spread;
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

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
/// Worth of a passage without a key of the question.
const WITHOUT_KEY: f32 = 0.5;
/// Covers what a bound and a share that are summed in another order may differ by.
const ROUNDING: f32 = 1.000_1;

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

/// The most that a sentence of a passage can cover of a question.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Alone.
    pub own: f32,
    /// With its neighbours.
    pub coverage: f32,
}

/// A question as passages are scored by it.
pub struct View<'a> {
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
    /// A question by its `terms` and `keys`, whose `patterns` these are, those of the terms first and with `weights`.
    pub fn new(
        question: &'a Question,
        terms: &'a [Term],
        keys: &'a [Key],
        patterns: &'a [Pattern],
        weights: &'a [f32],
        stems: &'a Stems,
    ) -> Self {
        let total = weights.iter().sum();
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

    /// The most that the sentences of a passage can cover, by where the patterns can stand.
    pub fn bounds(&self, corpus: &Corpus, spread: &Spread, passage: &Passage) -> Bounds {
        let place = &corpus.contents.blocks[passage.block as usize];
        let run = corpus.contents.run_of(passage.block);
        let n_sentences = place.block.sentences;
        let (start, end) = (passage.first, passage.first + passage.sentences);
        let around = start.saturating_sub(PRONOUN_REACH as u32)
            ..(end + BY_DISTANCE.len() as u32 - 1).min(n_sentences);
        let (mut everywhere, mut covered) = (0.0, 0.0);
        let mut own = vec![0.0_f32; passage.sentences as usize];
        for (index, (weight, term)) in self.weights.iter().zip(self.terms).enumerate() {
            // The colour of a thing says that it is its colour.
            if term.typing && self.question.expected == Expected::Colour {
                (everywhere, covered) = (everywhere + weight, covered + weight);
                continue;
            }
            let first = place.first_sentence;
            let range = first + around.start..first + around.end;
            let Some(sentences) = spread.begins(index, run, passage.block, range) else {
                (everywhere, covered) = (everywhere + weight, covered + weight);
                continue;
            };
            covered += if sentences.is_empty() { 0.0 } else { *weight };
            let mut last = None;
            for sentence in sentences {
                let at = (sentence - first).checked_sub(start).map(|at| at as usize);
                if let Some(own) = at.filter(|_| last != at).and_then(|at| own.get_mut(at)) {
                    *own += weight;
                }
                last = at;
            }
        }
        let most = own.into_iter().fold(0.0, f32::max) + everywhere;
        let share = |weight: f32| weight / self.total * ROUNDING;
        Bounds { own: share(most), coverage: share(covered) }
    }

    /// The sentences that the scores of a passage are told by, which may go on behind its block.
    pub fn around(&self, passage: &Passage) -> Range<usize> {
        let (start, reach) = (passage.first as usize, BY_DISTANCE.len() - 1);
        start.saturating_sub(PRONOUN_REACH)..start + passage.sentences as usize + reach
    }

    /// Scores the sentences of one passage, looking a few sentences beyond it on both sides.
    pub fn score_passage(
        &self,
        block: &Excerpt,
        passage: &Passage,
        leads: &Leads,
        out: &mut Vec<Candidate>,
    ) {
        let start = passage.first as usize;
        let end = start + passage.sentences as usize;
        let mut around = self.around(passage);
        around.end = around.end.min(block.layout.sentences.len());
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
    fn definition(&self, block: &Excerpt, held: &[Held], at: usize, sentence: usize) -> f32 {
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
