//! Who did it, asked for in many words: they all take the same way. Where the fragments prove somebody it is that
//! one, where a sentence says it outright too, and otherwise nobody, whatever else the document tells.
//!
//! Wordings and cases stand in `data/culprits.txt`; they were written for this test, and no rule of `core` may hold one
//! of them as a whole. Run with `--nocapture` to see those that are not understood.

use std::collections::BTreeMap;

use carrel_core::memory::{Answer, Status};
use carrel_tests::shelf::Shelf;

/// Percent of the wordings that are understood at least, of all that each is asked of.
const LEAST: usize = 97;

#[derive(Default)]
struct Case {
    name: &'static str,
    language: &'static str,
    victim: &'static str,
    culprit: &'static str,
    /// A sentence, and whether it is decisive.
    lines: Vec<(&'static str, bool)>,
    /// Sentences each of which says it outright.
    outright: Vec<&'static str>,
    /// A question for somebody else, and what the answer holds.
    beside: Vec<(&'static str, &'static str)>,
}

fn read() -> (BTreeMap<&'static str, Vec<&'static str>>, Vec<Case>) {
    let mut wordings: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    let (mut language, mut cases): (&'static str, Vec<Case>) = ("", Vec::new());
    let lines = include_str!("data/culprits.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix("== ") {
            language = title;
        } else if let Some(head) = line.strip_prefix("= ") {
            let head: Vec<&str> = head.split(" | ").collect();
            let [name, language, victim, culprit] = head[..] else { panic!("{head:?}") };
            cases.push(Case { name, language, victim, culprit, ..Case::default() });
        } else if let Some(case) = cases.last_mut() {
            match line.split_once(' ') {
                Some(("*", told)) => case.lines.push((told, true)),
                Some(("+", told)) => case.outright.push(told),
                Some(("!", asked)) => {
                    case.beside.push(asked.split_once(" | ").expect("a question and an answer"));
                }
                _ => case.lines.push((line, false)),
            }
        } else {
            wordings.entry(language).or_default().push(line);
        }
    }
    (wordings, cases)
}

impl Case {
    /// The text without line `missing`, behind `outright`; each sentence in a paragraph of its own.
    fn shelf(&self, missing: Option<usize>, outright: Option<&str>) -> Shelf {
        let filler = match self.language {
            "chinese" => "山上的云慢慢散开。河水向东流去。",
            _ => "The river glittered under the sky. The hedge darkened in the haze.",
        };
        let told = self.lines.iter().enumerate().filter(|(at, _)| Some(*at) != missing);
        let told = told.map(|(_, (line, _))| *line).chain(outright);
        let parts: Vec<String> =
            told.map(|line| format!("{filler}\n\n{line}\n\n{filler}")).collect();
        Shelf::new(parts.join("\n\n"))
    }

    fn ask(&self, shelf: &Shelf, wording: &str) -> Answer {
        shelf.ask(&wording.replace("{x}", self.victim))
    }

    /// Whether the document proves it by itself.
    fn is_proved(&self) -> bool {
        self.lines.iter().any(|(_, decisive)| *decisive)
    }
}

/// Right ones and all of them; tells the wrong ones.
#[derive(Default)]
struct Tally {
    right: usize,
    all: usize,
}

impl Tally {
    fn note(&mut self, is_right: bool, what: &str, answer: &Answer) {
        self.all += 1;
        self.right += usize::from(is_right);
        if !is_right {
            let quotes: Vec<&str> = answer.citations.iter().map(|c| c.quote.as_str()).collect();
            println!("  {what}\n    -> {:?} {quotes:?}", answer.answer);
        }
    }
}

#[test]
fn every_wording_for_a_culprit_takes_the_same_way() {
    let (wordings, cases) = read();
    assert!(wordings["english"].len() >= 40 && wordings["chinese"].len() >= 10);
    let (mut named, mut declined, mut said) =
        (Tally::default(), Tally::default(), Tally::default());
    for case in &cases {
        let wordings = &wordings[case.language];
        let is_declined = |answer: &Answer| answer.status == Status::NotInDocument;
        let whole = case.shelf(None, None);
        for wording in wordings {
            let answer = case.ask(&whole, wording);
            let what = format!("{}, whole: {wording}", case.name);
            if case.is_proved() {
                let quoted = |line: &str| answer.citations.iter().any(|c| c.quote.contains(line));
                let mut key = case.lines.iter().filter(|(_, decisive)| *decisive);
                let is_right = answer.answer == case.culprit
                    && key.all(|(line, _)| quoted(line.trim_end_matches('.')));
                named.note(is_right, &what, &answer);
            } else {
                declined.note(is_declined(&answer), &what, &answer);
            }
        }
        for missing in (0..case.lines.len()).filter(|at| case.lines[*at].1) {
            let shelf = case.shelf(Some(missing), None);
            for wording in wordings {
                let answer = case.ask(&shelf, wording);
                let what = format!("{}, without {}: {wording}", case.name, case.lines[missing].0);
                declined.note(is_declined(&answer), &what, &answer);
            }
        }
        // What proves it is not there.
        let missing = case.lines.iter().position(|(_, decisive)| *decisive);
        for outright in &case.outright {
            let shelf = case.shelf(missing, Some(outright));
            for wording in wordings {
                let answer = case.ask(&shelf, wording);
                let fact = outright.trim_end_matches(['.', '。']);
                let is_right = answer.answer.contains(case.culprit)
                    && answer.citations.iter().any(|c| c.quote.contains(fact));
                said.note(is_right, &format!("{}, {outright} {wording}", case.name), &answer);
            }
        }
    }
    println!(
        "named {}/{}, declined {}/{}, said outright {}/{}",
        named.right, named.all, declined.right, declined.all, said.right, said.all
    );
    for (tally, least) in [(named, LEAST), (declined, 100), (said, LEAST)] {
        assert!(tally.right * 100 >= tally.all * least);
    }
}

#[test]
fn who_else_has_to_do_with_it_is_not_the_culprit() {
    for case in read().1 {
        for outright in case.outright.iter().map(|told| Some(*told)).chain([None]) {
            let shelf = case.shelf(None, outright);
            for (question, said) in &case.beside {
                let answer = case.ask(&shelf, question);
                assert!(answer.answer.contains(said), "{question}: {answer:?}");
            }
        }
    }
}

#[test]
fn what_was_stolen_has_a_culprit_too_and_so_has_somebody_with_a_title_alone() {
    let told = [
        "For years the painting hung in the hall.",
        "On Monday morning the painting was gone.",
        "Jack Tolliver dusted the hall on Sundays.",
        "Jack Tolliver confessed that he had stolen the painting.",
    ];
    for question in [
        "Who stole the painting?",
        "Who made off with the painting?",
        "Who is behind the theft of the painting?",
        "Who is to blame for the disappearance of the painting?",
    ] {
        Shelf::of(&told).expect(question, &["Jack Tolliver"], &[told[3]]);
        Shelf::of(&told[..3]).expect_none(question);
    }
    let told = [
        "The Colonel was found dead in the boathouse.",
        "Mrs. Crane had dined with the Colonel on Sunday.",
        "It was Mrs. Crane who poisoned the Colonel.",
    ];
    for question in ["Who killed the Colonel?", "At whose hands did the Colonel die?"] {
        Shelf::of(&told).expect(question, &["Crane"], &[told[2]]);
        Shelf::of(&told[..2]).expect_none(question);
    }
}
