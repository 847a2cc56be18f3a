//! The probe with scripted models: one for every outcome.

use std::ops::ControlFlow;

use super::*;
use crate::memory::model::Foresight;

/// A model that knows the probes by heart and fails where it is told to.
struct Scripted {
    fails: Vec<Skill>,
    copies: bool,
    margin: f32,
    phrase: fn(&str) -> String,
    write: fn(&Request) -> String,
    asked: Vec<String>,
}

/// What pointing is judged by.
const POINTS: [Skill; 4] = [Skill::Copy, Skill::Span, Skill::TwoHops, Skill::Selection];

/// Every sentence of the window as a line about itself.
fn copied(request: &Request) -> String {
    request.window.replace('[', "").replace("] ", ": ")
}

impl Scripted {
    fn failing(fails: &[Skill]) -> Self {
        Self {
            fails: fails.to_vec(),
            copies: true,
            margin: 10.0,
            phrase: str::to_owned,
            write: copied,
            asked: Vec::new(),
        }
    }
}

impl Scripted {
    /// What is said of a sentence that is shown alone.
    fn shortened(&self, known: &[World], request: &Request) -> Option<String> {
        let alone = |world: &World, asked: &Asked| {
            let sentences: Vec<String> =
                asked.gold.iter().map(|at| world.sentences[*at].clone()).collect();
            Contract::new(sentences).window() == request.window
        };
        let (world, asked) = known
            .iter()
            .flat_map(|world| world.asked.iter().map(move |asked| (world, asked)))
            .find(|(world, asked)| asked.question == request.question && alone(world, asked))?;
        let first = world.sentences[asked.gold[0]].split(' ').next().unwrap_or_default();
        let wrong = self.fails.contains(&Skill::Shorten);
        Some(format!("1: {}", if wrong { first } else { &asked.answer }))
    }
}

impl Foresight for Scripted {
    fn context_tokens(&self) -> usize {
        2_048
    }

    fn tokens_in(&self, text: &str) -> usize {
        text.len().div_ceil(4)
    }
}

impl TextModel for Scripted {
    fn read(&mut self, request: &Request) -> Result<Reply> {
        self.asked.push(request.window.to_owned());
        let text = if request.system == WRITE_SYSTEM {
            (self.write)(request)
        } else if request.system == PHRASE_SYSTEM {
            (self.phrase)(request.window.trim_start_matches("[1] ").trim())
        } else {
            let known = worlds(WORLDS);
            if let Some(text) = self.shortened(&known, request) {
                return Ok(Reply { text, margin: self.margin, ..Reply::default() });
            }
            let asked = known
                .iter()
                .filter(|world| Contract::new(world.sentences.clone()).window() == request.window)
                .flat_map(|world| &world.asked)
                .find(|asked| asked.question == request.question)
                .expect("a probe");
            let numbers: Vec<String> =
                asked.gold.iter().map(|sentence| (sentence + 1).to_string()).collect();
            match asked.skill {
                // Somewhere, but not there.
                skill if self.fails.contains(&skill) && asked.gold.contains(&0) => "2".to_owned(),
                skill if self.fails.contains(&skill) => "1".to_owned(),
                Skill::Span if self.copies => format!("{}: {}", numbers[0], asked.answer),
                Skill::None => "NONE".to_owned(),
                _ => numbers.join(","),
            }
        };
        let (prompt_us, output_us) = (2_000, 1_000);
        Ok(Reply {
            text,
            margin: self.margin,
            prompt_tokens: 40,
            reused_tokens: 30,
            output_tokens: 4,
            prompt_us,
            output_us,
        })
    }
}

fn report_of(model: &mut Scripted) -> ProbeReport {
    probe(model, &mut |_, _| ControlFlow::Continue(())).expect("probed").expect("not stopped")
}

#[test]
fn a_model_that_can_do_everything_may() {
    let mut model = Scripted::failing(&[]);
    let report = report_of(&mut model);
    for score in &report.scores {
        assert_eq!(score.model, score.probes, "{report:?}");
    }
    let probes: u32 = report.scores.iter().map(|score| score.probes).sum();
    assert_eq!(probes as usize, WORLDS * 7 + PHRASED + WRITTEN);
    assert_eq!(report.reading(), Reading::Phrases);
    assert!(report.writes());
    let speed = report.speed().expect("told");
    assert!((speed.prompt_tokens_per_s - 5_000.0).abs() < 1e-6, "reused tokens are not read");
    assert!((speed.output_tokens_per_s - 4_000.0).abs() < 1e-6);
    // The questions of one window follow each other, so that its state can be used again.
    let mut windows = model.asked.clone();
    windows.dedup();
    assert_eq!(windows.len(), WORLDS * 3 + PHRASED + WRITTEN);
}

#[test]
fn a_model_whose_own_words_are_not_true_only_copies() {
    for phrase in [
        |_: &str| "It is as everybody knows.".to_owned(),
        |quote: &str| format!("{quote} So it was in 1812."),
        |_: &str| String::new(),
    ] {
        let mut model = Scripted { phrase, ..Scripted::failing(&[]) };
        assert_eq!(report_of(&mut model).reading(), Reading::Spans);
    }
}

#[test]
fn a_model_that_writes_what_is_not_so_may_not_write() {
    let writes: [fn(&Request) -> String; 4] = [
        |_| "NONE".to_owned(),
        // One line that is so, of a window of eight.
        |request| copied(request).lines().next().unwrap_or_default().to_owned(),
        // Names of another sentence than the one that says so.
        |request| copied(request).lines().map(|line| format!("1{}\n", &line[1..])).collect(),
        |request| copied(request).replace('.', " in 1812."),
    ];
    for write in writes {
        let report = report_of(&mut Scripted { write, ..Scripted::failing(&[]) });
        assert_eq!(report.reading(), Reading::Phrases);
        assert!(!report.writes(), "{report:?}");
    }
}

#[test]
fn a_model_that_copies_nothing_only_points() {
    let mut model = Scripted { copies: false, ..Scripted::failing(&[]) };
    let report = report_of(&mut model);
    assert_eq!(report.spans.model, 0);
    assert_eq!(report.score(Skill::Span).model, 12, "the sentence was right all the same");
    assert_eq!(report.reading(), Reading::Points);
    assert_eq!(report.score(Skill::Phrase).model, 0, "it was not asked for words");
    assert_eq!(report.score(Skill::Facts).model, 0, "nor to write");
}

#[test]
fn a_model_that_loses_to_code_does_nothing() {
    let report = report_of(&mut Scripted::failing(&POINTS));
    assert_eq!(report.score(Skill::None).model, 12);
    assert_eq!(report.reading(), Reading::Shortens, "it only copies");
    let all = [&POINTS[..], &[Skill::Shorten]].concat();
    let report = report_of(&mut Scripted::failing(&all));
    assert_eq!(report.score(Skill::Shorten).model, 0);
    assert_eq!(report.misled, 24, "it was sure of what was wrong");
    assert_eq!(report.reading(), Reading::Nothing, "declining everything is no reading");
}

#[test]
fn a_model_that_is_not_sure_shortens_nothing() {
    let report = report_of(&mut Scripted { margin: 1.0, ..Scripted::failing(&POINTS) });
    assert_eq!((report.score(Skill::Shorten).model, report.misled), (0, 0));
    assert_eq!(report.reading(), Reading::Nothing);
}

#[test]
fn a_model_that_never_declines_does_nothing() {
    let report = report_of(&mut Scripted::failing(&[Skill::None, Skill::Shorten]));
    assert_eq!(report.score(Skill::None).model, 0);
    assert!(report.score(Skill::None).code > 1, "code declines: {report:?}");
    assert_eq!(report.reading(), Reading::Nothing, "however well it points");
}

#[test]
fn a_stopped_probe_has_no_report() {
    let mut model = Scripted::failing(&[]);
    let mut heard = Vec::new();
    let stopped = probe(&mut model, &mut |done, total| {
        heard.push((done, total));
        if done == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped.expect("no failure"), None);
    assert_eq!(heard.last(), Some(&(7, 96)));
    assert_eq!(model.asked.len(), 7);
}

#[test]
fn reports_are_kept_whole_or_not_believed() {
    let report = report_of(&mut Scripted::failing(&[]));
    let mut kept = report.to_json();
    assert_eq!(ProbeReport::from_json(&kept), Some(report));
    kept["scores"]["copy"]["model"] = 13.into();
    assert_eq!(ProbeReport::from_json(&kept), None, "more right than asked");
    kept["scores"]["copy"]["model"] = 12.into();
    kept["version"] = (VERSION + 1).into();
    assert_eq!(ProbeReport::from_json(&kept), None, "of other probes");
    assert_eq!(ProbeReport::from_json(&serde_json::Value::Null), None);
}

#[test]
fn worlds_are_the_same_every_time_and_hold_their_answers() {
    let (first, second) = (worlds(WORLDS), worlds(WORLDS));
    let mut windows = std::collections::BTreeSet::new();
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.sentences, other.sentences);
        assert!(windows.insert(one.sentences.clone()), "no world comes twice");
        for asked in &one.asked {
            let proof: Vec<&String> = asked.gold.iter().map(|at| &one.sentences[*at]).collect();
            assert!(proof.iter().any(|text| text.contains(&asked.answer)) || proof.is_empty());
            assert_eq!(proof.is_empty(), asked.skill == Skill::None);
            assert!(!asked.question.contains('{'), "{}", asked.question);
        }
    }
}

#[test]
fn a_library_asks_a_model_only_for_what_it_may_do() {
    struct Counting {
        reading: Reading,
        systems: Vec<String>,
        grammars: Vec<String>,
    }
    impl Foresight for Counting {
        fn reading(&self) -> Reading {
            self.reading
        }

        fn context_tokens(&self) -> usize {
            2_048
        }

        fn tokens_in(&self, text: &str) -> usize {
            text.len().div_ceil(4)
        }
    }

    impl TextModel for Counting {
        fn read(&mut self, request: &Request) -> Result<Reply> {
            self.systems.push(request.system.to_owned());
            self.grammars.push(request.contract.lark());
            let text = if request.system == PHRASE_SYSTEM {
                "The ferry cost Ines Marl eleven crowns."
            } else {
                "2"
            };
            Ok(Reply { text: text.to_owned(), prompt_tokens: 1, ..Reply::default() })
        }
    }
    let mut library = Library::in_memory();
    let text = "Over supper Ines Marl spoke of the ferry and its price. \
                The ferryman wanted eleven crowns from everybody, Ines Marl as well.";
    library.open_document(&Source::text("a.txt", text)).expect("read");
    let asked = |reading| {
        let mut model = Counting { reading, systems: Vec::new(), grammars: Vec::new() };
        let question = "What did the ferry cost Ines Marl?";
        let answer = library.ask_with(question, &AskOptions::default(), Some(&mut model));
        (model, answer.expect("answered"))
    };
    let (nothing, _) = asked(Reading::Nothing);
    assert!(nothing.systems.is_empty());
    let (points, _) = asked(Reading::Points);
    assert!(!points.systems.is_empty());
    assert!(points.grammars.iter().all(|grammar| !grammar.contains("SPAN")));
    let (spans, _) = asked(Reading::Spans);
    assert!(spans.grammars.iter().all(|grammar| grammar.contains("SPAN")));
    assert!(!spans.systems.iter().any(|system| system == PHRASE_SYSTEM));
    let (phrases, answer) = asked(Reading::Phrases);
    if answer.status == Status::Answered {
        assert!(phrases.systems.iter().any(|system| system == PHRASE_SYSTEM));
        assert!(!answer.citations.is_empty());
    }
}
