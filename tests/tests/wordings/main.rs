//! How many ways of saying a thing the plans understand: for every relation a list of statements and a
//! list of questions, and every question is asked of several statements.
//!
//! The lists in `data/wordings.txt` were written for this test, out of how English and Chinese speakers
//! put things; no rule of `core` may hold one of them as a whole. Not all of them are understood: what
//! has to hold is the share that is ([`LEAST`]), so that a rule which helps one wording and hurts
//! others shows. Run with `--nocapture` to see every one that is not.

mod case;
mod facts;
mod names;
mod tales;

use std::collections::BTreeMap;

use carrel_core::memory::{Answer, AskOptions, Library, Source};
use case::case;
use facts::{both, earliest, facts, kin, several, styles, update};
use names::KINDS;
use tales::{counts, places, tales, visits};

const LISTS: &str = include_str!("../data/wordings.txt");

/// Percent of the wordings of a list that are understood at least.
const LEAST: usize = 80;
/// The same of all lists together.
const LEAST_OF_ALL: usize = 95;

/// Of so many statements one is asked about with a question, a different one with each.
const STRIDE: usize = 4;

/// A list: marks ("Q", "S" and so on) and the wordings behind them.
type List = BTreeMap<String, Vec<String>>;

fn lists() -> Vec<(String, List)> {
    let mut out: Vec<(String, List)> = Vec::new();
    for line in LISTS.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("== ") {
            out.push((title.to_owned(), List::new()));
        } else {
            let (mark, wording) = line.split_once(' ').expect("a mark");
            let (_, list) = out.last_mut().expect("a title");
            list.entry(mark.to_owned()).or_default().push(wording.to_owned());
        }
    }
    out
}

fn list<'l>(lists: &'l [(String, List)], title: &str) -> &'l List {
    &lists.iter().find(|(own, _)| own == title).expect("a list of this title").1
}

fn fill(wording: &str, slots: &[(&str, &str)]) -> String {
    let mut out = wording.to_owned();
    for (slot, value) in slots {
        out = out.replace(&format!("{{{slot}}}"), value);
    }
    let first = out.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    // A key keeps its small letter.
    if out.starts_with("the ") || KINDS.iter().any(|kind| out.starts_with(kind)) {
        out.replace_range(..1, &first);
    }
    out
}

/// A document of `facts`, one a paragraph, between sentences about nothing.
fn shelf(facts: &[String], chinese: bool) -> Library {
    let filler = if chinese {
        "山上的云慢慢散开。河水向东流去。"
    } else {
        "The river glittered under the sky. The hedge darkened in the haze."
    };
    let mut text = String::from(filler);
    for fact in facts {
        text.push_str("\n\n");
        text.push_str(fact);
        text.push_str("\n\n");
        text.push_str(filler);
    }
    let mut library = Library::in_memory();
    library.open_document(&Source::text("doc", text.as_str())).unwrap();
    library
}

/// Hits, tries, and what was missed.
#[derive(Default)]
struct Tally {
    hits: usize,
    tries: usize,
    missed: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn note(&mut self, good: bool, statement: &str, question: &str, answer: &Answer) {
        self.tries += 1;
        self.hits += usize::from(good);
        if !good {
            let quotes: Vec<&str> = answer.citations.iter().map(|c| c.quote.as_str()).collect();
            let told = format!("{question}\n        -> {} {quotes:?}", answer.answer);
            self.missed.entry(statement.to_owned()).or_default().push(told);
        }
    }
}

/// Asks, and notes whether the answer holds `said` and every one of `cited` is cited and, if `alone`,
/// nothing else is.
fn ask(
    library: &Library,
    tally: &mut Tally,
    wording: &str,
    question: &str,
    said: &[&str],
    cited: &[&String],
    alone: bool,
) {
    let answer = library.ask(question, &AskOptions::default()).unwrap();
    let quotes: Vec<&str> = answer.citations.iter().map(|c| c.quote.as_str()).collect();
    let low = answer.answer.to_lowercase();
    let right = said.iter().all(|said| low.contains(&said.to_lowercase()));
    let whole = cited.iter().all(|fact| quotes.iter().any(|quote| quote.contains(fact.as_str())));
    let good = right && whole && (!alone || quotes.len() <= cited.len());
    tally.note(good, wording, question, &answer);
}

#[test]
fn most_wordings_are_understood() {
    let lists = lists();
    let mut all: Vec<(String, Tally)> = Vec::new();
    for (title, own) in &lists {
        let tally = match title.as_str() {
            "value" => facts(own, false, true),
            "zh_value" => facts(own, true, true),
            "several" => several(own, false),
            "zh_several" => several(own, true),
            "both" => both(own, false),
            "zh_both" => both(own, true),
            "style" => styles(own),
            "update" => update(own, "The {k} of {o} is {v}.", false),
            "zh_update" => update(own, "{o}的{k}是{v}。", true),
            "kin" => kin(own, false),
            "child" => kin(own, true),
            "earliest" => earliest(own, list(&lists, "kin")),
            "moved" | "took" | "left" | "gave" => tales(&lists, title),
            "where_who" | "where_what" | "where_before" => places(own),
            "visits" => visits(own),
            "times" | "list" | "most" => counts(own, title),
            "case" => {
                let cells = case(own).into_iter();
                all.extend(cells.map(|(cell, tally)| (format!("case {cell}"), tally)));
                continue;
            }
            chinese => facts(own, chinese.starts_with("zh_"), false),
        };
        all.push((title.clone(), tally));
    }
    let mut table = String::new();
    let mut behind = Vec::new();
    let (mut hits, mut tries) = (0, 0);
    for (title, tally) in &all {
        println!("== {title}");
        for (statement, questions) in &tally.missed {
            println!("  {statement}");
            for question in questions {
                println!("      {question}");
            }
        }
        let percent = tally.hits * 100 / tally.tries.max(1);
        table.push_str(&format!("{title}: {} of {}, {percent} %\n", tally.hits, tally.tries));
        hits += tally.hits;
        tries += tally.tries;
        if percent < LEAST {
            behind.push(title.as_str());
        }
    }
    println!("{table}all: {hits} of {tries}");
    assert!(behind.is_empty(), "behind: {behind:?}\n{table}");
    assert!(hits * 100 >= tries * LEAST_OF_ALL, "{table}");
}
