//! A lesson: one document with its questions, from a seed and a number.

use carrel_suite::dice::Dice;

use crate::held::Draw;
use crate::names::Names;
use crate::questions::{Question, questions};
use crate::stage::Stage;
use crate::world::{World, world};

/// Sentences before and behind the one that answers, where code cites it.
const BESIDE: [(usize, usize); 6] = [(0, 0), (0, 0), (0, 0), (1, 0), (0, 1), (1, 1)];
/// Questions without an answer, of those that such a document comes with.
const MOST_DECLINED: usize = 1;
/// Questions of such a document.
const MOST_ASKED: usize = 5;

/// A document and questions about it.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// What the document says.
    pub world: World,
    /// The questions.
    pub questions: Vec<Question>,
}

/// The lesson with this number under `seed`. Every lesson stands alone, so they can be made in any
/// order and on any number of threads.
pub fn lesson(seed: u64, number: u64, draw: Draw, stage: &Stage) -> Lesson {
    let mut dice = Dice::new(seed, &format!("recipe {} {draw:?} {number}", stage.name));
    loop {
        let mut names = Names::new(draw.names);
        let world = world(draw, stage, &mut names, &mut dice);
        let questions = questions(&world, draw, stage, &mut names, &mut dice);
        let lesson = Lesson { world, questions };
        let lesson = if stage.cited { lesson.cited(&mut dice) } else { lesson };
        if !lesson.questions.is_empty() {
            return lesson;
        }
    }
}

impl Lesson {
    /// What is left where code has found the sentence that answers: that one, sometimes with those beside
    /// it, and the questions that they answer or none of the document does.
    fn cited(mut self, dice: &mut Dice) -> Self {
        let found: Vec<usize> = self
            .questions
            .iter()
            .filter(|question| question.span.is_some())
            .map(|question| question.sentences[0])
            .collect();
        if found.is_empty() {
            return Self { questions: Vec::new(), ..self };
        }
        let at = *dice.pick(&found);
        let (before, behind) = *dice.pick(&BESIDE);
        let shown = at.saturating_sub(before)..(at + behind + 1).min(self.world.sentences.len());
        let mut declined = 0;
        self.questions.retain(|question| match question.sentences[..] {
            [] => {
                declined += 1;
                declined <= MOST_DECLINED
            }
            [sentence] => question.span.is_some() && shown.contains(&sentence),
            _ => false,
        });
        dice.shuffle(&mut self.questions);
        self.questions.truncate(MOST_ASKED);
        for question in &mut self.questions {
            question.sentences.iter_mut().for_each(|sentence| *sentence -= shown.start);
        }
        self.world.sentences = self.world.sentences[shown].to_vec();
        self.world.facts.clear();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::STAGES;
    use carrel_core::memory::model::Contract;

    #[test]
    fn every_reply_has_the_products_form_and_points_to_its_sentences() {
        let draws =
            [Draw::TRAINING, Draw::UNSEEN_NAMES, Draw::WORDINGS, Draw::DOMAINS, Draw::STYLES];
        let mut n_questions = 0;
        for stage in &STAGES {
            for draw in draws {
                for number in 0..200 {
                    let lesson = lesson(7, number, draw, stage);
                    let contract = Contract::new(lesson.world.sentences.clone());
                    for question in &lesson.questions {
                        n_questions += 1;
                        let parsed = contract.parse(&question.reply());
                        let expected = (!question.sentences.is_empty())
                            .then(|| (question.sentences.clone(), question.span.clone()));
                        assert_eq!(parsed, expected, "{question:?}\n{}", contract.window());
                    }
                }
            }
        }
        assert!(n_questions > 15_000, "{n_questions}");
    }

    #[test]
    fn a_lesson_is_the_same_every_time_and_every_number_another() {
        let text = |number| lesson(1, number, Draw::TRAINING, Stage::full()).world.sentences;
        assert_eq!(text(3), text(3));
        assert_ne!(text(3), text(4));
    }
}
