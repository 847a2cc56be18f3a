//! `carrel render`: the prompt that a chat template makes of a conversation.

use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::open_file;
use carrel_core::template::{ChatTemplate, Moment, RenderOptions};
use carrel_core::tokenizer::Tokenizer;
use carrel_downloads::folder::model_file;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::input::{self, STANDARD_INPUT};
use crate::output::Output;

/// Print the prompt that a chat template makes of messages
#[derive(clap::Args)]
pub struct Args {
    /// Model file whose template is used (a vocabulary alone is enough)
    #[arg(long, short, value_name = "FILE", required_unless_present = "template")]
    model: Option<PathBuf>,
    /// File with a template, instead of the model's
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// JSON file: a list of messages, or an object with `messages`, `tools`,
    /// `add_generation_prompt` and variables; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "prompt")]
    messages: Option<PathBuf>,
    /// A single message of the user, instead of a file
    #[arg(long, short, value_name = "TEXT", conflicts_with = "messages")]
    prompt: Option<String>,
    /// System message before the others
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,
    /// JSON file with a list of tools
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    /// End after the last message, without the beginning of an answer
    #[arg(long)]
    no_generation_prompt: bool,
    /// Set a variable of the template, as NAME=JSON
    #[arg(long, value_name = "NAME=JSON", value_parser = parse_variable)]
    variable: Vec<(String, Value)>,
    /// Text of the token that begins a text [default: the model's]
    #[arg(long, value_name = "TEXT")]
    bos: Option<String>,
    /// Text of the token that ends a text [default: the model's]
    #[arg(long, value_name = "TEXT")]
    eos: Option<String>,
    /// What the clock says, as 2026-01-02T03:04:05 [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    now: Option<Moment>,
}

fn parse_variable(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=JSON is needed")?;
    // A word that is no JSON is a text.
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.to_owned(), value))
}

fn parse_moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "a time such as 2026-01-02T03:04:05 is needed".to_owned())
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let template = template(args)?;
    let mut variables = Map::new();
    let mut messages = Vec::new();
    if let Some(path) = &args.messages {
        match read_json(path, cancel)? {
            Value::Array(list) => messages = list,
            Value::Object(fields) => variables = fields,
            _ => return Err(Failure::usage("the messages are neither a list nor an object")),
        }
    }
    if let Some(list) = take_list(&mut variables, "messages")? {
        messages = list;
    }
    if let Some(text) = &args.prompt {
        messages.push(json!({ "role": "user", "content": text }));
    }
    if let Some(text) = &args.system {
        messages.insert(0, json!({ "role": "system", "content": text }));
    }
    let mut tools = take_list(&mut variables, "tools")?.unwrap_or_default();
    if let Some(path) = &args.tools {
        match read_json(path, cancel)? {
            Value::Array(list) => tools = list,
            _ => return Err(Failure::usage("the tools are not a list")),
        }
    }
    let wants_answer = match variables.remove("add_generation_prompt") {
        Some(value) => value.as_bool().unwrap_or(true),
        None => true,
    };
    variables.extend(args.variable.iter().cloned());
    let prompt = template.render(&RenderOptions {
        messages: &messages,
        tools: &tools,
        add_generation_prompt: wants_answer && !args.no_generation_prompt,
        variables: &variables,
        now: args.now.unwrap_or_else(Moment::now),
    });
    let prompt = prompt.map_err(carrel_core::Error::from)?;
    if output.is_json() {
        return output.json(&json!({ "prompt": prompt }));
    }
    output.text(prompt)
}

/// The template, with the tokens of the model or those that were given.
fn template(args: &Args) -> Result<ChatTemplate, Failure> {
    let mut tokens = (args.bos.clone(), args.eos.clone());
    let mut source = None;
    if let Some(path) = &args.model {
        let file = open_file(model_file(path)?)?;
        let tokenizer = Tokenizer::from_gguf(&file)?;
        let text = |id: Option<u32>| Some(tokenizer.token_text(id?)?.into_owned());
        tokens.0 = tokens.0.or_else(|| text(tokenizer.bos()));
        tokens.1 = tokens.1.or_else(|| text(tokenizer.eos()));
        let key = file.str("tokenizer.chat_template").map_err(carrel_core::Error::from)?;
        source = key.map(str::to_owned);
    }
    if let Some(path) = &args.template {
        source = Some(std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?);
    }
    let source = source.ok_or(carrel_core::error::TemplateError::Missing);
    let (bos, eos) = (tokens.0.unwrap_or_default(), tokens.1.unwrap_or_default());
    let template = source.and_then(|source| ChatTemplate::new(&source, &bos, &eos));
    Ok(template.map_err(carrel_core::Error::from)?)
}

fn read_json(path: &Path, cancel: &CancelFlag) -> Result<Value, Failure> {
    let text = if path == Path::new(STANDARD_INPUT) {
        input::text(cancel)?
    } else {
        std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?
    };
    serde_json::from_str(&text).map_err(|error| Failure::file(path, error))
}

fn take_list(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Vec<Value>>, Failure> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err(Failure::usage(format!("`{name}` is not a list"))),
    }
}
