//! How text is generated.

use carrel_core::sample::{GrammarSource, SamplerOptions};
use carrel_core::service::TalkOptions;
use carrel_core::session;
use serde_json::{Value, json};

use crate::errors::{CarrelError, Result};

/// How text is generated.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct GenerateOptions {
    /// Most tokens that are generated.
    #[uniffi(default = 512)]
    pub max_tokens: u32,
    /// Temperature; 0 takes the likeliest token.
    #[uniffi(default = 0.8)]
    pub temperature: f32,
    /// Keep the likeliest tokens, so many; 0 keeps all.
    #[uniffi(default = 40)]
    pub top_k: u32,
    /// Keep the likeliest tokens that have this probability together.
    #[uniffi(default = 0.95)]
    pub top_p: f32,
    /// Keep tokens with at least this share of the likeliest one's probability.
    #[uniffi(default = 0.05)]
    pub min_p: f32,
    /// Factor against tokens that occurred lately; 1 is none.
    #[uniffi(default = 1.0)]
    pub repeat_penalty: f32,
    /// Start of the random numbers.
    #[uniffi(default = 0)]
    pub seed: u64,
    /// Texts that end the generation.
    #[uniffi(default = [])]
    pub stop: Vec<String>,
    /// JSON schema that the text has to follow.
    #[uniffi(default = None)]
    pub json_schema: Option<String>,
    /// Grammar in Lark's syntax that the text has to follow, if there is no schema.
    #[uniffi(default = None)]
    pub grammar: Option<String>,
    /// Functions that the model may ask for in a chat.
    #[uniffi(default = [])]
    pub tools: Vec<Tool>,
    /// Go on when the model is done.
    #[uniffi(default = false)]
    pub ignores_end: bool,
}

/// A function that a model may ask for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON schema of its arguments.
    pub parameters_json: String,
}

impl TryFrom<GenerateOptions> for TalkOptions {
    type Error = CarrelError;

    fn try_from(options: GenerateOptions) -> Result<Self> {
        let schema = options.json_schema.map(|text| parsed("json_schema", &text)).transpose()?;
        Ok(Self {
            generate: session::GenerateOptions {
                sampling: SamplerOptions {
                    temperature: options.temperature,
                    top_k: options.top_k as usize,
                    top_p: options.top_p,
                    min_p: options.min_p,
                    repeat_penalty: options.repeat_penalty,
                    seed: options.seed,
                    ..SamplerOptions::default()
                },
                max_tokens: options.max_tokens as usize,
                stop: options.stop,
                ignores_end: options.ignores_end,
                ..session::GenerateOptions::default()
            },
            grammar: schema
                .map(GrammarSource::JsonSchema)
                .or(options.grammar.map(GrammarSource::Lark)),
            tools: options.tools.iter().map(Tool::json).collect::<Result<_>>()?,
        })
    }
}

impl Tool {
    fn json(&self) -> Result<Value> {
        let parameters = parsed("parameters_json", &self.parameters_json)?;
        let (name, description) = (&self.name, &self.description);
        let function =
            json!({ "name": name, "description": description, "parameters": parameters });
        Ok(json!({ "type": "function", "function": function }))
    }
}

fn parsed(what: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| CarrelError::invalid(what, error.to_string()))
}
