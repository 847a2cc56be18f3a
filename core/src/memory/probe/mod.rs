//! The capability probe: sixty seeded questions whose answers are known, put to a model and to the
//! plans without one, then sentences that answer and a few of its own, and what it may do after that.
//!
//! ```text
//! worlds ──> 12 windows × (copy · span · none · two hops · selection)  ──> right by model, by code
//!            24 sentences × shorten                            ──> right by model, by code
//!            6 windows × phrase                                        ──> said truly by model
//!            6 windows × facts and summary                             ──> written truly by model
//! scores ──> nothing | shortens | points | points and spans | phrases; and whether it may write digests
//! ```
//! A step of the model that loses to code is switched off. The five questions of a window come one
//! after the other, so that the window is read once. Seeded and greedy: the same model gets the same
//! scores on every machine, but for rounding. Who keeps the report, and where, is the caller's.

mod record;
mod report;
mod worlds;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::answer::Status;
use super::digest::gate::Gate;
use super::digest::{FACTS, SUMMARY, Task};
use super::library::{AskOptions, Library};
use super::model::{
    Contract, FRAME_TOKENS, Form, PHRASE_SYSTEM, Reading, Reply, Request, SYSTEM, TextModel,
    WRITE_SYSTEM,
};
use super::phrase::is_supported;
use super::segment::words;
use super::shorten;
use super::{Answer, Source};
use crate::error::Result;
use worlds::{Asked, World, worlds};

pub use record::VERSION;
pub use report::{ProbeReport, Skill, SkillScore};

/// Windows of the probe.
const WORLDS: usize = 12;
/// Windows whose answers are phrased.
const PHRASED: usize = 6;
/// Windows that are written about.
const WRITTEN: usize = 6;
/// Facts of a window that have to be supported, by as many different sentences; and the share of all lines
/// that have to be, as a fraction.
const LEAST_FACTS: usize = 3;
const SUPPORTED: (usize, usize) = (3, 4);

/// Whether what a model writes about a world is so.
type Proof = fn(&mut dyn TextModel, &World, &mut ProbeReport) -> Result<bool>;

/// Probes `model`. `progress` is told how many probes of how many are done, and may stop it; then
/// there is no report.
///
/// # Errors
/// If the model fails.
pub fn probe(
    model: &mut dyn TextModel,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Option<ProbeReport>> {
    let worlds = worlds(WORLDS);
    let n_asked: usize = worlds.iter().map(|world| world.asked.len()).sum();
    let total = n_asked + worlds.iter().flat_map(shortened).count() + PHRASED + WRITTEN;
    let mut report = ProbeReport::default();
    let mut done = 0;
    for world in &worlds {
        let library = library_of(&world.sentences)?;
        for asked in &world.asked {
            let answer = library.ask(&asked.question, &AskOptions::default())?;
            let (named, span) = read_by_code(world, asked.skill, &answer);
            report.count(asked, named.as_deref(), span.as_deref(), |score| &mut score.code);
            let reply = ask(model, SYSTEM, &world.sentences, &asked.question, Form::Spans)?;
            report.spend(&reply);
            let pointed = Contract::new(world.sentences.clone()).parse(&reply.text);
            let (named, span) = pointed.map_or((None, None), |(named, span)| (Some(named), span));
            report.count(asked, named.as_deref(), span.as_deref(), |score| &mut score.model);
            report.scores[asked.skill as usize].probes += 1;
            report.spans.probes += u32::from(asked.skill == Skill::Span);
            done += 1;
            if progress(done, total).is_break() {
                return Ok(None);
            }
        }
    }
    for (world, asked) in worlds.iter().flat_map(|world| shortened(world).map(move |a| (world, a)))
    {
        let sentences = vec![world.sentences[asked.gold[0]].clone()];
        let answer = library_of(&sentences)?.ask(&asked.question, &AskOptions::default())?;
        let contract = Contract::in_form(sentences.clone(), Form::Span);
        let reply = ask(model, SYSTEM, &sentences, &asked.question, Form::Span)?;
        report.spend(&reply);
        let copied = shorten::copied(&contract, &reply);
        let is_right = copied.as_ref().is_some_and(|copied| is(copied, &asked.answer));
        report.misled += u32::from(copied.is_some() && !is_right);
        let score = &mut report.scores[Skill::Shorten as usize];
        score.probes += 1;
        score.model += u32::from(is_right);
        score.code += u32::from(is(&answer.answer, &asked.answer));
        done += 1;
        if progress(done, total).is_break() {
            return Ok(None);
        }
    }
    let proofs: [(Skill, usize, Proof); 2] =
        [(Skill::Phrase, PHRASED, phrased), (Skill::Facts, WRITTEN, written)];
    for (skill, n_worlds, proof) in proofs {
        for world in &worlds[..n_worlds] {
            report.scores[skill as usize].probes += 1;
            // Nobody asks a model for words that cannot point.
            if report.reading() >= Reading::Spans {
                let truly = proof(model, world, &mut report)?;
                report.scores[skill as usize].model += u32::from(truly);
            }
            done += 1;
            if progress(done, total).is_break() {
                return Ok(None);
            }
        }
    }
    Ok(Some(report))
}

impl ProbeReport {
    /// Counts a reading of a probe if it is right.
    fn count(
        &mut self,
        asked: &Asked,
        named: Option<&[usize]>,
        span: Option<&str>,
        of: fn(&mut SkillScore) -> &mut u32,
    ) {
        *of(&mut self.scores[asked.skill as usize]) += u32::from(points_right(asked, named));
        if asked.skill == Skill::Span {
            *of(&mut self.spans) += u32::from(span.is_some_and(|span| says(span, &asked.answer)));
        }
    }
}

/// Whether a probe's sentences are those that were named.
fn points_right(asked: &Asked, named: Option<&[usize]>) -> bool {
    let Some(named) = named else { return asked.gold.is_empty() };
    let hits = asked.gold.iter().filter(|sentence| named.contains(sentence)).count();
    let all = hits == asked.gold.len() && hits > 0;
    match asked.skill {
        Skill::Copy => all && named.len() == 1,
        // One sentence more than needed does no harm to a proof.
        Skill::Span => all && named.len() <= 2,
        Skill::TwoHops => all && named.len() <= 3,
        // F1 of 0.8 or more.
        Skill::Selection => hits * 10 >= (named.len() + asked.gold.len()) * 4,
        Skill::None | Skill::Phrase | Skill::Facts | Skill::Shorten => false,
    }
}

/// Whether a text is the answer with three words more at most.
fn says(said: &str, answer: &str) -> bool {
    let folded = |text: &str| -> Vec<String> { words::folded_words(text).collect() };
    let (said, answer) = (folded(said), folded(answer));
    let is_there = said.windows(answer.len().max(1)).any(|window| window == answer.as_slice());
    is_there && said.len() <= answer.len() + 3
}

/// Whether a text is the answer, but for an article.
fn is(said: &str, answer: &str) -> bool {
    let folded = |text: &str| -> Vec<String> {
        let article = |word: &String| ["a", "an", "the"].contains(&word.as_str());
        words::folded_words(text).skip_while(article).collect()
    };
    folded(said) == folded(answer)
}

/// The questions of a world of which one sentence gives the words that answer.
fn shortened(world: &World) -> impl Iterator<Item = &Asked> {
    world.asked.iter().filter(|asked| !asked.answer.is_empty())
}

fn library_of(sentences: &[String]) -> Result<Library> {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("probe.txt", sentences.join(" ")))?;
    Ok(library)
}

/// What the plans without a model found: the sentences that they point to, and the answer. Quotes
/// come with their neighbours; where one of the sentences is the answer or holds it, that is meant. Two
/// hops are proved by all quotes together.
fn read_by_code(
    world: &World,
    skill: Skill,
    answer: &Answer,
) -> (Option<Vec<usize>>, Option<String>) {
    if answer.status == Status::NotInDocument {
        return (None, None);
    }
    let mut named = Vec::new();
    let mut start = 0;
    for (index, sentence) in world.sentences.iter().enumerate() {
        let end = start + sentence.chars().count() as u64;
        let is_cited =
            answer.citations.iter().any(|citation| citation.start < end && citation.end > start);
        if is_cited {
            named.push(index);
        }
        start = end + 1;
    }
    let is_meant = |sentence: &String| {
        sentence.contains(&answer.answer) || answer.answer.contains(sentence.as_str())
    };
    let meant: Vec<usize> =
        named.iter().copied().filter(|index| is_meant(&world.sentences[*index])).collect();
    let named = if meant.is_empty() || skill == Skill::TwoHops { named } else { meant };
    (Some(named), Some(answer.answer.clone()))
}

fn ask(
    model: &mut dyn TextModel,
    system: &str,
    sentences: &[String],
    question: &str,
    form: Form,
) -> Result<Reply> {
    let contract = Contract::in_form(sentences.to_vec(), form);
    let window = contract.window();
    let texts = [system, &window, question].map(|text| model.tokens_in(text));
    let need = texts.into_iter().fold(FRAME_TOKENS + contract.most_tokens(), usize::saturating_add);
    if need > model.context_tokens() {
        // A context that does not hold eight sentences is one that reads nothing.
        return Ok(Reply::default());
    }
    model.read(&Request { system, window: &window, question, contract: &contract })
}

/// Whether the model puts the answer of a world's span probe into true words.
fn phrased(model: &mut dyn TextModel, world: &World, report: &mut ProbeReport) -> Result<bool> {
    let Some(asked) = world.asked.iter().find(|asked| asked.skill == Skill::Span) else {
        return Ok(false);
    };
    let quotes: Vec<String> =
        asked.gold.iter().map(|sentence| world.sentences[*sentence].clone()).collect();
    let reply = ask(model, PHRASE_SYSTEM, &quotes, &asked.question, Form::Words)?;
    report.spend(&reply);
    Ok(is_supported(reply.text.trim(), &asked.answer, &quotes, &asked.question))
}

/// Whether the model writes facts and a summary of a world's sentences that they support.
fn written(model: &mut dyn TextModel, world: &World, report: &mut ProbeReport) -> Result<bool> {
    let gate = Gate::default();
    let mut lines = |task: Task, report: &mut ProbeReport| -> Result<(usize, Vec<usize>)> {
        let form = Form::Lines(task.lines);
        let reply = ask(model, WRITE_SYSTEM, &world.sentences, task.instruction, form)?;
        report.spend(&reply);
        let written = Contract::in_form(world.sentences.clone(), form).parse_lines(&reply.text);
        let head = |(named, text): &(Vec<usize>, String)| {
            let sources: Vec<&str> = named.iter().map(|at| world.sentences[*at].as_str()).collect();
            gate.backed(text, &sources).map(|backed| named[backed.sources[0]])
        };
        Ok((written.len(), written.iter().filter_map(head).collect()))
    };
    let (n_facts, facts) = lines(FACTS, report)?;
    let (n_summary, summary) = lines(SUMMARY, report)?;
    let different: BTreeSet<&usize> = facts.iter().collect();
    Ok(different.len() >= LEAST_FACTS
        && facts.len() * SUPPORTED.1 >= n_facts * SUPPORTED.0
        && !summary.is_empty()
        && summary.len() == n_summary)
}

#[cfg(test)]
mod tests;
