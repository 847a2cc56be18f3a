//! Drafts by prompt look-up (A. Saxena, github.com/apoorvumang/prompt-lookup-decoding, 2023): models
//! that answer from a text copy parts of it, so what followed the last few tokens before is likely
//! to follow again.

/// Lengths of the end that is looked up, the most telling first.
const SUFFIXES: [usize; 2] = [3, 2];

/// Tokens that are searched, from the end.
const REACH: usize = 32_768;

/// Longest draft.
const LONGEST: usize = 16;

/// Proposes drafts, as long as earlier ones proved right.
#[derive(Debug)]
pub(super) struct Drafter {
    length: usize,
}

impl Drafter {
    pub(super) fn new() -> Self {
        Self { length: 4 }
    }

    /// At most `limit` tokens that may follow `history`; none that ends a generation.
    pub(super) fn draft(
        &self,
        history: &[u32],
        limit: usize,
        is_end: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let limit = limit.min(self.length);
        let history = &history[history.len().saturating_sub(REACH)..];
        for n in SUFFIXES {
            if history.len() <= n || limit == 0 {
                continue;
            }
            let (before, suffix) = history.split_at(history.len() - n);
            // The latest earlier occurrence; it may overlap the end itself.
            let found = (0..before.len()).rev().find(|&place| history[place..].starts_with(suffix));
            if let Some(place) = found {
                let next = history[place + n..].iter().copied();
                return next.take(limit).take_while(|&id| !is_end(id)).collect();
            }
        }
        Vec::new()
    }

    /// Learns how many tokens of a draft were right.
    pub(super) fn learn(&mut self, n_drafted: usize, n_accepted: usize) {
        if n_accepted == n_drafted {
            self.length = (self.length * 2).min(LONGEST);
        } else if n_accepted == 0 {
            self.length = (self.length / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_longest_match_is_copied() {
        let never = |_| false;
        let drafter = Drafter { length: 3 };
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 9, never), [4, 5, 6]);
        assert_eq!(drafter.draft(&[1, 2, 7, 8, 1, 2, 5, 6, 0, 1, 2], 9, never), [5, 6, 0]);
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 2, never), [4, 5]);
        assert_eq!(drafter.draft(&[1, 2, 3, 4, 5, 1, 2, 3], 9, |id| id == 5), [4]);
        assert_eq!(drafter.draft(&[7, 7, 7, 7], 9, never), [7], "as far as known");
        assert!(drafter.draft(&[1, 2, 3, 4], 9, never).is_empty());
        assert!(drafter.draft(&[], 9, never).is_empty());
        assert!(drafter.draft(&[1, 2, 1, 2], 0, never).is_empty());
    }

    #[test]
    fn drafts_grow_with_success_and_shrink_with_failure() {
        let mut drafter = Drafter::new();
        for _ in 0..5 {
            drafter.learn(4, 4);
        }
        assert_eq!(drafter.length, LONGEST);
        drafter.learn(16, 5);
        assert_eq!(drafter.length, LONGEST);
        for _ in 0..9 {
            drafter.learn(4, 0);
        }
        assert_eq!(drafter.length, 1);
    }
}
