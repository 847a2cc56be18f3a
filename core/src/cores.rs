//! Which of the processor's cores compute: those that nearly keep up with the fastest, one thread each.
//!
//! Threads meet after every step. Between two meetings they claim small parts of it, so a slower core does less;
//! but what it claimed last all others wait for, and a phone's little cores, with a quarter to a third of a big
//! one's speed, make that wait longer than they help. Two threads of one core share its vector units and its road
//! to memory. So a thread a fast core is the default, and no core that this process may not run on.
//!
//! Linux and Android say how fast cores are (kernel documentation, `ABI/testing/sysfs-devices-system-cpu`); where a
//! system says nothing, all cores count.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;

/// A core counts if the fastest is less than this many times as fast.
const SLOWER: u64 = 2;

/// How many cores compute best together; at least one.
pub fn fast_cores() -> usize {
    let available = available_parallelism().map_or(1, NonZero::get);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let fast = fast_of(Path::new("/sys/devices/system/cpu"), allowed);
    // Never more than the system lends: a container may have a share of the time of many cores.
    fast.map_or(available, |fast| fast.clamp(1, available))
}

/// Fast cores among those in a folder that is laid out as Linux's, and in a list such as `0-3,6`, if there is one.
/// `None` if the folder has no cores.
fn fast_of(folder: &Path, allowed: Option<&str>) -> Option<usize> {
    let online = read(folder, "online");
    let allowed = [allowed, online.as_deref()].map(|list| list.map(numbers));
    let is_allowed = |number: &usize| allowed.iter().flatten().all(|list| list.contains(number));
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name());
    let numbers_of = names.filter_map(|name| name.to_str()?.strip_prefix("cpu")?.parse().ok());
    // The first thread of each core.
    let mut cores = BTreeMap::new();
    for number in numbers_of.filter(is_allowed) {
        let core = folder.join(format!("cpu{number}"));
        let siblings = read(&core, "topology/core_cpus_list")
            .or_else(|| read(&core, "topology/thread_siblings_list"));
        let siblings = siblings.map_or_else(|| vec![number], |list| numbers(&list));
        let first = siblings.into_iter().filter(is_allowed).min().unwrap_or(number);
        cores.entry(first).or_insert(core);
    }
    // Of one kind for all cores, so that they compare.
    let speeds = ["cpu_capacity", "cpufreq/cpuinfo_max_freq"].iter().find_map(|file| {
        let speed = |core| read(core, file)?.parse::<u64>().ok();
        cores.values().map(|core| speed(core)).collect::<Option<Vec<u64>>>()
    });
    let Some(speeds) = speeds else { return Some(cores.len()) };
    let fastest = speeds.iter().copied().max()?;
    Some(speeds.iter().filter(|&&speed| speed.saturating_mul(SLOWER) > fastest).count())
}

/// What stands in a file of the kernel's.
fn read(folder: &Path, file: &str) -> Option<String> {
    Some(std::fs::read_to_string(folder.join(file)).ok()?.trim().to_owned())
}

/// The numbers of a list such as `0-3,6`; parts that are none are left out.
fn numbers(list: &str) -> Vec<usize> {
    let part = |part: &str| {
        let (first, last) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.split(',').filter_map(part).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cores with a speed in `file`, and the siblings of each.
    fn folder(file: &str, cores: &[(u64, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (number, (speed, siblings)) in cores.iter().enumerate() {
            let core = folder.path().join(format!("cpu{number}"));
            std::fs::create_dir_all(core.join("topology")).unwrap();
            std::fs::create_dir_all(core.join("cpufreq")).unwrap();
            std::fs::write(core.join("topology/core_cpus_list"), siblings).unwrap();
            std::fs::write(core.join(file), format!("{speed}\n")).unwrap();
        }
        // Not cores.
        std::fs::create_dir_all(folder.path().join("cpufreq")).unwrap();
        std::fs::create_dir_all(folder.path().join("cpuidle")).unwrap();
        folder
    }

    #[test]
    fn little_cores_do_not_compute() {
        let phone = [250, 250, 250, 250, 620, 620, 1024, 1024];
        let names: Vec<String> = (0..8).map(|number| number.to_string()).collect();
        let cores: Vec<_> = phone.into_iter().zip(names.iter().map(String::as_str)).collect();
        for file in ["cpu_capacity", "cpufreq/cpuinfo_max_freq"] {
            let phone = folder(file, &cores);
            assert_eq!(fast_of(phone.path(), None), Some(4), "{file}");
            // A process that may run on little cores only takes all of them.
            assert_eq!(fast_of(phone.path(), Some("\t0-3")), Some(4));
            assert_eq!(fast_of(phone.path(), Some("3-4,7")), Some(2));
            std::fs::write(phone.path().join("online"), "0-5\n").unwrap();
            assert_eq!(fast_of(phone.path(), None), Some(2), "two big ones are off");
        }
    }

    #[test]
    fn two_threads_of_a_core_count_once() {
        let cores = [(1, "0,2"), (1, "1,3"), (1, "0,2"), (1, "1,3")];
        let laptop = folder("cpufreq/cpuinfo_max_freq", &cores);
        assert_eq!(fast_of(laptop.path(), None), Some(2));
        assert_eq!(fast_of(laptop.path(), Some("2")), Some(1), "its first thread is not allowed");
    }

    #[test]
    fn where_nothing_is_said_all_cores_count() {
        let silent = folder("cpufreq/nothing", &[(0, "0"), (0, "1"), (0, "2")]);
        assert_eq!(fast_of(silent.path(), None), Some(3));
        assert_eq!(fast_of(&silent.path().join("none"), None), None);
        assert!((1..=available_parallelism().map_or(1, NonZero::get)).contains(&fast_cores()));
    }
}
