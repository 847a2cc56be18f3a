//! Threads that stay, and the barrier where they meet.
//!
//! A batch is one job that all threads run from beginning to end; they meet at a barrier after every
//! step that has work for more than one. Waiting threads spin, because a step takes microseconds and
//! waking a thread takes tens of them; after a while they give way to other threads of the system. Between
//! batches they spin for a moment, then sleep.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Turns of the waiting loop before a thread sleeps: some 200 µs, longer than sampling takes.
const TURNS_AWAKE: u32 = 20_000;
/// Turns at a barrier before a thread gives way at every further one.
const TURNS_AT_BARRIER: u32 = 4_000;

/// A job, as the threads see it.
type Job = dyn Fn(&Member<'_>) + Sync;

/// The threads.
pub(super) struct Pool {
    team: Arc<Team>,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads share.
struct Team {
    n_threads: usize,
    /// The job of this round, valid while `n_working` is not zero.
    job: Mutex<Option<JobPointer>>,
    /// Counts jobs; a change wakes the threads.
    round: AtomicUsize,
    n_working: AtomicUsize,
    n_asleep: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
    /// Threads shall sleep at once.
    is_resting: AtomicBool,
    is_closing: AtomicBool,
    has_panicked: AtomicBool,
    n_arrived: AtomicUsize,
    phase: AtomicUsize,
}

/// A pointer to a job whose lifetime is forgotten.
#[derive(Clone, Copy)]
struct JobPointer(*const Job);

// SAFETY: the job is `Sync`, and `Pool::run` keeps it alive until all threads are done with it.
unsafe impl Send for JobPointer {}

/// One thread of the team during a job.
pub(super) struct Member<'a> {
    /// Its number, from 0.
    pub(super) index: usize,
    team: &'a Team,
}

impl Member<'_> {
    /// Threads of the team.
    pub(super) fn n_threads(&self) -> usize {
        self.team.n_threads
    }

    /// Waits until all threads of the team are here, and the one that comes last has done what `of_last`
    /// says.
    ///
    /// # Panics
    /// If another thread of the team has panicked, as it will never come.
    pub(super) fn meet(&self, of_last: impl FnOnce()) {
        let team = self.team;
        let phase = team.phase.load(Ordering::Acquire);
        if team.n_arrived.fetch_add(1, Ordering::AcqRel) + 1 == team.n_threads {
            of_last();
            team.n_arrived.store(0, Ordering::Relaxed);
            team.phase.store(phase.wrapping_add(1), Ordering::Release);
            return;
        }
        let mut turns = 0;
        while team.phase.load(Ordering::Acquire) == phase {
            assert!(!team.has_panicked.load(Ordering::Relaxed), "another thread panicked");
            turns += 1;
            if turns < TURNS_AT_BARRIER {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
    }
}

/// Where threads that walk the same steps leave them early: all after the same step.
///
/// A flag would not do. A thread that is late at one meeting would find it set already by the first
/// thread, which is on its way to the next meeting, would leave, and that meeting would never be full.
pub(super) struct Exit {
    /// Number of the last step that is taken.
    last: AtomicUsize,
}

impl Exit {
    /// No exit: all steps are taken.
    pub(super) fn new() -> Self {
        Self { last: AtomicUsize::new(usize::MAX) }
    }

    /// Waits until all threads have taken step `number`, and the last one has done what `of_last` says.
    /// Whether they leave now, which the first thread decides by `is_wanted`.
    ///
    /// # Panics
    /// As [`Member::meet`].
    pub(super) fn meet(
        &self,
        number: usize,
        member: &Member<'_>,
        is_wanted: impl FnOnce() -> bool,
        of_last: impl FnOnce(),
    ) -> bool {
        if member.index == 0 && is_wanted() {
            self.last.store(number, Ordering::Relaxed);
        }
        member.meet(of_last);
        self.last.load(Ordering::Relaxed) <= number
    }

    /// Whether the threads left early or at the last step.
    pub(super) fn is_taken(&self) -> bool {
        self.last.load(Ordering::Relaxed) != usize::MAX
    }
}

impl Pool {
    /// A team of `n_threads`, the caller's included.
    pub(super) fn new(n_threads: usize) -> std::io::Result<Self> {
        let team = Arc::new(Team {
            n_threads,
            job: Mutex::new(None),
            round: AtomicUsize::new(0),
            n_working: AtomicUsize::new(0),
            n_asleep: AtomicUsize::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
            is_resting: AtomicBool::new(false),
            is_closing: AtomicBool::new(false),
            has_panicked: AtomicBool::new(false),
            n_arrived: AtomicUsize::new(0),
            phase: AtomicUsize::new(0),
        });
        let mut pool = Self { team, threads: Vec::with_capacity(n_threads - 1) };
        for index in 1..n_threads {
            let team = pool.team.clone();
            let builder = std::thread::Builder::new().name(format!("carrel {index}"));
            pool.threads.push(builder.spawn(move || team.work(index))?);
        }
        Ok(pool)
    }

    /// Runs a job on all threads, and returns when all are done.
    pub(super) fn run(&mut self, job: &(dyn Fn(&Member<'_>) + Sync + '_)) {
        let team = &*self.team;
        if team.n_threads > 1 {
            // SAFETY: only the lifetime changes; nobody uses the job after this function, because it
            // waits for all threads below, whatever happens.
            let job = unsafe {
                std::mem::transmute::<&(dyn Fn(&Member<'_>) + Sync + '_), &'static Job>(job)
            };
            *team.job.lock().unwrap_or_else(PoisonError::into_inner) = Some(JobPointer(job));
            team.is_resting.store(false, Ordering::Relaxed);
            team.n_working.store(team.n_threads - 1, Ordering::Relaxed);
            team.wake();
        }
        let own = catch_unwind(AssertUnwindSafe(|| job(&Member { index: 0, team })));
        if own.is_err() {
            team.has_panicked.store(true, Ordering::Relaxed);
        }
        let mut turns = 0u32;
        while team.n_working.load(Ordering::Acquire) > 0 {
            turns = turns.saturating_add(1);
            if turns < TURNS_AT_BARRIER {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        assert!(!team.has_panicked.load(Ordering::Relaxed), "a thread of the team panicked");
    }

    /// Sends waiting threads to sleep at once.
    pub(super) fn rest(&mut self) {
        self.team.is_resting.store(true, Ordering::Relaxed);
    }
}

impl Team {
    /// Begins a round.
    fn wake(&self) {
        self.round.fetch_add(1, Ordering::SeqCst);
        if self.n_asleep.load(Ordering::SeqCst) > 0 {
            let _bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
            self.bell.notify_all();
        }
    }

    /// The life of a thread.
    fn work(&self, index: usize) {
        let mut seen = 0;
        loop {
            seen = self.next_round(seen);
            if self.is_closing.load(Ordering::Acquire) {
                return;
            }
            let job = *self.job.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(JobPointer(job)) = job {
                // SAFETY: `run` keeps the job alive until `n_working` is zero.
                let job = unsafe { &*job };
                let done = catch_unwind(AssertUnwindSafe(|| job(&Member { index, team: self })));
                if done.is_err() {
                    self.has_panicked.store(true, Ordering::Relaxed);
                }
            }
            self.n_working.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for a round other than `seen`, awake for a while.
    fn next_round(&self, seen: usize) -> usize {
        for _ in 0..TURNS_AWAKE {
            let round = self.round.load(Ordering::Acquire);
            if round != seen {
                return round;
            }
            if self.is_resting.load(Ordering::Relaxed) {
                break;
            }
            std::hint::spin_loop();
        }
        let mut bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        self.n_asleep.fetch_add(1, Ordering::SeqCst);
        // Whoever begins a round after this look sees a sleeper, and rings.
        while self.round.load(Ordering::SeqCst) == seen {
            bed = self.bell.wait(bed).unwrap_or_else(PoisonError::into_inner);
        }
        self.n_asleep.fetch_sub(1, Ordering::SeqCst);
        self.round.load(Ordering::Acquire)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.team.is_closing.store(true, Ordering::Release);
        self.team.wake();
        for thread in self.threads.drain(..) {
            // A thread that panicked has already made `run` panic.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_meet_after_every_step() {
        for n_threads in [1, 2, 5] {
            let mut pool = Pool::new(n_threads).expect("threads");
            let counts: Vec<AtomicUsize> = (0..50).map(|_| AtomicUsize::new(0)).collect();
            for round in 1..=20 {
                pool.run(&|member| {
                    for (step, count) in counts.iter().enumerate() {
                        count.fetch_add(1, Ordering::Relaxed);
                        let all = 2 * round * n_threads;
                        // One of them counts for all, before any of them goes on.
                        member.meet(|| {
                            let before = count.fetch_add(n_threads, Ordering::Relaxed);
                            assert_eq!(before + n_threads, all, "{step}");
                        });
                        assert_eq!(count.load(Ordering::Relaxed), all, "{step}");
                    }
                });
                if round % 5 == 0 {
                    pool.rest();
                }
            }
        }
    }

    #[test]
    fn all_leave_after_the_same_step_however_late_they_are() {
        // More threads than processors, so that at every meeting some come late.
        let n_threads = 2 * std::thread::available_parallelism().map_or(1, |n| n.get());
        let mut pool = Pool::new(n_threads).expect("threads");
        for run in 0..20 {
            let (exit, is_cancelled) = (Exit::new(), AtomicBool::new(false));
            let seen_in = AtomicUsize::new(usize::MAX);
            pool.run(&|member| {
                for step in 0..10 {
                    let is_wanted = || {
                        let is_so = is_cancelled.load(Ordering::Relaxed);
                        is_so.then(|| seen_in.store(step, Ordering::Relaxed)).is_some()
                    };
                    if exit.meet(step, member, is_wanted, || {}) {
                        // A panic ends the others' waiting, should this thread be alone.
                        return assert_eq!(seen_in.load(Ordering::Relaxed), step);
                    }
                    if member.index == 1 && step == run % 5 {
                        is_cancelled.store(true, Ordering::Relaxed);
                    }
                }
                panic!("nobody left");
            });
            assert!(exit.is_taken());
        }
    }

    #[test]
    fn a_panic_in_any_thread_reaches_the_caller() {
        for culprit in 0..3 {
            let mut pool = Pool::new(3).expect("threads");
            let run = catch_unwind(AssertUnwindSafe(|| {
                pool.run(&|member| {
                    assert_ne!(member.index, culprit, "as planned");
                    member.meet(|| {});
                });
            }));
            assert!(run.is_err(), "thread {culprit}");
        }
    }
}
