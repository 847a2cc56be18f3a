//! `absent`: questions that the document almost answers, half of them answered after all.
//!
//! Near misses: the same person with another property, another person of the same family with the
//! same property, and a person who is nowhere named.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::split::Split;

/// A property: its name, what its values look like, how it is stated and asked.
struct Property {
    kind: &'static str,
    values: &'static [&'static str],
    stated: &'static [&'static str],
    asked: &'static [&'static str],
}

const PROFESSION: &[&str] = &[
    "{who} earned a living as a {value}.",
    "{who} worked as a {value}.",
    "By trade {who} was a {value}.",
];
const PROFESSION_ASKED: &[&str] =
    &["What was the profession of {who}?", "What did {who} work as?", "What was {who}'s trade?"];
const BIRTHPLACE: &[&str] = &[
    "{who} was born in {value}.",
    "The birthplace of {who} was {value}.",
    "It was in {value} that {who} first saw the light of day.",
];
const BIRTHPLACE_ASKED: &[&str] =
    &["Where was {who} born?", "In which town was {who} born?", "What was {who}'s birthplace?"];
const INSTRUMENT: &[&str] = &[
    "{who} played the {value} every Sunday.",
    "{who} had learnt to play the {value}.",
    "On feast days {who} would play the {value}.",
];
const INSTRUMENT_ASKED: &[&str] = &[
    "Which instrument did {who} play?",
    "What instrument had {who} learnt to play?",
    "On which instrument did {who} play?",
];
const PET: &[&str] = &[
    "{who} kept a {value} as a pet.",
    "{who} owned a tame {value}.",
    "A {value} was the pet of {who}.",
];
const PET_ASKED: &[&str] =
    &["What pet did {who} have?", "Which animal did {who} keep as a pet?", "What was {who}'s pet?"];

const PROPERTIES: &[Property] = &[
    Property {
        kind: "profession",
        values: &["glazier", "notary", "cartographer", "milliner", "locksmith", "bookbinder"],
        stated: PROFESSION,
        asked: PROFESSION_ASKED,
    },
    Property {
        kind: "birthplace",
        values: &["Marrowby", "Tolvane", "Eskerdale", "Quillhaven", "Brackwater", "Ostermere"],
        stated: BIRTHPLACE,
        asked: BIRTHPLACE_ASKED,
    },
    Property {
        kind: "instrument",
        values: &["bassoon", "zither", "viola", "dulcimer", "harpsichord", "clarinet"],
        stated: INSTRUMENT,
        asked: INSTRUMENT_ASKED,
    },
    Property {
        kind: "pet",
        values: &["magpie", "hedgehog", "tortoise", "ferret", "jackdaw", "dormouse"],
        stated: PET,
        asked: PET_ASKED,
    },
];

/// All wording of the task.
pub const PHRASINGS: &[&[&str]] = &[
    PROFESSION,
    PROFESSION_ASKED,
    BIRTHPLACE,
    BIRTHPLACE_ASKED,
    INSTRUMENT,
    INSTRUMENT_ASKED,
    PET,
    PET_ASKED,
];

fn tell(dice: &mut Dice, split: Split, who: &str, property: &Property) -> Fragment {
    let value = split.pick(dice, property.values);
    let text = fill(split.pick(dice, property.stated), &[("who", who), ("value", value)]);
    let (kind, key) = (property.kind.to_owned(), who.to_owned());
    Fragment::new(Fact::Value { kind, key, value: value.to_owned() }, text)
}

/// Makes the draft of a case: in turn answerable, and the three near misses with as many answerable
/// ones between them.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let mut names = Names::new(split);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    for question in 0..order.questions {
        let who = names.full(dice);
        let picked = dice.sample(&[0, 1, 2, 3], 3);
        let [wanted, other, third] = [0, 1, 2].map(|at| &PROPERTIES[picked[at]]);
        let variant = match question % 6 {
            1 => "other_property",
            3 => "other_person",
            5 => "nobody",
            _ => "answerable",
        };
        match variant {
            "answerable" => fragments.push(tell(dice, split, &who, wanted)),
            "other_person" => {
                // A relative has what is asked for; the person has something else.
                let family = who.split(' ').next_back().unwrap_or_default().to_owned();
                let relative = format!("{} {family}", names.given(dice));
                fragments.push(tell(dice, split, &relative, wanted));
            }
            _ => {}
        }
        if variant == "nobody" {
            let somebody = names.full(dice);
            fragments.push(tell(dice, split, &somebody, wanted));
        } else {
            fragments.push(tell(dice, split, &who, other));
            fragments.push(tell(dice, split, &who, third));
        }
        let text = fill(split.pick(dice, wanted.asked), &[("who", &who)]);
        let query = Query::Values { kind: wanted.kind.to_owned(), keys: vec![who] };
        asked.push(Asked::new(variant, query, text));
    }
    dice.shuffle(&mut fragments);
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    Draft::new(fragments, asked, reserved)
}
