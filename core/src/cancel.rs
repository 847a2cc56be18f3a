//! A flag that says stop, shared between whoever asks and the loops that listen.
//!
//! Level 0: imports nothing of the crate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cheap to clone; every clone is the same flag. May be set from any thread, any number of times.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag {
    own: Arc<AtomicBool>,
    /// Flags that stop this work, too.
    above: Arc<[CancelFlag]>,
}

impl CancelFlag {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag of its own that also counts as set as long as one of `above` is.
    pub fn below(above: impl IntoIterator<Item = CancelFlag>) -> Self {
        Self { own: Arc::default(), above: above.into_iter().collect() }
    }

    /// Asks the work that listens to this flag to stop.
    pub fn cancel(&self) {
        self.own.store(true, Ordering::Relaxed);
    }

    /// Whether someone has asked.
    pub fn is_cancelled(&self) -> bool {
        self.own.load(Ordering::Relaxed) || self.above.iter().any(Self::is_cancelled)
    }

    /// Makes the flag usable for the next piece of work.
    pub fn reset(&self) {
        self.own.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::CancelFlag;

    #[test]
    fn a_flag_hears_those_above_it_and_never_those_below() {
        let (engine, token) = (CancelFlag::new(), CancelFlag::new());
        let one = CancelFlag::below([engine.clone(), token.clone()]);
        let other = CancelFlag::below([token.clone()]);
        one.clone().cancel();
        assert!(one.is_cancelled() && !other.is_cancelled() && !engine.is_cancelled());
        one.reset();
        engine.cancel();
        assert!(one.is_cancelled() && !other.is_cancelled());
        engine.reset();
        assert!(!one.is_cancelled());
        token.cancel();
        assert!(one.is_cancelled() && other.is_cancelled());
    }
}
