//! The words of the page that takes over other calendars.

use board_model::kinds::BoardKind;
use domain::calendar::import::rules::{ExternalEvent, MAX_EVENTS, SkipReason};
use domain::programme::french as dates;

/// When an event of another calendar takes place.
pub fn external_when(event: &ExternalEvent) -> String {
    let times = &event.times;
    let (starts, ends) = (times.starts_civil, times.ends_civil);
    let zone = dates::zone_name(&times.zone);
    format!("{}, {}, {zone}", dates::dates_between(starts, ends), dates::hours_between(starts, ends))
}

/// What a board is for, where one is chosen.
pub const fn board_choice(kind: BoardKind) -> &'static str {
    match kind {
        BoardKind::Indicators => "Indicateurs d’un SPASER",
        BoardKind::Stakeholders => "Carte des parties prenantes",
        BoardKind::Questions => "Questions et réponses",
        BoardKind::Cards => "Fiches libres",
    }
}

/// How many people an event has.
pub fn people_of(count: &u32) -> String {
    match count {
        0 => "personne n’est inscrit".to_owned(),
        1 => "1 personne est inscrite ou en attente".to_owned(),
        count => format!("{count} personnes sont inscrites ou en attente"),
    }
}

/// Why something of another calendar is not taken.
pub fn skip_reason(reason: &SkipReason) -> String {
    let why = match reason {
        SkipReason::AllDay => "dure des journées entières, sans heure",
        SkipReason::NoTitle => "sans titre dans l’agenda",
        SkipReason::NoUid => "sans identifiant (UID)\u{a0}: il ne serait pas reconnu la prochaine fois",
        SkipReason::NoStart => "sans date de début",
        SkipReason::NoEnd => "sans heure de fin ni durée\u{a0}: ajoutez-la dans l’agenda",
        SkipReason::UnknownZone(zone) => return format!("fuseau horaire inconnu («\u{a0}{zone}\u{a0}»)"),
        SkipReason::BadTimes => "dates illisibles, ou fin qui ne suit pas le début",
        SkipReason::TooLong => "dure plus de deux semaines",
        SkipReason::TooFrequent => "se répète plus d’une fois par jour, chaque heure ou davantage",
        SkipReason::BadRecurrence => "répétition illisible",
        SkipReason::Cancelled => "annulé dans l’agenda",
        SkipReason::Past => "passé",
        SkipReason::TooFar => "dans plus de deux ans",
        SkipReason::GoesOn => "la série continue\u{202f}; ce qui vient dans plus de deux ans n’est pas repris",
        SkipReason::TooMany(count) => return too_many(*count),
        SkipReason::TooMuchWork => "l’agenda contient trop de répétitions à calculer\u{a0}: celle-ci ne l’a pas été",
        SkipReason::Superseded => "version ancienne\u{a0}: le fichier en contient une plus récente",
        SkipReason::Reply => "réponse à une invitation, pas un rendez-vous",
        SkipReason::Task => "tâche, pas un rendez-vous",
    };
    why.to_owned()
}

fn too_many(count: usize) -> String {
    let most = MAX_EVENTS;
    let dates = if count == 1 { "1 date".to_owned() } else { format!("{count} dates") };
    format!("{dates} au-delà des {most} premiers rendez-vous à venir, qui sont le maximum pour un fichier")
}
