//! The list of what a library exports: one line a function, field and variant, sorted by name.

use std::fmt::Write;

use camino::Utf8Path;
use uniffi_meta::{
    DefaultValueMetadata, FieldMetadata, FnParamMetadata, LiteralMetadata, Metadata, Type,
};

/// What the crate `name` in the library at `path` exports.
///
/// # Errors
/// If the library cannot be read or holds no metadata.
pub fn surface(path: &Utf8Path, name: &str) -> anyhow::Result<String> {
    let items = uniffi_bindgen::macro_metadata::extract_from_bytes(&std::fs::read(path)?)?;
    let mut entries: Vec<(String, String)> = items
        .iter()
        .filter(|item| item.module_path().split("::").next() == Some(name))
        .filter_map(entry)
        .collect();
    anyhow::ensure!(!entries.is_empty(), "{path} exports nothing of {name}");
    entries.sort();
    Ok(entries.into_iter().map(|(_, text)| text).collect())
}

/// Where an item is sorted to, and its lines.
fn entry(item: &Metadata) -> Option<(String, String)> {
    let line = |indent: &str,
                name: &str,
                inputs: &[FnParamMetadata],
                result: Option<&Type>,
                throws: Option<&Type>| {
        let inputs: Vec<String> = inputs.iter().map(input).collect();
        let result = result.map(|ty| format!(" -> {}", type_name(ty))).unwrap_or_default();
        let throws = throws.map(|ty| format!(" throws {}", type_name(ty))).unwrap_or_default();
        format!("{indent}{name}({}){result}{throws}\n", inputs.join(", "))
    };
    Some(match item {
        Metadata::Func(f) => {
            let text = line("", &f.name, &f.inputs, f.return_type.as_ref(), f.throws.as_ref());
            (format!("0 {}", f.name), format!("function {text}"))
        }
        Metadata::Object(object) => {
            (format!("1 {}", object.name), format!("\nobject {}\n", object.name))
        }
        Metadata::Constructor(f) => {
            let text = line("", &f.name, &f.inputs, None, f.throws.as_ref());
            (format!("1 {} 0 {}", f.self_name, f.name), format!("  constructor {text}"))
        }
        Metadata::Method(f) => {
            let text = line("  ", &f.name, &f.inputs, f.return_type.as_ref(), f.throws.as_ref());
            (format!("1 {} 1 {}", f.self_name, f.name), text)
        }
        Metadata::Record(record) => {
            let text = format!("\nrecord {}\n{}", record.name, fields("  ", &record.fields));
            (format!("2 {}", record.name), text)
        }
        Metadata::Enum(choice) => {
            let kind = if choice.shape.is_error() { "error" } else { "enum" };
            let mut text = format!("\n{kind} {}\n", choice.name);
            for variant in &choice.variants {
                let _ = writeln!(text, "  {}", variant.name);
                text.push_str(&fields("    ", &variant.fields));
            }
            (format!("2 {}", choice.name), text)
        }
        _ => return None,
    })
}

fn fields(indent: &str, fields: &[FieldMetadata]) -> String {
    let line = |field: &FieldMetadata| {
        let default = field.default.as_ref().map(default).unwrap_or_default();
        format!("{indent}{}: {}{default}\n", field.name, type_name(&field.ty))
    };
    fields.iter().map(line).collect()
}

fn input(input: &FnParamMetadata) -> String {
    let default = input.default.as_ref().map(default).unwrap_or_default();
    format!("{}: {}{default}", input.name, type_name(&input.ty))
}

fn default(value: &DefaultValueMetadata) -> String {
    let DefaultValueMetadata::Literal(literal) = value else { return " = default".to_owned() };
    match literal {
        LiteralMetadata::Boolean(value) => format!(" = {value}"),
        LiteralMetadata::String(value) => format!(" = {value:?}"),
        LiteralMetadata::UInt(value, ..) => format!(" = {value}"),
        LiteralMetadata::Int(value, ..) => format!(" = {value}"),
        LiteralMetadata::Float(value, _) => format!(" = {value}"),
        LiteralMetadata::Enum(value, _) => format!(" = {value}"),
        LiteralMetadata::None => " = none".to_owned(),
        LiteralMetadata::EmptySequence => " = []".to_owned(),
        other => format!(" = {other:?}"),
    }
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Optional { inner_type } => format!("{}?", type_name(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", type_name(inner_type)),
        Type::Object { name, .. } | Type::Record { name, .. } | Type::Enum { name, .. } => {
            name.clone()
        }
        simple => format!("{simple:?}").to_lowercase(),
    }
}
