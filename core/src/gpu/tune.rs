//! Which flavour of a product is the fastest here: measured once by driver, type and width.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use carrel_shaders::{Flavour, Kernel, WeightFormat};

use super::device::Gpu;
use super::pipelines::{Constants, Variant};
use super::steps::{Params, Rows, Step, Work};
use super::weights::Matrix;
use crate::cancel::CancelFlag;
use crate::error::GpuError;
use crate::ops::Batch;

/// Multiply-adds of a product that is measured, at first: a slow GPU takes a moment for them.
const PRODUCTS: u32 = 1 << 18;

/// Bytes of the largest matrix that is measured: a fast GPU must have work for all of its parts.
const MOST_BYTES: u32 = 32 << 20;

/// Products in a measured submission, fewest and most; and submissions, of which the fastest counts.
const N_PRODUCTS: usize = 4;
const MOST_PRODUCTS: usize = 256;
const N_RUNS: usize = 3;

/// What a measured submission must take, so that the time around it does not decide.
const LEAST: Duration = Duration::from_millis(2);

/// Share of the baseline's time that another flavour must stay under to be chosen.
const GAIN: f64 = 0.95;

/// How flavours are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlavourChoice {
    /// What every driver can do: results that do not depend on measurements.
    #[default]
    Baseline,
    /// This one, wherever kernels and driver have it: for tests.
    Only(Flavour),
    /// The fastest.
    Measured,
}

/// The flavours of an open GPU.
pub(super) struct Flavours {
    choice: FlavourChoice,
    features: wgpu::Features,
    /// Whether subgroups multiply matrices of the only size and types that we have kernels for.
    multiplies_in_subgroups: bool,
    known: Mutex<BTreeMap<String, Flavour>>,
}

impl Flavours {
    /// Features of the driver that flavours want.
    pub(super) fn wanted_features(choice: FlavourChoice) -> wgpu::Features {
        match choice {
            FlavourChoice::Baseline => wgpu::Features::empty(),
            _ => {
                wgpu::Features::SUBGROUP
                    | wgpu::Features::SHADER_F16
                    | wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX
            }
        }
    }

    pub(super) fn new(
        choice: FlavourChoice,
        features: wgpu::Features,
        multiplies_in_subgroups: bool,
    ) -> Self {
        Self { choice, features, multiplies_in_subgroups, known: Mutex::default() }
    }

    /// How they are chosen.
    pub(super) fn choice(&self) -> FlavourChoice {
        self.choice
    }

    /// The flavour of products of few rows with this matrix.
    pub(super) fn of_vectors(&self, gpu: &Gpu, matrix: &Matrix, n_cols: u32) -> Flavour {
        self.chosen(gpu, "vectors", Flavour::of_vectors(matrix.format), matrix, n_cols)
    }

    /// The flavour of products of many rows with this matrix.
    pub(super) fn of_matrices(&self, gpu: &Gpu, matrix: &Matrix, n_cols: u32) -> Flavour {
        self.chosen(gpu, "matrices", Flavour::of_matrices(), matrix, n_cols)
    }

    fn is_possible(&self, flavour: Flavour) -> bool {
        match flavour {
            Flavour::Baseline | Flavour::Integer => true,
            Flavour::Subgroups => self.features.contains(wgpu::Features::SUBGROUP),
            Flavour::Half => self.features.contains(wgpu::Features::SHADER_F16),
            Flavour::Cooperative => {
                let wanted = Self::wanted_features(FlavourChoice::Measured);
                self.features.contains(wanted) && self.multiplies_in_subgroups
            }
        }
    }

    fn chosen(
        &self,
        gpu: &Gpu,
        work: &str,
        flavours: &[Flavour],
        matrix: &Matrix,
        n_cols: u32,
    ) -> Flavour {
        let mut possible = flavours.iter().copied().filter(|&flavour| self.is_possible(flavour));
        match self.choice {
            FlavourChoice::Baseline => Flavour::Baseline,
            FlavourChoice::Only(only) => {
                possible.find(|&flavour| flavour == only).unwrap_or(Flavour::Baseline)
            }
            FlavourChoice::Measured => {
                let possible: Vec<Flavour> = possible.collect();
                let key = format!("{work} {:?} {n_cols}", matrix.format);
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(&flavour) = known.get(&key) {
                    return flavour;
                }
                let remembered = gpu.ledger().flavour(&key);
                let remembered = remembered
                    .and_then(|name| possible.iter().find(|f| format!("{f:?}") == name).copied());
                let flavour = remembered.unwrap_or_else(|| {
                    let fastest = fastest(gpu, work == "vectors", &possible, matrix, n_cols);
                    gpu.ledger().set_flavour(&key, format!("{fastest:?}"));
                    fastest
                });
                known.insert(key, flavour);
                flavour
            }
        }
    }
}

/// The fastest flavour; the baseline if nothing can be measured.
fn fastest(
    gpu: &Gpu,
    is_vectors: bool,
    flavours: &[Flavour],
    matrix: &Matrix,
    n_cols: u32,
) -> Flavour {
    let mut amount = Amount::first(is_vectors, n_cols);
    let baseline = loop {
        let took = measure(gpu, amount, Flavour::Baseline, matrix, n_cols);
        let Ok(took) = took else { return Flavour::Baseline };
        match amount.more(matrix).filter(|_| took < LEAST) {
            Some(more) => amount = more,
            None => break took,
        }
    };
    let time = |flavour| measure(gpu, amount, flavour, matrix, n_cols);
    let mut best = (Flavour::Baseline, baseline.mul_f64(GAIN));
    for &flavour in flavours.iter().filter(|&&flavour| flavour != Flavour::Baseline) {
        let took = time(flavour);
        log::debug!("{:?} {n_cols} {flavour:?}: {took:?}, baseline {baseline:?}", matrix.format);
        match took {
            Ok(took) if took < best.1 => best = (flavour, took),
            _ => {}
        }
    }
    best.0
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Amount {
    is_vectors: bool,
    n_rows: u32,
    n_products: usize,
}

impl Amount {
    /// As much as a phone can do in a moment.
    fn first(is_vectors: bool, n_cols: u32) -> Self {
        let amount = Self { is_vectors, n_rows: 0, n_products: N_PRODUCTS };
        Self { n_rows: (PRODUCTS / n_cols / amount.n_tokens()).clamp(32, 4096), ..amount }
    }

    fn n_tokens(self) -> u32 {
        if self.is_vectors { 1 } else { Kernel::MATMUL_TILE }
    }

    /// Several times as much, more rows first; `None` if it is enough for any GPU.
    fn more(self, matrix: &Matrix) -> Option<Self> {
        let most_rows = MOST_BYTES / matrix.row_bytes.max(1);
        if self.n_rows < most_rows {
            return Some(Self { n_rows: (4 * self.n_rows).min(most_rows), ..self });
        }
        let n_products = 4 * self.n_products;
        (n_products <= MOST_PRODUCTS).then_some(Self { n_products, ..self })
    }
}

/// How long a submission of products with a matrix of this type and width takes.
fn measure(
    gpu: &Gpu,
    amount: Amount,
    flavour: Flavour,
    matrix: &Matrix,
    n_cols: u32,
) -> Result<Duration, GpuError> {
    let Amount { is_vectors, n_rows, n_products } = amount;
    let n_tokens = amount.n_tokens();
    let usage = wgpu::BufferUsages::STORAGE;
    let words = |what, n: u32| gpu.buffer(what, 4 * u64::from(n), usage);
    let n_weights = (n_rows * matrix.row_bytes).div_ceil(4) + 2;
    let weights = words("weights to measure with", n_weights)?;
    let input = words("inputs to measure with", n_tokens * n_cols.next_multiple_of(16))?;
    let rounded_words = n_cols.div_ceil(16) * Kernel::ROUNDED_WORDS;
    let rounded = words("bytes to measure with", rounded_words)?;
    let nothing = words("nothing", 4)?;
    let unwritten = || words("nothing that is written", 4);
    let unwritten = [unwritten()?, unwritten()?, unwritten()?];
    let out = words("outputs to measure with", n_tokens * n_rows)?;
    let outs = [&out, &unwritten[0], &unwritten[1], &unwritten[2]];
    let params = gpu.buffer(
        "parameters to measure with",
        gpu.param_stride(),
        wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
    )?;
    let step = |kernel, work, buffers: &[&wgpu::Buffer]| {
        let mut words = Params::default();
        words[1..=6].copy_from_slice(&[n_cols, matrix.row_bytes, 0, 0, n_rows, n_rows]);
        let variant = Variant { kernel, constants: Constants::default() };
        let bindings = gpu.bind(kernel, &params, buffers);
        Step { variant, params: words, work, rows: Rows::Any, bindings }
    };
    let format: WeightFormat = matrix.format;
    let step = match (is_vectors, flavour) {
        (false, _) => {
            let tiles = Work::Tiles(n_rows, n_cols);
            let kernel = Kernel::MatMul(format, flavour);
            step(kernel, tiles, &[&weights, &input, &nothing, &out])
        }
        // Whoever makes its inputs rounds them, in nearly all products.
        (true, Flavour::Integer) => {
            let vectors = Work::Vectors(n_rows.div_ceil(Kernel::MATVEC_INTEGER_ROWS));
            let inputs = [&weights, &rounded, &nothing, &nothing];
            step(Kernel::MatVec(format, flavour), vectors, &[&inputs[..], &outs].concat())
        }
        (true, _) => {
            let vectors = Work::Vectors(n_rows.div_ceil(Kernel::MATVEC_ROWS));
            let inputs = [&weights, &input, &nothing, &nothing];
            step(Kernel::MatVec(format, flavour), vectors, &[&inputs[..], &outs[..3]].concat())
        }
    };
    let Some(sized) = step.sized(n_tokens, &Batch::default()) else { return Ok(Duration::MAX) };
    gpu.queue.write_buffer(&params, 0, bytemuck::cast_slice(&sized.params));
    let mut fastest = Duration::MAX;
    // The first run compiles.
    for run in 0..=N_RUNS {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&gpu.pipeline(sized.variant));
        pass.set_bind_group(0, &step.bindings, &[0]);
        for _ in 0..n_products {
            pass.dispatch_workgroups(sized.grid.0, sized.grid.1, sized.grid.2);
        }
        drop(pass);
        let commands = encoder.finish();
        let _turn = gpu.turn();
        let start = Instant::now();
        let submission = gpu.submit(commands);
        gpu.wait(&submission, &CancelFlag::new())?;
        if run > 0 {
            fastest = fastest.min(start.elapsed());
        }
    }
    Ok(fastest)
}
