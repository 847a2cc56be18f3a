//! What a finished model can do, through the product's own reader and grammar.
//!
//! Every figure is over lessons of the last stage from a seed of their own, by what was held out of
//! training. Two hops are two readings, the second asked about the span of the first, as the
//! product follows chains.

use std::collections::BTreeMap;

use carrel_core::memory::{Contract, Form, Reply, Request, TextModel};
use serde::Serialize;

use crate::error::Result;
use crate::held::Draw;
use crate::lesson::{Lesson, lesson};
use crate::prose::Prose;
use crate::questions::{Question, Task};
use crate::stage::Stage;
use crate::world::Fact;

/// The seed of evaluation; training refuses it.
pub const SEED: u64 = 0xe7a1;
/// The sides that are evaluated, and what they are called.
pub const SIDES: [(&str, Draw); 5] = [
    ("training wordings and names", Draw::TRAINING),
    ("unseen names", Draw::UNSEEN_NAMES),
    ("held-out wordings", Draw::WORDINGS),
    ("held-out domains", Draw::DOMAINS),
    ("held-out styles", Draw::STYLES),
];

/// Counted replies.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Questions.
    pub n: usize,
    /// Replies that are wholly right.
    pub exact: usize,
    /// Replies whose first sentence is one of those that answer.
    pub evidence: usize,
    /// Replies that say NONE.
    pub declined: usize,
    /// Of the sentences that answer, the share that is named, summed over questions.
    pub recall: f64,
    /// The share of sentences that is right for whoever guesses, summed over questions.
    pub chance: f64,
}

/// The figures of one side.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// By task.
    pub tasks: BTreeMap<String, Counts>,
    /// Chains of two hops: all, and those answered rightly.
    pub two_hops: (usize, usize),
    /// Of every reply with words: how sure the model was, and whether the words were those due.
    pub sure: Vec<(f32, bool)>,
}

impl Figures {
    /// F1 of declining: the harmonic mean of precision and recall of NONE.
    pub fn declining_f1(&self) -> f64 {
        let none = format!("{:?}", Task::None);
        let right = self.tasks.get(&none).map_or(0, |counts| counts.declined) as f64;
        let due = self.tasks.get(&none).map_or(0, |counts| counts.n) as f64;
        let said: usize = self.tasks.values().map(|counts| counts.declined).sum();
        if said == 0 && due == 0.0 { 0.0 } else { 2.0 * right / (said as f64 + due) }
    }

    /// Replies of which the model was at least so sure, and the right ones of them.
    pub fn surer_than(&self, margin: f32) -> (usize, usize) {
        let surer = self.sure.iter().filter(|(sure, _)| *sure >= margin);
        (surer.clone().count(), surer.filter(|(_, right)| *right).count())
    }

    /// The counts of a task.
    pub fn of(&self, task: Task) -> Counts {
        self.tasks.get(&format!("{task:?}")).cloned().unwrap_or_default()
    }
}

impl Counts {
    /// Percent of `part` in all questions.
    pub fn percent(&self, part: f64) -> f64 {
        if self.n == 0 { 0.0 } else { 100.0 * part / self.n as f64 }
    }
}

/// Reads `question` over `sentences`: the indices named, and the span.
///
/// # Errors
/// If the model fails.
pub fn read(
    model: &mut dyn TextModel,
    sentences: &[String],
    question: &str,
) -> Result<Option<(Vec<usize>, Option<String>)>> {
    let contract = Contract::new(sentences.to_vec());
    Ok(contract.parse(&reply(model, &contract, question)?.text))
}

fn reply(model: &mut dyn TextModel, contract: &Contract, question: &str) -> Result<Reply> {
    let window = contract.window();
    let system = carrel_core::memory::model::SYSTEM;
    Ok(model.read(&Request { system, window: &window, question, contract })?)
}

fn sorted(sentences: &[usize]) -> Vec<usize> {
    let mut sentences = sentences.to_vec();
    sentences.sort_unstable();
    sentences
}

/// The figures of `model` over `n_lessons` lessons of `stage` and a side, or from `prose` if that is not
/// empty; every wrong reply is told to `missed`.
///
/// # Errors
/// If the model fails.
pub fn evaluate(
    model: &mut dyn TextModel,
    draw: Draw,
    stage: &Stage,
    prose: &Prose,
    n_lessons: u64,
    mut missed: impl FnMut(&Lesson, &Question, &str),
) -> Result<Figures> {
    let mut figures = Figures::default();
    for number in 0..n_lessons {
        let lesson = match prose.is_empty() {
            true => Some(lesson(SEED, number, draw, stage)),
            false => prose.lesson(SEED, number, stage),
        };
        let Some(lesson) = lesson else { continue };
        if !fits(model, &lesson) {
            continue;
        }
        for question in &lesson.questions {
            let form = if stage.cited { Form::Span } else { Form::Spans };
            let contract = Contract::in_form(lesson.world.sentences.clone(), form);
            let Reply { text: reply, margin, .. } = reply(model, &contract, &question.text)?;
            let found = contract.parse(&reply);
            if let Some((_, Some(span))) = &found {
                figures.sure.push((margin, question.span.as_ref() == Some(span)));
            }
            if found.as_ref().map(|(named, span)| (sorted(named), span))
                != (!question.sentences.is_empty())
                    .then(|| (sorted(&question.sentences), &question.span))
            {
                missed(&lesson, question, &reply);
            }
            let counts = figures.tasks.entry(format!("{:?}", question.task)).or_default();
            counts.n += 1;
            counts.chance += question.sentences.len() as f64 / lesson.world.sentences.len() as f64;
            let Some((named, span)) = found else {
                counts.declined += 1;
                counts.exact += usize::from(question.sentences.is_empty());
                continue;
            };
            let hits = question.sentences.iter().filter(|s| named.contains(s)).count();
            let same = sorted(&named) == sorted(&question.sentences);
            counts.exact += usize::from(same && span == question.span);
            counts.evidence +=
                usize::from(named.first().is_some_and(|s| question.sentences.contains(s)));
            counts.recall += hits as f64 / question.sentences.len().max(1) as f64;
        }
        two_hops(model, &lesson, draw, &mut figures)?;
    }
    Ok(figures)
}

/// Whether the lesson and a reply fit the model's context.
fn fits(model: &dyn TextModel, lesson: &Lesson) -> bool {
    let window = Contract::new(lesson.world.sentences.clone()).window();
    let longest = lesson.questions.iter().map(|q| model.tokens_in(&q.text)).max().unwrap_or(0);
    model.tokens_in(&window) + longest + carrel_core::memory::model::REPLY_TOKENS + 8
        <= model.context_tokens()
}

/// Follows every chain of two plain facts of the lesson, one reading a hop.
fn two_hops(
    model: &mut dyn TextModel,
    lesson: &Lesson,
    draw: Draw,
    figures: &mut Figures,
) -> Result<()> {
    for (first, second) in lesson.world.chains() {
        figures.two_hops.0 += 1;
        let ask = |fact: &Fact, subject: &str| {
            fact.relation.questions(draw.wordings)[0].replacen("{a}", subject, 1)
        };
        let found = read(model, &lesson.world.sentences, &ask(first, &first.a))?;
        let Some((_, Some(span))) = found else { continue };
        let found = read(model, &lesson.world.sentences, &ask(second, &span))?;
        let right = found == Some((vec![second.sentence], Some(second.b.clone())));
        figures.two_hops.1 += usize::from(right && span == first.b);
    }
    Ok(())
}
