//! Relations made from lists of nouns and verbs, by what grammar alone says of them.
//!
//! "The X of A is B" can be asked for any X, and whoever did something to a thing can be asked for with any
//! verb. Some hundred words in a few patterns teach to go by the words that are there, where the relations
//! that were written one by one teach which words mean the same. Only training draws from them: they
//! would make an evaluation too easy.

use std::fmt::Write as _;

/// Types of subjects that have properties.
const OWNERS: &[&str] = &[
    "person",
    "firm",
    "town",
    "product",
    "service",
    "object",
    "building",
    "appliance",
    "work",
    "ship",
];
/// Types of their values.
const VALUES: &[&str] =
    &["odd", "odd", "person", "code", "odd", "number", "year", "odd", "town", "colour"];
/// Types of what things are done to.
const THINGS: &[&str] = &["object", "thing", "appliance", "work", "building", "odd", "goods"];

const NOUN_STATEMENTS: &[&str] = &[
    "The {n} of {a} is {b}.",
    "As its {n}, {a} has {b}.",
    "When it comes to the {n}, {a} has {b}.",
    "They list {b} as the {n} of {a}.",
    "In the case of {a} the {n} is {b}.",
    "For {a}, the {n} was set down as {b}.",
    "The {n} that belongs to {a} is {b}.",
    "Look up {a} and you find {b} under {n}.",
    "With {a} it is {b} that serves as the {n}.",
    "{a} ({n}: {b}) comes next on the list.",
    "Note the {n} of {a}: {b}.",
    "Of {a} it is said that the {n} is {b}, and so it has been for long.",
    "{a} is on file with {b} for its {n}.",
];
const NOUN_QUESTIONS: &[&str] = &[
    "What is the {n} of {a}?",
    "Which {n} does {a} have?",
    "What {n} is given for {a}?",
    "{a}: what {n}?",
    "Can you tell me the {n} of {a}?",
    "What do the papers give as the {n} of {a}?",
    "What is {a}'s {n}?",
    "What would one write under {n} for {a}?",
];
const DONE_STATEMENTS: &[&str] = &[
    "{a} {past} {b}.",
    "It was {b} that {a} {past}.",
    "Nobody but {a} {past} {b}.",
    "{a}, of all people, {past} {b}.",
    "Last week {a} {past} {b} for the second time.",
    "According to the log, {b} was {done} by {a}.",
    "The one who {past} {b} was {a}.",
    "It seems that {a} must have {done} {b} at night.",
    "We know that {b} was {done} by {a}.",
    "To nobody's surprise {a} has {done} {b}.",
    "Who would have thought that {a} would {base} {b}.",
    "What {a} {past} in the end was {b}.",
];
const DONE_QUESTIONS: &[&str] = &[
    "What did {a} {base}?",
    "What was {done} by {a}?",
    "Which thing did {a} {base}?",
    "What has {a} {done}?",
    "{a} {past} what?",
    "Can you say what it was that {a} {past}?",
];
const DOER_STATEMENTS: &[&str] = &[
    "{b} {past} {a}.",
    "It was {a} that {b} {past}.",
    "Nobody but {b} {past} {a}.",
    "{b}, of all people, {past} {a}.",
    "According to the log, {a} was {done} by {b}.",
    "{a} was {done} by {b}.",
    "The one who {past} {a} was {b}.",
    "We know that {a} was {done} by {b}.",
    "After some days {b} has {done} {a}.",
    "{a}: {done} by {b}.",
];
const DOER_QUESTIONS: &[&str] = &[
    "Who {past} {a}?",
    "By whom was {a} {done}?",
    "Who has {done} {a}?",
    "Who was it that {past} {a}?",
    "Do you know who {past} {a}?",
    "{a}: {done} by whom?",
    "Whose doing was it that {a} was {done}?",
];

/// The relations, in the form of the files of relations.
pub fn text() -> String {
    let mut out = "@ made\n".to_owned();
    for (index, noun) in lines(include_str!("../data/nouns.txt")).enumerate() {
        let (owner, value) = (OWNERS[index % OWNERS.len()], VALUES[index / 3 % VALUES.len()]);
        let filled = |pattern: &str| pattern.replace("{n}", noun);
        relation(&mut out, [noun, owner, value], NOUN_STATEMENTS, NOUN_QUESTIONS, filled);
    }
    for (index, line) in lines(include_str!("../data/verbs.txt")).enumerate() {
        let mut forms = line.split(' ');
        let [base, past, done] = [(); 3].map(|()| forms.next().unwrap_or_default());
        let filled = |pattern: &str| {
            pattern.replace("{base}", base).replace("{past}", past).replace("{done}", done)
        };
        let thing = THINGS[index % THINGS.len()];
        let noun = format!("what was {done}");
        relation(&mut out, [&noun, "person", thing], DONE_STATEMENTS, DONE_QUESTIONS, filled);
        let noun = format!("who {past} it");
        relation(&mut out, [&noun, thing, "person"], DOER_STATEMENTS, DOER_QUESTIONS, filled);
    }
    out
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn relation(
    out: &mut String,
    head: [&str; 3],
    statements: &[&str],
    questions: &[&str],
    filled: impl Fn(&str) -> String,
) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "= {}", head.join(" | "));
    for statement in statements {
        let _ = writeln!(out, "- {}", filled(statement));
    }
    for question in questions {
        let _ = writeln!(out, "? {}", filled(question));
    }
}
