//! Who may use the queue: one after the other, until somebody closes it.
//!
//! A turn lasts from a submission to its end: wgpu-core 30 ends the program when one thread polls a
//! device for a submission while another thread submits. Systems of phones take the GPU from an app in
//! the background, some by killing the app. So an app closes the turnstile when it goes there, which
//! waits for the turn under way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cancel::CancelFlag;

/// Longest sleep between two looks at the flag of somebody who waits.
const LOOK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct State {
    is_closed: bool,
    is_taken: bool,
}

/// Lets one turn after the other begin while it is open.
#[derive(Default)]
pub(super) struct Turnstile {
    state: Mutex<State>,
    changed: Condvar,
}

/// A turn, which ends when it is dropped.
pub(super) struct Turn<'a>(&'a Turnstile);

impl Turnstile {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a turn, as soon as it can; `None` if the flag is set before.
    pub(super) fn enter(&self, cancel: &CancelFlag) -> Option<Turn<'_>> {
        let mut state = self.lock();
        while state.is_closed || state.is_taken {
            if cancel.is_cancelled() {
                return None;
            }
            let waited = self.changed.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_taken = true;
        Some(Turn(self))
    }

    /// Begins a turn if nobody has one now.
    pub(super) fn enter_at_once(&self) -> Option<Turn<'_>> {
        let mut state = self.lock();
        let is_free = !std::mem::replace(&mut state.is_taken, true);
        is_free.then(|| Turn(self))
    }

    /// Lets no turn begin any more, and waits until the last one has ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        while state.is_taken {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn open(&self) {
        self.lock().is_closed = false;
        self.changed.notify_all();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().is_taken = false;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn closing_waits_for_turns_and_holds_others_up() {
        let turnstile = Arc::new(Turnstile::default());
        let turn = turnstile.enter(&CancelFlag::new()).expect("open");
        let is_closed = Arc::new(AtomicBool::new(false));
        let (shared, flag) = (turnstile.clone(), is_closed.clone());
        let closing = std::thread::spawn(move || {
            shared.close();
            flag.store(true, Ordering::SeqCst);
        });
        while !turnstile.lock().is_closed {
            std::thread::yield_now();
        }
        assert!(!is_closed.load(Ordering::SeqCst), "a turn is under way");
        assert!(turnstile.enter_at_once().is_none(), "a turn is under way");
        drop(turn);
        closing.join().expect("closed");

        let cancelled = CancelFlag::new();
        cancelled.cancel();
        assert!(turnstile.enter(&cancelled).is_none(), "closed");
        let shared = turnstile.clone();
        let waiting = std::thread::spawn(move || shared.enter(&CancelFlag::new()).is_some());
        turnstile.open();
        assert!(waiting.join().expect("let in"));
        assert!(turnstile.enter_at_once().is_some(), "nobody has a turn");
    }
}
