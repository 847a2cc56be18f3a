//! Numbers as people read them.

use std::time::Duration;

use super::{Strings, fill};

/// A count, from a thousand on rounded to three digits.
pub fn count(n: u64) -> String {
    let scaled = |value: f64, unit: &str| {
        let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        format!("{value:.digits$} {unit}")
    };
    match n {
        0..=9_999 => n.to_string(),
        10_000..=999_499 => scaled(n as f64 / 1e3, "k"),
        _ => scaled(n as f64 / 1e6, "M"),
    }
}

/// A share of a whole.
pub fn percent(share: f32) -> String {
    format!("{:.0} %", (share.clamp(0.0, 1.0) * 100.0).floor())
}

/// A time, in one or two units.
pub fn duration(time: Duration, strings: &Strings) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.001 {
        fill(strings.less_than_ms, &[])
    } else if seconds < 1.0 {
        fill(strings.n_ms, &[&(seconds * 1e3).round()])
    } else if seconds < 10.0 {
        fill(strings.n_seconds, &[&format!("{seconds:.1}")])
    } else if seconds < 100.0 {
        fill(strings.n_seconds, &[&seconds.round()])
    } else if seconds < 6_000.0 {
        fill(strings.n_minutes, &[&(seconds / 60.0).round()])
    } else {
        fill(strings.n_hours, &[&(seconds / 3_600.0).round()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ENGLISH;

    #[test]
    fn amounts_are_short() {
        assert_eq!(count(9_999), "9999");
        assert_eq!(count(104_300), "104 k");
        assert_eq!(count(4_000_000), "4.00 M");
        assert_eq!(percent(0.999), "99 %");
        assert_eq!(duration(Duration::from_micros(5), &ENGLISH), "under 1 ms");
        assert_eq!(duration(Duration::from_millis(42), &ENGLISH), "42 ms");
        assert_eq!(duration(Duration::from_millis(1_540), &ENGLISH), "1.5 s");
        assert_eq!(duration(Duration::from_secs(95), &ENGLISH), "95 s");
        assert_eq!(duration(Duration::from_secs(600), &ENGLISH), "10 min");
    }
}
