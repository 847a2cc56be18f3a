//! What a question about a paper asks: a kind of answer, and the words that a line has to say.
//!
//! ```text
//! "How much is the rent?"               money      rent
//! "Can I bring my dog?"                 a rule     dog
//! "How long is the guarantee?"          a length   guarantee
//! "What was the rent before July?"      money      rent, as it was first
//! ```
//! Words that only ask ("need", "happen", "exactly"), idioms of time, and what the kind says anyway ("cost" of money)
//! need not stand in a line.

use super::amounts;
use crate::memory::answer::spans::names_a_date;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::events::standing::Standing;
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words;

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

/// A word of a question.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The word in any form.
    pub strict: Pattern,
    /// The same, or another word that papers use for it.
    pub any: Pattern,
    /// Whether a line need not say it.
    pub light: bool,
    /// Whether it is written as a name.
    pub is_name: bool,
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Query {
    pub kind: Kind,
    /// Its folded words, without possessive marks.
    pub words: Vec<String>,
    pub wanted: Vec<Wanted>,
    /// The noun that is counted.
    pub counted: Option<Pattern>,
    /// Whether it asks for several things.
    pub many: bool,
    /// Whether it asks for the state at the beginning.
    pub earliest: bool,
    /// Whether it asks for the state at the end.
    pub latest: bool,
}

/// Words that only ask.
const LIGHT: &str = "far need needs needed require requires required have get gets got give gives given happen happens happened \
    mean means meant use used uses come comes make let want wants take takes took taken bring keep go allowed \
    permitted possible ok okay acceptable forbidden prohibited people person persons somebody someone anyone exactly much many long \
    quickly soon fast often total altogether thing things kind sort type called period tell say says said \
    paper document text following there please put per ahead moment";
const OF_MONEY: &str = "cost costs costing price pay pays paid charge charged money amount fee spend give want ask asked sum bill";
/// Whom a rule is for: a line need not name them.
const OF_RULE: &str = "tenant tenants renter renters member members employee employees staff guest guests visitor visitors resident \
    residents customer customers reader readers student students";
const OF_DATE: &str = "due place time date day planned scheduled set start exactly year month";
const OF_TELEPHONE: &str = "phone number telephone mobile call";
const OF_ADDRESS: &str = "address located";
/// Words of a question for money.
const MONEY: &str = "cost costs costing price pay pays paid fee rent charge charged salary wage wages deposit subscription fine bill \
    worth spend spent earn budget income quotation want wants owe owes money refund refunded";
/// Verbs that open a question for yes or no.
const AUXILIARIES: &str =
    "is are was were am do does did has have had can could will would may might must shall should";
/// Adjectives behind "how" that ask for a length of time.
const HASTE: &str = "long quickly soon fast";
/// The same for a number, with what a line says instead.
const MEASURES: &str =
    "heavy loud old tall high wide deep far hot cold warm big large powerful strong thick";

impl Query {
    /// Takes `text` apart; `None` if it asks for nothing that a line could say.
    pub fn of(text: &str, stems: &Stems) -> Option<Self> {
        let (asked, limited) = without_limit(text);
        let list: Vec<String> = words::folded_words(asked).collect();
        let standing = Standing::of(asked, &list);
        let (latest, earliest) = (standing.latest, standing.earliest || limited);
        let words: Vec<String> = list.iter().map(|word| bare(word)).collect();
        let kind = kind(&words)?;
        let capitals: Vec<String> = asked
            .split_whitespace()
            .filter(|word| word.starts_with(char::is_uppercase))
            .flat_map(bare_words)
            .collect();
        let n_asking = words
            .iter()
            .position(|word| among(MEASURES, word))
            .filter(|at| *at > 0 && words[at - 1] == "how");
        let mut wanted: Vec<Wanted> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            if standing.words.contains(&at) {
                continue;
            }
            let measures = n_asking == Some(at) && kind == Kind::Amount;
            if stopwords::is_stopword(word) && !measures
                || word.len() < 2 && !word.bytes().all(|b| b.is_ascii_digit())
            {
                continue;
            }
            let of_kind = match kind {
                Kind::Money => among(OF_MONEY, word),
                Kind::Date => among(OF_DATE, word),
                Kind::Telephone => among(OF_TELEPHONE, word),
                Kind::Address => among(OF_ADDRESS, word),
                Kind::Amount if measures => among("big large", word),
                Kind::Rule => among(OF_RULE, word),
                _ => false,
            };
            let strict = Pattern::word(word, stems);
            let mut any = strict.clone();
            any.or(&thesaurus::same_meaning(word, stems));
            any.or(&thesaurus::in_papers(word, stems));
            let light = of_kind || !measures && among(LIGHT, word);
            wanted.push(Wanted { strict, any, light, is_name: at > 0 && capitals.contains(word) });
        }
        if !wanted.iter().any(|wanted| !wanted.light) {
            return None;
        }
        let counted = words.iter().position(|word| word == "many").and_then(|at| words.get(at + 1));
        let counted = counted.filter(|_| kind == Kind::Count).map(|word| {
            let mut any = Pattern::word(word, stems);
            any.or(&thesaurus::in_papers(word, stems));
            any
        });
        let plural =
            |two: &[String]| among("what which who", &two[0]) && among("are were", &two[1]);
        let many = words.windows(2).any(plural)
            || words.iter().any(|word| among("list all every each", word));
        Some(Self { kind, words, wanted, counted, many, earliest, latest })
    }

    /// Whether a folded word stands in the question, in any form.
    pub fn asks(&self, word: &str, stems: &Stems) -> bool {
        self.words.iter().any(|own| stems.same(own, word))
    }
}

impl Kind {
    /// Whether an answer or a line is of this kind.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Reason => forms::gives_reason(text) || gives_reason(text),
            Self::Rule => bare_words(text).iter().any(|word| among(RULES, word)),
            Self::Person | Self::Place | Self::Truth | Self::Statement => true,
            _ => !amounts::spans(self, text).is_empty(),
        }
    }

    /// Whether a line of this kind says little else, so that a heading may say of what.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Money | Self::Length | Self::Date | Self::Telephone | Self::Address)
    }
}

/// Words of a rule.
const RULES: &str = "may can cannot can't must mustn't not no only should shall allowed permitted forbidden prohibited accepted \
    compulsory required free excluded welcome granted unlimited optional banned illegal nothing nobody never entitled";

/// Whether a line gives a reason in a way of papers: "because of", "since" or "as" where a clause begins, "so" behind a
/// comma, and what stands behind the colon of a fault.
fn gives_reason(text: &str) -> bool {
    let lower = text.to_lowercase();
    let opens = ["since ", "as "].iter().any(|word| lower.starts_with(word));
    opens
        || [", since ", ", as ", ", so ", "because", "owing to", "due to", ": "]
            .iter()
            .any(|mark| lower.contains(mark))
}

/// The folded words of a text without possessive marks.
pub fn bare_words(text: &str) -> Vec<String> {
    words::folded_words(text).map(|word| bare(&word)).collect()
}

/// A folded word without a possessive mark.
fn bare(word: &str) -> String {
    let own = word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s"));
    own.unwrap_or(word).trim_matches(['\'', '\u{2019}']).to_owned()
}

/// A question without "before July 2025", and whether that stood there.
fn without_limit(text: &str) -> (&str, bool) {
    match text.split_once(" before ") {
        Some((asked, limit)) if bare_words(limit).iter().any(|word| is_of_date(word)) => {
            (asked, true)
        }
        _ => (text, false),
    }
}

/// Whether a folded word is part of a date: a month, a day of the week, a number.
pub fn is_of_date(word: &str) -> bool {
    names_a_date(word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

fn kind(words: &[String]) -> Option<Kind> {
    let has = |list: &str| words.iter().any(|word| among(list, word));
    let asks =
        words.iter().position(|word| among("who whom whose where when why how what which", word));
    let first = words.first()?.as_str();
    if among(AUXILIARIES, first) {
        let ruled = among("can could may must should am", first)
            || has(
                "allowed permitted forbidden prohibited compulsory required ok okay acceptable possible",
            )
            || has("have need") && among("do does", first);
        return Some(if ruled { Kind::Rule } else { Kind::Truth });
    }
    let at = asks?;
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let next = word(at + 1);
    Some(match word(at) {
        "who" | "whom" | "whose" => Kind::Person,
        "where" => Kind::Place,
        "when" => Kind::Date,
        "why" => Kind::Reason,
        "how" => match next {
            "many" => Kind::Count,
            "much" => of_how_much(word(at + 2), has(MONEY)),
            next if among(HASTE, next) => Kind::Length,
            "far" if among("ahead in", word(at + 2)) => Kind::Length,
            next if among(MEASURES, next) => Kind::Amount,
            _ => Kind::Statement,
        },
        _ => {
            let near = &words[at + 1..words.len().min(at + 6)];
            let near_has = |list: &str| near.iter().any(|word| among(list, word));
            if among("time date day year month weekday", next) {
                Kind::Date
            } else if near_has("phone telephone mobile") {
                Kind::Telephone
            } else if near_has("address") && !has("e-mail email mail") {
                Kind::Address
            } else if near_has(
                "price cost fee rent salary wage fine subscription deposit quotation",
            ) || has("cost costs")
            {
                Kind::Money
            } else {
                Kind::Statement
            }
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_taken_apart() {
        let stems = Stems::default();
        for (text, kind, words) in [
            ("How much is paid per mile?", Kind::Money, "mile"),
            ("What was the rent before July 2025?", Kind::Money, "rent"),
            ("Can I bring my dog?", Kind::Rule, "dog"),
            ("Are cats allowed?", Kind::Rule, "cats"),
            ("How quickly must the firm answer a letter?", Kind::Length, "firm answer letter"),
            ("How heavy is the oven?", Kind::Amount, "heavy oven"),
            ("When is the deposit due?", Kind::Date, "deposit"),
            ("What is the phone number of the service line?", Kind::Telephone, "service line"),
            ("Why was the outing moved in the end?", Kind::Reason, "outing moved"),
        ] {
            let query = Query::of(text, &stems).expect(text);
            let asked = query.wanted.iter().filter(|wanted| !wanted.light);
            let asked: Vec<&str> = asked.map(|wanted| wanted.strict.text.as_str()).collect();
            assert_eq!((query.kind, asked.join(" ").as_str()), (kind, words), "{text}");
        }
    }

    #[test]
    fn the_state_asked_for_may_be_the_first_or_the_last() {
        let stems = Stems::default();
        let states = |text: &str| {
            let query = Query::of(text, &stems).expect(text);
            (query.earliest, query.latest)
        };
        assert_eq!(states("What was the rent before July 2025?"), (true, false));
        assert_eq!(states("What did the roof cost in the end?"), (false, true));
        assert_eq!(states("What did the roof cost?"), (false, false));
    }
}
