//! Python's methods and the filters whose results can be far larger than what they are given.
//!
//! `minijinja-contrib` knows the methods; those that multiply sizes, and one that does not end for an
//! empty argument, are computed or checked here first.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, State};
use minijinja_contrib::pycompat;

use super::budget::Budget;

/// Widest indentation of the filter `indent`.
const MOST_INDENT: usize = 256;

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// Calls a method that the engine does not know.
pub(super) fn call(
    budget: &Budget,
    state: &State,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    if value.kind() == ValueKind::String {
        match (method, args) {
            ("format", _) => return Err(Error::from(ErrorKind::UnknownMethod)),
            ("replace", [old, new, ..]) => check_replace(budget, value, old, new)?,
            ("join", [values]) => check_join(budget, values, value)?,
            ("count", [what]) if what.as_str() == Some("") => {
                return Err(invalid("nothing cannot be counted"));
            }
            _ => {}
        }
    }
    pycompat::unknown_method_callback(state, value, method, args)
}

/// Counts the text that replacing makes, before it is made.
fn check_replace(budget: &Budget, text: &Value, old: &Value, new: &Value) -> Result<(), Error> {
    let (Some(text), Some(old), Some(new)) = (text.as_str(), old.as_str(), new.as_str()) else {
        return Ok(()); // Not texts: the method itself says so.
    };
    let n_found = text.matches(old).count() as u64;
    budget.make((text.len() as u64).saturating_add(n_found.saturating_mul(new.len() as u64)))
}

/// Counts the text that joining makes, before it is made.
fn check_join(budget: &Budget, values: &Value, separator: &Value) -> Result<(), Error> {
    let extent = budget.look_at(values)?;
    let n_separator = separator.as_str().map_or(0, str::len) as u64;
    budget.make(extent.n_bytes.saturating_add(extent.n_nodes.saturating_mul(n_separator + 8)))
}

/// The filter `replace`.
pub(super) fn replace(
    budget: &Budget,
    text: &Value,
    old: &Value,
    new: &Value,
) -> Result<Value, Error> {
    check_replace(budget, text, old, new)?;
    match (text.as_str(), old.as_str(), new.as_str()) {
        (Some(text), Some(old), Some(new)) => Ok(Value::from(text.replace(old, new))),
        _ => Err(invalid("replace needs texts")),
    }
}

/// The filter `join`.
pub(super) fn join(
    budget: &Budget,
    values: &Value,
    separator: Option<Value>,
) -> Result<Value, Error> {
    let separator = separator.unwrap_or_else(|| Value::from(""));
    check_join(budget, values, &separator)?;
    let texts: Vec<String> = values.try_iter()?.map(|value| value.to_string()).collect();
    Ok(Value::from(texts.join(&separator.to_string())))
}

/// The filter `indent`, which leaves the first line and blank lines alone unless told otherwise.
pub(super) fn indent(
    budget: &Budget,
    text: &str,
    width: usize,
    first: bool,
    blank: bool,
) -> Result<Value, Error> {
    if width > MOST_INDENT {
        return Err(invalid(format!("an indentation is wider than {MOST_INDENT}")));
    }
    let n_lines = text.lines().count() as u64 + 1;
    budget.make(text.len() as u64 + n_lines * width as u64)?;
    let spaces = " ".repeat(width);
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if (index > 0 || first) && (blank || !line.trim().is_empty()) {
            out.push_str(&spaces);
        }
        out.push_str(line);
    }
    Ok(Value::from(out))
}

/// The operator `*`: numbers, or a text or list so many times.
pub(super) fn multiply(budget: &Budget, left: &Value, right: &Value) -> Result<Value, Error> {
    let is_number = |value: &Value| value.kind() == ValueKind::Number;
    if is_number(left) && is_number(right) {
        let integers = (i128::try_from(left.clone()), i128::try_from(right.clone()));
        if let (true, true, (Ok(left), Ok(right))) =
            (left.is_integer(), right.is_integer(), integers)
        {
            let product = left.checked_mul(right).ok_or_else(|| invalid("a product is too large"));
            return product.map(Value::from);
        }
        let product = f64::try_from(left.clone())? * f64::try_from(right.clone())?;
        return Ok(Value::from(product));
    }
    let (value, times) = if is_number(left) { (right, left) } else { (left, right) };
    let times = times.as_i64().ok_or_else(|| invalid("only numbers multiply"))?.max(0) as u64;
    let extent = budget.look_at(value)?;
    budget.make(times.saturating_mul(extent.n_bytes + 32 * extent.n_nodes))?;
    match value.as_str() {
        Some(text) => Ok(Value::from(text.repeat(times as usize))),
        None if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) => {
            let mut elements = Vec::new();
            for _ in 0..times {
                elements.extend(value.try_iter()?);
            }
            Ok(Value::from(elements))
        }
        None => Err(invalid("only numbers, texts and lists multiply")),
    }
}
