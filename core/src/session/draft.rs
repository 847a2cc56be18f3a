//! Drafts by prompt look-up (A. Saxena, github.com/apoorvumang/prompt-lookup-decoding, 2023): models
//! that answer from a text copy parts of it, so what followed the last few tokens before is likely
//! to follow again.

/// Tokens that are searched, from the end.
const REACH: usize = 32_768;

/// When drafts are made, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Tokens of the end that have to stand earlier in the text, too, for what followed there to be copied.
    pub shortest: usize,
    /// Tokens that are drafted for each of those at the end that stand there: the more were copied, the
    /// more will be.
    pub rate: usize,
    /// Tokens of the longest draft.
    pub longest: usize,
}

impl Policy {
    /// Tuned on answers from documents and on what several tokens cost at once, by `bench-drafts`.
    pub const TUNED: Self = Self { shortest: 2, rate: 2, longest: 16 };
}

/// Proposes drafts, shorter ones as long as earlier ones proved wrong.
#[derive(Debug)]
pub struct Drafter {
    policy: Policy,
    longest: usize,
}

impl Drafter {
    /// Proposes by `policy`.
    pub fn new(policy: Policy) -> Self {
        Self { policy, longest: policy.longest }
    }

    /// At most `limit` tokens that may follow `history`; none that ends a generation. They follow the
    /// latest of the places where most of the end of `history` stands, too.
    pub fn draft(&self, history: &[u32], limit: usize, is_end: impl Fn(u32) -> bool) -> Vec<u32> {
        let history = &history[history.len().saturating_sub(REACH)..];
        let Some(&last) = history.last() else { return Vec::new() };
        let most = self.longest.div_ceil(self.policy.rate);
        let (mut best, mut place) = (self.policy.shortest - 1, 0);
        // It may overlap the end itself.
        for end in (1..history.len()).rev().filter(|end| history[end - 1] == last) {
            let pairs = history[..end].iter().rev().zip(history.iter().rev());
            let same = pairs.take_while(|(one, other)| one == other).count();
            if same > best {
                (best, place) = (same, end);
                if same >= most {
                    break;
                }
            }
        }
        if place == 0 {
            return Vec::new();
        }
        let length = limit.min(self.longest).min(best.saturating_mul(self.policy.rate));
        let next = history[place..].iter().copied();
        next.take(length).take_while(|&id| !is_end(id)).collect()
    }

    /// Learns how many tokens of a draft were right.
    pub fn learn(&mut self, n_drafted: usize, n_accepted: usize) {
        if n_accepted == n_drafted {
            self.longest = (self.longest * 2).min(self.policy.longest);
        } else if n_accepted == 0 {
            self.longest = (self.longest / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { shortest: 2, rate: 1, longest: 16 };

    #[test]
    fn what_followed_the_longest_match_is_copied() {
        let never = |_| false;
        let drafter = Drafter::new(POLICY);
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 9, never), [4, 5, 6]);
        assert_eq!(drafter.draft(&[1, 2, 7, 8, 1, 2, 5, 6, 0, 1, 2], 9, never), [5, 6]);
        assert_eq!(drafter.draft(&[3, 1, 2, 7, 8, 1, 2, 5, 3, 1, 2], 9, never), [7, 8, 1]);
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 2, never), [4, 5]);
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 1, 2, 3], 9, |id| id == 5), [4]);
        assert_eq!(drafter.draft(&[7, 7, 7, 7], 9, never), [7], "as far as known");
        assert!(drafter.draft(&[1, 2, 3, 4, 3], 9, never).is_empty());
        assert!(drafter.draft(&[], 9, never).is_empty());
        assert!(drafter.draft(&[1, 2, 1, 2], 0, never).is_empty());
        let twice = Drafter::new(Policy { rate: 2, ..POLICY });
        assert_eq!(twice.draft(&[1, 2, 3, 4, 5, 6, 7, 1, 2], 9, never), [3, 4, 5, 6]);
    }

    #[test]
    fn drafts_shrink_with_failure_and_grow_with_success() {
        let mut drafter = Drafter::new(POLICY);
        drafter.learn(16, 5);
        assert_eq!(drafter.longest, POLICY.longest);
        for _ in 0..9 {
            drafter.learn(4, 0);
        }
        assert_eq!(drafter.longest, 1);
        for _ in 0..9 {
            drafter.learn(1, 1);
        }
        assert_eq!(drafter.longest, POLICY.longest);
    }
}
