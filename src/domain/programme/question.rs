//! Questions of the organisers' own on an event's form, and answers to them. Pure.

use kernel::text::visible_line;
use serde::{Deserialize, Serialize};

/// Questions of one event at most.
pub const MAX_QUESTIONS: usize = 5;

/// The longest answer of one line, characters.
const MAX_ANSWER: usize = 500;

/// The answers to a question of yes or no, as they are stored and exported.
pub const YES_NO: [&str; 2] = ["oui", "non"];

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// By a line of text.
    #[default]
    Line,
    /// By one of several answers.
    Choice,
    /// By yes or no.
    YesNo,
}

/// A question on an event's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its place in the form, from 1.
    pub number: usize,
    /// What is asked.
    pub label: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether it must be answered.
    pub required: bool,
    /// The answers to choose from.
    pub options: Vec<String>,
}

/// An answer, with the question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The place of the question.
    pub number: usize,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerProblem {
    /// It is needed.
    Missing,
    /// It is too long.
    TooLong,
    /// It is none of those offered.
    NotOffered,
}

/// The names of questions in forms, by their numbers.
const NAMES: [&str; MAX_QUESTIONS] = ["question-1", "question-2", "question-3", "question-4", "question-5"];

impl Question {
    /// The number of the question of that name in forms.
    #[must_use]
    pub fn number_of(name: &str) -> Option<usize> {
        NAMES.iter().position(|one| *one == name).map(|place| place + 1)
    }

    /// Its name in forms.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAMES.get(self.number.wrapping_sub(1)).copied().unwrap_or("question")
    }

    /// The answers to choose from; none where a line is written.
    #[must_use]
    pub fn choices(&self) -> Vec<&str> {
        match self.kind {
            QuestionKind::Line => Vec::new(),
            QuestionKind::Choice => self.options.iter().map(String::as_str).collect(),
            QuestionKind::YesNo => YES_NO.to_vec(),
        }
    }

    /// The answer that was typed; `None` for no answer.
    ///
    /// # Errors
    ///
    /// When there must be one, it is too long, or none of those offered.
    pub fn answer(&self, typed: &str) -> Result<Option<Answer>, AnswerProblem> {
        let answer = visible_line(typed);
        let answer = answer.as_str();
        if answer.is_empty() {
            return if self.required { Err(AnswerProblem::Missing) } else { Ok(None) };
        }
        if self.kind == QuestionKind::Line {
            if answer.chars().count() > MAX_ANSWER {
                return Err(AnswerProblem::TooLong);
            }
        } else if !self.choices().contains(&answer) {
            return Err(AnswerProblem::NotOffered);
        }
        Ok(Some(Answer { number: self.number, question: self.label.clone(), answer: answer.to_owned() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind, required: bool) -> Question {
        Question { number: 1, label: "Repas ?".into(), kind, required, options: vec!["Végétarien".into()] }
    }

    #[test]
    fn an_answer_is_one_of_those_offered_and_there_when_it_must_be() {
        let answer = |kind, required, typed: &str| {
            question(kind, required).answer(typed).map(|answer| answer.map(|answer| answer.answer))
        };
        assert_eq!(answer(QuestionKind::Line, false, " un\nmot "), Ok(Some("un mot".into())));
        assert_eq!(answer(QuestionKind::Line, false, " "), Ok(None));
        assert_eq!(answer(QuestionKind::Line, true, " "), Err(AnswerProblem::Missing));
        assert_eq!(answer(QuestionKind::Line, true, &"a".repeat(501)), Err(AnswerProblem::TooLong));
        assert_eq!(answer(QuestionKind::Choice, true, "Végétarien"), Ok(Some("Végétarien".into())));
        assert_eq!(answer(QuestionKind::Choice, false, "Autre"), Err(AnswerProblem::NotOffered));
        assert_eq!(answer(QuestionKind::YesNo, true, "oui"), Ok(Some("oui".into())));
        assert_eq!(answer(QuestionKind::YesNo, true, "Végétarien"), Err(AnswerProblem::NotOffered));
    }
}
