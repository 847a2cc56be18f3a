//! Names of people: lists from several cultures, and made from syllables.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::item::Language;
use crate::lexicon::chinese;
use crate::split::{Sides, Split};

/// Given names.
#[rustfmt::skip]
pub const GIVEN: Sides<&str> = Sides {
    seen: &[
        "Odalys", "Torvald", "Ximena", "Bartosz", "Ingrid", "Kwame", "Saoirse", "Dmitri",
        "Yukiko", "Anselm", "Zuzana", "Rashid", "Maren", "Ignacio", "Thandiwe", "Leopold",
        "Noor", "Casimir", "Freya", "Gideon", "Ottilie", "Stellan", "Priya", "Ulrich",
        "Beatriz", "Hakan", "Wanda", "Emeka", "Solveig", "Matthias", "Farida", "Lorcan",
        "Isolde", "Teodor", "Amara", "Jasper", "Katya", "Ruben", "Signe", "Octavio", "Leilani",
        "Viktor", "Nadia", "Bram", "Eulalia", "Sander", "Paloma", "Idris", "Greta", "Fabrizio",
        "Mireille", "Oskar", "Tamsin", "Cyrus", "Liesl", "Horatio", "Dagny", "Emil",
        "Roswitha", "Pascal", "Vesna", "Caspian", "Aurelio", "Brunhild", "Corentin",
        "Delphine", "Eskil", "Filippa", "Gaspar", "Hedvig", "Ilya", "Jolanta", "Kasimira",
        "Ludmila", "Marisol", "Nikolai", "Oriana", "Pelagia", "Quirin", "Rosalind", "Sverre",
        "Tatiana", "Umberto", "Valeska", "Wilfred", "Xaver", "Yolanda", "Zdenek", "Agnieszka",
        "Bertil", "Chiara", "Dragan", "Elspeth",
    ],
    held_out: &[
        "Alaric", "Bettina", "Cosima", "Dorothea", "Evander", "Faustina", "Gunnar", "Halina",
        "Ivar", "Jorunn", "Konstantin", "Lucinda", "Mikkel", "Nerys", "Ondine", "Percival",
        "Ragnhild", "Sigmund", "Tobias", "Ursula", "Vincenzo", "Winifred", "Xenia", "Yannick",
        "Zora", "Anouk", "Benedikt", "Carmela", "Diederik", "Esperanza", "Florian",
        "Gwendolen", "Hyacinth", "Imogen", "Joaquin", "Kirsten", "Lazar", "Milena", "Nestor",
        "Oleander",
    ],
};

/// Family names.
#[rustfmt::skip]
pub const FAMILY: Sides<&str> = Sides {
    seen: &[
        "Lindqvist", "Abernathy", "Okonkwo", "Szabo", "Thorvaldsen", "Marchetti",
        "Ravenscroft", "Haverkamp", "Quintero", "Novakova", "Osei", "Bellweather", "Takahashi",
        "Grunewald", "Ferreira", "Castellane", "Dragomir", "Ashgrove", "Vandermeer", "Iqbal",
        "Stormont", "Pellegrino", "Kowalczyk", "Underhill", "Delacroix", "Nakagawa",
        "Whitlock", "Zielinski", "Amundsen", "Barrowclough", "Esposito", "Fairweather",
        "Gallagher", "Holmqvist", "Jankowski", "Kilbride", "Lombardi", "Mbeki", "Nightingale",
        "Oyelaran", "Pemberton", "Radcliffe", "Sorensen", "Tremaine", "Uzoma", "Valdivia",
        "Wetherby", "Yilmaz", "Zamora", "Brankovic", "Cavendish", "Drummond", "Eriksen",
        "Farquhar", "Golightly", "Hartmann", "Ilievski", "Jorgensen", "Kessler", "Lockwood",
        "Achterberg", "Bassington", "Czerny", "Dalgaard", "Ellsworthy", "Fontanarosa",
        "Gyllenhaal", "Hrubesch", "Isherwood", "Juhlin", "Kallstrom", "Laurentis",
        "Montefiore", "Niedermayer", "Olavsson", "Prendergast", "Quenneville", "Rautio",
        "Sandoval", "Thackray", "Ustinov", "Vestergaard", "Winterbourne", "Xenakis", "Yardley",
        "Zubrowski", "Adeyemi", "Bhattacharya", "Castellanos", "Dumitrescu",
    ],
    held_out: &[
        "Aldersgate", "Birkeland", "Corrigan", "Dvorak", "Engstrom", "Frobisher",
        "Gustafsson", "Hollingworth", "Ivanova", "Janssen", "Kirkbride", "Lundgren", "Moravec",
        "Nordstrom", "Oppenheim", "Petrosyan", "Quarrington", "Rosenthal", "Silverton",
        "Trelawney", "Umarov", "Vasquez", "Wolstenholme", "Yarborough", "Zimmerman",
        "Ardizzone", "Blomqvist", "Calloway", "Devereaux", "Ekdahl", "Fenwick", "Gorecki",
        "Halloran", "Ibanez", "Kadlec", "Lindholm", "Mortensen", "Ogilvie",
    ],
};

const ONSETS: Sides<&str> = Sides {
    seen: &[
        "B", "Dr", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Z", "Br",
        "Kr", "Sk", "St", "Tr", "Gl", "Pl", "C", "Ch", "D", "Fl", "Gr", "Pr", "Sl", "Sn", "Th",
        "Wh", "Y", "Cl",
    ],
    held_out: &[
        "Bl", "Dw", "Fr", "Kl", "Kn", "Ph", "Qu", "Sh", "Sp", "Sw", "Tw", "Vr", "Wr", "X", "Zh",
    ],
};
const RHYMES: Sides<&str> = Sides {
    seen: &[
        "al", "en", "ir", "os", "um", "ar", "eth", "in", "od", "ul", "av", "el", "is", "on", "urd",
        "and", "esk", "im", "orn", "ust", "ax", "ap", "ef", "ilk", "ob", "uth", "erd", "anth",
        "och", "ib", "unn",
    ],
    held_out: &[
        "ag", "ell", "ist", "om", "ut", "ern", "alt", "ev", "ond", "ub", "iss", "eld", "ock", "am",
    ],
};
const ENDINGS: Sides<&str> = Sides {
    seen: &[
        "a", "o", "is", "ek", "ine", "us", "ar", "ette", "olf", "ia", "wen", "mir", "ley", "ow",
        "ina", "ah", "ena", "ick", "ossa", "um", "ard", "elle", "ik",
    ],
    held_out: &["ora", "ius", "eth", "ane", "ov", "ilde", "os", "iel", "und", "ara"],
};

/// Makes names that were not made before.
pub struct Names {
    split: Split,
    language: Language,
    used: BTreeSet<String>,
}

impl Names {
    /// Names from one side of the split.
    pub fn new(split: Split, language: Language) -> Self {
        Self { split, language, used: BTreeSet::new() }
    }

    /// Every word of every name that was made: filler with one of them is left out.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.used.iter().map(String::as_str)
    }

    /// A name of one word.
    pub fn given(&mut self, dice: &mut Dice) -> String {
        match self.language {
            Language::English => self.fresh(dice, &GIVEN),
            Language::Chinese => chinese::given(dice, self.split),
        }
    }

    /// A given and a family name; in English neither of them is another person's.
    pub fn full(&mut self, dice: &mut Dice) -> String {
        match self.language {
            Language::English => {
                let given = self.fresh(dice, &GIVEN);
                format!("{given} {}", self.fresh(dice, &FAMILY))
            }
            Language::Chinese => {
                let family = chinese::surname(dice, self.split);
                self.member(dice, family)
            }
        }
    }

    /// Somebody else of the family of `name`.
    pub fn relative(&mut self, dice: &mut Dice, name: &str) -> String {
        match self.language {
            Language::English => {
                let family = name.split(' ').next_back().unwrap_or_default();
                format!("{} {family}", self.fresh(dice, &GIVEN))
            }
            Language::Chinese => {
                let family: String = name.chars().take(1).collect();
                self.member(dice, &family)
            }
        }
    }

    fn member(&mut self, dice: &mut Dice, family: &str) -> String {
        loop {
            let name = format!("{family}{}", chinese::given(dice, self.split));
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }

    fn fresh(&mut self, dice: &mut Dice, list: &Sides<&'static str>) -> String {
        let listed = self.split.of(list);
        loop {
            let name = if dice.chance(40) {
                (*dice.pick(listed)).to_owned()
            } else {
                let mut name = self.split.pick(dice, &ONSETS).to_owned();
                name += self.split.pick(dice, &RHYMES);
                if dice.chance(40) {
                    name += &self.split.pick(dice, &ONSETS).to_lowercase();
                    name += self.split.pick(dice, &RHYMES);
                }
                name += self.split.pick(dice, &ENDINGS);
                name
            };
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }
}
