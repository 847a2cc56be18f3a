//! What is checked of a template's text before it is parsed, and the one extension of its syntax.
//!
//! The engine's parser and compiler recurse once for every operator of a chain and every `elif`, so
//! both are counted here, on tokens. Transformers' `{% generation %}` block marks what the assistant
//! says, for training; it renders what it contains.

use std::borrow::Cow;

use minijinja::machinery::{Token, tokenize};

use super::limits;
use super::render::whitespace;
use crate::error::TemplateError;

/// Checks the size, the length of chains and the number of conditions.
pub(super) fn check(source: &str) -> Result<(), TemplateError> {
    let limit = |what, limit: usize| Err(TemplateError::Limit { what, limit: limit as u64 });
    if source.len() > limits::TEMPLATE_BYTES {
        return limit("bytes", limits::TEMPLATE_BYTES);
    }
    let (mut n_in_tag, mut n_conditions) = (0, 0);
    for token in tokenize(source, false, Default::default(), whitespace()) {
        // The parser finds the same mistake again and says where it is.
        let Ok((token, _)) = token else { break };
        n_in_tag += 1;
        match token {
            Token::TemplateData(_) | Token::VariableEnd | Token::BlockEnd => n_in_tag = 0,
            Token::Ident("elif" | "if") => n_conditions += 1,
            _ => {}
        }
        if n_in_tag > limits::TAG_TOKENS {
            return limit("tokens in one tag", limits::TAG_TOKENS);
        }
        if n_conditions > limits::CONDITIONS {
            return limit("conditions", limits::CONDITIONS);
        }
    }
    Ok(())
}

/// Turns `generation` blocks into blocks that are always rendered.
pub(super) fn replace_generation_blocks(source: &str) -> Cow<'_, str> {
    if !source.contains("generation") {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let Some(length) = tag[2..].find("%}") else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(2 + length + 2);
        let word = tag[2..2 + length].trim_matches(|c: char| c.is_whitespace() || "+-".contains(c));
        match word {
            "generation" => out.push_str(&tag.replacen("generation", "if true", 1)),
            "endgeneration" => out.push_str(&tag.replacen("endgeneration", "endif", 1)),
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
