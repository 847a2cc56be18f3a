//! Plans of a few operations, made by hand, so that a backend can be tested operation by operation.
//!
//! Inputs come in through a look-up: a table in single precision has a row of random values for each
//! token, so a buffer holds any values that a test wants. The result is the plan's logits.

use std::io::Cursor;

use carrel_core::ggml::quantise_rows;
use carrel_core::gguf::{Gguf, GgufWriter};
use carrel_core::ops::{
    Batch, BufferId, BufferInfo, CacheGroup, CacheView, CellContent, Op, Plan, WeightId, WeightInfo,
};
use carrel_core::quant::TensorType;
use half::f16;

/// Tokens that inputs are made for.
pub const N_TOKENS: usize = 40;

/// A plan in the making, with the bytes of its weights.
pub struct Operations {
    /// The plan; tests set numbers such as `d_head`.
    pub plan: Plan,
    data: Vec<Vec<u8>>,
    random: u64,
}

impl Operations {
    /// No operations. One layer, whose cache reaches back over everything.
    pub fn new() -> Self {
        let plan = Plan {
            ops: Vec::new(),
            buffers: Vec::new(),
            weights: Vec::new(),
            ropes: Vec::new(),
            layer_rope: vec![None],
            caches: vec![CacheGroup {
                content: CellContent::KeysValues,
                window: None,
                layers: vec![0],
            }],
            logits: BufferId(0),
            n_head: 1,
            n_head_kv: 1,
            d_head: 32,
            n_vocab: 1,
        };
        Self { plan, data: Vec::new(), random: 7 }
    }

    /// A number between −1 and 1.
    pub fn random(&mut self) -> f32 {
        // Knuth's multiplier for 64-bit linear congruences.
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// An empty buffer.
    pub fn buffer(&mut self, width: u32) -> BufferId {
        self.plan.buffers.push(BufferInfo { name: "buffer", width });
        BufferId(self.plan.buffers.len() - 1)
    }

    /// A weight of random values times `scale`, of any type.
    pub fn weight(&mut self, kind: TensorType, n_rows: u64, n_cols: u64, scale: f32) -> WeightId {
        let values: Vec<f32> = (0..n_rows * n_cols).map(|_| scale * self.random()).collect();
        let bytes = match kind {
            TensorType::F32 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            _ => quantise_rows(kind, &values, n_cols as usize, None),
        };
        self.plan.weights.push(WeightInfo {
            name: format!("weight.{}", self.plan.weights.len()),
            tensor_type: kind,
            n_rows,
            n_cols,
            start: 0,
            n_bytes: bytes.len() as u64,
        });
        self.data.push(bytes);
        WeightId(self.data.len() - 1)
    }

    /// A buffer that is filled with random values times `scale`.
    pub fn input(&mut self, width: u32, scale: f32) -> BufferId {
        let table = self.weight(TensorType::F32, N_TOKENS as u64, width.into(), scale);
        let out = self.buffer(width);
        self.plan.ops.push(Op::Embed { table, scale: 1.0, out });
        out
    }

    /// The norm of a buffer, of rows of so many values.
    pub fn norm(&mut self, input: BufferId, width: u32) -> BufferId {
        let weight = self.weight(TensorType::F32, 1, width.into(), 1.0);
        let out = self.buffer(width);
        self.push(Op::RmsNorm { input, weight, epsilon: 1e-5, out });
        out
    }

    /// The norm of a buffer in place, added to another one; both are of rows of so many values.
    pub fn add_norm(&mut self, branch: BufferId, hidden: BufferId, width: u32) {
        let weight = self.weight(TensorType::F32, 1, width.into(), 1.0);
        self.push(Op::RmsNorm { input: branch, weight, epsilon: 1e-5, out: branch });
        self.push(Op::Add { a: branch, b: hidden, out: hidden });
    }

    /// Appends an operation.
    pub fn push(&mut self, op: Op) {
        self.plan.ops.push(op);
    }

    /// The plan with `result` as its logits, and the file of its weights.
    ///
    /// # Panics
    /// If the file cannot be written or read: a mistake in this module.
    pub fn finish(mut self, result: BufferId) -> (Plan, Gguf) {
        self.plan.logits = result;
        self.plan.n_vocab = self.plan.buffers[result.0].width;
        let selects = self.plan.ops.iter().any(|op| matches!(op, Op::SelectRows { .. }));
        if !selects {
            self.plan.ops.push(Op::SelectRows { buffer: result });
        }
        let mut writer = GgufWriter::new();
        writer.set("general.architecture", "operations");
        for weight in &self.plan.weights {
            writer.tensor(&weight.name, weight.tensor_type, &[weight.n_cols, weight.n_rows]);
        }
        let mut bytes = Cursor::new(Vec::new());
        let data = &self.data;
        writer.write(&mut bytes, |index, out| out.write_all(&data[index])).expect("writable");
        let file = Gguf::from_bytes(&bytes.into_inner()).expect("a valid file");
        for weight in &mut self.plan.weights {
            weight.start = file.tensor(&weight.name).expect("just written").start;
        }
        (self.plan, file)
    }
}

impl Default for Operations {
    fn default() -> Self {
        Self::new()
    }
}

/// Tokens `first ..` at the cells and positions of the same numbers, all rows wanted; a token sees
/// itself and what came before, but for what `is_hidden` hides (token, cell).
pub fn batch(
    first: usize,
    n_tokens: usize,
    n_cells: usize,
    is_hidden: impl Fn(usize, usize) -> bool,
) -> Batch {
    let range = first..first + n_tokens;
    let mut mask = vec![f16::NEG_INFINITY; n_tokens * n_cells];
    for (row, token) in mask.chunks_exact_mut(n_cells).zip(range.clone()) {
        for cell in (0..=token).filter(|&cell| cell == token || !is_hidden(token, cell)) {
            row[cell] = f16::ZERO;
        }
    }
    let cells = range.clone().map(|cell| cell as i64).collect();
    Batch {
        tokens: range.clone().map(|token| token as i32).collect(),
        positions: range.map(|position| position as i32).collect(),
        caches: vec![CacheView { cells, n_cells, mask, before: Vec::new() }],
        rows: (0..n_tokens as i32).collect(),
        n_best: 0,
    }
}

/// A convolution over `n` tokens of `width` columns, and batches of these lengths one after the other, in a
/// ring of 70 cells that begins at the 60th.
pub fn short_conv(width: u32, n: u32, lengths: &[usize]) -> ((Plan, Gguf), Vec<Batch>) {
    let mut operations = Operations::new();
    operations.plan.caches[0].content = CellContent::Inputs(width);
    operations.plan.caches[0].window = Some(n);
    let input = operations.input(3 * width, 2.0);
    let kernel = operations.weight(TensorType::F32, width.into(), n.into(), 1.0);
    let out = operations.buffer(width);
    operations.push(Op::ShortConv { layer: 0, input, kernel, out });
    let cell = |position: usize| ((60 + position) % 70) as i64;
    let mut first = 0;
    let batches = lengths.iter().map(|&n_tokens| {
        let range = first..first + n_tokens;
        let before = (1..n as usize).rev().map(|back| first.checked_sub(back).map_or(-1, cell));
        let view = CacheView {
            cells: range.clone().map(cell).collect(),
            before: before.collect(),
            ..CacheView::default()
        };
        first = range.end;
        let tokens = range.clone().map(|token| (token % N_TOKENS) as i32).collect();
        Batch {
            tokens,
            positions: range.map(|position| position as i32).collect(),
            caches: vec![view],
            rows: (0..n_tokens as i32).collect(),
            n_best: 0,
        }
    });
    let batches = batches.collect();
    (operations.finish(out), batches)
}

/// Mean squared error of `found`, normalised by the mean square of `expected`.
///
/// # Panics
/// If there are not as many values of both, or one of them is no number.
pub fn normalised_error(found: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(found.len(), expected.len(), "as many values");
    assert!(found.iter().chain(expected).all(|value| value.is_finite()), "finite values");
    let square = |value: f32| f64::from(value) * f64::from(value);
    let error: f64 = found.iter().zip(expected).map(|(a, b)| square(a - b)).sum();
    let size: f64 = expected.iter().map(|&b| square(b)).sum();
    error / size.max(f64::MIN_POSITIVE)
}
