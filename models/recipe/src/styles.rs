//! The styles of documents: how a sentence or a fact looks in a novel, a log, a table.
//!
//! Two of the twelve, minutes and logs, are held out of training.

use carrel_suite::dice::Dice;

/// A style of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Style {
    Novel,
    Diary,
    Letter,
    Mail,
    News,
    Manual,
    Contract,
    Encyclopaedia,
    Faq,
    Table,
    Minutes,
    Log,
}

const TRAINING: [Style; 10] = [
    Style::Novel,
    Style::Diary,
    Style::Letter,
    Style::Mail,
    Style::News,
    Style::Manual,
    Style::Contract,
    Style::Encyclopaedia,
    Style::Faq,
    Style::Table,
];
const HELD: [Style; 2] = [Style::Minutes, Style::Log];

impl Style {
    /// A style of one side.
    pub fn any(dice: &mut Dice, held: bool) -> Self {
        if held { *dice.pick(&HELD) } else { *dice.pick(&TRAINING) }
    }

    /// How the style frames a sentence that is the `index`-th of its document.
    pub fn frame(self, sentence: &str, index: usize, dice: &mut Dice) -> String {
        let number = index + 1;
        match self {
            Self::Novel | Self::Encyclopaedia => sentence.to_owned(),
            Self::Faq | Self::Table => sentence.to_owned(),
            Self::Diary if dice.chance(30) => {
                let day = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"];
                format!("{}. {sentence}", dice.pick(&day))
            }
            Self::Letter if dice.chance(25) => {
                let opening = ["As you know: ", "You asked me: ", "By the way: ", "P.S. "];
                format!("{}{sentence}", dice.pick(&opening))
            }
            Self::Mail if dice.chance(50) => format!("> {sentence}"),
            Self::News if dice.chance(25) => {
                let opening = ["(Reuter) ", "As reported: ", "Update: ", "In brief: "];
                format!("{}{sentence}", dice.pick(&opening))
            }
            Self::Manual if dice.chance(50) => {
                let opening = ["Note: ", "- ", "* ", "Hint: ", "Step "];
                match *dice.pick(&opening) {
                    "Step " => format!("Step {number}: {sentence}"),
                    opening => format!("{opening}{sentence}"),
                }
            }
            Self::Contract if dice.chance(60) => format!("§ {number} {sentence}"),
            Self::Minutes => match dice.below(3) {
                0 => format!("Item {number}: {sentence}"),
                1 => format!("{number}. {sentence}"),
                _ => format!("The chair noted: {sentence}"),
            },
            Self::Log => {
                let level = dice.pick(&["INFO", "WARN", "DEBUG"]);
                format!("{:02}:{:02} {level} {sentence}", dice.below(24), dice.below(60))
            }
            Self::Diary
            | Self::Letter
            | Self::Mail
            | Self::News
            | Self::Manual
            | Self::Contract => sentence.to_owned(),
        }
    }

    /// How the style states a fact in a form of its own; `None` if it uses sentences.
    pub fn entry(
        self,
        subject: &str,
        noun: &str,
        value: &str,
        question: &str,
        dice: &mut Dice,
    ) -> Option<String> {
        match self {
            Self::Faq if dice.chance(60) => Some(format!("{question} {value}.")),
            Self::Table if dice.chance(70) => Some(match dice.below(3) {
                0 => format!("{subject} | {noun} | {value}"),
                1 => format!("{noun} of {subject}: {value}"),
                _ => format!("- {subject}, {noun}: {value}"),
            }),
            _ => None,
        }
    }
}
