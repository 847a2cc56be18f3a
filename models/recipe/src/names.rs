//! Names and values: people, towns, firms, ships, codes, dates, amounts.
//!
//! Six in ten names are put together from syllables, so that they are made of several pieces of any
//! vocabulary and mean something else in every document. Every tenth syllable and every tenth entry
//! of every list is held out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use carrel_suite::dice::Dice;

use crate::held::side;
use crate::world::FILLERS;

static VALUES: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    include_str!("../data/values.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .map(|(kind, words)| (kind, words.split(", ").collect()))
        .collect()
});

#[rustfmt::skip]
const FIRST: &[&str] = &[
    "Ba", "Ce", "Da", "Fe", "Gi", "Ho", "Ja", "Ke", "La", "Mi", "No", "Pa", "Qui", "Ro", "Sa", "Te",
    "U", "Ve", "Wi", "Ya", "Zo", "Bri", "Cla", "Du", "E", "Fla", "Gre", "Ha", "Ile", "Jo", "Kla", "Lu",
    "Ma", "Ne", "O", "Pe", "Ra", "Sho", "Tri", "Va",
];
#[rustfmt::skip]
const MIDDLE: &[&str] = &[
    "ba", "ci", "do", "fe", "ga", "hi", "jo", "ka", "li", "mo", "na", "pe", "ri", "so", "tu", "va",
    "we", "zi", "chu", "dra", "lle", "nno", "ppi", "rra", "ssi", "tte", "tha", "she", "gro", "mbe",
];
#[rustfmt::skip]
const LAST: &[&str] = &[
    "n", "r", "s", "l", "m", "nd", "rt", "x", "th", "ck", "lin", "mar", "ner", "ris", "tan", "vek",
    "don", "gan", "las", "nor", "ra", "ta", "no", "vi", "la", "mo", "zu", "ke", "rne", "sky",
];
const TOWN_ENDINGS: &[&str] = &[
    "ford", "ham", "burg", "field", "port", "stad", "mouth", "dale", "wick", "by", "brook", "ville",
];
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
];

/// The words of a list of `data/values.txt`; none for a name of no list.
pub fn list(kind: &str) -> &'static [&'static str] {
    VALUES.get(kind).map_or(&[], Vec::as_slice)
}

/// Whether the values of a type stand in a list.
pub fn is_listed(kind: &str) -> bool {
    !list(kind).is_empty()
}

/// Every name of people that stands in a list.
pub fn listed_names() -> impl Iterator<Item = &'static str> {
    list("given").iter().chain(list("family")).copied()
}

/// Makes names and values, none twice.
pub struct Names {
    held: bool,
    used: BTreeSet<String>,
}

impl Names {
    /// Names of the side that is held out, or of the other.
    pub fn new(held: bool) -> Self {
        Self { held, used: BTreeSet::new() }
    }

    /// A value of a type that `data/relations.txt` uses.
    pub fn value(&mut self, dice: &mut Dice, kind: &str) -> String {
        for _ in 0..64 {
            let value = self.made(dice, kind);
            if self.used.insert(value.clone()) {
                return value;
            }
        }
        // The short lists may end; then a value comes twice.
        self.made(dice, kind)
    }

    /// One to five words in a row of a sentence that is a filler, some of them made up.
    pub fn odd(&self, dice: &mut Dice) -> String {
        loop {
            let words: Vec<&str> = dice.pick(&FILLERS).split(' ').collect();
            let length = dice.between(1, 5);
            let from = dice.below(words.len().saturating_sub(length).max(1));
            let some = &words[from..words.len().min(from + length)];
            let plain = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
            // A word that only joins others ends no phrase.
            if some.iter().all(plain) && some.last().is_some_and(|word| word.len() > 3) {
                let made: Vec<String> = some
                    .iter()
                    .map(|word| match dice.chance(20) {
                        true => spelled(dice).to_lowercase(),
                        false => (*word).to_owned(),
                    })
                    .collect();
                return made.join(" ");
            }
        }
    }

    fn made(&self, dice: &mut Dice, kind: &str) -> String {
        match kind {
            "person" => self.person(dice),
            "town" => self.town(dice),
            "firm" => self.firm(dice),
            "odd" => self.odd(dice),
            "ship" => self.word(dice, 1),
            "river" => self.word(dice, 0),
            "sample" | "code" => code(dice),
            "case" => format!("{}/{}", dice.between(10, 999), dice.between(10, 99)),
            "year" => dice.between(1100, 2030).to_string(),
            "number" => up_to(dice, [30, 300, 9000]).to_string(),
            "day" => format!("{} {}", dice.between(1, 30), dice.pick(MONTHS)),
            "time" => format!("{}:{:02}", dice.between(0, 23), dice.below(60)),
            "version" => format!("{}.{}", dice.between(0, 20), dice.below(40)),
            "money" => money(dice),
            "mass" => measure(dice, &["kg", "g", "mg", "grams"]),
            "length" => measure(dice, &["m", "metres", "feet", "cm"]),
            "span" => measure(dice, &["days", "weeks", "months", "hours", "seconds", "years"]),
            listed => one_of(dice, &side(list(listed), self.held)).to_owned(),
        }
    }

    fn person(&self, dice: &mut Dice) -> String {
        let given = if dice.chance(40) {
            one_of(dice, &side(list("given"), self.held)).to_owned()
        } else {
            self.word(dice, 0)
        };
        if dice.chance(25) {
            return given;
        }
        let family = if dice.chance(40) {
            one_of(dice, &side(list("family"), self.held)).to_owned()
        } else {
            self.word(dice, 1)
        };
        match dice.below(10) {
            0 => format!("{} {family}", dice.pick(&["Mr.", "Mrs.", "Dr.", "Miss"])),
            _ => format!("{given} {family}"),
        }
    }

    fn town(&self, dice: &mut Dice) -> String {
        if dice.chance(50) {
            return self.word(dice, 1);
        }
        self.word(dice, 0) + one_of(dice, TOWN_ENDINGS)
    }

    fn firm(&self, dice: &mut Dice) -> String {
        let kind = one_of(dice, &side(list("firm"), self.held));
        format!("{} {kind}", self.word(dice, 0))
    }

    /// A word of syllables with up to `more` syllables in its middle, or of letters.
    fn word(&self, dice: &mut Dice, more: usize) -> String {
        if !self.held && dice.chance(40) {
            return spelled(dice);
        }
        let mut word = one_of(dice, &side(FIRST, self.held)).to_owned();
        for _ in 0..dice.between(0, more) {
            word += one_of(dice, &side(MIDDLE, self.held));
        }
        word + one_of(dice, &side(LAST, self.held))
    }
}

/// A word of any letters that can be spoken.
fn spelled(dice: &mut Dice) -> String {
    const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "ou", "y", "ie", "au"];
    const CONSONANTS: &[&str] = &[
        "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "t", "v", "w",
        "x", "z", "br", "ch", "ck", "cl", "dr", "ff", "gh", "gl", "kr", "ld", "lm", "mp", "nc",
        "ng", "nt", "ph", "pl", "rd", "rm", "rv", "sch", "sk", "sp", "st", "tch", "th", "tr", "tz",
        "wh",
    ];
    let mut word = String::new();
    let mut vowel = dice.chance(25);
    for _ in 0..dice.between(3, 6) {
        word += one_of(dice, if vowel { VOWELS } else { CONSONANTS });
        vowel = !vowel;
    }
    crate::phrases::capitalised(&word)
}

fn one_of(dice: &mut Dice, list: &[&'static str]) -> &'static str {
    dice.pick::<&str>(list)
}

/// A number from 2 to one of three, so that small numbers are as frequent as large ones.
fn up_to(dice: &mut Dice, most: [usize; 3]) -> usize {
    let most = *dice.pick(&most);
    dice.between(2, most)
}

fn code(dice: &mut Dice) -> String {
    let letter = |dice: &mut Dice| char::from(b'A' + dice.below(26) as u8);
    match dice.below(3) {
        0 => format!("{}{}", letter(dice), dice.between(1, 99)),
        1 => format!("{}{}-{}", letter(dice), letter(dice), dice.between(10, 999)),
        _ => format!("{}.{}", dice.between(1, 9), dice.between(1, 99)),
    }
}

fn money(dice: &mut Dice) -> String {
    let amount = up_to(dice, [40, 900, 9000]);
    match dice.below(4) {
        0 => format!("${amount}"),
        1 => format!("£{amount}"),
        2 => format!("{amount} euros"),
        _ => format!("{amount} pounds"),
    }
}

fn measure(dice: &mut Dice, units: &[&str]) -> String {
    format!("{} {}", up_to(dice, [12, 90, 800]), dice.pick(units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_share_no_listed_name() {
        let kept: BTreeSet<&str> = side(list("given"), true).into_iter().collect();
        let used: BTreeSet<&str> = side(list("given"), false).into_iter().collect();
        assert!(kept.len() >= 7 && kept.is_disjoint(&used));
    }

    #[test]
    fn values_of_one_document_differ() {
        let mut names = Names::new(false);
        let mut dice = Dice::new(1, "names");
        let made: BTreeSet<String> = (0..200).map(|_| names.value(&mut dice, "person")).collect();
        assert_eq!(made.len(), 200);
    }
}
