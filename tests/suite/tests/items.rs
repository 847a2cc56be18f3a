//! Every case of a small plan, judged without any product: are spans where they should be, answers
//! in the proof, sides of the split apart, and equal orders equal?

use std::collections::HashSet;

use carrel_suite::item::{Expected, Item, Language};
use carrel_suite::run::plan::Plan;
use carrel_suite::score::{Characters, normalised};
use carrel_suite::split::Split;
use carrel_suite::tasks::{Order, Task, phrasings};

fn orders() -> Vec<Order> {
    Plan { lengths: vec![8 << 10], cases: 2, ..Plan::default() }.orders()
}

#[test]
fn cases_are_sound_and_the_same_every_time() {
    let mut ids = HashSet::new();
    for order in orders() {
        let case = Task::make(&order, None).expect("sound");
        assert_eq!(case, Task::make(&order, None).expect("sound"), "{}", case.id);
        let chars = case.document.chars().count();
        let wanted = order.language.chars(order.length_tokens);
        let long_enough = chars * 10 > wanted * 9 && chars * 10 < wanted * 12;
        assert!(long_enough, "{}: {chars} characters for {wanted}", case.id);
        assert!(!case.items.is_empty(), "{}", case.id);
        let document = Characters::of(&case.document);
        for item in &case.items {
            assert!(ids.insert(item.id.clone()), "{} comes twice", item.id);
            check(item, &document);
        }
    }
}

fn check(item: &Item, document: &Characters) {
    let text = |span| document.slice(span).unwrap_or_else(|| panic!("{}: beyond", item.id));
    let aggregate = matches!(item.task.as_str(), "common_words" | "frequent_words");
    assert_eq!(item.expected == Expected::NotInDocument, item.answers.is_empty(), "{}", item.id);
    assert_eq!(item.gold.is_empty(), item.answers.is_empty() || aggregate, "{}", item.id);
    let proof: String = item.gold.iter().map(|span| text(*span)).collect::<Vec<_>>().join(" ");
    let proof = normalised(&proof);
    for wordings in &item.answers {
        // A number of visits stands nowhere; everything else has to be in the proof.
        let counted = item.variant == "times" || aggregate;
        let there = wordings.iter().any(|wording| proof.contains(&normalised(wording)));
        assert!(counted || there, "{}: {wordings:?} is not in {proof}", item.id);
    }
    if item.language == Language::English {
        for span in item.gold.iter().chain(&item.related) {
            let fragment = text(*span);
            let first = fragment.chars().next().expect("not empty");
            assert!(!first.is_lowercase(), "{}: {fragment}", item.id);
        }
    }
    let declined = ["other_property", "other_person", "nobody", "fragment_missing"];
    let must = declined.contains(&item.variant.as_str());
    assert_eq!(item.expected == Expected::NotInDocument, must, "{}", item.id);
    let least = if item.variant == "provable" { 5 } else { 1 };
    assert!(must || aggregate || item.gold.len() >= least, "{}: {:?}", item.id, item.gold);
    assert!(item.question.len() > 10 && !item.question.contains(['{', '<']), "{}", item.question);
}

#[test]
fn the_sides_of_the_split_share_no_wording() {
    let (seen, held_out) = (phrasings(Split::Seen), phrasings(Split::HeldOut));
    assert!(held_out.len() * 10 >= (seen.len() + held_out.len()) * 3, "about a third");
    let seen: HashSet<&str> = seen.into_iter().collect();
    assert!(held_out.iter().all(|entry| !seen.contains(entry)));
    // Questions with their names and values taken out are templates: the sides' do not meet.
    let mut templates = [HashSet::new(), HashSet::new()];
    for order in orders() {
        let case = Task::make(&order, None).expect("sound");
        for item in case.items.iter().filter(|item| item.language == Language::English) {
            let words = item.question.split_whitespace();
            let words = words.map(|word| word.trim_end_matches(['?', '.', ':', ',']));
            let plain = words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            let template: Vec<&str> = plain.collect();
            templates[usize::from(item.split == Split::HeldOut)].insert(format!(
                "{} {}",
                item.variant,
                template.join(" ")
            ));
        }
    }
    assert!(templates[0].len() > 30, "{}", templates[0].len());
    let both: Vec<_> = templates[0].intersection(&templates[1]).collect();
    assert!(both.is_empty(), "{both:?}");
}
