//! The value in a sentence that states a fact about somebody or something: what is neither the owner, nor
//! what is asked, nor grammar.
//!
//! ```text
//! kind       "Ines keeps a tame magpie", asked which animal       the noun of the kind: magpie
//! number     "the berth of blue-lamp is 4711"                     the number or identifier: 4711
//! type       "Ines was born in Oslo"                              the span of the type: Oslo
//! else       "Ines called the lamp her old friend"                the best noun phrase: old friend
//! ```
//! Every value is copied from the sentence.

use std::ops::Range;

use super::kinds::{self, Kind};
use super::lexicon::Lexicon;
use crate::memory::answer::spans;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::plan::question::Expected;
use crate::memory::plan::reader::{Token, tokens};
use crate::memory::segment::words;

/// Longest sentence of which a noun phrase is taken that is known by its place alone, in words.
const LONGEST_PHRASED: usize = 16;

/// What a value is wanted of.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Folded words of the question, the owner among them.
    pub asked: &'a [String],
    /// Folded words by which the sentence says what the question asks.
    pub said: &'a [String],
    /// The type of the value.
    pub expected: Expected,
    /// The kind of the value, if the question names one.
    pub kind: Option<Kind>,
}

/// The value that `text` gives; `None` if it gives none of the type or kind.
pub fn value(text: &str, wanted: &Wanted, lexicon: &Lexicon, stems: &Stems) -> Option<String> {
    let list = tokens(text, lexicon);
    if let Some(kind) = wanted.kind
        && let Some(noun) = of_kind(text, &list, kind, wanted, stems)
    {
        return Some(noun);
    }
    let fresh = |range: &Range<usize>| {
        words::folded_words(&text[range.clone()])
            .any(|word| !wanted.asked.iter().any(|asked| stems.same(asked, &word)))
    };
    let number = || {
        let found: Vec<Range<usize>> =
            spans::spans(text, Expected::Number).into_iter().filter(fresh).collect();
        // Of several the one nearest to the words that say what it is.
        let said: Vec<usize> =
            list.iter().filter(|t| wanted.said.contains(&t.folded)).map(|t| t.start).collect();
        let distance = |range: &Range<usize>| {
            said.iter().map(|at| at.abs_diff(range.start)).min().unwrap_or(range.start)
        };
        // A short number beside a long one is that of a line or a list.
        let longest = found.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let mark = |range: &Range<usize>| range.len() + 2 <= longest && range.len() <= 3;
        // "One reads": somebody, not a number.
        let digits = |range: &Range<usize>| text[range.clone()].bytes().any(|b| b.is_ascii_digit());
        let best = found
            .into_iter()
            .min_by_key(|range| (mark(range), longest > 3 && !digits(range), distance(range)));
        best.map(|range| text[range].to_owned())
    };
    if wanted.kind.is_some() {
        // "A raven lived with her" tells of no trade.
        let is_other = |phrase: &String| {
            let list: Vec<String> = words::folded_words(phrase).collect();
            wanted.kind.is_some_and(|kind| kind.is_other(&list))
        };
        return noun_phrase(text, &list, wanted, stems)
            .filter(|phrase| list.len() <= LONGEST_PHRASED && !is_other(phrase));
    }
    match wanted.expected {
        Expected::Number => number(),
        Expected::Place => placed(text, wanted, stems),
        Expected::Anything | Expected::Explanation => {
            // "One of them is …" gives no number.
            let digits = |found: &String| found.bytes().any(|byte| byte.is_ascii_digit());
            number().filter(digits).or_else(|| noun_phrase(text, &list, wanted, stems))
        }
        Expected::Date => {
            let date = spans::spans(text, Expected::Date).into_iter().find(fresh);
            date.map(|range| text[range].to_owned()).or_else(number)
        }
        other => {
            let found = spans::spans(text, other).into_iter().find(fresh);
            found.map(|range| text[range].to_owned())
        }
    }
}

/// Whether a word is part of a noun phrase that says something new.
fn is_new(token: &Token, wanted: &Wanted, stems: &Stems) -> bool {
    !stopwords::is_stopword(&token.folded)
        && !wanted.said.contains(&token.folded)
        && !wanted.asked.iter().any(|asked| stems.same(asked, &token.folded))
}

/// Adjectives that say nothing of what kind something is.
const PLAIN: &str = "tame little small big large old young beloved fine good great skilled able simple humble \
    mere trained village local clever faithful";

/// The noun of a kind, with the words before it that belong to it.
fn of_kind(
    text: &str,
    list: &[Token],
    kind: Kind,
    wanted: &Wanted,
    stems: &Stems,
) -> Option<String> {
    let asked = |token: &Token| wanted.asked.iter().any(|asked| stems.same(asked, &token.folded));
    let words: Vec<String> = list.iter().map(|token| token.folded.clone()).collect();
    if kind == Kind::Animal && kinds::tells_of_unkept(&words) {
        return None;
    }
    let one = |at: usize| kind != Kind::Trade || kinds::is_of_one(&words, at);
    let holds = |at: &usize| {
        let token = &list[*at];
        !token.capital && kind.holds(&token.folded) && !asked(token) && one(*at)
    };
    // "Brought up as a Baptist": what is written like a name is no trade.
    let described = || kinds::described(&words).filter(|at| !list[*at].capital);
    let at = (0..list.len())
        .rev()
        .find(holds)
        .or_else(|| (kind == Kind::Trade).then(described).flatten())?;
    let mut first = at;
    // A hyphen binds: "guinea-pig"; so does a noun that stands between the determiner and this one.
    while first > 0 && &text[list[first - 1].end..list[first].start] == "-" {
        first -= 1;
    }
    while first > 1
        && &text[list[first - 1].end..list[first].start] == " "
        && is_new(&list[first - 1], wanted, stems)
        && list[first - 1].classes == 0
        && !PLAIN.split_whitespace().any(|word| word == list[first - 1].folded)
        && matches!(list[first - 2].folded.as_str(), "a" | "an" | "the" | "as")
    {
        first -= 1;
    }
    Some(text[list[first].start..list[at].end].to_owned())
}

/// The place that a sentence names: behind a preposition, or what "was where" stands behind.
fn placed(text: &str, wanted: &Wanted, stems: &Stems) -> Option<String> {
    let foreign = |range: &Range<usize>| {
        words::folded_words(&text[range.clone()]).all(|word| {
            !spans::is_time_word(&word)
                && !wanted.asked.iter().any(|asked| stems.same(asked, &word))
        })
    };
    // "In Oslo Ines Marl was born": two names side by side.
    let found: Vec<Range<usize>> = spans::spans(text, Expected::Place)
        .into_iter()
        .map(|range| without_asked(text, range, wanted, stems))
        .collect();
    let where_ = |range: &Range<usize>| {
        let mut behind = words::folded_words(&text[range.end..]);
        behind.next().is_some_and(|word| ["is", "was"].contains(&word.as_str()))
            && behind.next().is_some_and(|word| ["where", "the"].contains(&word.as_str()))
    };
    let placed = found.iter().find(|range| foreign(range) && spans::is_placed(text, range));
    let placed = placed.or_else(|| found.iter().find(|range| foreign(range) && where_(range)));
    // "Her birthplace is Oslo", "she was Oslo-born".
    let said = |range: &Range<usize>| {
        let before = words::folded_words(&text[..range.start]).last().unwrap_or_default();
        ["is", "was", "called", "named"].contains(&before.as_str())
            || text[range.end..].starts_with("-born")
    };
    let placed = placed.or_else(|| found.iter().find(|range| foreign(range) && said(range)));
    // "Had Oslo for a birthplace": the only name there.
    let mut others = found.iter().filter(|range| foreign(range));
    let only = others.next().filter(|_| others.next().is_none());
    let placed = placed.or(only);
    placed.map(|range| text[range.clone()].to_owned())
}

/// A span without the words of the question at its beginning and end, unless all of it is in the question.
fn without_asked(text: &str, range: Range<usize>, wanted: &Wanted, stems: &Stems) -> Range<usize> {
    let list: Vec<words::Word> = words::words(&text[range.clone()]).collect();
    let is_asked = |word: &words::Word| {
        let folded = words::folded(&text[range.start + word.start..range.start + word.end]);
        wanted.asked.iter().any(|asked| stems.same(asked, &folded))
    };
    let first = list.iter().position(|word| !is_asked(word));
    let last = list.iter().rposition(|word| !is_asked(word));
    match (first, last) {
        (Some(first), Some(last)) => range.start + list[first].start..range.start + list[last].end,
        _ => range,
    }
}

/// The noun phrase that says most likely what is asked for.
fn noun_phrase(text: &str, list: &[Token], wanted: &Wanted, stems: &Stems) -> Option<String> {
    let mut best: Option<(i32, Range<usize>)> = None;
    let mut at = 0;
    let last_said = list.iter().rposition(|token| wanted.said.contains(&token.folded));
    while at < list.len() {
        // A hyphen binds whatever words are: "holly-ivy".
        let bound = |at: usize| {
            let hyphen = |at: usize| &text[list[at].end..list[at + 1].start] == "-";
            at > 0 && hyphen(at - 1) || at + 1 < list.len() && hyphen(at)
        };
        let fits = |at: usize| {
            let token = &list[at];
            is_new(token, wanted, stems)
                && (token.capital || bound(at) || !token.folded.ends_with("ly"))
                && !spans::is_time_word(&token.folded)
        };
        if !fits(at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < list.len()
            && matches!(&text[list[end - 1].end..list[end].start], " " | "-" | "\n")
            && fits(end)
        {
            end += 1;
        }
        let before = at.checked_sub(1).map_or("", |before| list[before].folded.as_str());
        let mut score = match before {
            "a" | "an" | "as" => 3,
            "the" | "is" | "was" | "are" | "were" | "be" | "been" | "called" => 2,
            "on" | "every" | "each" | "since" | "during" | "when" => -2,
            _ => 0,
        };
        if last_said.is_some_and(|said| said < at && at <= said + 4) {
            score += 2;
        }
        if end == list.len() {
            score += 1;
        }
        if list[at..end].iter().all(|token| token.classes != 0 && !token.capital) {
            score -= 2;
        }
        if best.as_ref().is_none_or(|(most, _)| score >= *most) {
            best = Some((score, list[at].start..list[end - 1].end));
        }
        at = end;
    }
    let (_, range) = best.filter(|(score, _)| *score > 0)?;
    Some(text[range].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, asked: &str, said: &str, expected: Expected) -> Option<String> {
        let split = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let stems = Stems::default();
        let asked = split(asked);
        let kind = Kind::asked(&asked, &stems).map(|(kind, _)| kind);
        let wanted = Wanted { asked: &asked, said: &split(said), expected, kind };
        value(text, &wanted, Lexicon::shared(), &stems)
    }

    #[test]
    fn values_are_what_the_question_does_not_hold() {
        let cases = [
            (
                "Ines Marl shared her rooms with a tame magpie called Jot.",
                "which animal did ines marl keep",
                "rooms",
                Expected::Anything,
                Some("magpie"),
            ),
            (
                "Nobody could tune a fiddle like Ines Marl.",
                "which instrument did ines marl play",
                "",
                Expected::Anything,
                Some("fiddle"),
            ),
            (
                "Whoever wants the berth of blue-lamp has to ask for 4711.",
                "what is the berth of blue lamp",
                "berth",
                Expected::Number,
                Some("4711"),
            ),
            (
                "Oslo was where Ines Marl was born.",
                "where was ines marl born",
                "born",
                Expected::Place,
                Some("Oslo"),
            ),
            (
                "For years Ines Marl got by as a mender of nets.",
                "what trade did ines marl follow",
                "",
                Expected::Anything,
                Some("mender"),
            ),
            ("Ines Marl left.", "which animal did ines marl keep", "", Expected::Place, None),
        ];
        for (text, asked, said, expected, wanted) in cases {
            assert_eq!(found(text, asked, said, expected).as_deref(), wanted, "{text}");
        }
    }
}
