//! Words that items are made of. Every list has two sides ([`crate::split::Sides`]), and the
//! names are such as classic English prose does not use.

pub mod chinese;
pub mod keys;
pub mod people;
pub mod places;

use crate::item::Language;

/// Fills `{slot}`s of a template.
///
/// # Panics
/// If a slot is left over: templates are part of the generator.
pub fn fill(template: &str, slots: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (slot, value) in slots {
        text = text.replace(&format!("{{{slot}}}"), value);
    }
    assert!(!text.contains('{'), "{template}: a slot is not filled: {text}");
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// A list as people write it: `a, b and c`, or `甲、乙和丙`.
pub fn listed(words: &[String], language: Language) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] if language == Language::Chinese => {
            format!("{}和{last}", most.join("、"))
        }
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
