//! Lines over lengths of documents as an SVG of its own.

use std::fmt::Write;

use super::length_name;

/// A line: its name and its points, length in tokens and share from 0 to 1.
pub struct Series {
    /// What it shows.
    pub name: String,
    /// Its points by length.
    pub points: Vec<(usize, f64)>,
}

const COLOURS: &[&str] = &["#1b6ca8", "#c8553d", "#3a7d44", "#8a5a9e", "#b8860b", "#444444"];
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 36.0;
const TOP: f64 = 24.0;

/// The plot, with lengths doubling along the x axis.
pub fn plot(title: &str, series: &[Series]) -> String {
    let mut lengths: Vec<usize> =
        series.iter().flat_map(|line| line.points.iter().map(|point| point.0)).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let at = |length: usize| {
        let place = lengths.iter().position(|other| *other == length).unwrap_or(0);
        LEFT + (WIDTH - LEFT - 16.0) * place as f64 / (lengths.len().max(2) - 1) as f64
    };
    let up = |share: f64| TOP + (HEIGHT - TOP - 24.0) * (1.0 - share);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {}\" width=\"{WIDTH}\" role=\"img\" aria-label=\"{title}\">\
         <text x=\"{LEFT}\" y=\"14\" font-weight=\"bold\">{title}</text>",
        HEIGHT + 14.0 * series.len() as f64
    );
    for share in [0.0, 0.5, 1.0] {
        let y = up(share);
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#ccc\"/>\
             <text x=\"2\" y=\"{}\">{:.0}%</text>",
            y + 4.0,
            share * 100.0
        );
    }
    for length in &lengths {
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            at(*length) - 8.0,
            HEIGHT - 8.0,
            length_name(*length)
        );
    }
    for (index, line) in series.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let points: Vec<String> = line
            .points
            .iter()
            .map(|(length, share)| format!("{:.1},{:.1}", at(*length), up(*share)))
            .collect();
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        for point in &points {
            let (x, y) = point.split_once(',').unwrap_or(("0", "0"));
            let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
        }
        let _ = write!(
            out,
            "<text x=\"{LEFT}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            HEIGHT + 8.0 + 14.0 * index as f64,
            line.name
        );
    }
    out + "</svg>"
}
