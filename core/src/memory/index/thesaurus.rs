//! Words of one meaning: how a question may call what a text calls otherwise.
//!
//! Small groups of everyday words for the properties of people and things, made for this program;
//! a noun stands with the verbs that state it ("profession", "work", "trade"). A question word finds
//! every member of its groups. Does not rank by closeness; what is found still has to stand near
//! the other words of the question. Wider groups of related words only lead to the places of a book where
//! something may be told; that it is told there they do not show.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::stems::{self, Stems};

mod of_papers;

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

/// Words of one event or circumstance, by which a book may tell what a question calls otherwise.
const RELATED: &[&str] = &[
    "kill murder slay slew assassinate stab shoot strangle poison murderer murderess killer assassin \
     slaughter crime",
    "die death perish drown suicide expire lifeless corpse body grave funeral buried",
    "die kill murder shoot stab drown poison strangle hang crush",
    "marry wed engage engagement betroth wife husband bride bridegroom elope marriage match proposal \
     widow altar",
    "steal rob theft robber robbery thief burglar burglary take purloin abstract plunder",
    "save rescue preserve deliver pick",
    "find discover discovery pick come catch",
    "teach master tutor instruct lesson schoolmaster governess",
    "study learn course lesson subject",
    "salary wage pay earn income pounds guineas shillings week annum",
    "income fortune estate property rich worth pounds thousand year annum",
    "price cost pay pounds guineas shillings dollars",
    "reward offer pounds prize",
    "house home lodge hall park cottage residence villa abode mansion manor grange roof",
    "live dwell lodge reside stay settle house residence home inhabit lodgings address",
    "address street road square lane avenue terrace house",
    "father papa parent son daughter child",
    "mother mamma parent son daughter child",
    "son boy father mother heir child",
    "daughter girl father mother heiress child",
    "inn tavern hotel hostel alehouse",
    "profession trade business work practice office situation calling",
    "situation post place position employment office",
    "work employ clerk office business",
    "office business premises firm",
    "make fashion construct carve shape",
    "use serve turn convert",
    "hide conceal lock bury secret thrust",
    "give present gift bestow hand",
    "send despatch dispatch post",
    "nail hammer spike",
    "lose miss drop",
    "recognise recognize know identify",
    "benefactor benefactress patron",
    "idol god",
    "weapon knife gun pistol revolver sword dagger club stick poker rifle axe",
    "wound cut stab hurt injure blow",
    "dress gown robe coat cloak clothes",
    "burn fire blaze flame",
    "attack strike assault blow struck",
    "fall jump leap plunge tumble",
    "mad lunatic insane idiot maniac madness crazy",
    "part role character",
    "pay discharge settle",
    "debt owe",
    "real true actual",
    "turn become prove",
    "disguise mask pretend assume pose wig",
    "school academy college university",
    "ship vessel boat schooner barque steamer brig sloop cutter",
    "street road lane avenue square",
    "bite fang venom sting",
    "jewel diamond ruby emerald sapphire pearl gem stone necklace ring crown",
    "letter note message telegram paper write",
    "secret society band league",
    "prison jail gaol cell convict",
    "country land kingdom native",
    "king queen crown throne royal",
    "hair whiskers beard moustache",
    "doctor physician surgeon medical",
    "lawyer solicitor attorney barrister",
    "horse mare pony stallion",
    "dog hound mastiff puppy terrier spaniel",
    "bird goose hen duck parrot",
    "child baby boy girl infant",
    "servant maid butler footman housekeeper cook valet",
    "guard watch protect",
    "escape flee flight fled run",
    "leave depart go quit",
    "arrive come reach land",
    "go travel journey leave set",
    "hate enemy dislike",
    "love fond attach lover sweetheart",
    "illness fever cold ill sick",
    "age old years aged young",
    "lend borrow loan money",
    "own possess belong property",
    "read book volume novel",
    "translate copy write",
    "confess confession own admit",
    "betray inform denounce",
    "accuse charge suspect arrest",
    "condemn sentence trial judge guilty",
    "revenge avenge vengeance",
    "inherit heir legacy bequeath leave will",
    "wreck sink founder",
    "meet encounter acquaintance introduce",
    "smoke pipe cigar tobacco",
    "sister brother twin",
    "uncle nephew niece aunt",
    "lame limp leg crutch",
    "blind eye sight",
    "colour dress blue red green black white grey brown yellow",
    "tall height feet inches high",
    "long length feet inches yards",
    "weapon kill blow",
    "strange odd peculiar singular",
];

/// Nouns with the form of a verb that says something else: who "lived" somewhere and was "called" something had no
/// trade by that.
const NOUNS_ONLY: [&str; 2] = ["living", "calling"];

/// The groups by the words that find them, made once: a question asks for each of its words.
struct Thesaurus {
    /// Every form of every member, group by group.
    forms: Vec<Vec<String>>,
    by_stem: HashMap<String, Vec<usize>>,
    by_noun: HashMap<&'static str, Vec<usize>>,
    by_irregular_base: HashMap<&'static str, Vec<usize>>,
}

static SAME: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::of(GROUPS, KINDS));
static NEAR: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::of(RELATED, &[]));

static PAPERS: LazyLock<Thesaurus> =
    LazyLock::new(|| Thesaurus::of(of_papers::SAME, &[]).with_told(of_papers::TOLD));
static OPPOSITE: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::of(of_papers::OPPOSITE, &[]));

impl Thesaurus {
    fn of(groups: &'static [&str], kinds: &'static [&str]) -> Self {
        let stems = Stems::default();
        let mut thesaurus = Self {
            forms: Vec::new(),
            by_stem: HashMap::new(),
            by_noun: HashMap::new(),
            by_irregular_base: HashMap::new(),
        };
        for group in groups {
            thesaurus.add(group, group.split(' '), &stems);
        }
        for kinds in kinds {
            thesaurus.add(kinds, kinds.split(' ').take(1), &stems);
        }
        thesaurus
    }

    /// The same with groups of which the words before " > " find those behind it.
    fn with_told(mut self, groups: &'static [&'static str]) -> Self {
        let stems = Stems::default();
        for (asked, told) in groups.iter().filter_map(|group| group.split_once(" > ")) {
            self.add(told, asked.split(' '), &stems);
        }
        self
    }

    /// Adds the words of `group`, which any of `keys` finds.
    fn add<'a>(&mut self, group: &str, keys: impl Iterator<Item = &'a str>, stems: &Stems) {
        let number = self.forms.len();
        for key in keys {
            if let Some(noun) = NOUNS_ONLY.iter().find(|noun| **noun == key) {
                self.by_noun.entry(noun).or_default().push(number);
                continue;
            }
            self.by_stem.entry(stems.stem(key)).or_default().push(number);
            if let Some(forms) = stems::irregular_forms(key) {
                self.by_irregular_base.entry(forms[0]).or_default().push(number);
            }
        }
        let forms = |word: &str| match NOUNS_ONLY.contains(&word) {
            true => vec![word.to_owned()],
            false => stems::forms(word),
        };
        self.forms.push(group.split(' ').flat_map(forms).collect());
    }

    /// Every form of every word that shares a group with `word`, sorted.
    fn beside(&self, word: &str, stems: &Stems) -> Vec<String> {
        let by_stem = self.by_stem.get(&stems.stem(word));
        let by_base =
            stems::irregular_forms(word).and_then(|forms| self.by_irregular_base.get(forms[0]));
        let by_noun = self.by_noun.get(word);
        let groups = by_stem.into_iter().chain(by_base).chain(by_noun).flatten();
        let mut out: Vec<String> =
            groups.flat_map(|group| self.forms[*group].iter().cloned()).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Every form of every word that means the same as `word`; empty if it is in no group.
pub fn same_meaning(word: &str, stems: &Stems) -> Vec<String> {
    SAME.beside(word, stems)
}

/// Every form of every word by which a book may tell of what `word` names; empty if it is in no group.
pub fn related(word: &str, stems: &Stems) -> Vec<String> {
    NEAR.beside(word, stems)
}

/// Every form of every word by which a paper of home or office may call what `word` names; empty if it is in no group.
pub fn in_papers(word: &str, stems: &Stems) -> Vec<String> {
    PAPERS.beside(word, stems)
}

/// Every form of every word that says the opposite of `word` where it is asked whether something is so.
pub fn opposite(word: &str, stems: &Stems) -> Vec<String> {
    OPPOSITE.beside(word, stems)
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
        for (noun, verb) in [("living", "lived"), ("calling", "called")] {
            assert!(found.contains(&noun.to_owned()) && !found.contains(&verb.to_owned()));
            let of_trade = |word: &str| same_meaning(word, &stems).contains(&"trade".to_owned());
            assert!(of_trade(noun) && !of_trade(verb));
        }
    }

    #[test]
    fn related_words_are_more_than_those_of_one_meaning() {
        let stems = Stems::default();
        let poisoned = "poisoned".to_owned();
        assert!(related("killed", &stems).contains(&poisoned));
        assert!(!same_meaning("killed", &stems).contains(&poisoned));
    }
}
