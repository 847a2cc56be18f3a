//! What a sampler can be told, and what of it makes no sense.

use super::dry::DryOptions;
use crate::error::SampleError;

/// Options of a sampler. The default is greedy: the likeliest token, nothing added or taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplerOptions {
    /// Logits are divided by it; 0 takes the likeliest token.
    pub temperature: f32,
    /// Most candidates that are kept; 0 keeps all.
    pub top_k: usize,
    /// Probability that the kept candidates have together; 1 keeps all.
    pub top_p: f32,
    /// Least probability relative to the likeliest candidate's; 0 keeps all.
    pub min_p: f32,
    /// Probability that the kept, most typical candidates have together; 1 keeps all.
    pub typical_p: f32,
    /// Factor against tokens that occurred; 1 is none.
    pub repeat_penalty: f32,
    /// Taken off a logit for every occurrence; 0 is none.
    pub frequency_penalty: f32,
    /// Taken off a logit once for a token that occurred; 0 is none.
    pub presence_penalty: f32,
    /// Last tokens that the three penalties look at.
    pub penalty_tokens: usize,
    /// Penalty on repeated sequences; `None` is none.
    pub dry: Option<DryOptions>,
    /// Added to the logits of tokens; −∞ forbids a token.
    pub bias: Vec<(u32, f32)>,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for SamplerOptions {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            typical_p: 1.0,
            repeat_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            penalty_tokens: 64,
            dry: None,
            bias: Vec::new(),
            seed: 0,
        }
    }
}

impl SamplerOptions {
    /// Whether the likeliest token is taken, without chance.
    pub fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }

    /// Checks every range.
    pub(super) fn check(&self) -> Result<(), SampleError> {
        let check = |option, value: f32, is_right: bool, expected| {
            if is_right {
                return Ok(());
            }
            Err(SampleError::Option { option, found: value.to_string(), expected })
        };
        let probability = "a number from 0 to 1";
        let within = |value: f32| (0.0..=1.0).contains(&value);
        let at_most_100 = |value: f32| (-100.0..=100.0).contains(&value);
        let positive = |value: f32| value > 0.0 && value <= 100.0;
        let zero_or_more = |value: f32| (0.0..=100.0).contains(&value);
        let Self { temperature, top_p, min_p, typical_p, .. } = *self;
        let Self { repeat_penalty, frequency_penalty, presence_penalty, .. } = *self;
        check("temperature", temperature, zero_or_more(temperature), "a number from 0 to 100")?;
        check("top_p", top_p, within(top_p) && top_p > 0.0, "a number above 0, to 1")?;
        check("min_p", min_p, within(min_p), probability)?;
        check(
            "typical_p",
            typical_p,
            within(typical_p) && typical_p > 0.0,
            "a number above 0, to 1",
        )?;
        let above_0 = "a number above 0, to 100";
        check("repeat_penalty", repeat_penalty, positive(repeat_penalty), above_0)?;
        let either = "a number from -100 to 100";
        check("frequency_penalty", frequency_penalty, at_most_100(frequency_penalty), either)?;
        check("presence_penalty", presence_penalty, at_most_100(presence_penalty), either)?;
        if let Some(dry) = &self.dry {
            check(
                "dry multiplier",
                dry.multiplier,
                zero_or_more(dry.multiplier),
                "a number from 0 to 100",
            )?;
            check(
                "dry base",
                dry.base,
                dry.base >= 1.0 && dry.base <= 100.0,
                "a number from 1 to 100",
            )?;
        }
        for (_, bias) in &self.bias {
            check("bias", *bias, !bias.is_nan(), "a number")?;
        }
        Ok(())
    }
}
