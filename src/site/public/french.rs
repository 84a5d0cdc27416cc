//! What is wrong with a field of a visitor’s form, in French.

use http::form::FieldError;

/// Neither the address's domain nor the organisation is on the event's list of buyers.
pub const NOT_LISTED: FieldError = FieldError::new(
    "Cet atelier est réservé à certaines organisations, et ni cette adresse ni votre organisation n’en sont. Utilisez votre adresse professionnelle, ou écrivez à l’équipe organisatrice.",
);

/// The event does not admit the address of the colleague to whom a seat is offered.
pub const COLLEAGUE_NOT_LISTED: FieldError = FieldError::new(
    "Ce rendez-vous n’admet pas cette adresse\u{a0}: proposez la place à l’adresse professionnelle de votre collègue. Rien ne lui a été envoyé.",
);

/// The attestation of working for the same organisation is needed.
pub const NOT_A_COLLEAGUE: FieldError =
    FieldError::new("Cochez la case\u{a0}: une place ne se transmet qu’au sein d’une même organisation.");

/// The attestation of being a public buyer is needed.
pub const NOT_ATTESTED: FieldError = FieldError::new(
    "Cet atelier est réservé aux acheteurs publics\u{a0}: cochez la case pour attester que vous en êtes un.",
);

/// The same, for some of the chosen events.
pub const NOT_ATTESTED_FOR_SOME: FieldError = FieldError::new(
    "Certains des rendez-vous choisis sont réservés aux acheteurs publics\u{a0}: attestez en être un, ou décochez-les.",
);
