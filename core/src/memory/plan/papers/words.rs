//! The words of papers and of questions about them: folded, and without possessive marks.

use crate::memory::answer::spans::names_a_date;
use crate::memory::segment::words;

/// The folded words of a text without possessive marks.
pub fn bare_words(text: &str) -> Vec<String> {
    words::folded_words(text).map(|word| bare(&word)).collect()
}

/// A folded word without a possessive mark.
pub fn bare(word: &str) -> String {
    let own = word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s"));
    own.unwrap_or(word).trim_matches(['\'', '\u{2019}']).to_owned()
}

/// Whether a folded word is part of a date: a month, a day of the week, a number.
pub fn is_of_date(word: &str) -> bool {
    names_a_date(word) || word.bytes().all(|byte| byte.is_ascii_digit())
}
