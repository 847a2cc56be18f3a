//! A model that is watched while it reads: every reply is told, the memory that its first window takes
//! is measured, and a cancel ends the plan that it reads for.

use carrel_core::cancel::CancelFlag;
use carrel_core::error::MemoryError;
use carrel_core::memory::{Foresight, Reading, Reply, Request, TextModel};

use crate::device::resident_bytes;

/// A model that is watched.
pub struct Watched<'a> {
    /// The model.
    pub inner: &'a mut dyn TextModel,
    /// Told of every reply.
    pub told: &'a mut dyn FnMut(&Reply),
    /// Memory that the app took more after the first window than before it, once that is read.
    pub grown: &'a mut Option<u64>,
    /// Ends the reading. A reader that was stopped says nothing, after which a plan would go on with
    /// the next window.
    pub cancel: &'a CancelFlag,
}

impl Foresight for Watched<'_> {
    fn reading(&self) -> Reading {
        self.inner.reading()
    }

    fn context_tokens(&self) -> usize {
        self.inner.context_tokens()
    }

    fn tokens_in(&self, text: &str) -> usize {
        self.inner.tokens_in(text)
    }
}

impl TextModel for Watched<'_> {
    fn expect(&mut self, windows: usize) {
        self.inner.expect(windows);
    }

    fn read(&mut self, request: &Request) -> carrel_core::Result<Reply> {
        let before = self.grown.is_none().then(resident_bytes);
        let reply = self.inner.read(request)?;
        if self.cancel.is_cancelled() {
            return Err(MemoryError::Stopped.into());
        }
        if let Some(before) = before {
            *self.grown = Some(resident_bytes().saturating_sub(before));
        }
        (self.told)(&reply);
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrel_core::memory::Contract;

    /// Reads whatever it is given.
    struct Reader;

    impl Foresight for Reader {
        fn context_tokens(&self) -> usize {
            1_000
        }

        fn tokens_in(&self, text: &str) -> usize {
            text.len()
        }
    }

    impl TextModel for Reader {
        fn read(&mut self, request: &Request) -> carrel_core::Result<Reply> {
            Ok(Reply { prompt_tokens: request.window.len() as u64, ..Reply::default() })
        }
    }

    #[test]
    fn a_cancel_ends_the_plan_and_what_was_cut_short_is_not_told() {
        let contract = Contract::new(vec!["The lamp is blue.".into()]);
        let window = contract.window();
        let request =
            Request { system: "", window: &window, question: "Who?", contract: &contract };
        let (mut memory, mut n_told, cancel) = (None, 0, CancelFlag::new());
        let (inner, told) = (&mut Reader, &mut |_: &Reply| n_told += 1);
        let mut watched = Watched { inner, told, grown: &mut memory, cancel: &cancel };
        watched.read(&request).expect("a reply");
        cancel.cancel();
        assert!(watched.read(&request).is_err());
        assert!(memory.is_some());
        assert_eq!(n_told, 1);
    }
}
