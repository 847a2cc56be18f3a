//! Lexical classes of English: verbs of motion, of taking and giving, words of correction, of
//! motive, and so on, with all their forms.
//!
//! The classes follow general dictionaries of verb classes (B. Levin, "English verb classes and
//! alternations", 1993: motion §51, obtaining §13.5, giving §13.1, putting §9); inflected forms are
//! made by rule and from the table of irregular forms. A word may belong to several classes.

use rustc_hash::FxHashMap;

use crate::memory::index::stems::forms;

/// A set of lexical classes, one bit each.
pub type Classes = u32;

/// Goes from one place to another.
pub const MOVE: Classes = 1;
/// Comes to hold something.
pub const TAKE: Classes = 1 << 1;
/// Ceases to hold something.
pub const DROP: Classes = 1 << 2;
/// Hands something to somebody.
pub const GIVE: Classes = 1 << 3;
/// Gets something from somebody.
pub const RECEIVE: Classes = 1 << 4;
/// Holds something.
pub const HOLD: Classes = 1 << 5;
/// Is or stays somewhere.
pub const STAY: Classes = 1 << 6;
/// Replaces what was said before.
pub const CHANGE: Classes = 1 << 7;
/// Gives someone a reason to harm.
pub const MOTIVE: Classes = 1 << 8;
/// Harms or robs.
pub const HARM: Classes = 1 << 9;
/// Takes a statement back.
pub const RETRACT: Classes = 1 << 10;
/// Places something somewhere.
pub const PUT: Classes = 1 << 11;
/// Sees or notices.
pub const SEE: Classes = 1 << 12;

/// Says what somebody is called.
pub const NAMING: Classes = 1 << 13;

const MEMBERS: &[(Classes, &str)] = &[
    (
        MOVE,
        "go move travel journey walk run return head come arrive enter proceed wander stroll \
         hurry rush drive ride fly sail march climb step hike jog stride relocate depart visit \
         reach sneak slip race dash step retire repair hasten scurry stroll \
         amble trot trudge creep crawl storm drift flee escape",
    ),
    (
        TAKE,
        "take get grab seize fetch collect obtain acquire steal snatch lift gather retrieve \
         pocket pick catch borrow buy remove secure claim recover",
    ),
    (DROP, "drop discard leave abandon release lose"),
    (PUT, "put place set lay deposit hide store stow bury lock"),
    (GIVE, "give hand pass offer lend sell send deliver present donate bequeath entrust slip"),
    (RECEIVE, "receive accept inherit"),
    (HOLD, "have hold carry keep own possess wear bring bear belong"),
    (STAY, "stay wait remain sit stand rest sleep linger be live lie"),
    (
        CHANGE,
        "change update replace revise amend correct correction rename reschedule postpone \
         supersede instead longer now switch move raise reduce increase become promote transfer \
         appoint set new current latest final revision amendment",
    ),
    (
        MOTIVE,
        "quarrel argue owe debt inherit inheritance will heir threaten threat jealous jealousy \
         envy blackmail hate hatred revenge grudge dismiss fire ruin betray betrayal affair rival \
         insult humiliate bankrupt insurance fortune feud enemy resent bitter angry furious \
         disinherit expose swear vow money loan lawsuit sue profit benefit divorce rage cheat \
         swindle vengeance refuse jilt engagement steal accuse denounce evict discharge dispute scandal \
         forgery",
    ),
    (
        HARM,
        "kill murder poison stab shoot strangle drown slay assassinate steal rob attack strike \
         burn destroy kidnap sabotage forge commit crime guilty culprit murderer killer thief \
         burglar poisoner death victim",
    ),
    (
        RETRACT,
        "withdraw withdrew withdrawn retract recant lie false falsely untrue invent admit confess deny mistaken \
         contradict disprove fabricate untruth perjury",
    ),
    (NAMING, "call mean name nickname dub style know refer term"),
    (SEE, "see notice spot observe watch witness glimpse meet"),
];

/// The classes of every form of every member.
#[derive(Debug)]
pub struct Lexicon {
    classes: FxHashMap<String, Classes>,
}

impl Default for Lexicon {
    fn default() -> Self {
        let mut classes: FxHashMap<String, Classes> = FxHashMap::default();
        for (class, members) in MEMBERS {
            for member in members.split_whitespace() {
                for form in forms(member) {
                    *classes.entry(form).or_default() |= class;
                }
            }
        }
        for form in ["is", "are", "was", "were", "been", "am"] {
            *classes.entry(form.to_owned()).or_default() |= STAY;
        }
        Self { classes }
    }
}

impl Lexicon {
    /// The classes of a folded word.
    pub fn classes(&self, folded: &str) -> Classes {
        self.classes.get(folded).copied().unwrap_or(0)
    }

    /// Every form that belongs to one of `classes`, sorted.
    pub fn forms(&self, classes: Classes) -> Vec<String> {
        let mut forms: Vec<String> = self
            .classes
            .iter()
            .filter(|(_, of)| *of & classes != 0)
            .map(|(form, _)| form.clone())
            .collect();
        forms.sort_unstable();
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_fall_into_their_classes() {
        let lexicon = Lexicon::default();
        let cases = [
            ("went", MOVE),
            ("journeyed", MOVE),
            ("travelled", MOVE),
            ("grabbed", TAKE),
            ("took", TAKE),
            ("left", DROP),
            ("handed", GIVE),
            ("carries", HOLD),
            ("is", STAY),
            ("withdrew", RETRACT),
        ];
        for (form, class) in cases {
            assert_ne!(lexicon.classes(form) & class, 0, "{form}");
        }
        assert_eq!(lexicon.classes("kitchen"), 0);
        assert!(lexicon.forms(GIVE).contains(&"gave".to_owned()));
    }
}
