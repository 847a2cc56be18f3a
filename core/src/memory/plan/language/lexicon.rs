//! Lexical classes of English: verbs of motion, of taking and giving, words of correction, of
//! motive, and so on, with all their forms.
//!
//! The classes follow general dictionaries of verb classes (B. Levin, "English verb classes and
//! alternations", 1993: motion §51, obtaining §13.5, giving §13.1, putting §9); inflected forms are
//! made by rule and from the table of irregular forms. A word may belong to several classes.

use std::sync::LazyLock;

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
/// Tells of good company or of everyday life, which gives nobody a reason for anything.
pub const FRIENDLY: Classes = 1 << 14;

/// Goes with somebody, or to where somebody is.
pub const JOIN: Classes = 1 << 15;

const MEMBERS: &[(Classes, &str)] = &[
    (
        MOVE,
        "go move travel journey walk run return head come arrive enter proceed wander stroll \
         hurry rush drive ride fly sail march climb step hike jog stride relocate depart visit \
         reach sneak slip race dash step retire repair hasten scurry stroll \
         amble trot trudge creep crawl storm drift flee escape saunter stride stalk tiptoe shuffle limp \
         gallop canter bolt dart dive plod pad traipse tramp roam ramble venture withdraw retreat \
         adjourn migrate shift reappear hobble scamper scramble skip sprint stagger steal strut swagger \
         tear totter waddle zoom speed pace prance bound glide float wade cross descend ascend board \
         withdrew withdrawn strode stridden trod betake betook \
         row paddle cycle pedal skate ski commute trek parade troop clamber sidle slink disembark alight \
         cruise mosey meander trundle lumber bustle breeze whisk scuttle snowshoe",
    ),
    (
        TAKE,
        "take get grab seize fetch collect obtain acquire steal snatch lift gather retrieve \
         pocket pick catch borrow buy remove secure claim recover grasp clutch procure nab swipe scoop \
         hoist shoulder pluck relieve pinch wrest extract commandeer confiscate purloin filch swipe unhook rescue \
         salvage don strap",
    ),
    (
        DROP,
        "drop discard leave abandon release lose dump ditch relinquish forsake forsook forsaken quit vacate \
         unload mislay mislaid misplace shed doff unstrap",
    ),
    (
        PUT,
        "put place set lay deposit hide store stow bury lock stash tuck park plant prop stand rest sit \
         lean balance perch dump hang lodge wedge throw toss fling flung hurl chuck cast unpack stack pile kick",
    ),
    (
        GIVE,
        "give hand pass offer lend loan sell send deliver present donate bequeath entrust slip bestow \
         grant award surrender transfer provide supply furnish equip mail",
    ),
    (RECEIVE, "receive accept inherit win earn"),
    (JOIN, "join follow accompany escort guide lead usher"),
    (
        HOLD,
        "have hold carry keep own possess wear bring bear belong clutch grip lug tote drag haul cart wheel ferry transport convey ship truck shove",
    ),
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
         forgery owing repay repaid unpaid creditor debtor mortgage pawn foreclose legacy bequeath \
         bequest beneficiary succeed succession estate shame disgrace dishonour mock slander libel \
         defame cuckold adultery lover mistress spurn reject deceive dupe defraud embezzle extort \
         extortion spite malice bitterness loathe despise detest abhor begrudge vendetta avenge wrong \
         wronged grievance curse resentment rivalry oust sack sacked demote denied deprive robbed \
         secret secrets loss losses stake wager gamble gambling",
    ),
    (
        HARM,
        "kill murder poison stab shoot strangle drown slay assassinate steal rob attack strike \
         burn destroy kidnap sabotage forge commit crime guilty culprit murderer killer thief \
         burglar poisoner death victim die dead demise perish expire slaughter strangle smother throttle \
         bludgeon behead hang drown corpse lifeless fatal fatally slain homicide manslaughter assailant \
         execute dispatch mortal mortally",
    ),
    (
        RETRACT,
        "withdraw withdrew withdrawn retract recant lie false falsely untrue invent admit confess deny mistaken \
         contradict disprove fabricate untruth perjury disown renounce rescind unsay concoct bogus \
         disavow repudiate backtrack",
    ),
    (NAMING, "call mean name nickname dub style know refer term"),
    (
        FRIENDLY,
        "friend friendship friendly companion company acquaintance acquaint meet chat talk greet welcome \
         introduce visit invite accompany dine dinner lunch supper breakfast tea coffee picnic drink toast \
         walk stroll swim skate ski row sail ride fish hunt hike cycle travel journey excursion trip \
         holiday play game chess card cards bowls cricket tennis golf whist draughts dance ball waltz sing \
         choir song concert music duet violin piano band orchestra theatre opera church pew chapel mass \
         prayer school schoolmate classmate pupil class lesson teach learn study read novel book library \
         poem letter correspond correspondence post share borrow lend recipe garden gardening flower seed \
         rose market shop fair stall neighbour neighbor cousin wedding christening birthday guest \
         hobby stamp coin collect photograph portrait paint sketch club society committee team regiment \
         umbrella bicycle train coach carriage bench joke laugh smile wave nod praise admire compliment \
         congratulate help nurse thank grateful like fond similar alike both together same",
    ),
    (SEE, "see notice spot observe watch witness glimpse meet"),
];

/// The classes of every form of every member.
#[derive(Debug)]
pub struct Lexicon {
    classes: FxHashMap<String, Classes>,
}

impl Lexicon {
    fn new() -> Self {
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
        for form in ["has", "had", "having"] {
            *classes.entry(form.to_owned()).or_default() |= HOLD;
        }
        Self { classes }
    }

    /// The lexicon, which is made at the first call: to find all forms of its words takes longer than
    /// most questions.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);
        &SHARED
    }

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
        let lexicon = Lexicon::shared();
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
