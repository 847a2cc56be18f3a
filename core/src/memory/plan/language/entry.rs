//! What stands before a statement and is no part of it: the date or number of an entry, a lead that a colon
//! ends.

use super::grammar::among;
use crate::memory::answer::spans;
use crate::memory::segment::words;

/// Words that introduce a sentence at most.
pub(in crate::memory::plan) const LONGEST_LEAD: usize = 8;
/// Words that a statement behind a lead has at least.
const LEAST_WORDS: usize = 3;
/// Words of the date or the like that an entry begins with at most.
const LONGEST_STAMP: usize = 6;

/// A sentence without the date, the hour or the number that an entry begins with: "12 March 1891, the lamp
/// is here", `[08:45] The lamp is here`. They say when it was written, not what it says.
pub fn without_stamp(text: &str) -> &str {
    let marks = |c: char| ".,:;–—-/[]()|".contains(c) || c.is_whitespace();
    let (mut at, mut n_digits, mut n_words, mut n_small) = (0, 0, 0, 0);
    for word in words::words(text).take(LONGEST_STAMP) {
        let written = &text[word.start..word.end];
        let folded = words::folded(written);
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| folded.strip_suffix(end));
        let number = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_digit() || b":-/.".contains(&byte))
        };
        let digits = number(ordinal.unwrap_or(&folded));
        let named = spans::names_a_date(&folded)
            || among("nb ps entry item note memo no nr a.m p.m am pm", &folded);
        if !(digits || named) || !text[at..word.start].chars().all(marks) {
            break;
        }
        n_digits += usize::from(digits);
        n_words += usize::from(named);
        // "No. 7", "a.m.": nothing by themselves.
        n_small += usize::from(among("no nr a.m p.m am pm", &folded));
        at = word.end;
    }
    let rest = &text[at..];
    let bare = rest.trim_start_matches(marks);
    let gap = &rest[..rest.len() - bare.len()];
    // Without a mark behind it a number belongs to the sentence, unless it is a whole date or hour.
    let marked = gap.contains(|c: char| ".,:;–—-/])|".contains(c));
    let whole = text[..at].contains([':', '/', '-']) && n_digits > 0;
    let opens = bare.starts_with(|c: char| c.is_uppercase() || "“\"'‘".contains(c));
    let note = among("nb ps", &words::folded(&text[..at]));
    let is_stamp =
        n_digits + n_words > 0 && (marked && n_digits + n_words > n_small || whole || note);
    if is_stamp && opens { bare } else { text }
}

/// A sentence without what introduces it: "Later he wrote: the lamp is here" gives "the lamp is here".
pub fn body(text: &str) -> &str {
    let text = without_stamp(text);
    match text.find(": ") {
        // "There was a new guest in the attic: Ines." says it before the colon.
        Some(colon)
            if text[..colon].split_whitespace().count() <= LONGEST_LEAD
                && words::words(&text[colon + 2..]).count() >= LEAST_WORDS =>
        {
            &text[colon + 2..]
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_of_entries_are_left_out() {
        assert_eq!(body("Ratio 3:1 was kept."), "Ratio 3:1 was kept.");
        for text in [
            "12 March 1891, It rained.",
            "[08:45] It rained.",
            "1891-03-12 08:45 It rained.",
            "March 3rd. — It rained.",
            "Tuesday, 12 March: It rained.",
            "NB It rained.",
        ] {
            assert_eq!(body(text), "It rained.", "{text}");
        }
        for text in ["12 men left.", "May Brandt left.", "March winds blew.", "1891 was cold."] {
            assert_eq!(body(text), text, "{text}");
        }
    }
}
