//! Small worlds and the documents that tell of them: who, what, and in which sentence it stands.
//!
//! A document has a few subjects of one type and a few relations, so that nearly every sentence
//! shares its subject or its relation with others: the near misses that a reader must keep apart.

use std::sync::LazyLock;

use carrel_suite::dice::Dice;

use crate::held::Draw;
use crate::names::{self, Names};
use crate::phrases::{Phrases, capitalised, lowered};
use crate::relations::{DOMAINS, Domain, MADE, Relation};
use crate::stage::Stage;
use crate::styles::Style;

pub(crate) static FILLERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/fillers.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});
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
    /// Sentences that stay together.
    groups: Vec<Vec<Piece>>,
}

/// A sentence.
struct Piece {
    text: String,
    /// The facts that it states.
    facts: Vec<usize>,
    /// How it goes on in the sentence of another; `None` if it stands for itself only.
    continued: Option<String>,
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
    builder.join();
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
        // Evaluations have none that are made.
        if self.draw == Draw::TRAINING {
            let fits = |relation: &&Relation| relation.subject == kind;
            let made: Vec<&'static Relation> = MADE.iter().filter(fits).collect();
            for index in 0..relations.len() {
                if made.is_empty() || !self.dice.chance(self.stage.made) {
                    continue;
                }
                let relation = *self.dice.pick(&made);
                if relations.iter().all(|other| other.noun != relation.noun) {
                    relations[index] = relation;
                }
            }
        }
        let n_subjects = self.dice.between(2, 2 + self.stage.sentences.1 / 6);
        self.world.subjects = (0..n_subjects).map(|_| self.names.value(self.dice, kind)).collect();
        // Lists end, and two of one name could not be told apart.
        self.world.subjects.sort_unstable();
        self.world.subjects.dedup();
        self.dice.shuffle(&mut self.world.subjects);
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
        // Words that no list has, so that what stands in the text is copied and not what is known.
        if self.dice.chance(self.stage.odd) && names::is_listed(relation.value) {
            return self.names.odd(self.dice);
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
        let statements = relation.statements(self.draw.wordings);
        // What somebody says in direct speech takes no opening.
        let statements: Vec<&str> = statements
            .iter()
            .copied()
            .filter(|text| !text.starts_with('"') || matches!(state, State::Plain | State::Several))
            .collect();
        let statement = match (self.stage.bare, statements.is_empty()) {
            (true, _) => PAIR,
            (false, true) => relation.statements(false)[0],
            (false, false) => *self.dice.pick(&statements),
        };
        let plain = matches!(state, State::Plain | State::Several);
        let behind = self.groups.iter().position(|group| {
            let last = group.last().and_then(|piece| piece.facts.last());
            last.is_some_and(|&last| self.world.facts[last].a == a)
        });
        let pronoun = plain
            && relation.subject == "person"
            && statement.starts_with("{a} ")
            && self.dice.chance(self.stage.short_mentions);
        if let (true, Some(group)) = (pronoun, behind) {
            // The same pronoun for one person throughout.
            let pronoun = if a.len().is_multiple_of(2) { "He" } else { "She" };
            let text = filled(statement, pronoun, &fact.b);
            fact.said = None;
            self.groups[group].push(Piece { text, facts: vec![index], continued: None });
            self.world.facts.push(fact);
            return;
        }
        if relation.subject == "person" && self.dice.chance(self.stage.short_mentions) {
            fact.said = Some(self.short_name(a));
        }
        let said = fact.said.clone().unwrap_or_default();
        let piece = self.told(statement, &fact, &said, plain);
        self.groups.push(vec![Piece { facts: vec![index], ..piece }]);
        self.world.facts.push(fact);
    }

    /// The sentence of a fact, in the style of the document.
    fn told(&mut self, statement: &str, fact: &Fact, said: &str, plain: bool) -> Piece {
        let held = self.draw.wordings;
        let styled = self.dice.chance(self.stage.styled);
        if plain && styled {
            let question = *self.dice.pick(fact.relation.questions(held));
            let question = filled(question, said, "");
            let noun = fact.relation.noun;
            if let Some(text) = self.style.entry(said, noun, &fact.b, &question, self.dice) {
                return Piece { text, facts: Vec::new(), continued: None };
            }
        }
        let mut wording = opened(statement, fact.state, held, self.dice);
        if plain && !wording.starts_with('"') && self.dice.chance(self.stage.framed) {
            let lead_in = self.dice.pick(Phrases::LeadIn.side(held));
            wording = format!("{lead_in}{}", lowered(&wording));
        }
        if plain && self.dice.chance(self.stage.framed) {
            let tail = self.dice.pick(Phrases::Tail.side(held));
            if let Some(stem) = wording.strip_suffix('.') {
                wording = format!("{stem}{tail}");
            }
        }
        let text = filled(&wording, said, &fact.b);
        // A value keeps its letters, because the reply copies them.
        let keeps = self.stage.bare || text.starts_with(&fact.b);
        let text = if keeps { text } else { capitalised(&text) };
        let continued = plain.then(|| filled(&lowered(&wording), said, &fact.b));
        let text =
            if styled { self.style.frame(&text, self.groups.len(), self.dice) } else { text };
        Piece { text, facts: Vec::new(), continued }
    }

    /// Makes one sentence of some pairs, so that a sentence has more than one value.
    fn join(&mut self) {
        let held = self.draw.wordings;
        let mut index = 0;
        while index + 1 < self.groups.len() {
            let fits = |group: &[Piece]| group.len() == 1 && group[0].continued.is_some();
            let both = fits(&self.groups[index]) && fits(&self.groups[index + 1]);
            if both && self.dice.chance(self.stage.joined) {
                let second = self.groups.remove(index + 1).remove(0);
                let first = &mut self.groups[index][0];
                if let (Some(stem), Some(more)) = (first.text.strip_suffix('.'), second.continued) {
                    let join = self.dice.pick(Phrases::Join.side(held));
                    first.text = format!("{stem}{join}{more}");
                    first.facts.extend(second.facts);
                    first.continued = None;
                } else {
                    self.groups.insert(index + 1, vec![Piece { continued: None, ..second }]);
                }
            }
            index += 1;
        }
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
        let n_facts = self.world.facts.len();
        let n_fillers = n_facts * self.stage.fillers / (100 - self.stage.fillers);
        for _ in 0..n_fillers {
            let template = *self.dice.pick(&FILLERS);
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
            self.groups.push(vec![Piece { text, facts: Vec::new(), continued: None }]);
        }
    }

    /// Puts the sentences in order: any, but what is replaced stands before what replaces it.
    fn arrange(&mut self) {
        self.dice.shuffle(&mut self.groups);
        for piece in self.groups.drain(..).flatten() {
            for fact in piece.facts {
                self.world.facts[fact].sentence = self.world.sentences.len();
            }
            self.world.sentences.push(piece.text);
        }
        // A subject that begins a sentence is written otherwise than inside it.
        for fact in &mut self.world.facts {
            let text = &self.world.sentences[fact.sentence];
            fact.said = fact.said.take().map(|said| match text.contains(&said) {
                true => said,
                false => capitalised(&said),
            });
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
fn opened(statement: &str, state: State, held: bool, dice: &mut Dice) -> String {
    let openings = match state {
        State::Plain | State::Several => return statement.to_owned(),
        State::Old => Phrases::Old,
        State::New => Phrases::New,
        State::Denied => Phrases::Denied,
        State::Doubted => Phrases::Doubted,
    };
    format!("{}{}", dice.pick(openings.side(held)), lowered(statement))
}

/// A wording with its slots filled.
fn filled(wording: &str, a: &str, b: &str) -> String {
    wording.replacen("{a}", a, 1).replacen("{b}", b, 1)
}
