//! What a system under test has to do.

use crate::error::Result;
use crate::score::Response;

/// A system under test.
pub trait Arm {
    /// Its name in results: the policy and the model.
    fn name(&self) -> &str;

    /// Takes a document in, forgetting the one before; answers the time that took in microseconds.
    ///
    /// # Errors
    /// If the document cannot be taken in.
    fn open(&mut self, document: &str) -> Result<u64>;

    /// Answers a question about the document.
    ///
    /// # Errors
    /// If the system fails; a wrong answer is no failure.
    fn ask(&mut self, question: &str) -> Result<Response>;
}
