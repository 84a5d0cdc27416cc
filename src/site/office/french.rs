//! How the back office names things in French. Templates hand references to functions.

use domain::audit::Act;
use domain::organisations::OrganisationKind;
use domain::registrations::{Refusal, RegistrationStatus, TransferStatus};

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
pub fn seat_class(status: &RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Confirmed | RegistrationStatus::Attended => "tag tag-success",
        RegistrationStatus::Held | RegistrationStatus::Offered | RegistrationStatus::Pending => "tag tag-warning",
        RegistrationStatus::Refused | RegistrationStatus::Absent => "tag tag-danger",
        RegistrationStatus::Waiting | RegistrationStatus::Cancelled | RegistrationStatus::Expired => "tag",
    }
}

/// The name of a state in an address.
pub fn seat_word(status: &RegistrationStatus) -> &'static str {
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

/// How far the handing over of a seat is; before the colleague's name.
pub fn handing(state: &TransferStatus) -> &'static str {
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
        Act::Chased => "a relancé les personnes invitées",
        Act::StoppedSending => "a arrêté un envoi d’invitations",
        Act::ResumedSending => "a repris un envoi d’invitations",
        Act::Wrote => "a écrit aux personnes inscrites",
        Act::SentAgain => "a renvoyé un courriel",
        Act::DroppedLetter => "a abandonné un courriel en attente",
        Act::ChangedRecipient => "a changé ce qu’une adresse reçoit",
        Act::ChangedOrganisation => "a modifié une organisation",
        Act::ArchivedBoard => "a archivé le tableau",
        Act::ReopenedBoard => "a rouvert le tableau",
        Act::ChangedOwnOrganisation => "a changé l’organisation de",
    }
}

/// Why something was not done.
pub fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotOnProgramme => "Ce rendez-vous est passé, annulé ou pas encore publié.",
        Refusal::NotYetOpen => "Les inscriptions ne sont pas encore ouvertes.",
        Refusal::Closed => "Les inscriptions sont closes.",
        Refusal::BuyersOnly => "Ce rendez-vous est réservé aux acheteurs publics.",
        Refusal::NotListed => "Ni l’adresse ni l’organisation ne sont sur la liste.",
        Refusal::NotFromHere => "L’inscription a changé d’état entre-temps\u{a0}: ce n’est plus possible.",
        Refusal::Full => {
            "Aucune place n’est libre. Augmentez le nombre de places, ou placez cette personne en tête de la liste \
             d’attente\u{a0}: la prochaine place libérée lui sera offerte."
        }
        Refusal::AlreadyThere => "Cette personne est déjà inscrite à ce rendez-vous.",
        Refusal::OrganisationFull => "Son organisation a déjà toutes les places que chacune peut avoir.",
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
