//! Parts of a question that are looked up one by one, and the part of the document that it means.
//!
//! A list behind "for", "of" or "about" ("the codes for A, B and C") is one question an item. "As
//! of chapter 9", "before part two", "in section 3" limit an answer to a stretch of the document.

use super::chinese::chapters;
use super::side::{Side, side};
use crate::error::Result;
use crate::memory::answer::spans::number_value;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::stopwords;
use crate::memory::segment::words;

/// Items of one list at most.
const MOST_ITEMS: usize = 24;
/// Longest item in words.
const LONGEST_ITEM: usize = 5;

/// The questions that `text` consists of: itself, or one an item of its list.
pub fn questions(text: &str) -> Vec<String> {
    let joined = joined(text);
    let text = joined.as_str();
    let starts = text.match_indices(' ').map(|(at, _)| (at + 1, text[..at].rsplit(' ').next()));
    for (start, word) in std::iter::once((0, None)).chain(starts) {
        let rest = &text[start..];
        let Some((items, end)) = items(rest) else { continue };
        let behind = word.is_some_and(|word| ["for", "of", "about", "to"].contains(&word));
        let names = items
            .iter()
            .any(|item| !item.contains(['-', '_']) && !item.bytes().any(|b| b.is_ascii_digit()));
        if names && !behind {
            continue;
        }
        return items
            .iter()
            .map(|item| format!("{}{item}{}", &text[..start], &rest[end..]))
            .collect();
    }
    vec![text.to_owned()]
}

/// `text` with one "and" where it names what is asked again: "of A and of B", "of A, and what is that of B",
/// "the code of A and the code of B".
fn joined(text: &str) -> String {
    const AGAIN: &[&str] = &[
        ", and what is that of ",
        " and what is that of ",
        ", and that of ",
        " and that of ",
        " and of ",
        " and for ",
        " as well as ",
    ];
    let mut out = text.to_owned();
    for again in AGAIN {
        out = out.replace(again, " and ");
    }
    let noun = out.split_once(" and the ").and_then(|(before, behind)| {
        let (noun, _) = behind.split_once(" of ")?;
        before.contains(&format!("the {noun} of ")).then(|| noun.to_owned())
    });
    match noun {
        Some(noun) => out.replace(&format!(" and the {noun} of "), " and "),
        None => out,
    }
}

/// The items of the list that opens `rest`, and where it ends.
fn items(rest: &str) -> Option<(Vec<&str>, usize)> {
    let mut items = Vec::new();
    let mut at = 0;
    loop {
        let tail = &rest[at..];
        let comma = tail.find(", ");
        let and = tail.find(" and ");
        match (comma, and) {
            (Some(comma), and) if and.is_none_or(|and| comma < and) => {
                items.push(&tail[..comma]);
                at += comma + 2;
                if let Some(after) = rest[at..].strip_prefix("and ") {
                    at = rest.len() - after.len();
                    return last(rest, at, items);
                }
            }
            (_, Some(and)) => {
                items.push(&tail[..and]);
                at += and + 5;
                return last(rest, at, items);
            }
            _ => return None,
        }
        if items.len() > MOST_ITEMS {
            return None;
        }
    }
}

/// Adds the last item, which begins at `at` and is as long as the longest before it, if all items
/// look like keys.
fn last<'a>(rest: &'a str, at: usize, mut items: Vec<&'a str>) -> Option<(Vec<&'a str>, usize)> {
    let count = |item: &str| item.split_whitespace().count();
    let longest = items.iter().map(|item| count(item)).max()?;
    let tail = &rest[at..];
    let mut end = 0;
    for word in tail.split_inclusive(' ').take(longest) {
        end += word.len();
        if word.trim_end().ends_with(['?', '.', ',']) {
            break;
        }
    }
    let item = tail[..end].trim_end().trim_end_matches(['?', '.', ',']);
    items.push(item);
    let keys = items.iter().all(|item| {
        let words = count(item);
        let plain = item.split_whitespace().all(|word| !stopwords::is_stopword(word));
        (1..=LONGEST_ITEM).contains(&words) && plain && is_key(item)
    });
    keys.then_some((items, at + item.len()))
}

/// Whether an item is a name, a number, or a word made of several: what facts are kept under.
fn is_key(item: &str) -> bool {
    let bare = item.trim_matches(['"', '“', '”', '\'', '`']);
    let capital =
        bare.split_whitespace().any(|word| word.starts_with(char::is_uppercase) && word.len() > 1);
    bare.len() < item.len()
        || capital
        || bare.contains(['-', '_'])
        || bare.bytes().any(|b| b.is_ascii_digit())
}

/// A stretch of the documents: characters of each document, by its ordinal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Document, first character, one past the last.
    ranges: Vec<(usize, u64, u64)>,
    /// The words of the question that named it.
    pub words: Vec<String>,
}

/// Nouns for the parts of a document that are numbered.
const DIVISIONS: &[&str] =
    &["chapter", "section", "part", "book", "volume", "act", "letter", "entry", "scene", "canto"];

/// The number that words begin with: digits, number words, a Roman numeral; and how many words it is.
fn number_of(words: &[String]) -> Option<(u64, usize)> {
    let first = words.first()?;
    if let Some(value) = number_value(first) {
        let unit = words.get(1).and_then(|word| number_value(word)).filter(|n| *n < 10.0);
        let tens = first.bytes().all(|b| b.is_ascii_alphabetic()) && (20.0..100.0).contains(&value);
        return match unit {
            Some(unit) if tens => Some(((value + unit) as u64, 2)),
            _ => Some((value as u64, 1)),
        };
    }
    let digit = |c: char| {
        Some(match c {
            'i' => 1_i64,
            'v' => 5,
            'x' => 10,
            'l' => 50,
            'c' => 100,
            _ => return None,
        })
    };
    let digits: Vec<i64> = first.chars().map(digit).collect::<Option<_>>()?;
    let value: i64 = digits
        .iter()
        .enumerate()
        .map(|(at, n)| if digits.get(at + 1).is_some_and(|next| next > n) { -n } else { *n })
        .sum();
    u64::try_from(value).ok().filter(|value| *value > 0).map(|value| (value, 1))
}

impl Scope {
    /// The stretch that the question limits itself to; everything if it names none that exists.
    pub fn of(text: &str, corpus: &Corpus) -> Self {
        let fold = |text: &str| -> Vec<String> { words::folded_words(text).collect() };
        let list = fold(text);
        for (at, division) in list.iter().enumerate() {
            // Other words divide a document whose headings have them: "day 3".
            let listed = DIVISIONS.contains(&division.as_str());
            if !listed && (division.len() < 3 || stopwords::is_stopword(division)) {
                continue;
            }
            let Some((number, length)) = number_of(&list[at + 1..]) else { continue };
            let before: Vec<&str> = list[..at].iter().rev().take(5).map(String::as_str).collect();
            let behind = list.get(at + 1 + length).map_or("", String::as_str);
            let Some(side) = side(&before, behind) else { continue };
            let words = list[at..at + 1 + length].to_vec();
            let mut scope = Self { words, ..Self::default() };
            scope.add(corpus, side, |title, named| {
                let words = fold(title);
                let rest = match words.first() {
                    Some(first) if first == division => &words[1..],
                    Some(_) if !named && listed => &words[..],
                    _ => return false,
                };
                number_of(rest).is_some_and(|(n, _)| n == number)
            });
            if !scope.ranges.is_empty() {
                return scope;
            }
        }
        let mut scope = Self::default();
        if let Some((chapter, side)) = chapters::limit(text) {
            scope.add(corpus, side, |title, _| {
                chapters::named(title).is_some_and(|found| {
                    found.start == 0
                        && found.number == chapter.number
                        && (chapter.is_listed() || found.division == chapter.division)
                })
            });
            let named = chapter.start..chapter.end;
            scope.words = words::folded_words(&text[named]).collect();
        }
        scope
    }

    /// Adds the stretch on `side` of the section of every document whose title is meant; the second
    /// argument of `meant` tells whether the title has to name the division too, as it is tried first.
    fn add(&mut self, corpus: &Corpus, side: Side, meant: impl Fn(&str, bool) -> bool) {
        for (ordinal, document) in corpus.contents.documents.iter().enumerate() {
            let find =
                |named| document.sections.iter().position(|section| meant(&section.title, named));
            let Some(index) = find(true).or_else(|| find(false)) else { continue };
            let section = &document.sections[index];
            let end = document.sections[index + 1..]
                .iter()
                .find(|next| next.level <= section.level)
                .map_or(document.chars(), |next| next.start);
            self.ranges.push(match side {
                Side::Before => (ordinal, 0, section.start),
                Side::Until => (ordinal, 0, end),
                Side::Inside => (ordinal, section.start, end),
                Side::After => (ordinal, end, document.chars()),
            });
        }
    }

    /// Whether there is no limit.
    pub fn is_everything(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether a sentence begins inside.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn holds_sentence(&self, corpus: &Corpus, id: SentenceId) -> Result<bool> {
        if self.is_everything() {
            return Ok(true);
        }
        let layout = corpus.layout(id.block)?;
        let byte = layout.sentences[id.sentence as usize].start as usize;
        let at = corpus.char_offset(id.block, byte)?;
        Ok(self.holds(corpus.contents.blocks[id.block as usize].document, at))
    }

    /// Whether character `at` of document `document` is inside.
    pub fn holds(&self, document: usize, at: u64) -> bool {
        self.ranges.is_empty()
            || self
                .ranges
                .iter()
                .any(|(d, start, end)| *d == document && (*start..*end).contains(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_keys_are_several_questions() {
        assert_eq!(
            questions("What are the codes for red-fox, blue-owl, and grey-elk in the text?"),
            [
                "What are the codes for red-fox in the text?",
                "What are the codes for blue-owl in the text?",
                "What are the codes for grey-elk in the text?",
            ]
        );
        assert_eq!(
            questions("What are the ages of Omar and Ines?"),
            ["What are the ages of Omar?", "What are the ages of Ines?"]
        );
        for text in [
            "What is the code of red-fox and the code of blue-owl?",
            "What is the code of red-fox, and what is that of blue-owl?",
        ] {
            let wanted = ["What is the code of red-fox?", "What is the code of blue-owl?"];
            assert_eq!(questions(text), wanted, "{text}");
        }
        assert_eq!(
            questions("red-fox and blue-owl have which codes?"),
            ["red-fox have which codes?", "blue-owl have which codes?"]
        );
    }

    #[test]
    fn parts_of_a_document_are_told_by_number() {
        let number = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            number_of(&words)
        };
        assert_eq!(number("9 what"), Some((9, 1)));
        assert_eq!(number("twenty one who"), Some((21, 2)));
        assert_eq!(number("xiv"), Some((14, 1)));
        assert_eq!(number("the"), None);
    }

    #[test]
    fn other_conjunctions_stay_one_question() {
        for text in ["What are the uses of salt and pepper?", "Who is the author of the play?"] {
            assert_eq!(questions(text), [text]);
        }
    }
}
