//! The mark of whose something is: "Omar's lamp", "the keepers' lamp".

/// What follows the possessive mark of `word`, which ends where `after` begins; `None` if it has none. The mark
/// may be part of the word, as words are cut, or stand behind it, as names are.
pub(in crate::memory::plan) fn possessive<'t>(word: &str, after: &'t str) -> Option<&'t str> {
    const MARKS: [&str; 4] = ["'s", "\u{2019}s", "'", "\u{2019}"];
    if MARKS.iter().any(|mark| word.ends_with(mark)) {
        return Some(after);
    }
    MARKS.iter().find_map(|mark| after.strip_prefix(mark))
}
