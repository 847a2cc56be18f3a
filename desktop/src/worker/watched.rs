//! A model that is watched while it reads: every reply is told, and the memory that its first window
//! takes is measured.

use carrel_core::memory::{Reading, Reply, Request, TextModel};

use crate::device::resident_bytes;

/// A model that is watched.
pub struct Watched<'a> {
    /// The model.
    pub inner: &'a mut dyn TextModel,
    /// Told of every reply.
    pub told: &'a mut dyn FnMut(&Reply),
    /// Memory that the app took more after the first window than before it, once that is read.
    pub grown: &'a mut Option<u64>,
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

    fn expect(&mut self, windows: usize) {
        self.inner.expect(windows);
    }

    fn read(&mut self, request: &Request) -> carrel_core::Result<Reply> {
        let before = self.grown.is_none().then(resident_bytes);
        let reply = self.inner.read(request)?;
        if let Some(before) = before {
            *self.grown = Some(resident_bytes().saturating_sub(before));
        }
        (self.told)(&reply);
        Ok(reply)
    }
}
