//! What the page of an event's own questions says in French.

use domain::programme::QuestionKind;
use http::form::FieldError;

/// The ready-made question about accessibility.
pub const ACCESSIBILITY: &str = "Avez-vous besoin d’un aménagement pour participer (accès, interprétation, sous-titres, documents adaptés)\u{202f}?";

/// What a question asks is missing.
pub const NO_QUESTION: FieldError = FieldError::new("Écrivez la question, ou videz-la tout entière.");

/// A choice needs something to choose from.
pub const TOO_FEW_OPTIONS: FieldError = FieldError::new("Écrivez au moins deux réponses à choisir, une par ligne.");

/// A kind of question, in forms.
pub const fn question_kind(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Line => "ligne",
        QuestionKind::Choice => "choix",
        QuestionKind::YesNo => "oui-non",
    }
}

/// The kind of question that a form says; a line unless it says another.
pub fn question_kind_of(word: &str) -> QuestionKind {
    match word {
        "choix" => QuestionKind::Choice,
        "oui-non" => QuestionKind::YesNo,
        _ => QuestionKind::Line,
    }
}

/// How many questions an event asks now, for the log.
pub fn questions_note(count: usize) -> String {
    format!("questions du formulaire\u{a0}: {count}")
}
