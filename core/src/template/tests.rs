//! The dialect on small templates, and templates that mean harm.

use serde_json::{Value, json};

use super::{ChatTemplate, Moment, RenderOptions};
use crate::error::TemplateError;

fn render_with(source: &str, messages: Value, tools: Value) -> Result<String, TemplateError> {
    let template = ChatTemplate::new(source, "<s>", "</s>")?;
    template.render(&RenderOptions {
        messages: messages.as_array().expect("messages"),
        tools: tools.as_array().expect("tools"),
        add_generation_prompt: true,
        variables: &serde_json::Map::new(),
        now: Moment::new(2026, 1, 2, 3, 4, 5).expect("a date"),
    })
}

fn render(source: &str) -> Result<String, TemplateError> {
    render_with(source, json!([{"role": "user", "content": " Who? "}]), json!([]))
}

#[track_caller]
fn check(source: &str, wanted: &str) {
    assert_eq!(render(source).expect(source), wanted, "{source}");
}

#[test]
fn the_dialect_is_that_of_transformers() {
    check("{{ bos_token }}{% for m in messages %}[{{ m.content|trim }}]{% endfor %}", "<s>[Who?]");
    check("{% if true %}\n  a\n{% endif %}\nb", "  a\nb");
    check("{{ 'a-b-c'.split('-')[-1] }}{{ '  x'.lstrip() }}{{ 'xyx'.strip('x') }}", "cxy");
    check("{{ strftime_now('%d %b %Y %H:%M') }}", "02 Jan 2026 03:04");
    check(
        "{% set n = namespace(x=1) %}{% for i in range(3) %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}",
        "4",
    );
    check("{% for i in range(9) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}", "01");
    check("{{ none }} {{ true }} {{ 1 == 2 }} {{ undefined_name }}.", "None True False .");
    check("{{ messages[0] | tojson }}", r#"{"role": "user", "content": " Who? "}"#);
    check("{{ {'a': [1, 'é<'], 'b': none} | tojson }}", r#"{"a": [1, "é<"], "b": null}"#);
    check("{{ {'a': [1]} | tojson(indent=2) }}", "{\n  \"a\": [\n    1\n  ]\n}");
    check("{%- generation -%} x {%- endgeneration -%}", "x");
    check(
        "{% macro m(a, b='!') %}{{ a ~ b }}{% endmacro %}{{ m('x') }}{{ m('y', b='?') }}",
        "x!y?",
    );
    check(
        "{{ 'ab' * 2 }}{{ 3 * '-' }}{{ [1, 2] * 2 }}{{ 6 * 7 }}{{ 1.5 * 2 }}",
        "abab---[1, 2, 1, 2]423.0",
    );
    check("{{ ['a', 'b'] | join(', ') }} {{ ', '.join(['c', 'd']) }}", "a, b c, d");
    check(
        "{{ 'a\nb' | indent(2) }} {{ 'aXa'.replace('a', 'b') | replace('X', '-') }}",
        "a\n  b b-b",
    );
    check(
        "{% for k, v in messages[0].items() %}{{ k }}{{ loop.last }} {% endfor %}",
        "roleFalse contentTrue ",
    );
    check("{{ messages[::-1][0].role }}{{ 'tool_calls' in messages[0] }}", "userFalse");
    check(
        "{% set x %}a{{ 1 + 1 }}{% endset %}{{ x|upper }}{% filter upper %}b{% endfilter %}",
        "A2B",
    );
}

#[test]
fn refusals_keep_their_words() {
    let error = render("{{ raise_exception('No system role') }}").expect_err("refused");
    assert!(matches!(error, TemplateError::Refused { message } if message == "No system role"));
    let error = render("\n{{ messages[0].content.nothing() }}").expect_err("unknown");
    assert!(matches!(error, TemplateError::Invalid { line: Some(2), .. }), "{error}");
    assert!(render("{%}").is_err() && render("{%} generation").is_err());
    let error = render("{% if %}").expect_err("broken");
    assert!(matches!(error, TemplateError::Invalid { line: Some(1), .. }), "{error}");
    for source in ["{% include 'x' %}", "{% extends 'x' %}", "{% block b %}{% endblock %}"] {
        assert!(matches!(render(source), Err(TemplateError::Invalid { .. })), "{source}");
    }
}

#[track_caller]
fn stopped(source: &str) {
    match render(source) {
        Err(TemplateError::Limit { .. }) => {}
        Err(TemplateError::Invalid { message, .. }) => {
            // The engine's own limits.
            let is_limit =
                ["recursion", "range has", "too large"].iter().any(|w| message.contains(w));
            assert!(is_limit, "{source:.200}: {message}");
        }
        other => panic!("{source:.200}: {:?}", other.map(|text| text.len())),
    }
}

const FOR_LONG: &str = "{% for a in range(90000) %}{% for b in range(90000) %}";

#[test]
fn loops_without_end_are_stopped() {
    stopped(&format!("{FOR_LONG}{{% endfor %}}{{% endfor %}}"));
    stopped(&format!("{FOR_LONG}a long line of text{{% endfor %}}{{% endfor %}}"));
    stopped("{% for a in range(1000000000) %}{% endfor %}");
    stopped("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}");
    stopped("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}");
}

#[test]
fn values_cannot_outgrow_memory() {
    for step in [
        "{% set n.s = n.s + n.s %}",
        "{% set n.s = n.s ~ n.s %}",
        "{% set n.s = [n.s, n.s] %}",
        "{% set n.s = {'a': n.s, 'b': n.s} %}",
        "{% set n.s = [n.s] %}",
        "{% set n.s = [n.s] + [n.s] %}",
        "{% set n.s = n.s.replace('', n.s) %}",
        "{% set n.s = n.s|replace('', n.s) %}",
        "{% set n.s = n.s.join([n.s, n.s, n.s]) %}",
        "{% set n.s = [n.s, n.s, n.s]|join(n.s) %}",
        "{% set n.s = n.s * 9 %}",
        "{% set n.s = [n.s, n.s]|string %}",
        "{% set n.s = [n.s, n.s]|tojson %}",
        "{% set n.s = dict(a=n.s, b=n.s) %}",
        "{% set x %}{{ n.s }}{{ n.s }}{% endset %}{% set n.s = x %}",
        "{% set n.s = m(n.s) %}",
    ] {
        stopped(&format!(
            "{{% macro m(a) %}}{{{{ a }}}}{{{{ a }}}}{{% endmacro %}}{{% set n = namespace(s='xy') %}}\
             {{% for i in range(9999) %}}{step}{{% endfor %}}{{{{ n.s }}}}"
        ));
    }
    stopped("{{ 'x' * 1000000000000 }}");
    stopped("{{ [1] * 1000000000000 }}");
    stopped("{{ (range(90000)|list) * 90000 }}");
    assert!(render("{{ 'x'|indent(1000000000000) }}").is_err());
    assert!(render("{{ [1]|tojson(indent=1000000000000) }}").is_err());
    assert!(render("{{ 'abc'.count('') }}").is_err());
    assert!(render("{{ '{:1000000000}'.format(1) }}").is_err());
}

#[test]
fn values_cannot_contain_themselves() {
    for source in [
        "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
        "{% set n = namespace() %}{% set n.n = [n] %}{{ n }}",
        "{% set n = namespace() %}{% set m = namespace(n=n) %}{% set n.m = m %}{{ n }}",
        "{% set n = namespace() %}{% set n.n = {'a': [n]} %}{{ n == n }}",
    ] {
        assert!(matches!(render(source), Err(TemplateError::Invalid { .. })), "{source}");
    }
}

#[test]
fn deep_trees_are_refused_or_fit_the_stack() {
    let n = 100_000;
    stopped(&format!("{{{{ 1{} }}}}", "+1".repeat(n)));
    stopped(&"{% if a %}x{% elif b %}".repeat(n / 10));
    let chain = super::limits::TAG_TOKENS / 2 - 4;
    check(&format!("{{{{ 1{} }}}}", "+1".repeat(chain)), &(chain + 1).to_string());
    check(&format!("{{{{ 'a'{} }}}}", "|trim".repeat(chain)), "a");
    let elifs = "{% elif 0 %}x".repeat(super::limits::CONDITIONS - 1);
    check(&format!("{{% if 0 %}}{elifs}{{% else %}}y{{% endif %}}"), "y");
    assert!(render(&format!("{{{{ {}1{} }}}}", "(".repeat(n), ")".repeat(n))).is_err());
    assert!(
        render(&format!("{}{}", "{% if 1 %}".repeat(1000), "{% endif %}".repeat(1000))).is_err()
    );
    assert!(render(&" ".repeat(super::limits::TEMPLATE_BYTES + 1)).is_err());
}
