//! How fast a model is on this device, as it reads.
//!
//! ```text
//! time of a reading   other + work * time of a token + tokens written * time of one
//! work                n + a * n * (tokens before them + n / 2)        of n tokens read
//! a                   A * operations of attention on one token before / operations of the matrices
//! ```
//! So a long prompt takes longer than its tokens say. Each time is a mean over what was read so far, in which
//! every reading counts for less with every later one: it is that of prompts like the last ones, on a device
//! as warm as it is now.

use carrel_models::Spec;

use crate::memory::model::NONE;
use crate::memory::{Reply, Speed};

/// `A`: how much longer an operation of attention takes than one of a matrix. 1.5 to 2.0 from the prefills of
/// 512 tokens at depths 0 and 8192 of SmolLM2-135M in three weight types (`tests/bench/records`, 2026-11-27).
const ATTENTION_COSTS: f64 = 1.75;

/// What a reading counts for after the next one.
const FADES: f64 = 0.875;

/// A running account of readings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// `a`.
    attention: f64,
    n_replies: f64,
    n_pointed: f64,
    other_us: f64,
    work: f64,
    read_us: f64,
    n_written: f64,
    write_us: f64,
}

impl Pace {
    /// Of a model of which nothing was read yet.
    pub fn of(spec: &Spec) -> Self {
        let n_attended =
            f64::from(spec.n_attention()) * f64::from(spec.n_head) * f64::from(spec.d_head);
        let n_embedded = u64::from(spec.n_vocab) * u64::from(spec.d_model);
        let n_multiplied = spec.n_parameters().saturating_sub(n_embedded).max(1) as f64;
        // A product with a key and one with a value; two operations each, as for a weight.
        let attention = ATTENTION_COSTS * 2.0 * n_attended / n_multiplied;
        let (n_replies, n_pointed, other_us) = (0.0, 0.0, 0.0);
        let (work, read_us, n_written, write_us) = (0.0, 0.0, 0.0, 0.0);
        Self { attention, n_replies, n_pointed, other_us, work, read_us, n_written, write_us }
    }

    /// Work of reading a prompt of which so many tokens are at hand, in tokens at the beginning of one.
    pub fn work(&self, prompt_tokens: u64, reused_tokens: u64) -> f64 {
        let n = prompt_tokens.saturating_sub(reused_tokens) as f64;
        n + self.attention * n * (reused_tokens as f64 + n / 2.0)
    }

    /// Adds a reading that took so long from the request to the reply.
    pub fn add(&mut self, reply: &Reply, elapsed_us: u64) {
        let other_us = elapsed_us.saturating_sub(reply.prompt_us + reply.output_us);
        let work = self.work(reply.prompt_tokens, reply.reused_tokens);
        for (sum, new) in [
            (&mut self.n_replies, 1.0),
            (&mut self.n_pointed, f64::from(u8::from(reply.text != NONE))),
            (&mut self.other_us, other_us as f64),
            (&mut self.work, work),
            (&mut self.read_us, reply.prompt_us as f64),
            (&mut self.n_written, reply.output_tokens as f64),
            (&mut self.write_us, reply.output_us as f64),
        ] {
            *sum = *sum * FADES + new;
        }
    }

    /// Tokens of a reply; `None` before the first.
    pub fn reply_tokens(&self) -> Option<u64> {
        (self.n_replies > 0.0).then(|| (self.n_written / self.n_replies).round() as u64)
    }

    /// Whether the model mostly points to something in what it reads, as it is expected to before the first.
    pub fn mostly_points(&self) -> bool {
        self.n_pointed * 2.0 >= self.n_replies
    }

    /// Time of a reading besides that of its tokens, in microseconds.
    pub fn other_us(&self) -> f64 {
        if self.n_replies > 0.0 { self.other_us / self.n_replies } else { 0.0 }
    }

    /// How fast the model is at the beginning of a prompt; `None` before it has both read and written.
    pub fn speed(&self) -> Option<Speed> {
        let a_second = |n: f64, us: f64| (n > 0.0 && us > 0.0).then(|| n * 1e6 / us);
        Some(Speed {
            prompt_tokens_per_s: a_second(self.work, self.read_us)?,
            output_tokens_per_s: a_second(self.n_written, self.write_us)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrel_models::shapes::Shape;

    fn pace() -> Pace {
        let spec = Spec::read(Shape::named("SmolLM2-135M").expect("a shape"));
        Pace::of(&spec.expect("a spec"))
    }

    /// Without attention.
    fn flat() -> Pace {
        Pace { attention: 0.0, ..pace() }
    }

    fn reply(reused_tokens: u64, prompt_us: u64) -> Reply {
        Reply {
            prompt_tokens: 150,
            reused_tokens,
            output_tokens: 10,
            prompt_us,
            output_us: 500_000,
            ..Reply::default()
        }
    }

    #[test]
    fn what_was_at_hand_is_not_counted_as_read() {
        let mut pace = flat();
        assert_eq!((pace.speed(), pace.reply_tokens()), (None, None));
        pace.add(&reply(50, 1_000_000), 1_600_000);
        let speed = pace.speed().expect("a speed");
        assert_eq!((speed.prompt_tokens_per_s, speed.output_tokens_per_s), (100.0, 20.0));
        assert_eq!((pace.reply_tokens(), pace.other_us()), (Some(10), 100_000.0));
    }

    #[test]
    fn a_model_that_lately_found_nothing_is_expected_to_find_nothing() {
        let mut pace = flat();
        assert!(pace.mostly_points());
        (0..20).for_each(|_| pace.add(&reply(0, 1), 2));
        assert!(pace.mostly_points());
        let nothing = Reply { text: NONE.to_owned(), ..reply(0, 1) };
        (0..20).for_each(|_| pace.add(&nothing, 2));
        assert!(!pace.mostly_points());
    }

    /// Between the least and the largest ratio of the records that `ATTENTION_COSTS` is from.
    #[test]
    fn what_stands_behind_much_text_takes_as_much_longer_as_was_measured() {
        let pace = pace();
        let ratio = pace.work(8192 + 512, 8192) / pace.work(512, 0);
        assert!((4.6..5.6).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_device_that_slows_down_is_as_slow_as_it_is_now() {
        let mut pace = flat();
        (0..40).for_each(|_| pace.add(&reply(0, 1_000_000), 1_500_000));
        (0..40).for_each(|_| pace.add(&reply(0, 2_000_000), 2_500_000));
        let speed = pace.speed().expect("a speed");
        assert!((74.0..76.0).contains(&speed.prompt_tokens_per_s), "{speed:?}");
    }
}
