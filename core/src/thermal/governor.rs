//! How many threads and how large batches: fewer where sustained speed falls, more again where it holds.
//!
//! A hot device lowers the clock of all its cores, most of all when all of them work. So a fall of speed
//! that lasts is answered by fewer threads and smaller batches, which leaves the device time to cool, and
//! a level that holds its own speed is left again after a while. What counts as a fall is measured against
//! the session's own best: speed depends on the model, on the number of tokens before ([`bucket`]) and on
//! the level, so each of these has a best of its own, and a window is judged by
//! ```text
//! efficiency = Σ n_tokens / best / Σ seconds    over the last ten seconds of work
//! ```
//! Two bounds and a pause that doubles after every climb that failed keep it from swinging. What the
//! system says of the heat counts at once. Pure: it reads no clock, only what it is told.

use super::Heat;

/// Seconds of work that are judged together.
const WINDOW_S: f64 = 10.0;
/// Efficiency below which a level is left downwards: a clock that fell by a third.
const FALL: f64 = 0.7;
/// Efficiency from which a level may be left upwards.
const STEADY: f64 = 0.85;
/// Seconds of work at a level before a climb is tried, at first and at most.
const FIRST_PAUSE_S: f64 = 30.0;
const LONGEST_PAUSE_S: f64 = 480.0;
/// Seconds of work that a best is an average of, so that one quick batch is none.
const BEST_S: f64 = 1.0;
/// The lowest level.
const LOWEST: usize = 3;
/// Buckets of depth, of which each is a fifth longer than the one before: the cost of attention grows with
/// the depth, and must not look like a fall within one. The last is for all beyond a million tokens.
const N_DEPTHS: usize = 48;

/// What one batch was and took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// Tokens computed.
    pub n_tokens: usize,
    /// Tokens before them.
    pub n_past: usize,
    /// Seconds by the wall clock.
    pub seconds: f64,
}

/// How hard the processor is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Threads.
    pub n_threads: usize,
    /// Most tokens in a batch.
    pub n_batch: usize,
}

/// A running average of speed, and the best that it was.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    tokens: f64,
    seconds: f64,
    per_second: f64,
}

impl Best {
    fn add(&mut self, work: &Work) {
        let keep = (1.0 - work.seconds / BEST_S).clamp(0.0, 1.0);
        self.tokens = keep * self.tokens + work.n_tokens as f64;
        self.seconds = keep * self.seconds + work.seconds;
        if self.seconds >= BEST_S / 2.0 {
            self.per_second = self.per_second.max(self.tokens / self.seconds);
        }
    }
}

/// Decides for one session.
#[derive(Debug, Clone)]
pub struct Governor {
    full: Effort,
    level: usize,
    bests: Vec<Best>,
    /// Expected and real seconds of the window, by halves: the older one goes when the newer is full.
    halves: [(f64, f64); 2],
    /// Seconds of work since the level changed, and before a climb is tried.
    at_level_s: f64,
    pause_s: f64,
    /// Whether the last change was a climb.
    has_climbed: bool,
}

/// Which batches are compared with each other: the phase, and a quarter of a power of two of the tokens
/// before.
fn bucket(work: &Work) -> Option<usize> {
    let phase = match work.n_tokens {
        1 => 0,
        // A verified draft, or the end of a prompt: neither the one nor the other.
        2..16 => return None,
        _ => 1,
    };
    let depth = 4.0 * (work.n_past as f64 / 512.0 + 1.0).log2();
    Some(phase * N_DEPTHS + (depth as usize).min(N_DEPTHS - 1))
}

impl Governor {
    /// Begins with all that there is.
    pub fn new(full: Effort) -> Self {
        Self {
            full,
            level: 0,
            bests: vec![Best::default(); (LOWEST + 1) * 2 * N_DEPTHS],
            halves: [(0.0, 0.0); 2],
            at_level_s: 0.0,
            pause_s: FIRST_PAUSE_S,
            has_climbed: false,
        }
    }

    /// The level: 0 is full effort.
    pub fn level(&self) -> usize {
        self.level
    }

    /// What the level means: each takes a quarter of the threads and halves the batch, down to one thread
    /// and 32 tokens.
    pub fn effort(&self) -> Effort {
        let Effort { n_threads, n_batch } = self.full;
        Effort {
            n_threads: (n_threads * (4 - self.level)).div_ceil(4).max(1),
            n_batch: (n_batch >> self.level).max(32.min(n_batch)),
        }
    }

    /// Learns what a batch took while the system said this about the heat; the new effort if it changes.
    pub fn note(&mut self, work: &Work, heat: Heat) -> Option<Effort> {
        if let Some(bucket) = bucket(work).filter(|_| work.seconds > 0.0) {
            let best = &mut self.bests[self.level * 2 * N_DEPTHS + bucket];
            best.add(work);
            if best.per_second > 0.0 {
                let newer = &mut self.halves[1];
                newer.0 += work.n_tokens as f64 / best.per_second;
                newer.1 += work.seconds;
            }
        }
        self.at_level_s += work.seconds;
        let n_down = match heat {
            Heat::Critical => 2,
            Heat::Serious => 1,
            Heat::Nominal | Heat::Fair => 0,
        };
        // Heat alone is answered once a window, as cooling takes a while.
        if n_down > 0 && (self.at_level_s >= WINDOW_S || self.level == 0) {
            return self.change(self.level + n_down);
        }
        let efficiency = self.efficiency()?;
        if efficiency < FALL {
            return self.change(self.level + 1);
        }
        let may_climb = n_down == 0 && self.level > 0 && self.at_level_s >= self.pause_s;
        if may_climb && efficiency >= STEADY { self.change(self.level - 1) } else { None }
    }

    /// Efficiency of the window, once it is full.
    fn efficiency(&mut self) -> Option<f64> {
        let [older, newer] = self.halves;
        if newer.1 < WINDOW_S / 2.0 {
            return None;
        }
        self.halves = [newer, (0.0, 0.0)];
        (older.1 > 0.0).then(|| (older.0 + newer.0) / (older.1 + newer.1))
    }

    fn change(&mut self, level: usize) -> Option<Effort> {
        let level = level.min(LOWEST);
        if level == self.level {
            return None;
        }
        let climbs = level < self.level;
        if !climbs {
            // A climb that was followed by a fall came too soon.
            let longer = if self.has_climbed { 2.0 * self.pause_s } else { FIRST_PAUSE_S };
            self.pause_s = longer.min(LONGEST_PAUSE_S);
        }
        let before = self.effort();
        (self.level, self.has_climbed) = (level, climbs);
        (self.halves, self.at_level_s) = ([(0.0, 0.0); 2], 0.0);
        let effort = self.effort();
        (effort != before).then_some(effort)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Effort = Effort { n_threads: 8, n_batch: 512 };

    /// Decodes for `seconds` at the speed that `speed` gives; the levels that were passed.
    fn decode(
        governor: &mut Governor,
        seconds: f64,
        heat: Heat,
        mut speed: impl FnMut(f64, usize) -> f64,
    ) -> Vec<usize> {
        let (mut now, mut n_past, mut levels) = (0.0, 0, vec![governor.level()]);
        while now < seconds {
            let work = Work { n_tokens: 1, n_past, seconds: 1.0 / speed(now, governor.level()) };
            governor.note(&work, heat);
            now += work.seconds;
            n_past = (n_past + 1) % 512;
            if levels.last() != Some(&governor.level()) {
                levels.push(governor.level());
            }
        }
        levels
    }

    #[test]
    fn a_steady_or_noisy_speed_changes_nothing() {
        let mut governor = Governor::new(FULL);
        let mut turn = 0u32;
        let noisy = |_, _| {
            turn += 1;
            // Every twentieth token is held up.
            if turn.is_multiple_of(20) { 8.0 } else { 40.0 + f64::from(turn % 7) }
        };
        assert_eq!(decode(&mut governor, 300.0, Heat::Nominal, noisy), [0]);
        assert_eq!(governor.effort(), FULL);
    }

    #[test]
    fn longer_contexts_are_slower_and_no_fall() {
        let mut governor = Governor::new(FULL);
        for n_past in (0..8192).step_by(512) {
            for _ in 0..40 {
                let seconds = 0.5 + n_past as f64 / 2000.0;
                let work = Work { n_tokens: 512, n_past, seconds };
                assert_eq!(governor.note(&work, Heat::Nominal), None, "{n_past}");
            }
        }
    }

    /// The published run of a 1.2B model on a phone's CPU: 37 tokens a second fall to 19 in three minutes.
    #[test]
    fn a_fall_that_lasts_steps_down_until_the_speed_holds() {
        let mut governor = Governor::new(FULL);
        let hot = |now: f64, level: usize| match level {
            0 => (37.0 - now / 10.0).max(19.0),
            1 => (30.0 - now / 30.0).max(15.0),
            _ => 18.0,
        };
        let levels = decode(&mut governor, 600.0, Heat::Nominal, hot);
        assert_eq!(levels[..2], [0, 1], "{levels:?}");
        assert!(governor.effort().n_threads < FULL.n_threads);
        assert!(governor.effort().n_batch < FULL.n_batch);
    }

    #[test]
    fn climbs_are_tried_ever_more_rarely_while_it_stays_hot() {
        let mut governor = Governor::new(FULL);
        decode(&mut governor, 30.0, Heat::Nominal, |_, _| 40.0);
        let hot = |_, level| if level == 0 { 20.0 } else { 25.0 };
        let changes = |governor: &mut Governor, seconds| {
            decode(governor, seconds, Heat::Nominal, hot).len() - 1
        };
        let (first, later) = (changes(&mut governor, 400.0), changes(&mut governor, 400.0));
        assert!(first > later && later <= 2, "{first} and {later} changes");
        // When it is cool again, full effort comes back and stays.
        decode(&mut governor, 1200.0, Heat::Nominal, |_, level| 40.0 - 5.0 * level as f64);
        assert_eq!(governor.level(), 0);
    }

    #[test]
    fn what_the_system_says_counts_at_once() {
        let mut governor = Governor::new(FULL);
        let work = Work { n_tokens: 1, n_past: 0, seconds: 0.02 };
        let effort = governor.note(&work, Heat::Serious).expect("fewer threads");
        assert_eq!(effort, Effort { n_threads: 6, n_batch: 256 });
        assert_eq!(governor.note(&work, Heat::Serious), None, "cooling takes a while");
        assert_eq!(decode(&mut governor, 15.0, Heat::Critical, |_, _| 50.0), [1, 3]);
        assert_eq!(governor.effort(), Effort { n_threads: 2, n_batch: 64 });
        assert_eq!(decode(&mut governor, 200.0, Heat::Serious, |_, _| 50.0), [3], "no climb");
        assert_eq!(decode(&mut governor, 400.0, Heat::Fair, |_, _| 50.0), [3, 2, 1, 0]);
    }

    #[test]
    fn one_thread_is_the_least() {
        let mut governor = Governor::new(Effort { n_threads: 1, n_batch: 16 });
        let work = Work { n_tokens: 1, n_past: 0, seconds: 0.02 };
        assert_eq!(governor.note(&work, Heat::Critical), None);
        assert_eq!(governor.effort(), Effort { n_threads: 1, n_batch: 16 });
    }
}
