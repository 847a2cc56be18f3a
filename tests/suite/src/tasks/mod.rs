//! The tasks. Each makes a draft: fragments (a fact and its sentence) and queries (with their
//! wording). One builder turns drafts into cases: it lets the solver answer, finds the necessary
//! fragments, and refuses what is not sound.

pub mod absent;
pub mod chinese;
mod chinese_held_out;
pub mod count;
pub mod kin;
pub mod needle;
pub mod sherlock;
pub mod track;
pub mod update;
pub mod variables;
pub mod wordlist;

use std::collections::{BTreeSet, HashSet};

use crate::dice::Dice;
use crate::document::{self, Placed, Style};
use crate::error::{Result, SuiteError};
use crate::fact::{Fact, Query};
use crate::filler::chinese::Chinese;
use crate::filler::generated::Generated;
use crate::filler::prose::Prose;
use crate::filler::{Filler, Without};
use crate::item::{Case, Expected, Item, Language, Span};
use crate::solver;
use crate::split::Split;

/// One case to be made. Equal orders make equal cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The task.
    pub task: Task,
    /// Its form, for tasks whose documents differ by form; empty for the others.
    pub variant: &'static str,
    /// The language.
    pub language: Language,
    /// The side of the split.
    pub split: Split,
    /// Length of the document in tokens.
    pub length_tokens: usize,
    /// Number of the case among those that are else alike.
    pub index: usize,
    /// Seed of the suite.
    pub seed: u64,
    /// Questions of the case, where the task can have more than one.
    pub questions: usize,
}

impl Order {
    /// The id of the case.
    pub fn id(&self) -> String {
        let variant = if self.variant.is_empty() { "" } else { "." };
        format!(
            "{}{variant}{}-{}-{}-{}-{}-{}-{}",
            self.task.name(),
            self.variant,
            self.language.name(),
            self.length_tokens,
            self.split.name(),
            self.seed,
            self.questions,
            self.index
        )
    }
}

/// The tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Values that stand somewhere in the document.
    Needle,
    /// Chains of assignments.
    Variables,
    /// The most common words of a list.
    CommonWords,
    /// The most frequent words of a coded text.
    FrequentWords,
    /// Who is where and what is where.
    Track,
    /// Ancestors.
    Kin,
    /// How often, where all, where most.
    Count,
    /// Questions that the document almost answers.
    Absent,
    /// Values that are corrected later.
    Update,
    /// Who did it.
    Sherlock,
}

impl Task {
    /// All tasks.
    pub const ALL: &[Self] = &[
        Self::Needle,
        Self::Variables,
        Self::CommonWords,
        Self::FrequentWords,
        Self::Track,
        Self::Kin,
        Self::Count,
        Self::Absent,
        Self::Update,
        Self::Sherlock,
    ];

    /// The name in ids, tables and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Needle => "needle",
            Self::Variables => "variables",
            Self::CommonWords => "common_words",
            Self::FrequentWords => "frequent_words",
            Self::Track => "track",
            Self::Kin => "kin",
            Self::Count => "count",
            Self::Absent => "absent",
            Self::Update => "update",
            Self::Sherlock => "sherlock",
        }
    }

    /// The task of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|task| task.name() == name)
    }

    /// The forms whose documents differ.
    pub fn variants(self) -> &'static [&'static str] {
        match self {
            Self::Needle => needle::VARIANTS,
            _ => &[""],
        }
    }

    /// Whether the task exists in this language.
    pub fn speaks(self, language: Language) -> bool {
        let has_chinese = matches!(self, Self::Needle | Self::Absent | Self::Update);
        language == Language::English || has_chinese
    }

    /// Makes the case of an order.
    ///
    /// # Errors
    /// If the case is not sound, which is a mistake of the generator.
    pub fn make(order: &Order, prose: Option<&Prose>) -> Result<Case> {
        let mut dice = Dice::new(order.seed, &order.id());
        let draft = match order.task {
            Self::Needle => needle::draft(order, &mut dice),
            Self::Variables => variables::draft(order, &mut dice),
            Self::CommonWords => wordlist::common(order, &mut dice),
            Self::FrequentWords => wordlist::frequent(order, &mut dice),
            Self::Track => track::draft(order, &mut dice),
            Self::Kin => kin::draft(order, &mut dice),
            Self::Count => count::draft(order, &mut dice),
            Self::Absent => absent::draft(order, &mut dice),
            Self::Update => update::draft(order, &mut dice),
            Self::Sherlock => sherlock::draft(order, &mut dice),
        };
        build(order, draft, prose, &mut dice)
    }
}

/// One sentence of a case and what it says.
pub struct Fragment {
    fact: Fact,
    text: String,
}

impl Fragment {
    /// A fragment.
    pub fn new(fact: Fact, text: String) -> Self {
        Self { fact, text }
    }
}

/// One question of a case.
pub struct Asked {
    variant: String,
    query: Query,
    question: String,
    /// Answers that the solver cannot know, because the filler holds them.
    counted: Vec<String>,
}

impl Asked {
    /// A question that the solver answers.
    pub fn new(variant: impl Into<String>, query: Query, question: String) -> Self {
        Self { variant: variant.into(), query, question, counted: Vec::new() }
    }

    /// A question about the filler itself, whose answers were counted while it was made.
    pub fn counted(variant: impl Into<String>, question: String, counted: Vec<String>) -> Self {
        let query = Query::Values { kind: String::new(), keys: vec![String::new()] };
        Self { variant: variant.into(), query, question, counted }
    }
}

/// What stands around the fragments of a draft.
pub enum Around {
    /// Prose of the language.
    Prose,
    /// Made by the task.
    Own(Box<dyn Filler>),
}

/// A case before it is built.
pub struct Draft {
    /// Sentences in document order.
    pub fragments: Vec<Fragment>,
    /// Questions.
    pub asked: Vec<Asked>,
    /// Words that the filler must not hold.
    pub reserved: HashSet<String>,
    /// The filler.
    pub around: Around,
    /// The style; by chance if `None`.
    pub style: Option<Style>,
    /// Characters of filler and fragments, if not those of the ordered length.
    pub chars: Option<usize>,
}

impl Draft {
    /// A draft in prose.
    pub fn new(fragments: Vec<Fragment>, asked: Vec<Asked>, reserved: HashSet<String>) -> Self {
        Self { fragments, asked, reserved, around: Around::Prose, style: None, chars: None }
    }
}

/// Every phrasing of one side that tasks use, for the tests that look for them in the product and on
/// the other side.
pub fn phrasings(split: Split) -> Vec<&'static str> {
    let lists = [
        needle::PHRASINGS,
        variables::PHRASINGS,
        wordlist::PHRASINGS,
        track::PHRASINGS,
        kin::PHRASINGS,
        count::PHRASINGS,
        absent::PHRASINGS,
        update::PHRASINGS,
        sherlock::PHRASINGS,
        chinese::PHRASINGS,
    ];
    lists.into_iter().flatten().flat_map(|list| split.of(list).iter().copied()).collect()
}

fn build(order: &Order, draft: Draft, prose: Option<&Prose>, dice: &mut Dice) -> Result<Case> {
    let style = draft.style.unwrap_or_else(|| Style::any(dice, order.split));
    let (facts, texts): (Vec<Fact>, Vec<String>) =
        draft.fragments.into_iter().map(|fragment| (fragment.fact, fragment.text)).unzip();
    let around: Box<dyn Filler + '_> = match (draft.around, order.language, prose) {
        (Around::Own(filler), _, _) => filler,
        (Around::Prose, Language::Chinese, _) => Box::new(Chinese),
        (Around::Prose, Language::English, Some(prose)) => Box::new(prose.filler()),
        (Around::Prose, Language::English, None) => Box::new(Generated),
    };
    let mut filler = Without::new(around, draft.reserved);
    let chars = draft.chars.unwrap_or_else(|| order.language.chars(order.length_tokens));
    let document = document::assemble(&texts, chars, style, order.language, &mut filler, dice);
    let mut items = Vec::new();
    for (number, asked) in draft.asked.into_iter().enumerate() {
        let id = format!("{}-q{number}", order.id());
        let item = judge(order, style, &facts, &document.placed, asked, id)?;
        items.push(item);
    }
    Ok(Case { id: order.id(), document: document.text, items })
}

fn judge(
    order: &Order,
    style: Style,
    facts: &[Fact],
    placed: &[Placed],
    asked: Asked,
    id: String,
) -> Result<Item> {
    let (query, question) = resolve(order, asked.query, asked.question, facts, placed, style);
    let mut answers = solver::solve(facts, &query);
    let mut necessary = solver::necessary(facts, &query);
    if !asked.counted.is_empty() {
        answers = asked.counted.into_iter().collect::<BTreeSet<_>>();
        necessary.clear();
    } else if !answers.is_empty() && necessary.is_empty() {
        return Err(SuiteError::Unsound { id, why: "no fragment is necessary".into() });
    }
    let expected = if answers.is_empty() { Expected::NotInDocument } else { Expected::Answered };
    let span = |index: &usize| placed[*index].span;
    let gold: Vec<Span> = necessary.iter().map(span).collect();
    let about = solver::about(facts, &query);
    let oracle: Vec<Span> = match expected {
        Expected::Answered => gold.clone(),
        Expected::NotInDocument => about.iter().map(span).collect(),
    };
    let related = about.iter().filter(|index| !necessary.contains(index)).map(span).collect();
    Ok(Item {
        id,
        task: order.task.name().to_owned(),
        variant: asked.variant,
        language: order.language,
        split: order.split,
        style: style.name().to_owned(),
        length_tokens: order.length_tokens,
        question,
        answers: answers.into_iter().map(|answer| vec![answer]).collect(),
        expected,
        gold,
        related,
        oracle,
    })
}

/// Gives a question "as of section n" its section: that of the `n_facts`-th value of the key.
fn resolve(
    order: &Order,
    query: Query,
    question: String,
    facts: &[Fact],
    placed: &[Placed],
    style: Style,
) -> (Query, String) {
    let Query::AsOf { kind, key, n_facts: nth } = &query else { return (query, question) };
    let stated: Vec<usize> = (0..facts.len())
        .filter(|index| match &facts[*index] {
            Fact::Value { kind: k, key: of, .. } | Fact::Revised { kind: k, key: of, .. } => {
                k == kind && of == key
            }
            _ => false,
        })
        .collect();
    let section = stated.get(*nth).map_or(0, |index| placed[*index].section);
    let n_facts = placed.iter().filter(|place| place.section <= section).count();
    let name = style.section(order.language, section).unwrap_or_default();
    let question = question.replace("<section>", &name);
    (Query::AsOf { kind: kind.clone(), key: key.clone(), n_facts }, question)
}
