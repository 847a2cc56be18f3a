//! A model that is watched while it reads: windows, tokens, and what it points to are told as they
//! come, before the answer is there.

use carrel_core::engine::WindowReader;
use carrel_core::memory::{Reply, Request, TextModel};

use super::Mailbox;
use crate::message::Event;

/// A reader of windows that tells.
pub struct Watched<'a> {
    /// The reader.
    pub inner: &'a mut WindowReader,
    /// Where it tells.
    pub mail: &'a Mailbox,
    /// For which turn.
    pub turn: u64,
}

impl TextModel for Watched<'_> {
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
        if let Some(speed) = self.inner.speed() {
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
