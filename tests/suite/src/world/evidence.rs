//! What fragments say about a death, and who is proved guilty by them.
//!
//! ```text
//! guilty(x)      = means(x) ∧ motive(x) ∧ opportunity(x)
//! means(x)       x is the last holder of the weapon before the death, by an unbroken chain
//! opportunity(x) x was seen at the scene at the time, and no alibi for x stands
//! ```
//! Sightings may go by another name for somebody, and times by an event: then the fragments that
//! tell the name and the event are part of the proof.

use std::collections::BTreeSet;

/// A time as a fragment gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// By the clock, as a step.
    Clock(usize),
    /// So many steps after the event of this number.
    After(usize, usize),
}

/// A person as a fragment names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// By name.
    Named(usize),
    /// By a description, which another fragment explains.
    Called(usize),
}

/// What one fragment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Clue {
    /// Where and when the victim died.
    Death { place: usize, time: Time },
    /// Somebody was at a place.
    Seen { who: Person, place: usize, time: Time },
    /// Whom a description means.
    Alias { alias: usize, who: usize },
    /// When an event was.
    Event { event: usize, step: usize },
    /// Who had the weapon in the beginning.
    Owned { who: usize },
    /// It changed hands.
    Handed { from: usize, to: usize, step: usize },
    /// Somebody vouches for somebody.
    Alibi { who: usize, by: usize, place: usize, time: Time },
    /// And takes it back.
    Withdrawn { who: usize, by: usize },
    /// A reason to kill the victim.
    Motive { who: usize },
    /// Nothing to the purpose.
    Noise,
}

/// Everybody who is proved guilty.
pub fn guilty(clues: &[Clue]) -> BTreeSet<usize> {
    let step_of = |time: Time| match time {
        Time::Clock(step) => Some(step),
        Time::After(event, steps) => clues.iter().find_map(|clue| match clue {
            Clue::Event { event: of, step } if *of == event => Some(step + steps),
            _ => None,
        }),
    };
    let death = clues.iter().find_map(|clue| match clue {
        Clue::Death { place, time } => Some((*place, step_of(*time)?)),
        _ => None,
    });
    let Some((scene, hour)) = death else { return BTreeSet::new() };
    let person_of = |who: Person| match who {
        Person::Named(who) => Some(who),
        Person::Called(alias) => clues.iter().find_map(|clue| match clue {
            Clue::Alias { alias: of, who } if *of == alias => Some(*who),
            _ => None,
        }),
    };
    let alibi_stands = |suspect: usize| {
        clues.iter().any(|clue| match clue {
            Clue::Alibi { who, by, place, time } => {
                *who == suspect
                    && *place != scene
                    && step_of(*time) == Some(hour)
                    && !clues.contains(&Clue::Withdrawn { who: *who, by: *by })
            }
            _ => false,
        })
    };
    let seen = clues.iter().filter_map(|clue| match clue {
        Clue::Seen { who, place, time } if *place == scene && step_of(*time) == Some(hour) => {
            person_of(*who)
        }
        _ => None,
    });
    let holder = last_holder(clues, hour);
    seen.filter(|suspect| {
        holder == Some(*suspect)
            && clues.contains(&Clue::Motive { who: *suspect })
            && !alibi_stands(*suspect)
    })
    .collect()
}

fn last_holder(clues: &[Clue], hour: usize) -> Option<usize> {
    let mut holder = clues.iter().find_map(|clue| match clue {
        Clue::Owned { who } => Some(*who),
        _ => None,
    })?;
    let mut handed: Vec<(usize, usize, usize)> = clues
        .iter()
        .filter_map(|clue| match clue {
            Clue::Handed { from, to, step } if *step < hour => Some((*step, *from, *to)),
            _ => None,
        })
        .collect();
    handed.sort_unstable();
    for (_, from, to) in handed {
        if from != holder {
            return None;
        }
        holder = to;
    }
    Some(holder)
}
