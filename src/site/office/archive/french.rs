//! What the pages of documents, replays and resources say in French.

use jiff::tz::TimeZone;

use domain::event_documents::FileRefusal;
use domain::link_checks::{LinkCheck, Verdict};
use domain::programme::french as dates;
use http::form::FieldError;
use kernel::clock::Timestamp;

/// No file was chosen.
pub const NO_FILE: FieldError = FieldError::new("Choisissez un fichier.");

/// No title was given.
pub const NO_TITLE: FieldError = FieldError::new("Indiquez un titre.");

/// No address was given of what needs one.
pub const NO_LINK: FieldError = FieldError::new("Indiquez l’adresse du replay\u{a0}: elle commence par https://");

/// Nothing that a browser could open safely.
pub const NOT_A_LINK: FieldError = FieldError::new(
    "Une adresse commence par https:// et le nom d’un site, sans espace ni «\u{a0}@\u{a0}» devant ce nom.",
);

/// No kind was chosen.
pub const NO_KIND: FieldError = FieldError::new("Choisissez un type.");

/// A description for a list.
pub const DESCRIPTION_TOO_LONG: FieldError = FieldError::new("C’est trop long\u{a0}: 500 caractères au plus.");

/// No such event, or none that this organiser runs.
pub const NO_SUCH_EVENT: FieldError = FieldError::new("Choisissez un rendez-vous de la liste.");

/// Why a file was not taken.
pub const fn file_refused(refusal: FileRefusal) -> FieldError {
    FieldError::new(match refusal {
        FileRefusal::WrongType => {
            "Ce type de fichier n’est pas accepté. Choisissez un fichier pdf, odt, ods, odp, docx, xlsx, pptx, csv, png, jpg, svg, zip ou txt."
        }
        FileRefusal::NotItsType => {
            "Le contenu de ce fichier n’est pas celui que son extension annonce. Enregistrez-le de nouveau depuis son logiciel, puis choisissez-le."
        }
        FileRefusal::TooLarge => {
            "Ce fichier est trop gros\u{a0}: 25 Mo au plus. Allégez-le, ou déposez-le ailleurs et ajoutez son lien aux ressources."
        }
        FileRefusal::Empty => "Ce fichier est vide.",
        FileRefusal::Full => {
            "Il n’y a plus de place pour ce fichier\u{a0}: retirez d’anciens documents, ou demandez à la personne qui administre le serveur d’augmenter PARCOURS_DOCUMENTS_TOTAL_MB."
        }
    })
}

/// What is known of a link: the class of its tag, and what it says.
pub fn link_state(check: &LinkCheck, zone: &TimeZone) -> (&'static str, String) {
    let day = |at: Timestamp| dates::day(at.civil(zone));
    let since = day(check.failing_since.unwrap_or(check.checked_at));
    match check.verdict() {
        Verdict::Seen => ("tag tag-success", format!("vu le {}", day(check.checked_at))),
        Verdict::Moved => ("tag tag-warning", "déplacé".to_owned()),
        Verdict::Refused => ("tag", "refuse les robots".to_owned()),
        Verdict::Silent => ("tag tag-warning", "muet".to_owned()),
        Verdict::Failing => ("tag tag-warning", format!("introuvable depuis le {since}, à revoir")),
        Verdict::Dead => ("tag tag-danger", format!("mort depuis le {since}")),
        Verdict::Overruled => {
            ("tag", format!("validé à la main le {}", day(check.overruled_at.unwrap_or(check.checked_at))))
        }
    }
}

/// For the log.
pub fn added(title: &str) -> String {
    format!("ajout\u{a0}: {title}")
}

/// For the log.
pub fn changed(title: &str) -> String {
    format!("changement\u{a0}: {title}")
}

/// For the log.
pub fn removed(title: &str) -> String {
    format!("retrait\u{a0}: {title}")
}

/// For the log.
pub fn overruled(title: &str) -> String {
    format!("lien déclaré bon\u{a0}: {title}")
}
