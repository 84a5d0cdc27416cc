//! How the back office names things in French. Templates hand references to functions.

use domain::audit::Act;
use domain::organisations::OrganisationKind;
use domain::registrations::{Refusal, Seat, TransferStatus};

/// What became of a registration.
pub fn seat(seat: &Seat) -> &'static str {
    match seat {
        Seat::Pending => "À approuver",
        Seat::Held => "À confirmer",
        Seat::Offered => "Place offerte",
        Seat::Confirmed => "Confirmée",
        Seat::Waiting => "En attente",
        Seat::Cancelled => "Annulée",
        Seat::Lapsed => "Expirée",
        Seat::Refused => "Refusée",
        Seat::Attended => "Présent",
        Seat::Absent => "Absent",
    }
}

/// So many of them became it: « confirmées », « en attente ».
pub fn counted(seat: &Seat, count: &u32) -> String {
    let one = self::seat(seat).to_lowercase();
    match seat {
        _ if *count < 2 => one,
        Seat::Offered => "places offertes".to_owned(),
        Seat::Pending | Seat::Held | Seat::Waiting => one,
        Seat::Confirmed | Seat::Cancelled | Seat::Lapsed | Seat::Refused | Seat::Attended | Seat::Absent => one + "s",
    }
}

/// The class of its tag.
pub fn seat_class(seat: &Seat) -> &'static str {
    match seat {
        Seat::Confirmed | Seat::Attended => "tag tag-success",
        Seat::Held | Seat::Offered | Seat::Pending => "tag tag-warning",
        Seat::Refused | Seat::Absent => "tag tag-danger",
        Seat::Waiting | Seat::Cancelled | Seat::Lapsed => "tag",
    }
}

/// The name of a state in an address.
pub fn seat_word(seat: &Seat) -> &'static str {
    match seat {
        Seat::Pending => "a-approuver",
        Seat::Held => "a-confirmer",
        Seat::Offered => "offertes",
        Seat::Confirmed => "confirmees",
        Seat::Waiting => "en-attente",
        Seat::Cancelled => "annulees",
        Seat::Lapsed => "expirees",
        Seat::Refused => "refusees",
        Seat::Attended => "presents",
        Seat::Absent => "absents",
    }
}

/// How far the handing over of a seat is; before the colleague's name.
pub fn handing(state: &TransferStatus) -> &'static str {
    match state {
        TransferStatus::Asked => "proposée à",
        TransferStatus::Accepted => "acceptée par",
        TransferStatus::Declined => "déclinée par",
        TransferStatus::TakenBack => "n’est plus proposée à",
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
