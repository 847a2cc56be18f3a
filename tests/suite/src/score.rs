//! Judges one response: is the answer right, do the citations prove it, was anything made up.
//!
//! ```text
//! exact      the answer says what it has to and nothing else (case, articles, punctuation aside)
//! contains   every required answer occurs in the answer as whole words
//! recall     gold fragments of which at least half the characters are cited / gold fragments
//! precision  citations that touch a gold or related fragment / citations
//! fabricated citations whose quote is not the document's text at its offsets
//! ```

use serde::{Deserialize, Serialize};

use crate::item::{Expected, Item, Span};

/// How a response says that it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// With an answer.
    Answered,
    /// The document does not say.
    Declined,
    /// The budget ended first.
    BudgetEnded,
    /// Only passages were found; there is nobody to answer.
    Retrieved,
}

/// A quotation as the system under test gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The characters that it claims.
    pub span: Span,
    /// The text that it claims to be there.
    pub text: String,
}

/// What a system under test answered, and what that cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// How it ended.
    pub ended: Ended,
    /// The answer in words.
    pub answer: String,
    /// Its citations.
    pub quotes: Vec<Quote>,
    /// What was put before a model or read by the plan, if the system tells.
    pub read: Vec<Span>,
    /// Passages read.
    pub passages_read: u32,
    /// Tokens a model read.
    pub prompt_tokens: u64,
    /// Tokens a model wrote.
    pub output_tokens: u64,
    /// Time from question to answer.
    pub elapsed_us: u64,
    /// Tokens and microseconds that the system had foretold.
    pub estimate: Option<(u64, u64)>,
}

/// The judgement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The answer says what it has to, and nothing else.
    pub exact: bool,
    /// Every required answer occurs in it.
    pub contains: bool,
    /// Declined, as it had to or not.
    pub declined: bool,
    /// Whether declining or answering was right.
    pub status_right: bool,
    /// Gold fragments of the item.
    pub gold: u32,
    /// Of them cited.
    pub gold_cited: u32,
    /// Of them among what was read or cited.
    pub gold_read: u32,
    /// Citations.
    pub citations: u32,
    /// Of them touching a gold or related fragment.
    pub citations_right: u32,
    /// Of them not in the document.
    pub fabricated: u32,
}

/// A document that can be asked for its characters.
pub struct Characters<'a> {
    text: &'a str,
    /// Byte of every [`STRIDE`]th character.
    marks: Vec<usize>,
}

const STRIDE: usize = 1024;

impl<'a> Characters<'a> {
    /// Indexes `text`.
    pub fn of(text: &'a str) -> Self {
        let bytes = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let marks = bytes.step_by(STRIDE).collect();
        Self { text, marks }
    }

    /// The text of a span; `None` beyond the end.
    pub fn slice(&self, span: Span) -> Option<&'a str> {
        let (start, end) = (self.byte(span.start)?, self.byte(span.end)?);
        self.text.get(start..end)
    }

    fn byte(&self, char: u64) -> Option<usize> {
        let char = usize::try_from(char).ok()?;
        let mark = self.marks.get(char / STRIDE).copied()?;
        let rest = self.text[mark..].char_indices().map(|(byte, _)| mark + byte);
        rest.chain([self.text.len()]).nth(char % STRIDE)
    }
}

/// Judges `response` to `item`.
pub fn score(item: &Item, document: &Characters, response: &Response) -> Score {
    let declined = response.ended == Ended::Declined;
    let answered = matches!(response.ended, Ended::Answered | Ended::BudgetEnded);
    let must_decline = item.expected == Expected::NotInDocument;
    let said = normalised(&response.answer);
    let occurs =
        |wordings: &Vec<String>| wordings.iter().any(|wording| holds(&said, &normalised(wording)));
    let contains = answered && !must_decline && item.answers.iter().all(occurs);
    let exact = contains && nothing_else(&response.answer, &item.answers);
    let covered = |gold: &Span, spans: &[Span]| {
        let chars: u64 = spans.iter().map(|span| span.overlap(*gold)).max().unwrap_or(0);
        chars * 2 >= gold.chars()
    };
    let cited: Vec<Span> = response.quotes.iter().map(|quote| quote.span).collect();
    let mut read = response.read.clone();
    read.extend(&cited);
    let right =
        |span: &&Span| item.gold.iter().chain(&item.related).any(|gold| gold.overlap(**span) > 0);
    let made_up = |quote: &&Quote| document.slice(quote.span).is_none_or(|text| text != quote.text);
    Score {
        exact,
        contains,
        declined,
        status_right: if must_decline { declined } else { answered },
        gold: item.gold.len() as u32,
        gold_cited: item.gold.iter().filter(|gold| covered(gold, &cited)).count() as u32,
        gold_read: item.gold.iter().filter(|gold| covered(gold, &read)).count() as u32,
        citations: cited.len() as u32,
        citations_right: cited.iter().filter(right).count() as u32,
        fabricated: response.quotes.iter().filter(made_up).count() as u32,
    }
}

/// Lower case, numbers as digits, no articles, no punctuation but inside words.
pub fn normalised(text: &str) -> String {
    let lower = parted(&text.to_lowercase());
    let words = lower
        .split(|c: char| c.is_whitespace() || "，、。；：？！（）“”".contains(c))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|word| word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word))
        .filter(|word| !word.is_empty() && !matches!(*word, "a" | "an" | "the"));
    let words: Vec<String> = words.map(digits).collect();
    words.join(" ")
}

/// The text with a blank wherever ideographs meet something else: `登记号是 7`.
fn parted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        let ideograph = is_ideograph(c);
        if c.is_alphanumeric() {
            if before.is_some_and(|before| before != ideograph) {
                out.push(' ');
            }
            before = Some(ideograph);
        } else {
            before = None;
        }
        out.push(c);
    }
    out
}

fn is_ideograph(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn digits(word: &str) -> String {
    const WORDS: &[&str] = &[
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
    ];
    match WORDS.iter().position(|number| *number == word) {
        Some(number) => number.to_string(),
        None => word.to_owned(),
    }
}

/// Whether `part` occurs in `whole` between word bounds; ideographs need none.
fn holds(whole: &str, part: &str) -> bool {
    let ideographs = part.chars().any(is_ideograph);
    if part.is_empty() || ideographs {
        return !part.is_empty() && whole.replace(' ', "").contains(&part.replace(' ', ""));
    }
    format!(" {whole} ").contains(&format!(" {part} "))
}

/// Whether an answer consists of the required answers, in any order, and connecting words.
fn nothing_else(answer: &str, required: &[Vec<String>]) -> bool {
    let mut rest = format!(" {} ", normalised(answer));
    let mut wordings: Vec<String> = required.iter().flatten().map(|w| normalised(w)).collect();
    wordings.sort_by_key(|wording| std::cmp::Reverse(wording.len()));
    for wording in wordings {
        let ideographs = wording.chars().any(is_ideograph);
        let (from, to) =
            if ideographs { (wording, " ".into()) } else { (format!(" {wording} "), "  ".into()) };
        rest = rest.replace(&from, &to as &String);
    }
    rest.split_whitespace().all(|word| matches!(word, "and" | "in" | "at" | "和" | "在"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Language;
    use crate::split::Split;

    fn item(answers: &[&str], gold: &[(u64, u64)]) -> Item {
        Item {
            id: "x".into(),
            task: "needle".into(),
            variant: String::new(),
            language: Language::English,
            split: Split::Seen,
            style: String::new(),
            length_tokens: 10,
            question: "?".into(),
            answers: answers.iter().map(|answer| vec![(*answer).to_owned()]).collect(),
            expected: if answers.is_empty() { Expected::NotInDocument } else { Expected::Answered },
            gold: gold.iter().map(|(start, end)| Span { start: *start, end: *end }).collect(),
            related: Vec::new(),
            oracle: Vec::new(),
        }
    }

    fn response(answer: &str, quotes: &[(u64, u64, &str)]) -> Response {
        let quotes = quotes.iter().map(|(start, end, text)| Quote {
            span: Span { start: *start, end: *end },
            text: (*text).to_owned(),
        });
        Response {
            ended: Ended::Answered,
            answer: answer.to_owned(),
            quotes: quotes.collect(),
            read: Vec::new(),
            passages_read: 1,
            prompt_tokens: 0,
            output_tokens: 0,
            elapsed_us: 0,
            estimate: None,
        }
    }

    #[test]
    fn answers_are_compared_by_what_they_say() {
        let document = Characters::of("");
        let judge = |said: &str, wanted: &[&str]| {
            let score = score(&item(wanted, &[]), &document, &response(said, &[]));
            (score.exact, score.contains)
        };
        assert_eq!(judge("The Boathouse.", &["boathouse"]), (true, true));
        assert_eq!(judge("It was the boathouse.", &["boathouse"]), (false, true));
        assert_eq!(judge("boathouses", &["boathouse"]), (false, false));
        assert_eq!(judge("seven", &["7"]), (true, true));
        assert_eq!(judge("17", &["7"]), (false, false));
        assert_eq!(judge("b, c and a", &["a1", "b"]), (false, false));
        assert_eq!(judge("B2, C3 and A1", &["A1", "B2", "C3"]), (true, true));
        assert_eq!(judge("A1 and B2, D4", &["A1", "B2"]), (false, true));
        assert_eq!(judge("在茶馆里", &["茶馆"]), (false, true));
        assert_eq!(judge("茶馆。", &["茶馆"]), (true, true));
        assert_eq!(judge("登记号是4711。", &["4711"]), (false, true));
        assert_eq!(judge("4711和4712", &["4711", "4712"]), (true, true));
        assert_eq!(judge("登记号是47110。", &["4711"]), (false, false));
    }

    #[test]
    fn citations_are_judged_by_characters() {
        let document = Characters::of("abcdéfghij");
        let item = item(&["x"], &[(0, 4), (6, 10)]);
        let judged = score(&item, &document, &response("x", &[(2, 5, "cdé"), (8, 9, "q")]));
        assert_eq!((judged.gold, judged.gold_cited), (2, 1), "a quarter is not half");
        assert_eq!((judged.citations, judged.citations_right), (2, 2));
        assert_eq!(judged.fabricated, 1, "é is one character, q is not there");
        let beyond = score(&item, &document, &response("x", &[(8, 11, "ij")]));
        assert_eq!(beyond.fabricated, 1);
    }

    #[test]
    fn declining_is_right_only_where_the_document_does_not_say() {
        let document = Characters::of("");
        let mut declined = response("The document does not say.", &[]);
        declined.ended = Ended::Declined;
        assert!(score(&item(&[], &[]), &document, &declined).status_right);
        assert!(!score(&item(&["x"], &[]), &document, &declined).status_right);
        assert!(!score(&item(&[], &[]), &document, &response("x", &[])).status_right);
    }

    #[test]
    fn characters_are_found_in_long_documents() {
        let text = "aé".repeat(3000);
        let characters = Characters::of(&text);
        assert_eq!(characters.slice(Span { start: 2047, end: 2050 }), Some("éaé"));
        assert_eq!(characters.slice(Span { start: 5998, end: 6000 }), Some("aé"));
        assert_eq!(characters.slice(Span { start: 5999, end: 6001 }), None);
        assert_eq!(
            Characters::of(&"a".repeat(STRIDE)).slice(Span { start: 1023, end: 1024 }),
            Some("a")
        );
    }
}
