//! A conversation as the ids of a prompt: template, then vocabulary.
//!
//! Templates write the tokens of a model by their texts, so a rendered prompt is encoded with
//! control tokens recognised; the token that begins a text is added only if the template did not.

use serde_json::Value;

use crate::error::{Result, TemplateError};
use crate::exec::Model;
use crate::template::{ChatTemplate, RenderOptions};
use crate::tokenizer::{EncodeOptions, Tokenizer};

/// The form that a model wants conversations in.
pub struct ChatFormat {
    template: ChatTemplate,
    tokenizer: Tokenizer,
}

impl ChatFormat {
    /// The form that stands in the model's file.
    ///
    /// # Errors
    /// If there is none, or it cannot be used.
    pub fn of(model: &Model, tokenizer: &Tokenizer) -> Result<Self> {
        let source = model.file().str("tokenizer.chat_template")?;
        Self::new(source.ok_or(TemplateError::Missing)?, tokenizer)
    }

    /// A form from the text of a template.
    ///
    /// # Errors
    /// If it cannot be used.
    pub fn new(source: &str, tokenizer: &Tokenizer) -> Result<Self> {
        let text = |id: Option<u32>| {
            id.and_then(|id| tokenizer.token_text(id)).unwrap_or_default().into_owned()
        };
        let (bos, eos) = (text(tokenizer.bos()), text(tokenizer.eos()));
        let template = ChatTemplate::new(source, &bos, &eos)?;
        Ok(Self { template, tokenizer: tokenizer.clone() })
    }

    /// The prompt of a conversation, as text.
    ///
    /// # Errors
    /// If the template refuses the conversation or exceeds a limit.
    pub fn text(&self, options: &RenderOptions) -> Result<String> {
        Ok(self.template.render(options)?)
    }

    /// The prompt of a conversation, as ids.
    ///
    /// # Errors
    /// As [`ChatFormat::text`], and if the prompt is too long to be encoded.
    pub fn ids(&self, options: &RenderOptions) -> Result<Vec<u32>> {
        let text = self.text(options)?;
        let encode = EncodeOptions { add_special: false, parse_special: true };
        let mut ids = self.tokenizer.encode(&text, encode)?;
        let bos = self.tokenizer.bos().filter(|_| self.tokenizer.adds_bos());
        if let Some(bos) = bos.filter(|bos| ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        Ok(ids)
    }
}

/// A message as templates read it.
pub fn message(role: &str, content: &str) -> Value {
    serde_json::json!({ "role": role, "content": content })
}
