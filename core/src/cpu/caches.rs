//! Keys and values in the order in which attention reads them.
//!
//! ```text
//! saved        [cell][head][d_head], the layout of states on disk
//! rows         [cell / 512][layer][head][cell % 512]
//! F16, F32     keys [row / 16][d_head][16], values [row][d_head]
//! Q8_0         panels of keys, and rows of values: see `bytes`
//! ```
//! A head's cells lie together, so attention over a few heads reads one stream. Keys lie transposed by
//! sixteens, so that scores of sixteen cells come out side by side without adding across a vector.
//!
//! All layers share one stretch of memory, which is filled from its beginning as a text grows: so it can
//! have large pages, and takes few of them for a short text. On a virtual Zen 4 one thread reads 17 GB/s
//! from pages of 4 KiB, 31 GB/s from pages of 2 MiB.

use half::f16;

use super::bytes::{BLOCK_BYTES, BLOCK_VALUES, Bytes, decode, encode};
use super::cells::{BLOCK, CELLS};
use super::inputs::Inputs;
use super::shared::Shared;
use super::weights::CpuWeights;
use crate::error::ModelError;
use crate::ops::{CacheGroup, CacheType, CellContent, Plan, RunnerOptions};
use carrel_kernels::Kernels;

/// Cells of all layers that lie together.
const STRETCH: usize = 512;

/// The caches of one runner.
pub(super) struct Caches {
    kind: CacheType,
    n_head: usize,
    d_head: usize,
    layers: Vec<Layer>,
    groups: Vec<Group>,
    /// Inputs of convolutions by layer, where there is one; that has no keys and values.
    inputs: Vec<Option<Inputs>>,
    /// First cells' keys before any rotation, by cache.
    first_cells: Vec<Option<FirstCells>>,
}

/// A part of a block of keys or values.
pub(super) struct Part {
    pub(super) layer: usize,
    pub(super) head: usize,
    /// First cell of the block.
    pub(super) first: usize,
    pub(super) is_key: bool,
    /// Which part, of how many.
    pub(super) part: usize,
    pub(super) n_parts: usize,
}

/// Layers and their keys.
type FirstCells = Vec<(usize, Vec<f32>)>;

/// Where a layer's keys and values are.
#[derive(Clone, Copy)]
struct Layer {
    group: usize,
    /// Its number in the group.
    index: usize,
}

/// Keys and values of the layers that have one cache.
struct Group {
    n_layers: usize,
    /// Cells of a layer, a multiple of [`BLOCK`].
    n_cells: usize,
    keys: Store,
    values: Store,
}

enum Store {
    Half(Shared<u16>),
    Single(Shared<f32>),
    Bytes(Bytes),
}

impl Store {
    fn new(
        kind: CacheType,
        is_key: bool,
        n_rows: usize,
        d_head: usize,
    ) -> Result<Self, ModelError> {
        let what = "the KV cache";
        Ok(match kind {
            CacheType::F16 => Self::Half(Shared::new(n_rows * d_head, what)?),
            CacheType::F32 => Self::Single(Shared::new(n_rows * d_head, what)?),
            CacheType::Q8_0 => Self::Bytes(Bytes::new(is_key, n_rows, d_head, what)?),
        })
    }
}

/// What attention reads of a head's keys or values, as it is kept.
#[derive(Clone, Copy)]
pub(super) enum Kept<'a> {
    Half(&'a [u16]),
    Single(&'a [f32]),
    /// Quants and scales.
    Bytes(&'a [u8], &'a [u8]),
}

/// Bytes of all caches.
pub(super) fn cache_bytes(plan: &Plan, options: &RunnerOptions) -> u64 {
    let caches = plan.caches.iter().enumerate().zip(&options.n_cells);
    let bytes = |((cache, group), &n_cells): ((usize, &CacheGroup), &usize)| {
        let n_cells = match group.content {
            CellContent::KeysValues => n_cells.next_multiple_of(BLOCK),
            CellContent::Inputs(_) => n_cells,
        };
        let cell: usize = plan.cell_bytes(cache, options.cache_type).iter().sum();
        (cell * n_cells * group.layers.len()) as u64
    };
    caches.map(bytes).sum()
}

impl Caches {
    /// Allocates the caches.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn new(plan: &Plan, options: &RunnerOptions) -> Result<Self, ModelError> {
        let (n_head, d_head) = (plan.n_head_kv as usize, plan.d_head as usize);
        let mut layers = vec![Layer { group: 0, index: 0 }; plan.n_layer()];
        let mut inputs: Vec<Option<Inputs>> = layers.iter().map(|_| None).collect();
        let mut groups = Vec::new();
        for (group, (cache, &n_cells)) in plan.caches.iter().zip(&options.n_cells).enumerate() {
            for (index, &layer) in cache.layers.iter().enumerate() {
                layers[layer as usize] = Layer { group, index };
                if let CellContent::Inputs(width) = cache.content {
                    inputs[layer as usize] = Some(Inputs::new(width as usize, n_cells)?);
                }
            }
            let n_cells = match cache.content {
                CellContent::KeysValues => n_cells.next_multiple_of(BLOCK),
                CellContent::Inputs(_) => 0,
            };
            let n_layers = cache.layers.len();
            let n_rows = n_layers * n_head * n_cells;
            let store = |is_key| Store::new(options.cache_type, is_key, n_rows, d_head);
            groups.push(Group { n_layers, n_cells, keys: store(true)?, values: store(false)? });
        }
        Ok(Self {
            kind: options.cache_type,
            n_head,
            d_head,
            layers,
            groups,
            inputs,
            first_cells: plan.caches.iter().map(|_| None).collect(),
        })
    }

    /// The row of a head's cell. Those of a stretch follow each other.
    fn row(&self, (layer, head): (usize, usize), cell: usize) -> usize {
        let Layer { group, index } = self.layers[layer];
        let Group { n_layers, n_cells, .. } = self.groups[group];
        let first = cell / STRETCH * STRETCH;
        let stretch = STRETCH.min(n_cells - first);
        let before = first * n_layers * self.n_head;
        before + (index * self.n_head + head) * stretch + cell - first
    }

    fn group(&self, layer: usize) -> &Group {
        &self.groups[self.layers[layer].group]
    }

    /// Where a value of a row of keys, or values, is.
    fn at(&self, is_key: bool, row: usize, i: usize) -> usize {
        if is_key {
            row / CELLS * CELLS * self.d_head + i * CELLS + row % CELLS
        } else {
            row * self.d_head + i
        }
    }

    /// What a layer's convolution looks back at.
    pub(super) fn inputs(&self, layer: usize) -> &Inputs {
        self.inputs[layer].as_ref().expect("a layer with a convolution keeps its inputs")
    }

    /// Bytes of a cell's keys (or values) as they are saved.
    fn cell_bytes(&self) -> usize {
        let n_values = self.n_head * self.d_head;
        match self.kind {
            CacheType::F16 => 2 * n_values,
            CacheType::F32 => 4 * n_values,
            CacheType::Q8_0 => n_values / BLOCK_VALUES * BLOCK_BYTES,
        }
    }

    /// Stores a token's keys and values.
    ///
    /// # Safety
    /// Nobody else reads or writes this cell of the layer meanwhile.
    pub(super) unsafe fn store(
        &self,
        kernels: &Kernels,
        layer: usize,
        cell: usize,
        keys: &[f32],
        values: &[f32],
    ) {
        let Group { keys: key_store, values: value_store, .. } = self.group(layer);
        let d = self.d_head;
        for head in 0..self.n_head {
            let (keys, values) = (&keys[head * d..][..d], &values[head * d..][..d]);
            let row = self.row((layer, head), cell);
            let (first, start) = (self.at(true, row, 0), self.at(false, row, 0));
            match (key_store, value_store) {
                (Store::Half(key_store), Store::Half(value_store)) => {
                    let mut halves = [0; 64];
                    for (part, keys) in keys.chunks(halves.len()).enumerate() {
                        let first = first + part * halves.len() * CELLS;
                        (kernels.to_half)(keys, &mut halves[..keys.len()]);
                        for (i, &key) in halves[..keys.len()].iter().enumerate() {
                            // SAFETY: this value belongs to the cell, which is the caller's.
                            unsafe { key_store.set(first + i * CELLS, key) };
                        }
                    }
                    // SAFETY: the row belongs to the cell, which is the caller's.
                    (kernels.to_half)(values, unsafe { value_store.write(start..start + d) });
                }
                (Store::Single(key_store), Store::Single(value_store)) => {
                    for (i, &key) in keys.iter().enumerate() {
                        // SAFETY: this value belongs to the cell, which is the caller's.
                        unsafe { key_store.set(first + i * CELLS, key) };
                    }
                    // SAFETY: the row belongs to the cell, which is the caller's.
                    unsafe { value_store.write(start..start + d) }.copy_from_slice(values);
                }
                (Store::Bytes(key_store), Store::Bytes(value_store)) => {
                    // SAFETY: both rows belong to the cell, which is the caller's.
                    unsafe {
                        key_store.store(kernels, row, keys);
                        value_store.store(kernels, row, values);
                    }
                }
                _ => unreachable!("keys and values are of one type"),
            }
        }
    }

    /// Keys, or values, of a head in cells `first ..`; whole sixteens, of one block.
    ///
    /// # Safety
    /// Nobody writes to these cells of the layer while the result lives.
    pub(super) unsafe fn kept(
        &self,
        (layer, head): (usize, usize),
        is_key: bool,
        first: usize,
        n_cells: usize,
    ) -> Kept<'_> {
        let Group { keys, values, .. } = self.group(layer);
        let (row, d) = (self.row((layer, head), first), self.d_head);
        let range = row * d..(row + n_cells) * d;
        // SAFETY: as the caller promises.
        unsafe {
            match if is_key { keys } else { values } {
                Store::Half(store) => Kept::Half(store.read(range)),
                Store::Single(store) => Kept::Single(store.read(range)),
                Store::Bytes(store) => {
                    let (quants, scales) = store.read(row, n_cells);
                    Kept::Bytes(quants, scales)
                }
            }
        }
    }

    /// Asks for memory that will be read soon; behind the last block it does nothing.
    pub(super) fn ask_ahead(&self, part: Part) {
        let Part { layer, head, first, is_key, part, n_parts } = part;
        let Group { n_cells, keys, values, .. } = self.group(layer);
        if first >= *n_cells {
            return;
        }
        let start = self.row((layer, head), first) * self.d_head;
        let at = |part: usize| start + part * BLOCK * self.d_head / n_parts;
        let range = at(part)..at(part + 1);
        match if is_key { keys } else { values } {
            Store::Half(store) => store.ask_ahead(range),
            Store::Single(store) => store.ask_ahead(range),
            Store::Bytes(store) => store.ask_ahead(range),
        }
    }

    /// Copies a cell out as it is saved.
    fn save(&self, layer: usize, cell: usize, is_key: bool, out: &mut [u8]) {
        let Group { keys, values, .. } = self.group(layer);
        let (d, store) = (self.d_head, if is_key { keys } else { values });
        for head in 0..self.n_head {
            let row = self.row((layer, head), cell);
            let at = |i: usize| self.at(is_key, row, i);
            // SAFETY: no pass is running while the caches are borrowed, so nobody writes.
            unsafe {
                match store {
                    Store::Half(store) => {
                        for (i, out) in out[2 * head * d..][..2 * d].chunks_mut(2).enumerate() {
                            out.copy_from_slice(&store.get(at(i)).to_le_bytes());
                        }
                    }
                    Store::Single(store) => {
                        for (i, out) in out[4 * head * d..][..4 * d].chunks_mut(4).enumerate() {
                            out.copy_from_slice(&store.get(at(i)).to_le_bytes());
                        }
                    }
                    Store::Bytes(store) => {
                        let n_bytes = d / BLOCK_VALUES * BLOCK_BYTES;
                        store.save(row, &mut out[head * n_bytes..][..n_bytes]);
                    }
                }
            }
        }
    }

    /// Copies a cell in as it is saved.
    fn restore(&mut self, layer: usize, cell: usize, is_key: bool, saved: &[u8]) {
        let d = self.d_head;
        for head in 0..self.n_head {
            let row = self.row((layer, head), cell);
            let places: Vec<usize> = (0..d).map(|i| self.at(is_key, row, i)).collect();
            let Group { keys, values, .. } = &mut self.groups[self.layers[layer].group];
            match if is_key { keys } else { values } {
                Store::Half(store) => {
                    let halves = saved[2 * head * d..][..2 * d].as_chunks().0;
                    for (&at, half) in places.iter().zip(halves) {
                        store.all_mut()[at] = u16::from_le_bytes(*half);
                    }
                }
                Store::Single(store) => {
                    let singles = saved[4 * head * d..][..4 * d].as_chunks().0;
                    for (&at, single) in places.iter().zip(singles) {
                        store.all_mut()[at] = f32::from_le_bytes(*single);
                    }
                }
                Store::Bytes(store) => {
                    let n_bytes = d / BLOCK_VALUES * BLOCK_BYTES;
                    store.restore(row, &saved[head * n_bytes..][..n_bytes]);
                }
            }
        }
    }

    /// Copies cells `first ..` out, as many as fit.
    pub(super) fn read_cells(&self, layer: u32, first: usize, keys: &mut [u8], values: &mut [u8]) {
        if let Some(inputs) = &self.inputs[layer as usize] {
            return inputs.read(first, keys);
        }
        for (is_key, out) in [(true, keys), (false, values)] {
            for (index, out) in out.chunks_exact_mut(self.cell_bytes()).enumerate() {
                self.save(layer as usize, first + index, is_key, out);
            }
        }
    }

    /// Copies cells `first ..` in.
    pub(super) fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        if let Some(inputs) = &mut self.inputs[layer as usize] {
            return inputs.write(first, keys);
        }
        for (is_key, saved) in [(true, keys), (false, values)] {
            for (index, saved) in saved.chunks_exact(self.cell_bytes()).enumerate() {
                self.restore(layer as usize, first + index, is_key, saved);
            }
        }
    }

    /// Replaces the first cells' keys by their first contents, rotated forward by `delta` positions.
    pub(super) fn rotate_first_cells(
        &mut self,
        plan: &Plan,
        weights: &CpuWeights,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) {
        let cell_bytes = self.cell_bytes();
        if self.first_cells[group].is_none() {
            let layers = plan.caches[group].layers.iter().map(|&layer| layer as usize);
            let rotated = layers.filter(|&layer| plan.layer_rope[layer].is_some());
            let copies = rotated.map(|layer| {
                let mut saved = vec![0; n_cells * cell_bytes];
                self.read_cells(layer as u32, 0, &mut saved, &mut []);
                (layer, self.decoded(&saved))
            });
            self.first_cells[group] = Some(copies.collect());
        }
        let copies = self.first_cells[group].take().unwrap_or_default();
        for (layer, keys) in &copies {
            let Some(rope) = plan.layer_rope[*layer] else { continue };
            let info = plan.ropes[rope].without_magnitude();
            let turns = info.turns(info.factors.map(|id| weights.vector(id)), delta);
            let mut rotated = keys.clone();
            info.rotate(&mut rotated, self.d_head, &turns);
            let saved = self.encoded(&rotated);
            self.write_cells(*layer as u32, 0, &saved, &[]);
        }
        self.first_cells[group] = Some(copies);
    }

    pub(super) fn forget_first_cells(&mut self) {
        self.first_cells.fill(None);
    }

    fn decoded(&self, saved: &[u8]) -> Vec<f32> {
        match self.kind {
            CacheType::F32 => {
                let fours = saved.chunks_exact(4);
                fours.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
            }
            CacheType::F16 => {
                let halves = saved.chunks_exact(2);
                halves.map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            CacheType::Q8_0 => {
                let mut values = vec![0.0; saved.len() / BLOCK_BYTES * BLOCK_VALUES];
                decode(saved, &mut values);
                values
            }
        }
    }

    fn encoded(&self, values: &[f32]) -> Vec<u8> {
        match self.kind {
            CacheType::F32 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            CacheType::F16 => {
                values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()
            }
            CacheType::Q8_0 => {
                let mut saved = vec![0; values.len() / BLOCK_VALUES * BLOCK_BYTES];
                encode(values, &mut saved);
                saved
            }
        }
    }
}
