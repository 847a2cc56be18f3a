//! Filler that needs no books: a seeded grammar of plain narrative sentences over lists of words.
//!
//! It is easier than real prose (no names, no dialogue), so figures over it are not to be mixed with
//! figures over books; it makes the suite run anywhere.

use super::Filler;
use crate::dice::Dice;

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "carpenter", "river", "widow", "market", "soldier", "garden", "harvest", "stranger", "orchard",
    "letter", "captain", "bridge", "miller", "valley", "teacher", "storm", "candle", "traveller",
    "blacksmith", "shadow", "farmer", "window", "neighbour", "mountain", "baker", "forest", "child",
    "lantern", "merchant", "island", "shepherd", "carriage", "painter", "harbour", "clerk", "winter",
    "sailor", "barrel", "physician", "meadow", "weaver", "steeple", "gardener", "pasture", "fiddler",
    "courtyard", "poacher", "chimney", "notary", "hedge", "cooper", "anvil", "nurse", "ferry",
    "tailor", "rooftop", "hunter", "brook", "musician", "stable", "midwife", "cellar", "postman",
    "hillside", "washerwoman", "staircase", "glazier", "marsh", "peddler", "furrow", "beggar",
    "fountain", "governess", "causeway", "mason", "thicket", "apprentice", "quay", "drover", "attic",
];
#[rustfmt::skip]
const ADJECTIVES: &[&str] = &[
    "old", "quiet", "narrow", "weary", "bright", "distant", "stubborn", "gentle", "crooked", "cold",
    "patient", "dusty", "proud", "hollow", "cheerful", "pale", "honest", "broken", "silent", "golden",
    "restless", "damp", "noble", "ragged", "clever", "gloomy", "tidy", "reckless", "faded", "sturdy",
    "timid", "barren", "lively", "solemn", "rusty", "tender", "bitter", "ancient", "drowsy", "brave",
    "humble", "steep", "fragrant", "idle", "sullen", "graceful", "muddy", "earnest", "lonely", "swift",
];
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "remembered", "followed", "admired", "watched", "repaired", "avoided", "praised", "described",
    "mistrusted", "sheltered", "searched", "painted", "crossed", "measured", "forgave", "abandoned",
    "envied", "greeted", "guarded", "questioned", "startled", "pitied", "visited", "ignored",
    "obeyed", "imitated", "consoled", "approached", "surrounded", "neglected", "respected", "warned",
    "copied", "welcomed", "blamed", "recognised", "doubted", "amused", "despised", "cherished",
];
#[rustfmt::skip]
const SETTINGS: &[&str] = &[
    "before the rain began", "with great care", "for the rest of the season", "without a word",
    "as the bells were ringing", "long after sunset", "in the manner of the country",
    "to everyone's surprise", "while the snow was melting", "at the end of the lane",
    "as though nothing had happened", "in spite of the wind", "under a clear sky", "out of habit",
    "with a heavy heart", "early in the spring", "on account of the frost", "in plain daylight",
];
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "By and by", "In those days", "As a rule", "Now and then", "That evening", "After a while",
    "For many years", "To be sure", "Meanwhile", "At first", "On the whole", "Later on",
];

/// The grammar.
pub struct Generated;

impl Filler for Generated {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        let n = dice.between(3, 8);
        (0..n).map(|_| sentence(dice)).collect::<Vec<_>>().join(" ")
    }
}

fn thing(dice: &mut Dice) -> String {
    let adjective = if dice.chance(60) { format!("{} ", dice.pick(ADJECTIVES)) } else { "".into() };
    format!("the {adjective}{}", dice.pick(NOUNS))
}

fn sentence(dice: &mut Dice) -> String {
    let (one, other, third) = (thing(dice), thing(dice), thing(dice));
    let (verb, second) = (dice.pick(VERBS), dice.pick(VERBS));
    let setting = dice.pick(SETTINGS);
    let sentence = match dice.below(6) {
        0 => format!("{one} {verb} {other} {setting}."),
        1 => format!("{}, {one} {verb} {other}.", dice.pick(OPENINGS)),
        2 => format!("{one} {verb} {other}, and {third} {second} them both."),
        3 => format!("nobody {verb} {one} {setting}, although {other} {second} {third}."),
        4 => format!("it was said that {one} {verb} {other}; {third} knew better."),
        _ => format!("{one}, which {other} {verb}, was seldom {second} {setting}."),
    };
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    first.to_string() + chars.as_str()
}
