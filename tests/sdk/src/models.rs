//! Tiny models with seeded random weights that know how to chat, and what every test does with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::gguf::{Entry, Gguf, GgufWriter};
use carrel_core::quant::TensorType;
use carrel_ffi::{Chunk, ChunkStream, Engine, EngineOptions, GenerateOptions};
use carrel_models::shapes::Shape;

/// Conversations between marks, and tools as JSON before them.
const TEMPLATE: &str = "{%- for tool in tools or [] %}{{ tool | tojson }}\n{% endfor -%}\
    {%- for message in messages -%}\
    <|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n\
    {%- endfor -%}\
    {%- if add_generation_prompt %}<|im_start|>assistant\n{% endif -%}";

/// Writes a model in the shape `shape`, with matrices of 8 bits, to `path`.
///
/// # Panics
/// If there is no such shape or the file cannot be written.
pub fn write(path: &Path, shape: &str) {
    write_as(path, shape, TensorType::Q8_0);
}

/// As the other, with matrices of the type `tensor_type`.
///
/// # Panics
/// If there is no such shape or the file cannot be written.
pub fn write_as(path: &Path, shape: &str, tensor_type: TensorType) {
    let shape = Shape::named(shape).expect("a shape");
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type, seed: 7 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model is made");
    let file = Gguf::from_bytes(&bytes).expect("a model");
    let mut writer = GgufWriter::new();
    for (key, value) in file.metadata() {
        writer.set(key, Entry::from(value));
    }
    writer.set("tokenizer.chat_template", TEMPLATE);
    for tensor in file.tensors() {
        writer.tensor(&tensor.name, tensor.tensor_type, &tensor.dimensions);
    }
    let mut out = std::fs::File::create(path).expect("a file");
    let tensor = |index: usize| file.tensor_bytes(&file.tensors()[index]);
    let written = writer.write(&mut out, |index, out| out.write_all(tensor(index)));
    written.expect("a model is written");
}

/// Writes a tiny model into `folder`.
pub fn model(folder: &Path) -> PathBuf {
    let path = folder.join("model.gguf");
    write(&path, "tiny-llama");
    path
}

/// Options for the model at `path`, computed by one thread.
pub fn options(path: &Path) -> EngineOptions {
    EngineOptions {
        model: path.display().to_string(),
        models_folder: None,
        memory_budget_bytes: None,
        context_tokens: None,
        threads: Some(1),
        backend: None,
        state_folder: None,
        keep_packed_weights: true,
        retry_after_crash: false,
    }
}

/// An engine of a tiny model.
///
/// # Panics
/// If it cannot be opened.
pub fn engine(folder: &Path) -> Arc<Engine> {
    Engine::open(options(&model(folder))).expect("opens")
}

/// Greedy, and going on when the model is done.
pub fn greedy(max_tokens: u32) -> GenerateOptions {
    GenerateOptions {
        max_tokens,
        temperature: 0.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        repeat_penalty: 1.0,
        seed: 0,
        stop: Vec::new(),
        json_schema: None,
        grammar: None,
        tools: Vec::new(),
        ignores_end: true,
    }
}

/// Pulls a stream to its end. Answers its text and its last chunk.
///
/// # Panics
/// If the stream fails or breaks a rule.
pub fn pull(stream: &ChunkStream, max: u32) -> (String, Chunk) {
    let (mut text, mut last) = (String::new(), None);
    loop {
        let chunks = stream.next(max).expect("no failure");
        if chunks.is_empty() {
            return (text, last.expect("a last chunk"));
        }
        for chunk in chunks {
            assert!(last.is_none(), "{chunk:?} after the end");
            match chunk {
                Chunk::Text { text: piece } => text.push_str(&piece),
                Chunk::Progress { done, total } => assert!(done <= total || total == 0),
                end => last = Some(end),
            }
        }
    }
}

/// Threads of this process that belong to streams.
///
/// # Panics
/// On systems other than Linux.
pub fn n_workers() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim() == "carrel").count()
}

/// Bytes that this process has in memory.
///
/// # Panics
/// On systems other than Linux.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = status.split_whitespace().nth(1).expect("a field").parse().expect("a number");
    pages * 4096
}
