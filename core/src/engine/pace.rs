//! How fast a model is on this device, as it reads.
//!
//! ```text
//! time of a reading   other + tokens read * time of one + tokens written * time of one
//! ```
//! Each of them is a mean over what was read so far, in which every reading counts for less with every later
//! one. So it is that of prompts as long as they are now, on a device as warm as it is now.

use crate::memory::{Reply, Speed};

/// What a reading counts for after the next one.
const FADES: f64 = 0.875;

/// A running account of readings.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Pace {
    n_replies: f64,
    other_us: f64,
    n_read: f64,
    read_us: f64,
    n_written: f64,
    write_us: f64,
}

impl Pace {
    /// Adds a reading that took so long from the request to the reply.
    pub fn add(&mut self, reply: &Reply, elapsed_us: u64) {
        let other_us = elapsed_us.saturating_sub(reply.prompt_us + reply.output_us);
        let n_read = reply.prompt_tokens.saturating_sub(reply.reused_tokens);
        for (sum, new) in [
            (&mut self.n_replies, 1),
            (&mut self.other_us, other_us),
            (&mut self.n_read, n_read),
            (&mut self.read_us, reply.prompt_us),
            (&mut self.n_written, reply.output_tokens),
            (&mut self.write_us, reply.output_us),
        ] {
            *sum = *sum * FADES + new as f64;
        }
    }

    /// Tokens of a reply; `None` before the first.
    pub fn reply_tokens(&self) -> Option<u64> {
        (self.n_replies > 0.0).then(|| (self.n_written / self.n_replies).round() as u64)
    }

    /// Time of a reading besides that of its tokens, in microseconds.
    pub fn other_us(&self) -> f64 {
        if self.n_replies > 0.0 { self.other_us / self.n_replies } else { 0.0 }
    }

    /// How fast the model is; `None` before it has both read and written.
    pub fn speed(&self) -> Option<Speed> {
        let a_second = |n: f64, us: f64| (n > 0.0 && us > 0.0).then(|| n * 1e6 / us);
        Some(Speed {
            prompt_tokens_per_s: a_second(self.n_read, self.read_us)?,
            output_tokens_per_s: a_second(self.n_written, self.write_us)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut pace = Pace::default();
        assert_eq!((pace.speed(), pace.reply_tokens()), (None, None));
        pace.add(&reply(50, 1_000_000), 1_600_000);
        let speed = pace.speed().expect("a speed");
        assert_eq!((speed.prompt_tokens_per_s, speed.output_tokens_per_s), (100.0, 20.0));
        assert_eq!((pace.reply_tokens(), pace.other_us()), (Some(10), 100_000.0));
    }

    #[test]
    fn a_device_that_slows_down_is_as_slow_as_it_is_now() {
        let mut pace = Pace::default();
        (0..40).for_each(|_| pace.add(&reply(0, 1_000_000), 1_500_000));
        (0..40).for_each(|_| pace.add(&reply(0, 2_000_000), 2_500_000));
        let speed = pace.speed().expect("a speed");
        assert!((74.0..76.0).contains(&speed.prompt_tokens_per_s), "{speed:?}");
    }
}
