//! Questions and their answers, kept in `conversation.json`.
//!
//! An answer is a list of sentences, each with the numbers of the quotes that stand for it.

use std::time::Duration;

use carrel_core::memory::{Answer, Citation, Estimate, Profile, Status};
use serde::{Deserialize, Serialize};

use crate::text::one_line;
use crate::trouble::Trouble;

/// A quote with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Name of the document.
    pub document: String,
    /// Page from 1.
    pub page: Option<u32>,
    /// Sections around it, outermost first.
    pub section: Vec<String>,
    /// First character.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
    /// The characters.
    pub text: String,
}

impl From<&Citation> for Quote {
    fn from(citation: &Citation) -> Self {
        Self {
            document: citation.document.clone(),
            page: citation.page,
            section: citation.section.clone(),
            start: citation.start,
            end: citation.end,
            text: citation.quote.clone(),
        }
    }
}

/// A sentence of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Its words.
    pub text: String,
    /// Numbers of its quotes, from 0.
    pub quotes: Vec<usize>,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The document answers it.
    Answered,
    /// The document does not say.
    NotInDocument,
    /// The budget ended first.
    BudgetEnded,
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Passages looked at.
    pub passages: u32,
    /// Tokens that the model read.
    pub prompt_tokens: u64,
    /// Tokens that it wrote.
    pub output_tokens: u64,
    /// From question to answer.
    pub elapsed_us: u64,
}

impl Cost {
    /// From question to answer.
    pub fn elapsed(&self) -> Duration {
        Duration::from_micros(self.elapsed_us)
    }
}

/// What is done for a question now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The index is searched, or windows are read.
    #[default]
    Searching,
    /// The model is loaded.
    Loading,
    /// What the model may do is found out: probes that are done, of all.
    Probing {
        /// Done.
        done: usize,
        /// All.
        total: usize,
    },
}

/// How far a question is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// It is being answered. Sentences that were found are in the turn already.
    Working {
        /// What is done now.
        #[serde(default)]
        step: Step,
        /// Windows that the model read.
        windows: u32,
        /// Tokens in them.
        tokens: u64,
    },
    /// It ended.
    Done(Outcome, Cost),
    /// It was cancelled.
    Cancelled,
    /// The app was closed before it ended.
    Interrupted,
    /// It failed.
    Failed(Trouble),
}

/// A question and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Distinguishes turns.
    pub id: u64,
    /// The question.
    pub question: String,
    /// The documents that were asked; all if empty.
    pub documents: Vec<String>,
    /// Name of the profile.
    pub profile: String,
    /// How far it is.
    pub progress: Progress,
    /// The sentences of the answer; while it is made, and if it was cut short, those that were found.
    pub sentences: Vec<Sentence>,
    /// The quotes, by number.
    pub quotes: Vec<Quote>,
    /// Name of the model that wrote the sentences, where they are no words of the documents.
    #[serde(default)]
    pub written_by: Option<String>,
}

impl Turn {
    /// Takes a quote of an answer that is not whole yet, as a sentence with its number.
    pub fn find(&mut self, quote: Quote) {
        let sentence = Sentence { text: one_line(&quote.text), quotes: vec![self.quotes.len()] };
        self.sentences.push(sentence);
        self.quotes.push(quote);
    }

    /// Takes the quotes of the answer, in place of what was found before it was whole.
    pub fn settle(&mut self, quotes: Vec<Quote>) {
        self.sentences.clear();
        self.quotes = quotes;
    }

    /// Whether it is being answered.
    pub fn is_working(&self) -> bool {
        matches!(self.progress, Progress::Working { .. })
    }
}

/// What an answer to the question in the field would cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The figures.
    pub estimate: Estimate,
    /// Whether a model would read.
    pub has_model: bool,
}

/// The conversation, and the question that is being written.
#[derive(Debug, Default)]
pub struct Conversation {
    /// Questions, oldest first.
    pub turns: Vec<Turn>,
    /// The text in the field.
    pub draft: String,
    /// What the text in the field would cost.
    pub forecast: Option<Forecast>,
    /// Whether that is being computed.
    pub is_estimating: bool,
    /// The turn whose quotes are shown on the page and the strip.
    pub shown: Option<u64>,
    /// The quote of it that was chosen.
    pub chosen: Option<usize>,
    /// The turn that is to be brought into view.
    pub target: Option<u64>,
    next_id: u64,
}

impl Conversation {
    /// A conversation from a file's bytes; turns that were under way were interrupted.
    pub fn read(bytes: &[u8]) -> Self {
        let mut turns: Vec<Turn> = serde_json::from_slice(bytes).unwrap_or_default();
        for turn in &mut turns {
            if turn.is_working() {
                turn.progress = Progress::Interrupted;
            }
        }
        let next_id = turns.iter().map(|turn| turn.id + 1).max().unwrap_or(0);
        let shown = turns.last().map(|turn| turn.id);
        Self { turns, next_id, shown, target: shown, ..Self::default() }
    }

    /// Begins a turn with `question`, and shows it.
    pub fn begin(&mut self, question: String, documents: Vec<String>, profile: Profile) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.turns.push(Turn {
            id,
            question,
            documents,
            profile: profile.name().to_owned(),
            progress: Progress::Working { step: Step::default(), windows: 0, tokens: 0 },
            sentences: Vec::new(),
            quotes: Vec::new(),
            written_by: None,
        });
        (self.shown, self.chosen, self.target) = (Some(id), None, Some(id));
        id
    }

    /// The turn `id`.
    pub fn turn(&self, id: u64) -> Option<&Turn> {
        self.turns.iter().find(|turn| turn.id == id)
    }

    /// The turn `id`.
    pub fn turn_mut(&mut self, id: u64) -> Option<&mut Turn> {
        self.turns.iter_mut().find(|turn| turn.id == id)
    }

    /// The turn that is being answered.
    pub fn working(&self) -> Option<u64> {
        self.turns.iter().find(|turn| turn.is_working()).map(|turn| turn.id)
    }

    /// The turn whose quotes are shown.
    pub fn shown_turn(&self) -> Option<&Turn> {
        self.turn(self.shown?)
    }

    /// Removes all turns.
    pub fn clear(&mut self) {
        self.turns.clear();
        (self.shown, self.chosen) = (None, None);
    }
}

/// The sentences of an answer with the quotes that stand for each: those that hold its words, or
/// all of them where no quote does.
pub fn sentences_of(answer: &Answer) -> Vec<Sentence> {
    if answer.status == Status::NotInDocument || answer.citations.is_empty() {
        return Vec::new();
    }
    let all: Vec<usize> = (0..answer.citations.len()).collect();
    let quotes: Vec<String> = answer.citations.iter().map(|c| one_line(&c.quote)).collect();
    let whole = one_line(&answer.answer);
    let mut rest = whole.as_str();
    let mut sentences = Vec::new();
    // Where an answer is made of quotes one after the other, each is a sentence with its own number.
    let longest = |rest: &str| {
        let ends = quotes.iter().enumerate();
        let ends = ends.filter_map(|(number, quote)| Some((end_of_quote(rest, quote)?, number)));
        ends.max_by_key(|(end, number)| (*end, std::cmp::Reverse(*number)))
    };
    while let Some((end, number)) = longest(rest) {
        sentences.push(Sentence { text: rest[..end].to_owned(), quotes: vec![number] });
        rest = rest[end..].trim_start_matches([' ', ',']);
    }
    if !rest.is_empty() {
        let holding: Vec<usize> =
            all.iter().copied().filter(|number| quotes[*number].contains(rest)).collect();
        let quotes = if holding.is_empty() { all } else { holding };
        sentences.push(Sentence { text: rest.to_owned(), quotes });
    }
    sentences
}

/// Where `quote` ends in `text`, if that begins with its words. Answers leave out marks around a
/// sentence: quotation marks without their other half, the number of a note.
fn end_of_quote(text: &str, quote: &str) -> Option<usize> {
    let is_mark = |c: char| !c.is_alphanumeric();
    let words = quote.trim_matches(is_mark);
    let after_note =
        words.split_once([']', ')']).map(|(_, behind)| behind.trim_start_matches(is_mark));
    let start = text.find(char::is_alphanumeric)?;
    let begins = |words: &&str| !words.is_empty() && text[start..].starts_with(*words);
    let words = std::iter::once(words).chain(after_note).find(begins)?;
    let behind = &text[start + words.len()..];
    let ends = |c: char| c.is_whitespace() || c.is_alphanumeric() || c == ',';
    let marks = behind.find(ends).unwrap_or(behind.len());
    let goes_on = behind[marks..].starts_with(char::is_alphanumeric);
    (!goes_on).then_some(start + words.len() + marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrel_core::memory::Usage;

    fn answer(text: &str, quotes: &[&str]) -> Answer {
        let citation = |quote: &&str| Citation {
            document: "a".into(),
            page: None,
            section: Vec::new(),
            start: 0,
            end: quote.chars().count() as u64,
            quote: (*quote).to_owned(),
        };
        Answer {
            status: Status::Answered,
            answer: text.to_owned(),
            citations: quotes.iter().map(citation).collect(),
            usage: Usage::default(),
            written_by: None,
        }
    }

    #[test]
    fn every_sentence_has_its_quotes() {
        let summary = sentences_of(&answer("One is.\nTwo was.", &["One is.", "Two\nwas."]));
        assert_eq!(summary.len(), 2);
        assert_eq!((summary[0].quotes.clone(), summary[1].quotes.clone()), (vec![0], vec![1]));
        let span = sentences_of(&answer("blue", &["The lamp is blue.", "He left."]));
        assert_eq!(span, [Sentence { text: "blue".into(), quotes: vec![0] }]);
        let count = sentences_of(&answer("2", &["He came.", "He left."]));
        assert_eq!(count, [Sentence { text: "2".into(), quotes: vec![0, 1] }]);
        let listed = sentences_of(&answer("One is., Two was.", &["One is.", "Two was."]));
        assert_eq!(listed[1], Sentence { text: "Two was.".into(), quotes: vec![1] });
    }

    #[test]
    fn marks_that_an_answer_leaves_out_part_no_sentence_from_its_quote() {
        let quotes = ["\"'The end,' he said.", "[3] It rained.", "\"Very good,\" said Holmes."];
        let found = sentences_of(&answer(
            "'The end,' he said. It rained. \"Very good,\" said Holmes.",
            &quotes,
        ));
        let texts: Vec<&str> = found.iter().map(|sentence| sentence.text.as_str()).collect();
        assert_eq!(texts, ["'The end,' he said.", "It rained.", "\"Very good,\" said Holmes."]);
        let numbers: Vec<usize> =
            found.iter().flat_map(|sentence| sentence.quotes.clone()).collect();
        assert_eq!(numbers, [0, 1, 2]);
        let chinese = sentences_of(&answer("他走了。 好。", &["“他走了。", "好。"]));
        assert_eq!(chinese.len(), 2);
    }

    #[test]
    fn what_was_under_way_is_interrupted_when_read_again() {
        let mut conversation = Conversation::default();
        let id = conversation.begin("Who?".into(), Vec::new(), Profile::Normal);
        assert_eq!(conversation.working(), Some(id));
        let bytes = serde_json::to_vec(&conversation.turns).unwrap();
        let mut again = Conversation::read(&bytes);
        assert_eq!(again.turns[0].progress, Progress::Interrupted);
        assert_eq!(again.begin("When?".into(), Vec::new(), Profile::Normal), id + 1);
        assert!(Conversation::read(b"nonsense").turns.is_empty());
    }
}
