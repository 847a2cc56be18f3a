//! `count`: how often somebody was somewhere, which places they were in, and where most often.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::lexicon::places::TOWNS;
use crate::split::Sides;

const VISITED: Sides<&str> = Sides {
    seen: &[
        "{who} visited {place}.",
        "That week {who} paid a visit to {place}.",
        "On business, {who} made the journey to {place} for a visit.",
        "{who} visited {place} again, in poor weather.",
        "{who} came to visit {place} with a trunk full of samples.",
        "The papers report that {place} was visited by {who}.",
        "{who} was in {place} for a visit.",
        "In spring {who} travelled out to visit {place}.",
        "{place} received another visit from {who}.",
    ],
    held_out: &[
        "A visit took {who} to {place}.",
        "{who} set out on a visit to {place} at dawn.",
        "In {place} they were glad of another visit by {who}.",
        "{who}, who liked to travel, visited {place} that month.",
    ],
};
const HOW_OFTEN: Sides<&str> = Sides {
    seen: &[
        "How many times did {who} visit {place}?",
        "How often did {who} visit {place}?",
        "What is the number of visits that {who} paid to {place}?",
        "How many visits did {who} pay to {place}?",
        "Count the visits of {who} to {place}.",
        "On how many occasions was {place} visited by {who}?",
    ],
    held_out: &[
        "How many visits to {place} did {who} make?",
        "How frequently was {who} a visitor in {place}?",
        "What is the total of {who}'s visits to {place}?",
    ],
};
const WHICH: Sides<&str> = Sides {
    seen: &[
        "Which towns did {who} visit?",
        "List all towns that {who} visited.",
        "Name every town in which {who} paid a visit.",
        "What are the towns that {who} visited?",
        "To which towns did {who} pay visits?",
        "What towns did {who} go and visit?",
    ],
    held_out: &[
        "Where did {who} go on visits?",
        "Give all the towns that had a visit from {who}.",
        "Which are the towns that {who} has visited?",
    ],
};
const MOST: Sides<&str> = Sides {
    seen: &[
        "Which town did {who} visit most often?",
        "Which town did {who} visit the most?",
        "Where did {who} pay the largest number of visits?",
        "What town did {who} visit most frequently?",
        "Which town saw {who} most often?",
        "What is the town that {who} visited more than any other?",
    ],
    held_out: &[
        "In which town was {who} a visitor most of all?",
        "Which town had the most visits from {who}?",
        "Of all towns, which did {who} visit the greatest number of times?",
    ],
};

/// All wording of the task.
pub const PHRASINGS: &[&Sides<&str>] = &[&VISITED, &HOW_OFTEN, &WHICH, &MOST];

/// Makes the draft of a case: the three kinds of question in turn, one traveller each, and one more.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let mut names = Names::new(split, order.language);
    let towns = split.of(&TOWNS);
    let mut fragments = Vec::new();
    let mut asked = Vec::new();
    for question in 0..=order.questions {
        let who = names.full(dice);
        let mut route = dice.sample(towns, 4);
        route.sort_unstable();
        // Counts that differ, the first town's being the largest by two; for a list each town once, so
        // that there is one proof of each.
        let is_list = question % 3 == 1;
        let counts = if is_list { [1; 4] } else { [dice.between(5, 8), dice.between(2, 3), 1, 1] };
        for (place, times) in route.iter().zip(counts) {
            for _ in 0..times {
                let slots = [("who", who.as_str()), ("place", place)];
                let text = fill(split.pick(dice, &VISITED), &slots);
                let fact = Fact::Visited { who: who.clone(), place: (*place).to_owned() };
                fragments.push(Fragment::new(fact, text));
            }
        }
        if question == order.questions {
            break;
        }
        asked.push(match question % 3 {
            0 => {
                let place = route[dice.below(2)];
                let slots = [("who", who.as_str()), ("place", place)];
                let text = fill(split.pick(dice, &HOW_OFTEN), &slots);
                let place = place.to_owned();
                Asked::new("times", Query::CountVisits { who, place }, text)
            }
            1 => {
                let text = fill(split.pick(dice, &WHICH), &[("who", &who)]);
                Asked::new("list", Query::PlacesVisited { who }, text)
            }
            _ => {
                let text = fill(split.pick(dice, &MOST), &[("who", &who)]);
                Asked::new("most", Query::MostVisited { who }, text)
            }
        });
    }
    dice.shuffle(&mut fragments);
    let mut reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    reserved.extend(TOWNS.all().map(|town| (*town).to_owned()));
    Draft::new(fragments, asked, reserved)
}
