//! Attention by blocks of cells with an online softmax (arXiv 2205.14135).
//!
//! ```text
//! item      a few tokens × one key head × a segment of the cells
//! block     64 cells: scores → softmax so far → mixed values. For many queries, keys and values become
//!           integers of 16 bits, or numbers of single precision, once for all of them (`in_integers`,
//!           `in_single`); keys in 8 bits are read as they are
//! segments  when items are too few for the threads, cells are split, and parts put together later
//! ```
//! Queries that share a key head (GQA) are rows of the same small products. Blocks that no token of
//! the item sees are skipped: what windows and sinks leave out costs nothing.

use std::mem::take;
use std::ops::Range;

use super::caches::Part;
use super::cells::{BLOCK, CELLS};
use super::in_integers::{Room, Short};
use super::in_single::Queries;
use super::pass::Pass;
use super::scratch::{Scratch, ScratchParts};
use super::shared::Shared;
use super::split::{QUERIES, Split};
use super::visible::BlockView;
use crate::ops::BufferId;
use carrel_kernels::{Blocks, Kernels, Softmax};

/// Queries from which on it is faster to make integers of a block's keys and values.
const MANY: usize = 13;

/// Attention of one layer.
pub(super) struct Attention<'a> {
    pub(super) layer: u32,
    pub(super) queries: &'a Shared<f32>,
    pub(super) scale: f32,
    pub(super) out: &'a Shared<f32>,
    pub(super) split: Split,
}

impl Attention<'_> {
    /// Computes item `index` with the scratch memory of a thread.
    ///
    /// # Safety
    /// Nobody else uses the memory meanwhile.
    pub(super) unsafe fn run(&self, pass: &Pass<'_>, index: usize, scratch: &Scratch) {
        let Split { n_tiles, n_segments, tile_tokens, n_tokens, .. } = self.split;
        let plan = pass.plan;
        let (d, group) = (plan.d_head as usize, (plan.n_head / plan.n_head_kv) as usize);
        let segment = index % n_segments;
        let tile = index / n_segments % n_tiles;
        let head = index / n_segments / n_tiles;
        let tokens = tile * tile_tokens..((tile + 1) * tile_tokens).min(n_tokens);
        let n_queries = tokens.len() * group;
        // SAFETY: as the caller promises.
        let mut scratch = unsafe { ScratchParts::of(scratch, plan) };
        let width = plan.n_head as usize * d;
        let of_head = |token: usize| {
            let start = token * width + head * group * d;
            start..start + group * d
        };
        for (token, out) in tokens.clone().zip(scratch.queries.chunks_exact_mut(group * d)) {
            // SAFETY: queries were written before the last meeting, and are only read in this step.
            let queries = unsafe { self.queries.read(of_head(token)) };
            out.iter_mut().zip(queries).for_each(|(out, query)| *out = self.scale * query);
        }
        if let Some(rounded) = scratch.rounded {
            // SAFETY: as the caller promises.
            let mut out = unsafe { rounded.write(0..n_queries, d) };
            (pass.kernels.quantise)(&scratch.queries[..n_queries * d], Blocks::Of32, &mut out);
        }
        let in_integers = pass.kernels.in_integers.filter(|_| {
            n_queries >= MANY && !scratch.integers.is_empty() && d.is_multiple_of(CELLS)
        });
        let (integers, units) = (take(&mut scratch.integers), take(&mut scratch.units));
        let mut short = in_integers.map(|kernels| {
            let queries = &scratch.queries[..n_queries * d];
            Short::new(kernels, queries, (d, group), integers, units)
        });
        scratch.mixed[..n_queries * d].fill(0.0);
        let mut running = [Softmax::EMPTY; 2 * QUERIES];
        let mut many = Vec::new();
        // More heads a key head than any model has would not fit the array.
        let running = match running.get_mut(..n_queries) {
            Some(running) => running,
            None => {
                many.resize(n_queries, Softmax::EMPTY);
                &mut many[..]
            }
        };
        for block in self.split.blocks(segment) {
            let short = short.as_mut();
            self.block(pass, block, head, tokens.clone(), (&mut scratch, short), running);
        }
        let rows = scratch.mixed.chunks_exact(d).zip(running.iter()).take(n_queries);
        for (query, (mixed, running)) in rows.enumerate() {
            let (token, head) = (tokens.start + query / group, head * group + query % group);
            // SAFETY: the part for this token, head and segment is written by this item only.
            unsafe {
                if n_segments == 1 {
                    let out =
                        self.out.write(token * width + head * d..token * width + (head + 1) * d);
                    let inverse = 1.0 / running.sum;
                    out.iter_mut().zip(mixed).for_each(|(out, mixed)| *out = mixed * inverse);
                } else {
                    let part = (segment * n_tokens + token) * plan.n_head as usize + head;
                    let part = pass.parts.write(part * (d + 2)..(part + 1) * (d + 2));
                    part[0] = running.top;
                    part[1] = running.sum;
                    part[2..].copy_from_slice(mixed);
                }
            }
        }
    }

    /// Takes one block of cells into account.
    fn block(
        &self,
        pass: &Pass<'_>,
        block: usize,
        head: usize,
        tokens: Range<usize>,
        (scratch, short): (&mut ScratchParts<'_>, Option<&mut Short<'_>>),
        running: &mut [Softmax],
    ) {
        let plan = pass.plan;
        let (d, group) = (plan.d_head as usize, (plan.n_head / plan.n_head_kv) as usize);
        let cache = plan.cache_of(self.layer);
        let view = &pass.batch.caches[cache];
        // SAFETY: written in the first step, and only read since.
        let Some(view) = (unsafe { BlockView::new(view, &pass.visibility[cache], block) }) else {
            return;
        };
        let n_cells = view.n_cells(tokens.clone());
        if n_cells == 0 {
            return;
        }
        let (kernels, caches): (&Kernels, _) = (pass.kernels, pass.caches);
        let (layer, first) = (self.layer as usize, block * BLOCK);
        // What is read next is asked for while this is computed.
        let ask_for = |is_key, part, n_parts| {
            caches.ask_ahead(Part { layer, head, first: first + BLOCK, is_key, part, n_parts });
        };
        // SAFETY: cells were stored before the last meeting, and are only read in this step.
        let kept = |is_key| unsafe { caches.kept((layer, head), is_key, first, n_cells) };
        let n_queries = tokens.len() * group;
        if let Some(short) = short {
            let ask_for = |part, n_parts| {
                ask_for(true, part, n_parts);
                ask_for(false, part, n_parts);
            };
            let mut room = Room {
                converted: scratch.converted,
                scores: scratch.scores,
                factors: scratch.factors,
                mixed: scratch.mixed,
                running,
            };
            let (kept, seen) = ((&kept(true), &kept(false)), (&view, tokens.start, n_cells));
            return short.block(kernels, kept, seen, scratch.rounded, ask_for, &mut room);
        }
        let scores = &mut scratch.scores[..n_queries * n_cells];
        let mut queries = Queries {
            kernels,
            d_head: d,
            n_cells,
            values: &scratch.queries[..n_queries * d],
            rounded: scratch.rounded,
            converted: scratch.converted,
        };
        queries.scores(&kept(true), |part, n_parts| ask_for(true, part, n_parts), scores);
        if !view.is_whole(tokens.clone()) {
            for (query, scores) in scores.chunks_exact_mut(n_cells).enumerate() {
                view.hide(tokens.start + query / group, scores);
            }
        }
        let rows = scores.chunks_exact_mut(n_cells).zip(running).zip(scratch.factors.iter_mut());
        for ((scores, running), factor) in rows {
            *factor = (kernels.softmax)(scores, running);
        }
        let (factors, mixed) = (&scratch.factors[..n_queries], &mut scratch.mixed[..n_queries * d]);
        let ask_for = |part, n_parts| ask_for(false, part, n_parts);
        queries.mix(&kept(false), ask_for, scores, factors, mixed);
    }
}

/// Puts the parts of a token's attention together.
pub(super) fn merge(pass: &Pass<'_>, token: usize, out: BufferId) {
    let Split { n_segments, n_tokens, .. } = pass.split;
    if n_segments == 1 {
        return;
    }
    let (n_head, d) = (pass.plan.n_head as usize, pass.plan.d_head as usize);
    for head in 0..n_head {
        let part = |segment: usize| {
            let at = (segment * n_tokens + token) * n_head + head;
            // SAFETY: parts were written before the last meeting, and are only read in this step.
            unsafe { pass.parts.read(at * (d + 2)..(at + 1) * (d + 2)) }
        };
        let top = (0..n_segments).map(|s| part(s)[0]).fold(f32::NEG_INFINITY, f32::max);
        let start = (token * n_head + head) * d;
        // SAFETY: this token's row is written by this thread only.
        let out = unsafe { pass.buffer(out).write(start..start + d) };
        out.fill(0.0);
        let mut sum = 0.0;
        for part in (0..n_segments).map(part) {
            let factor = (part[0] - top).exp();
            sum += factor * part[1];
            out.iter_mut().zip(&part[2..]).for_each(|(out, mixed)| *out += factor * mixed);
        }
        out.iter_mut().for_each(|out| *out /= sum);
    }
}
