//! Tokens in, logits out: one sequence with its caches and its position.

use std::sync::Arc;
use std::time::Instant;

use super::best::best_of;
use super::cells::Cells;
use super::governed::Governed;
use super::model::Model;
use crate::cancel::CancelFlag;
use crate::cores::fast_cores;
use crate::cpu::CpuRunner;
use crate::error::{GpuError, ModelError};
use crate::ggml::GgmlRunner;
use crate::ops::{
    Batch, Best, CacheGroup, CacheType, CellContent, Outcome, Plan, Runner, RunnerOptions,
};
use crate::thermal::{Effort, HeatHint, Work};

/// First tokens that stay in the cache for good when a window slides (arXiv 2309.17453, §3.2: four
/// are enough for every model tried there).
pub const N_SINKS: usize = 4;

/// Tokens in a batch while a window slides. Sinks are moved along between batches, at multiples of
/// this number, so that results do not depend on how a caller cuts its tokens up.
const SLIDE_STEP: usize = 64;

/// Tokens that a sequence can at least go back without being read again because of what convolutions look
/// at: a question with its answer, about, so that another one can be asked about the same text. A full
/// context keeps all else that is needed.
const CONVOLVED_BACK: usize = 512;

/// What happens when a sequence grows longer than the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextPolicy {
    /// The context holds this many tokens and no more.
    Full(usize),
    /// Attention sees the first four tokens and the last ones, this many together; the sequence
    /// may grow without bounds in constant memory.
    Sliding(usize),
}

/// How a decoder is made.
#[derive(Debug, Clone)]
pub struct DecoderOptions {
    /// Length of the context.
    pub context: ContextPolicy,
    /// Type of the values in the KV cache.
    pub cache_type: CacheType,
    /// Most tokens computed at once.
    pub n_batch: usize,
    /// Threads that compute.
    pub n_threads: usize,
}

impl Default for DecoderOptions {
    fn default() -> Self {
        Self {
            context: ContextPolicy::Full(4096),
            cache_type: CacheType::F16,
            n_batch: 512,
            n_threads: fast_cores().min(8),
        }
    }
}

/// The rows whose logits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogitRows {
    /// None: the tokens only go into the cache.
    None,
    /// That of the last token.
    Last,
    /// All of them.
    All,
    /// Of the last token only so many of the likeliest next ones.
    LastBest(usize),
    /// Of all of them.
    AllBest(usize),
}

impl LogitRows {
    /// How many of the likeliest tokens are wanted instead of logits; 0 for logits.
    fn n_best(self) -> usize {
        match self {
            Self::LastBest(n) | Self::AllBest(n) => n,
            Self::None | Self::Last | Self::All => 0,
        }
    }

    /// The rows of a batch that are wanted.
    fn of_batch(self, n_tokens: usize, is_last: bool) -> Vec<i32> {
        match self {
            Self::All | Self::AllBest(_) => (0..n_tokens as i32).collect(),
            Self::Last | Self::LastBest(_) if is_last => vec![n_tokens as i32 - 1],
            _ => Vec::new(),
        }
    }
}

/// One sequence of tokens, its caches and its position.
pub struct Decoder {
    model: Model,
    pub(super) plan: Arc<Plan>,
    pub(super) runner: Box<dyn Runner>,
    pub(super) cells: Vec<Cells>,
    pub(super) options: DecoderOptions,
    pub(super) n_past: usize,
    /// Positions that the sinks' keys are rotated forward by, by cache.
    shifts: Vec<i32>,
    logits: Vec<f32>,
    best: Vec<Best>,
    /// The tokens in the cache, kept where the device may be lost, to compute them again.
    pub(super) history: Option<Vec<u32>>,
    governed: Option<Governed>,
}

impl Decoder {
    pub(super) fn new(model: &Model, options: &DecoderOptions) -> Result<Self, ModelError> {
        #[cfg(feature = "gpu")]
        if let Some(decoder) = super::gpu::gpu_decoder(model, options)? {
            return Ok(decoder);
        }
        Self::with_runner(model, options, |plan, options| cpu_runner(model, plan, options))
    }

    /// A decoder on a runner of the caller's making, for example the plain reference.
    ///
    /// # Errors
    /// If the options do not fit the model, or whatever `make` answers.
    pub fn with_runner(
        model: &Model,
        options: &DecoderOptions,
        make: impl FnOnce(&Arc<Plan>, &RunnerOptions) -> Result<Box<dyn Runner>, ModelError>,
    ) -> Result<Self, ModelError> {
        let plan = Arc::new(model.plan_for(context_length(options) as u32)?);
        let cells = cells_for(&plan, options)?;
        let runner = make(&plan, &runner_options(&cells, options))?;
        Ok(Self {
            model: model.clone(),
            shifts: vec![0; cells.len()],
            plan,
            runner,
            cells,
            options: options.clone(),
            n_past: 0,
            logits: Vec::new(),
            best: Vec::new(),
            history: None,
            governed: None,
        })
    }

    /// Keeps the tokens, so that the CPU can take over.
    #[cfg(feature = "gpu")]
    pub(super) fn with_history(self) -> Self {
        Self { history: Some(Vec::new()), ..self }
    }

    /// Goes on with the CPU after the device has failed: reads all tokens again. Not cancellable,
    /// as half of them would be of no use.
    fn take_over(&mut self, error: &GpuError) -> Result<(), ModelError> {
        log::warn!("the CPU takes over {} tokens: {error}", self.n_past);
        let history = self.history.take().unwrap_or_default();
        let cells = cells_for(&self.plan, &self.options)?;
        let options = runner_options(&cells, &self.options);
        self.runner = cpu_runner(&self.model, &self.plan, &options)?;
        self.cells = cells;
        self.shifts.fill(0);
        self.n_past = 0;
        let mut rest = &history[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.batch_length(rest.len()));
            self.run_batch(now, (&[], 0), &CancelFlag::new())?;
            rest = later;
        }
        Ok(())
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How it was made.
    pub fn options(&self) -> &DecoderOptions {
        &self.options
    }

    /// Tokens in the cache.
    pub fn n_past(&self) -> usize {
        self.n_past
    }

    /// Tokens that fit; positions are exact up to this many in a sliding context.
    pub fn n_ctx(&self) -> usize {
        match self.options.context {
            ContextPolicy::Full(n_ctx) => n_ctx,
            // Above 2²⁴ a position is no longer exact in the 32-bit floats that RoPE computes with.
            ContextPolicy::Sliding(_) => 1 << 24,
        }
    }

    /// Bytes of caches, and of activations at most so far.
    pub fn memory_bytes(&self) -> (u64, u64) {
        (self.runner.cache_bytes(), self.runner.compute_bytes())
    }

    /// Appends `tokens` to the sequence.
    ///
    /// After [`Outcome::Cancelled`] the sequence ends with the last batch that was complete.
    ///
    /// # Errors
    /// If a token is not in the vocabulary, the context is full, or memory cannot be had. The
    /// sequence is unchanged in the first two cases.
    pub fn forward(
        &mut self,
        tokens: &[u32],
        rows: LogitRows,
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        let n_vocab = self.plan.n_vocab;
        if let Some(&token) = tokens.iter().find(|&&token| token >= n_vocab) {
            return Err(ModelError::Token { token, n_vocab });
        }
        let needed = self.n_past + tokens.len();
        if needed > self.n_ctx() {
            return Err(ModelError::ContextFull { needed, n_ctx: self.n_ctx() });
        }
        self.logits.clear();
        self.best.clear();
        let mut rest = tokens;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.batch_length(rest.len()));
            let wanted = (&rows.of_batch(now.len(), later.is_empty())[..], rows.n_best());
            if self.batch(now, wanted, cancel)? == Outcome::Cancelled {
                return Ok(Outcome::Cancelled);
            }
            rest = later;
        }
        Ok(Outcome::Done)
    }

    /// Presses less hard when sustained speed falls or the device is hot, by what `hint` and the system's
    /// thermal zones say: fewer threads, smaller batches. A GPU is left alone.
    pub fn govern(&mut self, hint: HeatHint) {
        let DecoderOptions { n_threads, n_batch, .. } = self.options;
        self.governed =
            (self.history.is_none()).then(|| Governed::new(Effort { n_threads, n_batch }, hint));
    }

    /// Threads that compute now, and most tokens in a batch.
    pub fn effort(&self) -> Effort {
        let DecoderOptions { n_threads, n_batch, .. } = self.options;
        self.governed.as_ref().map_or(Effort { n_threads, n_batch }, Governed::effort)
    }

    /// Sends the threads to sleep until the next call.
    pub fn rest(&mut self) {
        self.runner.rest();
    }

    /// Computes with this many threads from now on. The sequence stays as it is.
    ///
    /// # Errors
    /// If the number is not one from 1 to 512, or threads cannot be had.
    pub fn set_threads(&mut self, n_threads: usize) -> Result<(), ModelError> {
        let options = DecoderOptions { n_threads, ..self.options.clone() };
        check(&self.plan, &options)?;
        self.runner.set_threads(n_threads)?;
        self.options = options;
        if let Some(governed) = self.governed.take() {
            self.govern(governed.hint());
        }
        Ok(())
    }

    /// Logits of the last call, `[rows, n_vocab]`.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// The likeliest tokens of the last call, `[rows, n]`, the likeliest first, if they were asked for;
    /// [`Best::NONE`] where no usable token is left.
    pub fn best(&self) -> &[Best] {
        &self.best
    }

    /// Tokens that the next batch may have.
    fn batch_length(&self, n_tokens: usize) -> usize {
        let most = match self.options.context {
            ContextPolicy::Full(_) => self.effort().n_batch,
            ContextPolicy::Sliding(_) => SLIDE_STEP - self.n_past % SLIDE_STEP,
        };
        n_tokens.min(most)
    }

    /// Runs a batch; if the device fails, the CPU takes over and runs it.
    fn batch(
        &mut self,
        tokens: &[u32],
        wanted: (&[i32], usize),
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        let outcome = match self.run_batch(tokens, wanted, cancel) {
            Err(ModelError::Gpu(error)) if self.history.is_some() => {
                self.take_over(&error)?;
                self.run_batch(tokens, wanted, cancel)
            }
            outcome => outcome,
        };
        if let (Ok(Outcome::Done), Some(history)) = (&outcome, &mut self.history) {
            history.extend_from_slice(tokens);
        }
        outcome
    }

    /// Runs a batch; `wanted` are its rows, and how many of the likeliest tokens instead of logits.
    fn run_batch(
        &mut self,
        tokens: &[u32],
        (rows, n_best): (&[i32], usize),
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        if cancel.is_cancelled() {
            return Ok(Outcome::Cancelled);
        }
        self.move_sinks()?;
        let (n_past, n_tokens) = (self.n_past, tokens.len());
        let batch = Batch {
            tokens: tokens.iter().map(|&token| token as i32).collect(),
            positions: (n_past..n_past + n_tokens).map(|position| position as i32).collect(),
            caches: self.cells.iter_mut().map(|cells| cells.place(n_past, n_tokens)).collect(),
            rows: rows.to_vec(),
            n_best,
        };
        let start = Instant::now();
        let outcome = self.runner.forward(&batch, cancel);
        let seconds = start.elapsed().as_secs_f64();
        if !matches!(outcome, Ok(Outcome::Done)) {
            // What the batch displaced lay outside every window of the tokens before it.
            self.cells.iter_mut().for_each(|cells| cells.forget_from(n_past));
            return outcome;
        }
        self.n_past += n_tokens;
        let work = Work { n_tokens, n_past, seconds };
        if let Some(effort) = self.governed.as_mut().and_then(|governed| governed.note(&work)) {
            self.runner.set_threads(effort.n_threads)?;
        }
        if n_best == 0 {
            self.logits.extend_from_slice(self.runner.logits());
        } else if self.runner.best().is_empty() {
            let rows = self.runner.logits().chunks_exact(self.plan.n_vocab as usize);
            rows.for_each(|row| best_of(row, n_best, &mut self.best));
        } else {
            self.best.extend_from_slice(self.runner.best());
        }
        Ok(Outcome::Done)
    }

    /// Rotates the sinks' keys to where the window now begins.
    fn move_sinks(&mut self) -> Result<(), ModelError> {
        let ContextPolicy::Sliding(window) = self.options.context else {
            return Ok(());
        };
        let step = self.n_past / SLIDE_STEP * SLIDE_STEP;
        let shift = (step + 1).saturating_sub(window) as i32;
        for (group, cells) in self.cells.iter().enumerate() {
            if cells.n_sinks() > 0 && self.shifts[group] != shift {
                self.runner.rotate_first_cells(group, cells.n_sinks(), shift)?;
                self.shifts[group] = shift;
            }
        }
        Ok(())
    }

    /// Puts the sinks' keys back where they were stored.
    pub(super) fn unshift_sinks(&mut self) -> Result<(), ModelError> {
        for (group, shift) in self.shifts.iter_mut().enumerate() {
            if *shift != 0 {
                self.runner.rotate_first_cells(group, self.cells[group].n_sinks(), 0)?;
                *shift = 0;
            }
        }
        Ok(())
    }

    /// Whether [`Decoder::truncate`] to `n_past` tokens is possible.
    pub fn can_truncate(&self, n_past: usize) -> bool {
        n_past <= self.n_past && self.cells.iter().all(|cells| cells.can_go_back(n_past))
    }

    /// Forgets all tokens but the first `n_past`.
    ///
    /// # Errors
    /// [`ModelError::CannotGoBack`] if a window has slid past tokens that would be needed again.
    pub fn truncate(&mut self, n_past: usize) -> Result<(), ModelError> {
        if !self.can_truncate(n_past) {
            let first = self.cells.iter().map(Cells::first_kept).max().unwrap_or(0);
            return Err(ModelError::CannotGoBack { first, n_past });
        }
        if let Some(history) = &mut self.history {
            history.truncate(n_past);
        }
        if n_past < N_SINKS {
            match self.unshift_sinks() {
                Err(ModelError::Gpu(error)) if self.history.is_some() => self.take_over(&error)?,
                unshifted => unshifted?,
            }
            self.runner.forget_first_cells();
        }
        self.cells.iter_mut().for_each(|cells| cells.forget_from(n_past));
        self.n_past = n_past;
        self.logits.clear();
        self.best.clear();
        Ok(())
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// If memory cannot be had.
    pub fn clear(&mut self) -> Result<(), ModelError> {
        self.truncate(0)
    }
}

/// What runs the plan on the processor.
pub(super) fn cpu_runner(
    model: &Model,
    plan: &Arc<Plan>,
    options: &RunnerOptions,
) -> Result<Box<dyn Runner>, ModelError> {
    Ok(match model.own() {
        Some((weights, kernels)) => {
            Box::new(CpuRunner::new(plan.clone(), weights.clone(), kernels, options)?)
        }
        None => Box::new(GgmlRunner::new(plan.clone(), model.weights().clone(), options)?),
    })
}

/// Positions that attention has to tell apart.
pub(super) fn context_length(options: &DecoderOptions) -> usize {
    match options.context {
        ContextPolicy::Full(n_ctx) => n_ctx,
        ContextPolicy::Sliding(window) => window + SLIDE_STEP,
    }
}

/// What a runner of this decoder is made for.
pub(super) fn runner_options(cells: &[Cells], options: &DecoderOptions) -> RunnerOptions {
    let n_batch = match options.context {
        ContextPolicy::Full(n_ctx) => options.n_batch.min(n_ctx),
        ContextPolicy::Sliding(_) => SLIDE_STEP,
    };
    RunnerOptions {
        n_threads: options.n_threads,
        n_batch,
        n_cells: cells.iter().map(Cells::n_cells).collect(),
        cache_type: options.cache_type,
    }
}

/// The cells of every cache of the plan.
pub(super) fn cells_for(plan: &Plan, options: &DecoderOptions) -> Result<Vec<Cells>, ModelError> {
    check(plan, options)?;
    let convolved = |length: usize| {
        let cells = match options.context {
            ContextPolicy::Full(n_ctx) => match options.n_batch.max(CONVOLVED_BACK) {
                n_back if length + n_back < n_ctx => Cells::ring(length, 0, n_back),
                _ => Cells::full_with_window(n_ctx, length),
            },
            ContextPolicy::Sliding(_) => Cells::ring(length, 0, SLIDE_STEP),
        };
        cells.convolved()
    };
    let cells = |window: Option<u32>| match (options.context, window.map(|width| width as usize)) {
        (ContextPolicy::Full(n_ctx), None) => Cells::full(n_ctx),
        (ContextPolicy::Full(n_ctx), Some(window)) => {
            if window + options.n_batch < n_ctx {
                Cells::ring(window, 0, options.n_batch)
            } else {
                Cells::full_with_window(n_ctx, window)
            }
        }
        (ContextPolicy::Sliding(length), None) => Cells::ring(length, N_SINKS, SLIDE_STEP),
        (ContextPolicy::Sliding(length), Some(window)) => {
            Cells::ring(window.min(length), 0, SLIDE_STEP)
        }
    };
    let cells = |group: &CacheGroup| match (group.content, group.window) {
        (CellContent::Inputs(_), Some(length)) => convolved(length as usize),
        (_, window) => cells(window),
    };
    Ok(plan.caches.iter().map(cells).collect())
}

fn check(plan: &Plan, options: &DecoderOptions) -> Result<(), ModelError> {
    let wrong = |option, found: usize, expected: String| {
        Err(ModelError::Option { option, found: found.to_string(), expected })
    };
    let most = 1usize << 24;
    let (length, least) = match options.context {
        ContextPolicy::Full(n_ctx) => (n_ctx, 1),
        ContextPolicy::Sliding(window) => (window, 2 * N_SINKS),
    };
    if !(least..=most).contains(&length) {
        return wrong("the context length", length, format!("{least} to {most} tokens"));
    }
    if !(1..=65_536).contains(&options.n_batch) {
        return wrong("the batch size", options.n_batch, "1 to 65536 tokens".into());
    }
    if !(1..=512).contains(&options.n_threads) {
        return wrong("the number of threads", options.n_threads, "1 to 512".into());
    }
    if options.cache_type == CacheType::Q8_0 && !plan.d_head.is_multiple_of(32) {
        let d_head = plan.d_head as usize;
        return wrong("the head width", d_head, "a multiple of 32 for a Q8_0 cache".into());
    }
    Ok(())
}
