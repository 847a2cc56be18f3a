//! Wordings of what tells who did it: a case of nine cells, one of them told by a wording.

use std::collections::BTreeMap;

use carrel_core::memory::AskOptions;

use super::{List, Tally, ask, fill, shelf};

/// A case of which one cell is told by a wording of the list; without that cell it has to be declined.
pub fn case(list: &List) -> BTreeMap<&'static str, Tally> {
    const CELLS: &[(&str, &str)] = &[
        ("DEATH", "{x} was killed in the {p} with the {o} at {t}."),
        ("OWNED", "The {o} belonged to {a}."),
        ("HANDED", "{a} gave the {o} to {b} at {u}."),
        ("ALIAS", "{b} was called {l}."),
        ("SEEN", "{s} was seen in the {p} at {t}."),
        ("EVENT", "The {e} rang at {v}."),
        ("MOTIVE", "{b} hated {x}."),
        ("ALIBI", "{c} said that {b} was in the {q} at {t}."),
        ("BACK", "{c} later admitted that this about {b} was a lie."),
    ];
    const SLOTS: &[(&str, &str)] = &[
        ("x", "Leopold Marlow"),
        ("a", "Greta Brandt"),
        ("b", "Hugo Kessler"),
        ("c", "Thea Ingram"),
        ("o", "ivory dagger"),
        ("p", "conservatory"),
        ("q", "billiard room"),
        ("l", "the hooded rider"),
        ("e", "chapel bell"),
        ("v", "eight o'clock"),
        ("u", "seven o'clock"),
    ];
    let other = "Adele Corliss was seen in the conservatory at five o'clock.";
    let told = |cell: &str, wording: &str, without: &str| -> (Vec<String>, String) {
        let relative = matches!(cell, "EVENT");
        let alias = matches!(cell, "ALIAS");
        let mut texts = vec![other.to_owned()];
        let mut own = String::new();
        for (title, plain) in CELLS {
            let needed = match *title {
                "ALIAS" => alias,
                "EVENT" => relative,
                "ALIBI" | "BACK" => matches!(cell, "ALIBI" | "BACK"),
                _ => true,
            };
            if !needed || *title == without {
                continue;
            }
            let template = if *title == cell { wording } else { plain };
            let time = match *title {
                "SEEN" if relative => "half an hour after the chapel bell",
                _ => "half past eight",
            };
            let seen = if alias { "the hooded rider" } else { "Hugo Kessler" };
            let mut slots = SLOTS.to_vec();
            slots.extend([("t", time), ("s", seen)]);
            let text = fill(template, &slots);
            if *title == cell {
                own.clone_from(&text);
            }
            texts.push(text);
        }
        (texts, own)
    };
    let mut out: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for (cell, _) in CELLS {
        let tally = out.entry(cell).or_default();
        for wording in &list[*cell] {
            let (texts, own) = told(cell, wording, "");
            let library = shelf(&texts, false);
            let question = "Who killed Leopold Marlow?";
            ask(&library, tally, wording, question, &["Hugo Kessler"], &[&own], false);
            // A motive or the statement that took an alibi back may be missing: then nobody is named.
            if *cell == "ALIBI" {
                let (texts, _) = told(cell, wording, "BACK");
                let answer = shelf(&texts, false).ask(question, &AskOptions::default()).unwrap();
                tally.note(answer.citations.is_empty(), wording, "must be declined", &answer);
            }
        }
    }
    let tally = out.entry("WHO").or_default();
    let (texts, own) = told("MOTIVE", "{b} hated {x}.", "");
    let library = shelf(&texts, false);
    for question in &list["WHO"] {
        let question = fill(question, SLOTS);
        ask(&library, tally, &question, &question, &["Hugo Kessler"], &[&own], false);
    }
    out
}
