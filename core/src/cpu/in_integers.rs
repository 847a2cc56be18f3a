//! Attention of many queries over a block of cells in integers of 16 bits: keys and values become integers
//! once for all queries, which pass by in chunks whose scores and shares stay in the first cache.
//!
//! Which cells count is found for each chunk, so that in a prefill's last blocks few scores are computed
//! and then hidden.

use std::ops::Range;

use super::caches::Kept;
use super::cells::BLOCK;
use super::in_single::{CHUNK, scores_of_bytes};
use super::rounded::Rounded;
use super::visible::BlockView;
use carrel_kernels::{ByteRows, InIntegers, Kernels, Pairs, ShortRows, Softmax};

/// Memory that this takes in addition: integers, and units, for so many queries.
pub(super) fn sizes(d_head: usize, n_queries: usize) -> (usize, usize) {
    let n_integers = (n_queries + 2 * BLOCK) * d_head + CHUNK * BLOCK;
    (n_integers, n_queries + BLOCK + d_head + CHUNK)
}

/// An item's queries as integers, and room for a block.
pub(super) struct Short<'a> {
    kernels: InIntegers,
    d_head: usize,
    /// Queries of a token.
    group: usize,
    queries: &'a [i16],
    query_units: &'a [f32],
    keys: &'a mut [i16],
    key_units: &'a mut [f32],
    values: &'a mut [i16],
    value_units: &'a mut [f32],
    shares: &'a mut [i16],
    share_units: &'a mut [f32],
}

/// What the steps of a block share with those in single precision.
pub(super) struct Room<'a> {
    /// Keys or values in single precision.
    pub(super) converted: &'a mut [f32],
    pub(super) scores: &'a mut [f32],
    pub(super) factors: &'a mut [f32],
    pub(super) mixed: &'a mut [f32],
    pub(super) running: &'a mut [Softmax],
}

impl<'a> Short<'a> {
    /// Rounds queries, with memory as [`sizes`] says.
    pub(super) fn new(
        kernels: InIntegers,
        queries: &[f32],
        (d_head, group): (usize, usize),
        integers: &'a mut [i16],
        units: &'a mut [f32],
    ) -> Self {
        let n_queries = queries.len() / d_head;
        let (rounded, integers) = integers.split_at_mut(n_queries * d_head);
        let (keys, integers) = integers.split_at_mut(BLOCK * d_head);
        let (values, integers) = integers.split_at_mut(BLOCK * d_head);
        let (query_units, units) = units.split_at_mut(n_queries);
        let (key_units, units) = units.split_at_mut(BLOCK);
        let (value_units, units) = units.split_at_mut(d_head);
        (kernels.queries)(queries, d_head, rounded, query_units);
        Self {
            kernels,
            d_head,
            group,
            queries: rounded,
            query_units,
            keys,
            key_units,
            values,
            value_units,
            shares: &mut integers[..CHUNK * BLOCK],
            share_units: &mut units[..CHUNK],
        }
    }

    /// Takes a block of `n_cells` into account, for queries of the tokens from `first_token` on, calling
    /// `ask_for` with a part, and of how many, in between.
    pub(super) fn block(
        &mut self,
        kernels: &Kernels,
        (keys, values): (&Kept<'_>, &Kept<'_>),
        (view, first_token, n_cells): (&BlockView<'_>, usize, usize),
        rounded: Option<&Rounded>,
        ask_for: impl Fn(usize, usize),
        room: &mut Room<'_>,
    ) {
        let (d, in_integers) = (self.d_head, self.kernels);
        let n = n_cells * d;
        let converted = &mut room.converted[..n];
        if let Kept::Half(keys) = keys {
            (kernels.from_half)(keys, converted);
            let (integers, units) = (&mut self.keys[..n], &mut self.key_units[..n_cells]);
            (in_integers.keys)(converted, n_cells, integers, units);
        }
        match *values {
            Kept::Half(values) => (kernels.from_half)(values, converted),
            Kept::Bytes(quants, scales) => {
                (kernels.from_bytes)(&ByteRows { d_head: d, quants, scales }, converted);
            }
            Kept::Single(values) => converted.copy_from_slice(values),
        }
        (in_integers.values)(converted, n_cells, &mut self.values[..n], self.value_units);
        let n_queries = self.query_units.len();
        let n_parts = n_queries.div_ceil(CHUNK);
        for part in 0..n_parts {
            ask_for(part, n_parts);
            let queries = part * CHUNK..n_queries.min((part + 1) * CHUNK);
            let token_of = |query: usize| first_token + query / self.group;
            let tokens = token_of(queries.start)..token_of(queries.end - 1) + 1;
            let n_seen = view.n_cells(tokens);
            if n_seen == 0 {
                continue;
            }
            let scores = &mut room.scores[..queries.len() * n_seen];
            match *keys {
                Kept::Bytes(quants, scales) => {
                    let keys = (&quants[..n_seen * d], &scales[..n_seen * d / 16]);
                    let queries = (rounded, queries.clone(), d);
                    scores_of_bytes(kernels, keys, queries, |_| {}, scores);
                }
                _ => self.scores(queries.clone(), n_seen, scores),
            }
            self.mix(queries, (view, first_token), n_cells, room, n_seen);
        }
    }

    /// Scores of some queries for the first `n_cells` of the block.
    fn scores(&self, queries: Range<usize>, n_cells: usize, scores: &mut [f32]) {
        let d = self.d_head;
        let rows = ShortRows {
            integers: &self.queries[queries.start * d..queries.end * d],
            depth: d,
            units: &self.query_units[queries],
        };
        let (integers, units) = (&self.keys[..n_cells * d], &self.key_units[..n_cells]);
        (self.kernels.scores)(&rows, &Pairs { integers, depth: d, units }, scores);
    }

    /// Scores → shares → mixed values.
    fn mix(
        &mut self,
        queries: Range<usize>,
        (view, first_token): (&BlockView<'_>, usize),
        n_cells: usize,
        room: &mut Room<'_>,
        n_seen: usize,
    ) {
        let (d, n) = (self.d_head, queries.len());
        let scores = &mut room.scores[..n * n_seen];
        let token_of = |query: usize| first_token + query / self.group;
        if !view.is_whole(token_of(queries.start)..token_of(queries.end - 1) + 1) {
            for (query, scores) in queries.clone().zip(scores.chunks_exact_mut(n_seen)) {
                view.hide(token_of(query), scores);
            }
        }
        let running = &mut room.running[queries.clone()];
        let results = (&mut room.factors[..n], &mut self.share_units[..n]);
        (self.kernels.shares)(scores, running, &mut self.shares[..n * n_seen], results);
        let shares = ShortRows {
            integers: &self.shares[..n * n_seen],
            depth: n_seen,
            units: &self.share_units[..n],
        };
        let integers = &self.values[..n_cells * d];
        let values = Pairs { integers, depth: n_cells, units: self.value_units };
        let mixed = &mut room.mixed[queries.start * d..queries.end * d];
        (self.kernels.mix)(&shares, &values, &room.factors[..n], mixed);
    }
}
