//! What a question about a paper asks: a kind of answer, and the words that a line has to say.
//!
//! ```text
//! "How much is the rent?"               money      rent
//! "Can I bring my dog?"                 a rule     dog
//! "How long is the guarantee?"          a length   guarantee
//! "What was the rent before July?"      money      rent, as it was first
//! ```
//! Words that only ask ("need", "happen", "exactly"), idioms of time, and what the kind says anyway ("cost" of money)
//! need not stand in a line. Chinese questions are taken apart in `chinese`.

use super::kind::{self, Kind};
use super::words::{bare, bare_words, is_of_date};
use super::{phrasal, spelling};
use crate::memory::answer::units::{self, Measure};
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::{self, Stems};
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::events::standing::Standing;
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words;

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
    /// Its number in the question.
    pub at: usize,
    /// Whether it may be what the paper itself is called.
    pub is_paper: bool,
    /// Whether it may be what an advertisement is for.
    pub is_job: bool,
    /// Whether it asks for what a unit measures: "how heavy".
    pub measures: bool,
    /// In Chinese, the stretches of text that say it.
    pub stretches: Vec<String>,
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
    /// In Chinese, the word behind 几 or 多少: a counter or a noun.
    pub counter: String,
    /// What the unit of the number measures that is asked for.
    pub measure: Option<Measure>,
    /// Whether it asks for several things.
    pub many: bool,
    /// Whether it asks for the state at the beginning.
    pub earliest: bool,
    /// Whether it asks for the state at the end.
    pub latest: bool,
    /// Whether it asks for all of what is counted together.
    pub of_total: bool,
    /// Whether it asks what follows from something.
    pub of_condition: bool,
    /// Whether it asks about a change itself: when the rent was raised.
    pub of_change: bool,
    /// Whether it asks what something or somebody is called.
    pub of_name: bool,
    /// Whether it asks who somebody is: "who is the clerk".
    pub of_holder: bool,
    /// Whether a number that it asks for may be one of money.
    pub of_money: bool,
    /// Where the verb stands in it, if it asks what one may do with something: "light" of "can I light a fire".
    pub verb: Option<usize>,
    /// Whether it asks how long something takes.
    pub lasts: bool,
    /// Whether it asks how large something is.
    pub of_size: bool,
    /// Whether it asks how far something is, which a time may tell.
    pub of_distance: bool,
}

/// Words that only ask.
const LIGHT: &str = "far need needs needed require requires required have get gets got give gives given happen happens happened \
    mean means meant use used uses come comes came make let want wants take takes took taken bring keep go goes going went allowed \
    permitted possible ok okay acceptable forbidden prohibited people person persons somebody someone anyone exactly much many long \
    quickly soon fast early often total altogether overall thing things kind sort type called period tell say says said \
    paper document text following there please put ahead moment fall falls fell want like one single each";
const OF_MONEY: &str = "rate cost costs costing price pay pays paid charge charged money amount fee spend give want ask asked sum bill";
/// Whom a rule is for: a line need not name them.
const OF_RULE: &str = "tenant tenants renter renters member members employee employees staff guest guests visitor visitors resident \
    residents customer customers reader readers student students pay myself buy";
const OF_DATE: &str = "due place time date day days planned scheduled set start exactly year month";
const OF_TELEPHONE: &str = "phone number telephone mobile call ring dial reach";
const OF_ADDRESS: &str = "address located";
/// Verbs of dealings that have two sides.
const CONVERSE: [&str; 7] = ["pay", "buy", "sell", "lend", "borrow", "rent", "hire"];
/// Whoever asks speaks of them as his own.
const KIN: &str = "family friend friends son daughter child children kid kids wife husband partner mother father parents \
    grandmother grandfather brother sister baby";
/// A noun, and those that it says already: a park is for cars.
const SAID_ALREADY: &[(&str, &str)] = &[
    ("park", "car cars vehicle"),
    ("parking", "car cars vehicle"),
    ("station", "train railway"),
    ("licence", "driver driving"),
    ("license", "driver driving"),
];
/// Verbs with which somebody has what everybody has.
const HAVING: &str = "get have receive need";
/// Verbs of ways, which "by bus" says better.
const WAYS: &str = "travel go come get";
/// Words with which one of several is meant that come after each other.
const NEXT: &str = "next following upcoming";
/// Verbs of counting and seeing, and those with which things come into a table.
const OF_COUNT: &str = "counted studied seen recorded observed examined included involved reported registered found \
    ordered bought sold delivered supplied";
/// What is compared with what was thought, in questions for a reason.
const OF_REASON: &str = "expected planned higher lower suddenly actually better worse";
/// What leaves and arrives by a timetable.
const VEHICLES: &str = "boat ferry bus train coach flight plane tram ship";
/// Nouns for papers themselves.
const PAPERS: &str = "report study survey article lease contract agreement handbook manual guide invoice recipe minutes notice \
    letter log warranty timetable constitution policy";
const JOBS: &str = "job position post vacancy";
const TOTALS: &str = "total altogether overall";
/// Verbs of what goes on for a time.
const LASTING: &str = "take takes took taken last lasts lasted";
/// Words with which a name is asked for, and told.
pub const NAMING: &str = "called named name names known";
/// Verbs of changes.
const CHANGING: &str = "raised lowered changed amended corrected increased reduced replaced extended moved revised updated";

impl Query {
    /// Takes `text` apart; `None` if it asks for nothing that a line could say.
    pub fn of(text: &str, stems: &Stems) -> Option<Self> {
        let (asked, limited) = without_limit(text);
        let list: Vec<String> = words::folded_words(asked).collect();
        let standing = Standing::of(asked, &list);
        let words: Vec<String> = list.iter().map(|word| bare(word)).collect();
        // "The last bus" is one of the timetable.
        let of_timetable = |at: usize| {
            among("first last", &words[at])
                && words.get(at + 1).is_some_and(|next| among(VEHICLES, next))
        };
        let is_state = !(0..words.len()).any(of_timetable);
        let (latest, earliest) =
            (standing.latest && is_state, standing.earliest && is_state || limited);
        let kind = Kind::asked(&words)?;
        let capitals: Vec<String> = asked
            .split_whitespace()
            .filter(|word| word.starts_with(char::is_uppercase))
            .flat_map(bare_words)
            .collect();
        let measured = words
            .windows(2)
            .position(|two| two[0] == "how" && kind::measure(&two[1]).is_some())
            .filter(|_| kind == Kind::Amount)
            .map(|at| at + 1);
        let measure = measured.and_then(|at| kind::measure(&words[at]).flatten());
        // What takes and lasts long takes time.
        let lasts = words.iter().any(|word| among(LASTING, word));
        let measure = measure.or((kind == Kind::Length && lasts).then_some(Measure::Time));
        // "What is the total", "how much is left".
        let sum = words.windows(2).position(|two| two == ["the", "total"] || two == ["is", "left"]);
        let sum = sum
            .map(|at| at + 1)
            .filter(|at| words.get(at + 1).is_none_or(|next| among("of to in for on over", next)));
        let pays = words.iter().any(|word| among("pay paid reimbursed refunded covered", word));
        let verbs = phrasal::verbs(&words, stems);
        let mut wanted: Vec<Wanted> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let measures = measured == Some(at);
            // "The final bill" is a bill of its own.
            let of_timetable = of_timetable(at);
            let of_standing = standing.words.contains(&at)
                && !of_timetable
                && !(kind == Kind::Reason && word == "final" && at > 0 && words[at - 1] == "the");
            if of_standing
                || word == "per"
                || word.ends_with("n't")
                || word.ends_with("n\u{2019}t")
                || verbs.iter().any(|own| own.particle == at)
                || stopwords::is_stopword(word)
                    && !measures
                    && !of_timetable
                    && sum != Some(at)
                    && word != "become"
                || word.len() < 2 && !word.bytes().all(|b| b.is_ascii_digit())
            {
                continue;
            }
            // "A year", "per mile".
            let of_rate = at > 0 && among("a an per each every", &words[at - 1]);
            let of_kind = match kind {
                Kind::Money => {
                    among(OF_MONEY, word) || of_rate && units::of_word(word) == Some(Measure::Time)
                }
                Kind::Date => among(OF_DATE, word),
                Kind::Telephone => among(OF_TELEPHONE, word),
                Kind::Address => among(OF_ADDRESS, word),
                Kind::Amount if measures => among("big large", word),
                Kind::Rule => among(OF_RULE, word) || pays && among(OF_MONEY, word),
                Kind::Truth => pays && among("cost costs fee fees money", word),
                Kind::Count => among(OF_COUNT, word),
                Kind::Reason => among(OF_REASON, word),
                Kind::Place => among("buy find get see", word),
                _ => false,
            };
            let strict = Pattern::word(word, stems);
            let mut any = strict.clone();
            any.or(&thesaurus::same_meaning(word, stems));
            // Who paid for something funded it: what was received or charged is no payment of anybody's; nor did
            // whoever bought something sell it.
            if kind == Kind::Person && CONVERSE.iter().any(|verb| stems.same(word, verb)) {
                any = strict.clone();
                if stems.same(word, "pay") {
                    any.or(&thesaurus::in_papers("fund", stems));
                }
            } else {
                any.or(&thesaurus::in_papers(word, stems));
            }
            if matches!(kind, Kind::Rule | Kind::Truth) {
                any.or(&thesaurus::opposite(word, stems));
            }
            any.or(&spelling::others(word));
            let verb = verbs.iter().find(|own| own.verb == at);
            for meaning in verb.iter().flat_map(|own| own.means.split(' ')) {
                any.or(&stems::forms(meaning));
            }
            let of_sum = sum == Some(at);
            let before = at.checked_sub(1).map_or("", |at| words[at].as_str());
            let behind = words.get(at + 1).map_or("", String::as_str);
            let is_said_already = SAID_ALREADY
                .iter()
                .any(|(noun, said)| among(said, word) && words.iter().any(|own| own == noun));
            let of_asker = among(KIN, word) && among("my our", before);
            let of_everybody = kind.is_number() && among(OF_RULE, word) && among(HAVING, behind);
            let of_way = among(WAYS, word) && behind == "by";
            let of_version = word == "version" && behind.starts_with(|c: char| c.is_ascii_digit());
            // "The next meeting" is no other one.
            let is_next = among(NEXT, word) && among("the our your", before);
            let light = of_kind && !of_sum && !is_next
                || is_said_already
                || of_asker
                || of_everybody
                || of_way
                || of_version
                || !is_next
                    && !measures
                    && !of_sum
                    && verb.is_none()
                    && (among(LIGHT, word) || of_timetable)
                || kind == Kind::Statement && among(NAMING, word);
            wanted.push(Wanted {
                strict,
                any,
                light,
                is_name: at > 0 && capitals.contains(word),
                at,
                is_paper: names_a_paper(word),
                is_job: among(JOBS, word),
                measures: measures && measure.is_some(),
                stretches: Vec::new(),
            });
        }
        if wanted.iter().all(|wanted| wanted.light) {
            return None;
        }
        let counted = words.iter().position(|word| word == "many").and_then(|at| words.get(at + 1));
        let counted = counted.filter(|_| kind == Kind::Count).map(|word| {
            let mut any = Pattern::word(word, stems);
            any.or(&thesaurus::in_papers(word, stems));
            if kind::is_of_people(word) {
                any.or(&thesaurus::in_papers("people", stems));
            }
            any
        });
        let plural =
            |two: &[String]| among("what which who", &two[0]) && among("are were", &two[1]);
        let many = words.windows(2).any(plural)
            || words.iter().any(|word| among("list every each", word))
            || words.windows(2).any(|two| two[1] == "all" && !among("in at of", &two[0]));
        let of_total = words.iter().any(|word| among(TOTALS, word))
            || words.windows(2).any(|two| two[0] == "in" && two[1] == "all");
        let of_condition = words.iter().any(|word| among("happen happens", word))
            && words.iter().any(|word| among("if when", word));
        let of_change = words.iter().any(|word| among(CHANGING, word));
        let verb = words.windows(4).position(|four| {
            among("can may could", &four[0])
                && among("i we one you", &four[1])
                && (among("a an my our the some any", &four[3])
                    || !stopwords::is_stopword(&four[3]))
        });
        let verb = verb.map(|at| at + 2);
        let of_holder = kind == Kind::Person
            && words.len() > 3
            && words[0] == "who"
            && among("is are was were", &words[1])
            && among("the our your my", &words[2])
            && words[3..]
                .iter()
                .all(|word| !stopwords::is_stopword(word) || among("of the for our", word))
            && words.get(3..).is_some_and(|rest| rest.iter().any(|word| kind::is_of_people(word)));
        let of_money = kind::is_of_money(&words);
        let of_size = words.windows(2).any(|two| two[0] == "how" && among("large big", &two[1]));
        let of_distance = words.windows(2).any(|two| two == ["how", "far"]);
        let of_name = kind == Kind::Statement && words.iter().any(|word| among(NAMING, word));
        Some(Self {
            kind,
            words,
            wanted,
            counted,
            counter: String::new(),
            measure,
            many,
            earliest,
            latest,
            of_total,
            of_condition,
            of_change,
            of_name,
            of_holder,
            of_money,
            verb,
            lasts,
            of_size,
            of_distance,
        })
    }

    /// Whether a folded word stands in the question, in any form.
    pub fn asks(&self, word: &str, stems: &Stems) -> bool {
        self.words.iter().any(|own| stems.same(own, word))
    }

    /// Whether it is in Chinese.
    pub fn is_chinese(&self) -> bool {
        self.wanted.iter().any(|wanted| !wanted.stretches.is_empty())
    }

    /// What a search for its lines looks for.
    pub fn patterns(&self) -> Vec<Pattern> {
        let heavy = self.wanted.iter().filter(|wanted| !wanted.light);
        heavy
            .flat_map(|wanted| match wanted.stretches.as_slice() {
                [] => vec![wanted.any.clone()],
                stretches => stretches.iter().filter_map(|own| Pattern::phrase(own)).collect(),
            })
            .collect()
    }
}

/// Whether a folded word is a noun for what leaves and arrives by a timetable.
pub fn is_vehicle(word: &str) -> bool {
    among(VEHICLES, word)
}

/// Whether a folded word is a noun for a paper.
pub fn names_a_paper(word: &str) -> bool {
    among(PAPERS, word)
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
            ("How much is left to pay?", Kind::Money, "left"),
            ("What is the total of the order?", Kind::Amount, "total order"),
            ("How fast is the ferry?", Kind::Amount, "fast ferry"),
            ("When is the deposit due?", Kind::Date, "deposit"),
            ("When does the bus leave Oslo?", Kind::Date, "bus leave oslo"),
            ("What is the phone number of the service line?", Kind::Telephone, "service line"),
            ("Why was the outing moved in the end?", Kind::Reason, "outing moved"),
            ("Who paid for the study?", Kind::Person, "paid study"),
            ("How often is the filter cleaned?", Kind::Frequency, "filter cleaned"),
            ("What number do I ring at night?", Kind::Telephone, "night"),
            ("What do adults pay?", Kind::Money, "adults"),
            ("What is covered by the fee?", Kind::Statement, "covered fee"),
            ("What is the deadline?", Kind::Date, "deadline"),
            ("How far is the station?", Kind::Amount, "far station"),
            ("Why can't we take my shoes off?", Kind::Reason, "take shoes"),
            ("Can my son go by bus?", Kind::Rule, "bus"),
            ("Can I park my car here?", Kind::Rule, "park"),
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
