//! Wordings of what happens: a step of a tale, a place that is asked for, a visit.

use super::names::{GIVEN, person};
use super::{List, Tally, ask, fill, list, shelf};

/// A tale in which one step is told by a wording of the list.
pub fn tales(lists: &[(String, List)], title: &str) -> Tally {
    let mut tally = Tally::default();
    for (at, wording) in list(lists, title)["S"].iter().enumerate() {
        for full in [false, true] {
            let name = |n: usize| if full { person(n) } else { GIVEN[n].to_owned() };
            let (who, other) = (name(at % 9), name(9 + at % 9));
            let thing = ["old lantern", "football", "milk", "silver spoon"][at % 4];
            let slots =
                [("w", who.as_str()), ("p", "kitchen"), ("o", thing), ("t", other.as_str())];
            let step = fill(wording, &slots);
            let went = |who: &str, place: &str| format!("{who} went to the {place}.");
            let takes = format!("{who} picked up the {thing}.");
            let mut told = vec![went(&other, "garden"), went(&who, "hallway")];
            let (question, said, cited): (String, String, Vec<String>) = match title {
                "moved" => {
                    told.push(step.clone());
                    (format!("Where is {who}?"), "kitchen".to_owned(), vec![step])
                }
                "took" => {
                    told.extend([step.clone(), went(&who, "bedroom")]);
                    let question = format!("Where is the {thing}?");
                    (question, "bedroom".to_owned(), vec![step, went(&who, "bedroom")])
                }
                "left" => {
                    told.extend([takes, went(&who, "office")]);
                    told.extend([step.clone(), went(&who, "bedroom")]);
                    let question = format!("Where is the {thing}?");
                    (question, "office".to_owned(), vec![step, went(&who, "office")])
                }
                _ => {
                    told.extend([takes, step.clone()]);
                    (format!("Who has the {thing}?"), other.clone(), vec![step])
                }
            };
            let cited: Vec<&String> = cited.iter().collect();
            ask(&shelf(&told, false), &mut tally, wording, &question, &[&said], &cited, false);
        }
    }
    tally
}

/// Every question for a place, over one tale.
pub fn places(list: &List) -> Tally {
    let mut tally = Tally::default();
    for question in &list["Q"] {
        let told = [
            "Olga Haller went to the cellar.",
            "Olga Haller picked up the silver spoon.",
            "Olga Haller went to the attic.",
            "Bruno went to the cellar.",
            "Olga Haller went to the pantry.",
            "Olga Haller dropped the silver spoon.",
        ];
        let told: Vec<String> = told.iter().map(|text| (*text).to_owned()).collect();
        let asks = question.contains("{p}");
        let said = if asks { "attic" } else { "pantry" };
        let cited = if asks { &told[2] } else { &told[4] };
        let slots = [("w", "Olga Haller"), ("o", "silver spoon"), ("p", "pantry")];
        let asked = fill(question, &slots);
        ask(&shelf(&told, false), &mut tally, question, &asked, &[said], &[cited], false);
    }
    tally
}

const TOWNS: &[&str] = &["Arlesund", "Burnwick", "Carrowby"];

/// Visits of one person to three towns, one of which each wording tells once.
pub fn visits(list: &List) -> Tally {
    let mut tally = Tally::default();
    for (at, wording) in list["S"].iter().enumerate() {
        let who = person(at);
        let text = fill(wording, &[("w", &who), ("p", TOWNS[0])]);
        let plain = format!("{who} visited {}.", TOWNS[0]);
        let told = [plain, text.clone(), format!("{who} visited {}.", TOWNS[1])];
        let library = shelf(&told, false);
        let question = format!("How many times did {who} visit {}?", TOWNS[0]);
        ask(&library, &mut tally, wording, &question, &["2"], &[&text], false);
        let told = [text.clone(), format!("{who} visited {}.", TOWNS[1])];
        let library = shelf(&told, false);
        let question = format!("Which towns did {who} visit?");
        let cited = [&told[0], &told[1]];
        ask(&library, &mut tally, wording, &question, &TOWNS[..2], &cited, true);
    }
    tally
}

/// Every question about plain visits.
pub fn counts(list: &List, title: &str) -> Tally {
    let mut tally = Tally::default();
    let (who, other) = (person(2), person(5));
    let visit = |who: &str, town: usize| format!("{who} visited {}.", TOWNS[town]);
    let told: Vec<String> =
        [0, 1, 0, 2, 0].iter().map(|town| visit(&who, *town)).chain([visit(&other, 1)]).collect();
    let library = shelf(&told, false);
    for question in &list["Q"] {
        let asked = fill(question, &[("w", &who), ("p", TOWNS[0])]);
        let (said, cited): (&[&str], Vec<&String>) = match title {
            "times" => (&["3"], vec![&told[0]]),
            "list" => (TOWNS, vec![&told[0], &told[1], &told[3]]),
            _ => (&TOWNS[..1], vec![&told[0]]),
        };
        ask(&library, &mut tally, question, &asked, said, &cited, false);
    }
    tally
}
