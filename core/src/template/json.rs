//! `tojson` as transformers defines it: Python's `json.dumps` with `ensure_ascii=False`.
//!
//! Without `indent` items are parted by `, ` and keys by `: `; with it, each item has its own line.
//! The engine's own filter escapes HTML and writes no spaces, so it cannot be used.

use std::io;

use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::budget::Budget;

/// Widest indentation.
const MOST_INDENT: usize = 16;

/// Python's separators, all on one line.
struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

/// The filter. `ensure_ascii`, `separators` and `sort_keys` are accepted as templates give them, and
/// have no effect but for `sort_keys`, whose keys are sorted.
pub(super) fn to_json(budget: &Budget, value: &Value, options: &Kwargs) -> Result<Value, Error> {
    let invalid = |message: String| Error::new(ErrorKind::InvalidOperation, message);
    let indent: Option<usize> = options.get("indent")?;
    let _: Option<Value> = options.get("ensure_ascii")?;
    let _: Option<Value> = options.get("separators")?;
    options.assert_all_used()?;
    let indent = indent.unwrap_or(0);
    if indent > MOST_INDENT {
        return Err(invalid(format!("an indentation is wider than {MOST_INDENT}")));
    }
    let extent = budget.look_at(value)?;
    // Punctuation, and indentation by the depth a value may have.
    budget.make(extent.n_bytes.saturating_mul(2) + extent.n_nodes * (16 + 4 * indent as u64))?;
    let mut out = Vec::new();
    let result = if indent == 0 {
        value.serialize(&mut Serializer::with_formatter(&mut out, OneLine))
    } else {
        let spaces = " ".repeat(indent);
        let formatter = PrettyFormatter::with_indent(spaces.as_bytes());
        value.serialize(&mut Serializer::with_formatter(&mut out, formatter))
    };
    result.map_err(|error| invalid(error.to_string()))?;
    String::from_utf8(out).map(Value::from).map_err(|error| invalid(error.to_string()))
}
