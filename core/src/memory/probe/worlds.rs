//! The text of the probes: small worlds of invented people, eight sentences each, and five questions
//! about each world.
//!
//! The same worlds every time. Values and names are drawn anew in every world, so that a model
//! cannot know an answer without reading; every relation is asked for in the words of its sentence
//! and in other words, so that looking for words alone does not find all of them. In English only.

use super::report::Skill;
use crate::random::Random;

/// Sentences and questions about them.
pub struct World {
    /// The sentences, in the order of the window.
    pub sentences: Vec<String>,
    /// The questions, one a skill.
    pub asked: Vec<Asked>,
}

/// A probe.
pub struct Asked {
    /// What it asks for.
    pub skill: Skill,
    /// The question.
    pub question: String,
    /// Indices of the sentences that answer it.
    pub gold: Vec<usize>,
    /// The words that answer it, if they are asked for.
    pub answer: String,
}

/// Something that can be said of people.
struct Relation {
    stated: &'static str,
    /// The question in the words of the sentence.
    plain: &'static str,
    /// The question in other words.
    other: &'static str,
    values: [&'static str; 6],
}

const RELATIONS: [Relation; 8] = [
    Relation {
        stated: "{who} lives in {value}.",
        plain: "Where does {who} live?",
        other: "Which city is home to {who}?",
        values: ["Lisbon", "Oslo", "Cairo", "Lima", "Dublin", "Kyoto"],
    },
    Relation {
        stated: "{who} is employed as a {value}.",
        plain: "As what is {who} employed?",
        other: "How does {who} earn money?",
        values: ["plumber", "florist", "dentist", "referee", "welder", "librarian"],
    },
    Relation {
        stated: "{who} is afraid of {value}.",
        plain: "What is {who} afraid of?",
        other: "What frightens {who}?",
        values: ["spiders", "thunder", "heights", "geese", "needles", "crowds"],
    },
    Relation {
        stated: "{who} painted the front door {value}.",
        plain: "What colour did {who} paint the front door?",
        other: "Which colour has the entrance of the house of {who}?",
        values: ["yellow", "purple", "turquoise", "grey", "orange", "white"],
    },
    Relation {
        stated: "{who} drinks nothing but {value}.",
        plain: "What does {who} drink?",
        other: "Which beverage does {who} like?",
        values: ["cocoa", "cider", "lemonade", "buttermilk", "espresso", "ginger tea"],
    },
    Relation {
        stated: "{who} retired in {value}.",
        plain: "When did {who} retire?",
        other: "In which year did {who} stop working?",
        values: ["1987", "1994", "2003", "2008", "2012", "2019"],
    },
    Relation {
        stated: "{who} is learning {value} at evening school.",
        plain: "What is {who} learning at evening school?",
        other: "Which language will {who} soon be able to speak?",
        values: ["Finnish", "Greek", "Swahili", "Welsh", "Korean", "Basque"],
    },
    Relation {
        stated: "{who} drives a {value}.",
        plain: "What does {who} drive?",
        other: "Which vehicle belongs to {who}?",
        values: ["tractor", "scooter", "hearse", "camper van", "milk float", "tram"],
    },
];

/// What people are to each other.
const LINKS: [&str; 6] = ["neighbour", "cousin", "landlord", "tutor", "godson", "dentist"];
const ABOUT: [&str; 2] = ["What is said about {who}?", "What do we learn about {who}?"];
const ONSETS: [&str; 12] = ["Ba", "Do", "Fe", "Gi", "Hu", "Ka", "Le", "Mi", "No", "Pa", "Tu", "Ze"];
const ENDINGS: [&str; 12] = [
    "bran", "dil", "fenda", "gorro", "limes", "mek", "nashi", "polt", "ruvia", "sulto", "tavik",
    "wendo",
];

fn shuffled<const N: usize>(random: &mut Random) -> [usize; N] {
    let mut order = std::array::from_fn(|index| index);
    for last in (1..N).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

/// The first `n` worlds.
pub fn worlds(n: usize) -> Vec<World> {
    let mut random = Random::new(0x0ca4_4e1b);
    (0..n).map(|number| world(number, &mut random)).collect()
}

fn world(number: usize, random: &mut Random) -> World {
    let (onsets, endings) = (shuffled::<12>(random), shuffled::<12>(random));
    let name = |person: usize| format!("{}{}", ONSETS[onsets[person]], ENDINGS[endings[person]]);
    let [a, b, c, d, nobody] = [0, 1, 2, 3, 4].map(name);
    let relations = shuffled::<8>(random).map(|relation| &RELATIONS[relation]);
    let values = [0; 8].map(|_| shuffled::<6>(random));
    let link = LINKS[random.below(LINKS.len())];
    let tell = |relation: usize, who: &str, value: usize| {
        let value = relations[relation].values[values[relation][value]];
        relations[relation].stated.replace("{who}", who).replace("{value}", value)
    };
    let told = [
        tell(0, &a, 0),
        tell(1, &b, 0),
        format!("{c} is the {link} of {a}."),
        tell(2, &c, 0),
        tell(0, &b, 1),
        tell(3, &a, 0),
        tell(1, &d, 1),
        tell(2, &d, 1),
    ];
    let order = shuffled::<8>(random);
    let place = |sentence: usize| order.iter().position(|told| *told == sentence).unwrap_or(0);
    let places = |sentences: &[usize]| sentences.iter().map(|told| place(*told)).collect();
    let ask = |skill, template: &str, who: &str, gold: &[usize]| Asked {
        skill,
        question: template.replace("{who}", who),
        gold: places(gold),
        answer: String::new(),
    };
    let value = |relation: usize| relations[relation].values[values[relation][0]].to_owned();
    // In turn somebody of whom something else is said, and somebody who is nowhere named.
    let absent = if number.is_multiple_of(2) { &b } else { &nobody };
    World {
        sentences: order.iter().map(|sentence| told[*sentence].clone()).collect(),
        asked: vec![
            Asked { answer: value(0), ..ask(Skill::Copy, relations[0].plain, &a, &[0]) },
            Asked { answer: value(1), ..ask(Skill::Span, relations[1].other, &b, &[1]) },
            ask(Skill::None, relations[3].plain, absent, &[]),
            ask(Skill::TwoHops, relations[2].plain, &format!("the {link} of {a}"), &[2, 3]),
            ask(Skill::Selection, ABOUT[number % ABOUT.len()], &a, &[0, 2, 5]),
        ],
    }
}
