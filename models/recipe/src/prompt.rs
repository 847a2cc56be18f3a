//! The prompt that the default model is trained on: the one that the product's reader sends it.
//!
//! ```text
//! <|begin|>[1] sentence⏎[2] sentence⏎⏎question<|reply|>2: span<|end|>
//! ```
//! The window is [`Contract::window`], and the engine's reader puts a line end and the question
//! behind it. The chat template leaves the system's message out, because this model has learnt what
//! it would say; the product's tests hold template and training to the same ids.

use carrel_core::memory::Contract;

/// The token that begins a prompt.
pub const BEGIN: &str = "<|begin|>";
/// The token behind which the reply comes.
pub const REPLY: &str = "<|reply|>";
/// The token that ends a reply.
pub const END: &str = "<|end|>";
/// The control tokens, which have the first ids in this order.
pub const CONTROL: [&str; 3] = [BEGIN, REPLY, END];

/// The chat template that the model's file carries.
pub const TEMPLATE: &str = "{{ bos_token }}{% for message in messages %}\
    {% if message['role'] == 'user' %}{{ message['content'] }}\
    {% elif message['role'] == 'assistant' %}<|reply|>{{ message['content'] }}<|end|>\
    {% endif %}{% endfor %}{% if add_generation_prompt %}<|reply|>{% endif %}";

/// The window of sentences as the prompt shows it.
pub fn window(sentences: &[String]) -> String {
    Contract::new(sentences.to_vec()).window()
}

/// The question as it follows a window.
pub fn question(text: &str) -> String {
    format!("\n{text}")
}
