//! What the clauses of a paragraph say of its owner, relation by relation: the verb with its object or preposition,
//! the noun with its copula or name, who does it, how much, what colour, how many, the name, the place.
//!
//! Each notes what was said in a way that gave no value, so that silence is told from words not understood.

use super::discourse::Clause;
use super::extract;
use super::noun::has_verb_form;
use super::stated::{BEING, MEASURES, Told, View};
use crate::memory::answer::spans;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{DETERMINERS, among};
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::question::Expected;
use crate::memory::plan::relations::property::Word;
use crate::memory::segment::words;

/// Nouns of a property, and the verbs that state it.
const STATED_BY: &[(&str, &str)] = &[
    ("subject", "teach"),
    ("weight", "weigh"),
    ("salary", "earn"),
    ("wage", "earn"),
    ("income", "earn"),
    ("pay", "earn"),
    ("price", "cost"),
    ("cost", "cost"),
    ("fuel", "burn"),
    ("diet", "eat"),
    ("food", "eat"),
    ("founder", "found"),
    ("owner", "own"),
];
/// Verbs of standing somewhere.
const PLACED: &str = "is are was were stand stands stood lie lies lay hang hangs hung situated located sits sat lives \
    lived dwells found kept sleeps";

impl View<'_> {
    /// What the owner does, or what is done to it, by its verb and preposition.
    pub(super) fn verb(
        &self,
        owner: usize,
        preposition: Option<&str>,
        says: &[Word],
        told: &mut Told,
    ) {
        let Some((verb, others)) = says.split_first() else { return };
        for (index, clause) in self.clauses_of(owner) {
            // "Makers of umbrellas".
            let maker = (clause.predicate..clause.range.end).find(|at| {
                is_agent(self.word(*at), &verb.strict.text)
                    && *at + 1 < clause.range.end
                    && self.word(*at + 1) == "of"
            });
            if let Some(at) = maker.filter(|at| {
                preposition.is_none() && others.is_empty() && !self.is_unreal(clause, *at)
            }) && let Some(range) = extract::behind(self.read, clause, at, "of")
            {
                told.facts.push((index, self.text(range)));
                continue;
            }
            let Some(at) = self.says(clause, verb) else { continue };
            if !others.iter().all(|word| self.says(clause, word).is_some())
                || self.is_unreal(clause, at)
            {
                continue;
            }
            if self.asked.passive != self.is_passive(clause, at)
                && self.asked.expected != Expected::Place
                && self.asked.expected != Expected::Date
            {
                continue;
            }
            // Behind all that is asked: "plans to retire to Madeira".
            let last = says.iter().filter_map(|word| self.says(clause, word)).max().unwrap_or(at);
            let at = if self.asked.expected == Expected::Anything { at } else { last };
            let value = self.value(clause, at, preposition);
            if let Some(value) = value {
                told.facts.push((index, value));
            }
        }
        // "The accountant's salary is …" for what the accountant earns.
        for (at, entity) in self.read.entities.iter().enumerate() {
            if entity.owner != Some(owner)
                || !entity.heads.iter().any(|head| verb.said_by(head, self.stems) > 0.0)
            {
                continue;
            }
            for (index, clause) in self.clauses_of(at) {
                if !self.is_unreal(clause, clause.predicate)
                    && let Some(range) = extract::complement(self.read, clause)
                {
                    told.facts.push((index, self.text(range)));
                }
            }
        }
        if told.facts.is_empty() {
            self.doubt(owner, says, told);
        }
    }

    /// What a clause gives for its verb at `at`.
    fn value(&self, clause: &Clause, at: usize, preposition: Option<&str>) -> Option<String> {
        let from = self.question.words.iter().any(|word| word == "from");
        let range = match self.asked.expected {
            Expected::Place if preposition.is_none() || from => {
                extract::place(self.read, clause, at, from)
            }
            Expected::Date => extract::time(self.read, clause, at),
            Expected::Number => extract::number(self.read, clause, at),
            Expected::Colour => extract::colour(self.read, clause),
            _ => match preposition {
                Some(preposition) => extract::behind(self.read, clause, at, preposition),
                None => extract::object(self.read, clause, at),
            },
        }?;
        let value = self.text(range);
        let kind = self.asked.typing.as_ref().and_then(|typing| {
            Kind::asked(std::slice::from_ref(typing), self.stems).map(|(kind, _)| kind)
        });
        let fits =
            kind.is_none_or(|kind| words::folded_words(&value).any(|word| kind.holds(&word)));
        fits.then_some(value)
    }

    /// Who or what the owner's `noun` is.
    pub(super) fn noun(&self, owner: usize, noun: &str, told: &mut Told) {
        let own = if self.says.is_empty() {
            vec![Word::of(noun, self.stems)]
        } else {
            self.says.to_vec()
        };
        let holds = |at: usize| {
            let entity = &self.read.entities[at];
            own.iter().all(|word| {
                entity.words.iter().any(|own| {
                    own == &word.strict.text
                        || word.strict.occurs_in(std::slice::from_ref(own), self.stems)
                        || word.said_by(own, self.stems) > 0.0
                })
            })
        };
        let all: Vec<usize> =
            (0..self.read.entities.len()).filter(|at| *at != owner && holds(*at)).collect();
        let owned: Vec<usize> =
            all.iter().copied().filter(|at| self.read.entities[*at].owner == Some(owner)).collect();
        // "The rent is …", where only one thing has any.
        let bridged = owned.is_empty()
            && all.len() == 1
            && self.read.entities[all[0]].owner.is_none()
            && !self.read.entities[owner].has_name_of_person();
        let who = self.asked.expected == Expected::Person
            || self.question.words.first().is_some_and(|word| word == "who");
        for at in if bridged { all } else { owned } {
            let entity = &self.read.entities[at];
            let mut found = false;
            for (index, clause) in self.clauses_of(at) {
                if self.is_unreal(clause, clause.predicate) || who && entity.has_name {
                    continue;
                }
                let range = if clause.beside {
                    Some(clause.predicate..clause.range.end).filter(|range| !range.is_empty()).map(
                        |range| {
                            self.read.tokens[range.start].start..self.read.tokens[range.end - 1].end
                        },
                    )
                } else {
                    extract::complement(self.read, clause)
                };
                if let Some(range) = range {
                    told.facts.push((index, self.text(range)));
                    found = true;
                }
            }
            if !found && entity.has_name {
                let clause = self.clause_at(entity.first);
                told.facts.push((clause, self.text(entity.named.clone())));
            }
        }
        // "Tom Wicks, landlord of the inn": who is the landlord.
        for (index, clause) in self.read.clauses.iter().enumerate() {
            let Some(subject) = clause.subject.filter(|subject| *subject != owner && who) else {
                continue;
            };
            let of = (clause.predicate..clause.range.end).find(|at| {
                own.last().is_some_and(|word| {
                    word.said_by(&self.read.tokens[*at].folded, self.stems) >= 1.0
                }) && *at + 1 < clause.range.end
                    && among("of at to for", self.word(*at + 1))
            });
            let named = of.is_some_and(|at| self.mentions_owner(at + 1..clause.range.end, owner));
            if named
                && !self.is_unreal(clause, clause.range.end)
                && self.read.entities[subject].has_name
            {
                told.facts.push((index, self.text(self.read.entities[subject].named.clone())));
            }
        }
        if told.facts.is_empty()
            && let Some((_, verb)) = STATED_BY.iter().find(|(known, _)| *known == noun)
        {
            let verb = Word::of(verb, self.stems);
            self.verb(owner, None, &[verb], told);
        }
        if told.facts.is_empty() {
            // "Has a thatched roof".
            for (index, clause) in self.clauses_of(owner) {
                let Some(at) = own.last().and_then(|word| self.says(clause, word)) else {
                    continue;
                };
                let mut first = at;
                while first > clause.predicate
                    && !stopwords::is_stopword(self.word(first - 1))
                    && matches!(
                        &self.read.text
                            [self.read.tokens[first - 1].end..self.read.tokens[first].start],
                        " " | "-"
                    )
                    && (!has_verb_form(self.word(first - 1))
                        || first > 1 && among(DETERMINERS, self.word(first - 2)))
                {
                    first -= 1;
                }
                if first < at && !self.is_unreal(clause, at) && self.asked.typing.is_some() {
                    let range = self.read.tokens[first].start..self.read.tokens[at].end;
                    told.facts.push((index, self.text(range)));
                }
            }
        }
        if told.facts.is_empty() {
            let last = own.last().cloned();
            self.doubt(owner, last.as_slice(), told);
        }
    }

    /// Who does to the owner what the verb says.
    pub(super) fn doer(&self, owner: usize, told: &mut Told) {
        let Some(verb) = self.says.first() else { return };
        for (index, clause) in self.read.clauses.iter().enumerate() {
            let Some(at) = self
                .says(clause, verb)
                .filter(|at| verb.said_by(&self.read.tokens[*at].folded, self.stems) >= SIMILAR)
            else {
                continue;
            };
            if self.is_unreal(clause, at) {
                continue;
            }
            let passive = self.is_passive(clause, at);
            let belongs =
                self.same(self.word(at), "belong") && !self.same(&verb.strict.text, "belong");
            let value = if belongs {
                extract::behind(self.read, clause, at, "to")
                    .filter(|_| clause.subject == Some(owner))
            } else if clause.subject == Some(owner) && passive {
                extract::behind(self.read, clause, at, "by")
            } else if clause.subject != Some(owner) && !passive {
                let object = clause.antecedent == Some(owner)
                    || self.mentions_owner(at + 1..clause.range.end, owner);
                clause
                    .subject
                    .filter(|_| object)
                    .map(|subject| self.read.entities[subject].named.clone())
            } else {
                None
            };
            if let Some(range) = value {
                told.facts.push((index, self.text(range)));
            }
        }
        for (at, entity) in self.read.entities.iter().enumerate() {
            let owned = entity.owner == Some(owner) && at != owner;
            if owned
                && entity.has_name
                && entity.heads.iter().any(|head| verb.said_by(head, self.stems) > 0.0)
            {
                told.facts.push((self.clause_at(entity.first), self.text(entity.named.clone())));
            }
        }
        if told.facts.is_empty() {
            let verb = std::slice::from_ref(verb);
            for clause in &self.read.clauses {
                let said = self.says(clause, &verb[0]).is_some();
                let other = clause.subject.is_some_and(|subject| subject != owner)
                    && !self.mentions_owner(clause.range.clone(), owner);
                // "It was founded in 1734": by whom is not said.
                let by = (clause.range.clone()).any(|at| self.word(at) == "by");
                let silent = clause.subject == Some(owner) && !by;
                told.unclear |=
                    said && !other && !silent && !self.is_unreal(clause, clause.range.end);
            }
        }
    }

    /// How much of it the owner has.
    pub(super) fn measure(&self, owner: usize, adjective: &str, told: &mut Told) {
        let named: Vec<Word> = if self.asked.says.is_empty() {
            let known = MEASURES.iter().find(|(own, _)| *own == adjective);
            let words = known.map_or(adjective, |(_, words)| words);
            words.split_whitespace().map(|word| Word::of(word, self.stems)).collect()
        } else {
            self.says.to_vec()
        };
        let all = !self.asked.says.is_empty();
        for (index, clause) in self.clauses_of(owner) {
            let places: Vec<usize> =
                named.iter().filter_map(|word| self.says(clause, word)).collect();
            let enough = if all { places.len() == named.len() } else { !places.is_empty() };
            let Some(at) = places.first().copied().filter(|_| enough) else { continue };
            if self.is_unreal(clause, at) {
                continue;
            }
            let from = if clause.beside || !all { clause.predicate } else { at };
            if let Some(range) = extract::number(self.read, clause, from) {
                told.facts.push((index, self.text(range)));
            }
        }
        for (at, entity) in self.read.entities.iter().enumerate() {
            let owned = entity.owner == Some(owner);
            if !owned
                || !entity
                    .heads
                    .iter()
                    .any(|head| named.iter().any(|word| word.said_by(head, self.stems) > 0.0))
            {
                continue;
            }
            for (index, clause) in self.clauses_of(at) {
                if !self.is_unreal(clause, clause.predicate)
                    && let Some(range) = extract::number(self.read, clause, clause.predicate)
                {
                    told.facts.push((index, self.text(range)));
                }
            }
        }
        if told.facts.is_empty() {
            self.doubt(owner, &named, told);
        }
    }

    /// The colour of the owner.
    pub(super) fn colour(&self, owner: usize, told: &mut Told) {
        for (index, clause) in self.clauses_of(owner) {
            // "The house has a blue door" tells of the door.
            let of_other = (clause.predicate..clause.range.end)
                .any(|at| among("has have had with wore wears", self.word(at)));
            if of_other || self.is_unreal(clause, clause.predicate) {
                continue;
            }
            let said = (clause.predicate..clause.range.end).any(|at| {
                among(BEING, self.word(at))
                    || among("painted turned became looks looked", self.word(at))
            });
            if let Some(range) =
                extract::colour(self.read, clause).filter(|_| said || clause.beside)
            {
                told.facts.push((index, self.text(range)));
            }
        }
        let entity = &self.read.entities[owner];
        if told.facts.is_empty() {
            let colour = entity.words.iter().find(|word| {
                !spans::spans(word, Expected::Colour).is_empty()
                    && !self.asked.of.words.contains(word)
            });
            if let Some(colour) = colour {
                told.facts.push((self.clause_at(entity.first), colour.clone()));
            }
        }
    }

    /// How many of `noun` the owner has.
    pub(super) fn number(&self, owner: usize, noun: &str, told: &mut Told) {
        let word = Word::of(noun, self.stems);
        for (index, clause) in self.clauses_of(owner) {
            let places = (clause.predicate..clause.range.end).filter(|at| {
                word.strict
                    .occurs_in(std::slice::from_ref(&self.read.tokens[*at].folded), self.stems)
            });
            for at in places {
                let number = (clause.range.start..at)
                    .rev()
                    .take(3)
                    .find(|at| spans::number_value(self.word(*at)).is_some());
                if let Some(number) = number.filter(|_| !self.is_unreal(clause, at)) {
                    let range = self.read.tokens[number].start..self.read.tokens[number].end;
                    told.facts.push((index, self.text(range)));
                }
            }
        }
        if told.facts.is_empty() {
            let said = self.read.clauses.iter().any(|clause| {
                clause.subject.is_none_or(|subject| subject == owner)
                    && (clause.range.clone())
                        .any(|at| word.said_by(&self.read.tokens[at].folded, self.stems) > 0.0)
            });
            told.unclear |= said;
        }
    }

    /// What the owner is called.
    pub(super) fn name(&self, owner: usize, told: &mut Told) {
        let entity = &self.read.entities[owner];
        for (index, clause) in self.clauses_of(owner) {
            let at =
                (clause.range.clone()).find(|at| among("called named christened", self.word(*at)));
            if let Some(at) = at.filter(|at| !self.is_unreal(clause, *at))
                && let Some(range) = extract::object(self.read, clause, at)
            {
                told.facts.push((index, self.text(range)));
            }
        }
        // "What was Ines Marl called": by what other name.
        if told.facts.is_empty() && entity.has_name && !self.asked.of.is_name {
            told.facts.push((self.clause_at(entity.first), self.text(entity.named.clone())));
        }
        if told.facts.is_empty() {
            told.unclear |= self.read.clauses.iter().any(|clause| {
                clause.subject.is_none()
                    && (clause.range.clone()).any(|at| among("called named name", self.word(at)))
            });
        }
    }

    /// Where the owner is.
    pub(super) fn place(&self, owner: usize, told: &mut Told) {
        for (index, clause) in self.clauses_of(owner) {
            let at = (clause.predicate..clause.range.end).find(|at| among(PLACED, self.word(*at)));
            if let Some(at) = at.filter(|at| !self.is_unreal(clause, *at))
                && let Some(range) = extract::place(self.read, clause, at, false)
            {
                told.facts.push((index, self.text(range)));
            }
        }
        told.unclear |= told.facts.is_empty();
    }
}

/// Whether a noun names those who do what a verb says: "makers" of "make".
fn is_agent(noun: &str, verb: &str) -> bool {
    let noun = noun.strip_suffix('s').unwrap_or(noun);
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    [format!("{stem}er"), format!("{stem}or")].iter().any(|agent| agent == noun)
}

/// Worth from which a verb says what is asked.
const SIMILAR: f32 = 0.8;
