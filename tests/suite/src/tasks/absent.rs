//! `absent`: questions that the document almost answers, half of them answered after all.
//!
//! Near misses: the same person with another property, another person of the same family with the
//! same property, and a person who is nowhere named.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order, chinese};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::item::Language;
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::split::{Sides, Split};

/// A property: its name, what its values look like, how it is stated and asked.
pub struct Property {
    /// Its name.
    pub kind: &'static str,
    /// Values.
    pub values: Sides<&'static str>,
    /// Says what the value of somebody is.
    pub stated: Sides<&'static str>,
    /// Asks for it.
    pub asked: Sides<&'static str>,
}

const PROFESSION: Sides<&str> = Sides {
    seen: &[
        "{who} earned a living as a {value}.",
        "{who} worked as a {value}.",
        "By trade {who} was a {value}.",
        "{who} was a {value} by profession.",
        "{who} made ends meet as a {value}.",
        "For thirty years {who} served the town as a {value}.",
    ],
    held_out: &[
        "{who}, a {value}, was well known in the street.",
        "{who} had learnt the trade of a {value} and lived by it.",
        "People came from far away to {who}, who was a {value}.",
    ],
};
const PROFESSION_ASKED: Sides<&str> = Sides {
    seen: &[
        "What was the profession of {who}?",
        "What did {who} work as?",
        "What was {who}'s trade?",
        "What was {who} by profession?",
        "How did {who} earn a living?",
        "Which occupation had {who}?",
    ],
    held_out: &[
        "What did {who} do for a living?",
        "What kind of work did {who} do?",
        "What job did {who} have?",
    ],
};
const BIRTHPLACE: Sides<&str> = Sides {
    seen: &[
        "{who} was born in {value}.",
        "The birthplace of {who} was {value}.",
        "It was in {value} that {who} first saw the light of day.",
        "{value} was where {who} was born.",
        "{who} came into the world in {value}.",
        "{who} was a native of {value}.",
    ],
    held_out: &[
        "{who}, born in {value}, never forgot it.",
        "{who}'s place of birth was {value}.",
        "They say that {who} was born at {value}.",
    ],
};
const BIRTHPLACE_ASKED: Sides<&str> = Sides {
    seen: &[
        "Where was {who} born?",
        "In which town was {who} born?",
        "What was {who}'s birthplace?",
        "What is the birthplace of {who}?",
        "What is the place of birth of {who}?",
        "Where did {who} come into the world?",
    ],
    held_out: &[
        "What town was {who} born in?",
        "Where does {who} come from by birth?",
        "Which town was the birthplace of {who}?",
    ],
};
const INSTRUMENT: Sides<&str> = Sides {
    seen: &[
        "{who} played the {value} every Sunday.",
        "{who} had learnt to play the {value}.",
        "On feast days {who} would play the {value}.",
        "{who} played the {value}.",
        "In the band {who} was at the {value}.",
        "The {value} was the instrument of {who}.",
    ],
    held_out: &[
        "{who} was fond of playing the {value}.",
        "Nobody played the {value} as {who} did.",
        "{who} took lessons on the {value} and played it well.",
    ],
};
const INSTRUMENT_ASKED: Sides<&str> = Sides {
    seen: &[
        "Which instrument did {who} play?",
        "What instrument had {who} learnt to play?",
        "On which instrument did {who} play?",
        "What instrument did {who} play?",
        "What did {who} play in the band?",
        "What was the instrument of {who}?",
    ],
    held_out: &[
        "What instrument was played by {who}?",
        "Which instrument could {who} play?",
        "Which musical instrument did {who} use to play?",
    ],
};
const PET: Sides<&str> = Sides {
    seen: &[
        "{who} kept a {value} as a pet.",
        "{who} owned a tame {value}.",
        "A {value} was the pet of {who}.",
        "{who} had a {value} for a pet.",
        "{who} shared the house with a {value}, which was quite tame.",
        "For company {who} had a {value} at home.",
    ],
    held_out: &[
        "{who} had a {value} that followed everywhere.",
        "{who}'s pet was a {value}.",
        "{who} lived with a {value} for a pet.",
    ],
};
const PET_ASKED: Sides<&str> = Sides {
    seen: &[
        "What pet did {who} have?",
        "Which animal did {who} keep as a pet?",
        "What was {who}'s pet?",
        "Which pet did {who} keep?",
        "What animal did {who} have at home?",
        "What kind of creature lived with {who}?",
    ],
    held_out: &[
        "What animal was {who}'s pet?",
        "Which animal did {who} own?",
        "What sort of pet did {who} keep?",
    ],
};

const PROPERTIES: [Property; 4] = [
    Property {
        kind: "profession",
        values: Sides {
            seen: &[
                "glazier",
                "notary",
                "cartographer",
                "milliner",
                "locksmith",
                "bookbinder",
                "saddler",
                "chandler",
                "surveyor",
            ],
            held_out: &["cooper", "thatcher", "engraver", "wheelwright"],
        },
        stated: PROFESSION,
        asked: PROFESSION_ASKED,
    },
    Property {
        kind: "birthplace",
        values: Sides {
            seen: &[
                "Marrowby",
                "Tolvane",
                "Eskerdale",
                "Quillhaven",
                "Brackwater",
                "Ostermere",
                "Corvanna",
                "Hestholm",
                "Brindlewick",
            ],
            held_out: &["Fallowmere", "Ravelsund", "Ormskeld", "Tessaly"],
        },
        stated: BIRTHPLACE,
        asked: BIRTHPLACE_ASKED,
    },
    Property {
        kind: "instrument",
        values: Sides {
            seen: &[
                "bassoon",
                "zither",
                "viola",
                "dulcimer",
                "harpsichord",
                "clarinet",
                "oboe",
                "mandolin",
                "cello",
            ],
            held_out: &["lute", "accordion", "trombone", "flageolet"],
        },
        stated: INSTRUMENT,
        asked: INSTRUMENT_ASKED,
    },
    Property {
        kind: "pet",
        values: Sides {
            seen: &[
                "magpie", "hedgehog", "tortoise", "ferret", "jackdaw", "dormouse", "parrot",
                "badger", "raven",
            ],
            held_out: &["squirrel", "goldfinch", "marten", "terrapin"],
        },
        stated: PET,
        asked: PET_ASKED,
    },
];

/// All English wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[
    &PROFESSION,
    &PROFESSION_ASKED,
    &BIRTHPLACE,
    &BIRTHPLACE_ASKED,
    &INSTRUMENT,
    &INSTRUMENT_ASKED,
    &PET,
    &PET_ASKED,
];

fn tell(dice: &mut Dice, split: Split, who: &str, property: &Property) -> Fragment {
    let value = split.pick(dice, &property.values);
    let text = fill(split.pick(dice, &property.stated), &[("who", who), ("value", value)]);
    let (kind, key) = (property.kind.to_owned(), who.to_owned());
    Fragment::new(Fact::Value { kind, key, value: value.to_owned() }, text)
}

/// Makes the draft of a case: in turn answerable, and the three near misses with as many answerable
/// ones between them.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let mut names = Names::new(split, order.language);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    let properties = match order.language {
        Language::English => &PROPERTIES,
        Language::Chinese => &chinese::PROPERTIES,
    };
    for question in 0..order.questions {
        let who = names.full(dice);
        let picked = dice.sample(&[0, 1, 2, 3], 3);
        let [wanted, other, third] = [0, 1, 2].map(|at| &properties[picked[at]]);
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
                let relative = names.relative(dice, &who);
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
        let text = fill(split.pick(dice, &wanted.asked), &[("who", &who)]);
        let query = Query::Values { kind: wanted.kind.to_owned(), keys: vec![who] };
        asked.push(Asked::new(variant, query, text));
    }
    dice.shuffle(&mut fragments);
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    Draft::new(fragments, asked, reserved)
}
