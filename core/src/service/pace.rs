//! How hard work may press: pauses while the app is in the background, rests while the device is hot.
//!
//! Workers ask between tokens, pieces of a prompt and blocks of a document. A cancelled worker is
//! never held up.

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::cancel::CancelFlag;
use crate::thermal::HeatHint;

use super::{lock, waited};

/// Longest sleep between two looks at the flag of a worker.
const LOOK: Duration = Duration::from_millis(20);

/// How hot the device is. Nominal and fair: full speed; serious: work half of the time; critical: a fifth
/// of it.
pub use crate::thermal::Heat as ThermalState;

/// The pace of everything that uses one model or one library.
#[derive(Default)]
pub struct Pace {
    is_suspended: Mutex<bool>,
    hint: HeatHint,
    changed: Condvar,
}

impl Pace {
    /// Holds all workers up, or lets them go on.
    pub fn set_suspended(&self, is_suspended: bool) {
        *lock(&self.is_suspended) = is_suspended;
        self.changed.notify_all();
    }

    /// Says how hot the device is.
    pub fn set_thermal(&self, thermal: ThermalState) {
        self.hint.set(thermal);
    }

    /// What was said of the heat, for those who press less hard then.
    pub fn hint(&self) -> &HeatHint {
        &self.hint
    }

    /// Whether a worker would be held up now.
    pub fn is_slowed(&self) -> bool {
        *lock(&self.is_suspended) || self.hint.get() > ThermalState::Fair
    }

    /// Holds a worker up that has worked for `worked`, until it may go on or is cancelled.
    pub fn wait(&self, worked: Duration, cancel: &CancelFlag) {
        let start = Instant::now();
        let mut is_suspended = lock(&self.is_suspended);
        loop {
            let share = match self.hint.get() {
                ThermalState::Nominal | ThermalState::Fair => 0,
                ThermalState::Serious => 1,
                ThermalState::Critical => 4,
            };
            let left = (worked * share).saturating_sub(start.elapsed());
            if cancel.is_cancelled() || (!*is_suspended && left.is_zero()) {
                return;
            }
            let sleep = if *is_suspended { LOOK } else { left.min(LOOK) };
            is_suspended = waited(self.changed.wait_timeout(is_suspended, sleep)).0;
        }
    }
}
