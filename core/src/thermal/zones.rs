//! Linux's thermal zones: `thermal_zone*/temp` against the zone's own trip points, in thousandths of a
//! degree Celsius (kernel documentation, `driver-api/thermal/sysfs-api`). Zones without trip points say
//! nothing here, as what is hot for one sensor is usual for another. Many phones hide them from apps.

use std::path::{Path, PathBuf};

use super::{Heat, number};

/// How far below a critical trip point it is too hot already.
const NEAR_CRITICAL: i64 = 5_000;

/// The zones that can be read.
#[derive(Debug, Clone)]
pub struct Zones {
    zones: Vec<Zone>,
}

#[derive(Debug, Clone)]
struct Zone {
    temperature: PathBuf,
    /// Lowest trip point at which the system slows the processor down, and lowest critical one.
    passive: Option<i64>,
    critical: Option<i64>,
}

impl Zones {
    /// The zones of this system; none where there are none.
    pub fn of_system() -> Self {
        Self::in_folder(Path::new("/sys/class/thermal"))
    }

    /// The zones in a folder that is laid out as Linux's.
    pub fn in_folder(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_zone =
            |path: &PathBuf| path.file_name().is_some_and(|name| has_start(name, "thermal_zone"));
        let mut zones: Vec<Zone> =
            entries.map(|entry| entry.path()).filter(is_zone).filter_map(|p| zone(&p)).collect();
        zones.sort_by(|one, other| one.temperature.cmp(&other.temperature));
        Self { zones }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// How hot the hottest zone is by its own trip points.
    pub fn heat(&self) -> Heat {
        let heat = |zone: &Zone| {
            let Some(now) = number::<i64>(&zone.temperature) else { return Heat::Nominal };
            if zone.critical.is_some_and(|trip| now >= trip - NEAR_CRITICAL) {
                Heat::Critical
            } else if zone.passive.is_some_and(|trip| now >= trip) {
                Heat::Serious
            } else {
                Heat::Nominal
            }
        };
        self.zones.iter().map(heat).max().unwrap_or_default()
    }
}

fn has_start(name: &std::ffi::OsStr, start: &str) -> bool {
    name.as_encoded_bytes().starts_with(start.as_bytes())
}

/// A zone with trip points whose temperature can be read now.
fn zone(path: &Path) -> Option<Zone> {
    let temperature = path.join("temp");
    number::<i64>(&temperature)?;
    let (mut passive, mut critical) = (None::<i64>, None::<i64>);
    for index in 0..16 {
        let Ok(kind) = std::fs::read_to_string(path.join(format!("trip_point_{index}_type")))
        else {
            break;
        };
        let place = match kind.trim() {
            "passive" => &mut passive,
            "critical" | "hot" => &mut critical,
            _ => continue,
        };
        // Drivers that have no such point say 0 or less.
        if let Some(trip) =
            number(&path.join(format!("trip_point_{index}_temp"))).filter(|t| *t > 0)
        {
            *place = Some(place.map_or(trip, |other| other.min(trip)));
        }
    }
    let zone = Zone { temperature, passive, critical };
    (zone.passive.is_some() || zone.critical.is_some()).then_some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hottest_zone_counts_by_its_own_trip_points() {
        let folder = tempfile::tempdir().unwrap();
        let write = |zone: &str, file: &str, text: &str| {
            let zone = folder.path().join(zone);
            std::fs::create_dir_all(&zone).unwrap();
            std::fs::write(zone.join(file), text).unwrap();
        };
        let heat = || Zones::in_folder(folder.path()).heat();
        assert!(Zones::in_folder(&folder.path().join("none")).is_empty());
        // Hot, but without trip points; and one whose points say nothing.
        write("thermal_zone0", "temp", "99000\n");
        write("thermal_zone3", "temp", "99000\n");
        write("thermal_zone3", "trip_point_0_type", "passive\n");
        write("thermal_zone3", "trip_point_0_temp", "-274000\n");
        assert_eq!(heat(), Heat::Nominal);
        assert!(Zones::in_folder(folder.path()).is_empty());
        write("thermal_zone1", "temp", "60000\n");
        for (index, (kind, trip)) in
            [("active", "40000"), ("passive", "85000"), ("critical", "105000")].iter().enumerate()
        {
            write("thermal_zone1", &format!("trip_point_{index}_type"), kind);
            write("thermal_zone1", &format!("trip_point_{index}_temp"), trip);
        }
        for (temperature, expected) in [
            ("60000", Heat::Nominal),
            ("85000\n", Heat::Serious),
            ("100000", Heat::Critical),
            ("unreadable", Heat::Nominal),
        ] {
            write("thermal_zone1", "temp", temperature);
            assert_eq!(heat(), expected, "{temperature}");
        }
    }
}
