//! What a question looks for: its patterns, its names, and the type of answer it expects.
//!
//! The expected type comes from the question word and the noun behind it ("which year", "how
//! many", "where"); the patterns are the content words in any form, the quoted phrases and the
//! names as phrases. Chinese questions give pairs of adjacent characters between function words.

use super::events::standing::Standing;
use super::language::nouns::{
    DATE_NOUNS, MEASURES, NUMBER_NOUNS, PERSON_NOUNS, PLACE_NOUNS, TYING, TYPING,
};
use crate::memory::index::names::{self, Name};
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::segment::words;

/// The type of answer that a question expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A name of a person.
    Person,
    /// A place.
    Place,
    /// A date, a year, a time of day.
    Date,
    /// A number, with its unit if it has one.
    Number,
    /// A colour.
    Colour,
    /// A reason or manner: a sentence.
    Explanation,
    /// Anything else.
    Anything,
}

/// One thing that the question looks for.
#[derive(Debug, Clone)]
pub struct Term {
    /// How it is found: in any form, or by a word of the same meaning.
    pub pattern: Pattern,
    /// The word itself in any form, without others of the same meaning.
    pub strict: Pattern,
    /// Whether it is a name or a word of one.
    pub name: bool,
    /// Whether it is a phrase whose words are terms by themselves too.
    pub phrase: bool,
    /// Whether it only says of what type the answer is: "which year".
    pub typing: bool,
}

/// What facts are kept under.
#[derive(Debug, Clone)]
pub struct Key {
    /// How it is found.
    pub pattern: Pattern,
    /// How it is written, in lower case, if it is one word without blanks: a longer word that begins or
    /// ends with it is another key.
    pub written: Option<String>,
}

impl Key {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let written = (!text.contains(char::is_whitespace)).then(|| text.to_lowercase());
        Pattern::phrase(text).map(|pattern| Self { pattern, written })
    }

    /// Whether a sentence that holds the pattern holds the key itself.
    pub fn stands_in(&self, lower: &str) -> bool {
        let Some(written) = &self.written else { return true };
        // Ideographs tie digits to what stands before them, but not other words.
        let ties = |c: char| c.is_alphanumeric() && !words::is_ideograph(c) || c == '-' || c == '_';
        lower.match_indices(written.as_str()).any(|(at, _)| {
            !lower[..at].ends_with(ties) && !lower[at + written.len()..].starts_with(ties)
        })
    }
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question as it was asked.
    pub text: String,
    /// Folded words of the question, in order.
    pub words: Vec<String>,
    /// What it looks for.
    pub terms: Vec<Term>,
    /// Names in the question.
    pub names: Vec<String>,
    /// What facts are kept under: quoted phrases, numbers, and words made of several.
    pub keys: Vec<Key>,
    /// The type of answer it expects.
    pub expected: Expected,
    /// Whether it asks for everything that fits.
    pub many: bool,
    /// Whether it asks for the state at the end.
    pub latest: bool,
    /// Whether it asks for the state at the beginning.
    pub earliest: bool,
    /// Whether it asks only what or who something is.
    pub defines: bool,
}

/// Words with which a question asks for everything that fits.
const MANY: &[&str] =
    &["all", "every", "each", "list", "enumerate", "everyone", "everybody", "everything"];

impl Question {
    /// Takes `text` apart.
    pub fn of(text: &str, stems: &Stems) -> Self {
        let spans: Vec<words::Word> = words::words(text).collect();
        let folded: Vec<String> =
            spans.iter().map(|word| words::folded(&text[word.start..word.end])).collect();
        let standing = Standing::of(text, &folded);
        let mut question =
            Self {
                text: text.to_owned(),
                names: question_names(text),
                expected: expected(text, &folded),
                terms: Vec::new(),
                keys: Vec::new(),
                many: folded.iter().enumerate().any(|(at, word)| {
                    MANY.contains(&word.as_str()) && !standing.words.contains(&at)
                }) || Standing::asks_for_all(text),
                latest: standing.latest,
                earliest: standing.earliest,
                defines: false,
                words: folded,
            };
        for phrase in quoted(text) {
            question.add_phrase(phrase);
            question.keys.extend(Key::of(phrase));
        }
        for compound in compounds(text) {
            question.add_phrase(compound);
            question.keys.extend(Key::of(compound));
        }
        for name in question.names.clone() {
            if words::words(&name).count() > 1 {
                question.add_phrase(&name);
            }
        }
        let capitals: Vec<bool> = spans
            .iter()
            .map(|word| text[word.start..].chars().next().is_some_and(char::is_uppercase))
            .collect();
        for (index, word) in question.words.clone().iter().enumerate() {
            let dull = stopwords::is_stopword(word)
                || (stopwords::is_about_the_document(word) && !(capitals[index] && index > 0));
            if spans[index].ideograph || dull {
                continue;
            }
            let near = &question.words[index.saturating_sub(3)..index];
            let typing = TYING.contains(&word.as_str())
                || question.expected != Expected::Anything
                    && names_a_type(word)
                    && near.iter().any(|w| {
                        ["which", "what", "all", "every", "how", "the"].contains(&w.as_str())
                    });
            if standing.words.contains(&index) || MANY.contains(&word.as_str()) {
                continue;
            }
            let strict = Pattern::word(word, stems);
            let mut pattern = strict.clone();
            pattern.or(&thesaurus::same_meaning(word, stems));
            let name = question
                .names
                .iter()
                .any(|name| words::folded_words(name).any(|folded| folded == *word));
            question.terms.push(Term { pattern, strict, phrase: false, name, typing });
        }
        for run in ideograph_runs(&Standing::cleared(text)) {
            for stretch in stopwords::chinese_content(run) {
                let chars: Vec<char> = stretch.chars().collect();
                let pieces = chars.windows(2.min(chars.len()));
                for piece in pieces {
                    let piece: String = piece.iter().collect();
                    question.terms.extend(Pattern::phrase(&piece).map(|pattern| Term {
                        strict: pattern.clone(),
                        pattern,
                        phrase: false,
                        name: false,
                        typing: false,
                    }));
                }
            }
        }
        question.many |= asks_for_several(&question.words);
        question.defines = asks_for_definition(&question.words);
        question
    }

    fn add_phrase(&mut self, phrase: &str) {
        if let Some(pattern) = Pattern::phrase(phrase)
            && pattern.len() > 1
        {
            self.add(pattern, true);
        }
    }

    fn add(&mut self, pattern: Pattern, phrase: bool) {
        if !self.terms.iter().any(|term| term.pattern == pattern) {
            let strict = pattern.clone();
            self.terms.push(Term { pattern, strict, phrase, name: phrase, typing: false });
        }
    }

    /// Whether a folded word of the question only says of what type the answer is.
    pub fn is_typing(&self, word: &str) -> bool {
        self.terms.iter().any(|term| term.typing && term.pattern.text == word)
    }

    /// The patterns of all terms, in their order.
    pub fn patterns(&self) -> Vec<Pattern> {
        self.terms.iter().map(|term| term.pattern.clone()).collect()
    }
}

/// Names of a question; its first word is capitalised anyway and is no name by itself.
fn question_names(text: &str) -> Vec<String> {
    let mut found: Vec<Name> = Vec::new();
    names::names(text, &mut found);
    found
        .iter()
        .filter(|name| {
            let opener = text[name.start..name.end].split(' ').next().unwrap_or("");
            !name.uncertain && !stopwords::is_stopword(&words::folded(opener))
        })
        .map(|name| text[name.start..name.end].to_owned())
        .collect()
}

/// The quoted phrases of a question.
fn quoted(text: &str) -> Vec<&str> {
    const PAIRS: &[(char, char)] =
        &[('"', '"'), ('“', '”'), ('「', '」'), ('《', '》'), ('`', '`')];
    let mut out = Vec::new();
    for (open, close) in PAIRS {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(*open)
            && let Some((inside, next)) = after.split_once(*close)
        {
            out.push(inside);
            rest = next;
        }
    }
    out
}

/// Words made of several by hyphens or the like, and words with digits in them.
fn compounds(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"“”「」《》`，。？?".contains(c))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|word| word.strip_suffix("'s").unwrap_or(word))
        .filter(|word| {
            word.is_ascii()
                && (word.bytes().any(|b| b.is_ascii_digit())
                    || word.trim_matches('-').contains(['-', '_', '/']))
        })
}

/// Maximal runs of ideographs.
fn ideograph_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !words::is_ideograph(c)).filter(|run| !run.is_empty())
}

/// Words behind "which" or "what" among which the noun stands that it asks for.
const NOUN_REACH: usize = 9;

fn expected(text: &str, folded: &[String]) -> Expected {
    if let Some(expected) = expected_chinese(text) {
        return expected;
    }
    for (index, word) in folded.iter().enumerate() {
        let next = folded.get(index + 1).map_or("", String::as_str);
        let near = &folded[index + 1..folded.len().min(index + NOUN_REACH)];
        match word.as_str() {
            "who" | "whom" | "whose" | "everybody" | "everyone" => return Expected::Person,
            "where" | "whereabouts" => return Expected::Place,
            // "When chapter 2 ends, what is …": a clause that limits what is asked.
            "when" if !asks_later(&folded[index + 1..]) => return Expected::Date,
            "why" => return Expected::Explanation,
            "how" if MEASURES.contains(&next) => return Expected::Number,
            "how" => return Expected::Explanation,
            "which" | "what" => return by_noun(near),
            _ => {}
        }
    }
    // "List every code of ...": without a question word the noun behind the verb tells.
    let noun = folded.iter().position(|w| ["every", "each", "all", "the"].contains(&w.as_str()));
    match noun {
        Some(at) if at <= 2 => by_noun(&folded[at + 1..folded.len().min(at + NOUN_REACH)]),
        _ => Expected::Anything,
    }
}

/// Whether another question word follows.
fn asks_later(behind: &[String]) -> bool {
    let asks = ["what", "which", "who", "whom", "whose", "how"];
    behind.iter().any(|word| asks.contains(&word.as_str()))
}

/// Whether a noun says of what type an answer is.
fn names_a_type(word: &str) -> bool {
    let singular = match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    };
    TYPING.contains(&word) || TYPING.contains(&singular.as_str())
}

/// Whether a question asks for several things by a plural: "what are the codes of", "which codes".
fn asks_for_several(words: &[String]) -> bool {
    let plural = |word: &str| {
        word.len() > 3
            && word.ends_with('s')
            && !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending))
    };
    words.iter().enumerate().any(|(at, word)| {
        let behind = &words[at + 1..];
        let copula = behind.first().is_some_and(|w| ["are", "were"].contains(&w.as_str()));
        match word.as_str() {
            "what" | "which" if copula => behind[1..]
                .iter()
                .take(5)
                .take_while(|w| !["of", "for", "in", "about"].contains(&w.as_str()))
                .any(|w| plural(w)),
            "what" | "which" => {
                behind.iter().take(4).take_while(|w| !stopwords::is_stopword(w)).any(|w| plural(w))
            }
            _ => false,
        }
    })
}

/// Whether a question is "what is X" or "who was X", where X is a short noun phrase.
fn asks_for_definition(words: &[String]) -> bool {
    let [question, copula, rest @ ..] = words else { return false };
    let asks = ["what", "who"].contains(&question.as_str())
        && ["is", "was", "are", "were"].contains(&copula.as_str());
    let filler = |word: &str| {
        ["the", "a", "an", "really", "actually", "exactly", "in", "reality", "this", "called"]
            .contains(&word)
    };
    let content: Vec<&str> = rest.iter().map(String::as_str).filter(|word| !filler(word)).collect();
    asks && (1..=3).contains(&content.len())
        && content.iter().all(|word| !stopwords::is_stopword(word) && !names_a_type(word))
}

/// Small words between "what" and the noun that it asks for.
const BEFORE_NOUNS: &[&str] =
    &["is", "are", "was", "were", "the", "a", "an", "all", "every", "each", "these", "those"];

/// The type that the nouns behind "which" or "what" ask for, up to the verb.
fn by_noun(near: &[String]) -> Expected {
    let mut found = Expected::Anything;
    for word in near {
        let singular = word.strip_suffix('s').unwrap_or(word);
        let among = |list: &[&str]| list.contains(&word.as_str()) || list.contains(&singular);
        // Of "room number" the last noun tells.
        found = if among(DATE_NOUNS) {
            Expected::Date
        } else if among(NUMBER_NOUNS) {
            Expected::Number
        } else if among(PLACE_NOUNS) {
            Expected::Place
        } else if among(PERSON_NOUNS) || word == "men" || word == "women" {
            Expected::Person
        } else if among(&["colour", "color"]) {
            Expected::Colour
        } else if (stopwords::is_stopword(word) && !BEFORE_NOUNS.contains(&word.as_str()))
            || (found != Expected::Anything && !is_noun_of_compound(word))
        {
            break;
        } else {
            found
        };
    }
    found
}

/// Whether a word behind a noun that tells a type may belong to one compound with it.
fn is_noun_of_compound(word: &str) -> bool {
    !(stopwords::is_stopword(word) || word.ends_with("ed") || word.ends_with("ing"))
}

fn expected_chinese(text: &str) -> Option<Expected> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["谁", "哪位", "哪个人", "什么人"]) {
        Some(Expected::Person)
    } else if has(&["什么时候", "何时", "哪一年", "哪年", "几点", "哪天", "日期", "几月"])
    {
        Some(Expected::Date)
    } else if has(&["哪里", "哪儿", "什么地方", "何处", "哪座", "哪个城市", "哪个国家"])
    {
        Some(Expected::Place)
    } else if has(&["多少", "几个", "几次", "数字", "号码", "密码", "多大", "多高", "几岁"])
    {
        Some(Expected::Number)
    } else if has(&["什么颜色"]) {
        Some(Expected::Colour)
    } else if has(&["为什么", "为何", "怎么", "如何"]) {
        Some(Expected::Explanation)
    } else if has(&["什么"]) {
        Some(Expected::Anything)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Question {
        Question::of(text, &Stems::default())
    }

    #[test]
    fn types_follow_the_question_word() {
        let cases = [
            ("Who killed the cook?", Expected::Person),
            ("In which year did the bridge fall?", Expected::Date),
            ("What weekly salary was offered?", Expected::Number),
            ("How many boats left?", Expected::Number),
            ("Where is the school?", Expected::Place),
            ("Of which country was she queen?", Expected::Place),
            ("What colour was the door?", Expected::Colour),
            ("How did the horse escape?", Expected::Explanation),
            ("What was in the box?", Expected::Anything),
            ("谁打开了门？", Expected::Person),
            ("密码是多少？", Expected::Number),
        ];
        for (text, expected) in cases {
            assert_eq!(question(text).expected, expected, "{text}");
        }
    }

    #[test]
    fn terms_are_content_words_names_and_quotes() {
        let question = question("Which letter did John Adams call \"the last one\" in the text?");
        let terms: Vec<&str> = question.terms.iter().map(|t| t.pattern.text.as_str()).collect();
        assert_eq!(terms, ["the last one", "john adams", "letter", "john", "adams", "call", "one"]);
        assert_eq!(question.names, ["John Adams"]);
    }

    #[test]
    fn chinese_terms_are_pairs_between_function_words() {
        let question = question("李明的保险柜密码是什么？");
        let terms: Vec<&str> = question.terms.iter().map(|t| t.pattern.text.as_str()).collect();
        assert_eq!(terms, ["李 明", "保 险", "险 柜", "柜 密", "密 码"]);
    }
}
