//! `update`: values that are corrected later: what holds now, what was said first, and what held as
//! of a chapter.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order, chinese};
use crate::dice::Dice;
use crate::document::Style;
use crate::fact::{Fact, Query};
use crate::item::Language;
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::split::{Sides, Split};

const FIRST: Sides<&str> = Sides {
    seen: &[
        "The {kind} of {key} is {value}.",
        "{key} has the {kind} {value}.",
        "At the beginning {key}'s {kind} was put at {value}.",
        "The {kind} of {key} was fixed at {value}.",
        "They settled on {value} as the {kind} of {key}.",
        "{value} was written down as the {kind} of {key}.",
        "To begin with, the {kind} of {key} came to {value}.",
        "The books opened with {value} as {key}'s {kind}.",
        "{key} was given the {kind} {value}.",
    ],
    held_out: &[
        "As agreed, {key} got {value} for a {kind}.",
        "The {kind} of {key} began as {value}.",
        "For the {kind} of {key}, {value} was chosen.",
        "{key} started out with a {kind} of {value}.",
    ],
};
const LATER: Sides<&str> = Sides {
    seen: &[
        "The {kind} of {key} was changed to {value}.",
        "From now on {key} has the {kind} {value}.",
        "That was wrong, it turned out: {key}'s {kind} is really {value}.",
        "Correction: the {kind} of {key} is no longer as stated before, but {value}.",
        "Since then the {kind} of {key} has been {value}.",
        "What was said of {key} no longer holds; the {kind} is now {value}.",
        "By a later notice {key} goes over to the {kind} {value}.",
        "Scratch that: for {key} the {kind} is {value}.",
        "The {kind} of {key} has since moved to {value}.",
    ],
    held_out: &[
        "{key} now has {value} for a {kind} instead.",
        "The {kind} of {key} had to be altered, and became {value}.",
        "A new {kind} was given to {key}: {value}.",
        "Somebody corrected the {kind} of {key} to {value}.",
    ],
};
const NOW: Sides<&str> = Sides {
    seen: &[
        "What is the {kind} of {key} now?",
        "What is {key}'s current {kind}?",
        "After all corrections, what is the {kind} of {key}?",
        "What is the latest {kind} of {key}?",
        "Which {kind} does {key} have at present?",
        "As things stand at the end, what is the {kind} of {key}?",
    ],
    held_out: &[
        "What {kind} does {key} have now?",
        "In the end, which {kind} did {key} have?",
        "What is the final {kind} of {key}?",
    ],
};
const AT_FIRST: Sides<&str> = Sides {
    seen: &[
        "What was the {kind} of {key} at first?",
        "What was {key}'s original {kind}?",
        "Before any correction, what was the {kind} of {key}?",
        "What was the first {kind} of {key}?",
        "Which {kind} did {key} start out with?",
        "What {kind} was {key} given first of all?",
    ],
    held_out: &[
        "What {kind} did {key} have to begin with?",
        "Which {kind} did {key} have before any change?",
        "What was the {kind} of {key} in the beginning?",
    ],
};
const AS_OF: Sides<&str> = Sides {
    seen: &[
        "As of {section}, what is the {kind} of {key}?",
        "What was the {kind} of {key} at the end of {section}?",
        "Having read up to the end of {section}, what would one say is the {kind} of {key}?",
        "At the end of {section}, what is the {kind} of {key}?",
        "Reading no further than {section}, which {kind} has {key}?",
        "When {section} closes, what is {key}'s {kind}?",
    ],
    held_out: &[
        "What {kind} did {key} have by the end of {section}?",
        "Up to and including {section}, what is the {kind} of {key}?",
        "If the text broke off after {section}, what would be the {kind} of {key}?",
    ],
};
const KINDS: Sides<&str> = Sides {
    seen: &[
        "room number",
        "monthly wage",
        "berth",
        "locker number",
        "weekly ration",
        "call sign",
        "desk number",
        "quarterly rent",
        "radio channel",
    ],
    held_out: &["ticket price", "cabin number", "lodge number", "yearly fee"],
};

/// All English wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[&FIRST, &LATER, &NOW, &AT_FIRST, &AS_OF];

/// The wording of the task in a language.
pub struct Wording {
    /// The first value.
    pub first: Sides<&'static str>,
    /// Another one.
    pub later: Sides<&'static str>,
    /// Asks for the last value.
    pub now: Sides<&'static str>,
    /// Asks for the first value.
    pub at_first: Sides<&'static str>,
    /// Asks for the value at the end of a section.
    pub as_of: Sides<&'static str>,
    /// What values are.
    pub kinds: Sides<&'static str>,
}

const ENGLISH: Wording = Wording {
    first: FIRST,
    later: LATER,
    now: NOW,
    at_first: AT_FIRST,
    as_of: AS_OF,
    kinds: KINDS,
};

/// Makes the draft of a case: the three kinds of question in turn.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let wording = match order.language {
        Language::English => &ENGLISH,
        Language::Chinese => &chinese::UPDATE,
    };
    let mut names = Names::new(split, order.language);
    let mut histories = Vec::new();
    let mut asked = Vec::new();
    for question in 0..order.questions {
        let key = names.full(dice);
        let kind = split.pick(dice, &wording.kinds);
        let n_values = dice.between(2, 4);
        histories.push(history(wording, split, dice, kind, &key, n_values));
        let (kind, owned) = (kind.to_owned(), key.clone());
        let slots = [("kind", kind.as_str()), ("key", key.as_str()), ("section", "<section>")];
        let (variant, templates) = match question % 3 {
            0 => ("now", &wording.now),
            1 => ("as_of", &wording.as_of),
            _ => ("first", &wording.at_first),
        };
        let text = fill(split.pick(dice, templates), &slots);
        let query = match variant {
            "now" => Query::Latest { kind, key: owned },
            "as_of" => Query::AsOf { kind, key: owned, n_facts: dice.below(n_values - 1) },
            _ => Query::First { kind, key: owned },
        };
        asked.push(Asked::new(variant, query, text));
    }
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    let mut draft = Draft::new(dice.interleave(histories), asked, reserved);
    draft.style = Some(Style::with_sections(dice, split));
    draft
}

fn history(
    wording: &Wording,
    split: Split,
    dice: &mut Dice,
    kind: &str,
    key: &str,
    n: usize,
) -> Vec<Fragment> {
    let mut used = HashSet::new();
    let mut fragments = Vec::new();
    while fragments.len() < n {
        let value = dice.between(101, 9899).to_string();
        if !used.insert(value.clone()) {
            continue;
        }
        let templates = if fragments.is_empty() { &wording.first } else { &wording.later };
        let slots = [("kind", kind), ("key", key), ("value", &value)];
        let text = fill(split.pick(dice, templates), &slots);
        let (kind, key) = (kind.to_owned(), key.to_owned());
        let fact = if fragments.is_empty() {
            Fact::Value { kind, key, value }
        } else {
            Fact::Revised { kind, key, value }
        };
        fragments.push(Fragment::new(fact, text));
    }
    fragments
}
