//! `needle`: values filed under keys, in the eight forms of RULER (Hsieh et al. 2024, table of tasks):
//! single in noise, in prose, with codes; among other keys, in a haystack of needles, in one of
//! codes; several values of a key; several keys at once.

use std::collections::HashSet;

use super::{Around, Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::filler::{Filler, Noise};
use crate::lexicon::keys::{Form, Keys};
use crate::lexicon::{fill, listed};
use crate::split::Split;

/// The forms.
pub const VARIANTS: &[&str] = &[
    "single_1",
    "single_2",
    "single_3",
    "multikey_1",
    "multikey_2",
    "multikey_3",
    "multivalue",
    "multiquery",
];

const STATEMENTS: &[&str] = &[
    "The {kind} filed under {key} is {value}.",
    "For {key}, the {kind} to be used is {value}.",
    "Keep in mind that {value} is the {kind} that goes with {key}.",
    "Whoever asks for the {kind} of {key} is to be told {value}.",
    "In the register, {key} stands with the {kind} {value}.",
    "It was agreed that {key} should carry the {kind} {value}.",
    "The clerk read out that {value} is the {kind} of {key}.",
    "{key} has {value} as its {kind}.",
    "As to {key}: its {kind} reads {value}.",
];
const ONE: &[&str] = &[
    "What is the {kind} for {key}?",
    "Which {kind} belongs to {key}?",
    "What {kind} does the text give for {key}?",
    "What is the {kind} of {key}?",
    "Find the {kind} of {key}.",
    "{key} has which {kind}?",
];
const ALL: &[&str] = &[
    "What are all the {kind}s of {key}?",
    "List every {kind} that the text gives for {key}.",
    "Which {kind}s are recorded for {key}?",
];
const SEVERAL: &[&str] = &[
    "What are the {kind}s of {keys}?",
    "Give the {kind} of each of {keys}.",
    "Which {kind}s belong to {keys}?",
];
const NUMBER_KINDS: &[&str] = &[
    "ledger number",
    "locker number",
    "ticket number",
    "catalogue number",
    "access number",
    "parcel number",
    "berth number",
    "seal number",
    "permit number",
];
const CODE_KINDS: &[&str] = &[
    "tracking code",
    "serial code",
    "archive code",
    "release code",
    "transfer code",
    "session code",
];

/// All wording of the task.
pub const PHRASINGS: &[&[&str]] = &[STATEMENTS, ONE, ALL, SEVERAL];

/// Needles as a haystack.
struct Haystack {
    keys: Keys,
    split: Split,
    kind: &'static str,
    key: Form,
    value: Form,
    template: &'static str,
}

impl Filler for Haystack {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        let n = dice.between(4, 9);
        let lines: Vec<String> = (0..n)
            .map(|_| {
                let key = self.keys.fresh(dice, self.split, self.key);
                let value = self.keys.fresh(dice, self.split, self.value);
                statement(self.template, self.kind, &key, &value)
            })
            .collect();
        lines.join(" ")
    }
}

fn statement(template: &str, kind: &str, key: &str, value: &str) -> String {
    fill(template, &[("kind", kind), ("key", key), ("value", value)])
}

/// Makes the draft of a case.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let codes = matches!(order.variant, "single_3" | "multikey_3");
    let value_form = if codes { Form::Code } else { Form::Number };
    let key_form = if order.variant == "multikey_3" { Form::Code } else { Form::Compound };
    let mut kinds = split.of(if codes { CODE_KINDS } else { NUMBER_KINDS });
    dice.shuffle(&mut kinds);
    let mut keys = Keys::default();
    let (n_keys, n_values) = match order.variant {
        "multikey_1" | "multiquery" => (4, 1),
        "multivalue" => (1, 4),
        _ => (1, 1),
    };
    let haystack = matches!(order.variant, "multikey_2" | "multikey_3");
    let template = split.pick(dice, STATEMENTS);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    // Each question has a kind of its own, so that its needle is single of its kind.
    for question in 0..order.questions.min(if haystack { usize::MAX } else { kinds.len() }) {
        let kind = if haystack { kinds[0] } else { kinds[question] };
        let names: Vec<String> = (0..n_keys).map(|_| keys.fresh(dice, split, key_form)).collect();
        for key in &names {
            for _ in 0..n_values {
                let value = keys.fresh(dice, split, value_form);
                let template = if haystack { template } else { split.pick(dice, STATEMENTS) };
                let text = statement(template, kind, key, &value);
                let fact = Fact::Value { kind: kind.to_owned(), key: key.clone(), value };
                fragments.push(Fragment::new(fact, text));
            }
        }
        let several = order.variant == "multiquery";
        let wanted = if several { names.clone() } else { vec![dice.pick(&names).clone()] };
        let templates = match order.variant {
            "multivalue" => ALL,
            "multiquery" => SEVERAL,
            _ => ONE,
        };
        let keys = listed(&wanted);
        let slot = if several { "keys" } else { "key" };
        let text = fill(split.pick(dice, templates), &[("kind", kind), (slot, &keys)]);
        let query = Query::Values { kind: kind.to_owned(), keys: wanted };
        asked.push(Asked::new(order.variant, query, text));
    }
    dice.shuffle(&mut fragments);
    let mut draft = Draft::new(fragments, asked, HashSet::new());
    if order.variant == "single_1" {
        draft.around = Around::Own(Box::new(Noise));
    } else if haystack {
        let kind = kinds[0];
        let value = value_form;
        let haystack = Haystack { keys, split, kind, key: key_form, value, template };
        draft.around = Around::Own(Box::new(haystack));
    }
    draft
}
