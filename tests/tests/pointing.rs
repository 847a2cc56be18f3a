//! Plans with a scripted model: what it is shown, what its replies become, and that no quote is made up.
//!
//! The people, places and sentences are this test's own; nothing in `core` knows them.

use carrel_core::memory::{
    Answer, AskOptions, Capability, Foresight, Profile, Reading, Reply, Request, Speed, Status,
    TextModel, Thread,
};
use carrel_tests::shelf::Shelf;

/// A model that points to the first sentence that holds one of its words, and remembers its prompts.
struct Scripted {
    words: &'static [&'static str],
    span: bool,
    context: usize,
    /// Whether every mark and digit is a token, as in a small vocabulary.
    marks: bool,
    windows: Vec<String>,
}

impl Scripted {
    fn new(words: &'static [&'static str], span: bool) -> Self {
        Self { words, span, context: 4_096, marks: false, windows: Vec::new() }
    }
}

impl Foresight for Scripted {
    fn context_tokens(&self) -> usize {
        self.context
    }

    fn tokens_in(&self, text: &str) -> usize {
        if self.marks {
            let is_mark = |c: &char| !c.is_alphabetic() && *c != ' ';
            return text.split_whitespace().count() + text.chars().filter(is_mark).count();
        }
        text.len().div_ceil(4)
    }
}

impl TextModel for Scripted {
    fn read(&mut self, request: &Request) -> carrel_core::Result<Reply> {
        self.windows.push(request.window.to_owned());
        let texts = [request.system, request.window, request.question];
        let n_tokens: usize = texts.into_iter().map(|text| self.tokens_in(text)).sum();
        assert!(n_tokens <= self.context, "{n_tokens} tokens for {}", self.context);
        let found = request.window.lines().find_map(|line| {
            let word = self.words.iter().find(|word| line.contains(**word))?;
            let number = line.trim_start_matches('[').split(']').next()?;
            Some(if self.span { format!("{number}: {word}") } else { number.to_owned() })
        });
        let text = found.unwrap_or_else(|| "NONE".to_owned());
        let prompt = request.system.len() + request.window.len() + request.question.len();
        let (prompt_tokens, output_tokens) = ((prompt / 4) as u64, (text.len() / 4 + 1) as u64);
        Ok(Reply { text, prompt_tokens, output_tokens, ..Reply::default() })
    }
}

fn with_model(shelf: &Shelf, model: &mut Scripted, question: &str, options: &AskOptions) -> Answer {
    let answer = shelf.library.ask_with(question, options, Some(model)).unwrap();
    shelf.check(&answer);
    answer
}

#[test]
fn a_model_points_and_code_copies() {
    let shelf = Shelf::of(&[
        "Over supper Ines Marl spoke of the ferry and its price.",
        "The ferryman wanted eleven crowns from everybody, Ines Marl as well.",
    ]);
    let question = "What did the ferry cost Ines Marl?";
    let mut model = Scripted::new(&["eleven crowns"], true);
    let answer = with_model(&shelf, &mut model, question, &AskOptions::default());
    assert_eq!((answer.status, answer.answer.as_str()), (Status::Answered, "eleven crowns"));
    assert_eq!(answer.citations.len(), 1);
    assert!(answer.usage.prompt_tokens > 0 && answer.usage.output_tokens > 0);
    // The window comes before the question and ends in the middle of nothing.
    assert!(model.windows.iter().all(|window| window.starts_with("[1] ")));

    // A model that finds nothing outweighs weak evidence.
    let question = "What did the ferry over the water cost Ines Marl?";
    assert_eq!(shelf.ask(question).status, Status::Answered);
    let mut model = Scripted::new(&["no such words"], false);
    let answer = with_model(&shelf, &mut model, question, &AskOptions::default());
    assert_eq!(answer.status, Status::NotInDocument);
}

#[test]
fn reading_stops_when_the_slot_is_filled_and_goes_on_for_lists() {
    let facts = [
        "Ines Marl sent a parcel with a clock.",
        "Ines Marl sent a parcel with a kettle.",
        "Ines Marl sent a parcel with a saddle.",
    ];
    let shelf = Shelf::of(&facts);
    let mut model = Scripted::new(&["sent a parcel"], false);
    with_model(
        &shelf,
        &mut model,
        "What was in the parcel that Ines Marl sent?",
        &AskOptions::default(),
    );
    assert_eq!(model.windows.len(), 1, "the first reading fills the slot");

    let mut model = Scripted::new(&["clock", "kettle", "saddle"], true);
    let question = "List everything that was in parcels sent by Ines Marl.";
    let answer = with_model(&shelf, &mut model, question, &AskOptions::default());
    assert!(model.windows.len() > 1);
    let distinct =
        answer.citations.iter().map(|c| c.start).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(distinct.len(), answer.citations.len(), "no evidence is written twice");

    // Whoever listens hears every quote of the answer before the answer, in its order.
    let mut model = Scripted::new(&["clock", "kettle", "saddle"], true);
    let mut heard = Vec::new();
    let (mut thread, options) = (Thread::default(), AskOptions::default());
    let told = shelf
        .library
        .ask_telling(&mut thread, question, &options, Some(&mut model), &mut |quote| {
            heard.push(quote);
        })
        .unwrap();
    assert_eq!((told.answer, told.citations), (answer.answer, heard));
}

#[test]
fn a_hop_that_the_rules_cannot_read_is_pointed_to() {
    let shelf = Shelf::of(&[
        "Everybody in the village knew Oda Brenn for the mother who had brought up Ines Marl.",
        "Oda Brenn's father is Tam Brenn.",
    ]);
    let question = "Who is the father of the mother of Ines Marl?";
    let mut model = Scripted::new(&["Oda Brenn"], true);
    let answer = with_model(&shelf, &mut model, question, &AskOptions::default());
    assert_eq!(answer.answer, "Tam Brenn");
    assert_eq!(answer.citations.len(), 2);
}

#[test]
fn a_budget_that_ends_is_said() {
    let shelf = Shelf::of(&["Ines Marl sent a parcel with a clock."]);
    let options = AskOptions { most_tokens: Some(10), ..AskOptions::default() };
    let mut model = Scripted::new(&["clock"], false);
    let question = "What was in the parcel that Ines Marl sent?";
    let answer = with_model(&shelf, &mut model, question, &options);
    assert_eq!(answer.status, Status::BudgetEnded);
    assert!(model.windows.is_empty());

    let many: Vec<String> = (0..400).map(|n| format!("X_{n} = X_{}", n + 1)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).chain(["X_400 = 17"]).collect();
    let shelf = Shelf::of(&many);
    let options = AskOptions { profile: Profile::Instant, ..AskOptions::default() };
    let answer = shelf.library.ask("Which variables have the value 17?", &options).unwrap();
    assert_eq!(answer.status, Status::BudgetEnded);
    assert!(answer.answer.contains("X_400") && answer.usage.passages_read <= 96);
}

#[test]
fn of_a_window_longer_than_the_context_the_part_with_the_candidate_is_shown() {
    let shelf = Shelf::of(&[
        "Over supper Ines Marl spoke of the ferry and its price.",
        "The ferryman wanted eleven crowns from everybody, Ines Marl as well.",
    ]);
    let question = "What did the ferry cost Ines Marl?";
    let mut model = Scripted { context: 320, ..Scripted::new(&["eleven crowns"], true) };
    // The part with the answer has far less of the question than the first one.
    let all = AskOptions { profile: Profile::Exhaustive, ..AskOptions::default() };
    let answer = with_model(&shelf, &mut model, question, &all);
    assert_eq!((answer.status, answer.answer.as_str()), (Status::Answered, "eleven crowns"));
    for window in &model.windows {
        assert!(window.contains("Ines Marl"), "nothing else was found: {window}");
        assert!(window.len().div_ceil(4) < model.context, "{window}");
    }
    // A context that no sentence fits into is asked nothing.
    let mut model = Scripted { context: 120, ..Scripted::new(&["eleven crowns"], true) };
    with_model(&shelf, &mut model, question, &AskOptions::default());
    assert_eq!(model.windows, [""; 0]);
}

#[test]
fn many_short_sentences_fit_the_context_of_a_small_vocabulary() {
    let runs: Vec<String> = (0..150).map(|n| format!("Ines Marl ran {n}.")).collect();
    let shelf = Shelf::of(&[runs.join(" ").as_str()]);
    let mut model = Scripted { context: 600, marks: true, ..Scripted::new(&["ran 77"], true) };
    with_model(&shelf, &mut model, "List all that Ines Marl ran.", &AskOptions::default());
    assert!(model.windows.iter().any(|window| window.lines().count() > 20), "{:?}", model.windows);
}

#[test]
fn an_estimate_is_close_to_what_is_read() {
    let facts: Vec<String> =
        (0..12).map(|n| format!("Ines Marl sent a parcel with clock number {n}.")).collect();
    let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
    let shelf = Shelf::of(&facts);
    let question = "List all parcels that Ines Marl sent.";
    let options = AskOptions::default();
    let speed = Speed { prompt_tokens_per_s: 100.0, output_tokens_per_s: 10.0 };
    let points = Capability { reading: Reading::Points, writes: false, speed: Some(speed) };
    let estimate = shelf.library.estimate(question, &options, Some(points)).unwrap();
    let mut model = Scripted::new(&["no such words"], false);
    let answer = with_model(&shelf, &mut model, question, &options);
    assert_eq!(estimate.windows as usize, model.windows.len());
    let ratio = estimate.prompt_tokens as f64 / answer.usage.prompt_tokens as f64;
    assert!((0.85..1.15).contains(&ratio), "{estimate:?} against {:?}", answer.usage);
    let model_s = estimate.prompt_tokens as f64 / 100.0 + estimate.output_tokens as f64 / 10.0;
    assert!(estimate.seconds.unwrap() > model_s && estimate.peak_bytes > 0);
    let free = shelf.library.estimate(question, &options, None).unwrap();
    assert_eq!((free.windows, free.prompt_tokens), (0, 0));
}

/// What is estimated with a model at hand is what an answer with it costs, whatever plan answers.
#[test]
fn an_estimate_follows_the_plan_of_the_question() {
    let facts = [
        "Everybody in the village knew Oda Brenn for the mother who had brought up Ines Marl.",
        "Oda Brenn's father is Tam Brenn.",
        "Ines Marl sent a parcel with a clock.",
        "Ines Marl sent a parcel with a kettle.",
        "Silas Orr went to the mill. Silas Orr took the lamp there.",
    ];
    let shelf = Shelf::of(&facts);
    let options = AskOptions::default();
    for (question, words) in [
        // The reply leads no further, as none is expected to.
        ("Who is the father of the mother of Ines Marl?", &["no such words"] as &[&str]),
        ("What was in the parcel that Ines Marl sent?", &["sent a parcel"]),
        ("List everything that was in parcels sent by Ines Marl.", &["clock", "kettle"]),
        ("Where is the lamp?", &["mill"]),
        ("How many times did Silas Orr go to the mill?", &["mill"]),
        ("Who found the anchor?", &["anchor"]),
    ] {
        let mut model = Scripted::new(words, false);
        let estimate = shelf.library.estimate_with(question, &options, &model).unwrap();
        assert!(model.windows.is_empty(), "nobody is asked for an estimate");
        let answer = with_model(&shelf, &mut model, question, &options);
        assert_eq!(estimate.windows as usize, model.windows.len(), "{question}");
        let (wanted, got) = (answer.usage.prompt_tokens, estimate.prompt_tokens);
        assert!(wanted.abs_diff(got) * 100 <= wanted * 15, "{question}: {got} of {wanted}");
        assert_eq!(estimate.passages, answer.usage.passages_read, "{question}");
        assert_eq!(estimate.seconds.is_some(), model.windows.is_empty(), "{question}");
    }
}

#[test]
fn for_one_thing_only_the_best_places_are_read_and_of_the_latest_the_newest_first() {
    let filler = "The rain went on over the hills and nobody came down to the harbour that day. ";
    let part = |fact: &str| format!("{fact}\n\n{}", format!("{}\n\n", filler.repeat(6)).repeat(16));
    let text: Vec<String> = [
        "The rent of Ines Marl is 40 crowns.",
        "The rent of Ines Marl is 50 crowns.",
        "Ines Marl spoke of the ferry.",
        "The rent of Ines Marl is 60 crowns.",
    ]
    .map(part)
    .to_vec();
    let shelf = Shelf::of(&text.iter().map(String::as_str).collect::<Vec<_>>());
    let asked = |question: &str, words: &'static [&'static str], profile| {
        let mut model = Scripted::new(words, true);
        let options = AskOptions { profile, ..AskOptions::default() };
        let answer = with_model(&shelf, &mut model, question, &options);
        (answer.answer, model.windows)
    };
    let amounts: &[&str] = &["40 crowns", "50 crowns", "60 crowns"];
    let latest = "What is the latest rent of Ines Marl?";
    assert_eq!(asked(latest, amounts, Profile::Normal).0, "60 crowns");
    assert_eq!(
        asked("What was the first rent of Ines Marl?", amounts, Profile::Normal).0,
        "40 crowns"
    );
    let (_, windows) = asked(latest, &["no such words"], Profile::Normal);
    assert!(windows.iter().all(|window| window.contains("The rent")), "{}", windows.len());
    let (_, more) = asked(latest, &["no such words"], Profile::Exhaustive);
    assert!(more.len() > windows.len(), "{} of {}", more.len(), windows.len());
    assert_eq!(more[..windows.len()], windows, "the best come first");
}

#[test]
fn no_quote_is_ever_made_up() {
    let facts = [
        "Ines Marl met “Tam” at 7 o’clock — naïve as ever.",
        "李明去了上海。他带着一盏灯。",
        "Tam Brenn's son, Silas, owed 40 crowns to the café.",
        "QX = 55",
    ];
    let shelf = Shelf::of(&facts);
    let words: Vec<&str> = facts.iter().flat_map(|fact| fact.split(' ')).collect();
    let openers = [
        "Who",
        "Where is",
        "What is the value of",
        "How many times did",
        "List all",
        "什么",
        "Why did",
    ];
    let mut state = 7_usize;
    for round in 0..300 {
        let mut question = openers[round % openers.len()].to_owned();
        for _ in 0..1 + round % 5 {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
            question.push(' ');
            question.push_str(words[(state >> 8) % words.len()]);
        }
        shelf.ask(&(question + "?"));
        if round % 3 == 0 {
            let mut model = Scripted::new(&["Tam", "灯", "QX"], round % 2 == 0);
            with_model(&shelf, &mut model, "Who met Ines Marl?", &AskOptions::default());
        }
    }
}
