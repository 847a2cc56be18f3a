//! A small simulated world: people walk between rooms in half-hour steps, an object changes hands,
//! and at one step somebody dies with nobody else in the room but the one who did it.
//!
//! It knows no wording and no documents, so whoever needs a consistent world can use it.

pub mod evidence;

use crate::dice::Dice;

/// Half-hour steps of a day: from one o'clock on.
pub const STEPS: usize = 22;

/// An object that goes from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// When.
    pub step: usize,
    /// Who had it.
    pub from: usize,
    /// Who has it from then on.
    pub to: usize,
}

/// What happened. People and places are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// Who was where: `[step][person]`.
    pub positions: Vec<Vec<usize>>,
    /// The way of the weapon, in order of time.
    pub handovers: Vec<Handover>,
    /// Who had it in the beginning.
    pub owner: usize,
    /// Who died.
    pub victim: usize,
    /// Who did it: the last holder.
    pub culprit: usize,
    /// When.
    pub step: usize,
    /// Where.
    pub place: usize,
}

/// Simulates a day of `n_people` people in `n_places` places, with `n_handovers` before the death.
pub fn simulate(dice: &mut Dice, n_people: usize, n_places: usize, n_handovers: usize) -> World {
    let mut people: Vec<usize> = (0..n_people).collect();
    dice.shuffle(&mut people);
    let victim = people[0];
    let holders = &people[1..n_handovers + 2];
    let culprit = holders[n_handovers];
    let step = dice.between(n_handovers * 2 + 6, STEPS - 3);
    let place = dice.below(n_places);
    let mut positions: Vec<Vec<usize>> = Vec::new();
    for now in 0..STEPS {
        let mut here: Vec<usize> = match positions.last() {
            Some(before) if now > 0 => before.clone(),
            _ => (0..n_people).map(|_| dice.below(n_places)).collect(),
        };
        for at in &mut here {
            if dice.chance(40) {
                *at = dice.below(n_places);
            }
        }
        if now == step {
            for (person, at) in here.iter_mut().enumerate() {
                if person == victim || person == culprit {
                    *at = place;
                } else if *at == place {
                    *at = (place + 1 + dice.below(n_places - 1)) % n_places;
                }
            }
        }
        positions.push(here);
    }
    // Hands meet at times of their own before the death.
    let mut times = dice.sample(&(0..step - 1).collect::<Vec<_>>(), n_handovers);
    times.sort_unstable();
    let handovers: Vec<Handover> = times
        .iter()
        .enumerate()
        .map(|(at, step)| Handover { step: *step, from: holders[at], to: holders[at + 1] })
        .collect();
    for handover in &handovers {
        positions[handover.step][handover.to] = positions[handover.step][handover.from];
    }
    World { positions, handovers, owner: holders[0], victim, culprit, step, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_culprit_alone_is_with_the_victim_and_holds_the_weapon() {
        let mut dice = Dice::new(1, "world");
        for _ in 0..200 {
            let n_handovers = dice.between(1, 4);
            let world = simulate(&mut dice, 9, 7, n_handovers);
            let there = world.positions[world.step].iter().filter(|at| **at == world.place);
            assert_eq!(there.count(), 2);
            let mut holder = world.owner;
            for handover in &world.handovers {
                assert_eq!(handover.from, holder);
                assert!(handover.step < world.step);
                let at = &world.positions[handover.step];
                assert_eq!(at[handover.from], at[handover.to]);
                holder = handover.to;
            }
            assert_eq!(holder, world.culprit);
        }
    }
}
