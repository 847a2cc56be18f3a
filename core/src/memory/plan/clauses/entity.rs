//! Those of whom a paragraph speaks; and the words by which a phrase names somebody, a man or a woman: titles,
//! kin, nouns for people.

use std::ops::Range;

use crate::memory::index::names::TITLES;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::language::nouns::PERSON_NOUNS;

/// One of whom the paragraph speaks.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Content words of all its mentions, folded.
    pub words: Vec<String>,
    /// The heads of its mentions.
    pub heads: Vec<String>,
    /// Byte range of its name, or of its first mention.
    pub named: Range<usize>,
    /// Whether that is a name.
    pub has_name: bool,
    /// Whose it is.
    pub owner: Option<usize>,
    /// Token at which it is first mentioned.
    pub first: usize,
    /// Whether "he" or "she" may stand for it.
    pub(super) is_person: bool,
    /// 'm' or 'f', once that is known.
    pub(super) gender: Option<char>,
}

impl Entity {
    /// Whether it is known to be somebody by name.
    pub fn has_name_of_person(&self) -> bool {
        self.has_name && self.gender.is_some()
    }
}

/// Titles and nouns of men, and of women.
const OF_MEN: &str = "mr sir lord king prince count baron duke captain colonel major general father brother son uncle \
    nephew husband man boy grandfather grandson gentleman lad widower monk bachelor";
const OF_WOMEN: &str = "mrs miss ms lady queen princess countess duchess madame mme mother sister daughter aunt niece \
    wife woman girl grandmother granddaughter widow nun maid lass";
/// Nouns of people that tell neither.
const OF_PEOPLE: &str = "cousin child parent teacher assistant manager neighbour neighbor friend lodger tenant guest \
    boss partner pupil student heir servant keeper owner";
/// More of them, for which no pronoun is read.
const OF_A_CASE: &str =
    "companion visitor stranger housemaid parlourmaid kitchenmaid heiress hostess host understudy";
/// Those that tell nobody from others.
const OF_ANYBODY: &str =
    "man woman boy girl gentleman lady person people stranger character member lad lass";

/// Whether a word is a title, with or without its full stop.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&word.trim_end_matches('.'))
}

/// Whether the head of a phrase is a noun for people or animals, for which "he" and "she" may stand.
pub(super) fn is_of_somebody(head: &str) -> bool {
    among(OF_PEOPLE, head)
        || PERSON_NOUNS.contains(&head)
        || Kind::Trade.holds(head)
        || Kind::Animal.holds(head)
}

/// Whether a noun is one for people.
pub(in crate::memory::plan) fn is_of_people(noun: &str) -> bool {
    let noun = noun.rsplit('-').next().unwrap_or(noun);
    among(OF_PEOPLE, noun)
        || among(OF_A_CASE, noun)
        || among(OF_MEN, noun)
        || among(OF_WOMEN, noun)
        || PERSON_NOUNS.contains(&noun)
        || Kind::Trade.holds(noun)
}

/// Whether a noun for people tells nobody from others.
pub(in crate::memory::plan) fn is_of_anybody(noun: &str) -> bool {
    among(OF_ANYBODY, noun)
}

/// 'm' or 'f' if the words of a phrase tell it.
pub(in crate::memory::plan) fn gender(words: &[String]) -> Option<char> {
    let of = |list: &str| words.iter().any(|word| among(list, word.trim_end_matches('.')));
    match (of(OF_MEN), of(OF_WOMEN)) {
        (true, false) => Some('m'),
        (false, true) => Some('f'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_kin_tell_men_from_women() {
        let of = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            gender(&words)
        };
        assert_eq!(of("mrs marl"), Some('f'));
        assert_eq!(of("mr. bell"), Some('m'));
        assert_eq!(of("brother colin"), Some('m'));
        assert_eq!(of("ines marl"), None);
        assert!(is_of_somebody("lodger") && is_of_somebody("cooper") && !is_of_somebody("mill"));
    }
}
