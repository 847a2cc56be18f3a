//! A model that is watched while it reads: windows, tokens, and what it points to are told as they
//! come, before the answer is there.

use carrel_core::engine::WindowReader;
use carrel_core::memory::{Reading, Reply, Request, Speed, TextModel};

use super::Mailbox;
use crate::message::Event;

/// Tokens that a model read and wrote, and the time that they took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Pace {
    n_read: u64,
    read_us: u64,
    n_written: u64,
    write_us: u64,
}

impl Pace {
    fn add(&mut self, reply: &Reply) {
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

/// A reader of windows that tells.
pub struct Watched<'a> {
    /// The reader.
    pub inner: &'a mut WindowReader,
    /// What it did so far.
    pub pace: &'a mut Pace,
    /// Where it tells.
    pub mail: &'a Mailbox,
    /// For which turn.
    pub turn: u64,
}

impl TextModel for Watched<'_> {
    fn reading(&self) -> Reading {
        self.inner.reading()
    }

    fn context_tokens(&self) -> usize {
        self.inner.context_tokens()
    }

    fn tokens_in(&self, text: &str) -> usize {
        self.inner.tokens_in(text)
    }

    fn read(&mut self, request: &Request) -> carrel_core::Result<Reply> {
        let reply = self.inner.read(request)?;
        let tokens = reply.prompt_tokens + reply.output_tokens;
        let pointed = pointed(request, &reply.text);
        self.mail.tell(Event::Window(self.turn, tokens, pointed));
        self.pace.add(&reply);
        if let Some(speed) = self.pace.speed() {
            self.mail.tell(Event::Speeds(speed));
        }
        Ok(reply)
    }
}

/// The sentences that a reply points to, in its order.
fn pointed(request: &Request, reply: &str) -> Vec<String> {
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
