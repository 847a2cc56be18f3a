//! Small worlds and the documents that tell of them: who, what, and in which sentence it stands.
//!
//! A document has a few subjects of one type and a few relations, so that nearly every sentence
//! shares its subject or its relation with others: the near misses that a reader must keep apart.

use carrel_suite::dice::Dice;

use crate::held::Draw;
use crate::names::Names;
use crate::relations::{DOMAINS, Domain, Relation};
use crate::stage::Stage;
use crate::styles::Style;

const FILLERS: &str = include_str!("../data/fillers.txt");
const DENIED: &[&str] =
    &["It is not true that ", "It turned out to be false that ", "Nobody believes any more that "];
const DOUBTED: &[&str] =
    &["It is not known whether ", "Some ask whether ", "One can only guess if "];
const OLD: &[&str] = &["At first ", "In the beginning ", "For a while "];
const NEW: &[&str] = &["Later ", "From then on ", "By now ", "Since the change "];

/// The statement of a stage of bare pairs.
const PAIR: &str = "{a} {b}";

/// How a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Plain,
    /// It holds beside others of the same subject and relation.
    Several,
    /// It held until a later sentence.
    Old,
    /// It replaces an earlier one.
    New,
    /// The document says that it does not hold.
    Denied,
    /// The document does not say whether it holds.
    Doubted,
}

/// A fact and where it stands.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its relation.
    pub relation: &'static Relation,
    /// Its subject.
    pub a: String,
    /// Its value.
    pub b: String,
    /// How it stands.
    pub state: State,
    /// The sentence that states it, from 0.
    pub sentence: usize,
    /// What the sentence calls the subject; `None` if it uses a pronoun.
    pub said: Option<String>,
}

/// A document with the facts that it states.
#[derive(Debug, Clone)]
pub struct World {
    /// The sentences in order.
    pub sentences: Vec<String>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// The relations of the document.
    pub relations: Vec<&'static Relation>,
    /// The subjects.
    pub subjects: Vec<String>,
}

impl World {
    /// The pairs of plain facts of which the value of the first is the subject of the second.
    pub fn chains(&self) -> Vec<(&Fact, &Fact)> {
        let plain: Vec<&Fact> =
            self.facts.iter().filter(|fact| fact.state == State::Plain).collect();
        let mut chains = Vec::new();
        for first in &plain {
            for second in &plain {
                if leads_to(first, second) {
                    chains.push((*first, *second));
                }
            }
        }
        chains
    }
}

/// Whether one fact leads to another and not back to itself.
fn leads_to(first: &Fact, second: &Fact) -> bool {
    first.b == second.a && second.b != first.a && first.sentence != second.sentence
}

struct Builder<'a> {
    draw: Draw,
    stage: &'a Stage,
    style: Style,
    dice: &'a mut Dice,
    names: &'a mut Names,
    world: World,
    /// Sentences that stay together, each with the fact that it states.
    groups: Vec<Vec<(String, Option<usize>)>>,
}

/// Makes a document; `names` must be fresh.
pub fn world(draw: Draw, stage: &Stage, names: &mut Names, dice: &mut Dice) -> World {
    let style = Style::any(dice, draw.styles);
    let world = World {
        sentences: Vec::new(),
        facts: Vec::new(),
        relations: Vec::new(),
        subjects: Vec::new(),
    };
    let mut builder = Builder { draw, stage, style, dice, names, world, groups: Vec::new() };
    builder.choose();
    builder.state_facts();
    builder.add_fillers();
    builder.arrange();
    builder.world
}

impl Builder<'_> {
    /// Chooses relations with the same type of subject, and subjects.
    fn choose(&mut self) {
        let side = |domain: &&'static Domain| domain.held == self.draw.domains;
        let domains: Vec<&'static Domain> = DOMAINS.iter().filter(side).collect();
        let mut relations: Vec<&'static Relation> =
            domains.into_iter().flat_map(|domain| &domain.relations).collect();
        let kind = self.dice.pick(&relations).subject;
        relations.retain(|relation| relation.subject == kind);
        self.dice.shuffle(&mut relations);
        // Often one that leads from subject to subject.
        if self.dice.chance(40)
            && let Some(at) = relations.iter().position(|relation| relation.is_link())
        {
            relations.swap(0, at);
        }
        relations.truncate(self.dice.between(2, 5));
        let n_subjects = self.dice.between(2, 2 + self.stage.sentences.1 / 6);
        self.world.subjects = (0..n_subjects).map(|_| self.names.value(self.dice, kind)).collect();
        self.world.relations = relations;
    }

    fn state_facts(&mut self) {
        let wanted = self.dice.between(self.stage.sentences.0, self.stage.sentences.1);
        let wanted = (wanted * (100 - self.stage.fillers) / 100).max(2);
        let mut pairs: Vec<(String, &'static Relation)> = Vec::new();
        for subject in &self.world.subjects {
            pairs.extend(self.world.relations.iter().map(|relation| (subject.clone(), *relation)));
        }
        self.dice.shuffle(&mut pairs);
        // Some pairs stay unstated, for questions that the document does not answer.
        let most = (pairs.len() * 4).div_ceil(5);
        for (subject, relation) in pairs.into_iter().take(wanted.min(most)) {
            if !self.dice.chance(self.stage.twists) {
                self.state(&subject, relation, State::Plain);
                continue;
            }
            match self.dice.below(4) {
                0 => self.state(&subject, relation, State::Denied),
                1 => self.state(&subject, relation, State::Doubted),
                2 => {
                    self.state(&subject, relation, State::Old);
                    self.state(&subject, relation, State::New);
                }
                _ => {
                    for _ in 0..self.dice.between(2, 3) {
                        self.state(&subject, relation, State::Several);
                    }
                }
            }
        }
    }

    fn value(&mut self, subject: &str, relation: &Relation, state: State) -> String {
        // People know each other, so that facts can be followed from one to the next.
        let others: Vec<String> =
            self.world.subjects.iter().filter(|other| *other != subject).cloned().collect();
        let linked = state == State::Plain && relation.is_link();
        if linked && !others.is_empty() && self.dice.chance(60) {
            return self.dice.pick(&others).clone();
        }
        self.names.value(self.dice, relation.value)
    }

    /// States one fact in a sentence of its own, behind another of the same subject if it uses a
    /// pronoun.
    fn state(&mut self, a: &str, relation: &'static Relation, state: State) {
        let b = self.value(a, relation, state);
        let index = self.world.facts.len();
        let mut fact =
            Fact { relation, a: a.to_owned(), b, state, sentence: 0, said: Some(a.to_owned()) };
        let statement = match self.stage.bare {
            true => PAIR,
            false => *self.dice.pick(relation.statements(self.draw.wordings)),
        };
        let plain = matches!(state, State::Plain | State::Several);
        let behind = self.groups.iter().position(|group| {
            let last = group.last().and_then(|(_, fact)| *fact);
            last.is_some_and(|last| self.world.facts[last].a == a)
        });
        let pronoun = plain
            && relation.subject == "person"
            && statement.starts_with("{a} ")
            && self.dice.chance(self.stage.short_mentions);
        if let (true, Some(group)) = (pronoun, behind) {
            // The same pronoun for one person throughout.
            let pronoun = if a.len().is_multiple_of(2) { "He" } else { "She" };
            let text = statement.replacen("{a}", pronoun, 1).replacen("{b}", &fact.b, 1);
            fact.said = None;
            self.groups[group].push((text, Some(index)));
            self.world.facts.push(fact);
            return;
        }
        if relation.subject == "person" && self.dice.chance(self.stage.short_mentions) {
            fact.said = Some(self.short_name(a));
        }
        let said = fact.said.clone().unwrap_or_default();
        let question = *self.dice.pick(relation.questions(self.draw.wordings));
        let styled = self.dice.chance(self.stage.styled);
        let own = if plain && styled {
            let question = question.replacen("{a}", &said, 1);
            self.style.entry(&said, relation.noun, &fact.b, &question, self.dice)
        } else {
            None
        };
        let text = own.unwrap_or_else(|| {
            let opened = opened(statement, state, self.dice);
            let text = opened.replacen("{a}", &said, 1).replacen("{b}", &fact.b, 1);
            let index = self.groups.len();
            if styled { self.style.frame(&text, index, self.dice) } else { text }
        });
        self.groups.push(vec![(text, Some(index))]);
        self.world.facts.push(fact);
    }

    /// A part of a person's name that nobody else of the document has.
    fn short_name(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let [first, last] = words[..] else { return name.to_owned() };
        let word = if first.ends_with('.') || first == "Miss" { last } else { first };
        let alone =
            self.world.subjects.iter().filter(|other| other.split(' ').any(|w| w == word)).count();
        if alone == 1 { word.to_owned() } else { name.to_owned() }
    }

    fn add_fillers(&mut self) {
        let templates: Vec<&str> =
            FILLERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let n_facts = self.world.facts.len();
        let n_fillers = n_facts * self.stage.fillers / (100 - self.stage.fillers);
        for _ in 0..n_fillers {
            let template = *self.dice.pick(&templates);
            let person = if self.world.relations[0].subject == "person" && self.dice.chance(50) {
                self.dice.pick(&self.world.subjects).clone()
            } else {
                self.names.value(self.dice, "person")
            };
            let mut text = template.replacen("{p}", &person, 1);
            for (slot, kind) in [("{t}", "town"), ("{f}", "firm"), ("{n}", "number")] {
                if text.contains(slot) {
                    text = text.replacen(slot, &self.names.value(self.dice, kind), 1);
                }
            }
            let index = self.groups.len();
            if self.dice.chance(self.stage.styled) {
                text = self.style.frame(&text, index, self.dice);
            }
            self.groups.push(vec![(text, None)]);
        }
    }

    /// Puts the sentences in order: any, but what is replaced stands before what replaces it.
    fn arrange(&mut self) {
        self.dice.shuffle(&mut self.groups);
        for (text, fact) in self.groups.drain(..).flatten() {
            if let Some(fact) = fact {
                self.world.facts[fact].sentence = self.world.sentences.len();
            }
            self.world.sentences.push(text);
        }
        for old in 0..self.world.facts.len() {
            let new = old + 1;
            if self.world.facts[old].state == State::Old
                && self.world.facts[old].sentence > self.world.facts[new].sentence
            {
                let (one, other) = (self.world.facts[old].sentence, self.world.facts[new].sentence);
                self.world.sentences.swap(one, other);
                self.world.facts[old].sentence = other;
                self.world.facts[new].sentence = one;
            }
        }
    }
}

/// A statement with the words before it that say how it stands.
fn opened(statement: &str, state: State, dice: &mut Dice) -> String {
    let openings = match state {
        State::Plain | State::Several => return statement.to_owned(),
        State::Old => OLD,
        State::New => NEW,
        State::Denied => DENIED,
        State::Doubted => DOUBTED,
    };
    format!("{}{}", dice.pick(openings), lowered(statement))
}

/// A statement or question as it continues a sentence: its first word in lower case unless it is a
/// slot.
pub fn lowered(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", characters.as_str())
}
