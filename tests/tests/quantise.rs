//! `carrel quantize`'s library function against ggml's quantiser, byte for byte.

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{QuantiseOptions, SyntheticOptions, quantise_file, write_synthetic};
use carrel_core::ggml::quantise_rows;
use carrel_core::gguf::Gguf;
use carrel_core::quant::TensorType;
use carrel_models::shapes::Shape;
use carrel_tests::shared_fixtures;
use std::path::Path;

fn quantised(input: &Path, output: &Path, kind: TensorType, pure: bool) -> Gguf {
    let file = Gguf::open(input).expect("the model opens");
    let options = QuantiseOptions { tensor_type: kind, pure, requantise: false };
    let mut out = std::fs::File::create(output).expect("an output file");
    quantise_file(&file, &options, &mut out, &CancelFlag::new(), |_, _| {}).expect("quantised");
    Gguf::open(output).expect("the copy opens")
}

/// Every tensor that was quantised holds exactly what ggml makes of the original.
fn check_against_ggml(input: &Path, output: &Gguf) {
    let original = Gguf::open(input).expect("the model opens");
    let mut n_checked = 0;
    for tensor in output.tensors() {
        let source = original.tensor(&tensor.name).expect("the same tensors");
        assert_eq!(tensor.dimensions, source.dimensions);
        if tensor.tensor_type == source.tensor_type {
            assert_eq!(output.tensor_bytes(tensor), original.tensor_bytes(source));
            continue;
        }
        let floats = original.tensor_bytes(source).chunks_exact(4);
        let values: Vec<f32> =
            floats.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let n_cols = tensor.dimensions[0] as usize;
        let wanted = quantise_rows(tensor.tensor_type, &values, n_cols, None);
        assert_eq!(output.tensor_bytes(tensor), wanted, "{}", tensor.name);
        n_checked += 1;
    }
    assert!(n_checked > 0, "something was quantised");
}

#[test]
fn stories_are_quantised_as_ggml_does() {
    let Some(fixtures) = shared_fixtures() else { return };
    let input = fixtures.join("models/stories260K-f32.gguf");
    check_all_types(&input);
}

#[test]
fn a_synthetic_model_is_quantised_as_ggml_does() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("model.gguf");
    for name in ["tiny-llama", "tiny-lfm2"] {
        let shape = Shape::named(name).expect("a known shape");
        let options = SyntheticOptions { shape, tensor_type: TensorType::F32, seed: 3 };
        let mut file = std::fs::File::create(&input).expect("a file");
        write_synthetic(&options, &mut file, |_, _| {}).expect("written");
        check_all_types(&input);
    }
}

/// Both ways of choosing types; and whole files against llama.cpp's program for the two plain types
/// that the format began with.
fn check_all_types(input: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ours = folder.path().join("ours.gguf");
    let theirs = folder.path().join("theirs.gguf");
    use TensorType::{Q4_0, Q4_K, Q5_0, Q6_K, Q8_0};
    for kind in [Q8_0, Q4_0, Q5_0, Q4_K, Q6_K] {
        for pure in [false, true] {
            check_against_ggml(input, &quantised(input, &ours, kind, pure));
        }
    }
    for (kind, file_type) in [(Q8_0, 7), (Q4_0, 2)] {
        quantised(input, &ours, kind, false);
        carrel_referee::quantise(input, &theirs, file_type, false).expect("llama.cpp quantises");
        let (ours, theirs) = (std::fs::read(&ours).unwrap(), std::fs::read(&theirs).unwrap());
        let first = ours.iter().zip(&theirs).position(|(a, b)| a != b);
        assert!(
            ours == theirs,
            "{kind}: {} and {} bytes, first at {first:?}",
            ours.len(),
            theirs.len()
        );
    }
}
