//! A conversation as Markdown: questions as headings, answers with numbered citations, the quotes
//! with their places below.

use std::fmt::Write;

use crate::state::conversation::{Outcome, Progress, Quote, Turn};
use crate::state::documents::file_name;
use crate::text::{Strings, fill, one_line};

/// The conversation. Turns without an answer are left out.
pub fn markdown(turns: &[Turn], strings: &Strings) -> String {
    let mut out = format!("# Carrel: {}\n", strings.conversation);
    for turn in turns {
        let Progress::Done(outcome, _) = &turn.progress else { continue };
        let _ = write!(out, "\n## {}\n\n", one_line(&turn.question));
        match outcome {
            Outcome::NotInDocument => {
                let _ = writeln!(out, "{}", strings.not_in_document);
                continue;
            }
            Outcome::BudgetEnded if turn.sentences.is_empty() => {
                let _ = writeln!(out, "{}", strings.not_found_in_budget);
                continue;
            }
            Outcome::BudgetEnded | Outcome::Answered => {}
        }
        for sentence in &turn.sentences {
            let numbers: String =
                sentence.quotes.iter().map(|quote| format!(" [{}]", quote + 1)).collect();
            let _ = writeln!(out, "{}{numbers}", one_line(&sentence.text));
        }
        if let Some(author) = &turn.written_by {
            let _ = writeln!(out, "\n*{}*", fill(strings.written_by, &[author]));
        }
        if *outcome == Outcome::BudgetEnded {
            let _ = writeln!(out, "\n*{}*", strings.budget_ended);
        }
        out.push('\n');
        for (number, quote) in turn.quotes.iter().enumerate() {
            let _ = writeln!(out, "{}. > {}", number + 1, one_line(&quote.text));
            let _ = writeln!(out, "\n   {}\n", place(quote, strings));
        }
    }
    out
}

/// Where a quote stands, offsets included.
fn place(quote: &Quote, strings: &Strings) -> String {
    let mut parts = vec![file_name(&quote.document)];
    if !quote.section.is_empty() {
        parts.push(quote.section.join(" › "));
    }
    if let Some(page) = quote.page {
        parts.push(fill(strings.page_number, &[&page]));
    }
    parts.push(format!("{}–{}", quote.start, quote.end));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::conversation::{Cost, Sentence};
    use crate::text::ENGLISH;

    #[test]
    fn answers_keep_their_numbers_and_places() {
        let turn = |outcome| Turn {
            id: 0,
            question: "What\ncolour?".into(),
            documents: Vec::new(),
            profile: "normal".into(),
            progress: Progress::Done(outcome, Cost::default()),
            sentences: vec![Sentence { text: "blue".into(), quotes: vec![0] }],
            quotes: vec![Quote {
                document: "/tmp/lamps.md".into(),
                page: Some(2),
                section: vec!["One".into(), "Lamps".into()],
                start: 11,
                end: 28,
                text: "The lamp\nis blue.".into(),
            }],
            written_by: None,
        };
        let text = markdown(&[turn(Outcome::Answered)], &ENGLISH);
        assert!(text.contains("## What colour?\n\nblue [1]\n"), "{text}");
        assert!(text.contains("1. > The lamp is blue.\n"), "{text}");
        assert!(text.contains("lamps.md · One › Lamps · page 2 · 11–28"), "{text}");
        let silent = markdown(&[turn(Outcome::NotInDocument)], &ENGLISH);
        assert!(silent.ends_with("The document does not say.\n"), "{silent}");
    }
}
