//! Phrases around statements and questions, from `data/phrases.txt`.
//!
//! The last phrase of every list is held out with the wordings.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::relations::part;

static PHRASES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut name = "";
    for line in include_str!("../data/phrases.txt").lines() {
        match line.strip_prefix("## ") {
            Some(heading) => name = heading,
            None if name.is_empty() || line.is_empty() => {}
            None => lists.entry(name).or_default().push(line),
        }
    }
    lists
});

/// A list of phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrases {
    /// Before a statement that does not hold.
    Denied,
    /// Before a statement of which nobody knows whether it holds.
    Doubted,
    /// Before a statement that held once.
    Old,
    /// Before a statement that replaces another.
    New,
    /// Before a question for the newest value.
    LatestQuestion,
    /// Before a question for the earliest value.
    EarliestQuestion,
    /// Before a question for every value.
    AllValues,
    /// Questions for all sentences that name `{a}`.
    Mentions,
    /// Questions for the sentences that sum the text up.
    Select,
    /// Before a statement, without a meaning of their own.
    LeadIn,
    /// In place of the full stop of a statement, without a meaning of their own.
    Tail,
    /// Between two statements in one sentence.
    Join,
    /// Around a question, `{q}` without its question mark.
    Ask,
}

impl Phrases {
    fn heading(self) -> &'static str {
        match self {
            Self::Denied => "DENIED",
            Self::Doubted => "DOUBTED",
            Self::Old => "OLD",
            Self::New => "NEW",
            Self::LatestQuestion => "LATEST_Q",
            Self::EarliestQuestion => "EARLIEST_Q",
            Self::AllValues => "ALL_VALUES",
            Self::Mentions => "MENTIONS",
            Self::Select => "SELECT",
            Self::LeadIn => "LEAD_IN",
            Self::Tail => "TAIL",
            Self::Join => "JOIN",
            Self::Ask => "ASK",
        }
    }

    /// The phrases of one side.
    ///
    /// # Panics
    /// If the file lacks the list: it is part of the generator.
    pub fn side(self, held: bool) -> &'static [&'static str] {
        part(&PHRASES[self.heading()], held)
    }
}

/// A statement or question as it continues a sentence: its first word in lower case unless it is a
/// slot or a word that is always a capital.
pub fn lowered(text: &str) -> String {
    let first_word = text.split([' ', '\'']).next().unwrap_or_default();
    if first_word == "I" {
        return text.to_owned();
    }
    changed(text, |c| c.to_lowercase().collect())
}

/// A text as a sentence begins with it.
pub fn capitalised(text: &str) -> String {
    changed(text, |c| c.to_uppercase().collect())
}

fn changed(text: &str, change: impl Fn(char) -> String) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(change).unwrap_or_default();
    format!("{first}{}", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_there_and_has_both_sides() {
        assert_eq!(PHRASES.len(), 13);
        for (heading, list) in &*PHRASES {
            assert!(list.len() >= 6, "{heading}");
        }
        assert!(Phrases::Mentions.side(false).iter().all(|text| text.contains("{a}")));
        assert!(Phrases::Ask.side(false).iter().all(|text| text.contains("{q}")));
        assert!(Phrases::Tail.side(false).iter().all(|text| text.ends_with('.')));
    }

    #[test]
    fn a_sentence_is_continued_and_begun() {
        assert_eq!(lowered("The lid"), "the lid");
        assert_eq!(lowered("I saw"), "I saw");
        assert_eq!(lowered("{a} saw"), "{a} saw");
        assert_eq!(capitalised("the lid"), "The lid");
    }
}
