//! `track`: who is where and what is where, with one to three supporting facts, in the manner of bAbI
//! tasks 1 to 3 (Weston et al. 2015): the last move of a person, the place of what they carry, and
//! where it was before.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::lexicon::places::{OBJECTS, ROOMS};
use crate::split::{Sides, Split};

const MOVED: Sides<&str> = Sides {
    seen: &[
        "{who} went to the {place}.",
        "{who} walked over to the {place}.",
        "The {place} was where {who} turned up next.",
        "{who} moved to the {place}.",
        "Then {who} headed for the {place} and stayed there.",
        "Next, {who} could be found in the {place}.",
        "{who} returned to the {place}.",
        "A little later {who} entered the {place}.",
        "{who} made straight for the {place}.",
        "{who} strolled across to the {place}.",
        "The next to come into the {place} was {who}.",
        "{who} left for the {place}.",
        "After that {who} was off to the {place}.",
        "{who} slipped into the {place}.",
    ],
    held_out: &[
        "{who} hastened to the {place}.",
        "At last {who} reached the {place}.",
        "Into the {place} strode {who}.",
        "Curiosity drew {who} to the {place}.",
        "{who} had business in the {place} and went there at once.",
        "{who} retired to the {place} to think things over.",
    ],
};
const TOOK: Sides<&str> = Sides {
    seen: &[
        "{who} picked up the {object}.",
        "{who} took the {object}.",
        "The {object} was taken along by {who}.",
        "{who} grabbed the {object}.",
        "There {who} got hold of the {object}.",
        "{who} slipped the {object} under one arm.",
        "{who} walked off with the {object}.",
        "{who} lifted the {object} and kept hold of it.",
        "From then on {who} carried the {object}.",
    ],
    held_out: &[
        "{who} collected the {object}.",
        "With both hands {who} seized the {object}.",
        "The {object} was now in the hands of {who}.",
        "Taking a liking to the {object}, {who} made off with it.",
    ],
};
const LEFT: Sides<&str> = Sides {
    seen: &[
        "{who} put down the {object}.",
        "{who} left the {object} there.",
        "The {object} was laid aside by {who}.",
        "{who} dropped the {object}.",
        "{who} set the {object} down.",
        "Here {who} parted with the {object}.",
    ],
    held_out: &[
        "{who} dumped the {object} on the spot.",
        "{who} deposited the {object} in a corner.",
        "The {object} fell from {who}'s hands and lay where it landed.",
    ],
};
const WHERE_IS: Sides<&str> = Sides {
    seen: &[
        "Where is {who}?",
        "In which room is {who} now?",
        "Where did {who} end up?",
        "Where is {who} now?",
        "At what place can {who} be found?",
        "What room is {who} in?",
    ],
    held_out: &[
        "What are the present whereabouts of {who}?",
        "If I were looking for {who}, which room should I try?",
        "Where was {who} last seen?",
    ],
};
const WHERE_OBJECT: Sides<&str> = Sides {
    seen: &[
        "Where is the {object}?",
        "In which room is the {object} now?",
        "Where did the {object} end up?",
        "Where is the {object} now?",
        "At what place can the {object} be found?",
        "What room holds the {object}?",
    ],
    held_out: &[
        "Where was the {object} last known to be?",
        "To which room would one go to fetch the {object}?",
        "Someone needs the {object}: which room is it in?",
    ],
};
const WHERE_BEFORE: Sides<&str> = Sides {
    seen: &[
        "Where was the {object} before the {place}?",
        "Where was the {object} before it came to the {place}?",
        "In which room had the {object} been before it reached the {place}?",
        "Where had the {object} been before the {place}?",
        "What room held the {object} until it moved on to the {place}?",
        "From which room was the {object} brought to the {place}?",
    ],
    held_out: &[
        "What was the last stop of the {object} on its way to the {place}?",
        "When the {object} arrived in the {place}, where had it come from?",
        "The {object} is in the {place} now, but which room was it in right before that?",
    ],
};

/// All wording of the task.
pub const PHRASINGS: &[&Sides<&str>] =
    &[&MOVED, &TOOK, &LEFT, &WHERE_IS, &WHERE_OBJECT, &WHERE_BEFORE];

/// A person who walks about, and perhaps carries something.
struct Walk<'a> {
    who: String,
    rooms: &'a [&'a str],
    split: Split,
    here: &'a str,
    fragments: Vec<Fragment>,
}

impl<'a> Walk<'a> {
    fn go(&mut self, dice: &mut Dice) {
        // Never twice to the same room in a row, so that the last move is necessary.
        let elsewhere: Vec<&str> =
            self.rooms.iter().copied().filter(|room| *room != self.here).collect();
        self.here = *dice.pick(&elsewhere);
        let slots = [("who", self.who.as_str()), ("place", self.here)];
        let text = fill(self.split.pick(dice, &MOVED), &slots);
        let fact = Fact::Moved { who: self.who.clone(), place: self.here.to_owned() };
        self.fragments.push(Fragment::new(fact, text));
    }

    fn handle(&mut self, dice: &mut Dice, object: &str, takes: bool) {
        let who = self.who.clone();
        let templates = if takes { &TOOK } else { &LEFT };
        let text = fill(self.split.pick(dice, templates), &[("who", &who), ("object", object)]);
        let object = object.to_owned();
        let fact = if takes { Fact::Took { who, object } } else { Fact::Left { who, object } };
        self.fragments.push(Fragment::new(fact, text));
    }
}

/// Makes the draft of a case: the three kinds of question in turn, and people of no importance.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let mut names = Names::new(split, order.language);
    let rooms = split.of(&ROOMS);
    let mut objects = split.of(&OBJECTS).to_vec();
    dice.shuffle(&mut objects);
    let mut walks = Vec::new();
    let mut asked = Vec::new();
    for question in 0..order.questions + 2 {
        // Half of the people go by one name, as in short tales, half by two.
        let who = if dice.chance(50) { names.given(dice) } else { names.full(dice) };
        let mut walk = Walk { who, rooms, split, here: "", fragments: Vec::new() };
        for _ in 0..dice.between(2, 4) {
            walk.go(dice);
        }
        if question < order.questions {
            asked.push(question_of(question % 3, &mut walk, &mut objects, dice));
        }
        walks.push(walk.fragments);
    }
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    Draft::new(dice.interleave(walks), asked, reserved)
}

fn question_of(form: usize, walk: &mut Walk, objects: &mut Vec<&str>, dice: &mut Dice) -> Asked {
    let split = walk.split;
    let object = if form == 0 { None } else { objects.pop() };
    let Some(object) = object else {
        let text = fill(split.pick(dice, &WHERE_IS), &[("who", &walk.who)]);
        return Asked::new("one_fact", Query::WhereIs { who: walk.who.clone() }, text);
    };
    walk.handle(dice, object, true);
    walk.go(dice);
    if form == 1 {
        // Sometimes carried further, sometimes left behind by somebody who walks on.
        if dice.chance(50) {
            walk.go(dice);
        } else {
            walk.handle(dice, object, false);
            walk.go(dice);
        }
        let text = fill(split.pick(dice, &WHERE_OBJECT), &[("object", object)]);
        return Asked::new("two_facts", Query::WhereObject { object: object.to_owned() }, text);
    }
    // A third room, so that "before" is not the room where it was picked up.
    let mut visited: Vec<&str> = vec![walk.here];
    while visited.len() < 3 {
        walk.go(dice);
        if visited.contains(&walk.here) {
            walk.fragments.pop();
            walk.here = visited[visited.len() - 1];
        } else {
            visited.push(walk.here);
        }
    }
    let place = visited[2];
    let slots = [("object", object), ("place", place)];
    let text = fill(split.pick(dice, &WHERE_BEFORE), &slots);
    let query = Query::WhereBefore { object: object.to_owned(), place: place.to_owned() };
    Asked::new("three_facts", query, text)
}
