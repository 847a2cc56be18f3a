//! One page without anything from elsewhere: plots by length, and all figures.

use std::collections::BTreeMap;

use super::cost::HEADS;
use super::plot::{Series, plot};
use super::{Report, Summary, length_name, percent, weights};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;\
padding:0 1rem;color:#222}svg{font:11px system-ui,sans-serif;margin:0 1rem 1rem 0}\
table{border-collapse:collapse;font-size:13px}td,th{padding:2px 8px;border-bottom:1px solid #ddd;\
text-align:right}td:nth-child(-n+6),th:nth-child(-n+6){text-align:left}";

/// A row of a table.
fn row<T: AsRef<str>>(cell: &str, cells: impl IntoIterator<Item = T>) -> String {
    let cells =
        cells.into_iter().map(|text| format!("<{cell}>{}</{cell}>", escaped(text.as_ref())));
    format!("<tr>{}</tr>", cells.collect::<String>())
}

/// The page of a report.
pub fn page(report: &Report) -> String {
    let mut out = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Carrel: long documents</title><style>{STYLE}</style></head><body>\
         <h1>Questions about long documents</h1>\
         <p>Seen: wording that rules may be developed against. Held out: a third of all templates, \
         names and styles. A question's answer is exact if it says what it has to and nothing \
         else. Documents that are longer than the books they are made of repeat paragraphs in \
         another order.</p>"
    );
    out += "<h2>What has to be reached</h2><table>";
    out += &row("th", ["arm", "what", "bar", "measured", "met"]);
    for bar in &report.bars {
        let met = if bar.is_met { "yes" } else { "no" };
        out += &row("td", [&*bar.arm, &bar.what, &bar.bar, &bar.measured, met]);
    }
    out += "</table><h2>What answers cost</h2><table>";
    out += &row("th", HEADS);
    for cost in &report.costs {
        out += &row("td", cost.cells());
    }
    out +=
        "</table><h2>What libraries weigh, in processes of their own, without a model</h2><table>";
    out += &row("th", weights::HEADS);
    for one in &report.weights {
        out += &row("td", one.cells());
    }
    out += "</table>";
    type Measure = fn(&Summary) -> Option<f64>;
    let plots: [(&str, Measure); 3] = [
        ("Answer right (exact)", |one| one.exact),
        ("Gold fragments cited", |one| one.gold_cited),
        ("F1 of declining", |one| one.decline_f1),
    ];
    for (title, measure) in plots {
        out += &format!("<h2>{title}</h2>");
        let mut tasks: BTreeMap<(&str, &str, &str), Vec<Series>> = BTreeMap::new();
        for one in &report.by_task {
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
    out += "<h2>All figures</h2><table>";
    let heads = [
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
        "in few passages %",
        "precision %",
        "declining F1 %",
        "fabricated",
        "model tokens",
        "ms",
        "passages",
        "ingest s",
    ];
    out += &row("th", heads);
    for one in &report.by_form {
        let cells = [
            one.task.clone(),
            one.ladder.to_owned(),
            one.arm.clone(),
            one.language.to_owned(),
            length_name(one.length_tokens),
            one.split.to_owned(),
            one.questions.to_string(),
            percent(one.exact),
            percent(one.contains),
            percent(one.gold_cited),
            percent(one.gold_read),
            percent(one.found_in_few),
            percent(one.citation_precision),
            percent(one.decline_f1),
            one.fabricated.to_string(),
            format!("{:.0}", one.model_tokens),
            format!("{:.1}", one.elapsed_us as f64 / 1000.0),
            format!("{:.1}", one.passages_read),
            format!("{:.2}", one.ingest_us / 1e6),
        ];
        out += &row("td", cells);
    }
    out + "</table></body></html>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
