//! Tests of the pages of directories.

use super::*;
use crate::memory::index::merging::tests::Texts;
use std::collections::BTreeMap;

fn texts() -> Vec<String> {
    (0..40)
        .map(|n| {
            let odd = if n % 2 == 1 { "odd odd " } else { "" };
            let own: String = (0..100).map(|word| format!("w{}x{word} ", n % 7)).collect();
            format!("{odd}the lamp {own} 灯 zebra{n}")
        })
        .collect()
}

/// The first terms of the pages, and the pages, the last apart.
fn made(texts: Vec<String>) -> (Firsts, Vec<Vec<u8>>, Vec<u8>) {
    let n_blocks = texts.len();
    let pages = stored(texts);
    assert_eq!(
        pages.keys().copied().collect::<Vec<_>>(),
        (0..pages.len() as u32).collect::<Vec<_>>()
    );
    let firsts = Firsts::decode(pages[&0].clone()).unwrap();
    let unpacked = |(number, page)| firsts.unpacked(number as usize, page).unwrap();
    assert_eq!(pages.len(), firsts.n_all_pages(n_blocks));
    let mut pages: Vec<Vec<u8>> = pages.into_iter().map(unpacked).collect();
    pages.truncate(firsts.n_pages() + 2);
    let last = pages.pop().unwrap();
    (firsts, pages, last)
}

/// All pages of a directory as they are stored.
fn stored(texts: Vec<String>) -> BTreeMap<u32, Vec<u8>> {
    let mut pages = BTreeMap::new();
    build(&mut Texts::of(texts), &mut |number, page| {
        pages.insert(number, page.to_vec());
        Ok(())
    })
    .unwrap()
    .unwrap();
    pages
}

/// The blocks of a list, which are its sentences where every block is one, and how often the term stands in each.
fn blocks(list: List) -> Option<Vec<(usize, u32)>> {
    let mut blocks: Vec<(usize, u32)> = Vec::new();
    if !list.is_by_sentence() {
        list.for_each_block(|block, count| blocks.push((block, count)))?;
        return Some(blocks);
    }
    let mut sentences = Vec::new();
    list.for_each_sentence(|sentence| sentences.push(sentence))?;
    for sentence in sentences {
        match blocks.last_mut() {
            Some((last, count)) if *last == sentence as usize => *count += 1,
            _ => blocks.push((sentence as usize, 1)),
        }
    }
    Some(blocks)
}

#[test]
fn every_term_is_listed_with_its_blocks_and_counts_in_order() {
    for (texts, by_sentences) in [(texts()[..LEAST_BLOCKS - 1].to_vec(), false), (texts(), true)] {
        let (firsts, pages, _) = made(texts.clone());
        assert_eq!(firsts.by_sentences(), by_sentences);
        let mut wanted: BTreeMap<Vec<u8>, Vec<(usize, u32)>> = BTreeMap::new();
        for (block, text) in texts.iter().enumerate() {
            for word in text.split_whitespace() {
                let list = wanted.entry(word.as_bytes().to_vec()).or_default();
                match list.last_mut() {
                    Some((last, count)) if *last == block => *count += 1,
                    _ => list.push((block, 1)),
                }
            }
        }
        let mut found = Vec::new();
        for page in &pages[1..] {
            assert!(page.len() <= PAGE_BYTES);
            firsts
                .for_each_term(page, |term, list| {
                    let listed = blocks(list)?;
                    let total: u64 = listed.iter().map(|(_, count)| u64::from(*count)).sum();
                    assert_eq!(list.total(), Some(total));
                    let is_everywhere = [&b"the"[..], "灯".as_bytes()].contains(&term);
                    assert_eq!(list.is_by_sentence(), by_sentences && !is_everywhere);
                    found.push((term.to_vec(), listed));
                    Some(())
                })
                .unwrap();
        }
        assert!(pages.len() >= 3);
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn pages_are_packed_where_most_dictionaries_are() {
    let list = |n: usize| (0..100).map(|word| format!("w{n}x{word} ")).collect::<String>();
    let prose = |_| "the lamp of the keeper and the reef ".repeat(20);
    let listed = |n_lists: usize| {
        let mut texts: Vec<String> = (0..n_lists).map(list).collect();
        texts.extend((n_lists..9).map(prose));
        let stored: Vec<(usize, Vec<u8>)> =
            stored(texts).into_iter().map(|(at, page)| (at as usize, page)).collect();
        (Firsts::decode(stored[0].1.clone()).unwrap(), stored)
    };
    let (firsts, pages) = listed(4);
    for (number, page) in &pages {
        assert_eq!(firsts.unpacked(*number, page.clone()).as_ref(), Some(page));
    }
    let (firsts, pages) = listed(5);
    let (number, page) = &pages[1];
    assert!(page.len() < firsts.unpacked(*number, page.clone()).unwrap().len() / 2);
    for cut in 0..page.len() {
        assert_eq!(firsts.unpacked(*number, page[..cut].to_vec()), None, "cut at {cut}");
    }
    let longer = [&[0xff, 0xff, 0x7f], &page[2..]].concat();
    assert_eq!(firsts.unpacked(*number, longer), None);
}

#[test]
fn the_last_page_lists_the_most_frequent_terms() {
    let (_, _, last) = made(texts());
    let listed = most_frequent(&last).unwrap();
    // "odd" stands twice in every second text; of 744 terms a thirty-second part is listed.
    assert_eq!(listed.len(), 24);
    assert_eq!(listed[..3], [(&b"lamp"[..], 40), (b"odd", 40), (b"the", 40)]);
    assert_eq!(listed[4], (&b"w0x0"[..], 6));
    assert!(listed.iter().zip(&listed[1..]).all(|(one, next)| one.1 >= next.1));
    assert!(most_frequent(&last[..last.len() - 1]).is_none());
}

#[test]
fn the_noted_pages_hold_all_terms_of_a_range_and_hardly_others() {
    let (firsts, pages, _) = made(texts());
    assert_eq!(firsts.n_pages(), pages.len() - 1);
    let mut all = Vec::new();
    for (at, page) in pages[1..].iter().enumerate() {
        let visit = |term: &[u8], _: List| {
            all.push((at, term.to_vec()));
            Some(())
        };
        firsts.for_each_term(page, visit).unwrap();
    }
    for prefix in ["the", "w3", "w", "zebra1", "zz", "", "灯", "a", "lam"] {
        let bytes = prefix.as_bytes();
        for range in [TermRange::Word(bytes), TermRange::Prefix(bytes)] {
            let matches = |term: &[u8]| match range {
                TermRange::Word(wanted) => term == wanted,
                TermRange::Prefix(prefix) => term.starts_with(prefix),
            };
            let mut wanted = vec![false; firsts.n_pages()];
            firsts.note(&range, &mut wanted);
            let held: Vec<usize> =
                all.iter().filter(|(_, term)| matches(term)).map(|(at, _)| *at).collect();
            assert!(held.iter().all(|at| wanted[*at]), "{range:?}");
            let noted = wanted.iter().filter(|wanted| **wanted).count();
            let mut pages = held;
            pages.dedup();
            assert!(noted <= pages.len() + 1, "{range:?}: {noted} of {}", pages.len());
        }
    }
}

#[test]
fn damage_is_noticed() {
    for texts in [texts()[..LEAST_BLOCKS - 1].to_vec(), texts()] {
        let mut put = |_: u32, _: &[u8]| Ok(());
        let mut cut = Texts::of(texts.clone()).cut(3, usize::MAX);
        assert_eq!(build(&mut cut, &mut put).unwrap(), None);
        let (firsts, pages, _) = made(texts);
        let terms = |page: &[u8]| {
            let mut n = 0;
            let visit = |_: &[u8], list: List| {
                n += 1;
                blocks(list).map(drop)
            };
            firsts.for_each_term(page, visit).map(|()| n)
        };
        let whole = terms(&pages[1]).unwrap();
        for cut in 0..pages[1].len() {
            // A page that ends between two entries is whole, but holds fewer.
            assert!(terms(&pages[1][..cut]).is_none_or(|n| n < whole), "cut at {cut}");
        }
        for cut in 0..pages[0].len() {
            assert!(Firsts::decode(pages[0][..cut].to_vec()).is_none(), "cut at {cut}");
        }
    }
}
