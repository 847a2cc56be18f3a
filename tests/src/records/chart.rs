//! The ratios as a picture: one row for each kind of work, one dot for each measurement.

use std::fmt::Write;

use super::ratios::Line;

const COLOURS: [&str; 4] = ["#1b6ca8", "#c8553d", "#3a7d44", "#8a5a9e"];
const WIDTH: f64 = 940.0;
/// Where the axis begins and ends; the names of the works stand left of it.
const LEFT: f64 = 340.0;
const RIGHT: f64 = 910.0;
const TOP: f64 = 56.0;
const ROW: f64 = 40.0;
/// The ratios at both ends of the axis, which is logarithmic.
const AXIS: (f64, f64) = (1.0, 16.0);
const TICKS: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];

/// The picture as an SVG file of its own, for light and for dark pages.
pub fn svg(lines: &[Line], models: &[String]) -> String {
    let bottom = TOP + ROW * lines.len() as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" \
         aria-label=\"How many times as fast as llama.cpp\">\n\
         <style>text{{font:14px sans-serif;fill:#222}}line{{stroke:#bbb}}\
         @media(prefers-color-scheme:dark){{text{{fill:#ddd}}line{{stroke:#555}}}}</style>\n",
        bottom + 34.0
    );
    for (place, model) in models.iter().enumerate() {
        let x = LEFT + 150.0 * place as f64;
        dot(&mut out, x, 18.0, place);
        let _ = writeln!(out, "<text x=\"{:.0}\" y=\"23\">{model}</text>", x + 10.0);
    }
    for tick in TICKS {
        let x = across(tick);
        let name = if tick > 1.0 { format!("{tick}×") } else { "llama.cpp".to_owned() };
        let _ = writeln!(
            out,
            "<line x1=\"{x:.0}\" x2=\"{x:.0}\" y1=\"{:.0}\" y2=\"{bottom:.0}\"/>\
             <text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{name}</text>",
            TOP - 12.0,
            bottom + 22.0
        );
    }
    for (row, line) in lines.iter().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        let _ = writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 46.0,
            y - 1.0,
            line.work
        );
        for (place, ratios) in line.ratios.iter().enumerate() {
            // A lane for each model, so that dots of two do not hide each other.
            let lane = y - 6.0 + 7.0 * (place as f64 - (models.len() as f64 - 1.0) / 2.0);
            for ratio in ratios {
                dot(&mut out, across(*ratio), lane, place);
            }
        }
    }
    out + "</svg>\n"
}

/// Where a ratio lies on the axis; one beyond its ends lies at the end.
fn across(ratio: f64) -> f64 {
    let share = (ratio / AXIS.0).ln() / (AXIS.1 / AXIS.0).ln();
    LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0)
}

fn dot(out: &mut String, x: f64, y: f64, place: usize) {
    let colour = COLOURS[place % COLOURS.len()];
    let _ = writeln!(
        out,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\" fill-opacity=\"0.75\"/>"
    );
}
