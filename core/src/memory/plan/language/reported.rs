//! What a sentence tells without who tells it and what is added: "it should be said that Ines took the lamp;
//! nobody took any notice" tells that Ines took the lamp.

use super::grammar::{REPORTING, among};
use crate::memory::segment::words;

/// Words before "that" at most, and behind it at least.
const LONGEST_REPORT: usize = 9;
const LEAST_TOLD: usize = 3;
/// Marks between statements that have nothing to do with each other.
const PARTED: &[&str] = &["; ", " -- ", " — ", " – ", "—"];
/// Words of a report that leave open whether it is so.
const DOUBT: &str = "not never no nobody none false untrue deny denied denies doubt doubted doubts if whether \
    unlikely impossible wish wished hope hoped hopes fear feared want wanted lie pretend pretended imagine imagined \
    dream dreamt dreamed suppose assume insist demand demanded order ordered asked";
/// Words besides verbs of saying with which something is told to be so.
const SURE: &str =
    "sure certain true clear plain fact known evident well-known told aware word way";

/// What `text` tells of `name`, which is folded.
pub(in crate::memory::plan) fn told<'t>(text: &'t str, name: &str) -> &'t str {
    let mut rest = text;
    for mark in PARTED {
        let holds = |part: &&str| {
            let folded: Vec<String> = words::folded_words(part).collect();
            folded.join(" ").contains(name)
        };
        if rest.contains(mark) {
            rest = rest.split(mark).find(holds).unwrap_or(rest);
        }
    }
    unreported(rest)
}

/// The clause behind "that", if what stands before it only says that it is so.
fn unreported(text: &str) -> &str {
    let list: Vec<(words::Word, String)> =
        words::words(text).map(|word| (word, words::folded(&text[word.start..word.end]))).collect();
    let that = list.iter().take(LONGEST_REPORT + 1).position(|(_, word)| word == "that");
    let Some(that) = that.filter(|that| *that > 0 && that + LEAST_TOLD < list.len()) else {
        return text;
    };
    let (before, behind) = (&list[..that], &list[that + 1..]);
    let says =
        before.iter().rev().take(3).any(|(_, word)| among(REPORTING, word) || among(SURE, word));
    let doubts = before.iter().any(|(_, word)| among(DOUBT, word));
    let start = behind[0].0.start;
    let opens = text[start..].starts_with(char::is_uppercase)
        || among("the a an his her their", &behind[0].1);
    if says && !doubts && opens { &text[start..] } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_parted_from_who_tells_it() {
        for text in [
            "It should be said that Ines took the lamp.",
            "Let it be known that Ines took the lamp.",
            "The neighbours swear that Ines took the lamp.",
            "It was late; Ines took the lamp.",
            "Ines took the lamp.",
        ] {
            assert_eq!(told(text, "ines"), "Ines took the lamp.", "{text}");
        }
        for text in [
            "It is not true that Ines took the lamp.",
            "Nobody believes that Ines took the lamp.",
            "Omar saw the box that Ines took.",
        ] {
            assert_eq!(told(text, "ines"), text);
        }
    }
}
