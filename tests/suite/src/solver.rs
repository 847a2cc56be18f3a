//! Answers queries from facts alone, and tells which fragments an answer cannot do without.
//!
//! It shares no code with the wording of tasks, so that a task whose sentences say something other
//! than its facts is the only mistake that it cannot see. An empty set means: not answerable.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::{Fact, Query};
use crate::world::evidence::{Clue, guilty};

/// The answers to `query`; empty if the facts do not answer it.
pub fn solve(facts: &[Fact], query: &Query) -> BTreeSet<String> {
    match query {
        Query::Values { kind, keys } => keys.iter().try_fold(BTreeSet::new(), |mut all, key| {
            let values = values(facts, kind, key);
            all.extend(values.iter().map(|value| (*value).to_owned()));
            (!values.is_empty()).then_some(all)
        }),
        Query::Latest { kind, key } => one(values(facts, kind, key).last().copied()),
        Query::First { kind, key } => one(values(facts, kind, key).first().copied()),
        Query::AsOf { kind, key, n_facts } => {
            let known = &facts[..(*n_facts).min(facts.len())];
            one(values(known, kind, key).last().copied())
        }
        Query::Holding { value } => {
            let state = variables(facts);
            let held = state.into_iter().filter(|(_, has)| has == value);
            Some(held.map(|(variable, _)| variable.to_owned()).collect())
        }
        Query::WhereIs { who } => one(stays(facts, who).last().copied()),
        Query::WhereObject { object } => one(journey(facts, object).last().copied()),
        Query::WhereBefore { object, place } => {
            let stays = journey(facts, object);
            let arrival = stays.iter().rposition(|stay| stay == place);
            one(arrival.and_then(|at| at.checked_sub(1)).map(|before| stays[before]))
        }
        Query::Holder { object } => one(holder(facts, object)),
        Query::Earliest { child } => {
            let mut at = child.as_str();
            let mut steps = 0;
            while let Some(parent) = parents(facts, at).first() {
                at = parent;
                steps += 1;
                if steps > facts.len() {
                    return BTreeSet::new();
                }
            }
            one((steps > 0).then_some(at))
        }
        Query::Up { child, roles } => {
            let up = roles.iter().try_fold(child.as_str(), |at, wanted| {
                facts.iter().find_map(|fact| match fact {
                    Fact::Parent { child, parent, role } if child == at && role == wanted => {
                        Some(parent.as_str())
                    }
                    _ => None,
                })
            });
            one(up)
        }
        Query::CountVisits { who, place } => {
            let count = visits(facts, who).filter(|visited| visited == place).count();
            one((count > 0).then(|| count.to_string()).as_deref())
        }
        Query::PlacesVisited { who } => Some(visits(facts, who).map(str::to_owned).collect()),
        Query::MostVisited { who } => {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for place in visits(facts, who) {
                *counts.entry(place).or_default() += 1;
            }
            let most = counts.values().max().copied().unwrap_or(0);
            let mut top = counts.into_iter().filter(|(_, count)| *count == most);
            let first = top.next();
            one(first.filter(|_| top.next().is_none()).map(|(place, _)| place))
        }
        Query::Culprit { case, people } => {
            let guilty = guilty(&clues(facts, *case));
            one(match (guilty.first(), guilty.len()) {
                (Some(who), 1) => people.get(*who).map(String::as_str),
                _ => None,
            })
        }
    }
    .unwrap_or_default()
}

/// Indices of the fragments without which the answer would be another one: the proof.
pub fn necessary(facts: &[Fact], query: &Query) -> Vec<usize> {
    let answer = solve(facts, query);
    if let Query::MostVisited { who } = query {
        // A lead of two visits survives the loss of one, yet all of them are the proof.
        let top = answer.first().cloned().unwrap_or_default();
        let wanted = Fact::Visited { who: who.clone(), place: top };
        return (0..facts.len()).filter(|index| facts[*index] == wanted).collect();
    }
    (0..facts.len())
        .filter(|index| {
            let mut fewer = facts.to_vec();
            // Keeps the positions of the others, which `AsOf` counts.
            fewer[*index] = Fact::Aside;
            solve(&fewer, query) != answer
        })
        .collect()
}

fn one(answer: Option<&str>) -> Option<BTreeSet<String>> {
    answer.map(|answer| BTreeSet::from([answer.to_owned()]))
}

fn values<'a>(facts: &'a [Fact], wanted: &str, of: &str) -> Vec<&'a str> {
    let stated = facts.iter().filter_map(|fact| match fact {
        Fact::Value { kind, key, value } | Fact::Revised { kind, key, value }
            if kind == wanted && key == of =>
        {
            Some(value.as_str())
        }
        _ => None,
    });
    stated.collect()
}

fn variables(facts: &[Fact]) -> BTreeMap<&str, String> {
    let mut state: BTreeMap<&str, String> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Assigned { variable, value } => {
                state.insert(variable, value.clone());
            }
            Fact::Copied { variable, from } => {
                if let Some(value) = state.get(from.as_str()).cloned() {
                    state.insert(variable, value);
                }
            }
            _ => {}
        }
    }
    state
}

fn stays<'a>(facts: &'a [Fact], person: &str) -> Vec<&'a str> {
    let moves = facts.iter().filter_map(|fact| match fact {
        Fact::Moved { who, place } if who == person => Some(place.as_str()),
        _ => None,
    });
    moves.collect()
}

fn holder<'a>(facts: &'a [Fact], thing: &str) -> Option<&'a str> {
    facts.iter().fold(None, |holder, fact| match fact {
        Fact::Took { who, object } if object == thing => Some(who.as_str()),
        Fact::Gave { to, object, .. } if object == thing => Some(to.as_str()),
        Fact::Left { object, .. } if object == thing => None,
        _ => holder,
    })
}

/// The places of an object in order, each once in a row.
fn journey<'a>(facts: &'a [Fact], object: &str) -> Vec<&'a str> {
    let mut stays: Vec<&str> = Vec::new();
    let mut places: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        if let Fact::Moved { who, place } = fact {
            places.insert(who, place);
        }
        let here = holder(&facts[..=index], object).and_then(|who| places.get(who)).copied();
        if let Some(place) = here
            && stays.last() != Some(&place)
        {
            stays.push(place);
        }
    }
    stays
}

fn parents<'a>(facts: &'a [Fact], of: &str) -> Vec<&'a str> {
    let stated = facts.iter().filter_map(|fact| match fact {
        Fact::Parent { child, parent, .. } if child == of => Some(parent.as_str()),
        _ => None,
    });
    stated.collect()
}

fn clues(facts: &[Fact], wanted: usize) -> Vec<Clue> {
    let of_case = facts.iter().filter_map(|fact| match fact {
        Fact::Clue { case, clue } if *case == wanted => Some(*clue),
        _ => None,
    });
    of_case.collect()
}

fn visits<'a>(facts: &'a [Fact], person: &str) -> impl Iterator<Item = &'a str> {
    facts.iter().filter_map(move |fact| match fact {
        Fact::Visited { who, place } if who == person => Some(place.as_str()),
        _ => None,
    })
}

/// Indices of the fragments that speak of what is asked: near misses, and what may be cited too.
pub fn about(facts: &[Fact], query: &Query) -> Vec<usize> {
    let mut names: BTreeSet<&str> = match query {
        Query::Values { keys, .. } => keys.iter().map(String::as_str).collect(),
        Query::Latest { key, .. } | Query::First { key, .. } | Query::AsOf { key, .. } => {
            BTreeSet::from([key.as_str()])
        }
        Query::Holding { value } => BTreeSet::from([value.as_str()]),
        Query::WhereIs { who } | Query::PlacesVisited { who } | Query::MostVisited { who } => {
            BTreeSet::from([who.as_str()])
        }
        Query::WhereObject { object } | Query::WhereBefore { object, .. } => {
            BTreeSet::from([object.as_str()])
        }
        Query::Holder { object } => BTreeSet::from([object.as_str()]),
        Query::Earliest { child } | Query::Up { child, .. } => BTreeSet::from([child.as_str()]),
        Query::CountVisits { who, .. } => BTreeSet::from([who.as_str()]),
        Query::Culprit { .. } => BTreeSet::new(),
    };
    // Whoever carries the object, and whoever is named in a chain, belongs to the question too.
    loop {
        let before = names.len();
        for fact in facts {
            match fact {
                Fact::Took { who, object } if names.contains(object.as_str()) => {
                    names.insert(who);
                }
                Fact::Gave { from, to, object } if names.contains(object.as_str()) => {
                    names.extend([from.as_str(), to.as_str()]);
                }
                Fact::Parent { child, parent, .. } if names.contains(child.as_str()) => {
                    names.insert(parent);
                }
                Fact::Copied { variable, from } if names.contains(from.as_str()) => {
                    names.insert(variable);
                }
                Fact::Assigned { variable, value } if names.contains(value.as_str()) => {
                    names.insert(variable);
                }
                _ => {}
            }
        }
        if names.len() == before {
            break;
        }
    }
    let speaks = |fact: &Fact| match fact {
        Fact::Value { key, .. } | Fact::Revised { key, .. } => names.contains(key.as_str()),
        Fact::Assigned { variable, .. } | Fact::Copied { variable, .. } => {
            names.contains(variable.as_str())
        }
        Fact::Moved { who, .. } | Fact::Visited { who, .. } => names.contains(who.as_str()),
        Fact::Took { object, .. } | Fact::Left { object, .. } | Fact::Gave { object, .. } => {
            names.contains(object.as_str())
        }
        Fact::Parent { child, .. } => names.contains(child.as_str()),
        Fact::Clue { case: of, .. } => {
            matches!(query, Query::Culprit { case, .. } if case == of)
        }
        Fact::Aside => false,
    };
    (0..facts.len()).filter(|index| speaks(&facts[*index])).collect()
}
