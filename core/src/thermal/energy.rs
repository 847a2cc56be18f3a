//! Linux's counters of energy: `intel-rapl:N/energy_uj`, microjoules of a whole package since some moment,
//! which begin again at `max_energy_range_uj` (kernel documentation, `power/powercap/powercap`). AMD's
//! processors have them, too. Where they are missing or only for the administrator, there is no meter.

use std::path::{Path, PathBuf};

use super::number;

/// Reads the energy that all packages have taken since it was made.
#[derive(Debug)]
pub struct EnergyMeter {
    packages: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    counter: PathBuf,
    range: u64,
    last: u64,
    total: u64,
}

impl EnergyMeter {
    /// The meter of this system, if it has one that can be read.
    pub fn of_system() -> Option<Self> {
        Self::in_folder(Path::new("/sys/class/powercap"))
    }

    /// The meter in a folder that is laid out as Linux's.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let entries = std::fs::read_dir(folder).ok()?.flatten();
        let package = |path: PathBuf| {
            // Parts of a package have a second number: `intel-rapl:0:1`.
            let name = path.file_name()?.to_str()?.strip_prefix("intel-rapl:")?;
            name.parse::<u32>().ok()?;
            let counter = path.join("energy_uj");
            let range = number(&path.join("max_energy_range_uj"))?;
            Some(Package { last: number(&counter)?, counter, range, total: 0 })
        };
        let packages: Vec<Package> = entries.filter_map(|entry| package(entry.path())).collect();
        (!packages.is_empty()).then_some(Self { packages })
    }

    /// Joules since the meter was made, `None` if a counter cannot be read any more. A counter that begins
    /// again is noticed if it is read before it has gone round twice: within some minutes.
    pub fn joules(&mut self) -> Option<f64> {
        for package in &mut self.packages {
            let now: u64 = number(&package.counter)?;
            let taken = match now.checked_sub(package.last) {
                Some(taken) => taken,
                None => (now + package.range).checked_sub(package.last)?,
            };
            package.total += taken;
            package.last = now;
        }
        Some(self.packages.iter().map(|package| package.total as f64).sum::<f64>() / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_summed_and_counters_may_begin_again() {
        let folder = tempfile::tempdir().unwrap();
        assert!(EnergyMeter::in_folder(folder.path()).is_none());
        let write = |zone: &str, n: u64| {
            let zone = folder.path().join(zone);
            std::fs::create_dir_all(&zone).unwrap();
            std::fs::write(zone.join("energy_uj"), format!("{n}\n")).unwrap();
            std::fs::write(zone.join("max_energy_range_uj"), "10000000\n").unwrap();
        };
        write("intel-rapl:0", 9_000_000);
        write("intel-rapl:1", 1_000_000);
        // A part of package 0, and something else.
        write("intel-rapl:0:0", 500);
        write("dtpm", 7);
        let mut meter = EnergyMeter::in_folder(folder.path()).unwrap();
        assert_eq!(meter.joules(), Some(0.0));
        write("intel-rapl:0", 500_000);
        write("intel-rapl:1", 3_000_000);
        assert_eq!(meter.joules(), Some(3.5));
        write("intel-rapl:0", 600_000);
        assert_eq!(meter.joules(), Some(3.6));
        std::fs::remove_file(folder.path().join("intel-rapl:1/energy_uj")).unwrap();
        assert_eq!(meter.joules(), None);
    }
}
