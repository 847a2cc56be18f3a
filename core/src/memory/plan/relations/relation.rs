//! Relations between named things as sentences state them: "A is B's R", "the R of B is A",
//! "A, B's R, …", "B has an R called A", and the same through the inverse relation.
//!
//! Given a sentence, a name in it and a relation, [`related`] answers the names (or noun phrases)
//! that stand in that relation to the name. It knows the grammar of possession and apposition and a
//! table of inverse relations of kinship and work; it does not know what the names are.

use super::kinship::apparent;
use crate::memory::answer::spans::is_time_word;
use crate::memory::index::names::{self, Name};
use crate::memory::index::stems::{Stems, forms};
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::reader::Token;
use crate::memory::segment::words;

/// Relations and those that say the same from the other side; blanks separate words of either side.
const INVERSES: &[(&str, &str)] = &[
    (
        "father mother parent dad daddy papa mum mom mummy mama",
        "son daughter child kid offspring firstborn",
    ),
    (
        "grandfather grandmother grandparent granddad grandpa grandma granny",
        "grandson granddaughter grandchild",
    ),
    ("husband", "wife"),
    ("uncle aunt", "nephew niece"),
    ("teacher tutor mentor instructor", "student pupil apprentice"),
    ("employer boss manager supervisor master", "employee servant assistant clerk subordinate"),
    ("doctor physician", "patient"),
    ("landlord landlady", "tenant lodger"),
    ("predecessor", "successor"),
    ("ancestor", "descendant"),
];

/// Relations that hold both ways.
const SYMMETRIC: &str = "brother sister sibling spouse cousin friend neighbour neighbor colleague \
                         partner rival enemy twin roommate classmate teammate";

/// Words of one meaning, the plainest first.
const SAME: &[&str] = &[
    "father dad daddy papa sire",
    "mother mum mom mummy mama",
    "grandfather granddad grandpa",
    "grandmother grandma granny",
    "child kid offspring",
    "employer boss manager supervisor",
    "doctor physician",
    "teacher tutor instructor",
];

/// Relations from a child to somebody a generation before.
const PARENTAL: &str = "father mother parent dad daddy papa sire mum mom mummy mama";

/// Verbs that say who the parent of somebody is.
const BEGETS: &str = "beget raise rear father mother sire bear bring";

/// Whether a folded singular noun names a relation between persons.
pub fn is_personal(word: &str) -> bool {
    among(SYMMETRIC, word)
        || INVERSES.iter().any(|(one, other)| among(one, word) || among(other, word))
}

/// A relation to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The folded nouns that name it; the first as the question has it.
    pub nouns: Vec<String>,
    /// The folded nouns that name it from the other side.
    pub inverse: Vec<String>,
}

impl Relation {
    /// The relation that the noun phrase `phrase` (folded, without determiner) names.
    pub fn named(phrase: &str) -> Self {
        let head = phrase.rsplit(' ').next().unwrap_or(phrase);
        let inverse = if among(SYMMETRIC, head) {
            head.to_owned()
        } else {
            let side = INVERSES.iter().find_map(|(one, other)| {
                if among(one, head) { Some(*other) } else { among(other, head).then_some(*one) }
            });
            side.unwrap_or_default().to_owned()
        };
        let same = SAME.iter().filter(|same| phrase == head && among(same, head));
        let others = same.flat_map(|same| same.split_whitespace()).filter(|noun| *noun != head);
        Self {
            nouns: std::iter::once(phrase).chain(others).map(str::to_owned).collect(),
            inverse: inverse.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// From anybody to a parent.
    pub fn parent() -> Self {
        Self {
            nouns: PARENTAL
                .split_whitespace()
                .chain(["grandfather", "grandmother", "grandparent"])
                .map(str::to_owned)
                .collect(),
            inverse: INVERSES[0].1.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Every form of every word by which a sentence may state the relation.
    pub fn forms(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let heads = self.nouns.iter().map(|n| n.rsplit(' ').next().unwrap_or(n));
        for word in heads.chain(self.inverse.iter().map(String::as_str)) {
            out.extend(forms(word));
        }
        if self.nouns.iter().any(|noun| among(PARENTAL, noun)) {
            out.extend(BEGETS.split_whitespace().flat_map(forms));
            out.extend(["birth".to_owned(), "born".to_owned()]);
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Somebody or something found at the other end of a relation.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Its name as the sentence writes it.
    pub name: String,
    /// How plainly the sentence says so, 0 to 1.
    pub plain: f32,
}

/// Where things stand in a sentence.
struct View<'a> {
    text: &'a str,
    tokens: &'a [Token],
    names: Vec<Name>,
}

/// What stands in relation `relation` to `name` by the word of the sentence.
pub fn related(
    text: &str,
    tokens: &[Token],
    name: &str,
    relation: &Relation,
    stems: &Stems,
) -> Vec<Related> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    let view = View { text, tokens, names: found };
    let wanted: Vec<String> = words::folded_words(name).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<Related> = Vec::new();
    for at in 0..tokens.len().saturating_sub(wanted.len() - 1) {
        let span = &tokens[at..at + wanted.len()];
        if !span.iter().zip(&wanted).all(|(token, word)| token.folded == *word) {
            continue;
        }
        let (first, last) = (at, at + wanted.len() - 1);
        for noun in &relation.nouns {
            view.forward(first, last, noun, stems, &mut out);
        }
        for noun in &relation.inverse {
            view.backward(first, last, noun, stems, &mut out);
        }
        if relation.nouns.iter().any(|noun| among(PARENTAL, noun)) {
            view.born(first, last, &mut out);
        }
    }
    out.retain(|r| {
        let folded: Vec<String> = words::folded_words(&r.name).collect();
        !folded.is_empty() && folded != wanted && !folded.iter().all(|word| is_time_word(word))
    });
    if out.is_empty() && relation.nouns.iter().any(|noun| is_personal(noun)) {
        let name = apparent(text, tokens, &view.names, &wanted, relation, stems);
        out.extend(name.map(|name| Related { name, plain: 0.6 }));
    }
    out.sort_by(|one, other| other.plain.total_cmp(&one.plain));
    out.dedup_by(|one, other| one.name == other.name);
    out
}

impl View<'_> {
    fn gap(&self, at: usize) -> &str {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(one), Some(next)) => &self.text[one.end..next.start],
            _ => "",
        }
    }

    fn possessive(&self, at: usize) -> bool {
        let written = &self.text[self.tokens[at].start..self.tokens[at].end];
        written.ends_with("'s")
            || written.ends_with("\u{2019}s")
            || self.gap(at).starts_with(['\'', '\u{2019}'])
    }

    fn folded(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.folded)
    }

    /// Whether the words of `noun` end at token `at`; answers where they begin.
    fn noun_at(&self, at: usize, noun: &str, stems: &Stems) -> Option<usize> {
        let words: Vec<&str> = noun.split(' ').collect();
        let start = (at + 1).checked_sub(words.len())?;
        let same = words.iter().enumerate().all(|(i, word)| {
            self.tokens.get(start + i).is_some_and(|token| stems.same(&token.folded, word))
        });
        same.then_some(start)
    }

    /// "B's R" and "R of B": finds A.
    fn forward(
        &self,
        first: usize,
        last: usize,
        noun: &str,
        stems: &Stems,
        out: &mut Vec<Related>,
    ) {
        if self.possessive(last) {
            // A few adjectives may stand between.
            for at in last + 1..(last + 5).min(self.tokens.len()) {
                if let Some(start) = self.noun_at(at, noun, stems) {
                    if start > last {
                        self.other_end(first, at, out);
                    }
                    break;
                }
            }
        }
        if first >= 2 {
            let of = (first - 1..first).chain(first.checked_sub(2)).find(|at| {
                matches!(self.folded(*at), "of" | "to") && self.gap(first - 1).trim().is_empty()
            });
            if let Some(of) = of.filter(|of| *of >= 1)
                && let Some(start) = self.noun_at(of - 1, noun, stems)
            {
                let start = if start > 0 && matches!(self.folded(start - 1), "the" | "a" | "an") {
                    start - 1
                } else {
                    start
                };
                self.other_end(start, last, out);
            }
        }
        // "For B, A is … R".
        if first > 0
            && self.folded(first - 1) == "for"
            && self.gap(last).trim() == ","
            && let Some(name) = self.name_from(last + 1)
            && (last + 2..(last + 12).min(self.tokens.len()))
                .any(|at| self.noun_at(at, noun, stems).is_some())
        {
            out.push(Related { name, plain: 0.9 });
            return;
        }
        // "B calls A R".
        if matches!(self.folded(last + 1), "calls" | "called" | "considers" | "addresses")
            && let Some(name) = self.name_from(last + 2)
        {
            let count = words::words(&name).count();
            let at = last + 2 + count;
            let at = if among("the a an his her as", self.folded(at)) { at + 1 } else { at };
            if self.noun_at(at, noun, stems).is_some() {
                out.push(Related { name, plain: 1.0 });
                return;
            }
        }
        // "B has an R called A", "B, whose R is A".
        let near = (last + 1..(last + 6).min(self.tokens.len()))
            .find(|at| self.noun_at(*at, noun, stems).is_some());
        if let Some(at) = near
            && matches!(self.folded(last + 1), "has" | "had" | "whose" | "have")
        {
            self.after(at, 0.8, out);
        }
    }

    /// "B is A's S" and "B is the S of A", where S is the inverse: finds A.
    fn backward(
        &self,
        first: usize,
        last: usize,
        noun: &str,
        stems: &Stems,
        out: &mut Vec<Related>,
    ) {
        for at in last + 1..(last + 12).min(self.tokens.len()) {
            let Some(start) = self.noun_at(at, noun, stems) else { continue };
            if self.folded(at + 1) == "of"
                && let Some(name) = self.name_from(at + 2)
            {
                out.push(Related { name, plain: 0.9 });
            } else if start > last + 1
                && self.possessive(start - 1)
                && let Some(name) = self.name_to(start - 1)
            {
                out.push(Related { name, plain: 0.9 });
            }
            return;
        }
        // "A's S B", "A's S is B", "A's S, B".
        for at in first.saturating_sub(4)..first {
            if let Some(start) = self.noun_at(at, noun, stems)
                && start > 0
                && self.possessive(start - 1)
                && let Some(name) = self.name_to(start - 1)
            {
                out.push(Related { name, plain: 0.8 });
            }
        }
        // "The S of A is B", "A has a S named B".
        for at in first.saturating_sub(9)..first {
            if self.noun_at(at, noun, stems).is_none() {
                continue;
            }
            if self.folded(at + 1) == "of"
                && let Some(name) = self.name_from(at + 2)
            {
                out.push(Related { name, plain: 0.8 });
            } else if let Some(has) = (at.saturating_sub(4)..at)
                .find(|h| matches!(self.folded(*h), "has" | "had" | "have"))
                && has > 0
                && let Some(name) = self.name_to(has - 1)
            {
                out.push(Related { name, plain: 0.8 });
            }
        }
    }

    /// "A gave birth to B", "B was born to A", "A raised B".
    fn born(&self, first: usize, last: usize, out: &mut Vec<Related>) {
        if first >= 3
            && self.folded(first - 1) == "to"
            && self.folded(first - 2) == "birth"
            && let Some(name) = self.name_to(first - 4)
        {
            out.push(Related { name, plain: 0.9 });
        }
        if (last + 1..(last + 4).min(self.tokens.len())).any(|at| self.folded(at) == "born") {
            let to = (last + 1..(last + 6).min(self.tokens.len()))
                .find(|at| matches!(self.folded(*at), "to"));
            if let Some(name) = to.and_then(|to| self.name_from(to + 1)) {
                out.push(Related { name, plain: 0.9 });
            }
        }
    }

    /// The other end of the phrase `first..=last`, which means "R of B": what it is said to be.
    fn other_end(&self, first: usize, last: usize, out: &mut Vec<Related>) {
        // A is, A becomes, A as, A not only ... before the phrase.
        let mut before = first;
        let mut linked = false;
        while before > 0 {
            let word = self.folded(before - 1);
            let copula = among(
                "is was became become becomes remains remained being are were be been stands stood \
                 serves served acts acted appears appeared figures figured counts counted passes passed",
                word,
            );
            let filler = among(
                "as the a an not only just both also considered known long then now actually indeed \
                 really himself herself in fact merely once has had recorded entered listed named given \
                 registered proud said there down for will register book papers records",
                word,
            );
            if !(copula || filler) {
                break;
            }
            linked |= copula;
            before -= 1;
        }
        let apposed = before > 0 && self.gap(before - 1).trim() == ",";
        if before > 0
            && (linked || apposed)
            && let Some(name) = self.name_to(before - 1)
        {
            out.push(Related { name, plain: if linked { 1.0 } else { 0.7 } });
            return;
        }
        self.after(last, 1.0, out);
    }

    /// What is said of the phrase that ends at `last`: behind a copula, a comma or "called".
    fn after(&self, last: usize, plain: f32, out: &mut Vec<Related>) {
        let mut at = last + 1;
        while among(
            "is was were are who which named called now then the a an as known became remains none other than actually really himself herself in fact",
            self.folded(at),
        ) && !self.folded(at).is_empty()
        {
            at += 1;
        }
        let gap = self.gap(last);
        if at == last + 1 && !matches!(gap.trim(), "" | "," | ":" | "-" | "—" | "(") {
            return;
        }
        if let Some(name) = self.name_from(at) {
            let plain = if at > last + 1 { plain } else { plain * 0.7 };
            out.push(Related { name, plain });
        } else if at > last + 1
            && let Some(phrase) = self.phrase_from(at)
        {
            out.push(Related { name: phrase, plain: plain * 0.6 });
        }
    }

    /// The name that begins at token `at`.
    fn name_from(&self, at: usize) -> Option<String> {
        let at = if among("the a an", self.folded(at)) { at + 1 } else { at };
        let token = self.tokens.get(at)?;
        let name =
            self.names.iter().find(|name| name.start <= token.start && token.start < name.end)?;
        Some(self.text[token.start..name.end].to_owned())
    }

    /// The name that ends at token `at`.
    fn name_to(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        let name =
            self.names.iter().find(|name| name.start <= token.start && token.start < name.end)?;
        Some(self.text[name.start..name.end.min(token.end)].trim_end_matches("'s").to_owned())
    }

    /// The short noun phrase that begins at token `at`.
    fn phrase_from(&self, at: usize) -> Option<String> {
        let mut end = at;
        while end < self.tokens.len()
            && end < at + 5
            && !stopwords::is_stopword(self.folded(end))
            && (end == at || matches!(self.gap(end - 1), " " | "-"))
        {
            end += 1;
        }
        (end > at).then(|| self.text[self.tokens[at].start..self.tokens[end - 1].end].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    fn other(text: &str, name: &str, relation: &str) -> Option<String> {
        let tokens = tokens(text, Lexicon::shared());
        let relation = Relation::named(relation);
        related(text, &tokens, name, &relation, &Stems::default()).first().map(|r| r.name.clone())
    }

    #[test]
    fn every_form_of_possession_is_read() {
        for text in [
            "Omar Bell is Ines Marl's father.",
            "The father of Ines Marl is Omar Bell.",
            "Omar Bell was the father of Ines Marl.",
            "Ines Marl's father is Omar Bell.",
            "Ines Marl's father, Omar Bell, left early.",
            "Omar Bell, the father of Ines Marl, left early.",
            "Omar Bell, as Ines Marl's father, has much to say.",
            "Omar Bell is not only Ines Marl's father but also a friend.",
            "Ines Marl has a father named Omar Bell.",
            "For Ines Marl, Omar Bell is not just a father, but also a friend.",
            "Ines Marl calls Omar Bell father.",
            "In that book Omar Bell stands as father of Ines Marl.",
            "Ines Marl is the daughter of Omar Bell.",
            "Ines Marl is Omar Bell's daughter.",
            "Omar Bell's daughter is Ines Marl.",
            "Ines Marl was born to Omar Bell in spring.",
        ] {
            assert_eq!(other(text, "Ines Marl", "father").as_deref(), Some("Omar Bell"), "{text}");
        }
    }

    #[test]
    fn other_relations_and_other_ends_are_not_confused() {
        assert_eq!(other("Omar Bell is Ines Marl's father.", "Omar Bell", "father"), None);
        assert_eq!(other("Omar Bell is Ines Marl's uncle.", "Ines Marl", "father"), None);
        assert_eq!(
            other("The capital of Ruritania is Strelsau.", "Ruritania", "capital").as_deref(),
            Some("Strelsau")
        );
    }
}
