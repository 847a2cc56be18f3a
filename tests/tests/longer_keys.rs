//! A key among many longer ones that begin with its words: only its own fact is told, in English and in
//! Chinese, however many of the others stand behind it.

use carrel_core::memory::{AskOptions, Library, Source};

/// More of them than mentions of one owner are read.
const OTHERS: usize = 300;

fn asked(text: &str, question: &str) -> (String, usize) {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("doc", text)).unwrap();
    let answer = library.ask(question, &AskOptions::default()).unwrap();
    (answer.answer, answer.citations.len())
}

#[test]
fn a_key_is_told_from_longer_ones() {
    let other = |at: usize| format!("The berth number of amber-kettle-x{at} is {}. ", 40_000 + at);
    let mut text: String = (0..20).map(other).collect();
    text.push_str("The berth number of amber-kettle is 71717. ");
    text.extend((20..OTHERS).map(other));
    let question = "What is the berth number of amber-kettle?";
    assert_eq!(asked(&text, question), ("71717".to_owned(), 1));
    let without = text.replace("The berth number of amber-kettle is 71717. ", "");
    assert_eq!(asked(&without, question).1, 0, "{}", asked(&without, question).0);
}

#[test]
fn a_chinese_key_is_told_from_longer_ones() {
    let other = |at: usize| format!("琥珀水壶{}号的柜号是{}。", 100 + at, 40_000 + at);
    let mut text: String = (0..20).map(other).collect();
    text.push_str("琥珀水壶的柜号是71717。");
    text.extend((20..OTHERS).map(other));
    assert_eq!(asked(&text, "琥珀水壶的柜号是多少？"), ("71717".to_owned(), 1));
}
