//! Short mysteries of our own: who did it where nobody says so. With every decisive fragment the document says who,
//! and all of them are cited; without any one of them it does not say.
//!
//! The mysteries stand in `data/mysteries.txt`; nothing in `core` knows their people, things or sentences.

use carrel_tests::shelf::{Shelf, filler};

/// A mystery: its lines, of which some are decisive, and the questions about it.
#[derive(Default)]
struct Mystery {
    name: &'static str,
    /// A sentence, and whether it is decisive; an empty one parts paragraphs.
    lines: Vec<(&'static str, bool)>,
    /// A question, and who it was; "nobody" if the document does not say.
    questions: Vec<(&'static str, &'static str)>,
}

fn mysteries() -> Vec<Mystery> {
    let mut out: Vec<Mystery> = Vec::new();
    for line in include_str!("data/mysteries.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("= ") {
            out.push(Mystery { name, ..Mystery::default() });
            continue;
        }
        let Some(last) = out.last_mut() else { continue };
        if let Some(asked) = line.strip_prefix("? ") {
            last.questions.push(asked.split_once(" | ").expect("a question and an answer"));
        } else {
            let decisive = line.strip_prefix("* ");
            last.lines.push((decisive.unwrap_or(line), decisive.is_some()));
        }
    }
    out
}

impl Mystery {
    /// The text without line `missing`.
    fn text(&self, missing: Option<usize>) -> String {
        let told = self.lines.iter().enumerate().filter(|(at, _)| Some(*at) != missing);
        let parts = told.map(|(_, (line, _))| if line.is_empty() { "\n\n" } else { line });
        parts.collect::<Vec<_>>().join(" ")
    }

    fn check(&self, frame: impl Fn(String) -> String) {
        let key: Vec<&str> =
            self.lines.iter().filter(|(_, decisive)| *decisive).map(|(line, _)| *line).collect();
        let whole = Shelf::new(frame(self.text(None)));
        for (question, who) in &self.questions {
            if *who == "nobody" {
                whole.expect_none(question);
            } else {
                assert_eq!(whole.ask(question).answer, *who, "{}: {question}", self.name);
                whole.expect(question, &[who], &key);
            }
        }
        for missing in (0..self.lines.len()).filter(|at| self.lines[*at].1) {
            let shelf = Shelf::new(frame(self.text(Some(missing))));
            for (question, _) in &self.questions {
                shelf.expect_none(question);
            }
        }
    }
}

#[test]
fn who_did_it_is_told_by_all_decisive_fragments_and_by_none_fewer() {
    let mysteries = mysteries();
    assert!(mysteries.len() >= 6);
    for mystery in mysteries {
        mystery.check(|text| text);
        // In the middle of something longer.
        mystery.check(|text| {
            let (before, behind) = (filler(7, 300), filler(8, 300));
            [before.join(" "), text, behind.join(" ")].join("\n\n")
        });
    }
}
