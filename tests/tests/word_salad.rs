//! Texts and questions without sense: words of all kinds in any order, in English and Chinese, with marks and
//! letters that fold oddly. Whatever plan takes them must answer or decline, and quote what is there.

use carrel_core::memory::{AskOptions, Library, Source};
use carrel_core::random::Random;

const DOCUMENTS: usize = 300;
const SENTENCES: usize = 14;
const QUESTIONS: usize = 12;

const WORDS: &[&str] = &[
    "Ines",
    "Omar Bell",
    "Dr. Marl",
    "the",
    "a",
    "his",
    "lamp",
    "rope",
    "box",
    "key",
    "barn",
    "attic",
    "Oslo",
    "kitchen",
    "to",
    "into",
    "in",
    "on",
    "at",
    "from",
    "with",
    "without",
    "for",
    "of",
    "by",
    "before",
    "after",
    "while",
    "then",
    "and",
    "but",
    "or",
    "not",
    "never",
    "nobody",
    "he",
    "she",
    "it",
    "they",
    "them",
    "I",
    "I'm",
    "I've",
    "my",
    "me",
    "took",
    "takes",
    "taking",
    "Taking",
    "Having",
    "having",
    "taken",
    "gave",
    "given",
    "swapped",
    "exchanged",
    "went",
    "gone",
    "going",
    "was",
    "is",
    "has",
    "had",
    "did",
    "will",
    "would",
    "left",
    "put",
    "carried",
    "\u{212a}eeping",
    "dropped",
    "brought",
    "back",
    "up",
    "down",
    "said",
    "asked",
    "wrote",
    "meant",
    "instead",
    "return",
    "exchange",
    "lives",
    "born",
    "1987",
    "March",
    "9:30",
    "\"",
    "“",
    "”",
    "‘",
    "’",
    "'",
    ":",
    ",",
    ";",
    "-",
    "—",
    "(",
    ")",
    "[3]",
    ">",
    "É",
    "ß",
    "ﬁre",
    "İ",
    "name",
    "number",
    "blue",
    "mother",
    "brother",
    "killed",
    "how",
    "many",
    "who",
    "what",
    "which",
    "where",
    "when",
    "why",
    "does",
    "Whose",
    "all",
    "every",
    "first",
    "last",
    "now",
    "still",
    "mentioned",
    "lamp-rope",
    "blue-key-77",
];
const CHINESE: &[&str] = &[
    "林小川",
    "白石镇",
    "去过",
    "到过",
    "来到",
    "买了",
    "一把",
    "伞",
    "几个",
    "几次",
    "多少",
    "哪些",
    "什么",
    "谁",
    "的",
    "所有",
    "吗",
    "有没有",
    "没",
    "打算",
    "在",
    "住",
    "票号",
    "是",
    "最多",
    "，",
    "：",
    "把",
    "被",
    "给",
    "一",
    "两",
];
/// Questions with sense, which more plans take.
const ASKED: &[&str] = &[
    "Where is the lamp?",
    "Who has the rope?",
    "Where is Ines?",
    "Where was Omar Bell before the barn?",
    "Who gave the box to Ines?",
    "Who had the lamp first?",
    "Which cities did Ines visit?",
    "How many times did Omar Bell go to Oslo?",
    "What is the number of blue-key-77?",
    "Who killed Ines?",
    "Where does Dr. Marl live?",
    "林小川去过哪些城市？",
    "林小川去过白石镇几次？",
    "林小川到过白石镇吗？",
];
const STOPS: &[&str] = &[". ", "! ", "? ", "\n\n", ".\n\n", "。", "？", "; ", ": ", " "];

fn salad(random: &mut Random, longest: usize) -> String {
    let list = if random.below(4) == 0 { CHINESE } else { WORDS };
    let between = if random.below(6) == 0 || list.len() < WORDS.len() { "" } else { " " };
    let words: Vec<&str> =
        (0..1 + random.below(longest)).map(|_| list[random.below(list.len())]).collect();
    words.join(between)
}

#[test]
fn nonsense_is_answered_or_declined() {
    let mut random = Random::new(11);
    let mut n_cited = 0;
    for document in 0..DOCUMENTS {
        let mut text = String::new();
        for _ in 0..1 + random.below(SENTENCES) {
            text += &salad(&mut random, 14);
            text += STOPS[random.below(STOPS.len())];
        }
        let mut library = Library::in_memory();
        // A text of nothing but marks is no document.
        if library.open_document(&Source::text("salad", text.clone())).is_err() {
            continue;
        }
        for _ in 0..QUESTIONS {
            let question = match random.below(2) {
                0 => salad(&mut random, 12) + ["?", "", "？", "."][random.below(4)],
                _ => ASKED[random.below(ASKED.len())].to_owned(),
            };
            let Ok(answer) = library.ask(&question, &AskOptions::default()) else { continue };
            for citation in answer.citations {
                n_cited += 1;
                assert!(text.contains(&citation.quote), "{document}: {question}\n{text}");
            }
        }
    }
    assert!(n_cited > DOCUMENTS, "{n_cited} quotes");
}
