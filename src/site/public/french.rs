//! What is wrong with a field of a visitor’s form, and how long things last, in French.

use std::time::Duration;

use domain::programme::AnswerProblem;
use domain::registrations::Refusal;
use http::form::FieldError;

/// What [`NOT_LISTED`] says.
const NOT_LISTED_SENTENCE: &str = "Cet atelier est réservé à certaines organisations, et cette adresse n’est pas de l’une d’elles. Utilisez votre adresse professionnelle, ou écrivez à l’équipe organisatrice.";

/// The address's domain is not on the event's list of buyers.
pub const NOT_LISTED: FieldError = FieldError::new(NOT_LISTED_SENTENCE);

/// The same, for some of the chosen events.
pub const NOT_LISTED_FOR_SOME: FieldError = FieldError::new(
    "Certains des rendez-vous choisis sont réservés à des organisations dont cette adresse n’est pas\u{a0}: décochez-les.",
);

/// The event does not admit the address of the colleague to whom a seat is offered.
pub const COLLEAGUE_NOT_LISTED: FieldError = FieldError::new(
    "Ce rendez-vous n’admet pas cette adresse\u{a0}: proposez la place à l’adresse professionnelle de votre collègue. Rien ne lui a été envoyé.",
);

/// The attestation of working for the same organisation is needed.
pub const NOT_A_COLLEAGUE: FieldError =
    FieldError::new("Cochez la case\u{a0}: une place ne se transmet qu’au sein d’une même organisation.");

/// What is wrong with an answer to a question of the organisers'.
pub const fn answer_problem(problem: AnswerProblem) -> FieldError {
    FieldError::new(match problem {
        AnswerProblem::Missing => "Répondez à cette question\u{a0}: l’équipe organisatrice en a besoin.",
        AnswerProblem::TooLong => "Écrivez 500 caractères au plus.",
        AnswerProblem::NotOffered => "Choisissez une des réponses proposées.",
    })
}

/// The attestation of being a public buyer is needed.
pub const NOT_ATTESTED: FieldError = FieldError::new(
    "Cet atelier est réservé aux acheteurs publics\u{a0}: cochez la case pour attester que vous en êtes un.",
);

/// The same, for some of the chosen events.
pub const NOT_ATTESTED_FOR_SOME: FieldError = FieldError::new(
    "Certains des rendez-vous choisis sont réservés aux acheteurs publics\u{a0}: attestez en être un, ou décochez-les.",
);

/// Why a request is refused, on the page of its letter.
#[must_use]
pub const fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotOnProgramme => "Ce rendez-vous n’est plus au programme.",
        Refusal::NotYetOpen => "Les inscriptions ne sont pas encore ouvertes.",
        Refusal::Closed => "Les inscriptions sont closes.",
        Refusal::BuyersOnly => "Ce rendez-vous est réservé aux acheteurs publics.",
        Refusal::NotListed => NOT_LISTED_SENTENCE,
        Refusal::LinkExpired => "Ce bouton ne fonctionne plus\u{a0}: faites une nouvelle demande.",
        Refusal::Full | Refusal::OrganisationFull => "Il n’y a plus de place.",
        Refusal::AlreadyThere => "Vous êtes déjà inscrit.",
        Refusal::NotFromHere | Refusal::NotBegun => "Ce n’est pas possible maintenant.",
    }
}

/// A duration in whole minutes, hours up to two days, or days.
pub fn duration(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    match minutes {
        1 => "1 minute".to_owned(),
        0..60 => format!("{minutes} minutes"),
        60 => "1 heure".to_owned(),
        61..2881 => format!("{} heures", minutes / 60),
        _ => format!("{} jours", minutes / 1440),
    }
}
