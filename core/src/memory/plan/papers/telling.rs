//! Whether an answer or a line tells something of a kind: a reason, a rule, somebody, a number with a unit.

use super::kind::{Kind, is_of_people};
use super::words::{bare_words, is_of_date};
use super::{amounts, lines};
use crate::memory::index::names::{self, Name};
use crate::memory::plan::chinese::amounts as chinese;
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words::is_ideograph;

/// Words of a rule.
const RULES: &str = "may can cannot can't must mustn't not no only should shall allowed permitted forbidden prohibited accepted \
    compulsory required free excluded welcome granted unlimited optional banned illegal nothing nobody never entitled \
    possible void valid needs need included refundable nonrefundable unless desirable essential permission consent approval";

/// Whether folded words say of something that it is allowed or not, and of nothing that is done with it.
pub fn permits(words: &[String]) -> bool {
    const PERMITTED: &str = "allowed permitted forbidden prohibited banned welcome";
    words.windows(3).any(|three| {
        among("is are be", &three[0])
            && three[1..].iter().any(|word| among(PERMITTED, word))
            && (among(PERMITTED, &three[1]) || among("not only strictly also never", &three[1]))
    })
}

/// Whether an answer or a line tells something of a kind.
pub fn tells(kind: Kind, text: &str) -> bool {
    if text.chars().any(is_ideograph) {
        return chinese::fits(kind, text);
    }
    match kind {
        Kind::Reason => forms::gives_reason(text) || gives_reason(text),
        Kind::Rule => bare_words(text).iter().any(|word| among(RULES, word)),
        Kind::Person | Kind::Place | Kind::Truth | Kind::Statement => true,
        _ => !amounts::spans(kind, text).is_empty(),
    }
}

/// Whether the folded words of a line go on with a thing and say what comes of it: "They lower the risk".
pub fn tells_effect(words: &[String]) -> bool {
    const GOING_ON: &str = "it they this these that";
    const EFFECTS: &str = "risk danger lower lowers reduce reduces prevent prevents protect protects help helps avoid \
        avoids makes causes keeps damages spoils harms hurts improves weakens strengthens attracts wastes saves";
    words.first().is_some_and(|word| among(GOING_ON, word))
        && words.iter().any(|word| among(EFFECTS, word))
}

/// Whether a line gives a reason in a way of papers: "because of", "since" or "as" where a clause begins, "so" behind a
/// comma, and what stands behind the colon of a fault.
fn gives_reason(text: &str) -> bool {
    const MARKS: [&str; 24] = [
        ", since ",
        ", as ",
        ", so ",
        "because",
        "owing to",
        "due to",
        ": ",
        " and had to ",
        " or else ",
        ", or it ",
        ", or the ",
        ", otherwise ",
        "on account of",
        "as a result of",
        "in order to",
        "so that ",
        " to prevent ",
        " to avoid ",
        "in case ",
        "caused by",
        "blame",
        " since the ",
        " since it ",
        " since they ",
    ];
    let lower = text.to_lowercase();
    let opens =
        ["since ", "as ", "the cause ", "the reason "].iter().any(|word| lower.starts_with(word));
    // "The path is closed, for sheep graze there"; not "for example", "for 3 pounds".
    let has_for = lower.match_indices(", for ").any(|(at, mark)| {
        let behind = &lower[at + mark.len()..];
        !["example", "instance", "a "].iter().any(|word| behind.starts_with(word))
            && behind.starts_with(char::is_alphabetic)
    });
    opens || has_for || MARKS.iter().any(|mark| lower.contains(mark))
}

/// Whether a line has a name that the question has not.
pub fn names_anew(text: &str, asks: impl Fn(&str) -> bool) -> bool {
    // "4.1 Every member": a capital that only begins the sentence.
    let text = lines::number(text).unwrap_or(text);
    let mut found: Vec<Name> = Vec::new();
    names::names(text, &mut found);
    // "Discount for customers: …": the name of a field is a noun.
    let n_name = lines::field(text).map_or(0, |(_, value)| text.len() - value.len());
    found.retain(|name| name.start >= n_name || !name.uncertain);
    // "Saturday" is nobody.
    let is_new = |name: &Name| {
        bare_words(&text[name.start..name.end]).iter().any(|word| !asks(word) && !is_of_date(word))
    };
    found.iter().any(is_new)
}

/// Whether a line names whoever has an office by name, or says that nobody has.
pub fn names_holder(text: &str, asks: impl Fn(&str) -> bool) -> bool {
    says_nobody(&bare_words(text), &asks)
        || names_anew(text, |word| asks(word) || is_of_people(word))
}

/// Whether words say that there is none of what is asked for: "has no warden".
fn says_nobody(list: &[String], asks: impl Fn(&str) -> bool) -> bool {
    list.windows(2).any(|two| two[0] == "no" && asks(&two[1]))
}

/// Whether a line names somebody whom the question does not: by name or by what they are; or says that there is nobody.
pub fn says_who(text: &str, asks: impl Fn(&str) -> bool) -> bool {
    let list = bare_words(text);
    says_nobody(&list, &asks)
        || names_anew(text, &asks)
        || list.iter().any(|word| is_of_people(word) && !asks(word))
}
