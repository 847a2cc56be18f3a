//! Wordings of what is so: values of owners, kin, and what replaces what was so before.

use super::names::{CHINESE_KINDS, KINDS, chinese_key, chinese_person, key, number, person};
use super::{List, STRIDE, Tally, ask, fill, shelf};

/// Every question about every owner, of whom one statement tells one value.
pub fn facts(list: &List, chinese: bool, keyed: bool) -> Tally {
    let mut tally = Tally::default();
    let values: Vec<&str> = list.get("V").map(|v| v[0].split(", ").collect()).unwrap_or_default();
    let mut told = Vec::new();
    for (at, wording) in list["S"].iter().enumerate() {
        let owner = match (chinese, keyed) {
            (false, true) => key(at),
            (false, false) => person(at),
            (true, true) => chinese_key(at),
            (true, false) => chinese_person(at),
        };
        let value = values.get(at % values.len().max(1)).map_or(number(at), |v| (*v).to_owned());
        let kind = if chinese { CHINESE_KINDS[at % 3] } else { KINDS[at % KINDS.len()] };
        let text = fill(wording, &[("o", &owner), ("v", &value), ("k", kind)]);
        told.push((owner, value, kind, text));
    }
    let texts: Vec<String> = told.iter().map(|(_, _, _, text)| text.clone()).collect();
    let library = shelf(&texts, chinese);
    for (at, ((owner, value, kind, text), wording)) in told.iter().zip(&list["S"]).enumerate() {
        for question in list["Q"].iter().skip(at % STRIDE).step_by(STRIDE) {
            let question = fill(question, &[("o", owner), ("k", kind)]);
            ask(&library, &mut tally, wording, &question, &[value], &[text], true);
        }
    }
    tally
}

/// Every question about keys that have all values, one a statement.
pub fn several(list: &List, chinese: bool) -> Tally {
    let mut tally = Tally::default();
    let statements = &list["S"];
    let key = |at: usize| if chinese { chinese_key(at) } else { key(at) };
    for question in &list["Q"] {
        let (owner, kind) = (key(3), if chinese { CHINESE_KINDS[1] } else { KINDS[1] });
        let mut texts: Vec<String> = Vec::new();
        for (at, wording) in statements.iter().enumerate() {
            let other = [("o", key(at + 9)), ("v", number(at + 50)), ("k", kind.to_owned())];
            let slots: Vec<(&str, &str)> = other.iter().map(|(s, v)| (*s, v.as_str())).collect();
            texts.push(fill(wording, &slots));
            let value = number(at);
            texts.push(fill(wording, &[("o", &owner), ("v", &value), ("k", kind)]));
        }
        let own: Vec<&String> = texts.iter().filter(|text| text.contains(&owner)).collect();
        let question = fill(question, &[("o", &owner), ("k", kind)]);
        let values: Vec<String> = (0..statements.len()).map(number).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let library = shelf(&texts, chinese);
        ask(&library, &mut tally, &question.clone(), &question, &values, &own, true);
    }
    tally
}

/// Every question about two keys at once.
pub fn both(list: &List, chinese: bool) -> Tally {
    let mut tally = Tally::default();
    let of = |at: usize| if chinese { chinese_key(at) } else { key(at) };
    let kind = if chinese { CHINESE_KINDS[0] } else { KINDS[0] };
    let told: Vec<String> = (0..4)
        .map(|at| fill(&list["S"][0], &[("o", &of(at)), ("v", &number(at)), ("k", kind)]))
        .collect();
    let library = shelf(&told, chinese);
    for question in &list["Q"] {
        let asked = fill(question, &[("o", &of(1)), ("a", &of(2)), ("k", kind)]);
        let (one, other) = (number(1), number(2));
        ask(&library, &mut tally, question, &asked, &[&one, &other], &[&told[1], &told[2]], true);
    }
    tally
}

/// The same statements in the dress of many documents: notes, dates, quotations, items.
pub fn styles(list: &List) -> Tally {
    let mut tally = Tally::default();
    for style in &list["S"] {
        let mut check = |facts: &[&str], question: &str, said: &str, needed: &[usize]| {
            let told: Vec<String> = facts.iter().map(|fact| style.replace("{f}", fact)).collect();
            let library = shelf(&told, false);
            let cited: Vec<String> =
                needed.iter().map(|at| facts[*at].trim_end_matches('.').to_owned()).collect();
            let cited: Vec<&String> = cited.iter().collect();
            ask(&library, &mut tally, style, question, &[said], &cited, false);
        };
        let tale = [
            "Olga Haller went to the cellar.",
            "Olga Haller picked up the silver spoon.",
            "Bruno strolled to the garden.",
            "Olga Haller went to the attic.",
            "Olga Haller dropped the silver spoon.",
            "Olga Haller went to the pantry.",
        ];
        check(&tale, "Where is the silver spoon?", "attic", &[1, 3, 4]);
        check(&tale, "Where is Bruno?", "garden", &[2]);
        check(&tale, "Where is Olga Haller?", "pantry", &[5]);
        let case = [
            "Leopold Marlow was killed in the conservatory with the ivory dagger at half past eight.",
            "Hugo Kessler hated Leopold Marlow.",
            "The ivory dagger belonged to Greta Brandt.",
            "Greta Brandt gave the ivory dagger to Hugo Kessler at seven o'clock.",
            "Hugo Kessler was called the hooded rider.",
            "The chapel bell rang at eight o'clock.",
            "The hooded rider was seen in the conservatory half an hour after the chapel bell.",
            "Adele Corliss was seen in the conservatory at five o'clock.",
            "Adele Corliss and Hugo Kessler sang together.",
        ];
        let needed = [0, 1, 2, 3, 4, 5, 6];
        check(&case, "Who killed Leopold Marlow?", "Hugo Kessler", &needed);
        let facts = [
            "The gate number of amber-kettle is 48213.",
            "Hugo Kessler is the father of Ilse Brandt.",
            "Ilse Brandt is the mother of Nils Haller.",
            "Olga Haller worked as a glazier.",
            "Thea Ingram visited Arlesund.",
            "Thea Ingram paid a visit to Burnwick.",
            "Thea Ingram went to Arlesund.",
            "Ruth Garland was born in Arlesund.",
        ];
        check(&facts, "What is the gate number of amber-kettle?", "48213", &[0]);
        check(&facts, "Who is the earliest ancestor of Nils Haller?", "Hugo Kessler", &[1, 2]);
        check(&facts, "What was the profession of Olga Haller?", "glazier", &[3]);
        check(&facts, "How many times did Thea Ingram visit Arlesund?", "2", &[4, 6]);
        check(&facts, "Which towns did Thea Ingram visit?", "Burnwick", &[4, 5]);
        check(&facts, "Where was Ruth Garland born?", "Arlesund", &[7]);
    }
    tally
}

/// What holds now, where one statement replaced another.
pub fn update(list: &List, first: &str, chinese: bool) -> Tally {
    let mut tally = Tally::default();
    for (at, wording) in list["S"].iter().enumerate() {
        let owner = if chinese { chinese_key(at) } else { key(at) };
        let kind = if chinese { CHINESE_KINDS[at % 3] } else { KINDS[at % KINDS.len()] };
        let (old, new) = (number(at), number(at + 40));
        let before = fill(first, &[("o", &owner), ("v", &old), ("k", kind)]);
        let text = fill(wording, &[("o", &owner), ("v", &new), ("k", kind)]);
        let library = shelf(&[before, text.clone()], chinese);
        for question in list["Q"].iter().skip(at % STRIDE).step_by(STRIDE) {
            let question = fill(question, &[("o", &owner), ("k", kind)]);
            ask(&library, &mut tally, wording, &question, &[&new], &[&text], false);
        }
    }
    tally
}

/// Every question about everybody, of whose parent or child one statement tells.
pub fn kin(list: &List, turned: bool) -> Tally {
    let mut tally = Tally::default();
    let mut told = Vec::new();
    for (at, wording) in list["S"].iter().enumerate() {
        let (child, parent) = (person(2 * at), person(2 * at + 1));
        let role = ["father", "mother"][at % 2];
        let own = ["daughter", "son"][at / 2 % 2];
        let slots = [("c", child.as_str()), ("p", parent.as_str()), ("r", role), ("h", own)];
        told.push((child.clone(), parent.clone(), role, fill(wording, &slots)));
    }
    let texts: Vec<String> = told.iter().map(|(_, _, _, text)| text.clone()).collect();
    let library = shelf(&texts, false);
    for (at, ((child, parent, role, text), wording)) in told.iter().zip(&list["S"]).enumerate() {
        for question in list["Q"].iter().skip(at % STRIDE).step_by(STRIDE) {
            let role = if turned { "parent" } else { *role };
            let question = fill(question, &[("c", child), ("r", role)]);
            ask(&library, &mut tally, wording, &question, &[parent], &[text], true);
        }
    }
    tally
}

/// Every question for the first ancestor, over four generations told in turn in all wordings.
pub fn earliest(questions: &List, statements: &List) -> Tally {
    let mut tally = Tally::default();
    for (turn, question) in questions["Q"].iter().enumerate() {
        let told: Vec<String> = (0..4)
            .map(|at| {
                let wording = &statements["S"][(3 * turn + at) % 10];
                let role = ["father", "mother"][at % 2];
                fill(wording, &[("c", &person(at)), ("p", &person(at + 1)), ("r", role)])
            })
            .collect();
        let question = fill(question, &[("c", &person(0))]);
        let cited: Vec<&String> = told.iter().collect();
        ask(
            &shelf(&told, false),
            &mut tally,
            &question.clone(),
            &question,
            &[&person(4)],
            &cited,
            true,
        );
    }
    tally
}
