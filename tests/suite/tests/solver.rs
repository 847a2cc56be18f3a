//! The solver against brute force and against cases worked out by hand.

use std::collections::{BTreeMap, BTreeSet};

use carrel_suite::dice::Dice;
use carrel_suite::fact::{Fact, Query, Role};
use carrel_suite::solver::{necessary, solve};
use carrel_suite::world::evidence::{Clue, Person, Time, guilty};
use carrel_suite::world::simulate;

fn set(answers: &[&str]) -> BTreeSet<String> {
    answers.iter().map(|answer| (*answer).to_owned()).collect()
}

const PEOPLE: &[&str] = &["A", "B", "C"];
const PLACES: &[&str] = &["hall", "yard", "loft"];

/// Random comings and goings of three people and one object.
fn tale(dice: &mut Dice) -> Vec<Fact> {
    let mut facts = Vec::new();
    for _ in 0..dice.between(1, 9) {
        let who = (*dice.pick(PEOPLE)).to_owned();
        facts.push(match dice.below(4) {
            0 | 1 => Fact::Moved { who, place: (*dice.pick(PLACES)).to_owned() },
            2 => Fact::Took { who, object: "cup".into() },
            _ => Fact::Visited { who, place: (*dice.pick(PLACES)).to_owned() },
        });
    }
    facts
}

/// Plays a tale step by step with a table of where everything is: no look back, as the solver does.
fn play(facts: &[Fact]) -> (BTreeMap<String, String>, Vec<String>) {
    let mut place: BTreeMap<String, String> = BTreeMap::new();
    let mut carrier: Option<String> = None;
    let mut cup = Vec::new();
    for fact in facts {
        match fact {
            Fact::Moved { who, place: to } => {
                place.insert(who.clone(), to.clone());
            }
            Fact::Took { who, .. } => carrier = Some(who.clone()),
            _ => {}
        }
        if let Some(now) = carrier.as_ref().and_then(|who| place.get(who))
            && cup.last() != Some(now)
        {
            cup.push(now.clone());
        }
    }
    (place, cup)
}

#[test]
fn states_are_what_playing_the_tale_gives() {
    let mut dice = Dice::new(11, "tales");
    let mut n_found = 0;
    for _ in 0..3000 {
        let facts = tale(&mut dice);
        let (places, cup) = play(&facts);
        for who in PEOPLE {
            let query = Query::WhereIs { who: (*who).to_owned() };
            let wanted: BTreeSet<String> = places.get(*who).cloned().into_iter().collect();
            assert_eq!(solve(&facts, &query), wanted, "{facts:?}");
        }
        let wanted: BTreeSet<String> = cup.last().cloned().into_iter().collect();
        assert_eq!(solve(&facts, &Query::WhereObject { object: "cup".into() }), wanted);
        for place in PLACES {
            let at = cup.iter().rposition(|stay| stay == place);
            let before = at.filter(|at| *at > 0).map(|at| cup[at - 1].clone());
            let query = Query::WhereBefore { object: "cup".into(), place: (*place).to_owned() };
            n_found += usize::from(before.is_some());
            assert_eq!(solve(&facts, &query), before.into_iter().collect(), "{facts:?}");
        }
    }
    assert!(n_found > 500, "{n_found}");
}

#[test]
fn necessary_fragments_are_those_whose_loss_changes_the_answer() {
    // Brute force over all subsets: a fragment is necessary if no subset without it, that leaves out
    // nothing else, gives the answer; and the necessary ones of a move are enough by themselves.
    let mut dice = Dice::new(12, "losses");
    for _ in 0..300 {
        let facts = tale(&mut dice);
        let query = Query::WhereObject { object: "cup".into() };
        let answer = solve(&facts, &query);
        let needed = necessary(&facts, &query);
        for index in 0..facts.len() {
            let mut fewer = facts.clone();
            fewer.remove(index);
            assert_eq!(needed.contains(&index), solve(&fewer, &query) != answer, "{facts:?}");
        }
        if answer.is_empty() {
            continue;
        }
        let smallest = (0_u32..1 << facts.len())
            .filter(|mask| {
                let kept: Vec<Fact> = (0..facts.len())
                    .filter(|index| mask >> index & 1 == 1)
                    .map(|index| facts[index].clone())
                    .collect();
                solve(&kept, &query) == answer
            })
            .map(u32::count_ones)
            .min();
        assert_eq!(smallest, Some(2), "somebody moved and somebody took: {facts:?}");
    }
}

#[test]
fn chains_lists_and_corrections() {
    let parent = |child: &str, parent: &str, role| Fact::Parent {
        child: child.into(),
        parent: parent.into(),
        role,
    };
    let family = [
        parent("C", "B", Role::Mother),
        parent("X", "B", Role::Mother),
        parent("B", "A", Role::Father),
    ];
    let up = |roles: &[Role]| Query::Up { child: "C".into(), roles: roles.to_vec() };
    assert_eq!(solve(&family, &Query::Earliest { child: "C".into() }), set(&["A"]));
    assert_eq!(solve(&family, &up(&[Role::Mother, Role::Father])), set(&["A"]));
    assert_eq!(solve(&family, &up(&[Role::Father])), set(&[]));
    assert_eq!(necessary(&family, &Query::Earliest { child: "C".into() }), [0, 2]);

    let value = |key: &str, value: &str| Fact::Value {
        kind: "k".into(),
        key: key.into(),
        value: value.into(),
    };
    let facts = [value("a", "1"), value("b", "2"), value("a", "3")];
    let of = |keys: &[&str]| Query::Values {
        kind: "k".into(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    assert_eq!(solve(&facts, &of(&["a"])), set(&["1", "3"]));
    assert_eq!(solve(&facts, &of(&["a", "b"])), set(&["1", "2", "3"]));
    assert_eq!(solve(&facts, &of(&["a", "c"])), set(&[]), "half an answer is none");
    let latest = Query::Latest { kind: "k".into(), key: "a".into() };
    assert_eq!(solve(&facts, &latest), set(&["3"]));
    let as_of = Query::AsOf { kind: "k".into(), key: "a".into(), n_facts: 2 };
    assert_eq!(solve(&facts, &as_of), set(&["1"]));
    assert_eq!(necessary(&facts, &as_of), [0]);

    let assigned = Fact::Assigned { variable: "P".into(), value: "7".into() };
    let copied =
        |variable: &str, from: &str| Fact::Copied { variable: variable.into(), from: from.into() };
    let chain = [assigned, copied("Q", "P"), copied("R", "Q"), copied("S", "Z")];
    let holding = Query::Holding { value: "7".into() };
    assert_eq!(solve(&chain, &holding), set(&["P", "Q", "R"]));
    assert_eq!(necessary(&chain, &holding), [0, 1, 2]);
}

/// Guilt by playing the day step by step over a table of every person, the long way round.
fn guilty_by_play(clues: &[Clue], n_people: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for clue in clues {
        let Clue::Death { place: scene, time: Time::Clock(hour) } = clue else { continue };
        for suspect in 0..n_people {
            let mut holder = None;
            let mut broken = false;
            for step in 0..*hour {
                for clue in clues {
                    match clue {
                        Clue::Owned { who } if holder.is_none() => holder = Some(*who),
                        _ => {}
                    }
                }
                for clue in clues {
                    if let Clue::Handed { from, to, step: at } = clue
                        && *at == step
                    {
                        broken |= holder != Some(*from);
                        holder = Some(*to);
                    }
                }
            }
            let names: Vec<Person> = std::iter::once(Person::Named(suspect))
                .chain(clues.iter().filter_map(|clue| match clue {
                    Clue::Alias { alias, who } if *who == suspect => Some(Person::Called(*alias)),
                    _ => None,
                }))
                .collect();
            let mut times = vec![Time::Clock(*hour)];
            for clue in clues {
                if let Clue::Event { event, step } = clue
                    && step <= hour
                {
                    times.push(Time::After(*event, hour - step));
                }
            }
            let seen = clues.iter().any(|clue| {
                matches!(clue, Clue::Seen { who, place, time }
                    if names.contains(who) && place == scene && times.contains(time))
            });
            let alibi = clues.iter().any(|clue| {
                matches!(clue, Clue::Alibi { who, by, place, time }
                    if *who == suspect && place != scene && times.contains(time)
                        && !clues.contains(&Clue::Withdrawn { who: suspect, by: *by }))
            });
            let motive = clues.contains(&Clue::Motive { who: suspect });
            if seen && motive && !alibi && !broken && holder == Some(suspect) {
                found.insert(suspect);
            }
        }
    }
    found
}

#[test]
fn guilt_is_proved_by_all_key_clues_and_by_none_less() {
    let mut dice = Dice::new(13, "cases");
    for _ in 0..200 {
        let n_handovers = dice.between(1, 4);
        let world = simulate(&mut dice, 8, 6, n_handovers);
        let time = Time::Clock(world.step);
        let (who, place) = (world.culprit, world.place);
        let mut clues = vec![
            Clue::Death { place, time },
            Clue::Owned { who: world.owner },
            Clue::Motive { who },
            Clue::Alias { alias: 3, who },
            Clue::Event { event: 5, step: world.step - 1 },
            Clue::Seen { who: Person::Called(3), place, time: Time::After(5, 1) },
            Clue::Withdrawn { who, by: world.victim },
        ];
        clues.extend(world.handovers.iter().map(|handover| Clue::Handed {
            from: handover.from,
            to: handover.to,
            step: handover.step,
        }));
        let keys = clues.len();
        // Red herrings: others with motives, at the scene at other hours; the false alibi.
        clues.push(Clue::Alibi { who, by: world.victim, place: (place + 1) % 6, time });
        for other in (0..8).filter(|other| *other != who) {
            clues.push(Clue::Motive { who: other });
            let time = Time::Clock(world.step - 1);
            clues.push(Clue::Seen { who: Person::Named(other), place, time });
        }
        assert_eq!(guilty(&clues), BTreeSet::from([who]));
        for lost in 0..clues.len() {
            let mut fewer = clues.clone();
            fewer.remove(lost);
            assert_eq!(guilty(&fewer), guilty_by_play(&fewer, 8), "{fewer:?}");
            assert_eq!(guilty(&fewer).is_empty(), lost < keys, "{:?}", clues[lost]);
        }
    }
}
