//! `kin`: chains of two to eight parents spread through the document (after the ancestral trace of
//! NeedleBench, Li et al. 2024), among branches that lead elsewhere.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query, Role};
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::split::Sides;

const PARENT: Sides<&str> = Sides {
    seen: &[
        "{parent} is the {role} of {child}.",
        "{child}'s {role} is {parent}.",
        "{child} calls {parent} {role}.",
        "{parent} was the {role} of {child}.",
        "The {role} of {child} is {parent}.",
        "As everybody knew, the {role} of {child} was none other than {parent}.",
        "{parent} was {child}'s {role}.",
        "The {role} of {child} was called {parent}.",
        "In the parish book {parent} stands as {role} of {child}.",
        "{child} had {parent} for a {role}.",
        "{parent}, {role} of {child}, was often spoken of.",
        "A certain {parent} was {role} to {child}.",
        "It is {parent} whom {child} has as {role}.",
        "Nobody doubted that {parent} was the {role} of {child}.",
    ],
    held_out: &[
        "The name of {child}'s {role} was {parent}.",
        "{parent} was a good {role} to {child}.",
        "{child}, whose {role} was {parent}, was seldom spoken of.",
        "By all accounts {parent} was {child}'s own {role}.",
        "{child}'s {role}, {parent}, had died long before.",
        "{parent} and nobody else was the {role} of {child}.",
        "{child} was proud to have {parent} as {role}.",
    ],
};
const UP: Sides<&str> = Sides {
    seen: &[
        "Who is {chain} of {child}?",
        "Who was {chain} of {child}?",
        "What is the name of {chain} of {child}?",
        "Give the name of {chain} of {child}.",
        "Name {chain} of {child}.",
        "Tell me who {chain} of {child} is.",
    ],
    held_out: &[
        "Who, according to the text, is {chain} of {child}?",
        "Can you say who {chain} of {child} was?",
        "What was {chain} of {child} called?",
    ],
};
const EARLIEST: Sides<&str> = Sides {
    seen: &[
        "Who is the earliest ancestor of {child} that the text names?",
        "Going from parent to parent, who is the earliest known ancestor of {child}?",
        "Trace the line of {child} back from parent to parent: who stands at its beginning?",
        "Who is the first known ancestor of {child}?",
        "Follow the parents of {child} upwards as far as they go: whom do you reach?",
        "Who is the most distant forebear of {child} in the text?",
    ],
    held_out: &[
        "Which ancestor of {child} lived the longest ago?",
        "From whom, in the end, does {child} descend?",
        "Who founded the line that leads down to {child}?",
    ],
};

/// All wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[&PARENT, &UP, &EARLIEST];

/// Makes the draft of a case: one family a question, from two hops up.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let mut names = Names::new(order.split, order.language);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    for question in 0..order.questions {
        let hops = 2 + (question + order.index) % 7;
        let child = names.full(dice);
        let mut roles = Vec::new();
        let mut below = child.clone();
        let (mut chain, mut siblings) = (Vec::new(), Vec::new());
        for _ in 0..hops {
            let parent = names.full(dice);
            let role = *dice.pick(&[Role::Mother, Role::Father]);
            chain.push(tell(order, dice, &below, &parent, role));
            if dice.chance(50) {
                // A brother or sister of the child: a branch that leads nowhere.
                let sibling = names.full(dice);
                siblings.push(tell(order, dice, &sibling, &parent, role));
            }
            roles.push(role);
            below = parent;
        }
        fragments.extend(chain);
        fragments.extend(siblings);
        // Nested genitives are asked up to four hops; people ask further back in other words.
        let (query, text) = if hops <= 4 && dice.chance(60) {
            let chain: Vec<String> =
                roles.iter().rev().map(|role| format!("the {}", role.word())).collect();
            let slots = [("chain", chain.join(" of ")), ("child", child.clone())];
            let slots = [("chain", slots[0].1.as_str()), ("child", slots[1].1.as_str())];
            let text = fill(order.split.pick(dice, &UP), &slots);
            (Query::Up { child, roles }, text)
        } else {
            let text = fill(order.split.pick(dice, &EARLIEST), &[("child", &child)]);
            (Query::Earliest { child }, text)
        };
        asked.push(Asked::new(format!("{hops}_hops"), query, text));
    }
    dice.shuffle(&mut fragments);
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    Draft::new(fragments, asked, reserved)
}

fn tell(order: &Order, dice: &mut Dice, child: &str, parent: &str, role: Role) -> Fragment {
    let slots = [("child", child), ("parent", parent), ("role", role.word())];
    let text = fill(order.split.pick(dice, &PARENT), &slots);
    let fact = Fact::Parent { child: child.to_owned(), parent: parent.to_owned(), role };
    Fragment::new(fact, text)
}
