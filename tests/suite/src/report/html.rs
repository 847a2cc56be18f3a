//! One page without anything from elsewhere: plots by length, and all figures.

use std::collections::BTreeMap;

use super::plot::{Series, plot};
use super::{Summary, length_name, percent};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;\
padding:0 1rem;color:#222}svg{font:11px system-ui,sans-serif;margin:0 1rem 1rem 0}\
table{border-collapse:collapse;font-size:13px}td,th{padding:2px 8px;border-bottom:1px solid #ddd;\
text-align:right}td:nth-child(-n+6),th:nth-child(-n+6){text-align:left}";

/// The page over summaries by task and by form.
pub fn page(by_task: &[Summary], by_form: &[Summary]) -> String {
    let mut out = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Carrel: long documents</title><style>{STYLE}</style></head><body>\
         <h1>Questions about long documents</h1>\
         <p>Seen: wording that rules may be developed against. Held out: a third of all templates, \
         names and styles. A question's answer is exact if it says what it has to and nothing \
         else.</p>"
    );
    type Measure = fn(&Summary) -> Option<f64>;
    let plots: [(&str, Measure); 3] = [
        ("Answer right (exact)", |one| one.exact),
        ("Gold fragments cited", |one| one.gold_cited),
        ("F1 of declining", |one| one.decline_f1),
    ];
    for (title, measure) in plots {
        out += &format!("<h2>{title}</h2>");
        let mut tasks: BTreeMap<(&str, &str, &str), Vec<Series>> = BTreeMap::new();
        for one in by_task {
            let Some(share) = measure(one) else { continue };
            let name = format!("{}, {}", escaped(&one.arm), one.split);
            let lines = tasks.entry((one.ladder, &one.task, one.language)).or_default();
            match lines.iter_mut().find(|line| line.name == name) {
                Some(line) => line.points.push((one.length_tokens, share)),
                None => lines.push(Series { name, points: vec![(one.length_tokens, share)] }),
            }
        }
        for ((ladder, task, language), lines) in &tasks {
            out += &plot(&format!("{task}, {language}, {ladder}"), lines);
        }
    }
    out += "<h2>All figures</h2><table><tr>";
    for head in [
        "task",
        "ladder",
        "arm",
        "language",
        "length",
        "split",
        "questions",
        "exact %",
        "contains %",
        "gold cited %",
        "gold read %",
        "precision %",
        "declining F1 %",
        "fabricated",
        "model tokens",
        "ms",
        "passages",
        "ingest s",
    ] {
        out += &format!("<th>{head}</th>");
    }
    out += "</tr>";
    for one in by_form {
        let cells = [
            one.task.clone(),
            one.ladder.to_owned(),
            escaped(&one.arm),
            one.language.to_owned(),
            length_name(one.length_tokens),
            one.split.to_owned(),
            one.questions.to_string(),
            percent(one.exact),
            percent(one.contains),
            percent(one.gold_cited),
            percent(one.gold_read),
            percent(one.citation_precision),
            percent(one.decline_f1),
            one.fabricated.to_string(),
            format!("{:.0}", one.model_tokens),
            format!("{:.1}", one.elapsed_us as f64 / 1000.0),
            format!("{:.1}", one.passages_read),
            format!("{:.2}", one.ingest_us / 1e6),
        ];
        out += "<tr>";
        for cell in cells {
            out += &format!("<td>{cell}</td>");
        }
        out += "</tr>";
    }
    out + "</table></body></html>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
