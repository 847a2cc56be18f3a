//! What the form of a sentence tells of whether it answers a question: a name where somebody is asked for, a
//! sum where a price is, a street where somebody lives, "from" and a place where somebody comes from.
//!
//! Knows classes of everyday English words only. A sentence that holds a question's words is found
//! elsewhere (`prose`); here it is only seen whether it could be the answer.

use std::ops::Range;

use crate::memory::answer::spans;
use crate::memory::answer::units::{self, Measure};
use crate::memory::index::names::{self, Name};
use crate::memory::index::stems::Stems;
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::segment::words;

/// Verbs next to a name that say who speaks.
const SPEAKING: &str = "said says cried answered replied asked remarked observed returned exclaimed inquired \
    added continued murmured whispered shouted muttered";
/// Words of naming.
const NAMING: &str = "name names named call calls called";
/// Nouns with which addresses end.
const ADDRESSES: &str = "street road lodge square lane terrace avenue place park hall house court gardens \
    grange abbey manor farm inn yard row";
/// Words of questions for numbers of a kind, and what the units of each measure.
const MEASURED: &[(&str, Measure)] = &[
    (
        "much price cost salary income fortune wage wages fee rent sum pay paid earn reward",
        Measure::Money,
    ),
    ("old age long years", Measure::Time),
    ("tall far high deep wide distance height length", Measure::Space),
];
/// Nouns behind which a sum or a place is asked for, beside those that tell so by themselves.
const SUMS: &str = "income fortune wages lay";
const HOUSES: &str = "church chapel prison school inn hotel tavern";
/// What a sentence is worth that tells a value of the wrong unit, or a place where not "from" where.
const VAGUELY: f32 = 0.3;
/// What a value of the right unit, the place "from" where, and an address are worth more.
const IN_UNITS: f32 = 1.3;
const FROM: f32 = 1.0;
const AT_AN_ADDRESS: f32 = 1.0;
const OF_OFFICE: f32 = 1.0;

/// What a question asks for, as far as the form of an answer goes.
pub struct Form<'q> {
    question: &'q Question,
    stems: &'q Stems,
    expected: Expected,
    kind: Option<Kind>,
    /// Whether it asks how something is called.
    pub asks_name: bool,
    /// Whether it asks which of several, so that a name may answer it.
    asks_which: bool,
    /// The last word of the name whose first name is asked for.
    surname: Option<String>,
    /// What the units of the number that is asked for measure.
    measure: Option<Measure>,
    /// Whether it asks where from.
    from: bool,
    /// What somebody is of the place or body that is asked for: "of which country was he the king".
    office: Option<&'q str>,
}

impl<'q> Form<'q> {
    /// What `question` asks for.
    pub fn of(question: &'q Question, stems: &'q Stems) -> Self {
        let has = |list: &str| question.words.iter().any(|word| among(list, word));
        let pair = |two: &[String]| among("first christian given", &two[0]) && two[1] == "name";
        let of_first = question.words.windows(2).any(pair);
        let last = question.names.first().and_then(|name| words::folded_words(name).last());
        let expected = match question.expected {
            Expected::Anything if has(SUMS) => Expected::Number,
            Expected::Anything if has("which") && has(HOUSES) => Expected::Place,
            expected => expected,
        };
        let measured = MEASURED.iter().find(|(asking, _)| has(asking));
        Self {
            question,
            stems,
            expected,
            kind: Kind::asked(&question.words, stems)
                .map(|(kind, _)| kind)
                .filter(|_| expected == Expected::Anything),
            asks_name: has(NAMING),
            asks_which: has("which"),
            surname: last.filter(|_| of_first),
            measure: measured.filter(|_| expected == Expected::Number).map(|(_, measure)| *measure),
            from: expected == Expected::Place && has("from"),
            office: office(question),
        }
    }

    /// Whether it asks what somebody is something of.
    pub fn asks_of_office(&self) -> bool {
        self.office.is_some()
    }

    /// Whether a noun of a kind is asked for: an animal, a trade.
    pub fn has_kind(&self) -> bool {
        self.kind.is_some()
    }

    fn is_asked(&self, word: &str) -> bool {
        self.question.words.iter().any(|asked| self.stems.same(asked, word))
    }

    /// How well a sentence holds what is asked for: 0 if it does not, 1 for the type alone.
    pub fn told_by(&self, text: &str) -> f32 {
        let told = |told: bool| if told { 1.0 } else { 0.0 };
        if self.office.is_some() {
            return if self.office_of(text).is_some() { 1.0 + OF_OFFICE } else { 0.0 };
        }
        if let Some(kind) = self.kind {
            let of_kind = |word: &str| kind.holds(word) && !self.is_asked(word);
            return told(words::any_folded(text, of_kind));
        }
        match self.expected {
            Expected::Explanation => told(forms::gives_reason(text)),
            Expected::Anything if !self.asks_name && !self.asks_which => 0.0,
            Expected::Number => self.number(text),
            Expected::Date | Expected::Colour => {
                told(spans::answering(text, self.question, self.stems).is_some())
            }
            expected => self.named(text, expected),
        }
    }

    /// The most that [`Self::told_by`] answers.
    pub fn most(&self) -> f32 {
        if self.office.is_some() {
            return 1.0 + OF_OFFICE;
        }
        if self.kind.is_some() {
            return 1.0;
        }
        match self.expected {
            Expected::Explanation | Expected::Date | Expected::Colour => 1.0,
            Expected::Anything if !self.asks_name && !self.asks_which => 0.0,
            Expected::Number if self.measure.is_some() => 1.0 + IN_UNITS,
            Expected::Number => 1.0,
            _ if self.surname.is_some() => 1.0 + FROM,
            Expected::Place if self.from => 1.0 + AT_AN_ADDRESS + FROM,
            Expected::Place => 1.0 + AT_AN_ADDRESS,
            _ => 1.0,
        }
    }

    /// The name behind the office that is asked about: "Lima" in "the mayor of Lima".
    pub fn office_of<'t>(&self, text: &'t str) -> Option<&'t str> {
        let office = self.office?;
        let mut found: Vec<Name> = Vec::new();
        names::names(text, &mut found);
        let behind_office = |range: &Range<usize>| {
            let mut before = text[..range.start].split_whitespace().rev().map(words::folded);
            let article = |word: &String| word != "the";
            let of = before.by_ref().find(article).is_some_and(|word| word == "of");
            of && before.next().is_some_and(|word| self.stems.same(&word, office))
        };
        // A title is part of its name: "King of Sparta".
        let parts = found.iter().map(|name| {
            let inside = text[name.start..name.end].rfind(" of ").map(|at| name.start + at + 4);
            inside.unwrap_or(name.start)..name.end
        });
        parts.filter(behind_office).map(|range| &text[range]).next()
    }

    fn number(&self, text: &str) -> f32 {
        let vague = |word: &str| among("one half quarter", word);
        let is_new = |word: &str| !self.is_asked(word) && !vague(word);
        let mut spans = spans::spans(text, Expected::Number).into_iter();
        if !spans.any(|range| words::any_folded(&text[range], is_new)) {
            return 0.0;
        }
        let Some(measure) = self.measure else { return 1.0 };
        if words::any_folded(text, |word| units::of_word(word) == Some(measure)) {
            1.0 + IN_UNITS
        } else {
            VAGUELY
        }
    }

    /// How well the names of a sentence answer a question for one.
    fn named(&self, text: &str, expected: Expected) -> f32 {
        let mut found: Vec<Name> = Vec::new();
        names::names(text, &mut found);
        let mut best = 0.0_f32;
        for name in found {
            let range = name.start..name.end;
            let bare = names::without_titles(&text[range.clone()]);
            if let Some(surname) = &self.surname {
                let full = bare.rsplit_once(' ').filter(|(first, _)| first.len() > 2);
                if full.is_some_and(|(_, last)| words::folded(last) == *surname) {
                    return 1.0 + FROM;
                }
                continue;
            }
            let new = !words::folded_words(bare).all(|word| self.is_asked(&word));
            let fits = match expected {
                Expected::Place => spans::is_placed(text, &range),
                Expected::Person => !speaks(text, &name),
                _ => true,
            };
            if name.uncertain || bare.is_empty() || !new || !fits {
                continue;
            }
            let last = words::folded_words(bare).last().unwrap_or_default();
            let mut worth = 1.0;
            if expected == Expected::Place && among(ADDRESSES, &last) {
                worth += AT_AN_ADDRESS;
            }
            if self.from {
                let before = text[..range.start].split_whitespace().next_back().unwrap_or_default();
                worth = if among("from of", before) { worth + FROM } else { VAGUELY };
            }
            best = best.max(worth);
        }
        best
    }
}

/// What a question asks somebody to be something of: "king" of "of which country was he the king".
fn office(question: &Question) -> Option<&str> {
    let list: Vec<&str> = question.words.iter().map(String::as_str).collect();
    match list.as_slice() {
        ["of", "which" | "what", .., "the", office] => Some(office),
        [.., "the", office, "of", "which" | "what", _] => Some(office),
        ["which" | "what", .., "the", office, "of"] => Some(office),
        _ => None,
    }
}

/// Whether a folded word is one of naming.
pub fn is_naming(word: &str) -> bool {
    among(NAMING, word)
}

/// Whether a name only says who speaks: "said Omar", "Omar replied".
fn speaks(text: &str, name: &Name) -> bool {
    let before = text[..name.start].split_whitespace().next_back().unwrap_or_default();
    let behind = text[name.end..].split_whitespace().next().unwrap_or_default();
    [before, behind].into_iter().any(|word| {
        among(SPEAKING, &words::folded(word.trim_matches(|c: char| !c.is_alphabetic())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(question: &str, text: &str) -> f32 {
        let stems = Stems::default();
        Form::of(&Question::of(question, &stems), &stems).told_by(text)
    }

    #[test]
    fn a_name_is_told_unless_it_only_says_who_speaks() {
        let question = "Whom did Nora Vance marry?";
        assert!(told(question, "At last Nora Vance went to church with Omar Bell.") > 0.0);
        assert_eq!(told(question, "Nora Vance is married, remarked Bell."), 0.0);
    }

    #[test]
    fn a_number_counts_in_its_unit() {
        let question = "How much does Omar Bell earn?";
        let paid = told(question, "They give him forty pounds a year.");
        assert!(paid > told(question, "He has served them for nine winters."));
    }

    #[test]
    fn where_from_is_told_behind_from() {
        let question = "Where did Omar Bell come from?";
        let whence = told(question, "He was a rope-maker from Lima.");
        assert!(whence > told(question, "He left for a year in Lima."));
    }

    #[test]
    fn what_somebody_is_something_of_stands_behind_the_office() {
        let stems = Stems::default();
        for (question, text, body) in [
            ("Of which town was the guest the mayor?", "The mayor of Lima had come.", Some("Lima")),
            (
                "The guest was the king of which country?",
                "Otto, King of Norland, sat.",
                Some("Norland"),
            ),
            (
                "Which club is Bell the president of?",
                "The president of the Oak Club rose.",
                Some("Oak Club"),
            ),
            ("Of which town was the guest the mayor?", "The mayor of that town left Lima.", None),
            ("Which town is the mayor in?", "The mayor of Lima had come.", None),
        ] {
            let question = Question::of(question, &stems);
            assert_eq!(Form::of(&question, &stems).office_of(text), body, "{text}");
        }
    }

    #[test]
    fn a_first_name_stands_before_its_surname() {
        let question = "What is the first name of Bell?";
        assert!(told(question, "I am Omar Bell.") > 0.0);
        assert_eq!(told(question, "Then Mr. Bell left with Nora."), 0.0);
    }
}
