//! A paragraph cut into clauses, each with the one of whom it speaks.
//!
//! ```text
//! own subject      "The mill stands …", "he keeps …"
//! continued        "… and weighs forty pounds", "…, teaches chemistry": the subject before
//! relative         "…, who keeps bees", "…, whose father …": what stands before the comma
//! beside           "…, a retired surgeon", "(a Scot called Loudon)": the same, said without a verb
//! ```
//! A name behind a noun names it: "her brother Colin", "his assistant, a Miss Thrale". For whom pronouns and noun phrases
//! stand is told by `referents`.

use std::ops::Range;

use super::entity::Entity;
use super::noun::{AUXILIARIES, Noun, PRONOUNS, has_verb_form, noun_at};
use super::referents::Referents;
use crate::memory::plan::language::grammar::{DETERMINERS, among};
use crate::memory::plan::reader::Token;

/// Words that join a clause to the one before it.
const JOINING: &str = "and but yet so or nor for though although because since while whereas if when where \
    until unless before after as then that however also still now nevertheless";
/// Those of them that part clauses without a comma, too.
const PARTING: &str = "but yet though although because since while whereas if when until unless before after \
    however nevertheless";
/// Relative pronouns.
const RELATIVE: &str = "who which whom whose that where";
/// Pronouns for nobody in particular.
const INDEFINITE: &str = "nobody everybody somebody anybody everyone someone anyone nothing everything something \
    anything what there this these those one";
/// Words behind which what is told need not be so.
const DOUBTED: &str = "rumour rumor rumoured believed thought supposed alleged claimed dreamt dreamed suspected gossip \
    feared hoped imagined false untrue pretended";

/// A clause.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its tokens.
    pub range: Range<usize>,
    /// The token behind its subject, or its first.
    pub predicate: usize,
    /// Of whom it speaks.
    pub subject: Option<usize>,
    /// Whether the subject stands in it as a pronoun or not at all.
    pub is_implied: bool,
    /// Whether it adds to its subject without a verb.
    pub beside: bool,
    /// Whether it follows one that joins it as a condition: "if".
    pub conditional: bool,
    /// Of whom a relative clause with a subject of its own speaks: "which Ines gave to the college".
    pub antecedent: Option<usize>,
}

/// What a paragraph says.
pub struct Discourse<'t> {
    /// The text.
    pub text: &'t str,
    /// Its words.
    pub tokens: &'t [Token],
    /// The clauses, in order.
    pub clauses: Vec<Clause>,
    /// Those of whom it speaks.
    pub entities: Vec<Entity>,
}

impl<'t> Discourse<'t> {
    /// Reads `text`, whose words are `tokens`; `starts` are the first tokens of its sentences.
    pub fn of(text: &'t str, tokens: &'t [Token], starts: &[usize]) -> Self {
        let mut read =
            Reading { text, tokens, clauses: Vec::new(), spoken_of: Referents::of(tokens) };
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(tokens.len());
            if *start < end {
                read.sentence(*start..end);
            }
        }
        Self { text, tokens, clauses: read.clauses, entities: read.spoken_of.entities }
    }
}

/// A paragraph while it is read.
struct Reading<'t> {
    text: &'t str,
    tokens: &'t [Token],
    clauses: Vec<Clause>,
    spoken_of: Referents<'t>,
}

impl Reading<'_> {
    fn gap(&self, at: usize) -> &str {
        match at.checked_sub(1) {
            Some(before) => &self.text[self.tokens[before].end..self.tokens[at].start],
            None => "",
        }
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.folded.as_str())
    }

    /// Whether a clause may begin at `at`, inside a sentence.
    fn may_begin(&self, at: usize, end: usize) -> bool {
        let gap = self.gap(at);
        let word = self.word(at);
        if gap.contains([',', ';', ':', '—', '–', '(', ')', '"', '“', '”', '\n']) || gap == " - "
        {
            // A thousand's comma and a date's are inside a number.
            return !(gap == "," || gap == ":");
        }
        let next = self.word(at + 1);
        if among("since before after until", word)
            && crate::memory::answer::spans::number_value(next).is_some()
        {
            return false;
        }
        if word == "that"
            && at + 1 < end
            && (among("he she it they", next) || self.tokens[at + 1].capital)
        {
            return true;
        }
        if among("who whom whose which", word) || among(PARTING, word) && word != "but" {
            return true;
        }
        if word == "but" {
            return !among("nothing none anything all", self.word(at - 1));
        }
        among("and or nor", word)
            && at + 1 < end
            && (among("he she it they", next) || self.opens_predicate(at + 1, end))
    }

    /// Whether a verb stands at `at`, by its form and by what follows.
    fn opens_predicate(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        let word = token.folded.as_str();
        if token.capital {
            return false;
        }
        if among(AUXILIARIES, word) || has_verb_form(word) {
            return true;
        }
        let behind = self.word(at + 1);
        let opens = at + 1 < end
            && (among(
                "a an the his her its their in on at to from with for by as up down off over",
                behind,
            ) || crate::memory::answer::spans::number_value(behind).is_some());
        word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && opens
    }

    fn has_verb(&self, range: Range<usize>) -> bool {
        let end = range.end;
        range.clone().any(|at| {
            let word = self.word(at);
            let adjective = at > range.start && among(DETERMINERS, self.word(at - 1));
            among(AUXILIARIES, word)
                || !self.tokens[at].capital && !adjective && has_verb_form(word)
                || at > range.start && self.opens_predicate(at, end)
        })
    }

    /// Reads one sentence.
    fn sentence(&mut self, range: Range<usize>) {
        let mut starts = vec![range.start];
        starts.extend((range.start + 1..range.end).filter(|at| self.may_begin(*at, range.end)));
        let mut main: Option<usize> = None;
        let mut waiting: Vec<usize> = Vec::new();
        // What a relative clause or one beside belongs to: the noun before it.
        let mut before: Option<usize> = None;
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).copied().unwrap_or(range.end);
            let mut at = *start;
            // "Rumour has it that he …": only told.
            let told = |clause: &Clause| {
                clause.range.start >= range.start
                    && (clause.range.clone()).any(|at| among(DOUBTED, self.word(at)))
            };
            let mut conditional =
                self.word(*start) == "that" && self.clauses.last().is_some_and(told);
            while at < end && (among(JOINING, self.word(at)) || self.is_adverb(at)) {
                conditional |= among("if unless", self.word(at));
                at += 1;
            }
            if at == end {
                self.join(end);
                continue;
            }
            let relative = nth > 0 && among(RELATIVE, self.word(at)) && self.word(at) != "that";
            let (subject, predicate, implied, beside);
            let mut of_relative = None;
            if relative {
                let antecedent = before.or(main);
                let whose = self.word(at) == "whose";
                match self
                    .subject_noun(at + 1, end)
                    .filter(|noun| whose || !self.opens_predicate(noun.range.start, end))
                {
                    Some(noun) => {
                        let mut noun = noun;
                        if whose {
                            noun.owner = None;
                        }
                        of_relative = antecedent.filter(|_| !whose);
                        let entity = if whose {
                            self.spoken_of.owned(&noun, antecedent)
                        } else {
                            self.spoken_of.resolve(&noun)
                        };
                        (subject, predicate, implied, beside) =
                            (Some(entity), noun.range.end, whose, false);
                    }
                    None => {
                        (subject, predicate, implied, beside) = (antecedent, at + 1, true, false);
                    }
                }
            } else if among(PRONOUNS, self.word(at)) {
                let stands = self.spoken_of.stands_for(self.word(at).to_owned().as_str());
                (subject, predicate, implied, beside) = (stands, at + 1, true, false);
                if let Some(entity) = stands {
                    self.spoken_of.go_on_about(entity);
                }
                main = stands;
            } else if among(INDEFINITE, self.word(at)) {
                (subject, predicate, implied, beside) = (None, at + 1, false, false);
            } else {
                let noun = self
                    .subject_noun(at, end)
                    .filter(|_| nth == 0 || !self.opens_predicate(at, end));
                let alone = noun.as_ref().is_some_and(|noun| !self.has_verb(noun.range.end..end));
                match noun {
                    // The name of what stands before it: "the landlord, Tom Wicks,".
                    // "…, a surgeon from Leith, teaches chemistry".
                    Some(noun)
                        if nth > 0 && self.is_late_verb(at, &noun, *start, range.start, main) =>
                    {
                        (subject, predicate, implied, beside) = (main, at, true, false);
                    }
                    Some(noun) if nth > 0 && alone && self.names_before(&noun, before, *start) => {
                        let entity = before.unwrap_or_default();
                        self.spoken_of.name(entity, &noun);
                        (subject, predicate, implied, beside) =
                            (before, noun.range.end, true, true);
                    }
                    Some(noun)
                        if nth > 0
                            && (alone || self.gap(*start).contains('('))
                            && self.is_beside(&noun, before, *start) =>
                    {
                        self.called(before.unwrap_or_default(), noun.range.end, end);
                        (subject, predicate, implied, beside) = (before, at, true, true);
                    }
                    // An item of a list.
                    Some(_)
                        if nth > 0
                            && alone
                            && main.is_some()
                            && (at == *start || self.word(*start) == "and") =>
                    {
                        self.join(end);
                        continue;
                    }
                    Some(noun) => {
                        let entity = self.spoken_of.resolve(&noun);
                        let minor = nth > 0
                            && among(PARTING, self.word(*start))
                            && !among("but yet", self.word(*start));
                        if minor {
                            self.spoken_of.mention_about(entity);
                            main = main.or(Some(entity));
                        } else {
                            self.spoken_of.go_on_about(entity);
                            main = Some(entity);
                        }
                        (subject, predicate, implied, beside) =
                            (Some(entity), noun.range.end, false, false);
                    }
                    _ => {
                        (subject, predicate, implied, beside) = (main, at, true, false);
                    }
                }
            }
            let index = self.clauses.len();
            if subject.is_none() {
                waiting.push(index);
            } else if !relative && !beside {
                for waits in waiting.drain(..) {
                    self.clauses[waits].subject = subject;
                }
            }
            // "It was in Aberdeen that she grew up": one clause.
            let cleft = self.word(*start) == "that"
                && self.clauses.last().is_some_and(|last| {
                    let it = (last.range.start..last.range.end).find(|at| self.word(*at) == "it");
                    last.range.start >= range.start
                        && it.is_some_and(|it| {
                            it <= last.range.start + 1 && among("is was", self.word(it + 1))
                        })
                });
            let (first, predicate) =
                match self.clauses.last().filter(|_| cleft && subject.is_some()) {
                    Some(last) => (last.range.start, last.predicate),
                    None => (*start, predicate),
                };
            if first < *start {
                self.clauses.pop();
            }
            self.clauses.push(Clause {
                range: first..end,
                predicate,
                subject,
                is_implied: implied,
                beside,
                conditional,
                antecedent: of_relative,
            });
            before =
                if predicate == end { subject } else { self.last_noun(predicate, end).or(before) };
            if beside {
                before = subject;
            }
        }
    }

    /// Whether what opens behind a comma is the verb of the subject before: no verb stands in the sentence yet.
    fn is_late_verb(
        &self,
        at: usize,
        noun: &Noun,
        start: usize,
        sentence: usize,
        main: Option<usize>,
    ) -> bool {
        let token = &self.tokens[at];
        let word = token.folded.as_str();
        let Some(last) = self.clauses.last().filter(|last| last.range.start >= sentence) else {
            return false;
        };
        let none = main.is_some() && !self.has_verb(sentence..start);
        let behind = self.word(at + 1);
        let third =
            word.ends_with('s') && !word.ends_with("ss") && behind != "of" && behind != "and";
        none && !token.capital && noun.range.start == noun.core.start && (third || last.beside)
    }

    /// Lets the last clause end at `end`.
    fn join(&mut self, end: usize) {
        if let Some(last) = self.clauses.last_mut() {
            last.range.end = end;
        }
    }

    fn is_adverb(&self, at: usize) -> bool {
        let word = self.word(at);
        word.len() > 4 && word.ends_with("ly") && !self.tokens[at].capital
    }

    /// The noun phrase that opens a clause as its subject.
    fn subject_noun(&self, at: usize, end: usize) -> Option<Noun> {
        let word = self.word(at);
        let opens = self.tokens.get(at).is_some_and(|token| token.capital)
            || !crate::memory::index::stopwords::is_stopword(word)
            || among(DETERMINERS, word);
        if !opens || among("in on at to from with by of for during under over into", word) {
            return None;
        }
        if word.ends_with("ing") && self.word(at + 1) != "is" {
            return None;
        }
        noun_at(self.text, self.tokens, at, end, true)
    }

    /// The last noun phrase of a stretch, if the stretch ends with it.
    fn last_noun(&mut self, from: usize, end: usize) -> Option<usize> {
        let mut at = end;
        let small = |word: &str| crate::memory::index::stopwords::is_stopword(word);
        while at > from
            && !small(self.word(at - 1))
            && (at == end || matches!(self.gap(at), " " | "-"))
        {
            at -= 1;
        }
        if at == end {
            return None;
        }
        // A verb is no part of it.
        while at + 1 < end && !self.tokens[at].capital && has_verb_form(self.word(at)) {
            at += 1;
        }
        if at > from && among(DETERMINERS, self.word(at - 1)) {
            at -= 1;
        }
        let noun = noun_at(self.text, self.tokens, at, end, false)?;
        Some(self.spoken_of.resolve(&noun))
    }

    /// Whether a noun phrase without a verb names what stands before it.
    fn names_before(&self, noun: &Noun, before: Option<usize>, start: usize) -> bool {
        let Some(before) = before else { return false };
        let capital = self.tokens[noun.core.clone()].iter().all(|token| token.capital);
        let article = !noun.is_name && among("a an", self.word(noun.range.start));
        capital
            && (noun.is_name || article)
            && !self.spoken_of.entities[before].has_name
            && self.gap(start).contains([',', '(', '—', '–'])
    }

    /// Whether a noun phrase without a verb says what stands before it is.
    fn is_beside(&self, noun: &Noun, before: Option<usize>, start: usize) -> bool {
        let Some(before) = before else { return false };
        let opens = self.word(noun.range.start);
        let gap = self.gap(start);
        let set_off = gap.contains(['(', '—', '–']);
        let last =
            self.clauses.last().is_some_and(|last| last.predicate == last.range.end || last.beside);
        set_off
            || gap.contains(',')
                && !among(JOINING, self.word(start))
                && (last || self.spoken_of.entities[before].has_name && among("a an the", opens))
    }

    /// Lets "a Scot called Loudon" name what it is said of.
    fn called(&mut self, entity: usize, from: usize, end: usize) {
        let Some(at) = (from..end).find(|at| among("called named", self.word(*at))) else { return };
        if let Some(noun) =
            noun_at(self.text, self.tokens, at + 1, end, false).filter(|noun| noun.is_name)
        {
            self.spoken_of.name(entity, &noun);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    /// The clauses of a text of one sentence each, with the words of whom they speak.
    fn clauses(sentences: &[&str]) -> Vec<(String, String)> {
        let text = sentences.join(" ");
        let list = tokens(&text, Lexicon::shared());
        let mut starts = Vec::new();
        let mut at = 0;
        for sentence in sentences {
            starts.push(list.partition_point(|token| token.start < at));
            at += sentence.len() + 1;
        }
        let read = Discourse::of(&text, &list, &starts);
        let written = |clause: &Clause| {
            text[list[clause.range.start].start..list[clause.range.end - 1].end].to_owned()
        };
        let of = |clause: &Clause| {
            clause.subject.map_or(String::new(), |at| read.entities[at].words[0].clone())
        };
        read.clauses.iter().map(|clause| (written(clause), of(clause))).collect()
    }

    #[test]
    fn clauses_speak_of_their_subjects() {
        let told = clauses(&[
            "Ines Marl, a surgeon from Leith, teaches chemistry and keeps bees.",
            "Her brother Omar drives a cart.",
            "He has a mill, whose wheel is broken.",
        ]);
        let of = |text: &str| {
            let found = told.iter().find(|(written, _)| written.contains(text));
            found.map_or("nothing", |(_, of)| of.as_str())
        };
        assert_eq!(of("teaches"), "ines");
        assert_eq!(of("keeps"), "ines");
        assert_eq!(of("drives"), "brother");
        assert_eq!(of("has a mill"), "brother");
        assert_eq!(of("broken"), "wheel");
    }

    #[test]
    fn it_stands_for_what_was_spoken_of_and_not_for_what_belongs_to_it() {
        let told = clauses(&[
            "The mill stands by the river.",
            "Its wheel is old.",
            "It was built by a Scot, but it was in Oslo that Ines lived.",
        ]);
        assert_eq!(told[2].1, "mill");
        assert_eq!(told[3].1, "ines");
        assert!(told[3].0.contains("Oslo"));
    }
}
