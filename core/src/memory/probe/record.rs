//! A probe's report as JSON, so that it can be kept beside a model's hash and read again.

use serde_json::{Map, Value, json};

use super::report::{ProbeReport, Skill, SkillScore};

/// Version of the probes: a report of another version says nothing about these. Raise it with every
/// change of a probe, of its prompts or of the plans that it compares with.
pub const VERSION: u64 = 4;

impl ProbeReport {
    /// The report as JSON.
    pub fn to_json(&self) -> Value {
        let mut scores = Map::new();
        for skill in Skill::ALL {
            scores.insert(skill.name().to_owned(), score_json(self.score(skill)));
        }
        scores.insert("copied_spans".to_owned(), score_json(self.spans));
        json!({
            "version": VERSION,
            "reading": self.reading().name(),
            "writes": self.writes(),
            "scores": scores,
            "misled": self.misled,
            "prompt_tokens": self.prompt_tokens,
            "prompt_us": self.prompt_us,
            "output_tokens": self.output_tokens,
            "output_us": self.output_us,
        })
    }

    /// Reads what [`Self::to_json`] wrote; `None` if it is anything else or of another version.
    pub fn from_json(value: &Value) -> Option<Self> {
        if value["version"].as_u64()? != VERSION {
            return None;
        }
        let mut scores = [SkillScore::default(); 8];
        for skill in Skill::ALL {
            scores[skill as usize] = score_of(&value["scores"][skill.name()])?;
        }
        Some(Self {
            scores,
            spans: score_of(&value["scores"]["copied_spans"])?,
            misled: u32::try_from(value["misled"].as_u64()?).ok()?,
            prompt_tokens: value["prompt_tokens"].as_u64()?,
            prompt_us: value["prompt_us"].as_u64()?,
            output_tokens: value["output_tokens"].as_u64()?,
            output_us: value["output_us"].as_u64()?,
        })
    }
}

fn score_json(score: SkillScore) -> Value {
    json!({ "probes": score.probes, "model": score.model, "code": score.code })
}

/// A score that can be one: nothing is right more often than it was asked.
fn score_of(value: &Value) -> Option<SkillScore> {
    let number = |name: &str| u32::try_from(value[name].as_u64()?).ok();
    let score =
        SkillScore { probes: number("probes")?, model: number("model")?, code: number("code")? };
    (score.model <= score.probes && score.code <= score.probes).then_some(score)
}
