//! How much the resident set of this process grew at its peak, from Linux's `/proc`; elsewhere
//! unknown. What the allocator had kept free before is not seen, so it is a lower bound.

/// Forgets the peak so far; answers the resident bytes.
pub fn start() -> Option<u64> {
    // Not allowed in some sandboxes; then the peak is that of the whole run, which is no less.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    bytes("VmRSS:")
}

/// Growth of the peak over `before`.
pub fn growth(before: Option<u64>) -> Option<u64> {
    Some(bytes("VmHWM:")?.saturating_sub(before?))
}

fn bytes(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
