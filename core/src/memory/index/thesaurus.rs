//! Words of one meaning: how a question may call what a text calls otherwise.
//!
//! Small groups of everyday words for the properties of people and things, made for this program;
//! a noun stands with the verbs that state it ("profession", "work", "trade"). A question word finds
//! every member of its groups. Does not rank by closeness; what is found still has to stand near
//! the other words of the question.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::stems::{self, Stems};

const GROUPS: &[&str] = &[
    "profession job occupation trade work living livelihood career employ employment vocation craft \
     earn calling",
    "birthplace born birth native hail origin originate cradle hometown birthed",
    "birthday born birth",
    "die dead death perish decease killed",
    "kill murder slay assassinate dead victim",
    "thief steal rob theft robber burglar stolen",
    "instrument play perform music musician",
    "pet animal tame creature beast",
    "salary wage pay paid earn income stipend earnings",
    "price cost pay worth fee charge rate",
    "ship vessel boat barque bark schooner steamer",
    "spouse husband wife married marry",
    "marry wedding bride married husband wife",
    "home house live dwell reside residence lodge address",
    "school college academy university",
    "nickname call known",
    "hobby pastime pursuit enjoy fond",
    "favourite favorite like love prefer fond",
    "boss employer master superior",
    "reason because cause motive",
    "own possess keep belong owner",
    "colour color hue shade",
    "age old years aged",
    "begin start commence open",
    "end finish close conclude",
    "buy purchase bought",
    "sell sold sale",
    "child son daughter children kid",
    "parent father mother parents",
    "teacher taught teach instruct tutor",
    "doctor physician surgeon",
    "illness sick disease ill",
    "language speak tongue",
    "capital city town",
    "leader lead chief head ruler",
    "write author wrote pen writer",
    "invent inventor invention discover",
    "build built construct builder",
    "paint painter painting painted",
    "password code secret passphrase",
    "meeting meet appointment conference",
    "copy transcribe",
    "photograph picture portrait photo",
    "hide conceal hidden",
    "letter note message",
    "wear dress wore clothes gown",
    "eat food meal dine dish",
    "drink beverage",
    "sail voyage aboard",
    "disguise mask masked",
    "large big great huge",
    "small little tiny",
];

/// A general word, and kinds of it that a text may name instead; not the other way round.
const KINDS: &[&str] = &[
    "animal bird dog cat horse goose cow sheep hen snake fish",
    "weapon knife gun pistol revolver sword dagger club",
    "vehicle carriage cart car train cab",
    "relative father mother brother sister uncle aunt cousin son daughter",
];

/// The groups by the words that find them, made once: a question asks for each of its words.
struct Thesaurus {
    /// Every form of every member, group by group.
    forms: Vec<Vec<String>>,
    by_stem: HashMap<String, Vec<usize>>,
    by_irregular_base: HashMap<&'static str, Vec<usize>>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    let stems = Stems::default();
    let mut thesaurus =
        Thesaurus { forms: Vec::new(), by_stem: HashMap::new(), by_irregular_base: HashMap::new() };
    for group in GROUPS {
        thesaurus.add(group, group.split(' '), &stems);
    }
    for kinds in KINDS {
        thesaurus.add(kinds, kinds.split(' ').take(1), &stems);
    }
    thesaurus
});

impl Thesaurus {
    /// Adds the words of `group`, which any of `keys` finds.
    fn add<'a>(&mut self, group: &str, keys: impl Iterator<Item = &'a str>, stems: &Stems) {
        let number = self.forms.len();
        for key in keys {
            self.by_stem.entry(stems.stem(key)).or_default().push(number);
            if let Some(forms) = stems::irregular_forms(key) {
                self.by_irregular_base.entry(forms[0]).or_default().push(number);
            }
        }
        self.forms.push(group.split(' ').flat_map(stems::forms).collect());
    }
}

/// Every form of every word that shares a group with `word`; empty if it is in none.
pub fn same_meaning(word: &str, stems: &Stems) -> Vec<String> {
    let by_stem = THESAURUS.by_stem.get(&stems.stem(word));
    let by_base =
        stems::irregular_forms(word).and_then(|forms| THESAURUS.by_irregular_base.get(forms[0]));
    let groups = by_stem.into_iter().chain(by_base).flatten();
    let mut out: Vec<String> =
        groups.flat_map(|group| THESAURUS.forms[*group].iter().cloned()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_finds_the_verbs_that_state_it() {
        let stems = Stems::default();
        let found = same_meaning("profession", &stems);
        assert!(found.contains(&"worked".to_owned()) && found.contains(&"trade".to_owned()));
        assert_eq!(same_meaning("lamp", &stems), Vec::<String>::new());
    }
}
