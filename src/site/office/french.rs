//! How the back office names things in French. Templates hand references to functions.

use jiff::tz::TimeZone;

use domain::audit::Act;
use domain::organisations::OrganisationKind;
use domain::programme::{Event, Field, UnlistedPolicy, french as dates};
use domain::registrations::{Refusal, RegistrationStatus, Reminder, TransferStatus};
use http::form::FieldError;
use kernel::clock::Timestamp;

/// What changes of who may come, for the log: « par organisation : 3 → sans limite ».
pub fn audience_changes(before: &Event, after: &Event) -> String {
    let lines = |event: &Event| event.buyer_list.lines().count();
    let unlisted = |event: &Event| match event.unlisted_policy {
        UnlistedPolicy::Admit => "admis",
        UnlistedPolicy::Approve => "à accepter",
        UnlistedPolicy::Refuse => "refusés",
    };
    let cap = |event: &Event| event.organisation_cap.map_or_else(|| "sans limite".to_owned(), |cap| cap.to_string());
    let reserved = |event: &Event| match event.reserved_until {
        Some(until) if event.reserved_seats > 0 => {
            format!("{} jusqu’au {}", event.reserved_seats, dates::moment(until, event))
        }
        _ => "aucune".to_owned(),
    };
    let only = |event: &Event| if event.buyers_only { "oui" } else { "non" };
    let mut changed = Vec::new();
    let mut note = |what: &str, before: String, after: String, same: bool| {
        if !same {
            changed.push(format!("{what}\u{a0}: {before} → {after}"));
        }
    };
    let same = before.buyers_only == after.buyers_only;
    note("acheteurs seulement", only(before).to_owned(), only(after).to_owned(), same);
    let same = before.unlisted_policy == after.unlisted_policy;
    note("hors de la liste", unlisted(before).to_owned(), unlisted(after).to_owned(), same);
    let same = before.buyer_list == after.buyer_list;
    note("lignes de la liste", lines(before).to_string(), lines(after).to_string(), same);
    note("par organisation", cap(before), cap(after), before.organisation_cap == after.organisation_cap);
    note("places réservées", reserved(before), reserved(after), reserved(before) == reserved(after));
    changed.join(" · ")
}

/// So many lines of a list are named; a list may hold thousands.
const LINES_NAMED: usize = 20;

/// Lines of a list, as a sentence names them: « Région Bretagne », « Ville ».
pub fn quoted_lines(lines: &[String]) -> String {
    let quote = |line: &String| format!("«\u{a0}{}\u{a0}»", line.chars().take(120).collect::<String>());
    let mut named = lines.iter().take(LINES_NAMED).map(quote).collect::<Vec<_>>().join(", ");
    if lines.len() > LINES_NAMED {
        named += &format!(" et {} autres", lines.len() - LINES_NAMED);
    }
    named
}

/// Lines of the list of buyers are neither a domain nor a SIRET.
pub fn void_lines(lines: &[String]) -> FieldError {
    FieldError::naming(format!(
        "Ni un domaine ni un SIRET\u{a0}: {}. Écrivez un domaine d’adresses (ville.fr, *.ville.fr) ou un SIRET par ligne\u{202f}; un nom ne prouve rien.",
        quoted_lines(lines)
    ))
}

/// The form says nothing that is known of those who are not on the list.
pub const NO_SUCH_POLICY: FieldError =
    FieldError::new("Choisissez ce que devient la demande de qui n’est pas sur la liste.");

/// What became of a registration.
pub fn status(status: &RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Pending => "À approuver",
        RegistrationStatus::Held => "À confirmer",
        RegistrationStatus::Offered => "Place offerte",
        RegistrationStatus::Confirmed => "Confirmée",
        RegistrationStatus::Waiting => "En attente",
        RegistrationStatus::Cancelled => "Annulée",
        RegistrationStatus::Expired => "Expirée",
        RegistrationStatus::Refused => "Refusée",
        RegistrationStatus::Attended => "Présent",
        RegistrationStatus::Absent => "Absent",
    }
}

/// So many of them became it: « confirmées », « en attente ».
pub fn counted(status: &RegistrationStatus, count: &u32) -> String {
    let one = self::status(status).to_lowercase();
    match status {
        _ if *count < 2 => one,
        RegistrationStatus::Offered => "places offertes".to_owned(),
        RegistrationStatus::Pending | RegistrationStatus::Held | RegistrationStatus::Waiting => one,
        RegistrationStatus::Confirmed
        | RegistrationStatus::Cancelled
        | RegistrationStatus::Expired
        | RegistrationStatus::Refused
        | RegistrationStatus::Attended
        | RegistrationStatus::Absent => one + "s",
    }
}

/// The class of its tag.
pub fn status_class(status: &RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Confirmed | RegistrationStatus::Attended => "tag tag-success",
        RegistrationStatus::Held | RegistrationStatus::Offered | RegistrationStatus::Pending => "tag tag-warning",
        RegistrationStatus::Refused | RegistrationStatus::Absent => "tag tag-danger",
        RegistrationStatus::Waiting | RegistrationStatus::Cancelled | RegistrationStatus::Expired => "tag",
    }
}

/// The name of a state in an address.
pub fn status_word(status: &RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Pending => "a-approuver",
        RegistrationStatus::Held => "a-confirmer",
        RegistrationStatus::Offered => "offertes",
        RegistrationStatus::Confirmed => "confirmees",
        RegistrationStatus::Waiting => "en-attente",
        RegistrationStatus::Cancelled => "annulees",
        RegistrationStatus::Expired => "expirees",
        RegistrationStatus::Refused => "refusees",
        RegistrationStatus::Attended => "presents",
        RegistrationStatus::Absent => "absents",
    }
}

/// How far the transfer of a seat is; before the colleague's name.
pub fn transfer_status(state: &TransferStatus) -> &'static str {
    match state {
        TransferStatus::Pending => "proposée à",
        TransferStatus::Accepted => "acceptée par",
        TransferStatus::Declined => "déclinée par",
        TransferStatus::Withdrawn => "n’est plus proposée à",
    }
}

/// What an organiser did.
pub fn act(act: &Act) -> &'static str {
    match act {
        Act::Registered => "a inscrit",
        Act::Offered => "a offert une place à",
        Act::Moved => "a déplacé dans la liste d’attente",
        Act::Withdrew => "a retiré l’inscription de",
        Act::Approved => "a accepté la demande de",
        Act::Refused => "a refusé la demande de",
        Act::Attended => "a noté la présence de",
        Act::Absent => "a noté l’absence de",
        Act::Unmarked => "a effacé le pointage de",
        Act::Edited => "a modifié le rendez-vous",
        Act::ChangedCapacity => "a changé le nombre de places",
        Act::Closed => "a fermé les inscriptions",
        Act::Reopened => "a rouvert les inscriptions",
        Act::CancelledEvent => "a annulé le rendez-vous",
        Act::Unpublished => "a retiré le rendez-vous du programme",
        Act::Published => "a publié le rendez-vous",
        Act::ChangedAudience => "a changé le public",
        Act::ChangedGuests => "a changé la liste des personnes invitées",
        Act::ChoseReminders => "a choisi les rappels",
        Act::Invited => "a envoyé des invitations",
        Act::FollowedUp => "a relancé les personnes invitées",
        Act::StoppedSending => "a arrêté un envoi d’invitations",
        Act::ResumedSending => "a repris un envoi d’invitations",
        Act::Wrote => "a écrit aux personnes inscrites",
        Act::SentAgain => "a renvoyé un courriel",
        Act::DroppedLetter => "a abandonné un courriel en attente",
        Act::ChangedRecipient => "a changé ce qu’une adresse reçoit",
        Act::ChangedOrganisation => "a modifié une organisation",
        Act::ArchivedBoard => "a archivé le tableau",
        Act::ReopenedBoard => "a rouvert le tableau",
        Act::PublishedResults => "a publié les résultats du tableau",
        Act::WithdrewResults => "a retiré les résultats du tableau",
        Act::ChangedResources => "a changé les ressources",
        Act::ChangedOwnOrganisation => "a changé l’organisation de",
        Act::ChangedOwnAddress => "a changé l’adresse de",
        Act::GrantedRole => "a donné un rôle à",
        Act::EndedRole => "a mis fin au rôle de",
        Act::ChangedIdentity => "a changé l’identité du service",
        Act::Exported => "a emporté",
    }
}

/// Why something was not done.
pub fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotOnProgramme => "Ce rendez-vous est passé, annulé ou pas encore publié.",
        Refusal::NotYetOpen => "Les inscriptions ne sont pas encore ouvertes.",
        Refusal::Closed => "Les inscriptions sont closes.",
        Refusal::BuyersOnly => "Ce rendez-vous est réservé aux acheteurs publics.",
        Refusal::NotListed => "L’adresse n’est pas d’un domaine de la liste.",
        Refusal::NotFromHere => "L’inscription a changé d’état entre-temps\u{a0}: ce n’est plus possible.",
        Refusal::Full => {
            "Aucune place n’est libre. Augmentez le nombre de places, ou placez cette personne en tête de la liste \
             d’attente\u{a0}: la prochaine place libérée lui sera offerte."
        }
        Refusal::AlreadyThere => "Cette personne est déjà inscrite à ce rendez-vous.",
        Refusal::OrganisationFull => "Son organisation a déjà toutes les places que chacune peut avoir.",
        Refusal::LinkExpired => "La demande n’est plus valable.",
        Refusal::NotBegun => "Le pointage s’ouvre une heure avant le début.",
    }
}

/// What an organisation is.
pub fn organisation_kind(kind: &OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Commune => "Commune",
        OrganisationKind::Intercommunality => "EPCI",
        OrganisationKind::Metropolis => "Métropole",
        OrganisationKind::Department => "Département",
        OrganisationKind::Region => "Région",
        OrganisationKind::State => "État",
        OrganisationKind::Hospital => "Hôpital",
        OrganisationKind::OtherBuyer => "Autre acheteur public",
        OrganisationKind::NotABuyer => "Pas un acheteur public",
    }
}

/// A reminder, by how long before the event it goes.
pub const fn reminder(reminder: Reminder) -> &'static str {
    match reminder {
        Reminder::TwoWeeks => "14 jours avant",
        Reminder::Week => "7 jours avant",
        Reminder::ThreeDays => "3 jours avant",
        Reminder::TwoDays => "2 jours avant",
        Reminder::Day => "La veille, à la même heure",
        Reminder::ThreeHours => "3 heures avant",
        Reminder::Hour => "1 heure avant",
        Reminder::Quarter => "15 minutes avant",
    }
}

/// The columns of the list of registrations that can be sorted by: their name in addresses, and in French.
pub const SORT_COLUMNS: [(&str, &str); 6] = [
    ("arrivee", "Ordre"),
    ("nom", "Nom"),
    ("etat", "État"),
    ("organisation", "Organisation"),
    ("adresse", "Adresse"),
    ("date", "Demandé le"),
];

/// The columns of an exported list of registrations.
pub const EXPORT_COLUMNS: [&str; 11] = [
    "Ordre",
    "Nom",
    "Organisation",
    "Adresse",
    "Acheteur public",
    "État",
    "Position",
    "Au dernier moment",
    "Demandé le",
    "Confirmé le",
    "Motif",
];

/// A cell of an exported list.
pub const fn yes_or_no(whether: bool) -> &'static str {
    if whether { "oui" } else { "non" }
}

/// A capacity; none is no limit.
pub fn seats(capacity: Option<i64>) -> String {
    capacity.map_or_else(|| "sans limite".to_owned(), |seats| seats.to_string())
}

/// « mardi 26 janvier 2027 à 14 h » of an instant, on the clocks of a zone.
pub fn moment(instant: Timestamp, zone: &TimeZone) -> String {
    let civil = instant.civil(zone);
    format!("{} à {}", dates::date(civil), dates::hour(civil))
}

/// A field of an event that comes from another calendar.
pub const fn programme_field(field: Field) -> &'static str {
    match field {
        Field::Title => "Titre",
        Field::Times => "Date et heure",
        Field::Place => "Lieu",
        Field::Video => "Lien de visioconférence",
        _ => "Présentation",
    }
}

/// A field in which an event says nothing.
pub const NOTHING: &str = "(rien)";

/// « Atelier 1 » : 10 jusqu’au mardi 26 janvier 2027 à 14 h.
pub fn reserved(event: &Event, seats: i64, until: Option<Timestamp>) -> String {
    let until = until.map_or_else(String::new, |until| format!(" jusqu’au {}", dates::moment(until, event)));
    format!("«\u{a0}{}\u{a0}»\u{a0}: {seats}{until}", event.title)
}

/// The same, and how many seats it replaces.
pub fn reserved_instead(event: &Event, seats: i64, until: Timestamp) -> String {
    let now = if event.reserved_seats == 0 { "aucune".to_owned() } else { event.reserved_seats.to_string() };
    format!("{} ({now} aujourd’hui)", reserved(event, seats, Some(until)))
}

/// It is longer than it can be.
pub const FAR_TOO_LONG: FieldError = FieldError::new("C’est trop long.");

/// No date and time.
pub const NOT_A_TIME: FieldError = FieldError::new("Indiquez une date et une heure, par exemple 2027-01-26T14:00.");

/// An event ends after it starts, and within two weeks.
pub const ENDS_BEFORE_IT_STARTS: FieldError =
    FieldError::new("La fin vient après le début, et deux semaines après au plus.");

/// Registrations open before they close.
pub const OPENS_AFTER_IT_CLOSES: FieldError = FieldError::new("Les inscriptions ouvrent avant de fermer.");

/// Whom the link of an event's video meeting is for, as the log tells it.
pub const fn video(event: &Event) -> &'static str {
    match (event.video_url.is_some(), event.video_public) {
        (false, _) => "sans visioconférence",
        (true, false) => "visioconférence pour les inscrits",
        (true, true) => "visioconférence publique",
    }
}

/// A link begins with https://.
pub const NOT_A_LINK: FieldError = FieldError::new("Un lien commence par https:// et ne contient pas d’espace.");

/// The link of a video meeting leads where it seems to lead.
pub const NOT_A_VIDEO_LINK: FieldError =
    FieldError::new("Le lien commence par https:// et le nom d’un site, sans espace ni «\u{a0}@\u{a0}» devant ce nom.");

/// A whole number, within what is possible.
pub const NOT_A_NUMBER: FieldError = FieldError::new("Indiquez un nombre entier, de 1 à 100 000.");

/// A reason is needed: the person reads it, or the audit log keeps it.
pub const NO_REASON: FieldError = FieldError::new("Indiquez un motif.");

/// Nobody was chosen.
pub const NOBODY_CHOSEN: FieldError = FieldError::new("Cochez au moins une personne.");

/// Another organisation has this SIRET.
pub const SIRET_TAKEN: FieldError =
    FieldError::new("Une autre organisation a déjà ce SIRET\u{a0}: fusionnez-les plutôt.");

/// No message, or no subject, was written.
pub const NO_MESSAGE: FieldError = FieldError::new("Écrivez ce que les personnes liront.");

/// Nobody is on the list.
pub const NO_GUESTS: FieldError = FieldError::new("Indiquez au moins une adresse valable.");

/// More people than one round takes.
pub const TOO_MANY_GUESTS: FieldError =
    FieldError::new("C’est trop pour un seul envoi\u{a0}: 2 000 personnes au plus.");

/// Neither a file nor lines were given.
pub const NO_LIST: FieldError = FieldError::new("Choisissez un fichier, ou collez au moins une ligne.");

/// More lines than one import takes.
pub const TOO_MANY_LINES: FieldError =
    FieldError::new("C’est trop en une fois\u{a0}: 2 000 lignes au plus. Importez la liste en plusieurs parties.");

/// Seats are to be reserved at an event that reserves none, and nobody said how many.
pub const NO_RESERVED_SEATS: FieldError = FieldError::new(
    "Indiquez combien de places garder, et jusqu’à quand\u{a0}: un des rendez-vous choisis n’en garde aucune.",
);

/// The message names something in braces that means nothing.
pub const UNKNOWN_PLACEHOLDER: FieldError =
    FieldError::new("Seuls {nom} et {organisation} peuvent figurer entre accolades.");

/// No such time, or one that is past.
pub const BAD_TIME: FieldError = FieldError::new("Cette date n’existe pas ou est passée.");

/// What was taken away of a list, for the log.
pub fn exported(people: usize, format: &str) -> String {
    let word = if people < 2 { "personne" } else { "personnes" };
    format!("{people} {word}, {format}")
}
