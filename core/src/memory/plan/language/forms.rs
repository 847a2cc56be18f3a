//! Forms of English sentences that tell what a sentence is for: definitions, reasons, pronouns.
//!
//! ```text
//! copula       X is a Y      X was the Y      "It is a Y" of something named before
//! apposition   X, a Y        X, the Y
//! reason       because, so that, in order to, therefore, owing to, ...
//! ```

use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

/// How a sentence says what something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defined {
    /// "X is a Y".
    Copula,
    /// "X, a Y".
    Apposition,
}

const PRONOUNS: &[&str] = &[
    "he", "she", "it", "they", "him", "her", "them", "his", "hers", "its", "their", "theirs", "i",
    "himself", "herself", "my", "me",
];
const COPULAS: &[&str] = &["is", "was", "are", "were", "means", "meant"];
const DETERMINERS: &[&str] = &["a", "an", "the", "my", "our", "his", "her", "their", "one"];

/// Whether a folded word is a pronoun that can stand for a name.
pub fn is_pronoun(word: &str) -> bool {
    PRONOUNS.contains(&word)
}

fn folded(text: &str) -> Vec<(words::Word, String)> {
    words::words(text).map(|word| (word, words::folded(&text[word.start..word.end]))).collect()
}

/// Whether the sentence says what that is whose last word is `last`.
pub fn defines(text: &str, last: &Pattern, stems: &Stems) -> Option<Defined> {
    let list = folded(text);
    for (at, (word, own)) in list.iter().enumerate() {
        if !last.occurs_in(std::slice::from_ref(own), stems) {
            continue;
        }
        let Some((next, after)) = list.get(at + 1) else { continue };
        let gap = text[word.end..next.start].trim_matches(['"', '”', '’', '\'', ' ', '\n']);
        let determiner =
            |at: usize| list.get(at).is_some_and(|(_, w)| DETERMINERS.contains(&w.as_str()));
        let capital = |at: usize| {
            list.get(at).is_some_and(|(w, _)| text[w.start..].starts_with(char::is_uppercase))
        };
        if gap.is_empty()
            && COPULAS.contains(&after.as_str())
            && (determiner(at + 2) || capital(at + 2))
        {
            return Some(Defined::Copula);
        }
        if gap == "," && DETERMINERS[..3].contains(&after.as_str()) {
            return Some(Defined::Apposition);
        }
    }
    None
}

/// Whether the sentence says what something is that it does not name: "It is a Y".
pub fn defines_something(text: &str) -> bool {
    let list = folded(text);
    list.windows(3).take(4).any(|three| {
        let word = |at: usize| three[at].1.as_str();
        ["it", "that", "this", "he", "she", "they", "these"].contains(&word(0))
            && COPULAS.contains(&word(1))
            && DETERMINERS[..3].contains(&word(2))
    })
}

/// Whether the sentence gives a reason, a purpose or a means.
pub fn gives_reason(text: &str) -> bool {
    let list = folded(text);
    let pair = |one: &str, other: &str| list.windows(2).any(|w| w[0].1 == one && w[1].1 == other);
    list.iter()
        .any(|(_, word)| ["because", "therefore", "hence", "thereby"].contains(&word.as_str()))
        || pair("so", "that")
        || pair("in", "order")
        || pair("owing", "to")
        || pair("due", "to")
        || pair("for", "fear")
        || pair("by", "means")
}

/// Who the sentence says is a `noun`: "Omar Bell was the old clerk", "Omar Bell, a clerk, left".
pub fn called(text: &str, noun: &str) -> Option<String> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    found.iter().find_map(|name| {
        let behind = &text[name.end..];
        let list = folded(behind);
        let word = |at: usize| list.get(at).map_or("", |(_, word)| word.as_str());
        let determiner = if behind.starts_with(", ") {
            0
        } else if COPULAS.contains(&word(0)) || word(0) == "became" {
            1
        } else if word(1) == "as" {
            2
        } else {
            return None;
        };
        let says = DETERMINERS.contains(&word(determiner))
            && (1..=3).any(|further| word(determiner + further) == noun);
        says.then(|| text[name.start..name.end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_told_by_their_form() {
        let stems = Stems::default();
        let lamp = Pattern::word("lamp", &stems);
        let told = |text: &str| defines(text, &lamp, &stems);
        assert_eq!(told("The brass lamp was a gift."), Some(Defined::Copula));
        assert_eq!(told("He held the lamp, a gift of his aunt."), Some(Defined::Apposition));
        assert_eq!(told("The lamp was heavy."), None);
        assert!(defines_something("\"It is a gift!\" he cried."));
        assert!(!defines_something("It is heavy."));
    }

    #[test]
    fn descriptions_name_somebody() {
        for text in [
            "Omar Bell was the old clerk.",
            "Then Omar Bell, a clerk, left.",
            "Omar Bell worked as a clerk.",
        ] {
            assert_eq!(called(text, "clerk").as_deref(), Some("Omar Bell"), "{text}");
        }
        assert_eq!(called("Omar Bell met a clerk.", "clerk"), None);
    }

    #[test]
    fn reasons_are_told_by_their_words() {
        assert!(gives_reason("She left because it rained."));
        assert!(gives_reason("She ran, so that nobody saw her."));
        assert!(!gives_reason("She left so early."));
    }
}
