//! What an answer may cost, and what it is expected to cost.
//!
//! A profile fixes how many passages are read by code, how many windows by a model and how many
//! hops a chain may have. None of them depends on the length of the documents. An estimate is the
//! same plan without the reading (see `rehearsal`).

use crate::memory::model::Reading;

/// How much an answer may cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// By code only, from few passages.
    Instant,
    /// A few windows.
    #[default]
    Normal,
    /// Many windows.
    Deep,
    /// Every window that could matter.
    Exhaustive,
}

/// Share of the best place's score from which a place tells nearly as well what is asked. Below that, what a
/// small model finds is more often wrong than right: with the default model at 8K tokens, the whole proof of
/// answers was cited in 40 of 100 cases where eight windows were read, and in 49 where only these were.
pub const NEARLY_AS_GOOD: f32 = 0.7;

/// The limits of one answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Passages read by code.
    pub passages: usize,
    /// Windows read by a model.
    pub windows: usize,
    /// Share of the best place's score from which the window of a place is read for one fact; for lists all
    /// are.
    pub least_share: f32,
    /// Tokens read and written by a model.
    pub tokens: u64,
    /// Hops of a chain.
    pub hops: usize,
}

impl Profile {
    /// Every profile, the cheapest first.
    pub const ALL: [Self; 4] = [Self::Instant, Self::Normal, Self::Deep, Self::Exhaustive];

    /// The name by which it is chosen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Normal => "normal",
            Self::Deep => "deep",
            Self::Exhaustive => "exhaustive",
        }
    }

    /// The profile of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Its limits.
    pub fn budget(self) -> Budget {
        let (passages, windows, least_share, hops) = match self {
            Self::Instant => (96, 0, 1.0, 4),
            Self::Normal => (512, 8, NEARLY_AS_GOOD, 12),
            Self::Deep => (2_048, 64, NEARLY_AS_GOOD / 2.0, 24),
            Self::Exhaustive => (usize::MAX, usize::MAX, 0.0, 64),
        };
        Budget { passages, windows, least_share, tokens: u64::MAX, hops }
    }
}

/// How fast a model runs on this device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Tokens of a prompt read in a second.
    pub prompt_tokens_per_s: f64,
    /// Tokens written in a second.
    pub output_tokens_per_s: f64,
}

/// What a probe found out about a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capability {
    /// What it may do for answers.
    pub reading: Reading,
    /// Whether it may write about windows.
    pub writes: bool,
    /// How fast it is; `None` if it did not tell.
    pub speed: Option<Speed>,
}

impl Capability {
    /// Of a model that nobody probed yet: an answer with it costs no more than this.
    pub const UNKNOWN: Self = Self { reading: Reading::Spans, writes: false, speed: None };
}

/// What an answer is expected to cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Passages that code reads.
    pub passages: u32,
    /// Windows that a model reads.
    pub windows: u32,
    /// Tokens that it reads.
    pub prompt_tokens: u64,
    /// Tokens that it writes.
    pub output_tokens: u64,
    /// Seconds that the answer takes; `None` if a model reads whose speed is unknown.
    pub seconds: Option<f64>,
    /// Memory that the search takes at its peak, in bytes; the model's own is not in it.
    pub peak_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_by_name_and_grow() {
        for pair in Profile::ALL.windows(2) {
            assert!(pair[0].budget().passages < pair[1].budget().passages);
            assert!(pair[0].budget().windows < pair[1].budget().windows);
            assert!(pair[0].budget().least_share > pair[1].budget().least_share);
        }
        assert_eq!(Profile::named("deep"), Some(Profile::Deep));
        assert_eq!(Profile::named("slow"), None);
        assert_eq!(Profile::default(), Profile::Normal);
    }
}
