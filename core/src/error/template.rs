//! What can go wrong in the room `template`.

/// A chat template that cannot be used, or a conversation that it refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The file has no chat template.
    #[error("the model file has no chat template (`tokenizer.chat_template`)")]
    Missing,
    /// The text is no template that is understood, or a rendering failed.
    #[error("the chat template fails{}: {message}", line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    Invalid {
        /// The line of the template, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// The template itself refused the conversation, in its own words.
    #[error("the chat template refuses the conversation: {message}")]
    Refused {
        /// What the template says.
        message: String,
    },
    /// A limit of the room was exceeded.
    #[error("the chat template needs more than {limit} {what}")]
    Limit {
        /// The quantity.
        what: &'static str,
        /// The cap.
        limit: u64,
    },
}
