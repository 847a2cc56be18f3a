//! Kinds of answers: which one a question asks for, and whether a line is of it.

use super::query::bare_words;
use super::{amounts, lines};
use crate::memory::answer::units::Measure;
use crate::memory::index::names::{self, Name};
use crate::memory::plan::chinese::amounts as chinese;
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words::is_ideograph;

/// The kind of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Money,
    /// How long, in time or in space.
    Length,
    Date,
    /// How many.
    Count,
    /// How much of something that is no money, or how heavy, loud, old it is.
    Amount,
    Telephone,
    Address,
    Reason,
    Person,
    Place,
    /// Whether something is allowed or must be.
    Rule,
    /// Whether something is so.
    Truth,
    Statement,
}

/// Words of a question for money.
const MONEY: &str = "cost costs costing price pay pays paid fee fare rent charge charged salary wage wages deposit subscription fine bill \
    worth spend spent earn budget income quotation want wants owe owes money refund refunded";
/// What may be a share or a number of anything.
const SUMS: &str =
    "total sum rest share discount increase decrease rise drop loss load limit difference amount";
/// Verbs that open a question for yes or no.
const AUXILIARIES: &str =
    "is are was were am do does did has have had can could will would may might must shall should";
/// Adjectives behind "how" that ask for a length of time.
const HASTE: &str = "long quickly soon fast early";
/// Adjectives behind "how" that ask for a number, with what its unit measures.
const MEASURES: &[(&str, Option<Measure>)] = &[
    ("heavy", Some(Measure::Weight)),
    ("tall high wide deep thick", Some(Measure::Space)),
    ("hot cold warm loud", Some(Measure::Level)),
    ("old", Some(Measure::Time)),
    ("far big large powerful strong fast", None),
];
/// Words of a rule.
const RULES: &str = "may can cannot can't must mustn't not no only should shall allowed permitted forbidden prohibited accepted \
    compulsory required free excluded welcome granted unlimited optional banned illegal nothing nobody never entitled \
    possible void valid needs need";
/// Nouns for people and bodies that no ending tells, and pronouns.
const PEOPLE: &str = "everybody everyone nobody anybody anyone somebody i we you he she they members member staff guests \
    landlord landlady tenant tenants council town city state ministry government board committee company firm club \
    school college university hospital insurance bank office trust foundation society charity union church parents \
    mother father grandmother grandfather sister brother uncle aunt wife husband son daughter children child students \
    student workers people men women families president chair clerk secretary nurse cook host agent tutor guard \
    police captain coach groom guide warden guests crew team department mechanic";
/// Endings of nouns for people.
const OF_PEOPLE: [&str; 7] = ["er", "or", "ist", "man", "ers", "ors", "ists"];
/// Words with these endings that are nobody.
const NOBODY: &str = "after other over under never ever order number letter paper water offer matter summer winter \
    dinner cover corner september october november december another whether former per for or nor either together \
    later earlier further longer shorter higher lower larger smaller older newer better rather however computer printer cutter \
    poster banner folder counter shower border silver copper timber rubber butter powder drawer colour color floor door \
    error major minor factor motor tractor sensor indoor outdoor interior exterior quarter master remember consider enter";

impl Kind {
    /// The kind that the folded words of a question ask for; `None` if they ask nothing.
    pub fn asked(words: &[String]) -> Option<Self> {
        let has = |list: &str| words.iter().any(|word| among(list, word));
        let asks = words
            .iter()
            .position(|word| among("who whom whose where when why how what which", word));
        let first = words.first()?.as_str();
        if among(AUXILIARIES, first) {
            let ruled = among("can could may must should am", first)
                || has(
                    "allowed permitted forbidden prohibited compulsory required ok okay acceptable possible",
                )
                || has("have need") && among("do does", first);
            return Some(if ruled { Self::Rule } else { Self::Truth });
        }
        let at = asks?;
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let next = word(at + 1);
        Some(match word(at) {
            "who" | "whom" | "whose" => Self::Person,
            "where" => Self::Place,
            "when" => Self::Date,
            "why" => Self::Reason,
            "how" => match next {
                "many" => Self::Count,
                // "How much is a bed": what it costs; "how much is left": of something.
                "much"
                    if among("is are was were", word(at + 2))
                        && among("a an the one", word(at + 3))
                        && !has(SUMS) =>
                {
                    Self::Money
                }
                "much" => of_how_much(word(at + 2), has(MONEY)),
                "late" => Self::Date,
                "far" if among("ahead in", word(at + 2)) => Self::Length,
                "fast" if among("is are was were does do did", word(at + 2)) => Self::Amount,
                next if among(HASTE, next) => Self::Length,
                next if measure(next).is_some() => Self::Amount,
                _ => Self::Statement,
            },
            _ => {
                let near = &words[at + 1..words.len().min(at + 6)];
                let near_has = |list: &str| near.iter().any(|word| among(list, word));
                if among("time date day days year month weekday", next) {
                    Self::Date
                } else if words[at + 1..].starts_with(&["is".into(), "the".into(), "total".into()])
                {
                    Self::Amount
                } else if near_has("phone telephone mobile") {
                    Self::Telephone
                } else if near_has("address") && !has("e-mail email mail website web") {
                    Self::Address
                } else if near_has(
                    "rate price cost fee fare rent salary wage fine subscription deposit quotation",
                ) || has("cost costs")
                {
                    Self::Money
                } else {
                    Self::Statement
                }
            }
        })
    }

    /// Whether an answer or a line is of this kind.
    pub fn fits(self, text: &str) -> bool {
        if text.chars().any(is_ideograph) {
            return chinese::fits(self, text);
        }
        match self {
            Self::Reason => forms::gives_reason(text) || gives_reason(text),
            Self::Rule => bare_words(text).iter().any(|word| among(RULES, word)),
            Self::Person | Self::Place | Self::Truth | Self::Statement => true,
            _ => !amounts::spans(self, text).is_empty(),
        }
    }

    /// Whether an answer of this kind is a number with a unit.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Money | Self::Length | Self::Date | Self::Count | Self::Amount)
    }

    /// Whether a line of this kind says little else, so that a heading may say of what.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Money | Self::Length | Self::Date | Self::Telephone | Self::Address)
    }
}

/// What the unit of a number measures that is asked for with "how" and a folded adjective; `None` if it is no such.
pub fn measure(adjective: &str) -> Option<Option<Measure>> {
    MEASURES.iter().find(|(list, _)| among(list, adjective)).map(|(_, measure)| *measure)
}

/// The kind of "how much", told by the word behind it.
fn of_how_much(next: &str, has_money: bool) -> Kind {
    match next {
        "money" => Kind::Money,
        "time" | "notice" => Kind::Length,
        _ if has_money && (among(AUXILIARIES, next) || next.is_empty()) => Kind::Money,
        _ => Kind::Amount,
    }
}

/// Whether a line gives a reason in a way of papers: "because of", "since" or "as" where a clause begins, "so" behind a
/// comma, and what stands behind the colon of a fault.
fn gives_reason(text: &str) -> bool {
    const MARKS: [&str; 14] = [
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

/// Whether a folded word is a noun for people.
pub fn is_of_people(word: &str) -> bool {
    among(PEOPLE, word)
        || OF_PEOPLE.iter().any(|ending| word.ends_with(ending)) && !among(NOBODY, word)
}

/// Whether a line has a name that the question has not.
pub fn names_anew(text: &str, asks: impl Fn(&str) -> bool) -> bool {
    let mut found: Vec<Name> = Vec::new();
    names::names(text, &mut found);
    // "Discount for customers: …": the name of a field is a noun.
    let n_name = lines::field(text).map_or(0, |(_, value)| text.len() - value.len());
    found.retain(|name| name.start >= n_name || !name.uncertain);
    let is_new =
        |name: &Name| bare_words(&text[name.start..name.end]).iter().any(|word| !asks(word));
    found.iter().any(is_new)
}

/// Whether a line names somebody whom the question does not: by name or by what they are; or says that there is nobody.
pub fn says_who(text: &str, asks: impl Fn(&str) -> bool) -> bool {
    let list = bare_words(text);
    let is_nobody = list.windows(2).any(|two| two[0] == "no" && asks(&two[1]));
    is_nobody
        || names_anew(text, &asks)
        || list.iter().any(|word| is_of_people(word) && !asks(word))
}
