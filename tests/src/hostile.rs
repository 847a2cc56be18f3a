//! Model files that were made to do harm: one for every public advisory about loading GGUF in
//! llama.cpp, candle and their kin, with the error that is the right answer.
//!
//! Written byte by byte, because our own writer would refuse most of them. The tests open them all,
//! and the fuzz targets begin with them. Advisories about other formats (ExecuTorch's of 2025) and
//! about what a valid template tells the model are no files that could be reproduced here.

use carrel_core::error::{Error, GgufProblem, TokenizerError};
use carrel_core::gguf::{ArrayData, Entry, GgufWriter};
use carrel_core::quant::TensorType;

/// A file that should be refused.
pub struct Attack {
    /// The advisory, issue or report that describes it.
    pub advisory: &'static str,
    /// What it does.
    pub what: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether an error is the right one.
    pub is_right: fn(&Error) -> bool,
}

/// Matches a problem of the container.
macro_rules! problem {
    ($pattern:pat) => {
        |error| matches!(error, Error::Gguf(error) if matches!(error.problem, $pattern))
    };
}

/// Matches a problem of the vocabulary.
macro_rules! vocabulary {
    ($pattern:pat) => {
        |error| matches!(error, Error::Tokenizer($pattern))
    };
}

/// A header in front of `rest`.
pub fn header(version: u32, n_tensors: u64, n_keys: u64, rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(version.to_le_bytes());
    bytes.extend(n_tensors.to_le_bytes());
    bytes.extend(n_keys.to_le_bytes());
    bytes.extend(rest);
    bytes
}

/// A string with its length in front.
pub fn string(text: &[u8]) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text);
    bytes
}

/// An entry of the tensor table.
pub fn tensor(name: &str, dimensions: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut bytes = string(name.as_bytes());
    bytes.extend((dimensions.len() as u32).to_le_bytes());
    dimensions.iter().for_each(|extent| bytes.extend(extent.to_le_bytes()));
    bytes.extend(kind.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes
}

/// Numbers of the value types that are used below.
const U32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// Numbers of the tensor types that are used below.
const F32: u32 = 0;
const Q4_0: u32 = 2;
const I8: u32 = 24;

fn key(name: &str, value_type: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = string(name.as_bytes());
    bytes.extend(value_type.to_le_bytes());
    bytes.extend(value);
    bytes
}

/// An array that claims `length` elements, with a few zeros behind it.
fn array_of(name: &str, element_type: u32, length: u64) -> Vec<u8> {
    let mut value = element_type.to_le_bytes().to_vec();
    value.extend(length.to_le_bytes());
    value.extend([0; 64]);
    key(name, ARRAY, &value)
}

fn concat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// All of them.
pub fn attacks() -> Vec<Attack> {
    let mut attacks = sizes();
    attacks.extend(lengths());
    attacks.extend(structure());
    attacks.extend(vocabularies());
    attacks.extend(templates().into_iter().map(|template| {
        let mut writer = GgufWriter::new();
        writer.set("tokenizer.chat_template", template.as_str());
        Attack {
            advisory: "llama.cpp#26387, gpt4all#3373",
            what: "a chat template that exhausts the stack, time or memory",
            bytes: written(&writer),
            is_right: |error| matches!(error, Error::Template(_)),
        }
    }));
    attacks
}

/// Chat templates without end: for the parser, for calls, for loops and for output.
pub fn templates() -> Vec<String> {
    vec![
        format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(20_000)),
        format!("{{{{ {}{} }}}}", "[".repeat(20_000), "]".repeat(20_000)),
        "{% if 1 %}".repeat(5_000) + &"{% endif %}".repeat(5_000),
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}".to_owned(),
        "{% macro a(b) %}{{ b(b) }}{% endmacro %}{{ a(a) }}".to_owned(),
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
            .to_owned(),
        "{% set n = namespace(s='ab') %}{% for a in range(90) %}{% set n.s = n.s + n.s %}\
         {% endfor %}{{ n.s }}"
            .to_owned(),
    ]
}

/// Sizes of tensors that overflow, or reach where nothing is.
fn sizes() -> Vec<Attack> {
    let attack = |advisory, what, n_tensors, table: Vec<u8>, is_right| Attack {
        advisory,
        what,
        bytes: header(3, n_tensors, 0, &table),
        is_right,
    };
    let quarter = |name, index: u64| tensor(name, &[1 << 60], F32, index << 62);
    let most = (1 << 63) - 32;
    vec![
        attack(
            "CVE-2025-53630",
            "four tensors of 2^62 bytes, whose sum wraps to nothing",
            4,
            concat(&[&quarter("a", 0), &quarter("b", 1), &quarter("c", 2), &quarter("d", 3)]),
            problem!(GgufProblem::OutOfFile { .. } | GgufProblem::Overflow { .. }),
        ),
        attack(
            "CVE-2025-53630",
            "a number of values beyond 64 bits",
            1,
            tensor("x", &[1 << 40, 1 << 40], F32, 0),
            problem!(GgufProblem::Overflow { .. }),
        ),
        attack(
            "CVE-2026-27940, GHSA-3p4r-fq3f-q74v",
            "a sum of sizes just below the wrap, so that the bookkeeping added to it wraps",
            2,
            concat(&[&tensor("a", &[most], I8, 0), &tensor("b", &[most], I8, most)]),
            problem!(GgufProblem::OutOfFile { .. } | GgufProblem::Overflow { .. }),
        ),
        attack(
            "CVE-2026-33298, GHSA-96jg-mvhq-q7q7",
            "a logical size of exabytes whose bytes wrap to 4 MiB",
            1,
            tensor("x", &[1 << 20, (1 << 42) + 1], F32, 0),
            problem!(GgufProblem::Overflow { .. } | GgufProblem::OutOfFile { .. }),
        ),
        attack(
            "CVE-2026-33298, GHSA-96jg-mvhq-q7q7",
            "a logical size of exabytes in an empty file",
            1,
            tensor("x", &[1 << 60], F32, 0),
            problem!(GgufProblem::OutOfFile { .. }),
        ),
        attack(
            "CVE-2026-7482",
            "data far beyond the end, which would read the memory of the process",
            1,
            tensor("x", &[8], F32, 1 << 62),
            problem!(GgufProblem::OutOfFile { .. }),
        ),
        attack(
            "CVE-2026-7482",
            "data that begins within the file and ends beyond it",
            1,
            concat(&[&tensor("x", &[1024], F32, 0), &[0; 128]]),
            problem!(GgufProblem::OutOfFile { .. }),
        ),
        attack(
            "gguf-rs, zackshen/gguf#15",
            "an offset that wraps when the start of the data is added",
            1,
            tensor("x", &[8], F32, u64::MAX - 31),
            problem!(GgufProblem::OutOfFile { .. } | GgufProblem::Overflow { .. }),
        ),
    ]
}

/// Lengths and counts that a file only claims.
fn lengths() -> Vec<Attack> {
    const OLLAMA: &str = "CVE-2025-66960, candle#3533, ollama#16189, ollama#17042";
    let attack = |what, bytes, is_right| Attack { advisory: OLLAMA, what, bytes, is_right };
    let long = |length: u64| concat(&[&length.to_le_bytes(), &[0; 64]]);
    let long_value = key("k", STRING, &long(1 << 23));
    let claims = concat(&[&string(b"x"), &u32::MAX.to_le_bytes(), &[1; 64]]);
    vec![
        attack(
            "a key of 2^64 - 1 bytes",
            header(3, 0, 1, &long(u64::MAX)),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack(
            "a key of more bytes than the file has",
            header(3, 0, 1, &long(60_000)),
            problem!(GgufProblem::Truncated { .. }),
        ),
        attack(
            "a string of more bytes than the file has",
            header(3, 0, 1, &long_value),
            problem!(GgufProblem::Truncated { .. }),
        ),
        attack(
            "a name of 2^40 bytes for a tensor",
            header(3, 1, 0, &long(1 << 40)),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack("2^64 - 1 keys", header(3, 0, u64::MAX, &[]), problem!(GgufProblem::Limit { .. })),
        attack(
            "as many keys as are allowed, and no bytes for them",
            header(3, 0, 65_536, &[0; 64]),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack(
            "2^64 - 1 tensors",
            header(3, u64::MAX, 0, &[]),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack(
            "2^32 - 1 dimensions",
            header(3, 1, 0, &claims),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack(
            "an array of 2^62 numbers",
            header(3, 0, 1, &array_of("k", U32, 1 << 62)),
            problem!(GgufProblem::Limit { .. }),
        ),
        attack(
            "an array of millions of numbers in a file of a hundred bytes",
            header(3, 0, 1, &array_of("k", U32, 1 << 22)),
            problem!(GgufProblem::Truncated { .. }),
        ),
    ]
}

/// Containers that contradict themselves.
fn structure() -> Vec<Attack> {
    let attack = |advisory, what, bytes, is_right| Attack { advisory, what, bytes, is_right };
    let aligned =
        |alignment: u32| header(3, 0, 1, &key("general.alignment", U32, &alignment.to_le_bytes()));
    let mut nested = string(b"k");
    nested.extend(ARRAY.to_le_bytes());
    for _ in 0..4096 {
        nested.extend(ARRAY.to_le_bytes());
        nested.extend(1u64.to_le_bytes());
    }
    let two = |second: &[u8]| concat(&[&tensor("x", &[8], F32, 0), second, &[0; 128]]);
    let mut strange = GgufWriter::new();
    strange.set("general.architecture", "nonesuch");
    vec![
        attack(
            "candle#3876",
            "an alignment of zero, by which offsets are divided",
            aligned(0),
            problem!(GgufProblem::Alignment { .. }),
        ),
        attack(
            "llama.cpp#24997, llama.cpp#26318",
            "an alignment that wraps what is padded to it",
            aligned(1 << 31),
            problem!(GgufProblem::Alignment { .. }),
        ),
        attack(
            "llama.cpp#24997, llama.cpp#26318",
            "an alignment that is no power of two",
            aligned(48),
            problem!(GgufProblem::Alignment { .. }),
        ),
        attack(
            "candle#3583",
            "arrays in arrays without end, for a reader that calls itself",
            header(3, 0, 1, &nested),
            problem!(GgufProblem::Nesting { .. }),
        ),
        attack(
            "candle#3583",
            "two tensors over each other",
            header(3, 2, 0, &two(&tensor("y", &[8], F32, 0))),
            problem!(GgufProblem::Overlap { .. }),
        ),
        attack(
            "candle#3583",
            "two tensors of one name",
            header(3, 2, 0, &two(&tensor("x", &[8], F32, 32))),
            problem!(GgufProblem::Duplicate { .. }),
        ),
        attack(
            "candle#3583",
            "a tensor type that ggml has not",
            header(3, 1, 0, &tensor("x", &[32], 200, 0)),
            problem!(GgufProblem::TensorType { .. }),
        ),
        attack(
            "candle#3583",
            "rows that are no whole blocks",
            header(3, 1, 0, &tensor("x", &[33], Q4_0, 0)),
            problem!(GgufProblem::PartialBlock { .. }),
        ),
        attack(
            "candle#3583",
            "a tensor without values",
            header(3, 1, 0, &tensor("x", &[0], F32, 0)),
            problem!(GgufProblem::Dimensions { .. }),
        ),
        attack(
            "mistral.rs#2361",
            "an architecture that nobody knows",
            written(&strange),
            |error| matches!(error, Error::Model(_)),
        ),
    ]
}

/// Vocabularies that point outside themselves.
fn vocabularies() -> Vec<Attack> {
    let attack = |advisory, what, writer: &GgufWriter, is_right| Attack {
        advisory,
        what,
        bytes: written(writer),
        is_right,
    };
    let mut attacks = vec![Attack {
        advisory: "CVE-2025-49847, GHSA-8wwf-w4qm-gpqr",
        what: "a token of 2^31 bytes, whose length turns negative",
        bytes: header(3, 0, 1, &{
            let mut value = STRING.to_le_bytes().to_vec();
            value.extend(1u64.to_le_bytes());
            value.extend((1u64 << 31).to_le_bytes());
            value.extend([0; 64]);
            key("tokenizer.ggml.tokens", ARRAY, &value)
        }),
        is_right: problem!(GgufProblem::Limit { .. } | GgufProblem::Truncated { .. }),
    }];
    attacks.push(Attack {
        advisory: "CVE-2025-49847, GHSA-8wwf-w4qm-gpqr",
        what: "more tokens than the file has bytes",
        bytes: header(3, 0, 1, &array_of("tokenizer.ggml.tokens", STRING, 1 << 22)),
        is_right: problem!(GgufProblem::Truncated { .. }),
    });
    for text in ["<0x-1>", "<0x100>", "<0xZZ>", "<0x>", "<0x-80000000>", "", "x"] {
        let tokens = [("<unk>", 2), (text, BYTE), ("a", 1)];
        attacks.push(attack(
            "PLaMo-2's byte token, llama.cpp#25969",
            "a byte token that names no byte",
            &vocabulary("llama", &tokens, &[]),
            vocabulary!(TokenizerError::ByteToken { .. }),
        ));
    }
    let mut short = vocabulary("llama", &[("<unk>", 2), ("a", 1), ("b", 1)], &[]);
    short.set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&[0.0])));
    attacks.push(attack(
        "CVE-2025-49847, GHSA-8wwf-w4qm-gpqr",
        "fewer scores than tokens",
        &short,
        vocabulary!(TokenizerError::ShortArray { .. }),
    ));
    attacks.push(attack(
        "PLaMo-2's byte token, llama.cpp#25969",
        "a tokenizer of a kind that nobody asked for",
        &vocabulary("plamo2", &[("<0x-1>", BYTE)], &[]),
        vocabulary!(TokenizerError::UnsupportedModel { .. }),
    ));
    attacks
}

/// Number of the token type for bytes.
const BYTE: i32 = 6;

/// The metadata of a vocabulary and nothing else.
pub fn vocabulary(model: &str, tokens: &[(&str, i32)], merges: &[&str]) -> GgufWriter {
    let texts: Vec<&str> = tokens.iter().map(|(text, _)| *text).collect();
    let kinds: Vec<i32> = tokens.iter().map(|(_, kind)| *kind).collect();
    let scores: Vec<f32> = (0..tokens.len()).map(|index| -(index as f32)).collect();
    let mut writer = GgufWriter::new();
    writer
        .set("general.architecture", "llama")
        .set("tokenizer.ggml.model", model)
        .set("tokenizer.ggml.tokens", Entry::Array(ArrayData::strings(texts)))
        .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&kinds)))
        .set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&scores)));
    if !merges.is_empty() {
        writer.set("tokenizer.ggml.merges", Entry::Array(ArrayData::strings(merges)));
    }
    writer
}

/// The file of a writer that declares no tensor.
pub fn written(writer: &GgufWriter) -> Vec<u8> {
    let mut bytes = Vec::new();
    writer.write(&mut bytes, |_, _| Ok(())).expect("writing to memory");
    bytes
}

/// A file of a few keys, two tensors and three tokens, small enough to try every byte of it.
pub fn smallest() -> Vec<u8> {
    let mut writer = vocabulary("llama", &[("<unk>", 2), ("a", 1), ("b", 1)], &[]);
    writer
        .set("llama.block_count", Entry::U32(1))
        .set("a.bool", Entry::Bool(true))
        .set("a.float", Entry::F64(0.5))
        .tensor("token_embd.weight", TensorType::F32, &[4, 3])
        .tensor("output_norm.weight", TensorType::F32, &[4]);
    let mut bytes = Vec::new();
    writer
        .write(&mut bytes, |index, out| out.write_all(&vec![1; if index == 0 { 48 } else { 16 }]))
        .expect("writing to memory");
    bytes
}
