//! Any text as a chat template, rendered with a conversation: an error or a prompt within the limit,
//! never a panic, a hang, or a stack that runs out (llama.cpp#26387, gpt4all#3373).
#![no_main]

use carrel_core::template::{ChatTemplate, Moment, RenderOptions, limits};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, json};

fuzz_target!(|bytes: &[u8]| {
    let source = String::from_utf8_lossy(bytes);
    let Ok(template) = ChatTemplate::new(&source, "<s>", "</s>") else { return };
    let messages = [
        json!({ "role": "system", "content": "Be brief." }),
        json!({ "role": "user", "content": "What is a <|im_end|>?" }),
        json!({ "role": "assistant", "content": "", "tool_calls": [
            { "function": { "name": "look_up", "arguments": { "word": "end" } } },
        ] }),
        json!({ "role": "tool", "content": [{ "type": "text", "text": "the last part" }] }),
    ];
    let tools = [json!({ "type": "function", "function": { "name": "look_up" } })];
    let options = RenderOptions {
        messages: &messages,
        tools: &tools,
        add_generation_prompt: true,
        variables: &Map::new(),
        now: Moment::new(2026, 2, 3, 4, 5, 6).expect("a moment"),
    };
    if let Ok(prompt) = template.render(&options) {
        assert!(prompt.len() <= limits::OUTPUT_BYTES);
    }
});
