//! The parts of the chain against plain computations of the same, and grammars on a vocabulary of
//! bytes.

use serde_json::json;

use super::candidates::Candidates;
use super::*;
use crate::error::SampleError;

/// Numbers that look random: a logit for each of `n` tokens.
fn logits(n: usize, salt: u32) -> Vec<f32> {
    (0..n as u32)
        .map(|i| {
            let mixed =
                (i + 1).wrapping_mul(2_654_435_761).wrapping_add(salt).wrapping_mul(0x9e37_79b1);
            (mixed >> 8) as f32 / (1 << 24) as f32 * 12.0 - 6.0
        })
        .collect()
}

fn ids(candidates: &Candidates) -> Vec<u32> {
    let mut ids: Vec<u32> = candidates.list.iter().map(|candidate| candidate.id).collect();
    ids.sort_unstable();
    ids
}

fn softmax(logits: &[f32]) -> Vec<f64> {
    let sum: f64 = logits.iter().map(|l| f64::from(*l).exp()).sum();
    logits.iter().map(|l| f64::from(*l).exp() / sum).collect()
}

/// Ids from the likeliest on.
fn ranked(logits: &[f32]) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    ids.sort_by(|&a, &b| logits[b as usize].total_cmp(&logits[a as usize]));
    ids
}

/// The first of `order` that have at least `p` together, sorted.
fn nucleus(order: &[u32], probabilities: &[f64], p: f64) -> Vec<u32> {
    let mut sum = 0.0;
    let mut kept = Vec::new();
    for &id in order {
        kept.push(id);
        sum += probabilities[id as usize];
        if sum >= p {
            break;
        }
    }
    kept.sort_unstable();
    kept
}

#[test]
fn cuts_equal_plain_computations() {
    for salt in 0..20 {
        let logits = logits(300, salt);
        let (order, probabilities) = (ranked(&logits), softmax(&logits));
        for k in [1, 2, 40, 299, 300, 1000] {
            let mut candidates = Candidates::new(&logits);
            top_k::apply(&mut candidates, k);
            let mut wanted = order[..k.min(300)].to_vec();
            wanted.sort_unstable();
            assert_eq!(ids(&candidates), wanted, "top-k {k}");
        }
        for p in [0.01, 0.3, 0.9, 0.999] {
            let mut candidates = Candidates::new(&logits);
            top_p::apply(&mut candidates, p);
            assert_eq!(ids(&candidates), nucleus(&order, &probabilities, p.into()), "top-p {p}");
            let mut candidates = Candidates::new(&logits);
            min_p::apply(&mut candidates, p);
            let best = probabilities[order[0] as usize];
            let wanted: Vec<u32> =
                (0..300).filter(|&id| probabilities[id as usize] >= best * f64::from(p)).collect();
            assert_eq!(ids(&candidates), wanted, "min-p {p}");
            let mut candidates = Candidates::new(&logits);
            typical::apply(&mut candidates, p);
            let entropy: f64 = probabilities.iter().map(|p| -p * p.ln()).sum();
            let distance = |id: u32| (-probabilities[id as usize].ln() - entropy).abs();
            let mut by_distance = order.clone();
            by_distance.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            assert_eq!(
                ids(&candidates),
                nucleus(&by_distance, &probabilities, p.into()),
                "typical {p}"
            );
        }
    }
}

fn sampler(options: SamplerOptions) -> Sampler {
    Sampler::new(options, 300).expect("valid options")
}

#[test]
fn draws_follow_the_probabilities() {
    let logits = [1.0, 0.0, -1.0, f32::NEG_INFINITY, f32::NAN, 2.0];
    let temperature = 0.7;
    let sampler = sampler(SamplerOptions { temperature, seed: 5, ..Default::default() });
    let n = 40_000;
    let mut counts = [0; 6];
    for step in 0..n {
        counts[sampler.choose(&logits, &[], step, None).expect("a token").id as usize] += 1;
    }
    let finite = [0usize, 1, 2, 5];
    let scaled: Vec<f32> = finite.iter().map(|&id| logits[id] / temperature).collect();
    for (id, wanted) in finite.into_iter().zip(softmax(&scaled)) {
        let found = f64::from(counts[id]) / n as f64;
        // Four standard deviations of a share of so many draws.
        let tolerance = 4.0 * (wanted * (1.0 - wanted) / n as f64).sqrt();
        assert!((found - wanted).abs() < tolerance, "token {id}: {found} instead of {wanted}");
    }
    assert_eq!(counts[3] + counts[4], 0, "what is impossible is never drawn");
}

#[test]
fn the_same_seed_draws_the_same_on_every_platform() {
    let draw = |seed| -> Vec<u32> {
        let options =
            SamplerOptions { temperature: 1.0, top_k: 50, top_p: 0.95, seed, ..Default::default() };
        let sampler = sampler(options);
        (0..8)
            .map(|step| sampler.choose(&logits(300, 1), &[], step, None).expect("a token").id)
            .collect()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn odd_logits_do_no_harm() {
    let greedy = sampler(SamplerOptions::default());
    let hot = sampler(SamplerOptions {
        temperature: 1.0,
        typical_p: 0.9,
        top_p: 0.9,
        min_p: 0.01,
        ..Default::default()
    });
    for sampler in [&greedy, &hot] {
        let id = |logits: &[f32]| sampler.choose(logits, &[], 0, None).map(|choice| choice.id);
        assert_eq!(id(&[f32::NAN, 1.0, f32::NEG_INFINITY]).expect("one"), 1);
        assert_eq!(id(&[0.0, f32::INFINITY, f32::NAN]).expect("one"), 1);
        assert_eq!(id(&[f32::MIN, f32::MIN, f32::MAX]).expect("one"), 2);
        for none in [&[f32::NAN, f32::NEG_INFINITY][..], &[]] {
            assert!(matches!(id(none), Err(SampleError::NoCandidate)));
        }
    }
    assert_eq!(
        greedy.choose(&[1.0, 3.0, 3.0, 2.5], &[], 0, None).expect("one"),
        Choice { id: 1, margin: 0.0 }
    );
    let cold = sampler(SamplerOptions { temperature: 1e-30, ..Default::default() });
    assert_eq!(
        cold.choose(&logits(300, 3), &[], 0, None).expect("one").id,
        ranked(&logits(300, 3))[0]
    );
}

#[test]
fn penalties_equal_their_formulas() {
    let logits = [2.0, -2.0, 1.0, 0.5];
    let history = [3, 3, 3, 0, 1, 1];
    let options = SamplerOptions {
        repeat_penalty: 1.25,
        frequency_penalty: 0.5,
        presence_penalty: 0.25,
        penalty_tokens: 4,
        ..Default::default()
    };
    let mut candidates = Candidates::new(&logits);
    penalties::apply(&mut candidates, &options, &history);
    let found: Vec<f32> = candidates.list.iter().map(|candidate| candidate.logit).collect();
    // In the window of four: token 3 once, token 0 once, token 1 twice.
    assert_eq!(found, [2.0 / 1.25 - 0.75, -2.0 * 1.25 - 1.25, 1.0, 0.5 / 1.25 - 0.75]);
    let biased = sampler(SamplerOptions {
        bias: vec![(0, f32::NEG_INFINITY), (3, 1.0)],
        ..Default::default()
    });
    assert_eq!(biased.choose(&logits, &[], 0, None).expect("one").id, 3);
}

#[test]
fn dry_penalises_the_longest_match() {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % 4
    };
    for _ in 0..200 {
        let history: Vec<u32> = (0..30).map(|_| next()).collect();
        let options = DryOptions { breakers: vec![3], ..Default::default() };
        let mut candidates = Candidates::new(&[0.0; 4]);
        dry::apply(&mut candidates, &options, &history);
        for token in 0..4 {
            let mut longest = 0;
            for place in 0..history.len() {
                let length = (0..place)
                    .take_while(|back| {
                        let last = history[history.len() - 1 - back];
                        last != 3 && history[place - 1 - back] == last
                    })
                    .count();
                if history[place] == token {
                    longest = longest.max(length);
                }
            }
            let wanted = if longest >= 2 { -0.8 * 1.75f32.powi(longest as i32 - 2) } else { 0.0 };
            assert_eq!(candidates.list[token as usize].logit, wanted, "{history:?} then {token}");
        }
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for options in [
        SamplerOptions { temperature: -1.0, ..Default::default() },
        SamplerOptions { temperature: f32::NAN, ..Default::default() },
        SamplerOptions { top_p: 0.0, ..Default::default() },
        SamplerOptions { min_p: 1.5, ..Default::default() },
        SamplerOptions { typical_p: f32::INFINITY, ..Default::default() },
        SamplerOptions { repeat_penalty: 0.0, ..Default::default() },
        SamplerOptions { bias: vec![(0, f32::NAN)], ..Default::default() },
        SamplerOptions {
            dry: Some(DryOptions { base: 0.5, ..Default::default() }),
            ..Default::default()
        },
    ] {
        assert!(matches!(Sampler::new(options, 10), Err(SampleError::Option { .. })));
    }
    let options = SamplerOptions { bias: vec![(10, 1.0)], ..Default::default() };
    assert!(matches!(
        Sampler::new(options, 10),
        Err(SampleError::BiasToken { token: 10, n_vocab: 10 })
    ));
}

/// All bytes, some pairs, and an end at 300.
fn grammars() -> Grammars {
    let mut tokens: Vec<Vec<u8>> = (0..=255u8).map(|byte| vec![byte]).collect();
    tokens.extend((0..44u8).map(|pair| vec![b'a' + pair % 26, b'"' + pair / 26]));
    tokens.push(b"<|end|>".to_vec());
    Grammars::new(tokens, &[300]).expect("a vocabulary")
}

/// Writes a text with random logits under a grammar, to its end.
fn write(source: &GrammarSource, seed: u64) -> String {
    let mut matching = grammars().compile(source).expect("a grammar").into_matching();
    let sampler = sampler(SamplerOptions { temperature: 1.0, seed, ..Default::default() });
    let mut bytes = Vec::new();
    for step in 0..400 {
        if matching.is_complete().expect("known") {
            break;
        }
        // The end is made likelier with every step, so that texts do end.
        let mut logits = logits(301, step as u32);
        logits[300] = step as f32;
        logits[usize::from(b'"')] += step as f32 / 10.0;
        let id = sampler.choose(&logits, &[], step, Some(&mut matching)).expect("a token").id;
        if id == 300 {
            break;
        }
        matching.take(id).expect("allowed");
        match id {
            0..=255 => bytes.push(id as u8),
            pair => bytes.extend([b'a' + (pair - 256) as u8 % 26, b'"' + (pair - 256) as u8 / 26]),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn texts_follow_their_grammar() {
    let lark = GrammarSource::Lark(
        "start: \"NONE\" | NUMBER (\",\" NUMBER)*\nNUMBER: /[1-9][0-9]?/".into(),
    );
    let pattern = regex::Regex::new("^(NONE|[1-9][0-9]?(,[1-9][0-9]?)*)$").expect("a pattern");
    let code = regex::Regex::new("^[abc]{3}-[0-9]+$").expect("a pattern");
    for seed in 0..10 {
        let text = write(&lark, seed);
        assert!(pattern.is_match(&text), "{text}");
        let text = write(&GrammarSource::Regex("[abc]{3}-[0-9]+".into()), seed);
        assert!(code.is_match(&text), "{text}");
    }
    let schema = json!({
        "type": "object",
        "properties": { "n": { "type": "integer" }, "kind": { "enum": ["a", "b"] }, "ok": { "type": "boolean" } },
        "required": ["n", "kind", "ok"],
        "additionalProperties": false
    });
    for seed in 0..10 {
        let text = write(&GrammarSource::JsonSchema(schema.clone()), seed);
        let value: serde_json::Value = serde_json::from_str(&text).expect(&text);
        assert!(value["n"].is_i64() || value["n"].is_u64() || value["n"].is_number(), "{text}");
        assert!(value["kind"] == "a" || value["kind"] == "b", "{text}");
        assert!(
            value["ok"].is_boolean() && value.as_object().expect("an object").len() == 3,
            "{text}"
        );
    }
}

#[test]
fn bad_grammars_are_refused() {
    let grammars = grammars();
    for source in [
        GrammarSource::Lark("start: unknown_rule".into()),
        GrammarSource::Lark("start: \"unclosed".into()),
        GrammarSource::Lark(String::new()),
        GrammarSource::Regex("[a".into()),
        GrammarSource::JsonSchema(json!({ "type": "no such type" })),
        GrammarSource::JsonSchema(json!(5)),
        GrammarSource::Lark(format!("start: \"{}\"", "x".repeat(5 << 20))),
        GrammarSource::Lark(format!("start: {}\"a\"{}", "(".repeat(50_000), ")".repeat(50_000))),
        GrammarSource::Regex(format!("{}a{}", "(".repeat(20_000), ")".repeat(20_000))),
        GrammarSource::JsonSchema((0..1000).fold(json!({}), |inner, _| json!({ "items": inner }))),
    ] {
        let result = grammars.compile(&source).map(drop);
        assert!(
            matches!(result, Err(SampleError::Grammar { .. })),
            "{:.80}",
            format!("{source:?}")
        );
    }
    assert!(Grammars::new(Vec::new(), &[]).is_err());
    let mut matching =
        grammars.compile(&GrammarSource::Regex("ab".into())).expect("a grammar").into_matching();
    assert!(matching.take(u32::from(b'b')).is_err(), "not allowed");
    let nothing = Grammars::new(vec![b"a".to_vec(), Vec::new()], &[]).expect("without an end");
    let mut matching =
        nothing.compile(&GrammarSource::Regex("a".into())).expect("a grammar").into_matching();
    matching.take(0).expect("allowed");
    assert!(matching.is_complete().expect("known"));
}

/// The compiler recurses through chains of rules; the longest that fit the limits fit its stack.
#[test]
fn chains_of_rules_do_no_harm() {
    let chain = |n: usize| {
        let rules: Vec<String> = (0..n).map(|rule| format!("r{rule}: r{}", rule + 1)).collect();
        GrammarSource::Lark(format!("start: r0\n{}\nr{n}: \"a\"", rules.join("\n")))
    };
    let grammars = grammars();
    assert!(grammars.compile(&chain(100)).is_ok());
    // Either is right; the process must live.
    drop(grammars.compile(&chain(8000)));
    let alternatives = vec!["\"a\""; 20_000].join(" | ");
    drop(grammars.compile(&GrammarSource::Lark(format!("start: {alternatives}"))));
    let loops = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } });
    drop(grammars.compile(&GrammarSource::JsonSchema(loops)));
    drop(grammars.compile(&GrammarSource::Lark("start: start".into())));
    drop(grammars.compile(&GrammarSource::Lark("start: a\na: b | a a\nb: a".into())));
}
