//! Operations on the row of one token.

use std::borrow::Cow;

use super::attend::merge;
use super::cells::BLOCK;
use super::pass::Pass;
use super::steps::RowOp;
use super::visible::note_visibility;
use crate::ops::{Activation, BufferId, RopePairs};

impl Pass<'_> {
    /// Applies an operation to row `row`, which belongs to token `token` of the batch.
    ///
    /// # Safety
    /// No other thread reads or writes this row of any buffer meanwhile.
    pub(super) unsafe fn row(&self, op: &RowOp, row: usize, token: usize) {
        // SAFETY: as the caller promises.
        let (read, write) = unsafe {
            (|id: BufferId| self.row_of(id, row), |id: BufferId| self.row_of_mut(id, row))
        };
        match *op {
            RowOp::Prepare => self.prepare(token),
            RowOp::Embed { table, scale, out } => {
                let id = self.batch.tokens[token] as usize;
                let values = self.weights.table_row(&self.plan.weights[table.0], id);
                write(out).iter_mut().zip(&*values).for_each(|(out, value)| *out = scale * value);
            }
            RowOp::RmsNorm { input, weight, epsilon, out } => {
                if input != out {
                    write(out).copy_from_slice(read(input));
                }
                (self.kernels.rms_norm)(write(out), self.weights.vector(weight), epsilon);
            }
            RowOp::Slice { input, first, out } => {
                let out = write(out);
                out.copy_from_slice(&read(input)[first as usize..][..out.len()]);
            }
            RowOp::Rope { buffer, rope } => self.rotate(write(buffer), rope, token),
            RowOp::Store { layer, keys, values } => {
                let cell = self.batch.caches[self.plan.cache_of(layer)].cells[token] as usize;
                // SAFETY: a cell has one token, and this thread has its row.
                unsafe {
                    let (keys, values) = (read(keys), read(values));
                    self.caches.store(self.kernels, layer as usize, cell, keys, values);
                }
            }
            RowOp::Merge { out } => merge(self, token, out),
            RowOp::Gate { gate, up, activation, out } => {
                let up = match up == out {
                    true => Cow::Owned(read(up).to_vec()),
                    false => Cow::Borrowed(read(up)),
                };
                if gate != out {
                    write(out).copy_from_slice(read(gate));
                }
                self.gate(write(out), &up, activation);
            }
            RowOp::GateHalves { input, activation, out } => {
                let (gate, up) = read(input).split_at(read(input).len() / 2);
                write(out).copy_from_slice(gate);
                self.gate(write(out), up, activation);
            }
            RowOp::Add { a, b, out } => {
                let (a, b) = if out == b { (b, a) } else { (a, b) };
                if a != out {
                    write(out).copy_from_slice(read(a));
                }
                (self.kernels.add)(write(out), read(b));
            }
            RowOp::Cap { buffer, cap } => {
                write(buffer).iter_mut().for_each(|x| *x = cap * (*x / cap).tanh());
            }
            RowOp::Quantise { buffer, blocks } => {
                let rounded = self.rounded(buffer, blocks);
                let values = read(buffer);
                // SAFETY: the row is written by this thread only.
                let mut out = unsafe { rounded.write(row..row + 1, values.len()) };
                (self.kernels.quantise)(values, blocks, &mut out);
            }
        }
    }

    fn gate(&self, gate: &mut [f32], up: &[f32], activation: Activation) {
        match activation {
            Activation::Silu => (self.kernels.silu_gate)(gate, up),
            Activation::Gelu => (self.kernels.gelu_gate)(gate, up),
        }
    }

    /// Angles of a token's rotations, and the blocks of cells that it sees.
    fn prepare(&self, token: usize) {
        for (info, table) in self.plan.ropes.iter().zip(self.turns) {
            let factors = info.factors.map(|id| self.weights.vector(id));
            let n = info.d_rot as usize;
            // SAFETY: this token's part of the table is written by this thread only.
            let out = unsafe { table.write(token * n..(token + 1) * n) };
            let turns = info.turns(factors, self.batch.positions[token]);
            for (out, (cos, sin)) in out.chunks_exact_mut(2).zip(turns) {
                out.copy_from_slice(&[cos as f32, sin as f32]);
            }
        }
        for (view, blocks) in self.batch.caches.iter().zip(self.visibility) {
            let n = view.n_cells.div_ceil(BLOCK);
            // SAFETY: this token's part of the table is written by this thread only.
            note_visibility(view, token, unsafe { blocks.write(token * n..(token + 1) * n) });
        }
    }

    /// Rotates every head of a row by its token's angles.
    fn rotate(&self, row: &mut [f32], rope: usize, token: usize) {
        let info = &self.plan.ropes[rope];
        let n = info.d_rot as usize;
        // SAFETY: written in the first step, and only read since.
        let turns = unsafe { self.turns[rope].read(token * n..(token + 1) * n) };
        let turns = turns.as_chunks::<2>().0;
        for head in row.chunks_exact_mut(self.plan.d_head as usize) {
            match info.pairs {
                RopePairs::Adjacent => {
                    for (pair, [cos, sin]) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
                        let [x, y] = *pair;
                        *pair = [x * cos - y * sin, x * sin + y * cos];
                    }
                }
                RopePairs::Halves => {
                    let (first, second) = head.split_at_mut(n / 2);
                    for ((x, y), [cos, sin]) in first.iter_mut().zip(second).zip(turns) {
                        (*x, *y) = (*x * cos - *y * sin, *x * sin + *y * cos);
                    }
                }
            }
        }
    }
}
