//! Packed weights on disk: written once, read at later starts, and never trusted.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::cpu::{PackedFiles, PackedIn, packed_files};
use carrel_core::exec::{
    ContextPolicy, CpuBackend, DecoderOptions, LogitRows, Model, ModelOptions,
};
use carrel_core::ggml::Placement;
use carrel_core::quant::TensorType;
use carrel_core::random::Random;
use carrel_models::shapes::{Shape, Value};

/// Variables that make `child` do its work: the model, and the folder for packed weights.
const MODEL: &str = "CARREL_PACKED_TEST_MODEL";
const FOLDER: &str = "CARREL_PACKED_TEST_FOLDER";

/// Some six million weights: enough to be kept.
const SHAPE: Shape = Shape {
    name: "kept",
    architecture: "llama",
    n_vocab: 16_384,
    tied_output: true,
    qkv_bias: false,
    rope_factors: &[],
    keys: &[
        ("block_count", Value::Integer(2)),
        ("attention.head_count", Value::Integer(4)),
        ("attention.head_count_kv", Value::Integer(2)),
        ("attention.key_length", Value::Integer(64)),
        ("attention.value_length", Value::Integer(64)),
        ("rope.dimension_count", Value::Integer(64)),
        ("embedding_length", Value::Integer(256)),
        ("feed_forward_length", Value::Integer(512)),
        ("context_length", Value::Integer(256)),
        ("attention.layer_norm_rms_epsilon", Value::Float(1e-5)),
        ("rope.freq_base", Value::Float(1e4)),
    ],
};

fn write_model(path: &Path, seed: u64) {
    let mut file = std::fs::File::create(path).expect("a file");
    let options = SyntheticOptions { shape: &SHAPE, tensor_type: TensorType::Q8_0, seed };
    write_synthetic(&options, &mut file, |_, _| {}).expect("written");
}

/// Opens the model; where its packed weights are, and the logits of a few tokens.
fn run(model: &Path, packed: &PackedFiles) -> (PackedIn, Vec<f32>) {
    let options = ModelOptions {
        placement: Placement::Repacked,
        backend: CpuBackend::Own,
        packed: packed.clone(),
    };
    let model = Model::open(model, options).expect("a model");
    let options = DecoderOptions {
        context: ContextPolicy::Full(64),
        n_threads: 1,
        n_batch: 16,
        ..DecoderOptions::default()
    };
    let mut decoder = model.decoder(&options).expect("a decoder");
    decoder.forward(&[1, 5, 900, 16_000, 3], LogitRows::Last, &CancelFlag::new()).expect("forward");
    (model.packed_in().expect("our own kernels").clone(), decoder.logits().to_vec())
}

/// A model in a folder, the folder for packed weights, and the logits that no file has touched.
fn prepared() -> (tempfile::TempDir, PathBuf, PackedFiles, Vec<f32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model.gguf");
    write_model(&model, 3);
    let (place, logits) = run(&model, &PackedFiles::default());
    assert_eq!(place, PackedIn::Memory);
    let packed = PackedFiles { beside_model: false, folder: Some(folder.path().join("packed")) };
    (folder, model, packed, logits)
}

#[test]
fn the_second_start_reads_what_the_first_one_wrote() {
    let (folder, model, in_folder, logits) = prepared();
    let beside = PackedFiles { beside_model: true, ..in_folder.clone() };
    for (packed, path) in [
        (&in_folder, in_folder.paths(&model).remove(0)),
        (&beside, folder.path().join("model.gguf.packed")),
    ] {
        // With both places allowed, what is in the second one is found, too.
        let _ = std::fs::remove_dir_all(folder.path().join("packed"));
        assert_eq!(run(&model, packed), (PackedIn::Written(path.clone()), logits.clone()));
        for _ in 0..2 {
            assert_eq!(run(&model, packed), (PackedIn::Read(path.clone()), logits.clone()));
        }
    }
    // A model that has changed is packed again, into the same file.
    let path = folder.path().join("model.gguf.packed");
    write_model(&model, 4);
    let (place, changed) = run(&model, &beside);
    assert_eq!(place, PackedIn::Written(path.clone()));
    assert_ne!(changed, logits);
    assert_eq!(run(&model, &beside), (PackedIn::Read(path), changed));
}

#[test]
fn a_folder_that_cannot_be_written_is_no_error() {
    let (folder, model, in_folder, logits) = prepared();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").expect("written");
    let nowhere = PackedFiles { beside_model: false, folder: Some(file.join("packed")) };
    assert_eq!(run(&model, &nowhere), (PackedIn::Memory, logits.clone()));
    // A folder in the place of the file beside the model: the other place is taken.
    std::fs::create_dir(folder.path().join("model.gguf.packed")).expect("made");
    let both = PackedFiles { beside_model: true, ..in_folder.clone() };
    let path = in_folder.paths(&model).remove(0);
    assert_eq!(run(&model, &both), (PackedIn::Written(path), logits));
    let parts = std::fs::read_dir(folder.path()).expect("a folder").flatten();
    let is_part = |name: String| name.ends_with(".part");
    assert!(!parts.map(|entry| entry.file_name().to_string_lossy().into_owned()).any(is_part));
}

#[test]
fn damaged_and_foreign_files_are_made_anew() {
    let (folder, model, packed, logits) = prepared();
    let path = packed.paths(&model).remove(0);
    let written = (PackedIn::Written(path.clone()), logits.clone());
    assert_eq!(run(&model, &packed), written);
    let whole = std::fs::read(&path).expect("readable");
    let mut random = Random::new(9);
    let mut places = vec![0, 8, 12, 16, 47, 48, 60, 4095, 4096, whole.len() - 1];
    places.extend((0..20).map(|_| random.below(whole.len())));
    for place in places {
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << random.below(8);
        std::fs::write(&path, &damaged).expect("written");
        assert_eq!(run(&model, &packed), written, "byte {place}");
        assert!(std::fs::read(&path).expect("readable") == whole, "byte {place}");
    }
    let other = folder.path().join("other.gguf");
    write_model(&other, 5);
    run(&other, &packed);
    let foreign = std::fs::read(packed.paths(&other).remove(0)).expect("readable");
    assert_eq!(foreign.len(), whole.len());
    let longer = [&whole[..], &[0]].concat();
    for bytes in [&foreign[..], b"", b"carrelpk", &whole[..whole.len() / 2], &longer] {
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(run(&model, &packed), written, "{} bytes", bytes.len());
    }
    assert_eq!(packed_files(packed.folder.as_deref()).len(), 2);
}

/// Not a test of its own: what other processes run. Opens the model and prints a logit.
#[test]
fn child() {
    let (Some(model), Some(folder)) = (std::env::var_os(MODEL), std::env::var_os(FOLDER)) else {
        return;
    };
    let packed = PackedFiles { beside_model: false, folder: Some(folder.into()) };
    let (_, logits) = run(Path::new(&model), &packed);
    println!("logit {}", logits[7].to_bits());
}

fn start(model: &Path, packed: &PackedFiles) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env(MODEL, model).env(FOLDER, packed.folder.as_ref().expect("a folder"));
    command.stdout(Stdio::piped()).spawn().expect("it runs")
}

#[test]
fn processes_that_start_at_once_or_are_killed_leave_a_whole_file() {
    let (_folder, model, packed, logits) = prepared();
    let path = packed.paths(&model).remove(0);
    let together: Vec<Child> = (0..3).map(|_| start(&model, &packed)).collect();
    for child in together {
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(&format!("logit {}", logits[7].to_bits())), "{text}");
    }
    assert_eq!(run(&model, &packed), (PackedIn::Read(path.clone()), logits.clone()));
    for pause_ms in [1, 5, 10, 15, 20, 30, 45] {
        std::fs::remove_file(&path).expect("removed");
        let mut child = start(&model, &packed);
        std::thread::sleep(Duration::from_millis(pause_ms));
        child.kill().expect("killed");
        child.wait().expect("it ends");
        let is_new = !path.exists();
        let (place, after) = run(&model, &packed);
        assert_eq!(after, logits, "killed after {pause_ms} ms");
        assert_eq!(matches!(place, PackedIn::Written(_)), is_new, "killed after {pause_ms} ms");
        let names = std::fs::read_dir(path.parent().expect("a folder")).expect("readable");
        assert_eq!(names.count(), 1, "no part stays when the next start writes");
    }
}
