//! Figures of the report over lines worked out by hand.

use carrel_suite::item::{Expected, Language};
use carrel_suite::report::{Report, gaps, html, markdown, summarise};
use carrel_suite::run::weigh::Weight;
use carrel_suite::run::{Done, Ladder};
use carrel_suite::score::{Ended, Score};
use carrel_suite::split::Split;

fn line(split: Split, expected: Expected, gold: u32, gold_cited: u32, declined: bool) -> Done {
    let must_decline = expected == Expected::NotInDocument;
    Done {
        id: "a".into(),
        case: "a".into(),
        case_items: 1,
        arm: "carrel".into(),
        ladder: Ladder::EndToEnd,
        task: "absent".into(),
        variant: "x".into(),
        language: Language::English,
        split,
        style: "flowing".into(),
        length_tokens: 8192,
        question: "?".into(),
        wanted: Vec::new(),
        expected,
        answer: String::new(),
        ended: if declined { Ended::Declined } else { Ended::Answered },
        score: Score {
            exact: gold_cited > 0,
            contains: gold_cited > 0,
            declined,
            status_right: declined == must_decline,
            gold,
            gold_cited,
            gold_read: gold_cited,
            citations: 4,
            citations_right: 1,
            fabricated: 0,
        },
        passages_read: 2,
        prompt_tokens: 0,
        output_tokens: 0,
        elapsed_us: 1000,
        ingest_us: 1,
        estimate: None,
        peak_growth_bytes: None,
    }
}

#[test]
fn figures_are_those_of_the_lines() {
    let lines = [
        line(Split::Seen, Expected::Answered, 2, 2, false),
        line(Split::Seen, Expected::Answered, 2, 1, false),
        line(Split::Seen, Expected::Answered, 1, 0, true),
        line(Split::Seen, Expected::NotInDocument, 0, 0, true),
        line(Split::Seen, Expected::NotInDocument, 0, 0, false),
        line(Split::HeldOut, Expected::Answered, 4, 1, false),
    ];
    let summaries = summarise(&lines, false);
    assert_eq!(summaries.len(), 2);
    let seen = summaries.iter().find(|one| one.split == "seen").expect("there");
    assert_eq!(seen.questions, 5);
    assert_eq!(seen.exact, Some(2.0 / 3.0));
    assert_eq!(seen.gold_cited, Some(0.6));
    assert_eq!(seen.all_gold_cited, Some(1.0 / 3.0));
    assert_eq!(seen.citation_precision, Some(0.25));
    assert_eq!(seen.decline_f1, Some(0.5), "1 of 2 declined rightly, 1 wrongly");
    assert_eq!(seen.passages_read, 2.0);
    let found = gaps(&summaries);
    assert_eq!(found.len(), 1);
    assert!((found[0].3 - 0.35).abs() < 1e-9, "60 % against 25 %");
    // Five points behind is not more than five: 19 of 20 against 20 of 20.
    let behind = |cited| line(Split::HeldOut, Expected::Answered, 20, cited, false);
    let whole = line(Split::Seen, Expected::Answered, 20, 20, false);
    assert!(gaps(&summarise(&[whole.clone(), behind(19)], false)).is_empty());
    assert_eq!(gaps(&summarise(&[whole, behind(18)], false)).len(), 1);
    let page = html::page(&Report::of(&lines, &[]));
    assert!(page.contains("<svg") && page.contains("absent.x") && !page.contains("http"));
    let table = markdown::table(&summaries);
    assert!(table.contains("| absent | end_to_end | carrel | en | 8K | seen | 5 | 66.7 |"));
}

#[test]
fn a_held_out_case_that_is_answered_where_it_had_to_be_declined_counts() {
    let missing = |split, declined| Done {
        task: "sherlock".into(),
        variant: "fragment_missing".into(),
        ..line(split, Expected::NotInDocument, 0, 0, declined)
    };
    let proved = |split| Done {
        task: "sherlock".into(),
        variant: "provable".into(),
        ..line(split, Expected::Answered, 6, 6, false)
    };
    let of = |n_seen: usize, n_held_out: usize| {
        let mut lines = vec![proved(Split::Seen), proved(Split::HeldOut)];
        lines.extend((0..12).map(|at| missing(Split::Seen, at < n_seen)));
        lines.extend((0..12).map(|at| missing(Split::HeldOut, at < n_held_out)));
        gaps(&summarise(&lines, false))
    };
    assert_eq!(of(12, 12), []);
    let found = of(12, 11);
    assert_eq!((found.len(), found[0].1.as_str()), (1, "sherlock"));
    assert!((found[0].3 - 1.0 / 12.0).abs() < 1e-9, "one of twelve");
    // The seen side may be the worse one, and nothing is held out where nothing had to be declined.
    assert_eq!(of(11, 12), []);
    assert_eq!(gaps(&summarise(&[missing(Split::Seen, true), proved(Split::HeldOut)], false)), []);
}

#[test]
fn bars_and_costs_are_those_of_the_lines() {
    let timed = |length_tokens, elapsed_us, estimate| Done {
        task: "sherlock".into(),
        case: format!("{length_tokens}"),
        length_tokens,
        elapsed_us,
        ingest_us: 1_000_000,
        estimate: Some((0, estimate)),
        ..line(Split::Seen, Expected::Answered, 4, 4, false)
    };
    let lines = [
        timed(32 << 10, 100_000, 114_000),
        timed(32 << 10, 1_000, 10_999),
        timed(4 << 20, 130_000, 160_000),
    ];
    let report = Report::of(&lines, &[]);
    let costs: Vec<_> =
        report.costs.iter().map(|cost| (cost.length_tokens, cost.median_us)).collect();
    assert_eq!(costs, [(32 << 10, 1_000), (4 << 20, 130_000)]);
    assert_eq!(report.costs[0].forecast_held, Some(1.0), "within 15 %, within 10 ms");
    assert_eq!(report.costs[1].forecast_held, Some(0.0), "23 % too high");
    assert_eq!(report.costs[0].ingest_bytes_per_s, Some(131_072.0));
    let bar = |what: &str| {
        let found = report.bars.iter().find(|bar| bar.what.contains(what));
        found.map(|bar| (bar.measured.as_str(), bar.is_met)).expect(what)
    };
    assert_eq!(bar("passages, 32K"), ("100.0 %", true), "2 passages for 4 fragments");
    assert_eq!(bar("time of an answer"), ("130.00×", false));
    assert_eq!(bar("fabricated"), ("0", true));
    assert_eq!(bar("ingest"), ("16.8 MB", true), "of the longest documents");
    assert_eq!(bar("forecasts"), ("66.7 %", false));
    assert!(!report.bars.iter().any(|bar| bar.what.contains("needle")), "nothing was asked");
}

#[test]
fn weights_are_compared_by_length() {
    let weight = |length_tokens: usize, peaks: [u64; 3], first_answer_us| Weight {
        case: format!("{length_tokens}"),
        length_tokens,
        text_bytes: 1_000_000,
        index_bytes: 700_000,
        ingest_us: 250_000,
        ingest_peak_bytes: Some(peaks[0]),
        answer_peak_bytes: vec![peaks[1], peaks[2]],
        first_answer_us: vec![5_000, first_answer_us],
    };
    let report = Report::of(
        &[],
        &[
            weight(32 << 10, [16_000_000, 11_000_000, 12_000_000], 6_000),
            weight(4 << 20, [16_800_000, 11_000_000, 15_000_000], 1_200_000),
        ],
    );
    let bar = |what: &str| {
        let found = report.bars.iter().find(|bar| bar.what.contains(what));
        found.map(|bar| (bar.measured.as_str(), bar.is_met)).expect(what)
    };
    assert_eq!(bar("taking in"), ("1.05×", true));
    assert_eq!(bar("answering"), ("1.25×", false), "15 of 12 MB");
    assert_eq!(bar("the largest"), ("16.8 MB", true));
    assert_eq!(bar("index a byte"), ("0.70", true));
    assert_eq!(bar("first answer"), ("1.20 s", false));
    assert_eq!(report.weights[1].ingest_bytes_per_s, 4_000_000.0);
}
