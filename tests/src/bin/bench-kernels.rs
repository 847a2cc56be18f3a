//! How fast each set of kernels multiplies packed matrices, by format and columns, on one thread.
//!
//! Once from memory: a matrix larger than the caches, read once from end to end, as decode and speculation do.
//! Once from the second cache: a part of it that fits there, read again and again, which is what the arithmetic
//! takes alone. Weights are a byte pattern: no product takes longer for other numbers. The best of a few runs
//! counts; nothing else should run on the machine.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use carrel_kernels::{
    Columns, Format, Kernels, MANY_COLUMNS, MANY_PANELS, PANEL, Panel, Quantised,
};
use clap::Parser;
use memmap2::MmapMut;

/// What is measured.
#[derive(Parser)]
#[command(
    about = "Measure the products of packed matrices: GB/s of weights, by set, format and columns"
)]
struct Args {
    /// Only this set, such as avx2
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Only these formats, such as Q4_K
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    format: Vec<String>,
    /// Columns of activations at once
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1,2,4,8,16,32",
        value_parser = clap::value_parser!(u8).range(1..=MANY_COLUMNS as i64))]
    columns: Vec<u8>,
    /// Columns of the matrix, a multiple of 256
    #[arg(long, value_name = "N", default_value_t = 2048)]
    width: usize,
    /// MiB of the matrix that is read from memory
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    mib: usize,
    /// Let the matrix lie in pages of 4 KiB, as a file does that was mapped while memory lay in pieces
    #[arg(long)]
    small_pages: bool,
    /// Runs, the best of which counts
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
}

/// Bytes that stay in the second cache beside the activations.
const CACHED: usize = 256 << 10;
/// The shortest run over what is cached.
const SHORTEST: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    match measure(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), String> {
    if args.width == 0 || !args.width.is_multiple_of(256) {
        return Err("--width must be a multiple of 256".into());
    }
    let named = |format: &Format| format!("{format:?}");
    if let Some(unknown) =
        args.format.iter().find(|name| !Format::ALL.iter().any(|format| named(format) == **name))
    {
        return Err(format!("no kernels for {unknown}: {:?}", Format::ALL));
    }
    let sets = Kernels::available();
    let is_asked = |set: &&&Kernels| args.set.as_ref().is_none_or(|name| set.name == name);
    let asked: Vec<_> = sets.iter().filter(is_asked).collect();
    if asked.is_empty() {
        let names: Vec<_> = sets.iter().map(|set| set.name).collect();
        return Err(format!("this processor runs {}", names.join(", ")));
    }
    let matrix = matrix(args.mib << 20, args.small_pages)?;
    println!("GB/s of weights from memory / from the second cache, by columns, one thread");
    print!("{:9} {:6}", "set", "format");
    args.columns.iter().for_each(|n| print!(" {n:>13}"));
    println!();
    for set in asked {
        for format in Format::ALL {
            if !args.format.is_empty() && !args.format.contains(&named(&format)) {
                continue;
            }
            print!("{:9} {:6}", set.name, named(&format));
            for &n_columns in &args.columns {
                let work = Work::new(set, format, args.width, n_columns.into());
                let of = |part| (0..args.runs).map(|_| work.speed(part)).fold(0.0, f64::max);
                print!(" {:5.1} / {:5.1}", of(&matrix), of(&matrix[..CACHED.min(matrix.len())]));
            }
            println!();
        }
    }
    Ok(())
}

/// Bytes in which every number of the formats is a normal one and every sub-scale has six bits.
fn matrix(n_bytes: usize, in_small_pages: bool) -> Result<MmapMut, String> {
    let mut matrix = MmapMut::map_anon(n_bytes).map_err(|error| format!("no memory: {error}"))?;
    #[cfg(target_os = "linux")]
    let _ = matrix.advise(match in_small_pages {
        true => memmap2::Advice::NoHugePage,
        false => memmap2::Advice::HugePage,
    });
    #[cfg(not(target_os = "linux"))]
    let _ = in_small_pages;
    for (index, byte) in matrix.iter_mut().enumerate() {
        *byte = 0x30 + (index % 11) as u8;
    }
    Ok(matrix)
}

/// A kernel, and activations for it.
struct Work {
    set: &'static Kernels,
    format: Format,
    width: usize,
    n_columns: usize,
    values: Vec<f32>,
    quants: Vec<i8>,
    scales: Vec<f32>,
    sums: Vec<f32>,
    starts: Vec<i32>,
    sums_of_16: Vec<i16>,
}

impl Work {
    fn new(set: &'static Kernels, format: Format, width: usize, n_columns: usize) -> Self {
        let n = width * n_columns;
        let values: Vec<f32> = (0..n).map(|index| (index % 17) as f32 - 8.0).collect();
        let mut work = Self {
            set,
            format,
            width,
            n_columns,
            quants: vec![0; n],
            scales: vec![0.0; n / 32],
            sums: vec![0.0; n / 32],
            starts: vec![0; n / 32],
            sums_of_16: vec![0; n / 16],
            values,
        };
        if let Some(blocks) = format.blocks() {
            let n_blocks = n / blocks.n_values();
            let mut out = Quantised {
                quants: &mut work.quants,
                scales: &mut work.scales[..n_blocks],
                sums: &mut work.sums,
                starts: &mut work.starts,
                sums_of_16: &mut work.sums_of_16,
            };
            (set.quantise)(&work.values, blocks, &mut out);
        }
        work
    }

    /// Bytes of weights a second, in GB.
    fn speed(&self, matrix: &[u8]) -> f64 {
        let n_blocks = self.width / self.format.block_values();
        let quant_bytes = n_blocks * self.format.quant_bytes();
        let scale_bytes = n_blocks * self.format.scale_bytes();
        let panel_bytes = quant_bytes + scale_bytes;
        let n_panels = matrix.len() / panel_bytes;
        let (quants, scales) = matrix.split_at(n_panels * quant_bytes);
        let columns = Columns {
            n_columns: self.n_columns,
            n_values: self.width,
            values: &self.values,
            quants: &self.quants,
            scales: &self.scales,
            sums: &self.sums,
            starts: &self.starts,
            sums_of_16: &self.sums_of_16,
        };
        let mut out = [[[0.0; PANEL]; MANY_COLUMNS]; MANY_PANELS];
        let mut n_passes = 0;
        let start = Instant::now();
        // What memory is read for takes longer than that.
        while n_passes == 0 || (matrix.len() <= CACHED && start.elapsed() < SHORTEST) {
            let quants = quants.chunks_exact(quant_bytes).enumerate();
            let mut panels = quants.map(|(index, quants)| Panel {
                quants,
                scales: &scales[index * scale_bytes..][..scale_bytes],
            });
            for _ in (0..n_panels).step_by(MANY_PANELS) {
                let mut group = [Panel::default(); MANY_PANELS];
                let pairs = group.iter_mut().zip(&mut panels);
                let n = pairs.map(|(place, panel)| *place = panel).count();
                self.set.multiply(self.format, &group[..n], &columns, &mut out);
            }
            n_passes += 1;
        }
        black_box(out);
        let seconds = start.elapsed().as_secs_f64();
        (n_passes * n_panels * panel_bytes) as f64 / seconds / 1e9
    }
}
