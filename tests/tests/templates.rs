//! Chat templates of published models against what Jinja2 made of them.
//!
//! `expected.json` holds conversations and, by template, the prompts; `null` where the template
//! refuses the conversation.

use carrel_core::error::TemplateError;
use carrel_core::random::Random;
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

/// Templates with random changes are rendered or refused; none takes the program down.
#[test]
fn damaged_templates_do_no_harm() {
    let mut sources = vec![OWN.to_owned()];
    if let Some(fixtures) = shared_fixtures() {
        let entries = std::fs::read_dir(fixtures.join("templates")).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> =
            paths.filter(|p| p.extension().is_some_and(|e| e == "jinja")).collect();
        paths.sort();
        sources.extend(paths.iter().map(|path| std::fs::read_to_string(path).expect("readable")));
    }
    let message = serde_json::json!({ "role": "user", "content": "Who <think>hid</think> it?" });
    let messages = vec![message; 3];
    let mut random = Random::new(1);
    let (mut n_rendered, mut n_refused) = (0, 0);
    for _ in 0..1500 {
        let mut source = sources[random.below(sources.len())].clone();
        for _ in 0..=random.below(4) {
            damage(&mut source, &mut random);
        }
        let rendered = ChatTemplate::new(&source, "<s>", "</s>").and_then(|template| {
            template.render(&RenderOptions {
                messages: &messages,
                tools: &messages,
                add_generation_prompt: true,
                variables: &Map::new(),
                now: Moment::new(2026, 1, 2, 3, 4, 5).expect("a date"),
            })
        });
        match rendered {
            Ok(_) => n_rendered += 1,
            Err(TemplateError::Invalid { message, .. }) if message.contains("gave up") => {
                panic!("the engine panics: {source}");
            }
            Err(_) => n_refused += 1,
        }
    }
    // Of the small template alone, which is all that a plain clone has, few survive the damage.
    assert!(n_rendered > 20 && n_refused > 100, "{n_rendered} rendered, {n_refused} refused");
}

const OWN: &str = "{%- set ns = namespace(n=0, s='') %}{% for m in messages %}{% set ns.s = ns.s ~ \
    m['role'] + ': ' + m.content|trim %}{% if loop.last and m.content[2:-1].split(' ')|length > 1 %}\
    {{ {'a': [ns.s * 2, none]}|tojson(indent=2) }}{% endif %}{% endfor %}{% macro f(x) %}{{ x }}\
    {% endmacro %}{{ f(ns.s.upper()) }}{{ strftime_now('%Y') if tools else 1 / 0 }}";

/// Cuts, doubles, swaps in a piece of the template itself, or puts in something that matters.
fn damage(source: &mut String, random: &mut Random) {
    const PIECES: [&str; 16] = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        " for x in range(99999) ",
        "[",
        ")",
        "|",
        "'",
        "\"",
        "\0",
        "é",
        "**",
        "99999999999999999999",
        "{% endfor %}",
    ];
    let place = |source: &str, random: &mut Random| {
        let mut at = random.below(source.len() + 1);
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (a, b) = (place(source, random), place(source, random));
    let (start, end) = (a.min(b), a.max(b).min(a.min(b) + 40));
    let end = (0..=end).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(start).max(start);
    match random.below(4) {
        0 => source.replace_range(start..end, ""),
        1 => source.replace_range(start..end, &source[start..end].repeat(2)),
        2 => {
            let piece = source[start..end].to_owned();
            let at = place(source, random);
            source.insert_str(at, &piece);
        }
        _ => source.insert_str(start, PIECES[random.below(PIECES.len())]),
    }
}
