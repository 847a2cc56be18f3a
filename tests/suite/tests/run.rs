//! The runner end to end on short documents: lines, resuming, and floors below which the product
//! without a model must not fall.

use std::collections::HashSet;

use carrel_suite::run::arm::Arm;
use carrel_suite::run::library::LibraryArm;
use carrel_suite::run::plan::Plan;
use carrel_suite::run::{Done, Ladder, results, run};
use carrel_suite::tasks::{Order, Task};

fn arms() -> Vec<Box<dyn Arm>> {
    vec![Box::new(LibraryArm::new())]
}

fn all(orders: &[Order], out: &std::path::Path) -> Vec<Done> {
    run(orders, None, &mut arms(), &[Ladder::Oracle, Ladder::EndToEnd], out, &mut |_| true)
        .expect("runs");
    results(out).expect("readable")
}

#[test]
fn short_documents_are_asked_and_nothing_is_made_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Plan { lengths: vec![8 << 10], questions: 3, ..Plan::default() };
    let lines = all(&plan.orders(), &folder.path().join("results.jsonl"));
    let tasks: HashSet<&str> = lines.iter().map(|line| line.task.as_str()).collect();
    assert_eq!(tasks.len(), Task::ALL.len());
    let fabricated: u32 = lines.iter().map(|line| line.score.fabricated).sum();
    assert_eq!(fabricated, 0, "quotes that are not in the document");
    let needles = lines.iter().filter(|line| {
        line.ladder == Ladder::EndToEnd
            && matches!(line.variant.as_str(), "single_1" | "single_2" | "multikey_1")
    });
    let (gold, cited) = needles.fold((0, 0), |(gold, cited), line| {
        (gold + line.score.gold, cited + line.score.gold_cited)
    });
    assert!(gold >= 15 && cited * 10 >= gold * 9, "{cited} of {gold} plain needles are cited");
}

#[test]
fn a_stopped_run_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("results.jsonl");
    let plan = Plan {
        tasks: vec![Task::Absent, Task::Update],
        lengths: vec![2 << 10],
        questions: 2,
        ..Plan::default()
    };
    let orders = plan.orders();
    let mut n_lines = 0;
    let stopped = run(&orders, None, &mut arms(), &[Ladder::EndToEnd], &out, &mut |heard| {
        n_lines += usize::from(heard.done.is_some());
        n_lines < 3
    });
    assert!(stopped.is_err(), "it was stopped");
    // A crash in the middle of a line.
    let half = std::fs::read_to_string(&out).expect("readable") + "{\"id\":\"absent";
    std::fs::write(&out, half).expect("writable");
    let kept = results(&out).expect("the half line is no result yet");
    assert_eq!(kept.len(), 3);
    run(&orders, None, &mut arms(), &[Ladder::EndToEnd], &out, &mut |_| true).expect("runs");
    let lines = results(&out).expect("readable");
    let ids: HashSet<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids.len(), lines.len(), "nothing twice");
    assert_eq!(lines.len(), orders.len() * 2);
    assert_eq!(lines[..3], kept[..]);
}
