//! The grammar that statements of events share: small word lists, and where noun phrases end.
//!
//! Lists of function words and of general nouns (furniture, pockets, parts of a place), which tell what a
//! phrase of a sentence is; nothing here knows what a sentence says.

use super::lexicon::{DROP, GIVE, MOVE, PUT, RECEIVE, TAKE};
use crate::memory::index::stems::irregular_forms;
use crate::memory::index::stopwords;
use crate::memory::plan::reader::Token;

/// Words behind an event at most, and how many of them may be words of content.
const LONGEST_TAIL: usize = 6;
const MOST_CONTENT: usize = 2;
/// Verbs with which somebody tells what a sentence says, and words before one at most.
pub(in crate::memory::plan) const REPORTING: &str = "say says said write writes wrote note notes noted report reports reported tell tells \
    told add adds added recall recalls recalled remember remembers remembered think thinks thought believe believes \
    believed know knows knew known hear hears heard see sees saw claim claims claimed swear swears swore insist \
    insists insisted remark remarks remarked observe observed mention mentions mentioned record records recorded \
    state states stated read reads understand understood learn learnt learned appear appears seem seems find finds \
    found explain explained declare declared maintain maintained whisper whispered";
const REPORTED: usize = 4;
/// Adverbs that follow a noun without a mark.
const ADVERBS: &str = "since later soon afterwards instead alone today yesterday tonight tomorrow meanwhile already \
    sometime somehow anyway indeed thereafter thereupon unseen unheard unasked unaware barefoot sideways earlier \
    nonetheless nevertheless regardless afresh anew forthwith besides now then once";
/// Prepositions that open another phrase behind a noun: "the room behind the altar".
const BEHIND_NOUN: &str = "behind beneath beside beyond underneath opposite near above below";
/// Verbs behind "one", where that is anybody.
const ABLE: &str = "can could may might must would should will finds found sees saw";
/// Past forms of verbs that are nouns as well.
const NOUNS_LIKE_PASTS: &str = "left saw felt ground wound found lay bound rose dove shot fell bore stole spoke might will bit";
/// Endings of nouns that look like participles.
const PLACES_IN_ING: &[&str] = &[
    "landing", "building", "crossing", "clearing", "railing", "ceiling", "dwelling", "lodging",
    "opening", "mooring", "painting", "wing", "ring", "spring", "string", "king", "ing room",
    "lighting", "siding", "turning", "bearing", "covering", "carving", "drawing", "earring",
    "pudding", "stocking", "clothing",
];
const THINGS_IN_ED: &[&str] =
    &["shed", "bed", "seed", "reed", "weed", "steed", "creed", "sled", "stead"];
/// Words of a noun phrase before its last, at most.
const LONGEST_NOUN: usize = 3;
/// Words that open a noun phrase.
pub(in crate::memory::plan) const DETERMINERS: &str =
    "the a an his her their its my your our this that these those some another";
/// Adverbs that belong to the verb before them.
pub(in crate::memory::plan) const PARTICLES: &str =
    "up down back away off over along out there here straight again together aside next hold of";
/// Words between a subject and its verb.
pub(in crate::memory::plan) const AUXILIARIES: &str = "then had has have later also next now just soon finally afterwards was is \
    were are not no longer currently still already did be been being began started continued \
    eventually could can may since very quite having \
    might would will alone too both himself herself itself themselves";
/// Verbs that say of their subject only how it is known or came about that it does what follows "to".
pub(in crate::memory::plan) const RAISING: &str = "said seen known seems seemed seem appears appeared appear happens happened turned \
    decided chose thought believed reported rumoured supposed found heard managed began started continued came \
    observed noticed made allowed able ready free sure careless quick glad content obliged forced";
/// Verbs with which what follows comes to an end.
pub(in crate::memory::plan) const STOPPING: &str = "stopped stops ceased ceases quit didn't";
/// Prepositions of a way to somewhere, and of being somewhere.
pub(in crate::memory::plan) const TO: &str = "to into toward towards onto inside through";
pub(in crate::memory::plan) const AT: &str = "in at inside on within near by outside";
/// Parts of the body and of clothes: what is put there is taken along.
pub(in crate::memory::plan) const ON_PERSON: &str = "arm arms hand hands pocket pockets belt coat cloak sleeve bosom breast shoulder \
    shoulders apron lap fist palm jacket waistcoat bag sack satchel knapsack rucksack backpack handbag \
    purse basket bundle";
/// Parts of the body over which somebody hangs what he takes along: "across his back".
pub(in crate::memory::plan) const OVER_BODY: &str = "back neck waist head wrist finger knee knees";
/// Things of a room: what is put on or into them stays in the room.
pub(in crate::memory::plan) const FURNITURE: &str = "floor ground table desk shelf chair bench bed sofa couch counter stool windowsill \
    sill ledge wall corner mat rug carpet cupboard drawer mantelpiece hook peg sideboard dresser side \
    armchair step bookcase nail heap pile stand rack tray wardrobe trolley workbench pew lectern \
    fireplace stove manger trough cabinet top";
/// Parts of a place that somebody passes or stands in.
pub(in crate::memory::plan) const PARTS: &str = "door doors doorway threshold entrance gate middle centre center end corner \
    window windows far back front interior direction quiet shade warmth walls inside";
/// Nouns for having something.
pub(in crate::memory::plan) const KEEPING: &str =
    "hand hands possession keeping care custody charge ownership grasp grip arms pocket pockets";

/// Whether `word` is one of the words of `list`.
pub(in crate::memory::plan) fn among(list: &str, word: &str) -> bool {
    // Most words are not even a part of the list, which is told without a look at its words.
    list.contains(word) && list.split_ascii_whitespace().any(|member| member == word)
}

/// A noun phrase without its determiner, folded: "the old key" gives "old key".
pub(in crate::memory::plan) fn noun(phrase: &[Token]) -> String {
    let words: Vec<&str> = phrase
        .iter()
        .map(|token| token.folded.as_str())
        .skip_while(|word| among(DETERMINERS, word))
        .collect();
    words.join(" ")
}

/// Whether two nouns name the same thing: equal, or one is the other's head or first name.
pub(in crate::memory::plan) fn same_noun(one: &str, other: &str) -> bool {
    let ends = |long: &str, short: &str| {
        !short.is_empty()
            && (long.strip_suffix(short).is_some_and(|rest| rest.ends_with(' '))
                || long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' ')))
    };
    one == other || ends(one, other) || ends(other, one)
}

/// Whether the word at `at`, which may be a verb, is part of a noun: "the walking stick", "the music stand".
pub(in crate::memory::plan) fn is_noun(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let word = tokens[at].folded.as_str();
    let opens = |token: &Token| among("the a an his her their my your our its", &token.folded);
    if tokens[before].owns {
        return true;
    }
    if opens(&tokens[before]) {
        return tokens[before].folded != "her" || word.ends_with("ing");
    }
    // The plain form of a verb has one thing for its subject only where it is that of the past too.
    let past = match irregular_forms(word) {
        Some(forms) => word != forms[0] || forms[1..].iter().all(|form| form.ends_with("ing")),
        None => word.ends_with("ed"),
    };
    if past || word.ends_with('s') || word.ends_with("ing") {
        return false;
    }
    let noun =
        |token: &Token| !(token.capital || stopwords::is_stopword(&token.folded)) || opens(token);
    let phrase = tokens[..at].iter().rev().take_while(|token| noun(token));
    let one = !tokens[before].folded.ends_with('s') && !tokens[before].folded.ends_with("ly");
    one && phrase.take(LONGEST_NOUN).any(opens)
}

/// Whether what follows an event says no more of what happens: "from then on", "without another word".
pub(in crate::memory::plan) fn says_no_more(rest: &[Token]) -> bool {
    let content = |token: &&Token| {
        !stopwords::is_stopword(&token.folded)
            && !among(PARTICLES, &token.folded)
            && !among(DETERMINERS, &token.folded)
    };
    let acts = MOVE | TAKE | DROP | GIVE | RECEIVE | PUT;
    // "From where it lay"
    let end = rest.iter().position(|token| token.folded == "where").unwrap_or(rest.len());
    let rest = &rest[..end];
    // ", said the porter", ", or so Ines remembers".
    let reported = rest.iter().take(REPORTED).any(|token| among(REPORTING, &token.folded));
    rest.len() <= LONGEST_TAIL
        && !rest.iter().any(|token| token.capital && !reported || token.classes & acts != 0)
        && rest.iter().filter(content).count() <= MOST_CONTENT + 2 * usize::from(reported)
}

/// Whether a word behind a noun is an adverb or a participle, not part of it.
fn is_adverbial(word: &str) -> bool {
    let ends = |ending: &str, least: usize| word.len() > least && word.ends_with(ending);
    among(ADVERBS, word)
        || ends("ly", 4)
        || ends("ing", 5) && !PLACES_IN_ING.iter().any(|noun| word.ends_with(noun))
        || is_participle(word)
}

/// Whether a word ends as the past forms of verbs do, and is no noun that ends so.
pub(in crate::memory::plan) fn is_participle(word: &str) -> bool {
    let is_noun = |noun: &str| {
        // "Polished" is no shed.
        word.strip_suffix(noun).is_some_and(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
    };
    word.len() > 4 && word.ends_with("ed") && !THINGS_IN_ED.iter().any(|noun| is_noun(noun))
}

/// Whether a word is the past form of an irregular verb and nothing else: "strode", not "rose" or "set".
fn is_plain_past(word: &str) -> bool {
    irregular_forms(word).is_some_and(|forms| word != forms[0] && forms[1..].contains(&word))
        && !word.ends_with("ing")
        && !among(NOUNS_LIKE_PASTS, word)
}

/// The end of the noun phrase of `tokens` that begins at `from`.
pub(in crate::memory::plan) fn noun_end(text: &str, tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        let gap = if at > from { &text[tokens[at - 1].end..token.start] } else { " " };
        // "The servants' hall".
        let owned = at > from && matches!(gap, "' " | "\u{2019} ");
        let joined = matches!(gap, " " | "-" | "\n")
            || owned
            || (gap == ". " && tokens[at - 1].folded.len() <= 3 && token.capital);
        let determiner = at == from && among(DETERMINERS, &token.folded);
        let of = at > from && token.folded == "of" && at + 1 < tokens.len();
        let dull = stopwords::is_stopword(&token.folded) && !determiner && !of && !token.capital;
        // "The back yard": directly behind the determiner it is an adjective.
        let behind = at > from + 1 || at > from && !among(DETERMINERS, &tokens[from].folded);
        let particle = behind && among(PARTICLES, &token.folded);
        let verb = at > from && !token.capital && token.classes & (MOVE | GIVE) != 0;
        let second = at > from && among(DETERMINERS, &token.folded);
        // "The attic humming", "the barn later", "into the barn strode Omar", "in the barn one could see".
        let opens_clause = |list: &str| {
            tokens.get(at + 1).is_some_and(|next| next.capital || among(list, &next.folded))
        };
        let another = among(BEHIND_NOUN, &token.folded)
            || token.folded == "one" && opens_clause(ABLE)
            || is_plain_past(&token.folded) && opens_clause(DETERMINERS)
            || token.classes & MOVE != 0 && tokens.get(at + 1).is_some_and(|next| next.capital);
        let ends =
            behind && gap != "-" && !token.capital && (another || is_adverbial(&token.folded));
        if !joined || dull || particle || second || ends || (verb && tokens[at - 1].capital) {
            break;
        }
        at += 1;
    }
    at
}

/// The noun phrase that begins at `from`, the noun that "of" ties to it, and where both end.
pub(in crate::memory::plan) fn place_phrase(
    text: &str,
    tokens: &[Token],
    from: usize,
) -> (String, Option<String>, usize) {
    let end = noun_end(text, tokens, from);
    if end > from
        && tokens.get(end).is_some_and(|token| token.folded == "of")
        && &text[tokens[end - 1].end..tokens[end].start] == " "
    {
        let last = noun_end(text, tokens, end + 1);
        if last > end + 1 {
            return (noun(&tokens[from..end]), Some(noun(&tokens[end + 1..last])), last);
        }
    }
    // "Ines's hands" are the hands of Ines.
    match tokens[from..end].iter().rposition(|token| token.owns) {
        Some(owner) if from + owner + 1 < end => {
            let at = from + owner + 1;
            (noun(&tokens[at..end]), Some(noun(&tokens[from..at])), end)
        }
        _ => (noun(&tokens[from..end]), None, end),
    }
}

/// Who keeps what is in such a place: the owner of the hands, of the pocket.
pub(in crate::memory::plan) fn keeper_in(noun: &str, of: Option<&str>) -> Option<String> {
    let head = noun.rsplit(' ').next().unwrap_or_default();
    of.filter(|_| among(KEEPING, head) || among(ON_PERSON, head)).map(str::to_owned)
}
