//! Which cases a run has: tasks × forms × languages × lengths × both sides of the split.

use crate::item::Language;
use crate::split::Split;
use crate::tasks::{Order, Task};

/// A run to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Seed of the suite.
    pub seed: u64,
    /// Tasks.
    pub tasks: Vec<Task>,
    /// Languages; a task that does not exist in one is left out there.
    pub languages: Vec<Language>,
    /// Lengths of documents in tokens.
    pub lengths: Vec<usize>,
    /// Cases of each form, length, language and side of the split.
    pub cases: usize,
    /// Questions of a case, where its task can have more than one.
    pub questions: usize,
}

/// Lengths of the full table, in tokens.
pub const LENGTHS: &[usize] = &[8 << 10, 32 << 10, 128 << 10, 512 << 10, 1 << 20, 4 << 20];

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            tasks: Task::ALL.to_vec(),
            languages: vec![Language::English, Language::Chinese],
            lengths: LENGTHS.to_vec(),
            cases: 1,
            questions: 6,
        }
    }
}

impl Plan {
    /// The cases, short documents first.
    pub fn orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        for length_tokens in &self.lengths {
            for task in &self.tasks {
                for language in self.languages.iter().filter(|language| task.speaks(**language)) {
                    for variant in task.variants() {
                        for split in Split::ALL {
                            orders.extend((0..self.cases).map(|index| Order {
                                task: *task,
                                variant,
                                language: *language,
                                split,
                                length_tokens: *length_tokens,
                                index,
                                seed: self.seed,
                                questions: self.questions,
                            }));
                        }
                    }
                }
            }
        }
        orders
    }
}
