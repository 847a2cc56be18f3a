//! Questions about real books, answered without a model: is the evidence cited, in how much text, and
//! are questions that the books do not answer declined?
//!
//! The questions about one book, their evidence and the rule of scoring come with the shared fixtures; the plans
//! were widened with their misses in view. Nothing was tuned on those in `data/tale-questions.json`, which were
//! written before anybody looked at what is answered. Those in `data/book-questions.json`, over all six books, and the harder ones in
//! `data/novel-questions.json` are what the plans were tuned on. Run with `--nocapture` to see every answer.

use std::path::Path;

use carrel_core::memory::{AskOptions, Library, Source, Status};
use carrel_tests::shared_fixtures;
use serde_json::Value;

/// What a set of questions came to.
#[derive(Debug, Default)]
struct Tally {
    answerable: usize,
    cited: usize,
    right: usize,
    absent: usize,
    declined: usize,
    citations: usize,
    quoted_chars: usize,
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn strings(question: &Value, key: &str) -> Vec<String> {
    question[key].as_array().unwrap().iter().map(|s| folded(s.as_str().unwrap())).collect()
}

/// Asks all questions of the books in `folder`; `document` tells the book of a question.
fn ask(folder: &Path, questions: &[Value], document: impl Fn(&Value) -> String) -> Tally {
    let mut library = Library::in_memory();
    let mut tally = Tally::default();
    for question in questions {
        let book = document(question);
        let source = Source::file(folder.join(&book)).named(&book);
        library.open_document(&source).unwrap();
        let options = AskOptions { documents: vec![book], ..AskOptions::default() };
        let text = question["question"].as_str().unwrap();
        let answer = library.ask(text, &options).unwrap();
        let quotes: Vec<String> = answer.citations.iter().map(|c| folded(&c.quote)).collect();
        let said = folded(&answer.answer).to_lowercase();
        let evidence = strings(question, "evidence");
        let (mut good, mut right) = (false, false);
        if evidence.is_empty() {
            good = answer.status == Status::NotInDocument;
            tally.absent += 1;
            tally.declined += usize::from(good);
        } else {
            tally.answerable += 1;
            tally.citations += quotes.len();
            tally.quoted_chars += quotes.iter().map(|quote| quote.chars().count()).sum::<usize>();
            if answer.status == Status::Answered {
                good = evidence.iter().any(|e| quotes.iter().any(|q| q.contains(e)));
                let mut wanted = strings(question, "answers").into_iter();
                let holds = |wanted: String| said.contains(&wanted.to_lowercase());
                right =
                    if question["kind"] == "list" { wanted.all(holds) } else { wanted.any(holds) };
            }
            tally.cited += usize::from(good);
            tally.right += usize::from(right);
        }
        println!(
            "{} {} {text}\n    {}\n    {:?}",
            if good { "ok  " } else { "MISS" },
            if right { "right" } else { "-" },
            folded(&answer.answer).chars().take(200).collect::<String>(),
            quotes.iter().map(|q| q.chars().take(160).collect::<String>()).collect::<Vec<_>>(),
        );
    }
    println!("{tally:?}");
    tally
}

#[test]
fn evidence_is_cited_and_absent_answers_are_declined() {
    let Some(fixtures) = shared_fixtures() else { return };
    let folder = fixtures.join("documents");
    let file = folder.join("adventures-of-sherlock-holmes.questions.json");
    let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let book = file["document"].as_str().unwrap().to_owned();
    let tally = ask(&folder, file["questions"].as_array().unwrap(), |_| book.clone());
    // The aims, which are reached: 14 of 16 and 3 of 3.
    assert_eq!((tally.answerable, tally.absent), (16, 3));
    assert!(tally.cited >= LEAST_CITED.0, "{tally:?}");
    assert!(tally.declined >= LEAST_DECLINED.0, "{tally:?}");
    assert!(tally.quoted_chars <= MOST_QUOTED_CHARS * tally.answerable, "{tally:?}");
}

#[test]
fn questions_of_our_own_over_six_books_are_answered() {
    let Some(fixtures) = shared_fixtures() else { return };
    let questions = include_str!("data/book-questions.json");
    let questions: Vec<Value> = serde_json::from_str(questions).unwrap();
    let tally = ask(&fixtures.join("documents"), &questions, |question| {
        question["document"].as_str().unwrap().to_owned()
    });
    assert!(tally.answerable >= 30 && tally.absent >= 10);
    assert!(tally.cited >= LEAST_CITED.1, "{tally:?}");
    assert!(tally.declined >= LEAST_DECLINED.1, "{tally:?}");
    assert!(tally.quoted_chars <= MOST_QUOTED_CHARS * tally.answerable, "{tally:?}");
}

#[test]
fn harder_questions_of_our_own_over_four_novels_are_answered() {
    let Some(fixtures) = shared_fixtures() else { return };
    let questions: Vec<Value> =
        serde_json::from_str(include_str!("data/novel-questions.json")).unwrap();
    let tally = ask(&fixtures.join("documents"), &questions, |question| {
        question["document"].as_str().unwrap().to_owned()
    });
    assert!(tally.answerable >= 40 && tally.absent >= 10);
    assert!(tally.cited >= LEAST_OF_HARDER.0, "{tally:?}");
    assert!(tally.declined >= LEAST_OF_HARDER.1, "{tally:?}");
    assert!(tally.quoted_chars <= MOST_QUOTED_CHARS * tally.answerable, "{tally:?}");
}

#[test]
fn questions_that_nothing_was_tuned_on_are_answered() {
    let Some(fixtures) = shared_fixtures() else { return };
    let questions: Vec<Value> =
        serde_json::from_str(include_str!("data/tale-questions.json")).unwrap();
    let tally = ask(&fixtures.join("documents"), &questions, |question| {
        question["document"].as_str().unwrap().to_owned()
    });
    assert!(tally.answerable >= 20 && tally.absent >= 4);
    assert!(tally.cited >= LEAST_UNTUNED.0, "{tally:?}");
    assert!(tally.declined >= LEAST_UNTUNED.1, "{tally:?}");
    assert!(tally.quoted_chars <= MOST_QUOTED_CHARS * tally.answerable, "{tally:?}");
}

/// Of the questions that were written before anybody looked at how they are answered: those of which the
/// evidence is cited, and those without an answer that are declined, at least.
const LEAST_UNTUNED: (usize, usize) = (17, 2);
/// The same of the harder questions about novels.
const LEAST_OF_HARDER: (usize, usize) = (18, 5);
/// Questions of which the evidence is cited at least, in either set.
const LEAST_CITED: (usize, usize) = (14, 33);
/// Questions without an answer that are declined at least, in either set.
const LEAST_DECLINED: (usize, usize) = (3, 5);
/// Characters that the citations of an answer have on average at most.
const MOST_QUOTED_CHARS: usize = 2_000;
