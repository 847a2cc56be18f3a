//! Questions in the forms that other people's long-context benchmarks have: needles with keys and values,
//! variable tracking, common and frequent words (as in NVIDIA's RULER, 2404.06654), facts about moves and
//! hand-overs (as in Facebook's bAbI, 1502.05698), and chains of kin (as in OpenCompass' NeedleBench,
//! 2407.11963).
//!
//! The sentences are this test's own; the filler is too. Everything is answered without a model.

use carrel_core::memory::{Answer, AskOptions, Library, Source, Status};

/// Filler between the facts: prose that says nothing of them.
fn filler(seed: usize, sentences: usize) -> String {
    const OPENINGS: &[&str] = &["The grass was green.", "The sky was blue.", "The sun was yellow."];
    const REST: &[&str] = &["Here we go.", "There and back again.", "It had rained all night."];
    let sentence = |at: usize| match (seed + at) % 2 {
        0 => OPENINGS[(seed * 7 + at) % OPENINGS.len()],
        _ => REST[(seed * 5 + at) % REST.len()],
    };
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

fn between(facts: &[&str]) -> String {
    let mut out = String::new();
    for (at, fact) in facts.iter().enumerate() {
        out.push_str(&filler(at, 60));
        out.push(' ');
        out.push_str(fact);
        out.push(' ');
    }
    out + &filler(facts.len(), 60)
}

fn ask(text: &str, question: &str) -> Answer {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("doc", text)).unwrap();
    library.ask(question, &AskOptions::default()).unwrap()
}

/// The parts of an answer, sorted.
fn parts(answer: &Answer) -> Vec<String> {
    let mut parts: Vec<String> = answer
        .answer
        .split([',', '，'])
        .map(|part| part.trim().trim_end_matches('.').to_lowercase())
        .collect();
    parts.sort();
    parts
}

#[track_caller]
fn expect(text: &str, question: &str, wanted: &[&str]) {
    let answer = ask(text, question);
    assert_eq!(answer.status, Status::Answered, "{question}: {answer:?}");
    let mut wanted: Vec<String> = wanted.iter().map(|part| part.to_lowercase()).collect();
    wanted.sort();
    assert_eq!(parts(&answer), wanted, "{question}: {answer:?}");
}

#[track_caller]
fn expect_none(text: &str, question: &str) {
    let answer = ask(text, question);
    assert_eq!(answer.status, Status::NotInDocument, "{question}: {answer:?}");
}

#[test]
fn needles_of_every_form() {
    let text = between(&[
        "One of the special magic numbers for rapid-turnip is: 4417385.",
        "One of the special magic numbers for muddy-lantern is: 9021174.",
        "One of the special magic numbers for rapid-turnip is: 1186402.",
        "One of the special magic numbers for stern-gravel is: 7730915.",
        "One of the special magic uuids for quiet-saddle is: 5d0c1f6e-81a2-4b7e-9c55-30f1b2a7c9d4.",
    ]);
    expect(
        &text,
        "What is the special magic number for muddy-lantern mentioned in the provided text?",
        &["9021174"],
    );
    expect(
        &text,
        "What are all the special magic numbers for rapid-turnip mentioned in the provided text?",
        &["4417385", "1186402"],
    );
    expect(
        &text,
        "What are all the special magic numbers for rapid-turnip, muddy-lantern, and stern-gravel \
         mentioned in the provided text?",
        &["4417385", "1186402", "9021174", "7730915"],
    );
    expect(
        &text,
        "What is the special magic uuid for quiet-saddle mentioned in the provided text?",
        &["5d0c1f6e-81a2-4b7e-9c55-30f1b2a7c9d4"],
    );
    expect_none(
        &text,
        "What is the special magic number for rapid-lantern mentioned in the provided text?",
    );
}

#[test]
fn a_haystack_of_needles() {
    let facts: Vec<String> = (0..400)
        .map(|at| {
            format!(
                "One of the special magic numbers for key-{at}-of-many is: {}.",
                5_000_000 + at * 37
            )
        })
        .collect();
    expect(
        &facts.join(" "),
        "What is the special magic number for key-7-of-many mentioned in the provided text?",
        &["5000259"],
    );
}

#[test]
fn variables_are_tracked() {
    let facts = [
        "VAR QHZ = 48125",
        "VAR LMP = 77310",
        "VAR TRD = VAR QHZ",
        "VAR WBX = VAR LMP",
        "VAR JKN = VAR TRD",
    ];
    expect(
        &between(&facts),
        "Find all variables that are assigned the value 48125 in the text above.",
        &["QHZ", "TRD", "JKN"],
    );
    // Other words for the same.
    let told = [
        "Now QHZ stands for 48125.",
        "By the way, LMP stands for 77310.",
        "TRD is handed whatever QHZ contained.",
        "WBX mirrors LMP.",
        "JKN mirrors TRD.",
    ];
    expect(&between(&told), "Which variables stand for 48125?", &["QHZ", "TRD", "JKN"]);
}

#[test]
fn common_words_of_a_list() {
    let common = ["turnip", "several", "lantern", "gravel"];
    let mut words: Vec<String> = Vec::new();
    for round in 0..12 {
        for word in common {
            words.push(word.to_owned());
        }
        for rare in 0..20 {
            words.push(
                format!("word{}x", char::from(b'a' + ((round * 20 + rare) % 26) as u8)) + "yz",
            );
        }
    }
    let list: Vec<String> =
        words.iter().enumerate().map(|(at, word)| format!("{}. {word}", at + 1)).collect();
    let text = format!(
        "Below is a numbered list of words. In these words, some appear more often than others. \
         Memorize the ones that appear most often.\n{}",
        list.join(" ")
    );
    for question in [
        "What are the 4 most common words in the above list?",
        "Which four words turn up more often than any other?",
    ] {
        let answer = ask(&text, question);
        let mut wanted: Vec<&str> = common.to_vec();
        wanted.sort_unstable();
        assert_eq!(parts(&answer), wanted, "{question}");
    }
}

#[test]
fn frequent_coded_words() {
    let mut text =
        String::from("Read the following coded text and track the frequency of each word. ");
    for round in 0..60_usize {
        for (word, every) in [("xqzrtb", 1), ("plmvkd", 2), ("wtghyc", 3), ("bbnrqs", 5)] {
            if round % every == 0 {
                text.push_str(word);
                text.push(' ');
            }
        }
        text.push_str(". ... . ...... ");
        text.push_str(&format!("{}zk ", ["mm", "nn", "oo", "pp", "qq", "rr"][round % 6]));
    }
    expect(
        &text,
        "What are the three most frequently appeared words in the above coded text? Do not provide \
         any explanation. Please ignore the dots '....'.",
        &["xqzrtb", "plmvkd", "wtghyc"],
    );
}

#[test]
fn one_two_and_three_supporting_facts() {
    let text = between(&[
        "Mabel went to the pantry.",
        "Rufus journeyed to the stable.",
        "Mabel picked up the kettle there.",
        "Mabel travelled to the porch.",
        "Rufus moved to the attic.",
        "Mabel discarded the kettle.",
        "Mabel went back to the stable.",
        "Rufus got the ladle there.",
        "Rufus moved to the porch.",
    ]);
    expect(&text, "Where is Mabel?", &["stable"]);
    expect(&text, "Where is the kettle?", &["porch"]);
    expect(&text, "Where was the kettle before the porch?", &["pantry"]);
    expect(&text, "Where is the ladle?", &["porch"]);
    expect(&text, "Where was the ladle before the porch?", &["attic"]);
}

#[test]
fn gifts_lists_counts_and_yes_or_no() {
    let text = between(&[
        "Rufus took the ladle there.",
        "Rufus gave the ladle to Mabel.",
        "Mabel grabbed the kettle.",
        "Mabel moved to the attic.",
        "Rufus is no longer in the pantry.",
        "Cecil is in the stable.",
        "Mabel dropped the kettle.",
        "Mabel got the whisk there.",
    ]);
    expect(&text, "Who gave the ladle to Mabel?", &["Rufus"]);
    expect(&text, "What did Rufus give to Mabel?", &["ladle"]);
    expect(&text, "Who did Rufus give the ladle to?", &["Mabel"]);
    expect(&text, "Who received the ladle?", &["Mabel"]);
    expect(&text, "What is Mabel carrying?", &["ladle", "whisk"]);
    let counted = ask(&text, "How many objects is Mabel carrying?");
    assert!(counted.answer.starts_with('2'), "{counted:?}");
    assert_eq!(ask(&text, "Is Mabel in the attic?").answer, "Yes");
    assert!(ask(&text, "Is Cecil in the attic?").answer.starts_with("No"));
    assert_eq!(ask(&text, "Is Rufus in the pantry?").answer, "No");
}

#[test]
fn ancestors_are_traced() {
    let text = between(&[
        "Mabel Thorne is not only Rufus Alder's mother but also Rufus Alder's role model.",
        "Rufus Alder considers Cecil Barrow as his child.",
        "For Mabel Thorne, Dora Quill is not just a father, but also a friend.",
        "Dora Quill, as the child of Edgar Moss, has much to thank for.",
    ]);
    expect(
        &text,
        "Who is the oldest relative that Cecil Barrow can trace back to in the context?",
        &["Edgar Moss"],
    );
    expect(&text, "Who is the mother of Rufus Alder?", &["Mabel Thorne"]);
    expect(&text, "Who is the father of the mother of Rufus Alder?", &["Dora Quill"]);
}

#[test]
fn corrections_and_first_values() {
    let text = between(&[
        "The locker number of Mabel Thorne was 311.",
        "Correction: the locker number of Mabel Thorne is 584, not 311.",
        "The locker number of Rufus Alder was 902.",
        "Mabel Thorne's locker number has since become 677.",
    ]);
    expect(&text, "What is the locker number of Mabel Thorne now?", &["677"]);
    expect(&text, "What was Mabel Thorne's original locker number?", &["311"]);
    expect(
        &text,
        "Once everything had been corrected, what was the locker number of Mabel Thorne?",
        &["677"],
    );
    expect_none(&text, "What is the berth number of Mabel Thorne?");
    expect_none(&text, "What is the locker number of Cecil Barrow?");
}

#[test]
fn properties_told_in_other_words() {
    let text = between(&[
        "Nobody in town could handle a fiddle like Mabel Thorne.",
        "Mabel Thorne kept house with a parrot that talked.",
        "Rufus Alder got his bread as a cooper.",
        "It was in Eskerwick that Rufus Alder first cried in his cradle.",
    ]);
    expect(&text, "Which instrument did Mabel Thorne play?", &["fiddle"]);
    expect(&text, "What was Mabel Thorne's pet?", &["parrot"]);
    expect(&text, "What was the profession of Rufus Alder?", &["cooper"]);
    expect(&text, "Where was Rufus Alder born?", &["Eskerwick"]);
    expect_none(&text, "Which instrument did Rufus Alder play?");
    expect_none(&text, "What animal did Rufus Alder keep?");
    expect_none(&text, "What was Mabel Thorne's profession?");
}

#[test]
fn chinese_keys_and_properties() {
    let text = [
        "早晨的风吹过山坡。蓝色木马的编号记作40417。溪水很凉。",
        "蓝色木马38号的编号是77123。院子里没有人。",
        "林小川的本行是修表匠。天黑得很早。林小川身旁总有一只鹦鹉。",
        "红色木马的编号是50981。雨下了一整夜。",
    ]
    .join("云慢慢散了。石桥上没有行人。");
    expect(&text, "蓝色木马的编号是多少？", &["40417"]);
    expect(&text, "蓝色木马38号的编号是什么？", &["77123"]);
    expect(&text, "请写出蓝色木马和红色木马的编号。", &["40417", "50981"]);
    expect(&text, "林小川靠什么谋生？", &["修表匠"]);
    expect(&text, "林小川养的是什么动物？", &["鹦鹉"]);
    expect_none(&text, "林小川会演奏什么乐器？");
    expect_none(&text, "绿色木马的编号是多少？");
}
