//! What a model may shorten: an answer that is a whole sentence, because code could not tell which words of
//! it answer.
//!
//! ```text
//! question ──code──> sentences that are cited, one of them the answer ──model──> words of one of them
//! ```
//! Only the short answer changes: what is cited stays as code found it. The model has to be sure of every
//! token, so that it rather leaves a sentence whole than cuts out the wrong words.

use super::answer::{Finding, one_line};
use super::index::corpus::{Corpus, SentenceId};
use super::model::{Contract, Reply};
use crate::error::Result;

/// The least margin of a reply that is believed: at every token, odds of e³, twenty to one, against the next
/// one.
const SURE: f32 = 3.0;
/// Sentences of a place that are shown together at most; of a longer one only the answer is.
const MOST_SHOWN: u32 = 3;

/// The sentences from which a model copies the words that answer; `None` if the answer is not a whole
/// sentence of the evidence.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn sentences(corpus: &Corpus, finding: &Finding) -> Result<Option<Vec<String>>> {
    let Some(answer) = &finding.answer else { return Ok(None) };
    for (first, n_sentences) in &finding.evidence {
        let mut shown = Vec::new();
        for sentence in first.sentence..first.sentence + n_sentences {
            shown.push(one_line(&corpus.sentence(SentenceId { sentence, ..*first })?));
        }
        if shown.contains(answer) {
            let all = *n_sentences <= MOST_SHOWN;
            return Ok(Some(if all { shown } else { vec![answer.clone()] }));
        }
    }
    Ok(None)
}

/// The words of a reply of which the model is sure; `None` if there are none.
pub fn copied(contract: &Contract, reply: &Reply) -> Option<String> {
    let (_, span) = contract.parse(&reply.text)?;
    span.filter(|_| reply.margin >= SURE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Capability;
    use crate::memory::model::{Foresight, Reading, Request, TextModel};
    use crate::memory::{Answer, AskOptions, Library, Profile, Source};

    const TEXT: &str = "Over supper they spoke of the storm. Ines Marl crossed the river in a leaky \
                        tub. The night was cold. Omar Bell was born in Oslo.";
    const HOW: &str = "How did Ines Marl cross the river?";

    struct Shortens {
        reading: Reading,
        reply: &'static str,
        margin: f32,
        windows: Vec<String>,
    }

    impl Foresight for Shortens {
        fn reading(&self) -> Reading {
            self.reading
        }

        fn context_tokens(&self) -> usize {
            512
        }

        fn tokens_in(&self, text: &str) -> usize {
            text.len().div_ceil(4)
        }
    }

    impl TextModel for Shortens {
        fn read(&mut self, request: &Request) -> Result<Reply> {
            self.windows.push(request.window.to_owned());
            let lark = request.contract.lark();
            assert!(lark.contains("SPAN_1") && !lark.contains("numbers"), "{lark}");
            let (text, margin) = (self.reply.to_owned(), self.margin);
            Ok(Reply { text, margin, prompt_tokens: 40, output_tokens: 5, ..Reply::default() })
        }
    }

    fn library() -> Library {
        let mut library = Library::in_memory();
        library.open_document(&Source::text("crossing", TEXT)).expect("read");
        library
    }

    fn asked(
        question: &str,
        options: &AskOptions,
        reply: &'static str,
        margin: f32,
    ) -> (Answer, Vec<String>) {
        let reading = Reading::Shortens;
        let mut model = Shortens { reading, reply, margin, windows: Vec::new() };
        let answer = library().ask_with(question, options, Some(&mut model)).expect("answered");
        (answer, model.windows)
    }

    #[test]
    fn a_sentence_is_shortened_and_cited_as_before() {
        let options = AskOptions::default();
        let whole = library().ask(HOW, &options).expect("answered");
        assert_eq!(whole.answer, "Ines Marl crossed the river in a leaky tub.");
        let number = |window: &str| window.contains("[2] Ines Marl") as usize + 1;
        let (_, windows) = asked(HOW, &options, "NONE", 9.0);
        assert_eq!(windows.len(), 1, "{windows:?}");
        let reply = ["1: in a leaky tub", "2: in a leaky tub"][number(&windows[0]) - 1];
        let (short, _) = asked(HOW, &options, reply, SURE);
        assert_eq!(short.answer, "in a leaky tub");
        assert_eq!(short.citations, whole.citations);
        assert_eq!((short.usage.prompt_tokens, short.usage.output_tokens), (40, 5));
    }

    #[test]
    fn a_sentence_stays_whole_where_the_model_is_not_sure_or_says_what_does_not_stand_there() {
        let options = AskOptions::default();
        let whole = library().ask(HOW, &options).expect("answered");
        for (reply, margin) in [
            ("1: in a leaky tub", SURE - 0.1),
            ("2: in a leaky tub", SURE - 0.1),
            ("1: in a new boat", 9.0),
            ("NONE", 9.0),
            ("1", 9.0),
            ("", 9.0),
        ] {
            assert_eq!(asked(HOW, &options, reply, margin).0.answer, whole.answer, "{reply}");
        }
    }

    #[test]
    fn nothing_is_asked_that_code_knows_or_that_the_budget_forbids() {
        let options = AskOptions::default();
        let (answer, windows) = asked("Where was Omar Bell born?", &options, "1: Omar Bell", 9.0);
        assert_eq!((answer.answer.as_str(), windows.len()), ("Oslo", 0));
        let instant = AskOptions { profile: Profile::Instant, ..AskOptions::default() };
        let few = AskOptions { most_tokens: Some(60), ..AskOptions::default() };
        for options in [instant, few] {
            assert_eq!(asked(HOW, &options, "1: in a leaky tub", 9.0).1.len(), 0, "{options:?}");
        }
    }

    #[test]
    fn an_estimate_counts_what_is_shortened() {
        let estimated = |question: &str, reading| {
            let model = Capability { reading, ..Capability::UNKNOWN };
            library().estimate(question, &AskOptions::default(), Some(model)).expect("estimated")
        };
        let short = estimated(HOW, Reading::Shortens);
        assert_eq!(short.windows, 1);
        assert!((40..200).contains(&short.prompt_tokens), "{short:?}");
        assert_eq!(estimated("Where was Omar Bell born?", Reading::Shortens).windows, 0);
        assert_eq!(short.seconds, None, "nobody knows how fast it is");
        let nothing = estimated(HOW, Reading::Nothing);
        assert!(nothing.windows == 0 && nothing.seconds.is_some());
    }
}
