//! `variables`: chains of assignments (RULER's variable tracking): five variables come to one value
//! in four hops; a second chain holds another value.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::lexicon::fill;
use crate::split::Sides;

/// Ways to give a variable a value, and to give it that of another: a writer keeps to one notation.
const ASSIGNED: Sides<&str> = Sides {
    seen: &[
        "Let {x} be {v}.",
        "VAR {x} = {v}",
        "{x} is set to {v} from the outset.",
        "We begin by giving {x} the value {v}.",
        "{x} = {v}.",
        "To start with, {x} holds {v}.",
        "Take {x} as {v}.",
        "Into {x} goes {v}.",
        "{x} := {v};",
    ],
    held_out: &[
        "Put {x} at {v}.",
        "Define {x} as {v}.",
        "{x} <- {v}",
        "The variable {x} equals {v}.",
    ],
};
const COPIED: Sides<&str> = Sides {
    seen: &[
        "Let {x} be equal to {y}.",
        "VAR {x} = VAR {y}",
        "{x} is set to whatever {y} holds.",
        "We then give {x} the value of {y}.",
        "{x} = {y}.",
        "After that, {x} takes over what {y} holds.",
        "Take {x} as the same as {y}.",
        "Into {x} goes the content of {y}.",
        "{x} := {y};",
    ],
    held_out: &[
        "Put {x} at the value of {y}.",
        "Define {x} as {y}.",
        "{x} <- {y}",
        "The variable {x} equals the variable {y}.",
    ],
};
const QUESTIONS: Sides<&str> = Sides {
    seen: &[
        "Which variables have the value {v}?",
        "List all variables that are equal to {v}.",
        "Name every variable that ends up holding {v}.",
        "Which variables hold {v}?",
        "What variables carry {v} in the end?",
        "Give the names of those variables whose content is {v}.",
    ],
    held_out: &[
        "Find all variables that are assigned the value {v} in the text.",
        "To which variables does the value {v} belong?",
        "Which of the variables come out as {v}?",
    ],
};

/// All wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[&ASSIGNED, &COPIED, &QUESTIONS];
const HOPS: usize = 4;

/// Makes the draft of a case: one chain a question and one more.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let mut reserved = HashSet::new();
    let mut chains = Vec::new();
    let mut asked = Vec::new();
    for chain in 0..=order.questions {
        let value = dice.between(10_000, 99_999).to_string();
        if !reserved.insert(value.clone()) {
            continue;
        }
        let mut fragments: Vec<Fragment> = Vec::new();
        // Templates of the two lists belong together.
        let (assigned, copied) = (order.split.of(&ASSIGNED), order.split.of(&COPIED));
        let notation = dice.below(assigned.len());
        let mut last = String::new();
        for hop in 0..=HOPS {
            let variable = fresh(dice, &mut reserved);
            fragments.push(if hop == 0 {
                let text = fill(assigned[notation], &[("x", &variable), ("v", &value)]);
                let value = value.clone();
                Fragment::new(Fact::Assigned { variable: variable.clone(), value }, text)
            } else {
                let text = fill(copied[notation], &[("x", &variable), ("y", &last)]);
                let from = last.clone();
                Fragment::new(Fact::Copied { variable: variable.clone(), from }, text)
            });
            last = variable;
        }
        chains.push(fragments);
        if chain < order.questions {
            let text = fill(order.split.pick(dice, &QUESTIONS), &[("v", &value)]);
            asked.push(Asked::new("chain_4", Query::Holding { value }, text));
        }
    }
    Draft::new(dice.interleave(chains), asked, reserved)
}

fn fresh(dice: &mut Dice, used: &mut HashSet<String>) -> String {
    loop {
        let name: String =
            (0..5).map(|_| *dice.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ") as char).collect();
        if used.insert(name.clone()) {
            return name;
        }
    }
}
