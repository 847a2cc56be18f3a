//! Spans of a sentence that can answer a question of a given type.
//!
//! Names for persons and places, digits and number words with their units for numbers, years,
//! months and clock times for dates, colour words for colours. A span is never cut inside something
//! that is written without blanks, such as an identifier. Every span is a byte range of the sentence, so
//! an answer is always copied.

use std::ops::Range;

use super::units;
use crate::memory::index::names::{self, Name};
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::plan::question::{Expected, Question};
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
const WEEKDAYS: &[&str] =
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Words for times of the day and of the year, and days that are named.
const SEASONS: &[&str] = &[
    "morning",
    "afternoon",
    "evening",
    "night",
    "noon",
    "midnight",
    "yesterday",
    "today",
    "tomorrow",
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
    "behind", "under", "beneath", "beside", "through", "around",
];

/// Whether a folded word names a time of day, a day, a month or a season.
pub fn is_time_word(folded: &str) -> bool {
    let singular = folded.strip_suffix('s').unwrap_or(folded);
    let times = ["day", "week", "month", "year", "hour", "time", "feast", "weekend", "holiday"];
    let lists = [WEEKDAYS, SEASONS, &times];
    MONTHS.contains(&folded) || lists.iter().any(|list| list.contains(&singular))
}

/// Whether a folded word names a month or a day of the week, as dates do.
pub fn names_a_date(folded: &str) -> bool {
    MONTHS.contains(&folded) || WEEKDAYS.contains(&folded)
}

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

/// Words with which a sentence says when something was, how much of it there is, and where it is, besides the spans of
/// these types.
const WHEN: &str = "after before when while during since until till upon as following ago late later early \
     earlier soon recently once then now first last next age war already never always often daily \
     weekly still";
const HOW_MUCH: &str = "many few several some no none a an couple pair both all every each more most much less \
     little enough single only once twice thrice old young never";
const WHERE: &str = "in at to from near into inside of towards toward via on behind under beneath beside through \
     around by over above below between among against across along abroad home there here \
     upstairs downstairs outside away next opposite off out within where north south east west \
     visited reached entered left nowhere onto past up down with about for";

/// Whether a sentence of one fact may say what a question expects, whatever words it does that with.
pub fn may_answer(sentence: &str, expected: Expected) -> bool {
    let among = |list: &str| {
        words::any_folded(sentence, |word| list.split(' ').any(|member| member == word))
    };
    if sentence.chars().any(words::is_ideograph) {
        return true;
    }
    match expected {
        Expected::Date => among(WHEN) || words::any_folded(sentence, is_time_word),
        Expected::Number => among(HOW_MUCH),
        // "Has the parking place 17."
        Expected::Place => among(WHERE) || sentence.bytes().any(|byte| byte.is_ascii_digit()),
        Expected::Person | Expected::Colour | Expected::Explanation | Expected::Anything => true,
    }
}

/// The span of `sentence` that has the expected type and is not part of the question.
pub fn answering(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    let mut found = spans(sentence, question.expected);
    match question.expected {
        Expected::Place => found.retain(|range| is_placed(sentence, range)),
        Expected::Person => {
            found.retain(|range| !is_behind(sentence, range, &WITHIN) && !is_date(sentence, range));
            // "Was sold by Omar": whoever sold it, and not who it was sold to.
            let does = |range: &Range<usize>| is_behind(sentence, range, &["by"]);
            if is_done_to(question) {
                found.retain(|range| !does(range));
            } else {
                found.sort_by_key(|range| !does(range));
            }
        }
        _ => {}
    }
    found
        .into_iter()
        .map(|range| sentence[range].to_owned())
        .find(|span| !repeats_question(span, question, stems))
}

/// Prepositions behind which no person is named.
const WITHIN: [&str; 6] = ["in", "at", "near", "into", "inside", "via"];

/// Whether a name in `sentence` may be somebody's: it is neither a day nor, without a title, where something is.
pub fn may_be_person(sentence: &str, range: &Range<usize>) -> bool {
    let name = &sentence[range.clone()];
    let has_title = names::without_titles(name).len() < name.len();
    let is_within = is_behind(sentence, range, &["in", "at", "into", "inside"]);
    !is_date(sentence, range) && (has_title || !is_within)
}

/// A name without the day that stands before it: "On Monday Ostrow went".
pub fn without_day(sentence: &str, range: Range<usize>) -> Range<usize> {
    let name = &sentence[range.clone()];
    let before = sentence[..range.start].split_whitespace().next_back().unwrap_or_default();
    let is_day = |word: &str| names_a_date(&words::folded(word));
    match name.split_once(' ') {
        Some((day, _)) if is_day(day) && among(DATED, &words::folded(before)) => {
            range.start + day.len() + 1..range.end
        }
        _ => range,
    }
}

/// Words before a day or a month.
const DATED: &str = "on since until till last next early late during mid";

fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|member| member == word)
}

/// Whether a name is that of a day or a month where a date has it: "the ninth of May", "on Whit Monday", but not
/// "May Carter" nor "the mother of June".
fn is_date(sentence: &str, range: &Range<usize>) -> bool {
    const FEASTS: &str = "whit good easter holy shrove ash palm boxing black bank";
    let name: Vec<String> = words::folded_words(&sentence[range.clone()]).collect();
    let before: Vec<String> = words::folded_words(&sentence[..range.start]).collect();
    let back = |n: usize| before.iter().rev().nth(n).map_or("", String::as_str);
    let is_counted = |word: &str| {
        is_number(word)
            || among("first second third end beginning middle month ides", word)
            || word.ends_with("th")
            || word.ends_with("day")
    };
    match name.as_slice() {
        [feast, day] => among(FEASTS, feast) && names_a_date(day),
        [day] if names_a_date(day) => {
            among(DATED, back(0)) || is_counted(back(0)) || back(0) == "of" && is_counted(back(1))
        }
        _ => false,
    }
}

/// Whether one of `list` stands before a name that owns nothing.
fn is_behind(sentence: &str, range: &Range<usize>, list: &[&str]) -> bool {
    let before = sentence[..range.start].split_whitespace().next_back().unwrap_or_default();
    list.contains(&words::folded(before).as_str())
        && !sentence[range.end..].starts_with(['\'', '\u{2019}'])
}

/// Whether a question asks to whom something is done: "who was offered the lamp".
fn is_done_to(question: &Question) -> bool {
    question.words.windows(3).any(|three| {
        three[0] == "who"
            && ["was", "were", "is", "are"].contains(&three[1].as_str())
            && three[2].ends_with("ed")
    })
}

/// What stands behind the last copula of a sentence if the question's words stand before it.
pub fn complement(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    let words = list(sentence);
    let at = words.iter().rposition(|(word, folded)| {
        ["is", "are", "was", "were", "equals", "be", "是", "为"].contains(&folded.as_str())
            || sentence[word.end..].starts_with([':', '：', '='])
    })?;
    let rest = &sentence[words[at].0.end..];
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ".:：=。！!\"”".contains(c));
    (!rest.is_empty() && !repeats_question(rest, question, stems)).then(|| rest.to_owned())
}

/// The one number or identifier of a sentence that is not part of the question.
pub fn only_number(sentence: &str, question: &Question, stems: &Stems) -> Option<String> {
    let mut found = number_spans(sentence)
        .into_iter()
        .map(|range| sentence[range].to_owned())
        .filter(|span| !repeats_question(span, question, stems));
    let first = found.next()?;
    (question.expected == Expected::Anything && found.next().is_none()).then_some(first)
}

/// Whether every word of a span stands in the question.
fn repeats_question(span: &str, question: &Question, stems: &Stems) -> bool {
    words::words(span).all(|word| {
        let folded = words::folded(&span[word.start..word.end]);
        question.words.iter().any(|asked| stems.same(asked, &folded))
    })
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
    found.sort_by_key(|range| !is_placed(sentence, range));
    found
}

/// Whether a name stands where places do: behind a preposition, without a title, and nobody's.
pub fn is_placed(sentence: &str, range: &Range<usize>) -> bool {
    let before = sentence[..range.start].trim_end_matches("the ");
    let bare = names::without_titles(&sentence[range.clone()]);
    let preposition = |word: &str| PLACE_PREPOSITIONS.contains(&words::folded(word).as_str());
    before.split_whitespace().next_back().is_some_and(preposition)
        && bare.len() == range.len()
        && !sentence[range.end..].starts_with(['\'', '\u{2019}'])
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

/// The identifier, date or the like that holds `range`: letters, digits and what ties them without
/// blanks, if that is more than a number or a hyphenated number word.
fn identifier(sentence: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let ties = |c: char| c.is_ascii_alphanumeric() || "-_/.:@#".contains(c);
    let before = sentence[..range.start].trim_end_matches(ties).len();
    let behind = &sentence[range.end..];
    let end = range.end + (behind.len() - behind.trim_start_matches(ties).len());
    let piece = &sentence[before..end];
    let trimmed = piece.trim_end_matches(['.', ':', '-', '/']);
    let range = before..before + trimmed.len();
    let digits = trimmed.bytes().any(|byte| byte.is_ascii_digit());
    let letters = trimmed.bytes().any(|byte| byte.is_ascii_alphabetic());
    let ties = trimmed.contains(['-', '_', '/', '#']);
    (digits && (letters || ties)).then_some(range)
}

fn number_spans(sentence: &str) -> Vec<Range<usize>> {
    let words = list(sentence);
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let range = words[at].0.start..words[at].0.end;
        if let Some(whole) = identifier(sentence, &range) {
            while words.get(at).is_some_and(|(word, _)| word.start < whole.end) {
                at += 1;
            }
            out.push(whole);
            continue;
        }
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
            && (units::of_written(&sentence[unit.start..unit.end], folded).is_some()
                || folded.ends_with('s'))
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
            || [WEEKDAYS, SEASONS].iter().any(|list| list.contains(&folded.as_str()))
            || (folded.contains(':') && folded.bytes().all(|b| b.is_ascii_digit() || b == b':'))
    };
    let is_ordinal = |folded: &str| {
        folded.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && folded.len() <= 4
    };
    let word = |at: usize| words.get(at).map_or("", |(_, folded)| folded.as_str());
    let number = |at: usize| is_number(word(at));
    // "nine o'clock", "9 pm", "half past nine", "a quarter to six".
    let clock = |at: usize| {
        at > 0
            && number(at - 1)
            && (["o'clock", "am", "pm"].contains(&word(at))
                || (word(at) == "past" && number(at + 1))
                || (word(at) == "to" && word(at - 1) == "quarter" && number(at + 1)))
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !(is_part(at) || clock(at)) {
            at += 1;
            continue;
        }
        let (mut first, mut last) = (at, at);
        if clock(at) {
            (first, last) = (at - 1, if number(at + 1) { at + 1 } else { at });
        }
        while first > 0 && (is_ordinal(word(first - 1)) || is_part(first - 1)) {
            first -= 1;
        }
        // "the 3rd of May"
        if first > 1 && word(first - 1) == "of" && is_ordinal(word(first - 2)) {
            first -= 2;
        }
        while last + 1 < words.len() && (is_ordinal(word(last + 1)) || is_part(last + 1)) {
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
            (
                "The id is 3f2a9c1e-77b0-4c1d-9e2f-0a1b2c3d4e5f.",
                Expected::Number,
                Some("3f2a9c1e-77b0-4c1d-9e2f-0a1b2c3d4e5f"),
            ),
            ("The code is 4711 instead of that.", Expected::Number, Some("4711")),
            ("It fell on 3 May 1887 at night.", Expected::Date, Some("3 May 1887")),
            ("They may march on.", Expected::Date, None),
            ("He left at half past nine.", Expected::Date, Some("half past nine")),
            ("He left at nine o'clock.", Expected::Date, Some("nine o'clock")),
            ("On the 3rd of May he left.", Expected::Date, Some("3rd of May")),
            ("She wore a pale blue dress.", Expected::Colour, Some("blue")),
            ("Nothing was said.", Expected::Person, None),
        ];
        for (sentence, expected, span) in cases {
            assert_eq!(first(sentence, expected), span, "{sentence}");
        }
    }

    #[test]
    fn who_does_something_is_told_from_places_and_from_whom_it_is_done_to() {
        let stems = Stems::default();
        let sold = "A dealer in Oslo was offered the lamp by Omar Bell.";
        for (question, sentence, person) in [
            ("Who offered the lamp to the dealer?", sold, Some("Omar Bell")),
            ("Who was offered the lamp?", sold, None),
            ("Who was offered the lamp?", "Ines was offered the lamp by Omar.", Some("Ines")),
            ("Who carved the door?", "In Oslo, Ines carved the door.", Some("Ines")),
            ("Whose is the lamp?", "The lamp is in Omar's room.", Some("Omar")),
        ] {
            let question = Question::of(question, &stems);
            let found = answering(sentence, &question, &stems);
            assert_eq!(found.as_deref(), person, "{} {sentence}", question.text);
        }
    }
}
