//! For what the pronouns and noun phrases of a paragraph stand: those of whom it has spoken, and who becomes known.
//!
//! ```text
//! pronoun        the last subject that it may stand for: "Ines teaches. She keeps bees."
//! owner          "Its range is eighty miles. It was built …": whose range it is goes on to be spoken of
//! noun phrase    one known, whose words are among its words, or a new one
//! ```
//! In which clauses they stand is told by `discourse`.

use super::entity::{Entity, gender, is_of_somebody, is_title};
use super::noun::{Noun, Owner};
use crate::memory::plan::reader::Token;

/// Those of whom a paragraph speaks, as far as it is read.
pub(super) struct Referents<'t> {
    tokens: &'t [Token],
    /// In the order in which they are first mentioned.
    pub(super) entities: Vec<Entity>,
    /// Subjects so far, the last one last.
    subjects: Vec<usize>,
}

impl<'t> Referents<'t> {
    /// Of a paragraph of these words, of which none is read yet.
    pub(super) fn of(tokens: &'t [Token]) -> Self {
        Self { tokens, entities: Vec::new(), subjects: Vec::new() }
    }

    /// Goes on about `entity`.
    pub(super) fn go_on_about(&mut self, entity: usize) {
        self.subjects.push(entity);
    }

    /// Notes `entity` as the subject of a subordinate clause, which is not whom the next sentence goes on about.
    pub(super) fn mention_about(&mut self, entity: usize) {
        self.subjects.insert(self.subjects.len().saturating_sub(1), entity);
    }

    /// Lets a noun phrase name what is spoken of.
    pub(super) fn name(&mut self, entity: usize, noun: &Noun) {
        let named = self.tokens[noun.core.start].start..self.tokens[noun.core.end - 1].end;
        let own = &mut self.entities[entity];
        own.words.extend(noun.words.iter().cloned());
        own.named = named;
        own.has_name = true;
        own.is_person = true;
        if own.gender.is_none() {
            own.gender = gender(&noun.words);
        }
    }

    /// For what a pronoun stands: the last subject that it may stand for.
    pub(super) fn stands_for(&mut self, pronoun: &str) -> Option<usize> {
        let gender = match pronoun {
            "he" | "his" | "him" => Some('m'),
            "she" | "her" => Some('f'),
            "it" | "its" => None,
            "they" | "their" => return self.subjects.last().copied(),
            _ => return None,
        };
        let fits = |entity: &Entity| match gender {
            Some(_) => entity.is_person && (entity.gender.is_none() || entity.gender == gender),
            None => entity.gender.is_none() && (entity.has_name || !entity.is_person),
        };
        let found = self.subjects.iter().rev().copied().find(|at| fits(&self.entities[*at]));
        // "Its range is eighty miles. It was built …": the owner goes on to be spoken of.
        let found = found.map(|at| {
            self.entities[at]
                .owner
                .filter(|of| gender.is_none() && fits(&self.entities[*of]))
                .unwrap_or(at)
        });
        let found = found.or_else(|| {
            gender?;
            (0..self.entities.len()).rev().find(|at| fits(&self.entities[*at]))
        });
        if let (Some(at), Some(gender)) = (found, gender) {
            self.entities[at].gender = Some(gender);
        }
        found
    }

    /// That of which a noun phrase speaks, the one known or a new one.
    pub(super) fn resolve(&mut self, noun: &Noun) -> usize {
        let owner = match &noun.owner {
            Some(Owner::Pronoun(pronoun)) => self.stands_for(pronoun),
            Some(Owner::Noun(of)) => Some(self.resolve(of)),
            None => None,
        };
        self.owned(noun, owner)
    }

    /// The same of a noun phrase whose owner is known.
    pub(super) fn owned(&mut self, noun: &Noun, owner: Option<usize>) -> usize {
        let mut noun = noun.clone();
        // "The one at Stoke": another of what was spoken of before.
        if noun.head == "one" || noun.head == "other" {
            let free = |at: &&usize| self.entities[**at].owner.is_none();
            let last =
                self.subjects.iter().rev().find(free).map(|at| self.entities[*at].heads[0].clone());
            if let Some(head) = last {
                noun.words.push(head.clone());
                noun.head = head;
            }
        }
        let known = if noun.is_name || noun.definite || owner.is_some() {
            self.find(&noun.words, owner)
        } else {
            None
        };
        match known {
            Some(known) => {
                let entity = &mut self.entities[known];
                entity.words.extend(noun.words.iter().cloned());
                entity.heads.push(noun.head.clone());
                entity.owner = entity.owner.or(owner);
                known
            }
            None => self.add(&noun, owner),
        }
    }

    /// The one known that `words` name: they are among its words, or its words among them.
    fn find(&self, words: &[String], owner: Option<usize>) -> Option<usize> {
        let own: Vec<&String> = words.iter().filter(|word| !is_title(word)).collect();
        (0..self.entities.len()).rev().find(|at| {
            let entity = &self.entities[*at];
            if owner.is_some() && entity.owner.is_some() && entity.owner != owner {
                return false;
            }
            let head = words.last().is_some_and(|head| entity.words.contains(head));
            let all = own.iter().all(|word| entity.words.contains(word));
            let clash =
                matches!((gender(words), entity.gender), (Some(one), Some(other)) if one != other);
            !own.is_empty() && head && all && !clash && (owner.is_none() || entity.owner == owner)
        })
    }

    fn add(&mut self, noun: &Noun, owner: Option<usize>) -> usize {
        let tokens = &self.tokens[noun.core.clone()];
        // "Her brother Colin": the name is that part.
        let name =
            noun.core.clone().find(|at| tokens_are_capital(&self.tokens[*at..noun.core.end]));
        let first = name.unwrap_or(noun.core.start);
        let named = self.tokens[first].start..tokens.last().map_or(0, |token| token.end);
        let title = noun.words.iter().any(|word| is_title(word));
        let has_name = name.is_some();
        let gender = gender(&noun.words);
        let person = is_of_somebody(&noun.head);
        let article = self.tokens.get(noun.range.start).is_some_and(|token| token.folded == "the");
        self.entities.push(Entity {
            words: noun.words.clone(),
            heads: vec![noun.head.clone()],
            named,
            has_name,
            owner,
            first: noun.range.start,
            is_person: title || gender.is_some() || person || has_name && !article,
            gender,
        });
        self.entities.len() - 1
    }
}

fn tokens_are_capital(tokens: &[Token]) -> bool {
    !tokens.is_empty() && tokens.iter().all(|token| token.capital)
}
