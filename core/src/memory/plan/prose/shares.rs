//! How much the mentions of what a question looks for count around a sentence, by how far away they stand.
//!
//! ```text
//! score     sum over aspects  weight * worth of the nearest mention * share by its distance  /  all weights
//!           and what the first mentions of a name add to themselves and to what stands behind them
//! ```
//! A name counts over many sentences, because a story goes on with pronouns; a word counts over few.

/// Sentences beside a mention that are looked at, of a word and of a name.
const BESIDE: (u32, u32) = (3, 1);
/// Share of a word that stands this many sentences away, from 0 on, and of a name.
const WORD_BY_DISTANCE: [f32; 6] = [1.0, 0.6, 0.4, 0.3, 0.2, 0.15];
const NAME_BY_DISTANCE: [f32; 15] =
    [1.0, 0.9, 0.85, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2];
/// Share of a name further away: sentences up to which, and share.
const NAME_FURTHER: [(u32, f32); 2] = [(60, 0.25), (200, 0.15)];
/// Sentences from which on a mention counts nothing.
pub(super) const FURTHEST: u32 = NAME_FURTHER[1].0;
/// Added for the first mention of the rarest name, where nothing that happens later is asked, less for every
/// later one by the number that halves it, and shares of it for the sentences behind one.
pub(super) const FIRST: f32 = 0.15;
const FIRST_HALVED_BY: f32 = 4.0;
pub(super) const BEHIND_FIRST: [f32; 3] = [1.0, 0.7, 0.4];

/// Something that a question looks for.
pub struct Aspect {
    /// How much it tells.
    pub weight: f32,
    /// The patterns by which it is mentioned, by number, and the worth of each.
    pub mentions: Vec<(usize, f32)>,
    /// Whether it is a name, which counts over many sentences.
    pub is_name: bool,
}

impl Aspect {
    /// Sentences beside a mention that are looked at.
    pub(super) fn reach(&self) -> u32 {
        if self.is_name { BESIDE.1 } else { BESIDE.0 }
    }
}

/// The mentions of a pattern that count in a block: those in it, and the nearest before and behind it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mentions<'m> {
    pub(super) before: Option<u32>,
    pub(super) own: &'m [u32],
    pub(super) behind: Option<u32>,
}

/// The scores of the sentences `near`, by the sentences that mention each pattern.
pub(super) fn scores(aspects: &[Aspect], mentions: &[Mentions], near: &[u32]) -> Vec<f32> {
    let total: f32 = aspects.iter().map(|aspect| aspect.weight).sum();
    let mut scores = vec![0.0_f32; near.len()];
    for aspect in aspects {
        let mut worths = vec![0.0_f32; near.len()];
        for (pattern, worth) in &aspect.mentions {
            let Mentions { before, own, behind } = mentions[*pattern];
            let mut next = near.first().map_or(0, |at| own.partition_point(|own| own < at));
            for (worth_here, at) in worths.iter_mut().zip(near) {
                while own.get(next).is_some_and(|mention| mention < at) {
                    next += 1;
                }
                let before = next.checked_sub(1).map(|before| own[before]).or(before);
                let behind = own.get(next).copied().or(behind);
                let before = before.map(|mention| at - mention);
                let behind = behind.map(|mention| mention - at);
                let Some(distance) = before.into_iter().chain(behind).min() else { break };
                *worth_here = worth_here.max(worth * by_distance(distance, aspect.is_name));
            }
        }
        for (score, worth) in scores.iter_mut().zip(worths) {
            *score += aspect.weight * worth / total;
        }
    }
    scores
}

/// Adds to the scores of the first mentions of a name and of what stands behind them.
pub(super) fn introduced(first_mentions: &[u32], near: &[u32], scores: &mut [f32]) {
    for (rank, first) in first_mentions.iter().enumerate() {
        for (behind, share) in BEHIND_FIRST.iter().enumerate() {
            let at = first + behind as u32;
            if behind > 0 && first_mentions.contains(&at) {
                continue;
            }
            if let Ok(index) = near.binary_search(&at) {
                scores[index] += FIRST * share / (1.0 + rank as f32 / FIRST_HALVED_BY);
            }
        }
    }
}

/// Share of a mention that stands `distance` sentences away.
fn by_distance(distance: u32, is_name: bool) -> f32 {
    let shares: &[f32] = if is_name { &NAME_BY_DISTANCE } else { &WORD_BY_DISTANCE };
    if let Some(share) = shares.get(distance as usize) {
        return *share;
    }
    let further = NAME_FURTHER.iter().find(|(up_to, _)| is_name && distance < *up_to);
    further.map_or(0.0, |(_, share)| *share)
}

/// The most that a mention at least `distance` sentences away can count.
pub(super) fn most_from(distance: u32, is_name: bool) -> f32 {
    let behind = NAME_BY_DISTANCE.len() as u32;
    by_distance(distance, is_name).max(by_distance(distance.max(behind), is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mention_counts_more_than_one_at_the_least_distance_may() {
        for is_name in [false, true] {
            for least in 0..FURTHEST + 9 {
                for distance in least..FURTHEST + 9 {
                    assert!(by_distance(distance, is_name) <= most_from(least, is_name));
                }
            }
        }
    }
}
