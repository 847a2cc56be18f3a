//! Questions in the forms in which people ask, about a few lines of text each: what has to be answered and
//! what has to be declined, in English and in Chinese.
//!
//! `data/asking.txt` was written for this test. `T` is a text between sentences about nothing, `Q` a question
//! with what its answer has to hold, and `N` a question about something near that the text does not
//! tell. Without a model.

use carrel_core::memory::{AskOptions, Library, Source};

const LISTS: &str = include_str!("data/asking.txt");
/// Percent of the questions that are answered or declined as they have to be, at least.
const LEAST: usize = 90;

const ENGLISH: &str = "The river glittered under the sky. The hedge darkened in the haze. ";
const CHINESE: &str = "山上的云慢慢散开。河水向东流去。";

fn shelf(text: &str) -> Library {
    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let filler = if chinese { CHINESE } else { ENGLISH }.repeat(6);
    let mut library = Library::in_memory();
    let text = format!("{filler}\n\n{text}\n\n{filler}");
    library.open_document(&Source::text("doc", text)).unwrap();
    library
}

#[test]
fn questions_are_answered_or_declined() {
    let mut library = Library::in_memory();
    let (mut good, mut tries) = (0, 0);
    for line in LISTS.lines().filter(|line| !line.is_empty()) {
        let (mark, rest) = line.split_once(' ').expect("a mark");
        let question = match mark {
            "T" => {
                library = shelf(rest);
                continue;
            }
            "==" => {
                println!("{rest}");
                continue;
            }
            _ => rest.split(" | ").next().expect("a question"),
        };
        let wanted: Vec<&str> = rest
            .split_once(" | ")
            .map(|(_, wanted)| wanted.split(" & ").collect())
            .unwrap_or_default();
        let answer = library.ask(question, &AskOptions::default()).unwrap();
        let right = match mark {
            "N" => answer.citations.is_empty(),
            _ => {
                !answer.citations.is_empty()
                    && wanted.iter().all(|wanted| answer.answer.contains(wanted))
            }
        };
        tries += 1;
        good += usize::from(right);
        if !right {
            println!("  {mark} {question} {wanted:?}\n    -> {}", answer.answer);
        }
    }
    println!("{good} of {tries}");
    assert!(good * 100 >= tries * LEAST, "{good} of {tries}");
}
