//! Stems and irregular forms of English words, for matching a question to a text.
//!
//! The stemmer is Snowball English ("Porter2", snowballstem.org) from `rust-stemmers`. Forms that no
//! suffix rule relates ("took", "take") come from a table of irregular verbs and plurals of the
//! language. Other languages are matched by their exact folded words.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

/// Groups of irregular forms; the first is the base form.
const IRREGULAR: &[&[&str]] = &[
    &["arise", "arose", "arisen"],
    &["bear", "bore", "borne", "born"],
    &["beat", "beaten"],
    &["become", "became"],
    &["begin", "began", "begun"],
    &["bend", "bent"],
    &["bind", "bound"],
    &["bite", "bit", "bitten"],
    &["bleed", "bled"],
    &["blow", "blew", "blown"],
    &["break", "broke", "broken"],
    &["breed", "bred"],
    &["bring", "brought"],
    &["build", "built"],
    &["burn", "burnt"],
    &["buy", "bought"],
    &["catch", "caught"],
    &["choose", "chose", "chosen"],
    &["cling", "clung"],
    &["come", "came"],
    &["creep", "crept"],
    &["deal", "dealt"],
    &["die", "died", "dying", "dead", "death"],
    &["dig", "dug"],
    &["draw", "drew", "drawn"],
    &["dream", "dreamt"],
    &["drink", "drank", "drunk"],
    &["drive", "drove", "driven"],
    &["eat", "ate", "eaten"],
    &["fall", "fell", "fallen"],
    &["feed", "fed"],
    &["feel", "felt"],
    &["fight", "fought"],
    &["find", "found"],
    &["flee", "fled"],
    &["fly", "flew", "flown"],
    &["forbid", "forbade", "forbidden"],
    &["forget", "forgot", "forgotten"],
    &["forgive", "forgave", "forgiven"],
    &["freeze", "froze", "frozen"],
    &["get", "got", "gotten"],
    &["give", "gave", "given"],
    &["go", "went", "gone", "goes"],
    &["grind", "ground"],
    &["grow", "grew", "grown"],
    &["hang", "hung"],
    &["hear", "heard"],
    &["hide", "hid", "hidden"],
    &["hold", "held"],
    &["keep", "kept"],
    &["kneel", "knelt"],
    &["know", "knew", "known"],
    &["lay", "laid"],
    &["lead", "led"],
    &["leap", "leapt"],
    &["learn", "learnt"],
    &["leave", "left"],
    &["lend", "lent"],
    &["light", "lit"],
    &["lose", "lost"],
    &["make", "made"],
    &["mean", "meant"],
    &["meet", "met"],
    &["pay", "paid"],
    &["ride", "rode", "ridden"],
    &["ring", "rang", "rung"],
    &["rise", "rose", "risen"],
    &["run", "ran"],
    &["say", "said"],
    &["see", "saw", "seen"],
    &["seek", "sought"],
    &["sell", "sold"],
    &["send", "sent"],
    &["sew", "sewn"],
    &["shake", "shook", "shaken"],
    &["shine", "shone"],
    &["shoot", "shot"],
    &["show", "shown"],
    &["shrink", "shrank", "shrunk"],
    &["sing", "sang", "sung"],
    &["sink", "sank", "sunk"],
    &["sit", "sat"],
    &["slay", "slew", "slain"],
    &["sleep", "slept"],
    &["slide", "slid"],
    &["speak", "spoke", "spoken"],
    &["spend", "spent"],
    &["spin", "spun"],
    &["spring", "sprang", "sprung"],
    &["stand", "stood"],
    &["steal", "stole", "stolen"],
    &["stick", "stuck"],
    &["sting", "stung"],
    &["strike", "struck", "stricken"],
    &["strive", "strove"],
    &["swear", "swore", "sworn"],
    &["sweep", "swept"],
    &["swim", "swam", "swum"],
    &["swing", "swung"],
    &["take", "took", "taken"],
    &["teach", "taught"],
    &["tear", "tore", "torn"],
    &["tell", "told"],
    &["think", "thought"],
    &["throw", "threw", "thrown"],
    &["understand", "understood"],
    &["wake", "woke", "woken"],
    &["wear", "wore", "worn"],
    &["weave", "wove", "woven"],
    &["weep", "wept"],
    &["win", "won"],
    &["wind", "wound"],
    &["write", "wrote", "written"],
    &["child", "children"],
    &["man", "men"],
    &["woman", "women"],
    &["foot", "feet"],
    &["tooth", "teeth"],
    &["goose", "geese"],
    &["mouse", "mice"],
    &["wife", "wives"],
    &["knife", "knives"],
    &["life", "lives"],
    &["thief", "thieves"],
    &["brother", "brethren"],
    &["person", "people"],
];

/// Words whose stem is held.
const HELD: usize = 4_096;

/// Stems words, one instance per question. The blocks of a document hold the same words, so what was stemmed
/// last is held.
pub struct Stems {
    stemmer: Stemmer,
    held: RefCell<FxHashMap<Box<str>, Box<str>>>,
}

impl Default for Stems {
    fn default() -> Self {
        Self { stemmer: Stemmer::create(Algorithm::English), held: RefCell::default() }
    }
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stems")
    }
}

impl Stems {
    /// The stem of a folded word.
    pub fn stem(&self, word: &str) -> String {
        self.with_stem(word, str::to_owned)
    }

    /// Whether `stem` is the stem of a folded word.
    pub fn is_stem(&self, stem: &str, word: &str) -> bool {
        self.with_stem(word, |own| own == stem)
    }

    fn with_stem<T>(&self, word: &str, told: impl FnOnce(&str) -> T) -> T {
        let mut held = self.held.borrow_mut();
        if let Some(stem) = held.get(word) {
            return told(stem);
        }
        if held.len() == HELD {
            held.clear();
        }
        let stem = self.stemmer.stem(word);
        let answer = told(&stem);
        held.insert(word.into(), stem.into());
        answer
    }

    /// Whether two folded words are forms of one word.
    pub fn same(&self, one: &str, other: &str) -> bool {
        one == other
            || self.is_stem(&self.stem(one), other)
            || match (irregular_forms(one), irregular_forms(other)) {
                (Some(one), Some(other)) => one[0] == other[0],
                _ => false,
            }
    }
}

/// Where each irregular form stands: every word of a question and of what it found is looked up.
static GROUP_OF_FORM: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let forms = IRREGULAR.iter().enumerate();
    forms.flat_map(|(group, forms)| forms.iter().map(move |form| (*form, group))).collect()
});

/// All forms of the irregular word that the folded `word` is a form of.
pub fn irregular_forms(word: &str) -> Option<&'static [&'static str]> {
    let group_of = |form: &str| GROUP_OF_FORM.get(form).copied();
    let group_of_base = |base: &str| group_of(base).filter(|group| IRREGULAR[*group][0] == base);
    let progressive = |stem: &str| {
        group_of_base(stem).or_else(|| {
            let base = format!("{stem}e");
            group_of_base(&base)
        })
    };
    let group = group_of(word)
        .or_else(|| word.strip_suffix('s').and_then(group_of_base))
        .or_else(|| word.strip_suffix("ing").and_then(progressive))?;
    Some(IRREGULAR[group])
}

/// The forms of a word by the rules of English spelling, and those of irregular words; some of them
/// do not exist, which does no harm in a look-up.
pub fn forms(base: &str) -> Vec<String> {
    let mut out = vec![base.to_owned()];
    let mut chars = base.chars().rev();
    let (last, before) = (chars.next().unwrap_or(' '), chars.next().unwrap_or(' '));
    let vowel = |c: char| "aeiou".contains(c);
    let stem = base.strip_suffix('e').unwrap_or(base);
    if last == 'y' && !vowel(before) {
        let stem = &base[..base.len() - 1];
        out.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{base}ing")]);
    } else {
        let hissing =
            base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh");
        out.push(if hissing { format!("{base}es") } else { format!("{base}s") });
        out.extend([format!("{stem}ed"), format!("{stem}ing")]);
        if !vowel(last) && vowel(before) && last.is_ascii() {
            out.extend([format!("{base}{last}ed"), format!("{base}{last}ing")]);
        }
    }
    if let Some(irregular) = irregular_forms(base) {
        out.extend(irregular.iter().map(|form| (*form).to_owned()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_are_the_same() {
        let stems = Stems::default();
        assert!(stems.same("walked", "walking"));
        assert!(stems.same("took", "taking"));
        assert!(stems.same("wives", "wife"));
        assert!(stems.same("dies", "died"));
        assert!(!stems.same("caution", "cat"));
        assert!(!stems.same("found", "foundry"));
    }

    #[test]
    fn stems_are_right_however_many_are_held() {
        let stems = Stems::default();
        for n in 0..2 * HELD {
            assert!(stems.is_stem(&format!("w{n}lamp"), &format!("w{n}lamps")));
        }
        assert!(stems.held.borrow().len() <= HELD);
        assert_eq!(stems.stem("walking"), "walk");
        assert_eq!(stems.stem("walking"), "walk");
    }

    #[test]
    fn the_table_repeats_no_form() {
        let mut seen = std::collections::BTreeSet::new();
        for form in IRREGULAR.iter().flat_map(|forms| forms.iter()) {
            assert!(seen.insert(form), "{form}");
        }
    }
}
