//! The questions about a document and the replies that the product's form of replies asks for.
//!
//! ```text
//! gap      a statement with its value or its subject left out      7: Oslo
//! fact     a question for the value of a relation                  7: Oslo
//! none     what the document does not say                          NONE
//! latest   a value that was replaced                               9: Lima
//! hop      a question for "the R of X": both sentences          4,9
//! list     all sentences of a subject, or all values of a pair     2,5,9
//! select   the sentences that sum the document up                  1,4,6
//! ```

use carrel_suite::dice::Dice;

use crate::held::Draw;
use crate::names::Names;
use crate::phrases::{Phrases, capitalised, lowered};
use crate::stage::Stage;
use crate::world::{Fact, State, World};

/// Sentences that one reply may name, as in the product.
pub(crate) const MOST_NAMED: usize = 8;
const GAP: &str = "___";
/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Task {
    Gap,
    Fact,
    None,
    Latest,
    Hop,
    List,
    Select,
}

impl Task {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Gap, Self::Fact, Self::None, Self::Latest, Self::Hop, Self::List, Self::Select];
}

/// A question with its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// Indices of the sentences that answer, from 0; empty if none does.
    pub sentences: Vec<usize>,
    /// The words that answer, where one sentence does.
    pub span: Option<String>,
    /// Its kind.
    pub task: Task,
}

impl Question {
    /// The reply in the product's form.
    pub fn reply(&self) -> String {
        if self.sentences.is_empty() {
            return "NONE".to_owned();
        }
        let numbers: Vec<String> = self.sentences.iter().map(|s| (s + 1).to_string()).collect();
        match &self.span {
            Some(span) => format!("{}: {span}", numbers[0]),
            None => numbers.join(","),
        }
    }
}

/// Questions about a document, none twice; fewer than the stage wants if the document gives no more.
pub fn questions(
    world: &World,
    draw: Draw,
    stage: &Stage,
    names: &mut Names,
    dice: &mut Dice,
) -> Vec<Question> {
    let wanted = dice.between(stage.questions.0, stage.questions.1);
    let mut out: Vec<Question> = Vec::new();
    for _ in 0..wanted * 3 {
        let task = draw_task(&stage.shares, dice);
        let question = match task {
            Task::Gap if stage.bare => pair(world, dice),
            Task::Gap => gap(world, draw, dice),
            Task::Fact => fact(world, draw, dice),
            Task::None => none(world, draw, names, dice),
            Task::Latest => latest(world, draw, dice),
            Task::Hop => hop(world, draw, dice),
            Task::List => list(world, draw, dice),
            Task::Select => select(world, draw, dice),
        };
        let question = question
            .map(|question| Question { text: asked_so(&question, draw, stage, dice), ..question });
        if let Some(question) = question
            && out.iter().all(|other| other.text != question.text)
        {
            out.push(question);
        }
        if out.len() == wanted {
            break;
        }
    }
    out
}

fn draw_task(shares: &[usize; 7], dice: &mut Dice) -> Task {
    let mut left = dice.below(shares.iter().sum());
    for (task, share) in Task::ALL.into_iter().zip(shares) {
        if left < *share {
            return task;
        }
        left -= share;
    }
    Task::Fact
}

/// Some questions are asked in a roundabout way.
fn asked_so(question: &Question, draw: Draw, stage: &Stage, dice: &mut Dice) -> String {
    let plain = !matches!(question.task, Task::Gap | Task::List | Task::Select);
    match question.text.strip_suffix('?') {
        Some(stem) if plain && dice.chance(stage.framed) => {
            let way = *dice.pick(Phrases::Ask.side(draw.wordings));
            // What begins the whole keeps its capital.
            let stem = if way.starts_with("{q}") { stem.to_owned() } else { uncapital(stem) };
            way.replacen("{q}", &stem, 1)
        }
        _ => question.text.clone(),
    }
}

/// A question as it goes on behind other words, unless it begins with a name.
fn uncapital(question: &str) -> String {
    const STARTS: &[&str] = &[
        "Who", "Whom", "Whose", "What", "When", "Where", "Which", "Why", "How", "In", "At", "On",
        "By", "For", "From", "To", "With", "Of", "Under", "After", "Until", "Do", "Does", "Did",
        "Is", "Are", "Was", "Can", "Tell", "The", "Into", "Through", "Behind", "Since", "Next",
    ];
    let first = question.split([' ', '\'', ':', ',']).next().unwrap_or_default();
    if STARTS.contains(&first) { lowered(question) } else { question.to_owned() }
}

fn asked(fact: &Fact, draw: Draw, dice: &mut Dice) -> String {
    dice.pick(fact.relation.questions(draw.wordings)).replacen("{a}", &fact.a, 1)
}

/// A fact in one of these states, if there is one.
fn any_fact<'w>(world: &'w World, states: &[State], dice: &mut Dice) -> Option<&'w Fact> {
    let facts: Vec<&Fact> = world.facts.iter().filter(|f| states.contains(&f.state)).collect();
    (!facts.is_empty()).then(|| *dice.pick(&facts))
}

fn pointed(text: String, fact: &Fact, span: &str, task: Task) -> Question {
    Question { text, sentences: vec![fact.sentence], span: Some(span.to_owned()), task }
}

fn gap(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let fact = any_fact(world, &[State::Plain], dice)?;
    let statement = dice.pick(fact.relation.statements(draw.wordings));
    if let Some(said) = fact.said.as_ref().filter(|_| dice.chance(40)) {
        let same = |other: &&Fact| other.relation == fact.relation && other.b == fact.b;
        if world.facts.iter().filter(same).count() == 1 {
            let text = statement.replacen("{a}", GAP, 1).replacen("{b}", &fact.b, 1);
            return Some(pointed(text, fact, said, Task::Gap));
        }
    }
    let text = statement.replacen("{b}", GAP, 1).replacen("{a}", &fact.a, 1);
    Some(pointed(text, fact, &fact.b, Task::Gap))
}

/// One side of a bare pair asks for the other.
fn pair(world: &World, dice: &mut Dice) -> Option<Question> {
    let fact = any_fact(world, &[State::Plain], dice)?;
    let once = |text: &String| {
        world.facts.iter().filter(|other| other.a == *text || other.b == *text).count() == 1
    };
    let (asked, span) = if dice.chance(50) { (&fact.a, &fact.b) } else { (&fact.b, &fact.a) };
    once(asked).then(|| pointed(asked.clone(), fact, span, Task::Gap))
}

fn fact(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let fact = any_fact(world, &[State::Plain], dice)?;
    Some(pointed(asked(fact, draw, dice), fact, &fact.b, Task::Fact))
}

fn none(world: &World, draw: Draw, names: &mut Names, dice: &mut Dice) -> Option<Question> {
    let text = match dice.below(4) {
        // Somebody who is not named.
        0 => {
            let relation = *dice.pick(&world.relations);
            let stranger = names.value(dice, relation.subject);
            dice.pick(relation.questions(draw.wordings)).replacen("{a}", &stranger, 1)
        }
        // What is only denied or doubted.
        1 => asked(any_fact(world, &[State::Denied, State::Doubted], dice)?, draw, dice),
        // A subject of the document and a relation of others.
        _ => {
            let subject = dice.pick(&world.subjects).clone();
            let stated =
                |noun: &str| world.facts.iter().any(|f| f.a == subject && f.relation.noun == noun);
            let open: Vec<_> = world.relations.iter().filter(|r| !stated(r.noun)).collect();
            if open.is_empty() {
                return None;
            }
            let relation = dice.pick(&open);
            dice.pick(relation.questions(draw.wordings)).replacen("{a}", &subject, 1)
        }
    };
    Some(Question { text, sentences: Vec::new(), span: None, task: Task::None })
}

fn latest(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let fact = any_fact(world, &[State::Old, State::New], dice)?;
    let question = asked(fact, draw, dice);
    let openings = match fact.state {
        State::Old => Phrases::EarliestQuestion,
        _ => Phrases::LatestQuestion,
    };
    // Without further words the newest is asked for.
    let text = if fact.state == State::New && dice.chance(40) {
        question
    } else {
        format!("{}{}", dice.pick(openings.side(draw.wordings)), uncapital(&question))
    };
    Some(pointed(text, fact, &fact.b, Task::Latest))
}

/// Two facts of which the first leads to the second: the sentences in the order of the hops.
fn hop(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let chains = world.chains();
    if chains.is_empty() {
        return None;
    }
    let (first, second) = *dice.pick(&chains);
    let subject = format!("the {} of {}", first.relation.noun, first.a);
    let question = dice.pick(second.relation.questions(draw.wordings));
    Some(Question {
        text: question.replacen("{a}", &subject, 1),
        sentences: vec![first.sentence, second.sentence],
        span: None,
        task: Task::Hop,
    })
}

fn list(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let (text, mut sentences) = if let (true, Some(fact)) =
        (dice.chance(60), any_fact(world, &[State::Several], dice))
    {
        let same = |other: &&Fact| other.relation == fact.relation && other.a == fact.a;
        let sentences: Vec<usize> = world.facts.iter().filter(same).map(|f| f.sentence).collect();
        let opening = dice.pick(Phrases::AllValues.side(draw.wordings));
        (format!("{opening}{}", uncapital(&asked(fact, draw, dice))), sentences)
    } else {
        let subject = dice.pick(&world.subjects);
        let begun = capitalised(subject);
        let names = |text: &str| names_it(text, subject) || names_it(text, &begun);
        let told = world.sentences.iter().enumerate().filter(|(_, text)| names(text));
        let sentences: Vec<usize> = told.map(|(index, _)| index).collect();
        let wordings = Phrases::Mentions.side(draw.wordings);
        (dice.pick(wordings).replacen("{a}", subject, 1), sentences)
    };
    sentences.sort_unstable();
    sentences.dedup();
    (2..=MOST_NAMED).contains(&sentences.len()).then_some(Question {
        text,
        sentences,
        span: None,
        task: Task::List,
    })
}

/// Whether `name` stands in `text` as words of its own.
pub(crate) fn names_it(text: &str, name: &str) -> bool {
    let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(name).any(|(at, _)| {
        outside(text[..at].chars().next_back()) && outside(text[at + name.len()..].chars().next())
    })
}

fn select(world: &World, draw: Draw, dice: &mut Dice) -> Option<Question> {
    let mut sentences: Vec<usize> = world.facts.iter().map(|fact| fact.sentence).collect();
    sentences.sort_unstable();
    sentences.dedup();
    let fillers = world.sentences.len() - sentences.len();
    (fillers >= 2 && (2..=MOST_NAMED).contains(&sentences.len())).then(|| Question {
        text: (*dice.pick(Phrases::Select.side(draw.wordings))).to_owned(),
        sentences,
        span: None,
        task: Task::Select,
    })
}
