//! Decoding one token at a time, never showing half a character.

use super::load::Tokenizer;

/// Turns ids into text as a model emits them. A character whose bytes are spread over several
/// tokens appears when its last byte has arrived.
///
/// The text continues what came before it (a prompt), so a leading space stays. Control tokens give
/// no text.
#[derive(Debug, Clone)]
pub struct StreamDecoder {
    tokenizer: Tokenizer,
    /// The start of a character: at most three bytes between calls.
    pending: Vec<u8>,
}

impl Tokenizer {
    /// A decoder for ids that arrive one at a time.
    pub fn stream(&self) -> StreamDecoder {
        StreamDecoder { tokenizer: self.clone(), pending: Vec::new() }
    }
}

impl StreamDecoder {
    /// The text that is complete with this token; empty while a character is not. Bytes that can
    /// be no part of UTF-8 become U+FFFD at once.
    pub fn push(&mut self, id: u32) -> String {
        if !self.tokenizer.is_control(id)
            && let Some(bytes) = self.tokenizer.token_bytes(id)
        {
            self.pending.extend_from_slice(&bytes);
        }
        let mut text = String::new();
        let mut kept = 0;
        for chunk in self.pending.utf8_chunks() {
            text.push_str(chunk.valid());
            kept += chunk.valid().len();
            let invalid = chunk.invalid();
            let at_end = kept + invalid.len() == self.pending.len();
            if at_end && could_continue(invalid) {
                break;
            }
            if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                kept += invalid.len();
            }
        }
        self.pending.drain(..kept);
        text
    }

    /// What was held back, as U+FFFD: the ids ended within a character. Empty in most cases.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }
}

/// Whether bytes that are not UTF-8 are the start of a character.
fn could_continue(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}
