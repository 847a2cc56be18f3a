//! How fast a model is, while it reads.

use carrel_core::memory::{Reply, Speed};

/// Tokens that a model read and wrote, and the time that they took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Pace {
    n_read: u64,
    read_us: u64,
    n_written: u64,
    write_us: u64,
}

impl Pace {
    /// Adds what one reply took.
    pub fn add(&mut self, reply: &Reply) {
        self.n_read += reply.prompt_tokens.saturating_sub(reply.reused_tokens);
        self.read_us += reply.prompt_us;
        self.n_written += reply.output_tokens;
        self.write_us += reply.output_us;
    }

    /// How fast the model is; `None` before it has both read and written.
    pub fn speed(&self) -> Option<Speed> {
        let per_second = |n: u64, us: u64| (n > 0 && us > 0).then(|| n as f64 * 1e6 / us as f64);
        Some(Speed {
            prompt_tokens_per_s: per_second(self.n_read, self.read_us)?,
            output_tokens_per_s: per_second(self.n_written, self.write_us)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_at_hand_is_not_counted_as_read() {
        let mut pace = Pace::default();
        assert_eq!(pace.speed(), None);
        pace.add(&Reply {
            prompt_tokens: 150,
            reused_tokens: 50,
            output_tokens: 10,
            prompt_us: 1_000_000,
            output_us: 500_000,
            ..Reply::default()
        });
        let speed = pace.speed().expect("a speed");
        assert_eq!((speed.prompt_tokens_per_s, speed.output_tokens_per_s), (100.0, 20.0));
    }
}
