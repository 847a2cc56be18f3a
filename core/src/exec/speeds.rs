//! Which products are the faster ones on this processor: our own or ggml's.
//!
//! Both backends multiply a matrix of each type and shape of a plan, cut down to what is done in
//! milliseconds, with one token as in decode and with a batch as in prefill, on one thread. What was
//! measured is kept for the process, and in a file where the program names a folder
//! ([`keep_speeds_in`]), so that a processor is measured once.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cancel::CancelFlag;
use crate::cpu::{CpuRunner, CpuWeights, Kernels, PackedFiles};
use crate::error::{Error, ModelError};
use crate::ggml::{GgmlRunner, Placement, Weights, dequantise, quantise_rows};
use crate::gguf::{Gguf, GgufWriter};
use crate::ops::{
    Batch, BufferId, BufferInfo, CacheType, Op, Plan, Runner, RunnerOptions, WeightId, WeightInfo,
};
use crate::quant::TensorType;
use crate::whole_file::write_whole;

/// Elements of a matrix that are measured; of a larger one the first rows.
const MOST_ELEMENTS: u64 = 1 << 20;
/// Tokens in the batch that stands for prefill.
const N_BATCH: usize = 32;
/// Runs of a measurement; the fastest counts, as whatever disturbs one only makes it slower.
const N_RUNS: usize = 5;
/// An answer, for weighing decode against prefill: tokens written and tokens read.
const ANSWER: [f64; 2] = [64.0, 512.0];
/// Our kernels are taken unless ggml is faster by more than this, so that noise does not decide.
const MARGIN: f64 = 1.05;
/// Values of the result that become logits: something has to.
const N_VOCAB: u32 = 32;

/// A kind of product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Product {
    /// Number of the matrix's type in GGUF.
    kind: u32,
    /// Rows that are measured.
    n_rows: u64,
    /// Columns.
    n_cols: u64,
}

impl Product {
    fn of(weight: &WeightInfo) -> Self {
        let most_rows = (MOST_ELEMENTS / weight.n_cols.max(1)).max(u64::from(N_VOCAB));
        Self {
            kind: weight.tensor_type.number(),
            n_rows: weight.n_rows.min(most_rows),
            n_cols: weight.n_cols,
        }
    }
}

/// Nanoseconds of a token in decode and in prefill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    own: [u64; 2],
    ggml: [u64; 2],
}

/// What was measured of a plan's products.
#[derive(Debug, Clone, Default)]
pub struct Speeds {
    /// Each kind, how many elements the plan's matrices of this kind have together, and its speed.
    products: Vec<(Product, u64, Speed)>,
}

impl Speeds {
    /// How much longer an answer takes on ggml's products than on ours.
    pub fn ratio(&self) -> f64 {
        let total = |times: fn(&Speed) -> [u64; 2]| -> f64 {
            let time = |(product, n_elements, speed): &(Product, u64, Speed)| {
                let share = *n_elements as f64 / (product.n_rows * product.n_cols) as f64;
                let [decode, prefill] = times(speed).map(|time| time as f64);
                share * (decode * ANSWER[0] + prefill * ANSWER[1])
            };
            self.products.iter().map(time).sum()
        };
        total(|speed| speed.ggml) / total(|speed| speed.own).max(f64::MIN_POSITIVE)
    }

    /// Whether our kernels are to be taken.
    pub fn own_is_faster(&self) -> bool {
        self.ratio() * MARGIN >= 1.0
    }
}

/// A table: type and shape, and microseconds of a token in decode and prefill.
impl fmt::Display for Speeds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<8} {:>14}  {:>16}  {:>16}", "type", "matrix", "decode", "prefill")?;
        writeln!(out, "{:<8} {:>14}  {:>16}  {:>16}", "", "", "own / ggml, µs", "own / ggml, µs")?;
        for (product, _, speed) in &self.products {
            let kind = TensorType::from_number(product.kind)
                .map_or_else(|| product.kind.to_string(), |kind| kind.to_string());
            let micro = |time: u64| time as f64 / 1e3;
            let pair = |phase: usize| {
                format!("{:.1} / {:.1}", micro(speed.own[phase]), micro(speed.ggml[phase]))
            };
            let matrix = format!("{} x {}", product.n_rows, product.n_cols);
            writeln!(out, "{kind:<8} {matrix:>14}  {:>16}  {:>16}", pair(0), pair(1))?;
        }
        write!(out, "an answer takes ggml's products {:.2} times as long", self.ratio())
    }
}

/// Everything measured so far.
static KNOWN: Mutex<Option<HashMap<Product, Speed>>> = Mutex::new(None);
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Keeps what is measured in `folder` from now on, and takes over what is there. Of several calls in a
/// process the first counts.
pub fn keep_speeds_in(folder: impl Into<PathBuf>) {
    FOLDER.get_or_init(|| folder.into());
}

/// Measures the products of a plan that are not known yet.
///
/// # Errors
/// [`ModelError::OutOfMemory`]; [`ModelError::TensorType`] if we have no kernels for a matrix.
pub(super) fn measured(plan: &Plan) -> Result<Speeds, ModelError> {
    let mut kinds: Vec<(Product, u64, TensorType)> = Vec::new();
    for op in &plan.ops {
        let Op::Linear { weight, .. } = op else { continue };
        let weight = &plan.weights[weight.0];
        let product = Product::of(weight);
        let n_elements = weight.n_rows * weight.n_cols;
        match kinds.iter_mut().find(|(known, ..)| *known == product) {
            Some((_, sum, _)) => *sum += n_elements,
            None => kinds.push((product, n_elements, weight.tensor_type)),
        }
    }
    // Held while measuring: two measurements at once would disturb each other.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_with(|| FOLDER.get().map(|at| load(at)).unwrap_or_default());
    let mut speeds = Speeds::default();
    let mut is_new = false;
    for (product, n_elements, kind) in kinds {
        let speed = match known.get(&product) {
            Some(speed) => *speed,
            None => {
                is_new = true;
                let speed = measure(&product, kind)?;
                known.insert(product, speed);
                speed
            }
        };
        speeds.products.push((product, n_elements, speed));
    }
    if let Some(folder) = FOLDER.get().filter(|_| is_new)
        && let Err(error) = save(folder, known)
    {
        // The next start measures again; nothing else is lost.
        log::warn!("speeds of products cannot be kept: {error}");
    }
    Ok(speeds)
}

/// The file of this program on this processor.
fn path(folder: &Path) -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    folder.join(format!("products-{}-{version}.json", Kernels::best().name))
}

fn load(folder: &Path) -> HashMap<Product, Speed> {
    let bytes = std::fs::read(path(folder)).unwrap_or_default();
    let list: Vec<(Product, Speed)> = serde_json::from_slice(&bytes).unwrap_or_default();
    let is_sound = |speed: &Speed| speed.own.iter().chain(&speed.ggml).all(|time| *time > 0);
    list.into_iter().filter(|(_, speed)| is_sound(speed)).collect()
}

fn save(folder: &Path, known: &HashMap<Product, Speed>) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
    let mut list: Vec<(&Product, &Speed)> = known.iter().collect();
    list.sort_by_key(|(product, _)| **product);
    let path = path(folder);
    let failed = |error: std::io::Error| Error::file(&path, error);
    let text = serde_json::to_string(&list).map_err(|error| failed(error.into()))?;
    write_whole(
        &path,
        |path, error| Error::file(path, error),
        |out| out.write_all(text.as_bytes()).map_err(failed),
    )
}

/// A model of one product.
fn measure(product: &Product, kind: TensorType) -> Result<Speed, ModelError> {
    let (n_rows, n_cols) = (product.n_rows, product.n_cols);
    // The same few values in every row: products take the same time for all values.
    let row: Vec<f32> = (0..n_cols).map(|i| (i % 31) as f32 / 31.0 - 0.5).collect();
    let matrix_row = quantise_rows(kind, &row, n_cols as usize, Some(&vec![1.0; row.len()]));
    let table_row: Vec<u8> = row.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut bytes = Vec::new();
    let mut writer = GgufWriter::new();
    writer.tensor("table", TensorType::F32, &[n_cols, 2]);
    writer.tensor("matrix", kind, &[n_cols, n_rows]);
    let written = writer.write(&mut bytes, |index, out| {
        let (row, n) = if index == 0 { (&table_row, 2) } else { (&matrix_row, n_rows) };
        (0..n).try_for_each(|_| out.write_all(row))
    });
    written.expect("a vector takes all bytes of whole rows");
    let file = Gguf::from_bytes(&bytes).expect("our own file is sound");
    let plan = Arc::new(plan_of(&file));
    let options = RunnerOptions {
        // More would measure what else the processor is doing.
        n_threads: 1,
        n_batch: N_BATCH,
        n_cells: Vec::new(),
        cache_type: CacheType::F16,
    };
    let own = {
        let weights = Arc::new(CpuWeights::new(&plan, &file, dequantise, &PackedFiles::default())?);
        time(&mut CpuRunner::new(plan.clone(), weights, Kernels::best(), &options)?)?
    };
    let ggml = {
        let weights = Arc::new(Weights::new(&plan, &file, Placement::Repacked)?);
        time(&mut GgmlRunner::new(plan, weights, &options)?)?
    };
    Ok(Speed { own, ggml })
}

/// Looks up a row, multiplies it, and cuts a few values out of the result as logits.
fn plan_of(file: &Gguf) -> Plan {
    let weights = file.tensors().iter().map(|tensor| WeightInfo {
        name: tensor.name.clone(),
        tensor_type: tensor.tensor_type,
        n_rows: tensor.dimensions[1],
        n_cols: tensor.dimensions[0],
        start: tensor.start,
        n_bytes: tensor.n_bytes,
    });
    let weights: Vec<WeightInfo> = weights.collect();
    let width = |n: u64| n as u32;
    let [input, result, logits] = [0, 1, 2].map(BufferId);
    let buffers = vec![
        BufferInfo { name: "input", width: width(weights[1].n_cols) },
        BufferInfo { name: "result", width: width(weights[1].n_rows) },
        BufferInfo { name: "logits", width: N_VOCAB },
    ];
    let ops = vec![
        Op::Embed { table: WeightId(0), scale: 1.0, out: input },
        Op::Linear { input, weight: WeightId(1), bias: None, out: result },
        Op::SelectRows { buffer: result },
        Op::Slice { input: result, first: 0, out: logits },
    ];
    Plan {
        ops,
        buffers,
        weights,
        ropes: Vec::new(),
        layer_rope: Vec::new(),
        caches: Vec::new(),
        logits,
        n_head: 1,
        n_head_kv: 1,
        d_head: 1,
        n_vocab: N_VOCAB,
    }
}

/// Nanoseconds of a token in decode and in prefill.
fn time(runner: &mut dyn Runner) -> Result<[u64; 2], ModelError> {
    let mut fastest = |n_tokens: usize| -> Result<u64, ModelError> {
        let batch = Batch {
            tokens: vec![0; n_tokens],
            positions: (0..n_tokens as i32).collect(),
            caches: Vec::new(),
            rows: vec![n_tokens as i32 - 1],
            n_best: 0,
        };
        let mut fastest = Duration::MAX;
        // The first run makes threads and memory ready.
        for run in 0..=N_RUNS {
            let start = Instant::now();
            runner.forward(&batch, &CancelFlag::default())?;
            if run > 0 {
                fastest = fastest.min(start.elapsed());
            }
        }
        Ok((fastest.as_nanos() as u64 / n_tokens as u64).max(1))
    };
    let times = [fastest(1)?, fastest(N_BATCH)?];
    runner.rest();
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speeds(products: &[(u64, u64, [u64; 2], [u64; 2])]) -> Speeds {
        let products = products.iter().map(|&(n_rows, n_elements, own, ggml)| {
            let kind = TensorType::Q8_0.number();
            let product = Product { kind, n_rows, n_cols: 32 };
            (product, n_elements, Speed { own, ggml })
        });
        Speeds { products: products.collect() }
    }

    #[test]
    fn large_matrices_count_for_more_than_small_ones() {
        let small_slow = (32, 1_024, [2, 2], [1, 1]);
        let large_fast = (32, 1_024_000, [1, 1], [2, 2]);
        assert!(speeds(&[small_slow, large_fast]).own_is_faster());
        let large_slow = (32, 1_024_000, [2, 2], [1, 1]);
        let small_fast = (32, 1_024, [1, 1], [2, 2]);
        assert!(!speeds(&[large_slow, small_fast]).own_is_faster());
        assert!((speeds(&[large_slow]).ratio() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn products_of_every_format_are_measured_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut known = HashMap::new();
        for kind in [TensorType::Q8_0, TensorType::Q5_1, TensorType::Q5_K, TensorType::Q6_K] {
            let product = Product { kind: kind.number(), n_rows: 64, n_cols: 256 };
            let speed = measure(&product, kind).unwrap();
            assert!(speed.own.iter().chain(&speed.ggml).all(|time| *time > 0), "{speed:?}");
            known.insert(product, speed);
        }
        save(folder.path(), &known).unwrap();
        assert_eq!(load(folder.path()), known);
        std::fs::write(path(folder.path()), "[[{}]]").unwrap();
        assert!(load(folder.path()).is_empty(), "a damaged file is measured anew");
    }
}
