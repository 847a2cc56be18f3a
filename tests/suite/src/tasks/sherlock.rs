//! `sherlock`: two deaths in one document, told in 12 to 60 fragments each. One culprit can be proved,
//! and only from all key fragments together; of the other case one key fragment is missing, so that
//! who did it has to be declined.
//!
//! Around the proof: a false alibi that is withdrawn, a description that one fragment explains, a
//! time told by an event, earlier holders of the weapon with motives, visitors of the scene at other
//! hours, true alibis, gossip.

use std::collections::HashSet;

use super::{Asked, Draft, Fragment, Order};
use crate::dice::Dice;
use crate::fact::{Fact, Query};
use crate::lexicon::fill;
use crate::lexicon::people::Names;
use crate::lexicon::places::{OBJECTS, ROOMS};
use crate::solver;
use crate::split::{Sides, Split};
use crate::world::evidence::{Clue, Person, Time};
use crate::world::{STEPS, World, simulate};

const DEATH: Sides<&str> = Sides {
    seen: &[
        "At {time} {victim} died in the {place}, killed with the {object}.",
        "{victim} was found dead in the {place}; the doctor put the death at {time} and named the {object} as the weapon.",
        "The inquest held that {victim} was killed with the {object} in the {place} at {time}.",
        "{victim} was killed in the {place} at {time}; the {object} lay beside the body.",
        "The {object} ended the life of {victim} at {time} in the {place}.",
        "It was in the {place}, at {time}, that {victim} fell to a blow of the {object}.",
    ],
    held_out: &[
        "Somebody killed {victim} with the {object} at {time}, in the {place}.",
        "{victim} met with death in the {place} at {time}; the wound had been made with the {object}.",
        "The {place} is where {victim} was murdered at {time}, and the {object} was used for it.",
    ],
};
const SEEN: Sides<&str> = Sides {
    seen: &[
        "{who} was seen in the {place} at {time}.",
        "At {time} a maid noticed {who} in the {place}.",
        "The gardener swore that {who} stood in the {place} at {time}.",
        "A groom saw {who} in the {place} at {time}.",
        "{who} was in the {place} at {time}; the cook was sure of it.",
        "Somebody passing the {place} at {time} recognised {who} inside.",
    ],
    held_out: &[
        "{who} had been in the {place} at {time}, said the footman.",
        "The cook met {who} in the {place} at {time}.",
        "At {time} the only person in the {place} was {who}.",
    ],
};
const ALIAS: Sides<&str> = Sides {
    seen: &[
        "By {alias} the household always meant {who}.",
        "{who} was known to the servants as {alias}.",
        "When people spoke of {alias}, they had {who} in mind.",
        "{alias} was what the maids called {who}.",
        "The nickname of {who} below stairs was {alias}.",
        "{alias} and {who} are one and the same person.",
    ],
    held_out: &[
        "In that house they called {who} {alias}.",
        "{alias} is none other than {who}.",
        "{who} went by the name of {alias} among the servants.",
    ],
};
const EVENT: Sides<&str> = Sides {
    seen: &[
        "That day the {event} was heard at {time}.",
        "It was {time} when the {event} sounded.",
        "On the day in question the {event} came at {time}.",
        "The {event} rang out at {time} on that day.",
        "The {event} went off at {time} that day.",
        "At {time} everyone heard the {event}.",
    ],
    held_out: &[
        "The {event} could be heard at {time} that day.",
        "At {time} on that day the {event} was sounded.",
        "That day it was exactly {time} when the {event} came.",
    ],
};
const OWNED: Sides<&str> = Sides {
    seen: &[
        "The {object} belonged to {who}.",
        "In the morning the {object} was still with {who}.",
        "It was {who} who had the {object} when the day began.",
        "{who} was the owner of the {object}.",
        "The {object} was the property of {who}.",
        "At daybreak {who} had charge of the {object}.",
    ],
    held_out: &[
        "{who} owned the {object}.",
        "The {object} had been {who}'s for years.",
        "At the start of the day the {object} was in {who}'s keeping.",
    ],
};
const HANDED: Sides<&str> = Sides {
    seen: &[
        "{from} handed the {object} to {to} at {time}.",
        "At {time} {to} received the {object} from {from}.",
        "The {object} passed from {from} to {to} at {time}.",
        "At {time} {from} gave the {object} to {to}.",
        "{from} let {to} have the {object} at {time}.",
        "The {object} changed hands at {time}: {from} gave it to {to}.",
    ],
    held_out: &[
        "{to} got the {object} from {from} at {time}.",
        "At {time} {from} passed the {object} on to {to}.",
        "{from} lent {to} the {object} at {time}.",
    ],
};
const ALIBI: Sides<&str> = Sides {
    seen: &[
        "{by} declared that {who} had been in the {place} at {time}.",
        "According to {by}, {who} was in the {place} at {time}.",
        "{by} vouched for {who}: the two of them had sat in the {place} at {time}.",
        "{by} testified that {who} was in the {place} at {time}.",
        "{by} claimed to have kept company with {who} in the {place} at {time}.",
        "{who} could name a witness, {by}, for having been in the {place} at {time}.",
    ],
    held_out: &[
        "{who} was with {by} in the {place} at {time}, or so {by} said.",
        "{by} said to the inspector that {who} was in the {place} at {time}.",
        "At {time} {who} had been sitting in the {place}, {by} assured everybody.",
    ],
};
const WITHDRAWN: Sides<&str> = Sides {
    seen: &[
        "{by} later took back what had been said in favour of {who}.",
        "Under oath {by} admitted that the alibi of {who} was invented.",
        "In the end {by} confessed to never having seen {who} at that hour.",
        "{by} withdrew the testimony about {who}.",
        "{by} retracted the statement about {who}.",
        "What {by} had said for {who} was a lie, as {by} conceded.",
    ],
    held_out: &[
        "{by} had lied about {who}, as came out later.",
        "Later {by} said that nothing of the story about {who} was true.",
        "{by} no longer stood by what had been said about {who}.",
    ],
};
const MOTIVE: Sides<&str> = Sides {
    seen: &[
        "{who} owed {victim} a sum that could never be repaid.",
        "{victim} had threatened to expose a forgery by {who}.",
        "{who} stood to inherit from {victim}.",
        "{victim} had broken off the engagement with {who}.",
        "{victim} had dismissed {who} without a character.",
        "{who} had sworn revenge on {victim} over a lawsuit.",
        "{victim} knew a secret that would have ruined {who}.",
        "{who} had been cheated out of a farm by {victim}.",
        "{who} had never forgiven {victim} for a brother's death.",
    ],
    held_out: &[
        "{victim} had cheated {who} at cards and taken everything.",
        "{who} hated {victim} for an old insult.",
        "{who} was being blackmailed by {victim}.",
        "The will of {victim} left everything to {who}.",
    ],
};
const GOSSIP: Sides<&str> = Sides {
    seen: &[
        "{who} and {other} had been friends since school.",
        "{who} had lent {other} a novel that week.",
        "{who} and {other} sang in the same choir.",
        "{who} and {other} met at the market.",
        "{who} and {other} shared a pew in church.",
        "{other} had taught {who} to skate.",
    ],
    held_out: &[
        "{who} had once sold {other} a horse.",
        "{who} wrote to {other} every Christmas.",
        "{who} and {other} had been neighbours as children.",
    ],
};
const WHO: Sides<&str> = Sides {
    seen: &[
        "Who killed {victim}?",
        "Which one person had means, motive and opportunity to kill {victim}?",
        "Who is the murderer of {victim}?",
        "Who is guilty of the death of {victim}?",
        "Whose hand killed {victim}?",
        "At whose hands did {victim} die?",
    ],
    held_out: &[
        "By whom was {victim} killed?",
        "Who is the culprit in the death of {victim}?",
        "Who murdered {victim}?",
    ],
};
const ALIASES: Sides<&str> = Sides {
    seen: &[
        "the tall clerk",
        "the lame piper",
        "the red-haired lodger",
        "the veiled visitor",
        "the young surveyor",
        "the man with the scar",
        "the quiet lodger",
        "the deaf old organist",
        "the stout drover",
        "the limping carter",
        "the pale governess",
        "the one-eyed fiddler",
        "the lady in grey",
        "the bald steward",
    ],
    held_out: &[
        "the man in the blue cap",
        "the grey-bearded pilot",
        "the girl from the mill",
        "the hunchbacked tinker",
        "the silent stranger",
        "the one-armed sailor",
    ],
};
const EVENTS: Sides<&str> = Sides {
    seen: &[
        "dinner gong",
        "vesper bell",
        "factory whistle",
        "post horn",
        "ferry bell",
        "signal gun",
        "stable clock",
        "steam siren",
        "harbour horn",
    ],
    held_out: &["fog horn", "breakfast gong", "quarry siren", "coach bell"],
};

/// All wording of the task.
pub const PHRASINGS: &[&Sides<&str>] =
    &[&DEATH, &SEEN, &ALIAS, &EVENT, &OWNED, &HANDED, &ALIBI, &WITHDRAWN, &MOTIVE, &GOSSIP, &WHO];

/// A case that is being told.
struct Telling<'a> {
    number: usize,
    split: Split,
    world: World,
    people: Vec<String>,
    places: &'a [&'a str],
    object: &'a str,
    alias: &'a str,
    event: &'a str,
}

/// Makes the draft of a document: a case that can be proved and one that cannot.
pub fn draft(order: &Order, dice: &mut Dice) -> Draft {
    let split = order.split;
    let mut names = Names::new(split, order.language);
    let places = split.of(&ROOMS);
    let mut objects = split.of(&OBJECTS).to_vec();
    let mut aliases = split.of(&ALIASES).to_vec();
    let mut events = split.of(&EVENTS).to_vec();
    dice.shuffle(&mut objects);
    dice.shuffle(&mut aliases);
    dice.shuffle(&mut events);
    let mut told = Vec::new();
    let mut asked = Vec::new();
    for number in 0..2 {
        let n_people = dice.between(8, 14);
        let n_handovers = dice.between(1, 4);
        let telling = Telling {
            number,
            split,
            world: simulate(dice, n_people, places.len(), n_handovers),
            people: (0..n_people).map(|_| names.full(dice)).collect(),
            places,
            object: objects[number],
            alias: aliases[number],
            event: events[number],
        };
        // In turn short and long ones; a case of fewer than its proof has its proof.
        let n_fragments = dice.between(12, if order.index.is_multiple_of(2) { 60 } else { 30 });
        let mut fragments = telling.tell(n_fragments, dice);
        let query = Query::Culprit { case: number, people: telling.people.clone() };
        if number == 1 {
            let facts: Vec<Fact> = fragments.iter().map(|fragment| fragment.fact.clone()).collect();
            let keys = solver::necessary(&facts, &query);
            fragments.remove(*dice.pick(&keys));
        }
        let victim = &telling.people[telling.world.victim];
        let text = fill(split.pick(dice, &WHO), &[("victim", victim)]);
        let variant = if number == 0 { "provable" } else { "fragment_missing" };
        asked.push(Asked::new(variant, query, text));
        dice.shuffle(&mut fragments);
        told.push(fragments);
    }
    let reserved: HashSet<String> = names.words().map(str::to_owned).collect();
    Draft::new(dice.interleave(told), asked, reserved)
}

impl Telling<'_> {
    fn tell(&self, n_fragments: usize, dice: &mut Dice) -> Vec<Fragment> {
        let world = &self.world;
        let (place, step, culprit) = (world.place, world.step, world.culprit);
        let innocent: Vec<usize> =
            (0..self.people.len()).filter(|who| *who != culprit && *who != world.victim).collect();
        let mut clues = vec![
            Clue::Death { place, time: Time::Clock(step) },
            Clue::Owned { who: world.owner },
            Clue::Motive { who: culprit },
        ];
        clues.extend(world.handovers.iter().map(|handover| Clue::Handed {
            from: handover.from,
            to: handover.to,
            step: handover.step,
        }));
        // The sighting: by description, by an event, or plainly.
        let described = dice.chance(60);
        let who = if described { Person::Called(0) } else { Person::Named(culprit) };
        if described {
            clues.push(Clue::Alias { alias: 0, who: culprit });
        }
        let after = dice.between(1, 3);
        let by_event = dice.chance(50);
        let time = if by_event { Time::After(0, after) } else { Time::Clock(step) };
        if by_event {
            clues.push(Clue::Event { event: 0, step: step - after });
        }
        clues.push(Clue::Seen { who, place, time });
        if dice.chance(70) {
            let by = *dice.pick(&innocent);
            let elsewhere = (place + 1 + dice.below(self.places.len() - 1)) % self.places.len();
            clues.push(Clue::Alibi { who: culprit, by, place: elsewhere, time: Time::Clock(step) });
            clues.push(Clue::Withdrawn { who: culprit, by });
        }
        self.mislead(n_fragments, dice, &innocent, &mut clues);
        clues.into_iter().map(|clue| self.word(dice, clue)).collect()
    }

    /// Adds true fragments that prove nothing.
    fn mislead(
        &self,
        n_fragments: usize,
        dice: &mut Dice,
        innocent: &[usize],
        clues: &mut Vec<Clue>,
    ) {
        let world = &self.world;
        // Earlier holders and one more have a motive, and an alibi.
        for who in dice.sample(innocent, 3) {
            clues.push(Clue::Motive { who });
            let by = *dice.pick(innocent);
            if by != who {
                let place = world.positions[world.step][who];
                clues.push(Clue::Alibi { who, by, place, time: Time::Clock(world.step) });
            }
        }
        // Sightings of others wherever they were, at the scene too, but never at the time.
        let n_sightings = (n_fragments.saturating_sub(clues.len()) / 2).max(4);
        for turn in 0..n_sightings {
            let who = innocent[turn % innocent.len()];
            let step = dice.below(STEPS);
            let place = if dice.chance(40) { world.place } else { world.positions[step][who] };
            let place = if step == world.step { world.positions[step][who] } else { place };
            let seen = Clue::Seen { who: Person::Named(who), place, time: Time::Clock(step) };
            let elsewhere = |clue: &Clue| {
                matches!(clue, Clue::Seen { who: Person::Named(other), time: Time::Clock(at), .. }
                    if *other == who && *at == step)
            };
            // Nobody is in two places at once.
            if !clues.iter().any(elsewhere) {
                clues.push(seen);
            }
        }
        while clues.len() < n_fragments {
            clues.push(Clue::Noise);
        }
    }

    fn word(&self, dice: &mut Dice, clue: Clue) -> Fragment {
        let split = self.split;
        let name = |who: usize| self.people[who].clone();
        let at = |time: Time| self.time(time);
        let room = |place: usize| self.places[place].to_owned();
        let mut slots: Vec<(&str, String)> = vec![("victim", name(self.world.victim))];
        slots.push(("object", self.object.to_owned()));
        let templates = match clue {
            Clue::Death { place, time } => {
                slots.extend([("place", room(place)), ("time", at(time))]);
                &DEATH
            }
            Clue::Seen { who, place, time } => {
                let who = match who {
                    Person::Named(who) => name(who),
                    Person::Called(_) => self.alias.to_owned(),
                };
                slots.extend([("who", who), ("place", room(place)), ("time", at(time))]);
                &SEEN
            }
            Clue::Alias { who, .. } => {
                slots.extend([("alias", self.alias.to_owned()), ("who", name(who))]);
                &ALIAS
            }
            Clue::Event { step, .. } => {
                let event = self.event.to_owned();
                slots.extend([("event", event), ("time", at(Time::Clock(step)))]);
                &EVENT
            }
            Clue::Owned { who } => {
                slots.push(("who", name(who)));
                &OWNED
            }
            Clue::Handed { from, to, step } => {
                let time = at(Time::Clock(step));
                slots.extend([("from", name(from)), ("to", name(to)), ("time", time)]);
                &HANDED
            }
            Clue::Alibi { who, by, place, time } => {
                slots.extend([("who", name(who)), ("by", name(by))]);
                slots.extend([("place", room(place)), ("time", at(time))]);
                &ALIBI
            }
            Clue::Withdrawn { who, by } => {
                slots.extend([("who", name(who)), ("by", name(by))]);
                &WITHDRAWN
            }
            Clue::Motive { who } => {
                slots.push(("who", name(who)));
                &MOTIVE
            }
            Clue::Noise => {
                let two = dice.sample(&self.people, 2);
                slots.extend([("who", two[0].clone()), ("other", two[1].clone())]);
                &GOSSIP
            }
        };
        let slots: Vec<(&str, &str)> =
            slots.iter().map(|(slot, value)| (*slot, value.as_str())).collect();
        let text = fill(split.pick(dice, templates), &slots);
        Fragment::new(Fact::Clue { case: self.number, clue }, text)
    }

    fn time(&self, time: Time) -> String {
        match time {
            Time::After(_, steps) => {
                let long = ["half an hour", "an hour", "an hour and a half"];
                format!("{} after the {}", long[(steps - 1).min(2)], self.event)
            }
            Time::Clock(step) => {
                const HOURS: [&str; 12] = [
                    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
                    "eleven", "twelve",
                ];
                let hour = HOURS[step / 2 % 12];
                if step % 2 == 0 { format!("{hour} o'clock") } else { format!("half past {hour}") }
            }
        }
    }
}
