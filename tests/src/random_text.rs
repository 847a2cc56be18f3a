//! Texts that look random and are the same in every run: mixed scripts, symbols and white space.

use carrel_core::random::Random;

/// Ranges of code points to draw from: scripts, symbols, spaces, and everything.
const ALPHABETS: [(u32, u32); 14] = [
    (0x20, 0x7F),
    (0x9, 0xD),
    (0xA0, 0x250),
    (0x370, 0x400),
    (0x400, 0x530),
    (0x5D0, 0x5EB),
    (0x620, 0x64B),
    (0xE01, 0xE3B),
    (0x2000, 0x2070),
    (0x3000, 0x3100),
    (0x4E00, 0x9FA6),
    (0x1F300, 0x1F650),
    (0x30, 0x3A),
    (0, 0x11_0000),
];

const JOINTS: [&str; 7] = [" ", "  ", "\n", " \n\n", "'s", ".", "\u{3000}"];

/// A short text of several scripts.
pub fn random_text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(12) {
        let (low, high) = ALPHABETS[random.below(ALPHABETS.len())];
        for _ in 0..1 + random.below(6) {
            let code = low + random.below((high - low) as usize) as u32;
            // llama.cpp takes the text as C does: nothing after a zero byte.
            text.extend(char::from_u32(code).filter(|&c| c != '\0' && !is_newer_letter(c)));
        }
        if random.below(2) == 0 {
            text.push_str(JOINTS[random.below(JOINTS.len())]);
        }
    }
    text
}

/// Letters and digits that Unicode added after version 15.0, whose tables llama.cpp has. It cuts
/// words around them as if they were symbols.
fn is_newer_letter(character: char) -> bool {
    matches!(u32::from(character),
        0x1C89..=0x1C8A | 0xA7CB..=0xA7CD | 0xA7DA..=0xA7DC | 0x105C0..=0x105F3
        | 0x10D40..=0x10D85 | 0x10EC2..=0x10EC4 | 0x11380..=0x113D3 | 0x116D0..=0x116E3
        | 0x11BC0..=0x11BF9 | 0x13460..=0x143FA | 0x16100..=0x16139 | 0x16D40..=0x16D79
        | 0x18CFF | 0x1CCF0..=0x1CCF9 | 0x1E5D0..=0x1E5FA | 0x2EBF0..=0x2EE5D)
}
