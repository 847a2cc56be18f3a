//! The summary table for the committed record.

use std::fmt::Write;

use super::{Summary, gaps, length_name, percent};

/// A table with a row a summary, and the gaps between seen and held out below it.
pub fn table(summaries: &[Summary]) -> String {
    let mut out = String::from(
        "| task | ladder | arm | language | length | split | questions | exact % | contains % | \
         gold cited % | all gold cited % | gold read % | precision % | F1 of declining % | \
         fabricated | model tokens | ms an answer | passages |\n",
    );
    out.push_str(&"|---".repeat(18));
    out.push_str("|\n");
    for row in summaries {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {:.1} | {:.1} |",
            row.task,
            row.ladder,
            row.arm,
            row.language,
            length_name(row.length_tokens),
            row.split,
            row.questions,
            percent(row.exact),
            percent(row.contains),
            percent(row.gold_cited),
            percent(row.all_gold_cited),
            percent(row.gold_read),
            percent(row.citation_precision),
            percent(row.decline_f1),
            row.fabricated,
            row.model_tokens,
            row.elapsed_us as f64 / 1000.0,
            row.passages_read,
        );
    }
    let gaps = gaps(summaries);
    if !gaps.is_empty() {
        out.push_str("\nHeld out more than 5 points behind seen, by gold fragments cited or questions declined:\n\n");
    }
    for (arm, task, length, gap) in gaps {
        let _ = writeln!(out, "* {arm}, {task} at {}: {:.1}", length_name(length), gap * 100.0);
    }
    out
}
