//! The two spellings of English: how a word is written on the other side of the ocean.
//!
//! ```text
//! color  colour      organize  organise      center  centre      license  licence      catalog  catalogue
//! ```
//! Told by endings: what comes out may be no word, which then stands nowhere.

/// Words of which no ending tells the other spelling.
const PAIRS: &[(&str, &str)] = &[
    ("check", "cheque"),
    ("tire", "tyre"),
    ("gray", "grey"),
    ("program", "programme"),
    ("jewelry", "jewellery"),
    ("curb", "kerb"),
    ("pajamas", "pyjamas"),
    ("mold", "mould"),
    ("story", "storey"),
    ("aluminum", "aluminium"),
    ("airplane", "aeroplane"),
    ("practice", "practise"),
    ("license", "licence"),
    ("defense", "defence"),
    ("draft", "draught"),
    ("skillful", "skilful"),
    ("enroll", "enrol"),
    ("fulfill", "fulfil"),
    ("anesthetic", "anaesthetic"),
    ("diarrhea", "diarrhoea"),
];
/// Endings of a spelling and of the other one.
const ENDINGS: &[(&str, &str)] = &[
    ("izer", "iser"),
    ("izers", "isers"),
    ("ize", "ise"),
    ("ized", "ised"),
    ("izes", "ises"),
    ("izing", "ising"),
    ("ization", "isation"),
    ("yze", "yse"),
    ("yzed", "ysed"),
    ("or", "our"),
    ("ors", "ours"),
    ("ored", "oured"),
    ("oring", "ouring"),
    ("orite", "ourite"),
    ("ter", "tre"),
    ("ters", "tres"),
    ("og", "ogue"),
    ("ogs", "ogues"),
    ("eler", "eller"),
    ("elers", "ellers"),
    ("eled", "elled"),
    ("eling", "elling"),
    ("aled", "alled"),
    ("aling", "alling"),
];

/// The other spellings that a folded word may have.
pub fn others(word: &str) -> Vec<String> {
    let both = |pairs: &'static [(&str, &str)]| {
        pairs.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)])
    };
    let whole = both(PAIRS).filter(|(own, _)| {
        word.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest == "s")
    });
    let whole = whole.map(|(own, other)| format!("{other}{}", &word[own.len()..]));
    // "Our" and "for" are too short to have another spelling.
    let long = word.len() > 4;
    let ended = both(ENDINGS).filter(|(own, _)| long && word.ends_with(own));
    let ended = ended.map(|(own, other)| format!("{}{other}", &word[..word.len() - own.len()]));
    whole.chain(ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelt_in_two_ways() {
        for (one, other) in [
            ("fertilizer", "fertiliser"),
            ("colour", "color"),
            ("centre", "center"),
            ("licenses", "licences"),
            ("organised", "organized"),
            ("travelers", "travellers"),
        ] {
            assert!(others(one).contains(&other.to_owned()), "{one}: {:?}", others(one));
            assert!(others(other).contains(&one.to_owned()), "{other}: {:?}", others(other));
        }
        assert_eq!(others("our"), Vec::<String>::new());
    }
}
