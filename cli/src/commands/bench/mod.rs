//! `carrel bench`: tokens a second, alone or against llama.cpp in alternating runs on the same file.
//!
//! Decode reads every weight once a token, and the keys and values that it attends to, so it is also reported as
//! a share of the memory bandwidth of this machine (a GPU's own, by copying); prefill is arithmetic, so it is
//! reported as a share of the peak of the processor's 8-bit products. Both limits are measured before and after
//! the runs. Before anything is timed, both programs' logits are compared.

mod contestants;
mod hardware;
#[cfg(feature = "gpu")]
mod profile;

use std::time::Instant;

use carrel_core::cancel::CancelFlag;
use carrel_core::cpu::PackedIn;
use carrel_core::exec::Model;
use carrel_core::ops::CacheType;
use carrel_core::thermal::{EnergyMeter, Zones};
use serde::Serialize;

use crate::failure::Failure;
use crate::model::RunArgs;
use crate::output::Output;
use contestants::{Contestant, LlamaCpp, Ours};
use hardware::Hardware;

/// Measure speed, alone or side by side with llama.cpp
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    run: RunArgs,
    /// Measure this program, too, in alternating runs
    #[arg(long, value_name = "PROGRAM")]
    against: Option<Rival>,
    /// Measure with these numbers of threads, too; a depth is read only once, with --threads
    #[arg(long, value_name = "N", value_delimiter = ',')]
    also_threads: Vec<usize>,
    /// Tokens of a prefill
    #[arg(long, value_name = "TOKENS", default_value_t = 512)]
    pp: usize,
    /// Tokens of a decode
    #[arg(long, value_name = "TOKENS", default_value_t = 64)]
    tg: usize,
    /// Tokens in the cache when decoding starts
    #[arg(long, value_name = "TOKENS", value_delimiter = ',', default_value = "512")]
    depth: Vec<usize>,
    /// Measure the prefill at each depth, too
    #[arg(long)]
    pp_at_depth: bool,
    /// Let the processor read the tokens before each depth, and hand keys and values to the GPU: for
    /// drivers in software, which would take an hour
    #[cfg(feature = "gpu")]
    #[arg(long)]
    filled_by_processor: bool,
    /// Say first who computes on the processor, and why
    #[arg(long)]
    explain: bool,
    /// Say, after the measurements, how long each kernel of the GPU takes, in a prefill and in decoding
    /// at each depth; JSON is then an object of rows and profiles
    #[cfg(feature = "gpu")]
    #[arg(long)]
    profile: bool,
    /// Runs of each measurement; the median counts
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Rival {
    /// llama.cpp, from the crate llama-cpp-sys-2
    #[value(name = "llama.cpp")]
    LlamaCpp,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Prefill,
    Decode,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Prefill => "prefill",
            Self::Decode => "decode",
        }
    }
}

/// One measurement.
#[derive(Serialize)]
struct Row {
    engine: &'static str,
    /// Who computes, in our rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    computed_by: Option<String>,
    /// What a program that does not choose was compiled for.
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Vec<String>>,
    model: String,
    #[serde(rename = "type")]
    kind: &'static str,
    threads: usize,
    phase: Phase,
    depth: usize,
    /// Type of the KV cache.
    cache: &'static str,
    tokens: usize,
    tokens_per_s: f64,
    slowest: f64,
    fastest: f64,
    /// Median of our speed over the rival's, run by run.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    /// What was measured to be possible before and after the runs, where that can be: bytes read a second, or
    /// 8-bit operations (prefill).
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    /// Weights, keys and values read a second, in GB, and as a share of that limit (decode).
    #[serde(skip_serializing_if = "Option::is_none")]
    gigabytes_per_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_of_bandwidth: Option<f64>,
    /// 8-bit operations a second as a share of that limit (prefill).
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_of_peak: Option<f64>,
    /// Energy of the processor, all of it, over all runs, where the system counts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    joules_per_token: Option<f64>,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    if args.runs == 0 || args.pp == 0 || args.tg == 0 {
        return Err(Failure::usage("--runs, --pp and --tg must be at least 1"));
    }
    let deepest = args.depth.iter().copied().max().unwrap_or(0);
    let longest = if args.pp_at_depth { args.tg.max(args.pp) } else { args.tg };
    #[cfg_attr(not(feature = "gpu"), allow(unused_mut))]
    let mut run = RunArgs {
        ctx: Some((deepest + longest).max(args.pp).next_multiple_of(256)),
        sliding: None,
        ..args.run.clone()
    };
    #[cfg(feature = "gpu")]
    {
        run.backend.gpu.times_kernels = args.profile;
    }
    let (model, options) = run.model_and_options()?;
    if args.explain && !output.is_json() {
        output.line(format!("computed by {}", computed_by(&model)))?;
        match model.packed_in() {
            Some(PackedIn::Read(path)) => {
                output.line(format!("packed weights mapped from {}", path.display()))?;
            }
            Some(PackedIn::Written(path)) => {
                output.line(format!("packed weights written to {}", path.display()))?;
            }
            Some(PackedIn::Memory) => output.line("packed weights in memory")?,
            None => {}
        }
        output.line(format!(
            "thermal zones: {}; energy: {}",
            if Zones::of_system().is_empty() { "none can be read" } else { "read" },
            EnergyMeter::of_system().map_or("not counted by this system", |_| "counted"),
        ))?;
        if let Some(speeds) = model.speeds() {
            output.line(speeds.to_string())?;
        }
    }
    let threads: Vec<usize> =
        std::iter::once(options.n_threads).chain(args.also_threads.iter().copied()).collect();
    let hardware = Hardware::of(&model, &threads)?;
    let threads: Vec<(usize, Hardware)> = threads.into_iter().zip(hardware).collect();
    #[cfg_attr(not(feature = "gpu"), allow(unused_mut))]
    let mut ours = Ours::new(&model, &options, cancel)?;
    #[cfg(feature = "gpu")]
    if args.filled_by_processor {
        ours = ours.filled_by(&model.on_processor(), &options)?;
    }
    let mut contestants: Vec<Box<dyn Contestant>> = vec![Box::new(ours)];
    if args.against == Some(Rival::LlamaCpp) {
        contestants.push(Box::new(LlamaCpp::new(&run.model, &options)?));
    }
    verify(&mut contestants, model.spec().n_vocab)?;
    let mut bench = Bench { args, model: &model, cache: options.cache_type, rows: Vec::new() };
    let tokens = contestants::tokens(args.pp, model.spec().n_vocab);
    let bar = output.step_bar("measuring", (args.depth.len() + 1) as u64);
    for (n_threads, hardware) in &threads {
        set_threads(&mut contestants, *n_threads)?;
        let work = Work { phase: Phase::Prefill, depth: 0, n_tokens: args.pp };
        let runs = bench.alternate(&mut contestants, cancel, work, hardware, |contestant| {
            contestant.prefill(&tokens)
        })?;
        bench.add(work, *n_threads, &contestants, &runs);
    }
    #[cfg(feature = "gpu")]
    let mut profiles = Vec::new();
    #[cfg(feature = "gpu")]
    if args.profile {
        let times = profile::of(&model, contestants[0].as_mut(), |ours| {
            ours.truncate(0)?;
            ours.prefill(&tokens)
        })?;
        profiles.push(profile::Profile::new("prefill", 0, args.pp, times));
    }
    bar.inc(1);
    for &depth in &args.depth {
        let text = contestants::tokens(depth.max(1), model.spec().n_vocab);
        set_threads(&mut contestants, options.n_threads)?;
        for contestant in &mut contestants {
            contestant.fill(&text[..depth])?;
            contestant.rest();
        }
        for (n_threads, hardware) in &threads {
            set_threads(&mut contestants, *n_threads)?;
            let work = Work { phase: Phase::Decode, depth, n_tokens: args.tg };
            let runs = bench.alternate(&mut contestants, cancel, work, hardware, |contestant| {
                contestant.decode(&tokens_to_decode(args.tg, model.spec().n_vocab))
            })?;
            bench.add(work, *n_threads, &contestants, &runs);
            if args.pp_at_depth && depth > 0 {
                let work = Work { phase: Phase::Prefill, depth, n_tokens: args.pp };
                let runs =
                    bench.alternate(&mut contestants, cancel, work, hardware, |contestant| {
                        contestant.prefill(&tokens)
                    })?;
                bench.add(work, *n_threads, &contestants, &runs);
            }
        }
        #[cfg(feature = "gpu")]
        if args.profile {
            let decoded = tokens_to_decode(profile::N_DECODED, model.spec().n_vocab);
            let times = profile::of(&model, contestants[0].as_mut(), |ours| {
                ours.truncate(depth)?;
                ours.decode(&decoded)
            })?;
            profiles.push(profile::Profile::new("decode", depth, decoded.len(), times));
            if args.pp_at_depth && depth > 0 {
                let times = profile::of(&model, contestants[0].as_mut(), |ours| {
                    ours.truncate(depth)?;
                    ours.prefill(&tokens)
                })?;
                profiles.push(profile::Profile::new("prefill", depth, args.pp, times));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    #[cfg(feature = "gpu")]
    if args.profile {
        if output.is_json() {
            return output.json(&serde_json::json!({ "rows": bench.rows, "profiles": profiles }));
        }
        bench.print(output)?;
        return profile::print(&profiles, output);
    }
    bench.print(output)
}

fn set_threads(contestants: &mut [Box<dyn Contestant>], n_threads: usize) -> Result<(), Failure> {
    contestants.iter_mut().try_for_each(|contestant| contestant.set_threads(n_threads))
}

fn tokens_to_decode(n: usize, n_vocab: u32) -> Vec<u32> {
    contestants::tokens(n, n_vocab).into_iter().rev().collect()
}

/// Both programs must compute the same before their speed means anything.
fn verify(contestants: &mut [Box<dyn Contestant>], n_vocab: u32) -> Result<(), Failure> {
    if contestants.len() < 2 {
        return Ok(());
    }
    let tokens = contestants::tokens(32, n_vocab);
    let mut logits = Vec::new();
    for contestant in contestants.iter_mut() {
        contestant.truncate(0)?;
        contestant.prefill(&tokens)?;
        logits.push(contestant.logits());
        contestant.truncate(0)?;
        contestant.rest();
    }
    let Some((ours, rivals)) = logits.split_first() else { return Ok(()) };
    for theirs in rivals {
        let spread = theirs.iter().copied().fold(f32::MIN, f32::max)
            - theirs.iter().copied().fold(f32::MAX, f32::min);
        let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if ours.len() != theirs.len() || !worst.is_finite() || worst > 0.05 * spread {
            let message = format!("the programs disagree: logits differ by {worst} of {spread}");
            return Err(Failure::other(message));
        }
    }
    Ok(())
}

/// What a run does, after how many tokens.
#[derive(Clone, Copy)]
struct Work {
    phase: Phase,
    depth: usize,
    n_tokens: usize,
}

/// Runs of all contestants.
struct Runs {
    /// By contestant.
    times: Vec<Times>,
    /// The mean of what was measured to be possible before and after them.
    limit: Option<f64>,
}

/// What the runs of one contestant took.
#[derive(Clone, Default)]
struct Times {
    seconds: Vec<f64>,
    /// Of each run, where the system counts it.
    joules: Vec<f64>,
}

/// The measurements so far and what they refer to.
struct Bench<'a> {
    args: &'a Args,
    model: &'a Model,
    /// Type of the KV cache.
    cache: CacheType,
    rows: Vec<Row>,
}

impl Bench<'_> {
    /// One warm-up, then alternating runs. What the hardware can do just then is measured before and after all of
    /// them: between two it would take weights out of the caches.
    /// Going back to the depth is not part of a run, as llama.cpp reads again what it has no state of.
    fn alternate(
        &self,
        contestants: &mut [Box<dyn Contestant>],
        cancel: &CancelFlag,
        work: Work,
        hardware: &Hardware,
        mut run_one: impl FnMut(&mut dyn Contestant) -> Result<(), Failure>,
    ) -> Result<Runs, Failure> {
        let mut times = vec![Times::default(); contestants.len()];
        let before = hardware.limit(work.phase);
        let mut meter = EnergyMeter::of_system();
        let mut joules = || meter.as_mut().and_then(EnergyMeter::joules);
        for run in 0..=self.args.runs {
            // Whoever goes first in one run goes last in the next.
            let mut order: Vec<usize> = (0..contestants.len()).collect();
            if run % 2 == 1 {
                order.reverse();
            }
            for index in order {
                let contestant = contestants[index].as_mut();
                contestant.truncate(work.depth)?;
                let before = joules();
                let start = Instant::now();
                run_one(contestant)?;
                let elapsed = start.elapsed();
                let taken = before.and_then(|before| Some(joules()? - before));
                contestant.rest();
                if cancel.is_cancelled() {
                    return Err(Failure::cancelled());
                }
                if run > 0 {
                    times[index].seconds.push(elapsed.as_secs_f64());
                    times[index].joules.extend(taken);
                }
            }
        }
        let after = hardware.limit(work.phase);
        let limit = before.zip(after).map(|(before, after)| (before + after) / 2.0);
        Ok(Runs { times, limit })
    }

    fn add(
        &mut self,
        work: Work,
        n_threads: usize,
        contestants: &[Box<dyn Contestant>],
        runs: &Runs,
    ) {
        let Work { phase, depth, n_tokens } = work;
        let plan = self.model.plan();
        let name = self.args.run.model.file_stem().unwrap_or_default().to_string_lossy();
        let (n_products, weight_bytes) = work_of(self.model);
        let read_bytes = weight_bytes + plan.read_cell_bytes(depth, self.cache);
        let is_decode = phase == Phase::Decode;
        // What a token takes of what is limited.
        let of_token = if is_decode { read_bytes } else { 2 * n_products } as f64;
        for (index, contestant) in contestants.iter().enumerate() {
            let Times { seconds, joules } = &runs.times[index];
            let speeds: Vec<f64> = seconds.iter().map(|s| n_tokens as f64 / s).collect();
            let ratios = (index == 0 && contestants.len() > 1)
                .then(|| runs.times[1].seconds.iter().zip(seconds).map(|(b, a)| b / a).collect());
            // A counter that failed once has counted too little.
            let is_counted = joules.len() == seconds.len();
            let all_tokens = (n_tokens * seconds.len()) as f64;
            let tokens_per_s = median(speeds.clone());
            let percent = runs.limit.map(|limit| 100.0 * of_token * tokens_per_s / limit);
            self.rows.push(Row {
                engine: contestant.name(),
                computed_by: (index == 0).then(|| computed_by(self.model)),
                instructions: contestant.instructions(),
                model: name.to_string(),
                kind: main_type(plan),
                threads: n_threads,
                phase,
                depth,
                cache: self.cache.tensor_type().name(),
                tokens: n_tokens,
                tokens_per_s,
                slowest: speeds.iter().copied().fold(f64::INFINITY, f64::min),
                fastest: speeds.iter().copied().fold(0.0, f64::max),
                ratio: ratios.map(median),
                limit: runs.limit,
                gigabytes_per_s: is_decode.then_some(tokens_per_s * of_token / 1e9),
                percent_of_bandwidth: percent.filter(|_| is_decode),
                percent_of_peak: percent.filter(|_| !is_decode),
                joules_per_token: is_counted.then(|| joules.iter().sum::<f64>() / all_tokens),
            });
        }
    }

    fn print(&self, output: &Output) -> Result<(), Failure> {
        if output.is_json() {
            return output.json(&self.rows);
        }
        for row in &self.rows {
            let limit = row.limit.unwrap_or_default() / 1e9;
            let share = match (row.percent_of_bandwidth, row.percent_of_peak) {
                (Some(share), _) => format!("{share:5.1} % of the bandwidth, {limit:.1} GB/s"),
                (_, Some(share)) => format!("{share:5.1} % of the peak, {limit:.0} Gop/s"),
                _ => String::new(),
            };
            let ratio = row.ratio.map_or(String::new(), |ratio| format!("  ratio {ratio:.3}"));
            let energy = row
                .joules_per_token
                .map_or(String::new(), |joules| format!("  {joules:.3} J/token"));
            output.line(format!(
                "{:10} {:7} {} threads {:8} depth {:5} {:9.2} tokens/s  {share}{ratio}{energy}",
                row.engine,
                row.kind,
                row.threads,
                row.phase.name(),
                row.depth,
                row.tokens_per_s
            ))?;
        }
        Ok(())
    }
}

/// Multiplications a token in prefill, and bytes of weights read a token in decode.
fn work_of(model: &Model) -> (u64, u64) {
    let plan = model.plan();
    let mut n_products = 0;
    let mut n_bytes = 0;
    for op in &plan.ops {
        if let carrel_core::ops::Op::Linear { weight, out, .. } = op {
            let weight = &plan.weights[weight.0];
            n_bytes += weight.n_bytes;
            // In prefill logits are computed for the last token only.
            if *out != plan.logits {
                n_products += weight.n_rows * weight.n_cols;
            }
        }
    }
    (n_products, n_bytes)
}

/// Who computes.
fn computed_by(model: &Model) -> String {
    #[cfg(feature = "gpu")]
    if let Some(gpu) = model.gpu() {
        let (adapter, n_layers) = (gpu.adapter(), model.n_gpu_layers());
        return format!("{n_layers} layers on {} ({})", adapter.name, adapter.driver);
    }
    model.choice().to_string()
}

/// The type that most of the model's bytes have.
fn main_type(plan: &carrel_core::ops::Plan) -> &'static str {
    let bytes_of = |name: &str| -> u64 {
        let same = plan.weights.iter().filter(|weight| weight.tensor_type.name() == name);
        same.map(|weight| weight.n_bytes).sum()
    };
    let names = plan.weights.iter().map(|weight| weight.tensor_type.name());
    names.max_by_key(|name| bytes_of(name)).unwrap_or("none")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
