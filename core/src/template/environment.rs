//! The engine as chat templates expect it: settings, functions, filters and guards of one rendering.

use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};

use super::budget::{Budget, is_namespace, refuse_namespace};
use super::clock::Moment;
use super::{json, limits, methods};
use crate::error::TemplateError;

/// Bytes that a list or mapping takes for each element.
const ELEMENT_BYTES: u64 = 32;

/// Names of guards. No template can call or replace them, as a name has no spaces.
pub(super) mod guards {
    /// Measures a value that is about to be used.
    pub(in crate::template) const USED: &str = "guard used";
    /// Measures a value that was just made and counts its bytes.
    pub(in crate::template) const MADE: &str = "guard made";
    /// Measures a value that is written into a text and counts the bytes.
    pub(in crate::template) const WRITTEN: &str = "guard written";
    /// Measures a value that is stored in a namespace.
    pub(in crate::template) const STORED: &str = "guard stored";
    /// The operator `*`.
    pub(in crate::template) const PRODUCT: &str = "guard product";
}

/// The engine for one rendering.
pub(super) fn environment<'source>(budget: &Budget, now: Moment) -> Environment<'source> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(limits::STEPS));
    environment.set_recursion_limit(limits::DEPTH);
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    add_guards(&mut environment, budget);
    add_functions(&mut environment, budget, now);
    add_filters(&mut environment, budget);
    let counted = budget.clone();
    environment.set_unknown_method_callback(move |state, value, method, args| {
        methods::call(&counted, state, value, method, args)
    });
    let counted = budget.clone();
    environment.set_formatter(move |out, _, value| {
        let extent = counted.look_at(value)?;
        counted.make(extent.n_bytes + ELEMENT_BYTES * extent.n_nodes)?;
        // Python's spelling of what Jinja2 writes.
        let text = match value.kind() {
            ValueKind::None => "None",
            ValueKind::Bool if value.is_true() => "True",
            ValueKind::Bool => "False",
            _ => return write!(out, "{value}").map_err(Error::from),
        };
        out.write_str(text).map_err(Error::from)
    });
    environment
}

fn add_guards(environment: &mut Environment, budget: &Budget) {
    let counted = budget.clone();
    environment.add_function(guards::USED, move |value: Value| -> Result<Value, Error> {
        counted.look_at(&value)?;
        Ok(value)
    });
    let counted = budget.clone();
    environment.add_function(guards::MADE, move |value: Value| -> Result<Value, Error> {
        counted.look_at(&value)?;
        let n_bytes = match value.as_str() {
            Some(text) => text.len() as u64,
            None => value.len().unwrap_or(0) as u64 * ELEMENT_BYTES,
        };
        counted.make(n_bytes)?;
        Ok(value)
    });
    let counted = budget.clone();
    environment.add_function(guards::WRITTEN, move |value: Value| -> Result<Value, Error> {
        let extent = counted.look_at(&value)?;
        counted.make(extent.n_bytes + ELEMENT_BYTES * extent.n_nodes)?;
        Ok(value)
    });
    let counted = budget.clone();
    environment.add_function(guards::STORED, move |value: Value| -> Result<Value, Error> {
        if is_namespace(&value) || value.kind() == ValueKind::Plain {
            return Err(refuse_namespace());
        }
        counted.look_at(&value)?;
        Ok(value)
    });
    let counted = budget.clone();
    environment.add_function(guards::PRODUCT, move |left: Value, right: Value| {
        methods::multiply(&counted, &left, &right)
    });
}

fn add_functions(environment: &mut Environment, budget: &Budget, now: Moment) {
    let counted = budget.clone();
    environment.add_function("raise_exception", move |message: Value| -> Result<Value, Error> {
        let extent = counted.look_at(&message)?;
        counted.make(extent.n_bytes)?;
        Err(counted.fail(TemplateError::Refused { message: message.to_string() }))
    });
    environment.add_function("strftime_now", move |format: &str| now.format(format));
}

fn add_filters(environment: &mut Environment, budget: &Budget) {
    for name in ["batch", "format", "pprint", "slice"] {
        environment.remove_filter(name);
    }
    let counted = budget.clone();
    environment.add_filter("tojson", move |value: Value, options: Kwargs| {
        json::to_json(&counted, &value, &options)
    });
    let counted = budget.clone();
    environment.add_filter("replace", move |text: Value, old: Value, new: Value| {
        methods::replace(&counted, &text, &old, &new)
    });
    let counted = budget.clone();
    environment.add_filter("join", move |values: Value, separator: Option<Value>| {
        methods::join(&counted, &values, separator)
    });
    let counted = budget.clone();
    environment.add_filter(
        "indent",
        move |text: &str, width: Option<usize>, first: Option<bool>, blank: Option<bool>| {
            let (first, blank) = (first.unwrap_or(false), blank.unwrap_or(false));
            methods::indent(&counted, text, width.unwrap_or(4), first, blank)
        },
    );
}
