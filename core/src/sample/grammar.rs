//! Grammars and JSON schemas: which tokens may follow, by the crate `llguidance`.
//!
//! A grammar is compiled for a vocabulary, given as the bytes of its tokens. Control tokens have no
//! bytes and so are never allowed, but for those that end the text, once the grammar can end.
//!
//! Grammars may come from anywhere. The crate bounds states, items of a row and fuel of the lexer;
//! its compiler recurses through rules and brackets, so sizes and depths are bounded here, and it
//! runs on a thread whose stack they fit into.
//! Lark syntax: <https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md>.

use std::sync::Arc;

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{
    ApproximateTokEnv, InferenceCapabilities, SimpleVob, TokEnv, TokRxInfo, TokTrie,
};
use llguidance::{Matcher, ParserFactory};

use crate::error::SampleError;

/// Bytes of a grammar. Every rule of a chain is a level for the compiler.
const MOST_LARK_BYTES: usize = 128 << 10;
/// Bytes of a regular expression.
const MOST_REGEX_BYTES: usize = 64 << 10;
/// Bytes of a schema.
const MOST_SCHEMA_BYTES: usize = 1 << 20;
/// Brackets within brackets, and values within values.
const MOST_DEPTH: usize = 128;
/// Stack of the thread that compiles.
const STACK_BYTES: usize = 512 << 20;

/// Bytes of a window's grammar with what its parser keeps: 1.3 KB for each of its characters.
const REPLY_BYTES: u64 = 6_500_000;

/// Bytes that grammars take for a vocabulary of `n_tokens` tokens with texts of `text_bytes` in all,
/// the grammar of a reply that points into a window included. Measured on Linux, x86-64, with 1,200
/// tokens a window: 10.9 MiB for GPT-2's vocabulary, 18.6 MiB for DeepSeek's.
pub fn grammar_bytes(n_tokens: u64, text_bytes: u64) -> u64 {
    // Three tries: offsets and order of the tokens, their texts, and for every second or third byte
    // of them a node of 8 bytes.
    REPLY_BYTES + 36 * n_tokens + 13 * text_bytes
}

/// What a text has to follow.
#[derive(Debug, Clone, PartialEq)]
pub enum GrammarSource {
    /// A context-free grammar in Lark's syntax; its first rule is `start`.
    Lark(String),
    /// A JSON schema.
    JsonSchema(serde_json::Value),
    /// A regular expression that the whole text matches.
    Regex(String),
}

/// Compiles grammars for one vocabulary. Cheap to clone.
#[derive(Clone)]
pub struct Grammars {
    factory: Arc<ParserFactory>,
    ends: Arc<[u32]>,
}

/// A compiled grammar. Cheap to clone.
#[derive(Clone)]
pub struct Grammar {
    start: Arc<Matcher>,
    ends: Arc<[u32]>,
}

/// A text in the making that follows a grammar.
pub struct Matching {
    matcher: Matcher,
    ends: Arc<[u32]>,
    /// What may follow now, once it was asked for.
    allowed: Option<Allowed>,
}

/// The tokens that may follow. Cheap to clone.
#[derive(Clone)]
pub struct Allowed(Arc<SimpleVob>);

impl Allowed {
    /// Whether the token may follow.
    pub fn contains(&self, id: u32) -> bool {
        (id as usize) < self.0.len() && self.0.is_allowed(id)
    }
}

impl Grammars {
    /// For a vocabulary of tokens with these bytes (none for control tokens), of which `ends` end a
    /// text.
    ///
    /// # Errors
    /// If the vocabulary is empty.
    pub fn new(mut tokens: Vec<Vec<u8>>, ends: &[u32]) -> Result<Self, SampleError> {
        if tokens.is_empty() {
            return Err(SampleError::Grammar { message: "the vocabulary is empty".into() });
        }
        let mut ends: Vec<u32> =
            ends.iter().copied().filter(|&id| (id as usize) < tokens.len()).collect();
        if ends.is_empty() {
            // The crate needs some end; this one is beyond what a model can choose.
            ends.push(tokens.len() as u32);
            tokens.push(Vec::new());
        }
        for &id in &ends {
            tokens[id as usize].clear();
        }
        let info = TokRxInfo::new(tokens.len() as u32, ends[0]);
        let trie = TokTrie::from(&info, &tokens).with_eos_tokens(&ends);
        // What follows takes as much again for a moment.
        drop(tokens);
        let environment: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        // The crate's tables for long texts in quotation marks would take twice the memory of all the
        // rest, and save a tenth of a millisecond a token.
        let mut factory = ParserFactory::new(&environment, InferenceCapabilities::default(), &[])
            .map_err(refused)?;
        factory.quiet();
        factory.limits_mut().verbose_errors = false;
        Ok(Self { factory: Arc::new(factory), ends: ends.into() })
    }

    /// Compiles a grammar.
    ///
    /// # Errors
    /// If it is not understood or exceeds a limit.
    pub fn compile(&self, source: &GrammarSource) -> Result<Grammar, SampleError> {
        check(source)?;
        let grammar = match source {
            GrammarSource::Lark(text) => TopLevelGrammar::from_lark(text.clone()),
            GrammarSource::JsonSchema(schema) => TopLevelGrammar::from_json_schema(schema.clone()),
            GrammarSource::Regex(text) => TopLevelGrammar::from_regex(text),
        };
        // The crate reports some mistakes by panics, and hands those on as errors only where it
        // catches them itself.
        let compile = || {
            llguidance::panic_utils::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.factory.create_parser(grammar)
            }))
        };
        let parser = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
            let thread = thread.spawn_scoped(scope, compile).map_err(refused)?;
            thread.join().map_err(|_| refused("the compiler gave up"))
        })?;
        let matcher = Matcher::new(parser);
        if let Some(message) = matcher.get_error() {
            return Err(SampleError::Grammar { message });
        }
        Ok(Grammar { start: Arc::new(matcher), ends: self.ends.clone() })
    }
}

impl Grammar {
    /// A text that begins. What the grammar holds is copied only where it is held elsewhere, too.
    pub fn into_matching(self) -> Matching {
        let matcher = Arc::try_unwrap(self.start).unwrap_or_else(|start| start.deep_clone());
        Matching { matcher, ends: self.ends, allowed: None }
    }
}

impl Matching {
    /// The tokens that may follow; those that end the text only where it may end.
    ///
    /// # Errors
    /// If a limit is exceeded.
    pub fn allowed(&mut self) -> Result<Allowed, SampleError> {
        if let Some(allowed) = &self.allowed {
            return Ok(allowed.clone());
        }
        let mask = self.matcher.compute_mask_or_eos().map_err(refused)?;
        Ok(self.allowed.insert(Allowed(Arc::new(mask))).clone())
    }

    /// Takes a token that was allowed.
    ///
    /// # Errors
    /// If it was not, or a limit is exceeded.
    pub fn take(&mut self, id: u32) -> Result<(), SampleError> {
        self.allowed = None;
        self.matcher.consume_token(id).map_err(refused)
    }

    /// Whether nothing can follow any more: the text is whole.
    pub fn is_complete(&mut self) -> Result<bool, SampleError> {
        if self.matcher.is_stopped() {
            return Ok(true);
        }
        if !self.matcher.is_accepting().map_err(refused)? {
            return Ok(false);
        }
        let allowed = self.allowed()?;
        let mut n_others = 0;
        allowed.0.iter_set_entries(|id| n_others += usize::from(!self.ends.contains(&(id as u32))));
        Ok(n_others == 0)
    }
}

fn refused(error: impl std::fmt::Display) -> SampleError {
    SampleError::Grammar { message: error.to_string() }
}

/// Checks sizes and depths.
fn check(source: &GrammarSource) -> Result<(), SampleError> {
    let (n_bytes, most, depth) = match source {
        GrammarSource::Lark(text) => (text.len(), MOST_LARK_BYTES, bracket_depth(text)),
        GrammarSource::Regex(text) => (text.len(), MOST_REGEX_BYTES, bracket_depth(text)),
        GrammarSource::JsonSchema(schema) => {
            let depth = json_depth(schema);
            // Writing it out recurses, too.
            let n_bytes = if depth > MOST_DEPTH { 0 } else { schema.to_string().len() };
            (n_bytes, MOST_SCHEMA_BYTES, depth)
        }
    };
    if n_bytes > most {
        return Err(refused(format!("it has {n_bytes} bytes, and {most} are the limit")));
    }
    if depth > MOST_DEPTH {
        return Err(refused(format!("it is nested deeper than {MOST_DEPTH} levels")));
    }
    Ok(())
}

/// Deepest nesting of brackets. Those in literals count as well, and hardly ever make a difference.
fn bracket_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = depth.max(deepest);
    }
    deepest
}

/// Levels of a JSON value.
fn json_depth(value: &serde_json::Value) -> usize {
    let mut level = vec![value];
    let mut depth = 0;
    while !level.is_empty() {
        depth += 1;
        let below = level.iter().flat_map(|value| {
            let list = value.as_array().into_iter().flatten();
            list.chain(value.as_object().into_iter().flat_map(|object| object.values()))
        });
        level = below.collect();
    }
    depth
}
