//! Calls of tools in what a model said.
//!
//! Families write calls in two ways: JSON between `<tool_call>` and `</tool_call>` in the midst of
//! text (Qwen, SmolLM, Hermes), or a message that is nothing but JSON, one call or a list of them
//! (Llama, Mistral). A call is an object with a `name` that was offered and `arguments`, which some
//! call `parameters`. Whatever is not one is text.

use serde_json::Value;

/// The model wants a tool to be used.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// Name of the tool.
    pub name: String,
    /// What it is given: an object.
    pub arguments: Value,
}

/// The calls in `text` of tools called one of `offered`, in order.
pub fn tool_calls(text: &str, offered: &[&str]) -> Vec<ToolCall> {
    let mut calls = Vec::new();
    for tagged in text.split("<tool_call>").skip(1) {
        let inside = tagged.split("</tool_call>").next().unwrap_or(tagged);
        collect(inside, offered, &mut calls);
    }
    if calls.is_empty() {
        collect(text, offered, &mut calls);
    }
    calls
}

/// The calls that `text` consists of.
fn collect(text: &str, offered: &[&str], calls: &mut Vec<ToolCall>) {
    let values: Result<Vec<Value>, _> =
        serde_json::Deserializer::from_str(text.trim()).into_iter().collect();
    let values = values.unwrap_or_default().into_iter().flat_map(|value| match value {
        Value::Array(list) => list,
        single => vec![single],
    });
    calls.extend(values.filter_map(|value| call(&value, offered)));
}

fn call(value: &Value, offered: &[&str]) -> Option<ToolCall> {
    let name = value.get("name")?.as_str()?;
    let arguments = value.get("arguments").or_else(|| value.get("parameters"))?;
    // Some write the arguments as JSON in a string.
    let arguments = match arguments {
        Value::String(text) => serde_json::from_str(text).ok()?,
        other => other.clone(),
    };
    let is_call = arguments.is_object() && offered.contains(&name);
    is_call.then(|| ToolCall { name: name.to_owned(), arguments })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(text: &str) -> Vec<(String, Value)> {
        let calls = tool_calls(text, &["weather", "clock"]);
        calls.into_iter().map(|call| (call.name, call.arguments)).collect()
    }

    #[test]
    fn calls_are_found_in_the_forms_of_the_families() {
        let oslo = ("weather".to_owned(), json!({"city": "Oslo"}));
        let now = ("clock".to_owned(), json!({}));
        let tagged = "Let me see.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \
                      \"Oslo\"}}\n</tool_call>\n<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>";
        assert_eq!(found(tagged), [oslo.clone(), now.clone()]);
        let bare = r#" {"name": "weather", "parameters": {"city": "Oslo"}} "#;
        assert_eq!(found(bare), std::slice::from_ref(&oslo));
        let list = r#"[{"name":"clock","arguments":{}},{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}]"#;
        assert_eq!(found(list), [now, oslo]);
    }

    #[test]
    fn what_is_no_call_is_text() {
        for text in [
            "",
            "The weather is fine.",
            r#"{"name": "rm", "arguments": {}}"#,
            r#"{"name": "clock"}"#,
            r#"{"name": "clock", "arguments": 3}"#,
            r#"{"name": "clock", "arguments": {}} and more"#,
            r#"<tool_call>{"name": "clock", "argum"#,
            r#"<tool_call>{"name": 1, "arguments": {}}</tool_call>"#,
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
