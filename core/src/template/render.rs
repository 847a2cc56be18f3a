//! A template with the tokens it may write, and its rendering.

use std::collections::BTreeMap;

use minijinja::machinery::{
    CodeGenerator, Instructions, Vm, WhitespaceConfig, make_string_output, parse,
};
use minijinja::value::Value;
use minijinja::{AutoEscape, Error, ErrorKind};
use serde_json::Value as Json;

use super::budget::Budget;
use super::check::{check, replace_generation_blocks};
use super::clock::Moment;
use super::environment::environment;
use super::guard::guard;
use super::limits;
use crate::error::TemplateError;

/// Stack of the thread that renders. The deepest trees within [`limits`] need about half of it.
const STACK_BYTES: usize = 64 << 20;

/// A chat template.
#[derive(Debug, Clone)]
pub struct ChatTemplate {
    source: String,
    bos: String,
    eos: String,
}

/// What a template is rendered with.
#[derive(Debug, Clone)]
pub struct RenderOptions<'a> {
    /// The conversation: objects with `role` and `content`, and whatever else the template reads.
    pub messages: &'a [Json],
    /// Functions that the model may call, as JSON schemas.
    pub tools: &'a [Json],
    /// End with the beginning of the assistant's answer.
    pub add_generation_prompt: bool,
    /// Further variables, such as `enable_thinking`.
    pub variables: &'a serde_json::Map<String, Json>,
    /// What `strftime_now` says.
    pub now: Moment,
}

/// How transformers trims blocks.
pub(super) fn whitespace() -> WhitespaceConfig {
    WhitespaceConfig { keep_trailing_newline: false, lstrip_blocks: true, trim_blocks: true }
}

impl ChatTemplate {
    /// A template from its text, and the texts of the tokens that begin and end a text.
    ///
    /// # Errors
    /// If it cannot be parsed or exceeds a limit.
    pub fn new(source: &str, bos: &str, eos: &str) -> Result<Self, TemplateError> {
        check(source)?;
        let source = replace_generation_blocks(source).into_owned();
        let template = Self { source, bos: bos.to_owned(), eos: eos.to_owned() };
        on_large_stack(|| template.compile().map(drop))?;
        Ok(template)
    }

    /// The prompt of a conversation.
    ///
    /// # Errors
    /// If the template refuses the conversation, fails, or exceeds a limit.
    pub fn render(&self, options: &RenderOptions) -> Result<String, TemplateError> {
        on_large_stack(|| self.render_here(options))
    }

    fn compile(&self) -> Result<Compiled<'_>, TemplateError> {
        let tree = parse(&self.source, "chat template", Default::default(), whitespace())
            .map_err(invalid)?;
        let mut generator = CodeGenerator::new("chat template", &self.source);
        generator.compile_stmt(&guard(&tree)?);
        Ok(generator.finish())
    }

    fn render_here(&self, options: &RenderOptions) -> Result<String, TemplateError> {
        let mut variables = options.variables.clone();
        variables.insert("messages".into(), Json::from(options.messages));
        variables.insert("add_generation_prompt".into(), options.add_generation_prompt.into());
        variables.insert("bos_token".into(), self.bos.as_str().into());
        variables.insert("eos_token".into(), self.eos.as_str().into());
        if !options.tools.is_empty() {
            variables.insert("tools".into(), Json::from(options.tools));
        }
        let root = Value::from_serialize(&variables);
        let budget = Budget::new(&root);
        let environment = environment(&budget, options.now);
        let (instructions, blocks) = self.compile()?;
        let mut prompt = String::new();
        let mut output = make_string_output(&mut prompt);
        let result =
            Vm::new(&environment).eval(&instructions, root, &blocks, &mut output, AutoEscape::None);
        match (result.map(drop), budget.take_failure()) {
            (_, Some(failure)) => Err(failure),
            (Err(error), None) => Err(invalid(error)),
            (Ok(()), None) if prompt.len() > limits::OUTPUT_BYTES => {
                let limit = limits::OUTPUT_BYTES as u64;
                Err(TemplateError::Limit { what: "bytes of output", limit })
            }
            (Ok(()), None) => Ok(prompt),
        }
    }
}

/// The steps of a template, and those of its blocks, of which there are none.
type Compiled<'a> = (Instructions<'a>, BTreeMap<&'a str, Instructions<'a>>);

/// The engine's error as this room's.
fn invalid(error: Error) -> TemplateError {
    if error.kind() == ErrorKind::OutOfFuel {
        return TemplateError::Limit { what: "steps", limit: limits::STEPS };
    }
    TemplateError::Invalid { line: error.line(), message: error.to_string() }
}

/// Runs `work` on a thread with a stack that the deepest trees fit into.
fn on_large_stack<T: Send>(
    work: impl FnOnce() -> Result<T, TemplateError> + Send,
) -> Result<T, TemplateError> {
    let failed = |message: String| TemplateError::Invalid { line: None, message };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, work).map_err(|error| failed(error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(failed("the template engine gave up".into())))
    })
}
