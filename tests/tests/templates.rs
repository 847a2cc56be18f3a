//! Chat templates of published models against what Jinja2 made of them.
//!
//! `expected.json` holds conversations and, by template, the prompts; `null` where the template
//! refuses the conversation.

use carrel_core::error::TemplateError;
use carrel_core::template::{ChatTemplate, Moment, RenderOptions};
use carrel_tests::shared_fixtures;
use serde_json::{Map, Value};

#[test]
fn prompts_equal_those_of_jinja2() {
    let Some(fixtures) = shared_fixtures() else {
        return;
    };
    let folder = fixtures.join("templates");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("readable");
    let expected: Value = serde_json::from_str(&read("expected.json")).expect("JSON");
    let none = Value::Array(Vec::new());
    let mut n_checked = 0;
    for (name, prompts) in expected["expected"].as_object().expect("prompts by template") {
        let template = ChatTemplate::new(&read(name), "<s>", "</s>").expect(name);
        for (case, wanted) in prompts.as_object().expect("prompts by case") {
            let input = &expected["cases"][case];
            let tools = input.get("tools").unwrap_or(&none);
            let found = template.render(&RenderOptions {
                messages: input["messages"].as_array().expect("messages"),
                tools: tools.as_array().expect("tools"),
                add_generation_prompt: input["add_generation_prompt"].as_bool().expect("a bool"),
                variables: &Map::new(),
                now: Moment::new(2026, 1, 2, 3, 4, 5).expect("a date"),
            });
            match wanted.as_str() {
                Some(wanted) => assert_eq!(found.expect(name), wanted, "{name}, {case}"),
                None => {
                    let is_refused = matches!(found, Err(TemplateError::Refused { .. }));
                    assert!(is_refused, "{name}, {case}: {found:?}");
                }
            }
            n_checked += 1;
        }
    }
    assert_eq!(n_checked, 28, "seven templates with four conversations each");
}
