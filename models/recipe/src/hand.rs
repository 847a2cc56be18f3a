//! Questions written by hand about texts written for them, in the styles of a README, a manual, a
//! contract, a letter and a piece of news: the product with a model and without one, side by side.
//!
//! ```text
//! ## title
//! the text, in paragraphs
//! ? question
//! = answer | words of the sentence that gives it        or: = NONE
//! ```
//! Nothing of them is in the training data, and nothing was tuned on them. A book with questions in a
//! JSON file of its own can be put the same way.

use std::path::Path;

use carrel_core::memory::{AskOptions, Library, Source, Status, TextModel};
use serde::Serialize;

use crate::error::{RecipeError, Result};

/// The files, by style.
pub const STYLES: [(&str, &str); 5] = [
    ("readme", include_str!("../hand/readme.txt")),
    ("manual", include_str!("../hand/manual.txt")),
    ("contract", include_str!("../hand/contract.txt")),
    ("letter", include_str!("../hand/letter.txt")),
    ("news", include_str!("../hand/news.txt")),
];

/// A text and the questions about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The questions.
    pub questions: Vec<Asked>,
}

/// A question about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The question.
    pub question: String,
    /// Answers that are right; none if the text does not say.
    pub answers: Vec<String>,
    /// Words of the sentences that give them.
    pub evidence: Vec<String>,
    /// Whether all of the answers are asked for, and not any of them.
    pub all: bool,
}

/// What one arm reached in one style.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// Questions that the texts answer.
    pub answerable: usize,
    /// Of these, those whose answer holds the right words.
    pub answered: usize,
    /// Of these, those with a citation that holds the sentence that gives the answer.
    pub cited: usize,
    /// Of these, those with a citation that holds the right words, which is all that shortening can reach.
    pub within: usize,
    /// Of these, those whose answer is the right words and no others.
    pub exact: usize,
    /// Questions that the texts do not answer.
    pub absent: usize,
    /// Of these, those that are declined.
    pub declined: usize,
}

impl Reached {
    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        self.answerable += other.answerable;
        self.answered += other.answered;
        self.cited += other.cited;
        self.within += other.within;
        self.exact += other.exact;
        self.absent += other.absent;
        self.declined += other.declined;
    }
}

/// Reads a file of texts and questions.
///
/// # Errors
/// If it is not in the form above, or an evidence does not stand in its text.
pub fn texts(file: &str) -> Result<Vec<Text>> {
    let mut texts: Vec<Text> = Vec::new();
    for (index, line) in file.lines().enumerate() {
        let wrong = |what: &str| RecipeError::Questions(format!("line {}: {what}", index + 1));
        if let Some(title) = line.strip_prefix("## ") {
            let (text, questions) = (String::new(), Vec::new());
            texts.push(Text { title: title.to_owned(), text, questions });
            continue;
        }
        let text = texts.last_mut().ok_or_else(|| wrong("a text has no title"))?;
        if let Some(question) = line.strip_prefix("? ") {
            text.questions.push(Asked {
                question: question.to_owned(),
                answers: Vec::new(),
                evidence: Vec::new(),
                all: false,
            });
        } else if let Some(answer) = line.strip_prefix("= ") {
            let asked = text.questions.last_mut().ok_or_else(|| wrong("no question before it"))?;
            if answer != "NONE" {
                let (answer, evidence) =
                    answer.split_once(" | ").ok_or_else(|| wrong("no evidence"))?;
                if !text.text.contains(evidence) {
                    return Err(wrong("the evidence does not stand in the text"));
                }
                asked.answers.push(answer.to_owned());
                asked.evidence.push(evidence.to_owned());
            }
        } else {
            text.text.push_str(line);
            text.text.push('\n');
        }
    }
    Ok(texts)
}

/// Reads a book and its questions: a JSON file as that of the shared fixtures, beside the book.
///
/// # Errors
/// If one of the files cannot be read or is not in that form.
pub fn book(path: &Path) -> Result<Text> {
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|s| s.as_str()).map(Into::into).collect()
    };
    let wrong = |what: &str| RecipeError::Questions(format!("{}: {what}", path.display()));
    let title = file["document"].as_str().ok_or_else(|| wrong("no `document`"))?;
    let mut questions = Vec::new();
    for asked in file["questions"].as_array().ok_or_else(|| wrong("no `questions`"))? {
        let question = asked["question"].as_str().ok_or_else(|| wrong("no `question`"))?;
        questions.push(Asked {
            question: question.to_owned(),
            answers: strings(&asked["answers"]),
            evidence: strings(&asked["evidence"]),
            all: asked["kind"] == "list",
        });
    }
    let text = std::fs::read_to_string(path.with_file_name(title))?;
    Ok(Text { title: title.to_owned(), text, questions })
}

/// Puts every question to the product, with `model` or without.
///
/// # Errors
/// If a text cannot be read or the model fails.
pub fn run(texts: &[Text], mut model: Option<&mut dyn TextModel>) -> Result<Reached> {
    let mut reached = Reached::default();
    for text in texts {
        let mut library = Library::in_memory();
        library.open_document(&Source::text(text.title.as_str(), text.text.as_str()))?;
        for asked in &text.questions {
            let options = AskOptions::default();
            // A model is lent anew for every question.
            let answer = match &mut model {
                Some(model) => library.ask_with(&asked.question, &options, Some(&mut **model))?,
                None => library.ask(&asked.question, &options)?,
            };
            let given = answer.status == Status::Answered;
            if asked.answers.is_empty() {
                reached.absent += 1;
                reached.declined += usize::from(!given);
                continue;
            }
            reached.answerable += 1;
            if !given {
                continue;
            }
            let said = answer.answer.to_lowercase();
            let holds = |right: &String| said.contains(&right.to_lowercase());
            let is_right = match asked.all {
                true => asked.answers.iter().all(holds),
                false => asked.answers.iter().any(holds),
            };
            reached.answered += usize::from(is_right);
            let alone = |right: &String| said.trim_end_matches('.') == right.to_lowercase();
            reached.exact += usize::from(asked.answers.iter().any(alone));
            let cited = |evidence: &String| {
                answer.citations.iter().any(|c| folded(&c.quote).contains(&folded(evidence)))
            };
            let within = |right: &String| {
                let quotes = answer.citations.iter().map(|c| folded(&c.quote).to_lowercase());
                quotes.into_iter().any(|quote| quote.contains(&folded(right).to_lowercase()))
            };
            reached.within += usize::from(asked.answers.iter().any(within));
            reached.cited += usize::from(asked.evidence.iter().any(cited));
        }
    }
    Ok(reached)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_hundred_questions_and_their_evidence_stands_in_the_texts() {
        let mut n_questions = 0;
        let mut n_absent = 0;
        for (style, file) in STYLES {
            let texts = texts(file).unwrap_or_else(|error| panic!("{style}: {error}"));
            assert_eq!(texts.len(), 5, "{style}");
            for asked in texts.iter().flat_map(|text| &text.questions) {
                n_questions += 1;
                n_absent += usize::from(asked.answers.is_empty());
            }
        }
        assert_eq!((n_questions, n_absent), (200, 25));
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line() {
        let file = "## a\nThe lamp is red.\n? What colour?\n= red | The lamp is blue";
        let error = texts(file).expect_err("the evidence is wrong").to_string();
        assert!(error.contains("line 4"), "{error}");
    }
}
