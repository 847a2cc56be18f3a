//! A model that reads for one question: probed before the first one, watched while it reads.

use std::ops::ControlFlow;
use std::time::Instant;

use super::documents::turn;
use super::host::Job;
use super::lock;
use super::stream::{Chunk, Outlet};
use crate::engine::{ProbeFolder, WindowReader};
use crate::error::Result;
use crate::memory::{Capability, Foresight, Reading, Reply, Request, TextModel};

/// A model that reads for one question and tells how far it is: probes and windows alike.
pub(super) struct Asking<'a> {
    reader: WindowReader,
    job: &'a Job,
    outlet: &'a Outlet,
    done: u64,
    total: u64,
}

impl<'a> Asking<'a> {
    /// A reader that does what the probe of its model found. Probes it if nobody did yet; `None` if
    /// that was cancelled.
    ///
    /// # Errors
    /// If memory cannot be had, the model fails, or its report cannot be written.
    pub(super) fn begin(job: &'a Job, outlet: &'a Outlet) -> Result<Option<Self>> {
        let reader = job.engine.reader(outlet.flag())?;
        let mut asking = Self { reader, job, outlet, done: 0, total: 0 };
        // One question probes, others wait for what it finds.
        let Some(mut known) = turn(job.host.capability(), outlet.flag()) else { return Ok(None) };
        if known.is_none() {
            *known = asking.probe()?;
        }
        Ok(known.map(|known| {
            asking.reader.allow(known);
            asking
        }))
    }

    /// Keeps for estimates how fast the model was.
    pub(super) fn remember_speed(&self) {
        if let Some(known) = lock(self.job.host.capability()).as_mut() {
            known.speed = self.reader.speed();
        }
    }

    /// The reader alone, for work that tells by itself how far it is.
    pub(super) fn into_reader(self) -> WindowReader {
        self.reader
    }

    fn probe(&mut self) -> Result<Option<Capability>> {
        let (job, outlet) = (self.job, self.outlet);
        let folder = job.host.probe_folder().map(ProbeFolder::new);
        let mut begun = Instant::now();
        let report = job.engine.probe(&mut self.reader, folder.as_ref(), &mut |done, total| {
            self.done = done as u64;
            // The question itself is still to come.
            outlet.send(Chunk::Progress { done: self.done, total: total as u64 + 1 });
            job.host.pace().wait(begun.elapsed(), outlet.flag());
            begun = Instant::now();
            match outlet.flag().is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        Ok(report.map(|report| report.capability()))
    }
}

impl Foresight for Asking<'_> {
    fn reading(&self) -> Reading {
        self.reader.reading()
    }

    fn context_tokens(&self) -> usize {
        self.reader.context_tokens()
    }

    fn tokens_in(&self, text: &str) -> usize {
        self.reader.tokens_in(text)
    }
}

impl TextModel for Asking<'_> {
    fn expect(&mut self, windows: usize) {
        self.total = self.total.max(self.done.saturating_add(windows as u64));
    }

    fn read(&mut self, request: &Request) -> Result<Reply> {
        let begun = Instant::now();
        let reply = self.reader.read(request)?;
        self.done += 1;
        self.outlet.send(Chunk::Progress { done: self.done, total: self.done.max(self.total) });
        self.job.host.pace().wait(begun.elapsed(), self.outlet.flag());
        Ok(reply)
    }
}
