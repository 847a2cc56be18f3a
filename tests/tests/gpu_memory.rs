//! Memory of a GPU: known before it is taken, bounded, part of the promise, and no answer is lost where it
//! runs out.

use std::time::Duration;

use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::engine::{EngineOptions, Fit, open_model_on_gpu};
use carrel_core::error::{Error, GpuError, ModelError};
use carrel_core::exec::{ContextPolicy, MemoryBounds};
use carrel_core::gguf::Gguf;
use carrel_core::gpu::GpuOptions;
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_models::shapes::Shape;
use carrel_tests::divergence::compare;
use carrel_tests::gpu::{
    ANSWER, Undisturbed, answer, any_gpu, model, open_gpu, options, rows, tokens,
};

fn gpu_bound(gpu_bytes: u64) -> MemoryBounds {
    MemoryBounds { gpu_bytes: Some(gpu_bytes), total_bytes: None }
}

#[test]
fn layers_may_stay_on_the_processor() {
    let Some(gpu) = any_gpu() else { return };
    for (name, kind) in [
        ("tiny-llama", TensorType::Q8_0),
        ("tiny-gemma3", TensorType::F16),
        ("tiny-lfm2", TensorType::Q8_0),
    ] {
        let model = model(name, kind);
        let n_layer = model.plan().n_layer();
        let options = options(ContextPolicy::Sliding(64), CacheType::F16);
        let tokens = tokens(90, model.spec().n_vocab);
        let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 4);
        let whole = model.on_gpu(&gpu).expect("weights");
        let need = whole.gpu_need(&options).expect("fits").expect("on a GPU").total_bytes();
        // A little too small for all layers, and the least that holds one.
        let Err(ModelError::Budget { minimum_bytes, .. }) =
            model.on_gpu_within(&gpu, &options, &gpu_bound(1 << 10)).map(|_| ())
        else {
            panic!("one KiB is enough for {name}");
        };
        for budget in [need - 1, minimum_bytes] {
            let part =
                model.on_gpu_within(&gpu, &options, &gpu_bound(budget)).expect("a part fits");
            let n_gpu = part.n_gpu_layers();
            assert!((1..n_layer).contains(&n_gpu), "{n_gpu} of {n_layer} layers");
            let mut decoder = part.decoder(&options).expect("a decoder");
            let ours = rows(&mut decoder, &tokens, 4);
            let agreement = compare(&ours, &theirs);
            println!("{name}, {n_gpu} of {n_layer} layers: {agreement}");
            assert_eq!(agreement.n_different, 0, "{name}: another most likely token");
            assert!(agreement.mean_kl <= 1e-3, "{name}: {agreement}");
            let gpu_need = part.gpu_need(&options).expect("fits").expect("on a GPU");
            assert!(gpu_need.total_bytes() <= budget);
            // What both halves took, without the hidden states that go from one to the other.
            let need = part.memory_need(&options).expect("a promise");
            let (cache_bytes, compute_bytes) = decoder.memory_bytes();
            assert_eq!(cache_bytes, need.cache_bytes + gpu_need.cache_bytes, "{name}");
            let promised = need.activation_bytes + gpu_need.compute_bytes;
            assert!(compute_bytes <= promised, "{name}: {compute_bytes} of {promised}");
            assert!(compute_bytes > gpu_need.compute_bytes, "{name}");
        }
        let all = model.on_gpu_within(&gpu, &options, &gpu_bound(need)).expect("all fits");
        assert_eq!(all.n_gpu_layers(), n_layer);
    }
}

#[test]
fn the_memory_of_the_gpu_is_known_before_and_part_of_the_promise() {
    let Some(gpu) = any_gpu() else { return };
    for (name, kind, cache_type) in [
        ("tiny-llama", TensorType::Q4_0, CacheType::F16),
        ("tiny-qwen3", TensorType::F16, CacheType::Q8_0),
        ("tiny-gemma3", TensorType::Q8_0, CacheType::F32),
        ("tiny-phi3", TensorType::Q4_K, CacheType::F16),
        ("tiny-lfm2", TensorType::Q4_K, CacheType::Q8_0),
    ] {
        let model = model(name, kind);
        let moved = model.on_gpu(&gpu).expect("weights");
        for context in [ContextPolicy::Full(700), ContextPolicy::Sliding(64)] {
            let options = options(context, cache_type);
            let need = moved.gpu_need(&options).expect("fits").expect("on a GPU");
            assert_eq!(need.weight_bytes, moved.gpu_weight_bytes(), "{name}");
            let decoder = moved.decoder(&options).expect("a decoder");
            let found = decoder.memory_bytes();
            assert_eq!((need.cache_bytes, need.compute_bytes), found, "{name} {context:?}");
            let promise = moved.memory_need(&options).expect("a promise");
            assert_eq!(promise.gpu_bytes, need.total_bytes());
            assert!(promise.total_bytes() > need.total_bytes());
            assert!(promise.mapped_bytes < model.memory_need(&options).expect("it").mapped_bytes);
        }
    }
}

#[test]
fn memory_is_counted_and_asked_for_in_bounds() {
    let Some(gpu) = any_gpu() else { return };
    let model = model("tiny-llama", TensorType::Q8_0);
    let on_gpu = model.on_gpu(&gpu).expect("weights");
    // All matrices; a model's divisors of angles stay on the CPU.
    let matrices = model.plan().weights.iter().filter(|weight| weight.n_rows > 1);
    assert!(on_gpu.gpu_weight_bytes() > matrices.map(|weight| weight.n_bytes).sum());
    let decoder =
        on_gpu.decoder(&options(ContextPolicy::Full(96), CacheType::F16)).expect("a decoder");
    let plan = model.plan();
    let cache_bytes = 2 * 2 * u64::from(plan.d_kv()) * 96 * plan.n_layer() as u64;
    assert_eq!(decoder.memory_bytes().0, cache_bytes);
    assert!(decoder.memory_bytes().1 > 0);
    let huge = options(ContextPolicy::Full(1 << 24), CacheType::F32);
    let result = on_gpu.decoder(&huge).map(|_| ());
    assert!(matches!(result, Err(ModelError::Gpu(GpuError::TooLarge { .. }))), "{result:?}");
}

/// A file of a tiny model.
fn file(name: &str, tensor_type: TensorType) -> Gguf {
    let shape = Shape::named(name).expect("a known shape");
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type, seed: 7 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model is written");
    Gguf::from_bytes(&bytes).expect("a valid file")
}

#[test]
fn a_budget_holds_for_gpu_and_processor_together() {
    let Some(gpu) = any_gpu() else { return };
    let file = file("tiny-llama", TensorType::F16);
    let wanted = EngineOptions { n_batch: 32, n_threads: 1, ..Default::default() };
    let within = |budget: Option<u64>, gpu_bytes| {
        let options = EngineOptions { memory_budget_bytes: budget, ..wanted.clone() };
        open_model_on_gpu(file.clone(), &options, &gpu, gpu_bytes)
    };
    let (model, free) = within(None, None).expect("no bounds");
    let n_layer = model.plan().n_layer();
    assert_eq!((model.n_gpu_layers(), free.n_gpu_layers), (n_layer, n_layer));
    let full = free.need.total_bytes();
    // A byte less is fewer layers or a smaller cache; no settings break their promise.
    let mut budgets = vec![full, full - 1];
    let Err(Error::Model(ModelError::Budget { minimum_bytes, .. })) = within(Some(4096), None)
    else {
        panic!("4 KiB are enough");
    };
    budgets.push(minimum_bytes);
    let mut chosen = Vec::new();
    for budget in budgets {
        let (model, fit) = within(Some(budget), None).expect("it fits");
        assert!(fit.need.total_bytes() <= budget);
        assert!(model.n_gpu_layers() > 0);
        let decoder = model.decoder(&fit.decoder).expect("a decoder");
        let (cache_bytes, compute_bytes) = decoder.memory_bytes();
        assert!(model.gpu_weight_bytes() + cache_bytes + compute_bytes <= budget);
        chosen.push((model.n_gpu_layers(), fit.decoder.cache_type));
    }
    println!("{chosen:?}");
    assert_eq!(chosen[0], (n_layer, CacheType::F16));
    assert_ne!(chosen[1], chosen[0]);
    assert_eq!(chosen[2].1, CacheType::Q8_0);
    let below = within(Some(minimum_bytes - 1), None).map(|_| ());
    assert!(matches!(below, Err(Error::Model(ModelError::Budget { .. }))), "{below:?}");
    // Where only the GPU is short, layers stay on the processor and the context stays as it is.
    let (model, fit) = within(None, Some(free.need.gpu_bytes - 1)).expect("a layer fits");
    assert!((1..n_layer).contains(&model.n_gpu_layers()));
    assert_eq!(fit.n_gpu_layers, model.n_gpu_layers());
    assert_eq!(fit.decoder.cache_type, free.decoder.cache_type);
    assert_eq!(fit.need, model.memory_need(&fit.decoder).expect("a promise"));
    // What is promised without uploading anything is what is there.
    let options = EngineOptions { ..wanted };
    let planned = Fit::on_gpu(&model, &options, &gpu, Some(free.need.gpu_bytes - 1));
    assert_eq!(planned.expect("it fits").need, fit.need);
}

#[test]
fn fewer_layers_are_copied_where_memory_is_short_meanwhile() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-gemma3", TensorType::F16);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    for n_buffers in [1, 3, 9] {
        gpu.run_short(n_buffers);
        let full = model.on_gpu(&gpu).map(|_| ());
        assert!(matches!(full, Err(ModelError::Gpu(GpuError::OutOfMemory))), "{full:?}");
        gpu.run_short(n_buffers);
        let part = model.on_gpu_within(&gpu, &options, &MemoryBounds::default()).expect("fewer");
        let n_layer = model.plan().n_layer();
        assert!((1..n_layer).contains(&part.n_gpu_layers()), "{} layers", part.n_gpu_layers());
        let tokens = tokens(40, model.spec().n_vocab);
        let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 2);
        let ours = rows(&mut part.decoder(&options).expect("a decoder"), &tokens, 2);
        assert_eq!(compare(&ours, &theirs).n_different, 0);
    }
}

#[test]
fn a_gpu_without_memory_for_one_layer_leaves_all_to_the_processor() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let file = file("tiny-llama", TensorType::F16);
    let engine_options = EngineOptions { n_batch: 32, n_threads: 1, ..Default::default() };
    let open = |bytes| open_model_on_gpu(file.clone(), &engine_options, &gpu, bytes);
    let Err(Error::Model(ModelError::Budget { minimum_bytes, .. })) = open(Some(1)) else {
        panic!("one byte is enough");
    };
    gpu.run_short(2);
    let (model, fit) = open(Some(minimum_bytes)).expect("the processor has memory");
    assert_eq!((model.n_gpu_layers(), fit.n_gpu_layers, fit.need.gpu_bytes), (0, 0, 0));
    let (again, _) = open(Some(minimum_bytes)).expect("the GPU has memory again");
    assert!(again.n_gpu_layers() > 0);
    let tokens = tokens(20, model.spec().n_vocab);
    let ours = rows(&mut model.decoder(&fit.decoder).expect("a decoder"), &tokens, 2);
    let theirs = rows(&mut again.decoder(&fit.decoder).expect("a decoder"), &tokens, 2);
    assert_eq!(compare(&ours, &theirs).n_different, 0);
}

#[test]
fn a_decoder_without_memory_on_the_gpu_answers_the_same_on_the_processor() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-qwen3", TensorType::F32);
    let options = options(ContextPolicy::Full(96), CacheType::F32);
    let prompt = tokens(40, model.spec().n_vocab);
    let moved = model.on_gpu(&gpu).expect("weights");
    let undisturbed = answer(&mut moved.decoder(&options).expect("a decoder"), &prompt, |_| ());
    let processor = model.decoder(&options).expect("a decoder").memory_bytes();
    for n_buffers in [1, 4, 12, 30] {
        gpu.run_short(n_buffers);
        let mut decoder = moved.decoder(&options).expect("a decoder");
        assert_eq!(decoder.memory_bytes(), processor);
        assert_eq!(answer(&mut decoder, &prompt, |_| ()), undisturbed, "buffer {n_buffers}");
    }
    // Memory that is there again is used again.
    let again = answer(&mut moved.decoder(&options).expect("a decoder"), &prompt, |_| ());
    assert_eq!(again, undisturbed);
}

#[test]
fn an_answer_is_the_same_wherever_memory_runs_out() {
    let model = model("tiny-qwen3", TensorType::F32);
    for (context, moments) in [
        (ContextPolicy::Full(96), [0, 2, 7, 12, 19]),
        (ContextPolicy::Sliding(48), [1, 4, 9, 13, 18]),
    ] {
        let options = options(context, CacheType::F32);
        let Some(undisturbed) = Undisturbed::new(&model, &options) else { return };
        for moment in moments {
            undisturbed.compare(|gpu, step| {
                if step == moment {
                    gpu.run_short(0);
                }
            });
        }
    }
}

#[test]
fn an_answer_is_the_same_when_memory_runs_out_while_the_gpu_works() {
    let model = model("tiny-llama", TensorType::F32);
    let options = options(ContextPolicy::Full(96), CacheType::F32);
    let Some(undisturbed) = Undisturbed::new(&model, &options) else { return };
    // Knuth's multiplier draws the step and how far into it memory runs out.
    let mut random = 2027u64;
    for _ in 0..10 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (moment, delay_us) = ((random >> 33) as usize % ANSWER, (random >> 45) % 4000);
        undisturbed.compare(|gpu, step| {
            if step == moment {
                let gpu = gpu.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_micros(delay_us));
                    gpu.run_short(0);
                });
            }
        });
    }
}
