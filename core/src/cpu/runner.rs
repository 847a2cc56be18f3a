//! Runs batches: all threads walk all steps, claim parts of each, and meet after it; a row that is alone
//! in its step is done at the meeting before.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::attend::{self, Attention, Split, most_part_values};
use super::caches::{Caches, cache_bytes};
use super::pool::{Exit, Member, Pool};
use super::shared::Shared;
use super::steps::{Product, RowOp, Step, Steps};
use super::visible::BLOCK;
use super::weights::CpuWeights;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::ops::{Batch, BufferId, Outcome, Plan, Runner, RunnerOptions};
use carrel_kernels::{Blocks, Columns, Kernels, PANEL, Quantised, TILE_COLUMNS, Tile};

/// Bytes of rounded activations that stay in a core's own cache while panels pass by.
const COLUMN_BYTES: usize = 128 << 10;
/// The fewest tiles of them all the same: weights come from memory once for so many.
const FEWEST_TILES: usize = 4;
/// Bytes of weights that stay in a core's own cache while tiles of activations pass by.
const PANEL_BYTES: usize = 256 << 10;
/// Parts of a step for a thread, so that a thread that is held up does not hold up the others.
const CLAIMS_PER_THREAD: usize = 8;

/// What memory is for, in errors.
const ACTIVATIONS: &str = "activations";

/// A plan with its weights, caches, scratch memory and threads.
pub struct CpuRunner {
    plan: Arc<Plan>,
    weights: Arc<CpuWeights>,
    kernels: &'static Kernels,
    steps: Steps,
    caches: Caches,
    pool: Pool,
    memory: Memory,
    options: RunnerOptions,
    n_logits: usize,
}

/// Everything that a pass writes to, apart from the caches.
struct Memory {
    /// Activations by buffer; that of the logits is empty.
    buffers: Vec<Shared<f32>>,
    logits: Shared<f32>,
    /// Rounded activations by buffer and kind of blocks.
    rounded: Vec<[Option<Rounded>; 2]>,
    /// Cosines and sines by rotation.
    turns: Vec<Shared<f32>>,
    /// Visibility of blocks by cache.
    visibility: Vec<Shared<u8>>,
    parts: Shared<f32>,
    scratch: Vec<attend::Memory>,
    /// Parts of each step that are claimed.
    claimed: Vec<AtomicUsize>,
}

/// A buffer rounded to 8 bits.
pub(super) struct Rounded {
    blocks: Blocks,
    quants: Shared<i8>,
    scales: Shared<f32>,
    sums: Shared<f32>,
    starts: Shared<i32>,
    sums_of_16: Shared<i16>,
}

impl Rounded {
    pub(super) fn new(blocks: Blocks, width: usize, n_batch: usize) -> Result<Self, ModelError> {
        let n = n_batch * width;
        let (n_sums, n_sums_of_16) = match blocks {
            Blocks::Of32 => (n / 32, 0),
            Blocks::Of256 => (0, n / 16),
        };
        Ok(Self {
            blocks,
            quants: Shared::new(n, ACTIVATIONS)?,
            scales: Shared::new(n / blocks.n_values(), ACTIVATIONS)?,
            sums: Shared::new(n_sums, ACTIVATIONS)?,
            starts: Shared::new(n_sums, ACTIVATIONS)?,
            sums_of_16: Shared::new(n_sums_of_16, ACTIVATIONS)?,
        })
    }

    /// Sums of a row of `width` values.
    fn n_sums(&self, width: usize) -> usize {
        if self.blocks == Blocks::Of32 { width / 32 } else { 0 }
    }

    /// Sums of sixteen of a row of `width` values.
    fn n_sums_of_16(&self, width: usize) -> usize {
        if self.blocks == Blocks::Of256 { width / 16 } else { 0 }
    }

    /// Rows of `width` values, as products read them.
    ///
    /// # Safety
    /// Nobody writes to the rows while the result lives.
    pub(super) unsafe fn read(&self, rows: Range<usize>, width: usize) -> Columns<'_> {
        let part = |n: usize| rows.start * n..rows.end * n;
        // SAFETY: as the caller promises.
        unsafe {
            Columns {
                n_columns: rows.len(),
                n_values: width,
                values: &[],
                quants: self.quants.read(part(width)),
                scales: self.scales.read(part(width / self.blocks.n_values())),
                sums: self.sums.read(part(self.n_sums(width))),
                starts: self.starts.read(part(self.n_sums(width))),
                sums_of_16: self.sums_of_16.read(part(self.n_sums_of_16(width))),
            }
        }
    }

    /// Where rows of `width` values go.
    ///
    /// # Safety
    /// Nobody else reads or writes the rows while the result lives.
    pub(super) unsafe fn write(&self, rows: Range<usize>, width: usize) -> Quantised<'_> {
        let part = |n: usize| rows.start * n..rows.end * n;
        // SAFETY: as the caller promises.
        unsafe {
            Quantised {
                quants: self.quants.write(part(width)),
                scales: self.scales.write(part(width / self.blocks.n_values())),
                sums: self.sums.write(part(self.n_sums(width))),
                starts: self.starts.write(part(self.n_sums(width))),
                sums_of_16: self.sums_of_16.write(part(self.n_sums_of_16(width))),
            }
        }
    }

    fn bytes(&self) -> u64 {
        let n_fours = self.scales.len() + self.sums.len() + self.starts.len();
        (self.quants.len() + 4 * n_fours + 2 * self.sums_of_16.len()) as u64
    }
}

/// One batch on its way through the steps.
pub(super) struct Pass<'a> {
    pub(super) plan: &'a Plan,
    pub(super) weights: &'a CpuWeights,
    pub(super) kernels: &'static Kernels,
    pub(super) caches: &'a Caches,
    pub(super) batch: &'a Batch,
    pub(super) split: Split,
    pub(super) turns: &'a [Shared<f32>],
    pub(super) visibility: &'a [Shared<u8>],
    pub(super) parts: &'a Shared<f32>,
    memory: &'a Memory,
    cancel: &'a CancelFlag,
    exit: Exit,
}

impl Memory {
    fn new(plan: &Plan, steps: &Steps, options: &RunnerOptions) -> Result<Self, ModelError> {
        let n_batch = options.n_batch;
        let width = |index: usize| plan.buffers[index].width as usize;
        let floats = |n| Shared::<f32>::new(n, ACTIVATIONS);
        let buffer =
            |index| floats(if plan.logits.0 == index { 0 } else { n_batch * width(index) });
        let mut rounded: Vec<[Option<Rounded>; 2]> =
            plan.buffers.iter().map(|_| [None, None]).collect();
        for step in &steps.all {
            let Step::Rows { ops, .. } = step else { continue };
            for op in ops {
                if let RowOp::Quantise { buffer, blocks } = *op {
                    let slot = &mut rounded[buffer.0][blocks as usize];
                    if slot.is_none() {
                        *slot = Some(Rounded::new(blocks, width(buffer.0), n_batch)?);
                    }
                }
            }
        }
        let turns = plan.ropes.iter().map(|rope| floats(n_batch * rope.d_rot as usize));
        let blocks = options.n_cells.iter().map(|cells| n_batch * cells.div_ceil(BLOCK));
        let mut memory = Self {
            buffers: (0..plan.buffers.len()).map(buffer).collect::<Result<_, _>>()?,
            logits: floats(plan.n_vocab as usize)?,
            rounded,
            turns: turns.collect::<Result<_, _>>()?,
            visibility: blocks.map(|n| Shared::new(n, ACTIVATIONS)).collect::<Result<_, _>>()?,
            parts: floats(0)?,
            scratch: Vec::new(),
            claimed: steps.all.iter().map(|_| AtomicUsize::new(0)).collect(),
        };
        memory.fit_threads(plan, options)?;
        Ok(memory)
    }

    /// Allocates what depends on the number of threads.
    fn fit_threads(&mut self, plan: &Plan, options: &RunnerOptions) -> Result<(), ModelError> {
        let RunnerOptions { n_batch, n_threads, .. } = *options;
        let n_parts = most_part_values(plan, n_batch, &options.n_cells, n_threads);
        let scratch = || attend::Memory::new(plan, options.cache_type, ACTIVATIONS);
        let scratch = (0..n_threads).map(|_| scratch()).collect::<Result<_, _>>()?;
        self.parts = Shared::new(n_parts, ACTIVATIONS)?;
        self.scratch = scratch;
        Ok(())
    }

    /// Bytes without the logits.
    fn n_bytes(&self) -> u64 {
        let scratch = self.scratch.iter().map(|memory| &memory.values);
        let floats = self.buffers.iter().chain(&self.turns).chain(scratch);
        let n_floats: usize = floats.chain([&self.parts]).map(Shared::len).sum();
        let queries = self.scratch.iter().filter_map(|memory| memory.rounded.as_ref());
        let rounded = self.rounded.iter().flatten().flatten().chain(queries);
        let rounded: u64 = rounded.map(Rounded::bytes).sum();
        let visibility: usize = self.visibility.iter().map(Shared::len).sum();
        let n_integers: usize = self.scratch.iter().map(|memory| memory.integers.len()).sum();
        4 * n_floats as u64 + 2 * n_integers as u64 + rounded + visibility as u64
    }
}

/// Bytes of caches, and of activations and scratch memory, that a runner of this plan allocates.
///
/// # Errors
/// [`ModelError::OutOfMemory`] if the system would not even reserve it.
pub fn runner_bytes(plan: &Plan, options: &RunnerOptions) -> Result<(u64, u64), ModelError> {
    // Memory that is never touched is only reserved: asking costs nothing.
    let memory = Memory::new(plan, &Steps::of(plan), options)?;
    Ok((cache_bytes(plan, options), memory.n_bytes()))
}

impl CpuRunner {
    /// Allocates caches and scratch memory, and starts the threads.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`] if the system gives no memory or no threads.
    pub fn new(
        plan: Arc<Plan>,
        weights: Arc<CpuWeights>,
        kernels: &'static Kernels,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let steps = Steps::of(&plan);
        let memory = Memory::new(&plan, &steps, options)?;
        Ok(Self {
            caches: Caches::new(&plan, options)?,
            pool: start(options.n_threads)?,
            plan,
            weights,
            kernels,
            steps,
            memory,
            options: options.clone(),
            n_logits: 0,
        })
    }
}

/// A team of threads.
fn start(n_threads: usize) -> Result<Pool, ModelError> {
    let no_threads = |_| ModelError::OutOfMemory { what: "the thread pool", n_bytes: 0 };
    Pool::new(n_threads).map_err(no_threads)
}

impl<'a> Pass<'a> {
    pub(super) fn buffer(&self, id: BufferId) -> &'a Shared<f32> {
        if id == self.plan.logits { &self.memory.logits } else { &self.memory.buffers[id.0] }
    }

    pub(super) fn rounded(&self, id: BufferId, blocks: Blocks) -> &'a Rounded {
        self.memory.rounded[id.0][blocks as usize].as_ref().expect("allocated for this step")
    }

    /// Row `row` of a buffer, to read.
    ///
    /// # Safety
    /// Nobody writes to the row while the result lives.
    pub(super) unsafe fn row_of(&self, id: BufferId, row: usize) -> &'a [f32] {
        let width = self.plan.buffers[id.0].width as usize;
        // SAFETY: as the caller promises.
        unsafe { self.buffer(id).read(row * width..(row + 1) * width) }
    }

    /// Row `row` of a buffer, to write.
    ///
    /// # Safety
    /// Nobody else reads or writes the row while the result lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn row_of_mut(&self, id: BufferId, row: usize) -> &'a mut [f32] {
        let width = self.plan.buffers[id.0].width as usize;
        // SAFETY: as the caller promises.
        unsafe { self.buffer(id).write(row * width..(row + 1) * width) }
    }

    /// What each thread does: all steps, until the end or until the flag is set.
    fn walk(&self, steps: &[Step], member: &Member<'_>) {
        let mut steps = steps.iter().zip(&self.memory.claimed).enumerate().peekable();
        while let Some((number, (step, claimed))) = steps.next() {
            self.step(step, claimed, member);
            // A single row is one thread's work. Whoever comes last to the meeting before it does it
            // there, while the others wait, so it needs no meeting of its own.
            let of_one = steps.next_if(|(_, (step, _))| self.is_for_one(step));
            let of_last = || {
                if let Some((_, (step, claimed))) = of_one {
                    self.step(step, claimed, member);
                }
            };
            if self.exit.meet(number, member, || self.cancel.is_cancelled(), of_last) {
                return;
            }
        }
    }

    /// Whether there is no work for a second thread in a step.
    fn is_for_one(&self, step: &Step) -> bool {
        matches!(step, Step::Rows { is_selected, .. } if self.n_rows(*is_selected) <= 1)
    }

    fn n_rows(&self, is_selected: bool) -> usize {
        if is_selected { self.batch.rows.len() } else { self.batch.tokens.len() }
    }

    fn step(&self, step: &Step, claimed: &AtomicUsize, member: &Member<'_>) {
        let n_shares = CLAIMS_PER_THREAD * member.n_threads();
        let claim_by = |n_claimed: usize, n_items: usize, work: &mut dyn FnMut(Range<usize>)| {
            loop {
                let first = claimed.fetch_add(n_claimed, Ordering::Relaxed);
                if first >= n_items {
                    return;
                }
                work(first..(first + n_claimed).min(n_items));
            }
        };
        let claim = |n_items: usize, work: &mut dyn FnMut(Range<usize>)| {
            claim_by(n_items.div_ceil(n_shares).max(1), n_items, work);
        };
        match step {
            Step::Rows { ops, is_selected } => {
                claim(self.n_rows(*is_selected), &mut |rows| {
                    for row in rows {
                        let token = if *is_selected { self.batch.rows[row] as usize } else { row };
                        // SAFETY: a row is claimed by one thread, and rows don't touch each other.
                        ops.iter().for_each(|op| unsafe { self.row(op, row, token) });
                    }
                });
            }
            Step::Products { products, is_selected } => {
                let n_rows = self.n_rows(*is_selected);
                let n_panels = |p: &Product| self.weights.matrix(p.weight).shape.n_panels();
                let n_all: usize = products.iter().map(n_panels).sum();
                let n_columns = self.columns_at_once(products);
                let mut tile = [[0.0; PANEL]; TILE_COLUMNS];
                claim(n_all * n_rows.div_ceil(n_columns), &mut |mut items| {
                    while !items.is_empty() {
                        let first = items.start / n_all * n_columns;
                        let rows = first..(first + n_columns).min(n_rows);
                        let mut panel = items.start % n_all;
                        for product in products {
                            let n = n_panels(product);
                            let panels = panel.min(n)..n.min(panel + items.len());
                            panel = panel.saturating_sub(n);
                            items.start += panels.len();
                            if !panels.is_empty() {
                                self.product(product, panels, rows.clone(), &mut tile);
                            }
                        }
                    }
                });
            }
            Step::Attend { layer, queries, scale, out } => {
                let attention = Attention {
                    layer: *layer,
                    queries: self.buffer(*queries),
                    scale: *scale,
                    out: self.buffer(*out),
                    split: self.split,
                };
                let scratch = &self.memory.scratch[member.index];
                // Behind a long text an item takes a millisecond.
                claim_by(1, self.split.n_items(), &mut |items| {
                    // SAFETY: each thread has scratch memory of its own.
                    items.for_each(|index| unsafe { attention.run(self, index, scratch) });
                });
            }
            Step::Convolve(op) => {
                claim(self.n_rows(false), &mut |tokens| {
                    // SAFETY: a token is claimed by one thread, and has a cell of its own. The input is
                    // written in other steps only.
                    tokens.for_each(|token| unsafe { self.convolve(op, token) });
                });
            }
            Step::Select { buffer } => {
                if member.index == 0 && self.batch.rows.len() < self.batch.tokens.len() {
                    // Rows ascend, so a row never comes to lie on one that is still needed.
                    for (row, &token) in self.batch.rows.iter().enumerate() {
                        if row != token as usize {
                            // SAFETY: only this thread works in this step.
                            unsafe {
                                let from = self.row_of(*buffer, token as usize);
                                self.row_of_mut(*buffer, row).copy_from_slice(from);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Columns that a panel is multiplied with before the next one comes.
    fn columns_at_once(&self, products: &[Product]) -> usize {
        let bytes_of = |product: &Product| {
            let matrix = self.weights.matrix(product.weight).shape;
            matrix.n_cols * if matrix.format.blocks().is_some() { 1 } else { 4 }
        };
        let n_bytes = products.iter().map(bytes_of).max().unwrap_or(1);
        (COLUMN_BYTES / n_bytes / TILE_COLUMNS).max(FEWEST_TILES) * TILE_COLUMNS
    }

    /// The outputs of some panels for some rows of activations: a few panels at a time for all rows, so that
    /// memory is read once, and a tile of rows at a time for these panels.
    fn product(
        &self,
        product: &Product,
        panels: Range<usize>,
        rows: Range<usize>,
        tile: &mut Tile,
    ) {
        let matrix = self.weights.matrix(product.weight);
        let kernel = self.kernels.product(matrix.shape.format);
        let bias = product.bias.map(|bias| self.weights.vector(bias));
        let (width, out) =
            (self.plan.buffers[product.out.0].width as usize, self.buffer(product.out));
        let shape = &matrix.shape;
        let at_once = (PANEL_BYTES * shape.n_panels() / shape.n_bytes()).max(1);
        for few in panels.clone().step_by(at_once) {
            let few = few..panels.end.min(few + at_once);
            for start in rows.clone().step_by(TILE_COLUMNS) {
                let end = rows.end.min(start + TILE_COLUMNS);
                let columns = self.columns(product, start..end);
                for (index, weights) in few.clone().zip(matrix.panels(few.clone())) {
                    kernel(&weights, &columns, tile);
                    let first = index * PANEL;
                    let n_outputs = PANEL.min(matrix.shape.n_rows - first);
                    let bias = bias.map(|bias| &bias[first..][..n_outputs]);
                    for (row, values) in (start..end).zip(tile.iter()) {
                        let at = row * width + first;
                        // SAFETY: these outputs belong to this panel and row, which one thread has
                        // claimed.
                        let out = unsafe { out.write(at..at + n_outputs) };
                        match out.first_chunk_mut::<PANEL>() {
                            // A copy of known length is two moves instead of a call.
                            Some(out) => *out = *values,
                            None => out.copy_from_slice(&values[..n_outputs]),
                        }
                        if let Some(bias) = bias {
                            out.iter_mut().zip(bias).for_each(|(out, bias)| *out += bias);
                        }
                    }
                }
            }
        }
    }

    /// Rows of activations as a product reads them.
    fn columns(&self, product: &Product, rows: Range<usize>) -> Columns<'a> {
        let shape = self.weights.matrix(product.weight).shape;
        let n = shape.n_cols;
        // SAFETY: what products read was written before the last meeting.
        unsafe {
            match shape.format.blocks() {
                Some(blocks) => self.rounded(product.input, blocks).read(rows, n),
                None => Columns {
                    n_columns: rows.len(),
                    n_values: n,
                    values: self.buffer(product.input).read(rows.start * n..rows.end * n),
                    ..Columns::default()
                },
            }
        }
    }
}

impl Runner for CpuRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        self.n_logits = 0;
        if batch.tokens.len() > self.options.n_batch {
            return Err(ModelError::Option {
                option: "the batch size",
                found: batch.tokens.len().to_string(),
                expected: format!("at most {}", self.options.n_batch),
            });
        }
        let n_logits = batch.rows.len() * self.plan.n_vocab as usize;
        if self.memory.logits.len() < n_logits {
            self.memory.logits = Shared::new(n_logits, "logits")?;
        }
        self.memory.claimed.iter().for_each(|claimed| claimed.store(0, Ordering::Relaxed));
        let n_cells = batch.caches.iter().map(|view| view.n_cells).max().unwrap_or(0);
        let n_threads = self.options.n_threads;
        let pass = Pass {
            plan: &self.plan,
            weights: &self.weights,
            kernels: self.kernels,
            caches: &self.caches,
            batch,
            split: Split::of(&self.plan, batch.tokens.len(), n_cells, n_threads),
            turns: &self.memory.turns,
            visibility: &self.memory.visibility,
            parts: &self.memory.parts,
            memory: &self.memory,
            cancel,
            exit: Exit::new(),
        };
        let n_steps =
            if batch.rows.is_empty() { self.steps.n_stored } else { self.steps.all.len() };
        let steps = &self.steps.all[..n_steps];
        self.pool.run(&|member| pass.walk(steps, member));
        if pass.exit.is_taken() {
            return Ok(Outcome::Cancelled);
        }
        self.n_logits = n_logits;
        Ok(Outcome::Done)
    }

    fn logits(&self) -> &[f32] {
        // SAFETY: no pass is running while the runner is borrowed, so nobody writes.
        unsafe { self.memory.logits.read(0..self.n_logits) }
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        let (plan, weights) = (&self.plan, &self.weights);
        self.caches.rotate_first_cells(plan, weights, group, n_cells, delta);
        Ok(())
    }

    fn forget_first_cells(&mut self) {
        self.caches.forget_first_cells();
    }

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        self.plan.cell_bytes(self.plan.cache_of(layer), self.options.cache_type)
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        self.caches.read_cells(layer, first, keys, values);
        Ok(())
    }

    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        self.caches.write_cells(layer, first, keys, values);
    }

    fn rest(&mut self) {
        self.pool.rest();
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), ModelError> {
        let pool = start(n_threads)?;
        let options = RunnerOptions { n_threads, ..self.options.clone() };
        self.memory.fit_threads(&self.plan, &options)?;
        (self.pool, self.options) = (pool, options);
        Ok(())
    }

    fn cache_bytes(&self) -> u64 {
        cache_bytes(&self.plan, &self.options)
    }

    fn compute_bytes(&self) -> u64 {
        self.memory.n_bytes()
    }
}
