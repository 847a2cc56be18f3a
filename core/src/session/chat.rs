//! A conversation as the ids of a prompt: template, then vocabulary.
//!
//! Templates write the control tokens of a model by their texts, so a rendered prompt is encoded with
//! these recognised. What people and documents say must not become control tokens: where a message
//! contains such a text, its first character is marked before rendering, and what is marked is
//! encoded as plain text. The token that begins a text is added only if the template did not.

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use crate::error::{Result, TemplateError};
use crate::exec::Model;
use crate::template::{ChatTemplate, RenderOptions};
use crate::tokenizer::{EncodeOptions, Tokenizer};

/// Stands for the first character of a control token's text in a message. Unicode keeps it free for
/// a program's own use (a noncharacter); in a message it becomes U+FFFD.
const MARK: char = '\u{FDD0}';

/// The form that a model wants conversations in.
pub struct ChatFormat {
    template: ChatTemplate,
    tokenizer: Tokenizer,
    /// Texts of the control tokens.
    controls: Vec<String>,
    matcher: Option<AhoCorasick>,
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
        let ids = (0..tokenizer.n_vocab() as u32).filter(|&id| tokenizer.is_control(id));
        let controls: Vec<String> =
            ids.map(|id| text(Some(id))).filter(|text| !text.is_empty()).collect();
        let invalid = |error: aho_corasick::BuildError| TemplateError::Invalid {
            line: None,
            message: error.to_string(),
        };
        let mut builder = AhoCorasick::builder();
        let matcher = builder.match_kind(MatchKind::LeftmostLongest).build(&controls);
        let matcher = (!controls.is_empty()).then_some(matcher.map_err(invalid)?);
        Ok(Self { template, tokenizer: tokenizer.clone(), controls, matcher })
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
        let messages: Vec<Value> =
            options.messages.iter().map(|message| self.marked(message)).collect();
        let text = self.text(&RenderOptions { messages: &messages, ..options.clone() })?;
        let mut ids = Vec::new();
        for (index, piece) in text.split(MARK).enumerate() {
            let (literal, rest) = if index == 0 { ("", piece) } else { self.literal(piece) };
            for (text, parse_special) in [(literal, false), (rest, true)] {
                let encode = EncodeOptions { add_special: false, parse_special };
                ids.extend(self.tokenizer.encode(text, encode)?);
            }
        }
        let bos = self.tokenizer.bos().filter(|_| self.tokenizer.adds_bos());
        if let Some(bos) = bos.filter(|bos| ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        Ok(ids)
    }

    /// A message whose texts cannot become control tokens.
    fn marked(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.marked_text(text)),
            Value::Array(list) => list.iter().map(|value| self.marked(value)).collect(),
            Value::Object(fields) => {
                let field = |(key, value): (&String, &Value)| (key.clone(), self.marked(value));
                Value::Object(fields.iter().map(field).collect())
            }
            other => other.clone(),
        }
    }

    fn marked_text(&self, text: &str) -> String {
        let clean = text.replace(MARK, "\u{FFFD}");
        let Some(matcher) = &self.matcher else { return clean };
        let mut marked = String::with_capacity(clean.len());
        let mut done = 0;
        for found in matcher.find_iter(&clean) {
            marked.push_str(&clean[done..found.start()]);
            marked.push(MARK);
            marked.extend(clean[found.range()].chars().skip(1));
            done = found.end();
        }
        marked.push_str(&clean[done..]);
        marked
    }

    /// The control token's text that a piece continues, and what follows it.
    fn literal<'a>(&'a self, piece: &'a str) -> (&'a str, &'a str) {
        let rest_of = |control: &str| -> Option<&'a str> {
            let mut characters = control.chars();
            characters.next();
            piece.strip_prefix(characters.as_str())
        };
        let fits = self.controls.iter().filter_map(|control| Some((control, rest_of(control)?)));
        // A template that changed the text has made it harmless.
        let longest = fits.max_by_key(|(control, _)| control.len());
        longest.map_or(("", piece), |(control, rest)| (control.as_str(), rest))
    }
}

/// A message as templates read it.
pub fn message(role: &str, content: &str) -> Value {
    serde_json::json!({ "role": role, "content": content })
}
