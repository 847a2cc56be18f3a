//! Kinds of answers, and which one a question asks for. What tells something of one is known to `telling`.

use crate::memory::answer::units::Measure;
use crate::memory::plan::language::grammar::among;

/// The kind of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Money,
    /// How long, in time or in space.
    Length,
    Date,
    /// How often.
    Frequency,
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
/// Words with which a number of times is one a day or a year.
const OF_TIMES: &str = "per each every a day week month year daily weekly monthly yearly annually";
/// Verbs with which a number is called, and what is paid or earned.
const CALLING: &str = "call ring phone dial telephone reach";
const PAYING: &str = "pay paid earn earns owe owes";
/// Adjectives behind "how" that ask for a length of time.
const HASTE: &str = "long quickly soon fast early";
/// Adjectives behind "how" that ask for a number, with what its unit measures.
const MEASURES: &[(&str, Option<Measure>)] = &[
    ("heavy", Some(Measure::Weight)),
    ("tall high wide deep thick", Some(Measure::Space)),
    ("hot cold warm loud", Some(Measure::Level)),
    ("old", Some(Measure::Time)),
    ("big large powerful strong fast", None),
    ("far", Some(Measure::Space)),
];
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
                "many"
                    if word(at + 2) == "times"
                        && words.iter().any(|word| among(OF_TIMES, word)) =>
                {
                    Self::Frequency
                }
                "often" | "frequently" | "regularly" => Self::Frequency,
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
                // "What is included in the price" asks for no price.
                let priced = |list: &str| {
                    let is_head = |at: usize| {
                        let the = usize::from(among("the my our your", &near[at.max(1) - 1]));
                        at <= the || !among("in by with", &near[at - 1 - the])
                    };
                    (0..near.len()).any(|at| among(list, &near[at]) && is_head(at))
                };
                // "What do I have to pay", and not what for.
                let pays = among("do does did will would must should", next)
                    && has(PAYING)
                    && words.last().is_some_and(|word| word != "for")
                    && !has("attention");
                if next == "number" && has(CALLING) {
                    Self::Telephone
                } else if among("time date day days year month weekday", next)
                    || near_has("deadline")
                {
                    Self::Date
                } else if words[at + 1..].starts_with(&["is".into(), "the".into(), "total".into()])
                {
                    Self::Amount
                } else if near_has("phone telephone mobile") {
                    Self::Telephone
                } else if near_has("address") && !has("e-mail email mail website web") {
                    Self::Address
                } else if priced(
                    "rate price cost fee fare rent salary wage fine subscription deposit quotation",
                ) || has("cost costs")
                    || pays
                {
                    Self::Money
                } else {
                    Self::Statement
                }
            }
        })
    }

    /// Whether an answer of this kind is a number with a unit.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Money | Self::Length | Self::Date | Self::Frequency | Self::Count | Self::Amount
        )
    }

    /// Whether a line of this kind says little else, so that a heading may say of what.
    pub fn is_exact(self) -> bool {
        matches!(
            self,
            Self::Money
                | Self::Length
                | Self::Date
                | Self::Frequency
                | Self::Telephone
                | Self::Address
        )
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

/// Whether folded words of a question name money.
pub fn is_of_money(words: &[String]) -> bool {
    words.iter().any(|word| among(MONEY, word) || among(SUMS, word))
}

/// Whether a folded word is a noun for people.
pub fn is_of_people(word: &str) -> bool {
    among(PEOPLE, word)
        || OF_PEOPLE.iter().any(|ending| word.ends_with(ending)) && !among(NOBODY, word)
}
