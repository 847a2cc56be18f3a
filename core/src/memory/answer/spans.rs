//! Spans of a sentence that can answer a question of a given type.
//!
//! Names for persons and places, digits and number words with their units for numbers, years,
//! months and clock times for dates, colour words for colours. Every span is a byte range of the
//! sentence, so an answer is always copied.

use std::ops::Range;

use crate::memory::index::names::{self, Name};
use crate::memory::index::stopwords;
use crate::memory::plan::question::Expected;
use crate::memory::segment::words::{self, Word};

const NUMBER_WORDS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "dozen",
    "half",
    "quarter",
];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DATE_WORDS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "morning",
    "afternoon",
    "evening",
    "night",
    "noon",
    "midnight",
    "yesterday",
    "today",
    "tomorrow",
    "o'clock",
    "spring",
    "summer",
    "autumn",
    "winter",
    "christmas",
    "easter",
];
const COLOURS: &[&str] = &[
    "black",
    "white",
    "red",
    "blue",
    "green",
    "yellow",
    "brown",
    "grey",
    "gray",
    "orange",
    "purple",
    "pink",
    "violet",
    "scarlet",
    "crimson",
    "golden",
    "silver",
    "beige",
    "turquoise",
    "navy",
    "indigo",
    "maroon",
    "ivory",
    "azure",
    "amber",
    "tan",
    "olive",
    "lilac",
];
const PLACE_PREPOSITIONS: &[&str] = &[
    "in", "at", "to", "from", "near", "into", "inside", "of", "towards", "toward", "via", "on",
    "behind", "under", "beneath", "beside",
];

/// Byte ranges of `sentence` that answer a question expecting `expected`, best first by form.
pub fn spans(sentence: &str, expected: Expected) -> Vec<Range<usize>> {
    match expected {
        Expected::Person => name_spans(sentence),
        Expected::Place => place_spans(sentence),
        Expected::Number => number_spans(sentence),
        Expected::Date => date_spans(sentence),
        Expected::Colour => word_spans(sentence, COLOURS),
        Expected::Explanation | Expected::Anything => Vec::new(),
    }
}

fn name_spans(sentence: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Name> = Vec::new();
    names::names(sentence, &mut found);
    // Certain names first; a sentence opener only if it is no common word.
    let opener = |name: &Name| {
        let word = words::folded(&sentence[name.start..name.end]);
        stopwords::is_stopword(&word)
    };
    found.retain(|name| !(name.uncertain && opener(name)));
    found.sort_by_key(|name| name.uncertain);
    found.iter().map(|name| name.start..name.end).collect()
}

fn place_spans(sentence: &str) -> Vec<Range<usize>> {
    let mut found = name_spans(sentence);
    let behind_preposition = |range: &Range<usize>| {
        let before = sentence[..range.start].split_whitespace().next_back().unwrap_or("");
        PLACE_PREPOSITIONS.contains(&before)
    };
    found.sort_by_key(|range| !behind_preposition(range));
    found
}

fn list(sentence: &str) -> Vec<(Word, String)> {
    words::words(sentence)
        .map(|word| (word, words::folded(&sentence[word.start..word.end])))
        .collect()
}

fn word_spans(sentence: &str, vocabulary: &[&str]) -> Vec<Range<usize>> {
    list(sentence)
        .iter()
        .filter(|(_, folded)| vocabulary.contains(&folded.as_str()))
        .map(|(word, _)| word.start..word.end)
        .collect()
}

fn is_number(folded: &str) -> bool {
    folded.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        || NUMBER_WORDS.contains(&folded)
}

/// The value of a number in digits, or of a single number word.
pub fn number_value(folded: &str) -> Option<f64> {
    if let Ok(value) = folded.parse::<f64>() {
        return folded.bytes().next().filter(u8::is_ascii_digit).map(|_| value);
    }
    let at = NUMBER_WORDS.iter().position(|word| *word == folded)?;
    let value = match at {
        0..=20 => at as f64,
        21..=27 => (at as f64 - 18.0) * 10.0,
        28 => 100.0,
        29 => 1e3,
        30 => 1e6,
        31 => 1e9,
        32 => 12.0,
        33 => 0.5,
        _ => 0.25,
    };
    Some(value)
}

fn number_spans(sentence: &str) -> Vec<Range<usize>> {
    let words = list(sentence);
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !is_number(&words[at].1) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < words.len()
            && is_number(&words[end].1)
            && matches!(&sentence[words[end - 1].0.end..words[end].0.start], " " | "-")
        {
            end += 1;
        }
        let mut range = words[at].0.start..words[end - 1].0.end;
        if sentence[..range.start].ends_with(['$', '£', '€', '¥']) {
            range.start = sentence[..range.start].char_indices().next_back().map_or(0, |c| c.0);
        }
        // The unit or thing counted belongs to the number.
        if let Some((unit, folded)) = words.get(end)
            && &sentence[range.end..unit.start] == " "
            && !stopwords::is_stopword(folded)
            && !unit.ideograph
        {
            range.end = unit.end;
        }
        out.push(range);
        at = end;
    }
    out
}

fn date_spans(sentence: &str) -> Vec<Range<usize>> {
    let words = list(sentence);
    let is_year =
        |folded: &str| folded.len() == 4 && folded.bytes().all(|byte| byte.is_ascii_digit());
    let month = |folded: &str| MONTHS.contains(&folded) && folded != "may" && folded != "march";
    let is_part = |index: usize| {
        let (word, folded) = &words[index];
        let capital = sentence[word.start..].starts_with(char::is_uppercase);
        is_year(folded)
            || month(folded)
            || (capital && MONTHS.contains(&folded.as_str()))
            || DATE_WORDS.contains(&folded.as_str())
            || (folded.contains(':') && folded.bytes().all(|b| b.is_ascii_digit() || b == b':'))
    };
    let is_ordinal = |folded: &str| {
        folded.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && folded.len() <= 4
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !is_part(at) {
            at += 1;
            continue;
        }
        let (mut first, mut last) = (at, at);
        while first > 0 && (is_ordinal(&words[first - 1].1) || is_part(first - 1)) {
            first -= 1;
        }
        while last + 1 < words.len() && (is_ordinal(&words[last + 1].1) || is_part(last + 1)) {
            last += 1;
        }
        out.push(words[first].0.start..words[last].0.end);
        at = last + 1;
    }
    // More specific dates first.
    out.sort_by_key(|range| std::cmp::Reverse(range.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(sentence: &str, expected: Expected) -> Option<&str> {
        spans(sentence, expected).first().map(|range| &sentence[range.clone()])
    }

    #[test]
    fn numbers_have_values() {
        for (word, value) in
            [("0", 0.0), ("17", 17.0), ("twenty", 20.0), ("ninety", 90.0), ("dozen", 12.0)]
        {
            assert_eq!(number_value(word), Some(value), "{word}");
        }
        assert_eq!(number_value("nan"), None);
    }

    #[test]
    fn each_type_finds_its_spans() {
        let cases = [
            ("Then he met Anna Lee in Oslo.", Expected::Person, Some("Anna Lee")),
            ("Then Anna went to Oslo.", Expected::Place, Some("Oslo")),
            ("She paid 4,000 pounds to 2 men.", Expected::Number, Some("4,000 pounds")),
            ("It took twenty-five days.", Expected::Number, Some("twenty-five days")),
            ("It cost $30 in all.", Expected::Number, Some("$30")),
            ("It fell on 3 May 1887 at night.", Expected::Date, Some("3 May 1887")),
            ("They may march on.", Expected::Date, None),
            ("She wore a pale blue dress.", Expected::Colour, Some("blue")),
            ("Nothing was said.", Expected::Person, None),
        ];
        for (sentence, expected, span) in cases {
            assert_eq!(first(sentence, expected), span, "{sentence}");
        }
    }
}
