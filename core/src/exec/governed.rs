//! A decoder that presses less hard when the device is hot or sustained speed falls.

use std::time::{Duration, Instant};

use crate::thermal::{Effort, Governor, Heat, HeatHint, Work, Zones};

/// Time between two looks at the thermal zones.
const LOOK: Duration = Duration::from_secs(2);

/// A governor with its sources of heat.
pub(super) struct Governed {
    governor: Governor,
    hint: HeatHint,
    zones: Zones,
    /// What the zones said, and when they are asked again.
    heat: Heat,
    next_look: Instant,
}

impl Governed {
    pub(super) fn new(full: Effort, hint: HeatHint) -> Self {
        Self {
            governor: Governor::new(full),
            hint,
            zones: Zones::of_system(),
            heat: Heat::Nominal,
            next_look: Instant::now(),
        }
    }

    pub(super) fn hint(&self) -> HeatHint {
        self.hint.clone()
    }

    pub(super) fn effort(&self) -> Effort {
        self.governor.effort()
    }

    /// Learns what a batch took; the new effort if it changes.
    pub(super) fn note(&mut self, work: &Work) -> Option<Effort> {
        if !self.zones.is_empty() && Instant::now() >= self.next_look {
            self.heat = self.zones.heat();
            self.next_look = Instant::now() + LOOK;
        }
        let effort = self.governor.note(work, self.heat.max(self.hint.get()));
        if let Some(Effort { n_threads, n_batch }) = effort {
            let level = self.governor.level();
            log::info!("level {level}: {n_threads} threads, batches of {n_batch}");
        }
        effort
    }
}
