//! How hard work may press: pauses while the app is in the background, rests while the device is hot.
//!
//! Workers ask between tokens, pieces of a prompt and blocks of a document. A cancelled worker is
//! never held up.

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::cancel::CancelFlag;

use super::{lock, waited};

/// Longest sleep between two looks at the flag of a worker.
const LOOK: Duration = Duration::from_millis(20);

/// How hot the device is, in the words of both platforms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd)]
pub enum ThermalState {
    /// Cool: work at full speed.
    #[default]
    Nominal,
    /// Warm: work at full speed.
    Fair,
    /// Hot: work half of the time.
    Serious,
    /// Too hot: work a fifth of the time.
    Critical,
}

/// The pace of everything that uses one model or one library.
#[derive(Default)]
pub struct Pace {
    state: Mutex<(bool, ThermalState)>,
    changed: Condvar,
}

impl Pace {
    /// Holds all workers up, or lets them go on.
    pub fn set_suspended(&self, is_suspended: bool) {
        lock(&self.state).0 = is_suspended;
        self.changed.notify_all();
    }

    /// Says how hot the device is.
    pub fn set_thermal(&self, thermal: ThermalState) {
        lock(&self.state).1 = thermal;
    }

    /// Whether a worker would be held up now.
    pub fn is_slowed(&self) -> bool {
        let (is_suspended, thermal) = *lock(&self.state);
        is_suspended || thermal > ThermalState::Fair
    }

    /// Holds a worker up that has worked for `worked`, until it may go on or is cancelled.
    pub fn wait(&self, worked: Duration, cancel: &CancelFlag) {
        let start = Instant::now();
        let mut state = lock(&self.state);
        loop {
            let share = match state.1 {
                ThermalState::Nominal | ThermalState::Fair => 0,
                ThermalState::Serious => 1,
                ThermalState::Critical => 4,
            };
            let left = (worked * share).saturating_sub(start.elapsed());
            if cancel.is_cancelled() || (!state.0 && left.is_zero()) {
                return;
            }
            let sleep = if state.0 { LOOK } else { left.min(LOOK) };
            state = waited(self.changed.wait_timeout(state, sleep)).0;
        }
    }
}
