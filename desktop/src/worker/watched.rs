//! What is told of a model while it reads, before the answer is there: how fast it is, and what it
//! points to.

use carrel_core::memory::{Reply, Request, Speed};

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

/// The sentences that a reply points to, in its order.
pub fn pointed(request: &Request, reply: &str) -> Vec<String> {
    let Some((numbers, _)) = request.contract.parse(reply) else { return Vec::new() };
    let line = |number: usize| {
        let line = request.window.lines().nth(number)?;
        line.split_once("] ").map(|(_, sentence)| sentence.to_owned())
    };
    numbers.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrel_core::memory::Contract;

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

    #[test]
    fn what_a_reply_points_to_is_told_in_words() {
        let contract = Contract::new(vec!["The lamp is blue.".into(), "Omar [sic] has it.".into()]);
        let window = contract.window();
        let request =
            Request { system: "", window: &window, question: "Who?", contract: &contract };
        assert_eq!(pointed(&request, "2"), ["Omar [sic] has it."]);
        assert_eq!(pointed(&request, "2,1").len(), 2);
        assert!(pointed(&request, "NONE").is_empty());
    }
}
