//! Questions about a clause of prose, by grammar alone: a part of it is taken out, and a question word
//! comes to the front.
//!
//! ```text
//! [the old captain] [had] [buried] [his chest] [under a fig tree] [in May]
//!   Who had buried his chest under a fig tree?        the old captain
//!   What had the old captain buried in May?           his chest
//!   Where had the old captain buried his chest?       under a fig tree
//!   When had the old captain buried his chest?        May
//! ```
//! A clause that does not look like subject, verb and parts is left alone: most do not, and there are
//! enough. Parts that are not asked for are left out at random, and some words are replaced by others of
//! their meaning, so that a question seldom holds all the words of its sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use carrel_core::memory::index::stems::irregular_forms;
use carrel_suite::dice::Dice;

use crate::phrases::lowered;

/// Words of a subject, at most.
const LONGEST_SUBJECT: usize = 8;
/// Words of a part that is asked for, at most.
const LONGEST_PART: usize = 9;
/// Parts of a hundred that a question leaves out, if it does not ask for them.
const LEFT_OUT: usize = 45;
/// Words of a hundred that are replaced by others of their meaning, where there are any.
const REPLACED: usize = 35;

/// Words in front of a question that stay.
const FRONT: usize = 3;

fn set(text: &'static str) -> BTreeSet<&'static str> {
    text.split_whitespace().collect()
}

macro_rules! words {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| set($text));
    };
}

words!(
    AUXILIARIES,
    "is are was were has have had will would shall should can could may might must"
);
words!(
    DETERMINERS,
    "the a an this that these those my his her its our their your some any every each no both all \
     another several many few such one two three four five six seven eight nine ten twenty"
);
words!(PRONOUNS, "he she it they we i you who which there nobody everybody somebody nothing");
words!(OBJECTS, "him her it them us me himself herself itself themselves");
words!(
    PREPOSITIONS,
    "in on at by with from to into through under behind beside inside near above below across along \
     around against among after before during until till since for without about over beyond beneath \
     between towards toward upon within outside despite because when while where if although though \
     unless that who whom whose which as than so and but or nor till whilst"
);
words!(
    JOINERS,
    "because when while where if although though unless that who whom whose which as than so and but \
     or nor whilst"
);
words!(
    TIMES,
    "day days night nights morning evening afternoon noon midnight dawn dusk week weeks month months \
     year years hour hours minute minutes o'clock spring summer autumn winter january february march \
     april may june july august september october november december monday tuesday wednesday \
     thursday friday saturday sunday christmas easter time moment century season"
);
words!(
    UNITS,
    "year years month months week weeks day days hour hours minute minutes mile miles foot feet yard \
     yards inch inches pound pounds shilling shillings dollar dollars franc francs league leagues \
     acre acres ton tons"
);
words!(
    NUMBERS,
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
     seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand \
     dozen"
);
words!(
    PEOPLE,
    "man woman men women boy girl captain doctor lady gentleman father mother brother sister son \
     daughter uncle aunt king queen prince princess lord servant maid soldier officer master mistress \
     judge lawyer priest friend friends wife husband child children people sailor sailors guard \
     count countess duke baron colonel major general professor teacher driver cook farmer merchant"
);
words!(
    COLOURS,
    "red blue green yellow black white grey gray brown purple pink golden scarlet crimson silver"
);

/// Words of one meaning that may stand for each other in a question: verbs in their first form, nouns and
/// adjectives.
static MEANINGS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut meanings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in include_str!("../data/meanings.txt").lines().filter(|line| !line.starts_with('#')) {
        for word in line.split(' ') {
            meanings
                .entry(word)
                .or_default()
                .extend(line.split(' ').filter(|other| *other != word));
        }
    }
    meanings
});

/// A part of a clause: its words as they stand, with a preposition first or not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part<'t> {
    preposition: Option<&'t str>,
    text: &'t str,
    words: Vec<&'t str>,
}

/// A clause, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause<'t> {
    subject: &'t str,
    /// The auxiliary as it stands, and the rest of the verb; or "did" and the first form.
    auxiliary: &'t str,
    verb: String,
    /// The verb as it stands behind a subject, with the auxiliary.
    said: &'t str,
    parts: Vec<Part<'t>>,
}

/// A question about `sentence` and the words of it that answer; `known` tells how often the words of the
/// language stand somewhere in small letters.
pub fn asked(
    sentence: &str,
    known: &BTreeMap<String, u32>,
    dice: &mut Dice,
) -> Option<(String, String)> {
    let pieces: Vec<&str> = sentence
        .split([',', ';', ':', '—', '"', '“', '”', '(', ')', '.', '!', '?'])
        .map(str::trim)
        .filter(|piece| piece.split(' ').count() >= 4)
        .collect();
    if pieces.is_empty() {
        return None;
    }
    let piece = *dice.pick(&pieces);
    let found = relative(piece, dice).filter(|_| dice.chance(40));
    let found = found.or_else(|| clause(piece, known).and_then(|clause| question(&clause, dice)));
    let (text, span) = found?;
    let long = span.split(' ').count() > LONGEST_PART;
    let pronoun = |word: &str| PRONOUNS.contains(word) || OBJECTS.contains(word);
    let fits = !long && !span.is_empty() && !pronoun(&span.to_lowercase());
    (fits && sentence.contains(&span)).then(|| (in_other_words(&text, dice), span))
}

/// The first form of a verb of the past.
fn first_form(past: &str, known_as: &BTreeMap<String, u32>) -> Option<String> {
    if let Some(forms) = irregular_forms(past) {
        return (forms.get(1) == Some(&past)).then(|| forms[0].to_owned());
    }
    let stem = past.strip_suffix("ed").filter(|stem| stem.len() > 2)?;
    let doubled = stem.chars().rev().take(2).collect::<Vec<_>>();
    let single = &stem[..stem.len() - doubled[0].len_utf8()];
    let candidates = [
        stem.strip_suffix('i').map(|stem| format!("{stem}y")),
        Some(format!("{stem}e")).filter(|_| !stem.ends_with(['w', 'x', 'y'])),
        Some(stem.to_owned()),
        (doubled[0] == doubled[1]).then(|| single.to_owned()),
    ];
    let known = candidates.into_iter().flatten().filter(|word| known_as.contains_key(word));
    known.max_by_key(|word| known_as[word])
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn clause<'t>(piece: &'t str, known: &BTreeMap<String, u32>) -> Option<Clause<'t>> {
    let mut words: Vec<&str> = piece.split(' ').collect();
    let joins = |word: &str| {
        JOINERS.contains(word.to_lowercase().as_str()) && !["who", "which"].contains(&word)
    };
    while words.first().is_some_and(|word| joins(word) || *word == "then" || *word == "Then") {
        words.remove(0);
    }
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let first = lower.first()?.as_str();
    let begins = DETERMINERS.contains(first)
        || PRONOUNS.contains(first)
        || (is_capital(words[0]) && first.len() > 2 && !PREPOSITIONS.contains(first));
    if !begins || first.ends_with("ing") || ["who", "which", "there"].contains(&first) {
        return None;
    }
    // The verb is the first word that can be one.
    let at = (1..words.len().min(LONGEST_SUBJECT + 1))
        .find(|&at| AUXILIARIES.contains(words[at]) || is_past(words[at], words[at - 1], known))?;
    let bad = |word: &String| {
        let word = word.as_str();
        PRONOUNS.contains(word) || (JOINERS.contains(word) && word != "and") || word.ends_with("ly")
    };
    if lower[1..at].iter().any(bad) || PREPOSITIONS.contains(lower[at - 1].as_str()) {
        return None;
    }
    let slice = |from: usize, to: usize| -> &'t str {
        let start = words[from].as_ptr() as usize - piece.as_ptr() as usize;
        let last = words[to - 1];
        &piece[start..last.as_ptr() as usize + last.len() - piece.as_ptr() as usize]
    };
    let (auxiliary, verb, rest) = if AUXILIARIES.contains(words[at]) {
        let mut end = at + 1;
        while end < words.len()
            && (["been", "be", "not", "never", "already", "also", "have"].contains(&words[end])
                || words[end].ends_with("ed")
                || words[end].ends_with("ing")
                || irregular_forms(words[end]).is_some())
            && end < at + 4
        {
            end += 1;
        }
        if lower[at + 1..end].iter().any(|word| word == "not" || word == "never") {
            return None;
        }
        (words[at], if end > at + 1 { slice(at + 1, end).to_owned() } else { String::new() }, end)
    } else {
        ("did", first_form(words[at], known)?, at + 1)
    };
    if rest < words.len() && ["not", "never", "n't", "long"].contains(&words[rest]) {
        return None;
    }
    let modal = !["is", "are", "was", "were", "did", "has", "have", "had"].contains(&auxiliary);
    let (verb, rest) = match verb.is_empty() && modal && rest < words.len() {
        // "Would" and "must" are followed by a first form, whatever it is.
        true => (words[rest].to_owned(), rest + 1),
        false => (verb, rest),
    };
    let parts = parts(piece, &words, &lower, rest);
    let said = slice(at, rest);
    (!parts.is_empty()).then_some(Clause { subject: slice(0, at), auxiliary, verb, said, parts })
}

fn is_past(word: &str, before: &str, known: &BTreeMap<String, u32>) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_lowercase());
    plain
        && !DETERMINERS.contains(before)
        && before != "of"
        && word.len() > 3
        && first_form(word, known).is_some()
}

/// The parts behind a verb: up to where something begins that is not understood.
fn parts<'t>(piece: &'t str, words: &[&'t str], lower: &[String], from: usize) -> Vec<Part<'t>> {
    let begins = |at: usize| {
        let word = lower[at].as_str();
        PREPOSITIONS.contains(word)
            || (word == "to")
            || (at > from && OBJECTS.contains(&*lower[at - 1]))
    };
    let mut parts = Vec::new();
    let mut start = from;
    while start < words.len() {
        let mut end = start + 1;
        while end < words.len() && !begins(end) {
            end += 1;
        }
        let first = lower[start].as_str();
        let because = first == "because";
        if because {
            end = words.len();
        } else if JOINERS.contains(first) {
            break;
        }
        let preposition = (PREPOSITIONS.contains(first) || first == "to").then_some(words[start]);
        let inner = start + usize::from(preposition.is_some());
        if inner >= end {
            start = end;
            continue;
        }
        let begin = words[inner].as_ptr() as usize - piece.as_ptr() as usize;
        let last = words[end - 1];
        let stop = last.as_ptr() as usize + last.len() - piece.as_ptr() as usize;
        let (text, list) = (&piece[begin..stop], words[inner..end].to_vec());
        parts.push(Part { preposition, text, words: list });
        start = end;
    }
    parts
}

fn has(words: &[&str], list: &BTreeSet<&str>) -> bool {
    words.iter().any(|word| list.contains(word.to_lowercase().as_str()))
}

fn is_number(word: &str) -> bool {
    NUMBERS.contains(word) || word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
}

/// Whether the words are somebody: a name, a pronoun, or what people are called.
fn is_person(words: &[&str]) -> bool {
    words.last().is_some_and(|word| is_capital(word)) || has(words, &PEOPLE)
}

/// The other parts behind the verb in a question, some of them left out.
fn others(clause: &Clause, but: Option<usize>, dice: &mut Dice) -> String {
    let mut out = String::new();
    for (index, part) in clause.parts.iter().enumerate() {
        if Some(index) == but
            || (but != Some(0) && index > 0 || but.is_none() && index > 1) && dice.chance(LEFT_OUT)
        {
            continue;
        }
        if let Some(preposition) = part.preposition {
            out += &format!(" {preposition}");
        }
        out += &format!(" {}", part.text);
    }
    out
}

fn subject(clause: &Clause) -> String {
    let first = clause.subject.split(' ').next().unwrap_or_default();
    let lower = first.to_lowercase();
    let small = DETERMINERS.contains(lower.as_str()) || PRONOUNS.contains(lower.as_str());
    if small { lowered(clause.subject) } else { clause.subject.to_owned() }
}

fn question(clause: &Clause, dice: &mut Dice) -> Option<(String, String)> {
    let named: Vec<&str> = clause.subject.split(' ').collect();
    let target = dice.below(clause.parts.len() + 1);
    if target == clause.parts.len() {
        let who =
            if is_person(&named) { "Who" } else { *dice.pick(&["What", "What", "Which thing"]) };
        let text = format!("{who} {}{}?", clause.said, others(clause, None, dice));
        return Some((text, clause.subject.to_owned()));
    }
    let part = &clause.parts[target];
    let first = part.words[0].to_lowercase();
    let rest = others(clause, Some(target), dice);
    let verb = if clause.verb.is_empty() { String::new() } else { format!(" {}", clause.verb) };
    let core = format!("{} {}{verb}{rest}", clause.auxiliary, subject(clause));
    let whole = |text: String| Some((text, part.text.to_owned()));
    let kept = |text: String| {
        let preposition = part.preposition.unwrap_or_default();
        Some((text, format!("{preposition} {}", part.text)))
    };
    let time = has(&part.words, &TIMES) || (first.len() == 4 && is_number(&first));
    let measured = part.words.len() > 1 && part.words.iter().any(|word| is_number(word));
    let person = is_person(&part.words);
    if measured && part.words.last().is_some_and(|unit| UNITS.contains(unit)) {
        let unit = part.words.last().copied().unwrap_or_default();
        let long = ["year", "month", "week", "day", "hour", "minute"];
        let word = match unit.trim_end_matches('s') {
            unit if long.contains(&unit) => "How long",
            "pound" | "shilling" | "dollar" | "franc" => "How much",
            _ => "How far",
        };
        return whole(format!("{word} {core}?"));
    }
    if measured && part.preposition.is_none() && dice.chance(70) {
        let at = part.words.iter().position(|word| is_number(word))?;
        let counted = part.words.get(at + 1..)?.join(" ");
        if counted.is_empty() || !counted.split(' ').next()?.ends_with(['s', 'n']) {
            return None;
        }
        return Some((format!("How many {counted} {core}?"), part.words[at].to_owned()));
    }
    match part.preposition.map(str::to_lowercase).as_deref() {
        None if clause.verb.is_empty()
            && ["is", "are", "was", "were"].contains(&clause.auxiliary) =>
        {
            let who = if is_person(&named) && person { "Who" } else { "What" };
            (DETERMINERS.contains(&*first) || is_capital(part.words[0]))
                .then(|| whole(format!("{who} {core}?")))?
        }
        None => {
            if !(DETERMINERS.contains(&*first) || is_capital(part.words[0])) {
                return None;
            }
            let colour = part.words.iter().find(|word| COLOURS.contains(**word));
            if let (Some(colour), true) = (colour, dice.chance(50)) {
                let noun = part.words.last()?;
                return Some((format!("What colour was the {noun}?"), (*colour).to_owned()));
            }
            let word = if person { "Whom" } else { "What" };
            whole(format!("{word} {core}?"))
        }
        Some("because") => whole(format!("Why {core}?")),
        Some("after" | "before" | "during" | "until" | "till" | "since") => {
            kept(format!("When {core}?"))
        }
        Some("in" | "on" | "at" | "upon") if time => {
            let word = *dice.pick(&["When", "When", "At what time"]);
            whole(format!("{word} {core}?"))
        }
        Some("in" | "on" | "at" | "from" | "into") if DETERMINERS.contains(&*first) || person => {
            whole(format!("{} {core}?", dice.pick(&["Where", "Where", "In what place"])))
        }
        Some(
            "under" | "behind" | "beside" | "inside" | "near" | "above" | "below" | "across"
            | "along" | "around" | "among" | "over" | "beyond" | "beneath" | "between" | "outside"
            | "through",
        ) => kept(format!("Where {core}?")),
        Some("by") => {
            let word = if person { "By whom" } else { "By what" };
            whole(format!("{word} {core}?"))
        }
        Some("to") if !DETERMINERS.contains(&*first) && !person => (clause.parts.len() > 1
            && part.words.len() > 1)
            .then(|| kept(format!("{} {core}?", dice.pick(&["Why", "For what purpose"]))))?,
        Some(
            preposition @ ("with" | "to" | "for" | "about" | "from" | "of" | "without" | "against"),
        ) => {
            let word = if person { "whom" } else { "what" };
            match dice.chance(50) {
                true => whole(format!(
                    "{}{} {word} {core}?",
                    preposition[..1].to_uppercase(),
                    &preposition[1..]
                )),
                false => {
                    whole(format!("Wh{} {core} {preposition}?", if person { "o" } else { "at" }))
                }
            }
        }
        _ => None,
    }
}

/// Who or what it is of which a relative clause says something: "the man who sold the horse".
fn relative(piece: &str, dice: &mut Dice) -> Option<(String, String)> {
    let (before, said) = [" who ", " which "].iter().find_map(|word| piece.split_once(word))?;
    let list: Vec<&str> = before.split(' ').collect();
    let at = list.iter().rposition(|word| DETERMINERS.contains(word.to_lowercase().as_str()))?;
    let named = &list[at..];
    let verb = said.split(' ').next()?;
    let finite =
        AUXILIARIES.contains(verb) || verb.ends_with("ed") || irregular_forms(verb).is_some();
    let short: Vec<&str> = said.split(' ').take(dice.between(4, 10)).collect();
    let who = if piece.contains(" who ") { "Who" } else { "What" };
    (finite && named.len() > 1 && named.len() <= 6 && short.len() > 2)
        .then(|| (format!("{who} {}?", short.join(" ")), named.join(" ")))
}

/// A question in which some words are others of the same meaning.
fn in_other_words(question: &str, dice: &mut Dice) -> String {
    let words: Vec<String> = question
        .split(' ')
        .enumerate()
        .map(|(index, word)| {
            let bare = word.trim_end_matches('?');
            match MEANINGS.get(bare) {
                // What is asked for stays.
                Some(others) if index >= FRONT && dice.chance(REPLACED) => {
                    format!("{}{}", dice.pick(others), &word[bare.len()..])
                }
                _ => word.to_owned(),
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(sentence: &str) -> BTreeSet<(String, String)> {
        let known = ["bury", "walk", "sell", "hide", "carry"].map(|word| (word.to_owned(), 1));
        let known = BTreeMap::from(known);
        let mut dice = Dice::new(1, "clauses");
        (0..400).filter_map(|_| asked(sentence, &known, &mut dice)).collect()
    }

    #[test]
    fn each_part_of_a_clause_is_asked_for() {
        let found = all("The old captain had buried his chest under a fig tree in May.");
        let spans: BTreeSet<&str> = found.iter().map(|(_, span)| span.as_str()).collect();
        assert_eq!(
            spans,
            BTreeSet::from(["The old captain", "his chest", "under a fig tree", "May"]),
            "{found:?}"
        );
        let has = |question: &str| found.iter().any(|(text, _)| text == question);
        assert!(has("Where had the old captain buried his chest?"), "{found:?}");
        assert!(has("When had the old captain buried his chest?"), "{found:?}");
    }

    #[test]
    fn the_past_is_asked_for_with_did() {
        let found = all("My uncle carried two lamps to the cellar because it was dark.");
        let asks = |start: &str, span: &str| {
            found.iter().any(|(text, answer)| text.starts_with(start) && answer == span)
        };
        assert!(asks("How many lamps did my uncle", "two"), "{found:?}");
        assert!(asks("Why did my uncle", "it was dark"), "{found:?}");
        assert!(asks("Who carried two lamps", "My uncle"), "{found:?}");
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for sentence in
            ["Alas and alack.", "He did not go there at all.", "Running, always running on."]
        {
            assert_eq!(all(sentence), BTreeSet::new(), "{sentence}");
        }
    }
}
