//! The plan for a question about facts: the sentences around which the question's words gather.
//!
//! Where sentences cover the whole question by themselves, every one of them is a fact asked for and is
//! cited alone, the newest first; where it is long or holds no answer, with what else prose tells. Otherwise
//! the sentences are cited in which prose tells what is asked (`prose::places`), or, of definitions and keys
//! and in Chinese, the best few places, each a sentence with the ones beside it. If even the best covers too
//! little, the document does not say. A model, if there is one, reads the windows of the best passages and
//! points.

use std::collections::BTreeMap;

use super::candidates::{Among, candidates};
use super::covering::Candidate;
use super::language::grammar::among;
use super::parts::Scope;
use super::prose::form::Form;
use super::prose::places::{self, ONE_FACT};
use super::question::{Expected, Question};
use super::reader::Reader;
use super::reading::read_windows;
use super::texts::{self, Text};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line, spans};
use crate::memory::index::corpus::SentenceId;
use crate::memory::model::Pointer;
use crate::memory::segment::words;

/// The document does not say if the best sentence covers less than this.
const LEAST_COVERAGE: f32 = 0.55;
/// The same for questions of many words, of which a text will use fewer, and for lists.
const LEAST_OF_MANY: f32 = 0.45;
/// Terms from which a question has many words.
const MANY_TERMS: usize = 6;
/// What a sentence must cover by itself for it to be a whole fact.
const WHOLE_FACT: f32 = 0.9;
/// What a whole fact may cover less than the one that covers most.
const AS_WHOLE: f32 = 0.02;
/// Longest sentence that is a whole fact, in words.
const LONGEST_FACT: u32 = 40;
/// Coverage from which a model that finds nothing is overruled.
const SURE_COVERAGE: f32 = 0.9;
/// Places cited for one answer, and facts cited for a list.
const PLACES: usize = 8;
const FACTS: usize = 64;
/// Share of the best score that a place must have to be cited too.
const NEARLY_AS_GOOD: f32 = 0.6;
/// Sentences between two places.
const APART: u32 = 2;
/// Words of a complement that is preferred to a number.
const SHORT_COMPLEMENT: usize = 3;
/// Sentences cited before and behind the one found.
const NEIGHBOURS: u32 = 1;
/// Different values that an answer joins unless it is a list.
const VALUES: usize = 3;

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
    // A question that only names something, or asks how or why, is answered around its mentions.
    let stated = question.terms.iter().any(|term| !term.name && !term.phrase)
        && question.expected != Expected::Explanation
        && !question.defines
        && (question.terms.len() > 3
            || !question.keys.is_empty()
            || question.expected != Expected::Anything);
    // In prose it matters whether anything covers the question, and which sentences do alone.
    let is_of_prose = !pointer.has_model() && is_told_in_prose(reader, question)?;
    let among = if is_of_prose {
        let own = if stated { WHOLE_FACT - AS_WHOLE } else { f32::MAX };
        Among::Covering { own, coverage: least_coverage(question) }
    } else {
        Among::All
    };
    let found = candidates(reader, question, scope, among)?;
    if !covers(question, &found) {
        return of_office(reader, question, scope);
    }
    if pointer.has_model() {
        if let Some(finding) = read_windows(reader, pointer, question, &found)? {
            return Ok(finding);
        }
        if !pointer.was_refused() && !found.first().is_some_and(|best| best.own >= SURE_COVERAGE) {
            return Ok(Finding::default());
        }
    }
    let short = found.iter().filter(|candidate| is_short(candidate));
    let most = short.map(|candidate| candidate.own).fold(0.0, f32::max);
    if most >= WHOLE_FACT && stated {
        let mut facts = whole_facts(reader, question, &found, most)?;
        support(reader, question, scope, &mut facts)?;
        return Ok(facts);
    }
    if is_told_in_prose(reader, question)? {
        let told = places::places(reader, question, scope, &[])?;
        if let Some(best) = told.best {
            let answer = Some(one_line(&reader.corpus.sentence(best)?));
            return Ok(Finding { answer, evidence: told.evidence, incomplete: false });
        }
    }
    if is_of_prose {
        return places(reader, &candidates(reader, question, scope, Among::All)?);
    }
    places(reader, &found)
}

/// What somebody is something of, where a sentence says so and the question describes who is meant in more
/// words than any sentence has: "of which country was the guest who … the king?".
fn of_office(reader: &Reader, question: &Question, scope: &Scope) -> Result<Finding> {
    let form = Form::of(question, reader.stems);
    if !form.asks_of_office() || !is_told_in_prose(reader, question)? {
        return Ok(Finding::default());
    }
    let mut found = Finding::default();
    for (first, count) in places::places(reader, question, scope, &[])?.evidence {
        for sentence in first.sentence..first.sentence + count {
            let id = SentenceId { sentence, ..first };
            let text = reader.corpus.sentence(id)?;
            if let Some(body) = form.office_of(&text) {
                found.answer.get_or_insert_with(|| one_line(body));
                found.evidence.push((id, 1));
            }
        }
    }
    Ok(found)
}

/// Whether a question may be answered by what prose tells: what is asked is as long as a book, so that a few
/// sentences from all over it say more than one place; the question is in a language of words, and asks
/// neither for a definition nor for what is kept under a key.
fn is_told_in_prose(reader: &Reader, question: &Question) -> Result<bool> {
    Ok(texts::of(reader)? == Text::Book
        && question.keys.is_empty()
        && (!question.defines || asks_for_identity(question))
        && !question.text.chars().any(words::is_ideograph))
}

/// Whether a question asks who somebody is behind what he seems to be.
fn asks_for_identity(question: &Question) -> bool {
    question.expected == Expected::Person
        && question
            .words
            .iter()
            .any(|word| among("really reality actually truth true disguise identity", word))
}

/// Whether what was found is said in so few words that it is one fact.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn is_brief(reader: &Reader, found: &Finding) -> Result<bool> {
    let mut n_words = 0;
    for (first, count) in &found.evidence {
        let layout = reader.corpus.layout(first.block)?;
        n_words += layout.words_in(first.sentence as usize..(first.sentence + count) as usize);
    }
    Ok(n_words <= ONE_FACT)
}

/// Adds the places where prose tells what is asked, unless a sentence that was found states it plainly.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn support(
    reader: &Reader,
    question: &Question,
    scope: &Scope,
    found: &mut Finding,
) -> Result<()> {
    if !is_told_in_prose(reader, question)? || question.latest || question.earliest {
        return Ok(());
    }
    for (first, count) in &found.evidence {
        let range = first.sentence as usize..(first.sentence + count) as usize;
        let excerpt = reader.corpus.excerpt(first.block, range.clone())?;
        if places::is_plain(reader, question, excerpt.sentences(range).trim()) {
            return Ok(());
        }
    }
    let more = places::places(reader, question, scope, &found.evidence)?;
    found.evidence.extend(more.evidence);
    Ok(())
}

/// Whether the sentence is short enough for what it holds to belong together.
fn is_short(candidate: &Candidate) -> bool {
    candidate.n_words <= LONGEST_FACT
}

/// What a sentence must cover of a question for there to be an answer.
fn least_coverage(question: &Question) -> f32 {
    let many = question.many || question.terms.len() >= MANY_TERMS;
    if many { LEAST_OF_MANY } else { LEAST_COVERAGE }
}

/// Whether some sentence covers enough of the question for there to be an answer.
fn covers(question: &Question, candidates: &[Candidate]) -> bool {
    let least = least_coverage(question);
    candidates.iter().any(|candidate| candidate.coverage >= least)
}

/// The facts that sentences state completely: each one cited alone.
fn whole_facts(
    reader: &Reader,
    question: &Question,
    candidates: &[Candidate],
    most: f32,
) -> Result<Finding> {
    let mut facts: Vec<&Candidate> =
        candidates.iter().filter(|c| c.own >= most - AS_WHOLE && is_short(c)).collect();
    let (typed, keyed) =
        (facts.iter().any(|fact| fact.typed), facts.iter().any(|fact| fact.has_keys));
    facts.retain(|fact| (fact.typed || !typed) && (fact.has_keys || !keyed));
    let all = question.many || !question.keys.is_empty();
    facts.truncate(if all { FACTS } else { PLACES });
    // The newest first: it is the one that holds if they contradict each other.
    facts.sort_by_key(|fact| std::cmp::Reverse(fact.id));
    if question.many || question.earliest {
        facts.reverse();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut said: Vec<(String, SentenceId)> = Vec::new();
    for fact in &facts {
        let sentence = reader.corpus.sentence(fact.id)?;
        let part = stated(&sentence, question, reader).unwrap_or(sentence);
        let part = one_line(&part);
        said.push((part.clone(), fact.id));
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let of_now = question
        .words
        .iter()
        .take(3)
        .any(|word| ["is", "are", "does", "has", "do", "have"].contains(&word.as_str()));
    let one = question.latest || question.earliest || (of_now && question.keys.is_empty());
    parts.truncate(match (question.many, one) {
        (true, _) => FACTS,
        (false, true) => 1,
        (false, false) => VALUES,
    });
    said.retain(|(part, _)| parts.contains(part));
    let evidence = said.into_iter().map(|(_, id)| (id, 1)).collect();
    Ok(Finding { answer: Some(parts.join(", ")), evidence, incomplete: false })
}

/// What a sentence that states a fact says: the span of the expected type, else what stands behind its
/// copula, if that is not longer than a number.
fn stated(sentence: &str, question: &Question, reader: &Reader) -> Option<String> {
    if let Some(span) = spans::answering(sentence, question, reader.stems) {
        return Some(span);
    }
    let complement = spans::complement(sentence, question, reader.stems);
    match complement {
        Some(short) if short.split_whitespace().count() <= SHORT_COMPLEMENT => Some(short),
        other => spans::only_number(sentence, question, reader.stems).or(other),
    }
}

/// The best places, each a sentence with what it needs around it.
fn places(reader: &Reader, candidates: &[Candidate]) -> Result<Finding> {
    let known: BTreeMap<SentenceId, &Candidate> =
        candidates.iter().map(|candidate| (candidate.id, candidate)).collect();
    let least = candidates.first().map_or(0.0, |best| best.score * NEARLY_AS_GOOD);
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    for candidate in candidates.iter().take_while(|candidate| candidate.score >= least) {
        let at = candidate.id.sentence;
        let close = |(id, count): &(SentenceId, u32)| {
            id.block == candidate.id.block
                && at + APART >= id.sentence
                && at < id.sentence + count + APART
        };
        if !evidence.iter().any(close) {
            evidence.push(with_neighbours(candidate, &known));
        }
        if evidence.len() == PLACES {
            break;
        }
    }
    let Some(best) = candidates.first() else { return Ok(Finding::default()) };
    let answer = Some(one_line(&reader.corpus.sentence(best.id)?));
    Ok(Finding { answer, evidence, incomplete: false })
}

/// The sentence of a candidate with the ones beside it, which say of whom and to what end.
fn with_neighbours(
    candidate: &Candidate,
    known: &BTreeMap<SentenceId, &Candidate>,
) -> (SentenceId, u32) {
    let at = candidate.id;
    let beside = |distance: i64| {
        let sentence = u32::try_from(i64::from(at.sentence) + distance).ok()?;
        let id = SentenceId { sentence, ..at };
        known.contains_key(&id).then_some(id)
    };
    let mut first = at;
    while let Some(before) = beside(i64::from(first.sentence) - i64::from(at.sentence) - 1)
        && at.sentence - before.sentence <= NEIGHBOURS
    {
        first = before;
    }
    let mut last = at.sentence;
    while let Some(behind) = beside(i64::from(last) - i64::from(at.sentence) + 1)
        && behind.sentence - at.sentence <= NEIGHBOURS
    {
        last = behind.sentence;
    }
    (first, last - first.sentence + 1)
}
