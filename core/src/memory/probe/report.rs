//! What a probe found: how many of its questions came out right by skill, and what the model may do after that.

use crate::memory::model::{Reading, Reply};
use crate::memory::plan::budget::{Capability, Speed};

/// Phrased answers that have to be true, of `PHRASED`.
const PHRASED_TRULY: u32 = 5;
/// Windows that have to be written about truly, of `WRITTEN`.
const WRITTEN_TRULY: u32 = 5;
/// Sentences of which a model may copy words that are not the answer, of twice `WORLDS`.
const MOST_MISLED: u32 = 2;
/// Declines by which a model may be behind code, of `WORLDS`: one may be chance.
const DECLINES_BEHIND: u32 = 1;

/// What a probe asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skill {
    /// The one sentence that answers, in the words of the question.
    Copy,
    /// The one sentence that answers in other words, and the words in it that are the answer.
    Span,
    /// That no sentence answers, though one nearly does.
    None,
    /// The two sentences that answer together.
    TwoHops,
    /// All sentences about somebody.
    Selection,
    /// The answer in a sentence of the model's own, in which everything is true.
    Phrase,
    /// Facts of a window and a summary of it, in which everything is tied to sentences that say so.
    Facts,
    /// The words that answer, where the sentence alone is shown.
    Shorten,
}

impl Skill {
    /// All skills, in the order in which they are asked for.
    pub const ALL: [Self; 8] = [
        Self::Copy,
        Self::Span,
        Self::None,
        Self::TwoHops,
        Self::Selection,
        Self::Phrase,
        Self::Facts,
        Self::Shorten,
    ];

    /// A word for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Span => "span",
            Self::None => "none",
            Self::TwoHops => "two_hops",
            Self::Selection => "selection",
            Self::Phrase => "phrase",
            Self::Facts => "facts",
            Self::Shorten => "shorten",
        }
    }
}

/// How many probes of a skill came out right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SkillScore {
    /// Probes.
    pub probes: u32,
    /// Right by the model.
    pub model: u32,
    /// Right by code alone.
    pub code: u32,
}

/// What a probe found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbeReport {
    /// Sentences pointed to, by skill in the order of [`Skill::ALL`]; for the last three, phrases, windows
    /// written about, and sentences shortened.
    pub scores: [SkillScore; 8],
    /// Spans copied, among the probes of [`Skill::Span`].
    pub spans: SkillScore,
    /// Sentences of which the model copied, and was sure of, words that are not the answer.
    pub misled: u32,
    /// Tokens that the model read, without those whose state was at hand.
    pub prompt_tokens: u64,
    /// Time that took it, in microseconds.
    pub prompt_us: u64,
    /// Tokens that it wrote.
    pub output_tokens: u64,
    /// Time that took it, in microseconds.
    pub output_us: u64,
}

impl ProbeReport {
    /// The score of a skill.
    pub fn score(&self, skill: Skill) -> SkillScore {
        self.scores[skill as usize]
    }

    /// What the model may do.
    ///
    /// Pointing costs tokens, so it has to be better than code, and as good at declining; copying
    /// costs none, so it has to be no worse; a phrase only adds words, so it has to be true.
    pub fn reading(&self) -> Reading {
        let pointed = [Skill::Copy, Skill::Span, Skill::TwoHops, Skill::Selection];
        let sum = |of: fn(SkillScore) -> u32| -> u32 {
            pointed.iter().map(|skill| of(self.score(*skill))).sum()
        };
        let declined = self.score(Skill::None);
        if sum(|score| score.model) <= sum(|score| score.code)
            || declined.model + DECLINES_BEHIND < declined.code
        {
            if self.shortens() { Reading::Shortens } else { Reading::Nothing }
        } else if self.spans.model < self.spans.code || self.spans.model == 0 {
            Reading::Points
        } else if self.score(Skill::Phrase).model < PHRASED_TRULY {
            Reading::Spans
        } else {
            Reading::Phrases
        }
    }

    /// Whether the model may shorten answers that are whole sentences: it has to do so where code does not,
    /// and a wrong answer is worse than a long one.
    fn shortens(&self) -> bool {
        let score = self.score(Skill::Shorten);
        score.model > score.code && self.misled <= MOST_MISLED
    }

    /// Whether the model may write facts and summaries for later questions: only if it points and copies
    /// better than code, and nearly all that it wrote here was so.
    pub fn writes(&self) -> bool {
        self.reading() >= Reading::Spans && self.score(Skill::Facts).model >= WRITTEN_TRULY
    }

    /// What the model may do, and how fast.
    pub fn capability(&self) -> Capability {
        Capability { reading: self.reading(), writes: self.writes(), speed: self.speed() }
    }

    /// How fast the model read and wrote; `None` if it did not tell.
    pub fn speed(&self) -> Option<Speed> {
        let rate = |tokens: u64, us: u64| tokens as f64 * 1e6 / us as f64;
        (self.prompt_us > 0 && self.output_us > 0).then(|| Speed {
            prompt_tokens_per_s: rate(self.prompt_tokens, self.prompt_us),
            output_tokens_per_s: rate(self.output_tokens, self.output_us),
        })
    }

    pub(super) fn spend(&mut self, reply: &Reply) {
        self.prompt_tokens += reply.prompt_tokens.saturating_sub(reply.reused_tokens);
        self.prompt_us += reply.prompt_us;
        self.output_tokens += reply.output_tokens;
        self.output_us += reply.output_us;
    }
}
