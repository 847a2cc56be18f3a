//! Names of people: lists from several cultures, and made from syllables.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::split::Split;

/// Given names.
#[rustfmt::skip]
pub const GIVEN: &[&str] = &[
    "Odalys", "Torvald", "Ximena", "Bartosz", "Ingrid", "Kwame", "Saoirse", "Dmitri", "Yukiko",
    "Anselm", "Zuzana", "Rashid", "Maren", "Ignacio", "Thandiwe", "Leopold", "Noor", "Casimir",
    "Freya", "Gideon", "Ottilie", "Stellan", "Priya", "Ulrich", "Beatriz", "Hakan", "Wanda",
    "Emeka", "Solveig", "Matthias", "Farida", "Lorcan", "Isolde", "Teodor", "Amara", "Jasper",
    "Katya", "Ruben", "Signe", "Octavio", "Leilani", "Viktor", "Nadia", "Bram", "Eulalia",
    "Sander", "Paloma", "Idris", "Greta", "Fabrizio", "Mireille", "Oskar", "Tamsin", "Cyrus",
    "Liesl", "Horatio", "Dagny", "Emil", "Roswitha", "Pascal", "Vesna", "Caspian",
];

/// Family names.
#[rustfmt::skip]
pub const FAMILY: &[&str] = &[
    "Lindqvist", "Abernathy", "Okonkwo", "Szabo", "Thorvaldsen", "Marchetti", "Ravenscroft",
    "Haverkamp", "Quintero", "Novakova", "Osei", "Bellweather", "Takahashi", "Grunewald", "Ferreira",
    "Castellane", "Dragomir", "Ashgrove", "Vandermeer", "Iqbal", "Stormont", "Pellegrino", "Kowalczyk",
    "Underhill", "Delacroix", "Nakagawa", "Whitlock", "Zielinski", "Amundsen", "Barrowclough",
    "Esposito", "Fairweather", "Gallagher", "Holmqvist", "Jankowski", "Kilbride", "Lombardi",
    "Mbeki", "Nightingale", "Oyelaran", "Pemberton", "Radcliffe", "Sorensen", "Tremaine", "Uzoma",
    "Valdivia", "Wetherby", "Yilmaz", "Zamora", "Brankovic", "Cavendish", "Drummond", "Eriksen",
    "Farquhar", "Golightly", "Hartmann", "Ilievski", "Jorgensen", "Kessler", "Lockwood",
];

const ONSETS: &[&str] = &[
    "B", "Dr", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Z", "Br",
    "Kr", "Sk", "St", "Tr", "Gl", "Pl",
];
const RHYMES: &[&str] = &[
    "al", "en", "ir", "os", "um", "ar", "eth", "in", "od", "ul", "av", "el", "is", "on", "urd",
    "and", "esk", "im", "orn", "ust", "ax",
];
const ENDINGS: &[&str] = &[
    "a", "o", "is", "ek", "ine", "us", "ar", "ette", "olf", "ia", "wen", "mir", "ley", "ow", "ina",
];

/// Makes names that were not made before.
pub struct Names {
    split: Split,
    used: BTreeSet<String>,
}

impl Names {
    /// Names from one side of the split.
    pub fn new(split: Split) -> Self {
        Self { split, used: BTreeSet::new() }
    }

    /// Every word of every name that was made: filler with one of them is left out.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.used.iter().map(String::as_str)
    }

    /// A name of one word.
    pub fn given(&mut self, dice: &mut Dice) -> String {
        self.fresh(dice, GIVEN)
    }

    /// A given and a family name, neither of which another person has.
    pub fn full(&mut self, dice: &mut Dice) -> String {
        let given = self.fresh(dice, GIVEN);
        format!("{given} {}", self.fresh(dice, FAMILY))
    }

    /// A family name.
    pub fn family(&mut self, dice: &mut Dice) -> String {
        self.fresh(dice, FAMILY)
    }

    fn fresh(&mut self, dice: &mut Dice, list: &[&str]) -> String {
        let listed = self.split.of(list);
        loop {
            let name = if dice.chance(40) {
                (*dice.pick(&listed)).to_owned()
            } else {
                let mut name = self.split.pick(dice, ONSETS).to_owned();
                name += self.split.pick(dice, RHYMES);
                if dice.chance(40) {
                    name += &self.split.pick(dice, ONSETS).to_lowercase();
                    name += self.split.pick(dice, RHYMES);
                }
                name += self.split.pick(dice, ENDINGS);
                name
            };
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }
}
