//! Every set against the scalar one, over odd sizes and extreme scales.
//!
//! Integer parts are equal, so products differ by the order of their sums only: at most
//! n · 2⁻²⁴ · Σ |terms| for n terms. Functions with an exponential differ by its error, too.

use super::*;

/// A number between −1 and 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        // Knuth's multiplier for 64-bit linear congruences.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn row(&mut self, n: usize, scale: f32) -> Vec<f32> {
        (0..n).map(|_| scale * self.next()).collect()
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| (self.next().to_bits() >> 4) as u8).collect()
    }
}

fn others() -> impl Iterator<Item = &'static Kernels> {
    #[cfg(target_arch = "x86_64")]
    let twin = avx2::vnni::evex::is_available().then_some(&avx2::vnni::evex::KERNELS);
    #[cfg(not(target_arch = "x86_64"))]
    let twin: Option<&Kernels> = None;
    Kernels::available().into_iter().filter(|set| set.name != "scalar").chain(twin)
}

/// Rounded activations of some columns.
#[derive(Clone, Default, PartialEq, Debug)]
struct Rounded {
    quants: Vec<i8>,
    scales: Vec<f32>,
    sums: Vec<f32>,
    starts: Vec<i32>,
    sums_of_16: Vec<i16>,
}

impl Rounded {
    /// Columns of `n_values` values, which these are rounded from.
    fn columns<'a>(&'a self, values: &'a [f32], n_values: usize) -> Columns<'a> {
        let Self { quants, scales, sums, starts, sums_of_16 } = self;
        let n_columns = values.len() / n_values;
        Columns { n_columns, n_values, values, quants, scales, sums, starts, sums_of_16 }
    }
}

/// What products of `format` read of values; nothing where they read the values.
fn rounded_for(format: Format, values: &[f32]) -> Rounded {
    match format.blocks() {
        Some(blocks) => quantise(&scalar::KERNELS, values, blocks),
        None => Rounded::default(),
    }
}

fn quantise(set: &Kernels, row: &[f32], blocks: Blocks) -> Rounded {
    let n_blocks = row.len() / blocks.n_values();
    let mut out = Rounded {
        quants: vec![0; row.len()],
        scales: vec![0.0; n_blocks],
        sums: vec![0.0; n_blocks],
        starts: vec![0; n_blocks],
        sums_of_16: vec![0; row.len() / 16],
    };
    let Rounded { quants, scales, sums, starts, sums_of_16 } = &mut out;
    (set.quantise)(row, blocks, &mut Quantised { quants, scales, sums, starts, sums_of_16 });
    out
}

#[test]
fn rounding_to_8_bits_is_the_same_in_every_set() {
    let mut random = Random(1);
    for scale in [0.0, 1e-40, 1e-30, 1.0, 3e4, 1e38] {
        for blocks in [Blocks::Of32, Blocks::Of256] {
            let row = random.row(768, scale);
            let expected = quantise(&scalar::KERNELS, &row, blocks);
            assert!(expected.quants.iter().all(|&quant| quant != i8::MIN));
            for set in others() {
                assert_eq!(quantise(set, &row, blocks), expected, "{} {scale}", set.name);
            }
        }
    }
}

/// A panel of random bits, with scales that are numbers.
fn panel(random: &mut Random, format: Format, n_blocks: usize, scale: f32) -> (Vec<u8>, Vec<u8>) {
    let n_quants = n_blocks * format.quant_bytes();
    let mut quants = match format {
        Format::F32 => {
            random.row(n_quants / 4, scale).iter().flat_map(|x| x.to_le_bytes()).collect()
        }
        Format::F16 => {
            let row = random.row(n_quants / 2, scale);
            row.iter().flat_map(|x| half::f16::from_f32(*x).to_le_bytes()).collect()
        }
        Format::BF16 => {
            let row = random.row(n_quants / 2, scale);
            row.iter().flat_map(|x| half::bf16::from_f32(*x).to_le_bytes()).collect()
        }
        _ => random.bytes(n_quants),
    };
    let mut scales = random.bytes(n_blocks * format.scale_bytes());
    let n_halves = match format {
        Format::Q8_0 | Format::Q4_0 | Format::Q5_0 | Format::Q6_K => PANEL,
        Format::Q5_1 | Format::Q4_K | Format::Q5_K => 2 * PANEL,
        _ => return (quants, scales),
    };
    let blocks = match format.blocks() {
        Some(Blocks::Of256) => quants.chunks_exact_mut(format.quant_bytes()),
        _ => scales.chunks_exact_mut(format.scale_bytes()),
    };
    for block in blocks {
        if n_halves == 2 * PANEL && format.blocks() == Some(Blocks::Of256) {
            block[4 * PANEL..SCALE_LINES * LINE].iter_mut().for_each(|scale| *scale &= 63);
        }
        for bytes in block[..2 * n_halves].chunks_exact_mut(2) {
            let number = half::f16::from_f32(scale * random.next());
            bytes.copy_from_slice(&number.to_le_bytes());
        }
    }
    (quants, scales)
}

/// How much products of activations up to 3 may differ: n · 2⁻²⁴ · Σ |terms|.
fn order_of_sums(format: Format, n_blocks: usize, scale: f32) -> f32 {
    // An integer block's product, and its offset, are at most this times its scales.
    let largest_term = match format {
        Format::F32 | Format::F16 | Format::BF16 => 3.0 * scale,
        Format::Q8_0 => 128.0 * 32.0 * 3.0 * scale,
        Format::Q4_0 | Format::Q5_0 | Format::Q5_1 => 2.0 * 31.0 * 32.0 * 3.0 * scale,
        Format::Q4_K => 2.0 * 15.0 * 63.0 * 256.0 * 3.0 * scale,
        Format::Q5_K => 2.0 * 31.0 * 63.0 * 256.0 * 3.0 * scale,
        Format::Q6_K => 32.0 * 128.0 * 256.0 * 3.0 * scale,
    };
    // Scaling a block and taking off its offset are three more roundings.
    (n_blocks + 3) as f32 * 2f32.powi(-24) * n_blocks as f32 * largest_term
}

#[test]
fn products_differ_by_the_order_of_sums_only() {
    let mut random = Random(2);
    // Miri takes a thousand times as long.
    let numbers_of_blocks: &[usize] = if cfg!(miri) { &[1] } else { &[1, 2, 3, 7] };
    for format in Format::ALL {
        for &n_blocks in numbers_of_blocks {
            for (n_columns, scale) in
                [(1, 1.0), (2, 1e-6), (3, 6e4), (4, 1.0), (7, 1e-6), (16, 6e4)]
            {
                let n_values = n_blocks * format.block_values();
                let (quants, scales) = panel(&mut random, format, n_blocks, scale);
                let panel = Panel { quants: &quants, scales: &scales };
                let values = random.row(n_columns * n_values, 3.0);
                let rounded = rounded_for(format, &values);
                let columns = rounded.columns(&values, n_values);
                let mut expected = [[0.0; PANEL]; TILE_COLUMNS];
                (scalar::KERNELS.product(format))(&panel, &columns, &mut expected);
                let bound = order_of_sums(format, n_blocks, scale);
                for set in others() {
                    let mut found = [[0.0; PANEL]; TILE_COLUMNS];
                    (set.product(format))(&panel, &columns, &mut found);
                    let pairs = found.iter().flatten().zip(expected.iter().flatten());
                    for (found, expected) in pairs {
                        assert!(
                            (found - expected).abs() <= bound,
                            "{} {format:?} {n_blocks} blocks: {found} for {expected}",
                            set.name
                        );
                    }
                }
            }
        }
    }
}

/// Whichever kernel is taken for as many, a panel's rows have the products that they have with a column alone.
#[test]
fn several_panels_with_many_columns_are_each_with_a_few() {
    let mut random = Random(9);
    let (numbers_of_blocks, shapes): (&[usize], &[(usize, usize, f32)]) = match cfg!(miri) {
        true => (&[1], &[(1, 17, 1.0)]),
        false => (
            &[1, 2, 7, 9],
            &[(3, 32, 1.0), (2, 17, 6e4), (1, 31, 1e-6), (3, 12, 6e4), (2, 3, 1.0), (3, 1, 1e-6)],
        ),
    };
    for format in Format::ALL {
        for &n_blocks in numbers_of_blocks {
            for &(n_panels, n_columns, scale) in shapes {
                let n_values = n_blocks * format.block_values();
                let parts: Vec<_> =
                    (0..n_panels).map(|_| panel(&mut random, format, n_blocks, scale)).collect();
                let panels: Vec<Panel<'_>> =
                    parts.iter().map(|(quants, scales)| Panel { quants, scales }).collect();
                let values = random.row(n_columns * n_values, 3.0);
                let rounded = rounded_for(format, &values);
                let columns = rounded.columns(&values, n_values);
                for set in others().chain([&scalar::KERNELS]) {
                    let mut found = [[[f32::NAN; PANEL]; MANY_COLUMNS]; MANY_PANELS];
                    set.multiply(format, &panels, &columns, &mut found);
                    for (panel, found) in panels.iter().zip(&found) {
                        for (column, found) in found.iter().enumerate().take(n_columns) {
                            let mut alone = [[0.0; PANEL]; TILE_COLUMNS];
                            let one = columns.part(format, column, 1);
                            (set.product(format))(panel, &one, &mut alone);
                            let bound = order_of_sums(format, n_blocks, scale);
                            close(set.name, found, &alone[0], 0.0, bound);
                        }
                    }
                }
            }
        }
    }
}

fn close(name: &str, found: &[f32], expected: &[f32], relative: f32, absolute: f32) {
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= relative * b.abs() + absolute, "{name}: {a} for {b}");
    }
}

#[test]
fn rows_agree() {
    let mut random = Random(3);
    for n in [1, 7, 8, 64, 100, 576] {
        for scale in [1e-3, 1.0, 30.0, 1e3] {
            let (a, b) = (random.row(n, scale), random.row(n, 1.0));
            for set in others() {
                let with = |kernel: fn(&mut [f32], &[f32])| {
                    let mut row = a.clone();
                    kernel(&mut row, &b);
                    row
                };
                assert_eq!(with(set.add), with(scalar::KERNELS.add));
                let norm = |set: &Kernels| {
                    let mut row = a.clone();
                    (set.rms_norm)(&mut row, &b, 1e-5);
                    row
                };
                close("norm", &norm(set), &norm(&scalar::KERNELS), n as f32 * 2e-7, 0.0);
                let (found, expected) = (with(set.silu_gate), with(scalar::KERNELS.silu_gate));
                close("silu", &found, &expected, 1e-6, 1e-30);
                // 1 − 1 / (1 + e²ʸ) has an absolute error of some units of 2⁻²⁴.
                let (found, expected) = (with(set.gelu_gate), with(scalar::KERNELS.gelu_gate));
                close("gelu", &found, &expected, 1e-6, 5e-7 * scale);
                let halves = |set: &Kernels| {
                    let mut halves = vec![0; n];
                    (set.to_half)(&a, &mut halves);
                    let mut back = vec![0.0; n];
                    (set.from_half)(&halves, &mut back);
                    (halves, back)
                };
                assert_eq!(halves(set), halves(&scalar::KERNELS));
            }
        }
    }
}

#[test]
fn attention_agrees() {
    let mut random = Random(4);
    for (n_queries, d_head, n_cells) in
        [(1, 16, 16), (3, 64, 64), (7, 80, 32), (13, 24, 48), (8, 128, 64)]
    {
        let queries = random.row(n_queries * d_head, 1.0);
        let keys = random.row(d_head * n_cells, 1.0);
        let values = random.row(d_head * n_cells, 1.0);
        let start = random.row(n_queries * d_head, 1.0);
        let run = |set: &Kernels| {
            let mut shares = vec![0.0; n_queries * n_cells];
            (set.scores)(&queries, &keys, n_cells, &mut shares);
            // One query sees nothing, one only a few cells.
            shares[..n_cells].fill(f32::NEG_INFINITY);
            let last = shares.len() - n_cells;
            shares[last + 3..].fill(f32::NEG_INFINITY);
            let mut factors = vec![0.0; n_queries];
            let mut running = vec![Softmax { top: -0.5, sum: 2.0 }; n_queries];
            running[0] = Softmax::EMPTY;
            for ((row, running), factor) in
                shares.chunks_mut(n_cells).zip(&mut running).zip(&mut factors)
            {
                *factor = (set.softmax)(row, running);
            }
            let mut mixed = start.clone();
            (set.mix)(&shares, &values, n_cells, &factors, &mut mixed);
            let sums: Vec<f32> = running.iter().map(|running| running.sum).collect();
            (mixed, sums)
        };
        let expected = run(&scalar::KERNELS);
        assert_eq!(expected.1[0], if n_queries == 1 { 0.0 } else { expected.1[0] });
        for set in others() {
            let found = run(set);
            let bound = (n_cells + d_head) as f32 * n_cells as f32 * 2f32.powi(-24);
            close("mixed", &found.0, &expected.0, 0.0, bound);
            close("sums", &found.1, &expected.1, 1e-5, bound);
        }
    }
}

#[test]
fn attention_over_half_precision_is_that_over_its_copy() {
    let mut random = Random(5);
    let sets = Kernels::available();
    for (n_queries, d_head, n_cells) in [(1, 16, 16), (3, 64, 64), (4, 128, 64), (6, 80, 48)] {
        let queries = random.row(n_queries * d_head, 1.0);
        let mut halves = |scale| {
            let (mut halves, row) =
                (vec![0; d_head * n_cells], random.row(d_head * n_cells, scale));
            (scalar::KERNELS.to_half)(&row, &mut halves);
            let mut back = row;
            (scalar::KERNELS.from_half)(&halves, &mut back);
            (halves, back)
        };
        let ((keys, key_copy), (values, value_copy)) = (halves(1.0), halves(1e-3));
        let factors = random.row(n_queries, 1.0);
        for (set, of_half) in sets.iter().filter_map(|set| Some((set, set.of_half?))) {
            let mut scores = [vec![0.0; n_queries * n_cells], vec![1.0; n_queries * n_cells]];
            (of_half.scores)(&queries, &keys, n_cells, &mut scores[0]);
            (set.scores)(&queries, &key_copy, n_cells, &mut scores[1]);
            assert_eq!(scores[0], scores[1], "{}", set.name);
            let mut mixed = [vec![0.5; n_queries * d_head], vec![0.5; n_queries * d_head]];
            (of_half.mix)(&scores[0], &values, n_cells, &factors, &mut mixed[0]);
            (set.mix)(&scores[0], &value_copy, n_cells, &factors, &mut mixed[1]);
            assert_eq!(mixed[0], mixed[1], "{}", set.name);
        }
    }
}

#[test]
fn attention_over_bytes_is_that_over_their_copy() {
    let mut random = Random(6);
    for (n_queries, d_head, n_cells) in [(1, 32, 16), (3, 64, 64), (7, 96, 32), (12, 128, 48)] {
        let quants = random.bytes(d_head * n_cells);
        let scales = random.row(d_head * n_cells / 32, 1e-2);
        let scales: Vec<u8> =
            scales.iter().flat_map(|x| half::f16::from_f32(*x).to_le_bytes()).collect();
        let rows = ByteRows { d_head, quants: &quants, scales: &scales };
        let mut copy = vec![0.0; d_head * n_cells];
        (scalar::KERNELS.from_bytes)(&rows, &mut copy);
        // Row 17's second block, where there is one.
        if d_head >= 64 && n_cells > 17 {
            let at = 2 * ((d_head / 32 + 1) * 16 + 1);
            let scale = half::f16::from_le_bytes([scales[at], scales[at + 1]]).to_f32();
            let quant = quants[17 * d_head + 35] as i8;
            assert_eq!(copy[17 * d_head + 35], scale * f32::from(quant));
        }
        let (shares, factors) = (random.row(n_queries * n_cells, 1.0), random.row(n_queries, 1.0));
        let mut expected = vec![0.5; n_queries * d_head];
        (scalar::KERNELS.mix)(&shares, &copy, n_cells, &factors, &mut expected);
        for set in others() {
            let mut found = vec![0.0; d_head * n_cells];
            (set.from_bytes)(&rows, &mut found);
            assert_eq!(found, copy, "{}", set.name);
            let Some(of_bytes) = set.of_bytes else { continue };
            let mut mixed = vec![0.5; n_queries * d_head];
            (of_bytes.mix)(&shares, &rows, &factors, &mut mixed);
            // Terms are at most 128 / 100, and are rounded once more.
            let bound = (n_cells + 2) as f32 * n_cells as f32 * 1.28 * 2f32.powi(-24);
            close(set.name, &mixed, &expected, 0.0, bound);
        }
    }
}

#[test]
fn attention_in_integers_is_that_in_single_precision_but_for_their_rounding() {
    let mut random = Random(7);
    for (n_queries, d_head, n_cells, n_seen) in
        [(1, 16, 16, 16), (5, 64, 64, 48), (12, 96, 32, 32), (13, 128, 64, 64)]
    {
        for scale in [1.0, 1e-6, 100.0] {
            let queries = random.row(n_queries * d_head, 0.3);
            let mut keys = random.row(d_head * n_cells, scale);
            // A place that is larger than all others, as some models' keys have, and a key of zeros.
            keys[3 * 16..4 * 16].iter_mut().for_each(|key| *key *= 50.0);
            (0..d_head).for_each(|i| keys[16 * i + 1] = 0.0);
            let values = random.row(d_head * n_cells, scale);
            for set in others() {
                let Some(kernels) = set.in_integers else { continue };
                let short = ShortAttention::new(&kernels, &queries, &keys, &values, n_cells);
                let scores = short.scores(n_seen);
                let mut expected = vec![0.0; n_queries * n_cells];
                (scalar::KERNELS.scores)(&queries, &keys, n_cells, &mut expected);
                let size = |row: &[f32]| row.iter().map(|x| x.abs()).sum::<f32>();
                for (query, scores) in scores.chunks(n_seen).enumerate() {
                    let row = &queries[query * d_head..][..d_head];
                    for (cell, &found) in scores.iter().enumerate() {
                        let at = |i: usize| (cell / 16 * d_head + i) * 16 + cell % 16;
                        let key: Vec<f32> = (0..d_head).map(|i| keys[at(i)]).collect();
                        // Each integer is off by up to a half, and sums of single precision by a bit
                        // a term.
                        let units = (short.query_units[query] / 2.0, short.key_units[cell] / 2.0);
                        let rounding = units.0 * size(&key) + units.1 * size(row);
                        let largest = key.iter().fold(0.0f32, |top, x| top.max(x.abs()));
                        let sums = d_head as f32 * 2f32.powi(-24) * size(row) * largest;
                        let bound = rounding + d_head as f32 * units.0 * units.1 + sums;
                        let expected = expected[query * n_cells + cell];
                        assert!((found - expected).abs() <= bound, "{found} for {expected}");
                    }
                }
                short.check_mixing(scores, n_seen, &values);
            }
        }
    }
}

/// Queries, keys and values in integers.
struct ShortAttention<'a> {
    kernels: &'a InIntegers,
    depths: (usize, usize),
    queries: Vec<i16>,
    query_units: Vec<f32>,
    keys: Vec<i16>,
    key_units: Vec<f32>,
    values: Vec<i16>,
    value_units: Vec<f32>,
}

impl<'a> ShortAttention<'a> {
    fn new(
        kernels: &'a InIntegers,
        queries: &[f32],
        keys: &[f32],
        values: &[f32],
        n_cells: usize,
    ) -> Self {
        let d_head = keys.len() / n_cells;
        let room = |n: usize, n_units: usize| (vec![0; n], vec![0.0; n_units]);
        let (mut short, mut query_units) = room(queries.len(), queries.len() / d_head);
        (kernels.queries)(queries, d_head, &mut short, &mut query_units);
        let (mut key_pairs, mut key_units) = room(keys.len(), n_cells);
        (kernels.keys)(keys, n_cells, &mut key_pairs, &mut key_units);
        let (mut value_pairs, mut value_units) = room(values.len(), d_head);
        (kernels.values)(values, n_cells, &mut value_pairs, &mut value_units);
        Self {
            kernels,
            depths: (d_head, n_cells),
            queries: short,
            query_units,
            keys: key_pairs,
            key_units,
            values: value_pairs,
            value_units,
        }
    }

    /// Scores of the first cells.
    fn scores(&self, n_seen: usize) -> Vec<f32> {
        let depth = self.depths.0;
        let mut scores = vec![0.0; self.query_units.len() * n_seen];
        let rows = ShortRows { integers: &self.queries, depth, units: &self.query_units };
        let keys = Pairs { integers: &self.keys, depth, units: &self.key_units[..n_seen] };
        (self.kernels.scores)(&rows, &keys, &mut scores);
        scores
    }

    /// Compares shares of the first cells, and what is mixed by them, with the scalar set's.
    fn check_mixing(&self, mut scores: Vec<f32>, n_seen: usize, values: &[f32]) {
        let (n, (d_head, n_cells)) = (self.query_units.len(), self.depths);
        // One query sees nothing, one only a few cells.
        scores[..n_seen].fill(f32::NEG_INFINITY);
        let last = scores.len() - n_seen;
        scores[last + 3..].fill(f32::NEG_INFINITY);
        let start = Softmax { top: -0.5, sum: 2.0 };
        let mut running = vec![start; n];
        running[0] = Softmax::EMPTY;
        let mut expected_running = running.clone();
        let (mut factors, mut units) = (vec![0.0; n], vec![0.0; n]);
        let mut shares = vec![0; scores.len()];
        let results = (&mut factors[..], &mut units[..]);
        (self.kernels.shares)(&scores, &mut running, &mut shares, results);
        let mut mixed = vec![0.5; n * d_head];
        let rows = ShortRows { integers: &shares, depth: n_seen, units: &units };
        let pairs = Pairs { integers: &self.values, depth: n_cells, units: &self.value_units };
        (self.kernels.mix)(&rows, &pairs, &factors, &mut mixed);
        for query in 0..n {
            let weights = &mut scores[query * n_seen..][..n_seen];
            let running_expected = &mut expected_running[query];
            let factor = (scalar::KERNELS.softmax)(weights, running_expected);
            // The power of two is within 2⁻¹⁸ of itself; the exponent, and the top that comes off it, are
            // rounded.
            let top = running_expected.top.abs().min(f32::MAX);
            let relative = 2f32.powi(-18) + (105.0 + top) * 2f32.powi(-23);
            close("factor", &[factors[query]], &[factor], 1e-6, 0.0);
            assert_eq!(running[query].top, running_expected.top);
            close("sum", &[running[query].sum], &[running_expected.sum], 2.0 * relative, 1e-30);
            for i in 0..d_head {
                let (mut sum, mut bound) = (0.5 * factor, 1e-6);
                for (cell, weight) in weights.iter().enumerate() {
                    let value = values[cell * d_head + i];
                    sum += weight * value;
                    let of_value = self.value_units[i] / 2.0;
                    let of_share = units[query] / 2.0 + weight * relative;
                    bound += of_share * (value.abs() + of_value) + weight * of_value;
                    bound += n_seen as f32 * 2f32.powi(-24) * (weight * value).abs();
                }
                let found = mixed[query * d_head + i];
                assert!((found - sum).abs() <= bound, "{query} {i}: {found} for {sum}, {bound}");
            }
        }
    }
}

/// `arm.sh` runs the tests as on several processors and says what each must choose.
#[test]
fn the_fastest_set_of_the_processor_is_chosen() {
    let names: Vec<&str> = Kernels::available().iter().map(|set| set.name).collect();
    assert_eq!(names.last(), Some(&"scalar"));
    if let Ok(expected) = std::env::var("CARREL_BEST_KERNELS") {
        assert_eq!(Kernels::best().name, expected, "of {names:?}");
    }
}
