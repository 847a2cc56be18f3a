//! What Linux says of this process.

/// A size of this process in bytes, by its name in `/proc/self/status`: `VmSize`, `VmRSS`, `VmHWM`; `None`
/// on other systems.
pub fn size(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
