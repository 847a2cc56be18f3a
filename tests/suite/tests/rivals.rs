//! The rivals' policies with a scripted model, and what they would show one without any.

use carrel_suite::Result;
use carrel_suite::item::Span;
use carrel_suite::run::arm::Arm;
use carrel_suite::run::rivals::{Completion, Policy, Reader, Rival};
use carrel_suite::score::Ended;

/// Answers with the number behind "code" if it is in the prompt; keeps prompts.
#[derive(Default)]
struct Scripted {
    prompts: Vec<String>,
}

impl Reader for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn complete(&mut self, prompt: &str, _most_tokens: usize) -> Result<Completion> {
        self.prompts.push(prompt.to_owned());
        let found = prompt.split("The code is ").nth(1).and_then(|rest| rest.split('.').next());
        let text = match found {
            Some(code) if prompt.ends_with("Memory:") => format!("The code is {code}."),
            Some(code) => code.to_owned(),
            None => "NONE".to_owned(),
        };
        Ok(Completion { text, prompt_tokens: prompt.len() as u64 / 4, output_tokens: 2 })
    }
}

/// A document with a fact in its middle.
fn document() -> (String, u64) {
    let filler = "The river went on past the mill and nobody said a word. ".repeat(400);
    let start = filler.chars().count() as u64;
    (format!("{filler}The code is 4711. {filler}"), start)
}

#[test]
fn truncation_misses_the_middle_and_retrieval_does_not() {
    let (text, start) = document();
    let fact = Span { start, end: start + 16 };
    let holds = |spans: &[Span]| spans.iter().any(|span| span.overlap(fact) == fact.chars());
    for (policy, found) in [(Policy::Truncate, false), (Policy::Stuff, true)] {
        let mut rival = Rival::new(policy, 2048, None);
        rival.open(&text).expect("opened");
        let response = rival.ask("What is the code?").expect("asked");
        assert_eq!(response.ended, Ended::Retrieved);
        assert_eq!(holds(&response.read), found, "{policy:?}");
        let chars: u64 = response.read.iter().map(|span| span.chars()).sum();
        assert!(chars <= 2048 * 4, "{policy:?} puts {chars} characters into the window");
    }
}

#[test]
fn a_model_is_asked_within_the_window_by_every_policy() {
    let (text, _) = document();
    for (policy, answer) in
        [(Policy::Truncate, "NONE"), (Policy::Stuff, "4711"), (Policy::RunningMemory, "4711")]
    {
        let mut model = Scripted::default();
        let mut rival = Rival::new(policy, 2048, Some(Box::new(&mut model)));
        rival.open(&text).expect("opened");
        let response = rival.ask("What is the code?").expect("asked");
        drop(rival);
        assert_eq!(response.answer, answer, "{policy:?}");
        let expected = if answer == "NONE" { Ended::Declined } else { Ended::Answered };
        assert_eq!(response.ended, expected);
        let longest = model.prompts.iter().map(String::len).max().unwrap_or(0);
        assert!(longest <= 2048 * 4, "{policy:?}: a prompt of {longest} bytes");
        let calls = if policy == Policy::RunningMemory { 10 } else { 1 };
        assert!(model.prompts.len() >= calls, "{policy:?}: {}", model.prompts.len());
        assert!(response.prompt_tokens > 0);
    }
}
