//! The inverted index of one block: what is built is read again, whole, in part, and damaged.

use super::*;
use std::collections::BTreeMap;

fn read(text: &str) -> BTreeMap<String, Vec<u32>> {
    let (terms, positions) = PostingsBuilder::default().build(text);
    let mut out = BTreeMap::new();
    for_each_term(&terms, |term, entry| {
        let mut list = Vec::new();
        positions_of(&positions, entry, &mut list).unwrap();
        out.insert(String::from_utf8(term.to_vec()).unwrap(), list);
    })
    .unwrap();
    out
}

#[test]
fn every_word_is_found_where_it_stands() {
    let text = "The cat saw the Cat's 猫, caté and 1,000 cats. 猫";
    let index = read(text);
    assert_eq!(index["the"], [0, 3]);
    assert_eq!(index["cat"], [1, 4]);
    assert_eq!(index["猫"], [5, 10]);
    assert_eq!(index["cate"], [6]);
    assert_eq!(index["1000"], [8]);
    let total: usize = index.values().map(Vec::len).sum();
    assert_eq!(total, words::words(text).count());
}

#[test]
fn words_that_are_tied_to_what_follows_are_terms_of_their_own() {
    let index = read("blue-lamp-x lamp. Lamp - a lamp-oil 香炉 香炉77号 lamps");
    assert_eq!(index["lamp"], [3, 4]);
    assert_eq!(index["lamp\u{1}"], [1, 6]);
    assert_eq!(index["炉"], [9]);
    assert_eq!(index["炉\u{1}"], [11]);
    assert_eq!(index["blue\u{1}"], [0]);
    assert!(!index.contains_key("blue") && !index.contains_key("oil\u{1}"));
    assert_eq!(word_of(b"lamp\x01"), (&b"lamp"[..], true));
    assert_eq!(word_of(b"lamp"), (&b"lamp"[..], false));
}

#[test]
fn a_builder_can_be_used_again() {
    let mut builder = PostingsBuilder::default();
    let first = builder.build("one two two");
    builder.build("three");
    assert_eq!(builder.build("one two two"), first);
}

#[test]
fn the_first_bytes_of_terms_are_told() {
    let (terms, _) = PostingsBuilder::default().build("beta alpha gamma beta 中 alpha");
    let all = first_bytes(&terms).unwrap();
    let has = |byte: u8| all[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1;
    assert!([b'a', b'b', b'g', "中".as_bytes()[0]].iter().all(|byte| has(*byte)) && !has(b'c'));
}

#[test]
fn the_terms_with_some_beginnings_are_those_of_a_walk_through_all() {
    let mut state = 5_u32;
    let mut draw = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut word = |longest: u32| {
        let letters = (0..1 + draw(longest)).map(|_| char::from(b'a' + draw(3) as u8));
        letters.collect::<String>()
    };
    for n_words in [1, 10, 100, 2_000] {
        let text: Vec<String> = (0..n_words).map(|_| word(7)).collect();
        let (terms, _) = PostingsBuilder::default().build(&text.join(" "));
        let mut all = Vec::new();
        for_each_term(&terms, |term, entry| all.push((term.to_vec(), entry))).unwrap();
        for n_sought in [0, 1, 2, 5, 20] {
            let mut sought: Vec<String> = (0..n_sought).map(|_| word(6)).collect();
            sought.sort_unstable();
            sought.dedup_by(|next, kept| next.starts_with(kept.as_str()));
            let sought: Vec<&[u8]> = sought.iter().map(|word| word.as_bytes()).collect();
            let mut found = Vec::new();
            for_each_beginning(&terms, &sought, |term, entry| found.push((term.to_vec(), entry)))
                .unwrap();
            let mut wanted = all.clone();
            wanted.retain(|(term, _)| sought.iter().any(|sought| term.starts_with(sought)));
            assert_eq!(found, wanted, "{n_words} {n_sought}");
        }
    }
}

#[test]
fn damage_is_noticed() {
    let (terms, positions) = PostingsBuilder::default().build("alpha beta alphabet beta");
    for cut in 0..terms.len() {
        assert_eq!(for_each_term(&terms[..cut], |_, _| ()), None, "cut at {cut}");
        let sought = [&b"alph"[..], b"beta"];
        assert_eq!(for_each_beginning(&terms[..cut], &sought, |_, _| ()), None, "cut at {cut}");
    }
    let mut last = None;
    for_each_term(&terms, |_, entry| last = Some(entry)).unwrap();
    let entry = last.unwrap();
    assert_eq!(positions_of(&positions[..1], entry, &mut Vec::new()), None);
}

#[test]
fn a_dictionary_of_words_that_stand_once_is_packed_and_that_of_prose_is_not() {
    let list: String = (0..2_000).map(|n| format!("word{n} lamp{n} ")).collect();
    let (terms, _) = PostingsBuilder::default().build(&list);
    assert_eq!(is_packed(&terms), Some(true));
    assert!(terms.len() * 3 < entry_bytes(&terms).unwrap() * 2);
    let index = read(&list);
    assert_eq!(index.len(), 4_000);
    assert_eq!(index["word77"], [154]);
    assert_eq!(index["lamp1999"], [3_999]);
    let prose = "The keeper of the reef lit his lamp and the gulls cried over it. ".repeat(9);
    let (terms, _) = PostingsBuilder::default().build(&prose);
    assert_eq!(is_packed(&terms), Some(false));
}

#[test]
fn damage_of_a_packed_dictionary_is_noticed() {
    let list: String = (0..200).map(|n| format!("word{n} lamp{n} ")).collect();
    let (terms, _) = PostingsBuilder::default().build(&list);
    let walk = |terms: &[u8]| for_each_term(terms, |_, _| ());
    assert_eq!((is_packed(&terms), walk(&terms)), (Some(true), Some(())));
    for cut in 0..terms.len() {
        assert_eq!(walk(&terms[..cut]), None, "cut at {cut}");
    }
    for at in 0..terms.len() {
        let mut changed = terms.clone();
        changed[at] ^= 0x55;
        // It may say something else, but ends.
        walk(&changed);
        for_each_beginning(&changed, &[b"lamp1", b"w"], |_, _| ());
    }
    let claim = |n_bytes: u64| {
        let mut terms = vec![3, b'a'];
        for number in [n_bytes, 1, 0, 2] {
            put(&mut terms, number);
        }
        terms.extend([3, 0]);
        walk(&terms)
    };
    assert_eq!(claim(100), None);
    assert_eq!(claim(packing::LONGEST as u64 + 1), None);
    assert_eq!(claim(u64::MAX), None);
}

#[test]
fn very_long_words_are_cut_alike_on_both_sides() {
    let long = "x".repeat(300);
    let index = read(&long);
    let mut term = long.clone();
    truncate(&mut term);
    assert_eq!(index[&term], [0]);
}
