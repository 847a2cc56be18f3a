//! Room `memory`, folder `plan`: from a question to the sentences that answer it.
//!
//! A question is classified by rule, each class has a fixed plan, and every plan works without a
//! model. The rules know the grammar of questions and of simple statements and general classes of
//! words, never the words of a benchmark.
//!
//! ```text
//! whole document   whole      sentences selected over its length
//! frequency        frequency  counted in the index
//! assignment       assign     names and values chained
//! state            world      events replayed in order
//! who and why      suspects   means, motive, opportunity
//! chain            chain      one look-up a hop
//! count      count      facts counted, listed, and the most frequent of them
//! comparison       compare    two look-ups, compared in code
//! facts            lookup     everything else; latest and listed facts too
//! ```

pub mod assign;
pub mod budget;
pub mod chain;
pub mod compare;
pub mod count;
pub mod frequency;
pub mod lexicon;
pub mod lookup;
pub mod parts;
pub mod question;
pub mod reader;
pub mod relation;
pub mod statement;
pub mod suspects;
pub mod thread;
pub mod whole;
pub mod world;

use super::answer::Finding;
use super::model::{self, Pointer};
use crate::error::Result;
use budget::Budget;
use parts::Scope;
use question::Question;
use reader::Reader;

/// Answers `text` by the plan of its class.
///
/// # Errors
/// If the store cannot be read or is damaged, or the model fails.
pub fn answer(
    reader: &Reader,
    pointer: &mut Pointer,
    text: &str,
    budget: &Budget,
) -> Result<Finding> {
    if whole::asks_for_whole(text) {
        return whole::summary(reader);
    }
    if let Some(question) = frequency::FrequencyQuestion::of(text) {
        return Ok(frequency::count(reader, &question)?.unwrap_or_default());
    }
    if let Some(question) = assign::AssignQuestion::of(text)
        && let Some(finding) = assign::assigned(reader, &question)?
    {
        return Ok(finding);
    }
    let scope = Scope::of(text, reader.corpus);
    if let Some(question) = world::StateQuestion::of(text)
        && let Some(finding) = world::state(reader, &question, &scope)?
    {
        return Ok(finding);
    }
    let question = Question::of(text, reader.stems);
    if suspects::asks_for_culprit(&question, reader)
        && let Some(finding) = suspects::suspects(reader, &question)?
    {
        return Ok(finding);
    }
    if let Some(question) = chain::ChainQuestion::of(text) {
        let followed = chain::follow(reader, pointer, &question, budget.hops)?;
        let long = question.open || (question.hops.len() > 1 && question.personal);
        match followed {
            Some(finding) if finding.answer.is_some() => return Ok(finding),
            _ if long => return Ok(Finding::default()),
            _ => {}
        }
    }
    if let Some(question) = count::CountQuestion::of(&question)
        && let Some(finding) = count::count(reader, &question)?
    {
        return Ok(finding);
    }
    if let Some(question) = compare::CompareQuestion::of(text)
        && let Some(finding) = compare::compare(reader, &question, &scope)?
    {
        return Ok(finding);
    }
    facts(reader, pointer, text, &scope)
}

/// Looks up every question that `text` consists of and joins what is found.
fn facts(reader: &Reader, pointer: &mut Pointer, text: &str, scope: &Scope) -> Result<Finding> {
    let mut joined = Finding::default();
    let mut answers: Vec<String> = Vec::new();
    for part in parts::questions(text) {
        let question = Question::of(&part, reader.stems);
        let found = lookup::lookup(reader, pointer, &question, scope)?;
        joined.incomplete |= found.incomplete;
        answers.extend(found.answer);
        for evidence in found.evidence {
            if !joined.evidence.contains(&evidence) {
                joined.evidence.push(evidence);
            }
        }
    }
    joined.answer = (!answers.is_empty()).then(|| answers.join(", "));
    Ok(joined)
}

/// Tokens of the prompts that [`answer`] would give a model, in order, at most.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn prompts(reader: &Reader, text: &str, budget: &Budget) -> Result<Vec<u64>> {
    let mut prompts = Vec::new();
    let scope = Scope::of(text, reader.corpus);
    for part in parts::questions(text) {
        let question = Question::of(&part, reader.stems);
        let candidates = lookup::candidates(reader, &question, &scope)?;
        for (block, range) in lookup::windows(reader, &candidates)? {
            if prompts.len() == budget.windows {
                return Ok(prompts);
            }
            let held = reader.corpus.block(block)?;
            let n_sentences = range.len();
            prompts.push(model::prompt_tokens(held.sentences(range), n_sentences, &part));
        }
    }
    Ok(prompts)
}
