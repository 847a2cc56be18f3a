//! Heat and energy: what the system says of them, and how hard work may press.
//!
//! ```text
//! governor   threads and batches by sustained speed and heat; pure
//! zones      Linux's thermal zones, where they can be read
//! energy     Linux's counters of the processor's energy (powercap), where they can be read
//! ```
//! Level 0. Phones tell heat through the app ([`HeatHint`]); elsewhere the zones are asked.

mod energy;
mod governor;
mod zones;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

pub use energy::EnergyMeter;
pub use governor::{Effort, Governor, Work};
pub use zones::Zones;

/// How hot the device is, in the words of both phone platforms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heat {
    /// Cool.
    #[default]
    Nominal,
    /// Warm.
    Fair,
    /// Hot.
    Serious,
    /// Too hot.
    Critical,
}

/// What somebody last said of the heat; shared by all clones.
#[derive(Debug, Clone, Default)]
pub struct HeatHint(Arc<AtomicU8>);

impl HeatHint {
    /// Says how hot the device is.
    pub fn set(&self, heat: Heat) {
        self.0.store(heat as u8, Ordering::Relaxed);
    }

    /// What was said last.
    pub fn get(&self) -> Heat {
        match self.0.load(Ordering::Relaxed) {
            0 => Heat::Nominal,
            1 => Heat::Fair,
            2 => Heat::Serious,
            _ => Heat::Critical,
        }
    }
}

/// The number in a file of the kernel's.
fn number<N: FromStr>(path: &Path) -> Option<N> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}
