//! `needle`: values filed under keys, in the eight forms of RULER (Hsieh et al. 2024, table of tasks):
//! single in noise, in prose, with codes; among other keys, in a haystack of needles, in one of
//! codes; several values of a key; several keys at once.

use std::collections::HashSet;

use super::{Around, Asked, Draft, Fragment, Order, chinese};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::filler::{Filler, Noise};
use crate::item::Language;
use crate::lexicon::keys::{Form, Keys};
use crate::lexicon::{fill, listed};
use crate::split::Sides;

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

const STATEMENTS: Sides<&str> = Sides {
    seen: &[
        "The {kind} filed under {key} is {value}.",
        "For {key}, the {kind} to be used is {value}.",
        "Keep in mind that {value} is the {kind} that goes with {key}.",
        "Whoever asks for the {kind} of {key} is to be told {value}.",
        "In the register, {key} stands with the {kind} {value}.",
        "It was agreed that {key} should carry the {kind} {value}.",
        "The clerk read out that {value} is the {kind} of {key}.",
        "{key} has {value} as its {kind}.",
        "As to {key}: its {kind} reads {value}.",
        "Anyone looking up {key} will find the {kind} {value} next to it.",
        "The {kind} {value} was given out to {key}.",
        "On the shelf marked {key} one reads the {kind} {value}.",
        "Under {key} the porter noted a {kind}, namely {value}.",
        "For everything to do with {key}, quote the {kind} {value}.",
    ],
    held_out: &[
        "One of the {kind}s for {key} is: {value}.",
        "The {kind} that was chosen for {key} is {value}.",
        "{key} was assigned {value} as a {kind}.",
        "{value}, so the note says, is {key}'s {kind}.",
        "They entered {key} in the book with {value} for its {kind}.",
        "Of {key} we know the {kind}: {value}.",
    ],
};
const ONE: Sides<&str> = Sides {
    seen: &[
        "What is the {kind} for {key}?",
        "Which {kind} belongs to {key}?",
        "What {kind} does the text give for {key}?",
        "What is the {kind} of {key}?",
        "Find the {kind} of {key}.",
        "{key} has which {kind}?",
        "Under which {kind} is {key} known?",
        "Tell me the {kind} that was given to {key}.",
        "By what {kind} does {key} go?",
    ],
    held_out: &[
        "What is the {kind} for {key} that is mentioned in the text?",
        "What {kind} was {key} assigned?",
        "Which is the {kind} that goes with {key}?",
        "Could you give me {key}'s {kind}?",
    ],
};
const ALL: Sides<&str> = Sides {
    seen: &[
        "What are all the {kind}s of {key}?",
        "List every {kind} that the text gives for {key}.",
        "Which {kind}s are recorded for {key}?",
        "Give all {kind}s of {key}.",
        "Enumerate the {kind}s that {key} has.",
        "How do all the {kind}s of {key} read?",
    ],
    held_out: &[
        "What are all the {kind}s for {key} mentioned in the text?",
        "Write down each {kind} that {key} was assigned.",
        "Which different {kind}s does {key} have?",
    ],
};
const SEVERAL: Sides<&str> = Sides {
    seen: &[
        "What are the {kind}s of {keys}?",
        "Give the {kind} of each of {keys}.",
        "Which {kind}s belong to {keys}?",
        "What {kind}s do {keys} have?",
        "State the {kind} of every one of these: {keys}.",
        "How do the {kind}s of {keys} read?",
    ],
    held_out: &[
        "What are all the {kind}s for {keys} mentioned in the text?",
        "For {keys}, what are the {kind}s?",
        "Tell me which {kind}s go with {keys}.",
    ],
};
const NUMBER_KINDS: Sides<&str> = Sides {
    seen: &[
        "ledger number",
        "locker number",
        "ticket number",
        "catalogue number",
        "access number",
        "parcel number",
        "berth number",
        "seal number",
        "permit number",
        "docket number",
        "shelf number",
        "cabin number",
        "invoice number",
        "badge number",
        "policy number",
    ],
    held_out: &[
        "order number",
        "licence number",
        "account number",
        "wagon number",
        "box number",
        "claim number",
        "folder number",
    ],
};
const CODE_KINDS: Sides<&str> = Sides {
    seen: &[
        "tracking code",
        "serial code",
        "archive code",
        "release code",
        "transfer code",
        "session code",
        "vault code",
        "routing code",
        "batch code",
    ],
    held_out: &["entry code", "repair code", "customs code", "storage code"],
};

/// All English wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[&STATEMENTS, &ONE, &ALL, &SEVERAL];

/// The wording of the task in a language.
pub struct Wording {
    /// What is filed under a key.
    pub statements: Sides<&'static str>,
    /// Asks for the value of a key.
    pub one: Sides<&'static str>,
    /// Asks for all values of a key.
    pub all: Sides<&'static str>,
    /// Asks for the values of several keys.
    pub several: Sides<&'static str>,
    /// What numbers are.
    pub number_kinds: Sides<&'static str>,
    /// What codes are.
    pub code_kinds: Sides<&'static str>,
}

const ENGLISH: Wording = Wording {
    statements: STATEMENTS,
    one: ONE,
    all: ALL,
    several: SEVERAL,
    number_kinds: NUMBER_KINDS,
    code_kinds: CODE_KINDS,
};

/// Needles as a haystack.
struct Haystack {
    keys: Keys,
    space: &'static str,
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
                let key = self.keys.fresh(dice, self.key);
                let value = self.keys.fresh(dice, self.value);
                statement(self.template, self.kind, &key, &value)
            })
            .collect();
        lines.join(self.space)
    }
}

fn statement(template: &str, kind: &str, key: &str, value: &str) -> String {
    fill(template, &[("kind", kind), ("key", key), ("value", value)])
}

/// Makes the draft of a case.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let (wording, space) = match order.language {
        Language::English => (&ENGLISH, " "),
        Language::Chinese => (&chinese::NEEDLE, ""),
    };
    let codes = matches!(order.variant, "single_3" | "multikey_3");
    let value_form = if codes { Form::Code } else { Form::Number };
    let key_form = if order.variant == "multikey_3" { Form::Code } else { Form::Compound };
    let kinds = if codes { &wording.code_kinds } else { &wording.number_kinds };
    let mut kinds = split.of(kinds).to_vec();
    dice.shuffle(&mut kinds);
    let mut keys = Keys::new(split, order.language);
    let (n_keys, n_values) = match order.variant {
        "multikey_1" | "multiquery" => (4, 1),
        "multivalue" => (1, 4),
        _ => (1, 1),
    };
    let haystack = matches!(order.variant, "multikey_2" | "multikey_3");
    let template = split.pick(dice, &wording.statements);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    // Each question has a kind of its own, so that its needle is single of its kind.
    for question in 0..order.questions.min(if haystack { usize::MAX } else { kinds.len() }) {
        let kind = if haystack { kinds[0] } else { kinds[question] };
        let names: Vec<String> = (0..n_keys).map(|_| keys.fresh(dice, key_form)).collect();
        for key in &names {
            for _ in 0..n_values {
                let value = keys.fresh(dice, value_form);
                let template =
                    if haystack { template } else { split.pick(dice, &wording.statements) };
                let text = statement(template, kind, key, &value);
                let fact = Fact::Value { kind: kind.to_owned(), key: key.clone(), value };
                fragments.push(Fragment::new(fact, text));
            }
        }
        let several = order.variant == "multiquery";
        let wanted = if several { names.clone() } else { vec![dice.pick(&names).clone()] };
        let templates = match order.variant {
            "multivalue" => &wording.all,
            "multiquery" => &wording.several,
            _ => &wording.one,
        };
        let keys = listed(&wanted, order.language);
        let slot = if several { "keys" } else { "key" };
        let text = fill(split.pick(dice, templates), &[("kind", kind), (slot, &keys)]);
        let query = Query::Values { kind: kind.to_owned(), keys: wanted };
        asked.push(Asked::new(order.variant, query, text));
    }
    dice.shuffle(&mut fragments);
    let mut draft = Draft::new(fragments, asked, HashSet::new());
    if order.variant == "single_1" {
        draft.around = Around::Own(Box::new(Noise(order.language)));
    } else if haystack {
        let kind = kinds[0];
        let value = value_form;
        let haystack = Haystack { keys, space, kind, key: key_form, value, template };
        draft.around = Around::Own(Box::new(haystack));
    }
    draft
}
