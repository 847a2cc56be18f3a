//! Names in a text: sequences of capitalised words, with titles and initials.
//!
//! "Mr. Fitzwilliam Darcy", "St. Clair", "Bank of England" and "K. K. K." are one name each. A single
//! capitalised word that opens a sentence or a quotation is kept as a candidate and marked, because
//! only the rest of the text can tell "Holmes" from "However". Scripts without capitals give no
//! names here. Does not decide what a name stands for.

use super::stopwords;
use crate::memory::segment::words::{self, Word};

/// Words in lower case that may stand inside a name.
const PARTICLES: &[&str] = &["of", "de", "von", "van", "du", "del", "la", "le", "da", "di", "der"];

/// Titles that stand before a name, folded and without their full stop.
pub const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "miss",
    "ms",
    "dr",
    "doctor",
    "prof",
    "professor",
    "sir",
    "lady",
    "lord",
    "king",
    "queen",
    "prince",
    "princess",
    "count",
    "countess",
    "baron",
    "duke",
    "duchess",
    "captain",
    "capt",
    "colonel",
    "col",
    "major",
    "general",
    "gen",
    "sergeant",
    "inspector",
    "reverend",
    "rev",
    "father",
    "mother",
    "sister",
    "brother",
    "uncle",
    "aunt",
    "st",
    "saint",
    "president",
    "senator",
    "judge",
    "madame",
    "monsieur",
    "mme",
    "messrs",
    "herr",
    "frau",
    "signor",
    "don",
    "master",
];

/// Capitalised words that are no names by themselves: the pronoun, days of speech, and so on.
const NEVER: &[&str] = &[
    "i", "i'm", "i'll", "i've", "i'd", "oh", "ah", "yes", "no", "well", "god", "sir", "madam", "o",
    "the", "a", "an", "chapter", "part", "section", "ok",
];

/// One name: a byte range of the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it is one word that would be capitalised anyway, at the start of a sentence.
    pub uncertain: bool,
}

/// Appends the names of `sentence` to `out`, in order, as byte ranges of the sentence.
pub fn names(sentence: &str, out: &mut Vec<Name>) {
    let mut open: Option<(Name, usize)> = None;
    let mut pending_particle = false;
    let mut previous_end = 0;
    let mut opening = true;
    for word in words::words(sentence) {
        let between = &sentence[previous_end..word.start];
        let text = &sentence[word.start..word.end];
        if previous_end > 0 {
            opening = opens_speech(between);
        }
        previous_end = word.end;
        let capital = is_capitalised(text, word);
        if let Some((name, count)) = &mut open {
            let joined = joins(sentence, *name, between);
            if capital && joined && !is_never(text) {
                name.end = word.end;
                name.uncertain = false;
                *count += 1;
                pending_particle = false;
                continue;
            }
            if !pending_particle && joined && between == " " && PARTICLES.contains(&text) {
                pending_particle = true;
                continue;
            }
            out.push(*name);
            open = None;
            pending_particle = false;
        }
        if capital && !is_never(text) && !(opening && opens_dully(text)) {
            let name = Name { start: word.start, end: word.end, uncertain: opening };
            open = Some((name, 1));
        }
    }
    if let Some((name, _)) = open {
        out.push(name);
    }
    for name in out.iter_mut() {
        let text = &sentence[name.start..name.end];
        for ending in ["'s", "\u{2019}s"] {
            if let Some(stripped) = text.strip_suffix(ending) {
                name.end = name.start + stripped.len();
            }
        }
    }
}

fn is_capitalised(text: &str, word: Word) -> bool {
    !word.ideograph && text.chars().next().is_some_and(char::is_uppercase)
}

fn is_never(text: &str) -> bool {
    text.len() <= 8 && NEVER.contains(&words::folded(text).as_str())
}

/// Whether a capitalised word that opens a sentence is a common word of the language.
fn opens_dully(text: &str) -> bool {
    let folded = words::folded(text);
    stopwords::is_stopword(&folded) || stopwords::opens_sentences(&folded)
}

/// Whether what stands between two words lets a name go on: a blank, a hyphen, an ampersand, or a
/// full stop and a blank after a title or an initial.
fn joins(sentence: &str, name: Name, between: &str) -> bool {
    match between {
        " " | "-" | "\n" | " & " => true,
        ". " | "." | ".\n" => {
            let so_far = &sentence[name.start..name.end];
            let last = so_far.rsplit([' ', '.', '\n']).next().unwrap_or(so_far);
            last.chars().count() == 1 || TITLES.contains(&words::folded(last).as_str())
        }
        _ => false,
    }
}

/// Whether a capital after `between` may be due to a sentence or speech that begins there.
fn opens_speech(between: &str) -> bool {
    between.contains(['"', '“', '‘', '.', '!', '?', ':', '—']) || between.contains("--")
}

/// A name without the titles before it: "Darcy" for "Mr. Darcy". Empty for a lone title.
pub fn without_titles(name: &str) -> &str {
    let mut rest = name;
    while let Some(word) = words::words(rest).next() {
        if !TITLES.contains(&words::folded(&rest[word.start..word.end]).as_str()) {
            return &rest[word.start..];
        }
        rest = &rest[word.end..];
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Vec<(&str, bool)> {
        let mut out = Vec::new();
        names(sentence, &mut out);
        out.iter().map(|n| (&sentence[n.start..n.end], n.uncertain)).collect()
    }

    #[test]
    fn titles_initials_and_particles_join() {
        assert_eq!(
            found("Then Mr. Fitzwilliam Darcy met J. S. Mill at the Bank of England, I think."),
            [("Mr. Fitzwilliam Darcy", false), ("J. S. Mill", false), ("Bank of England", false)]
        );
        assert_eq!(
            found("the K. K. K. and Holmes's pipe"),
            [("K. K. K", false), ("Holmes", false)]
        );
    }

    #[test]
    fn a_particle_without_a_name_behind_it_is_left_out() {
        assert_eq!(found("the King of all"), [("King", false)]);
    }

    #[test]
    fn sentence_openers_are_uncertain() {
        assert_eq!(found("However, Smith left Paris."), [("Smith", false), ("Paris", false)]);
        assert_eq!(found("He said, \"Come to Rome.\""), [("Rome", false)]);
    }

    #[test]
    fn titles_are_dropped() {
        assert_eq!(without_titles("Mr. Darcy"), "Darcy");
        assert_eq!(without_titles("Sir George Burnwell"), "George Burnwell");
        assert_eq!(without_titles("Dr."), "");
    }
}
