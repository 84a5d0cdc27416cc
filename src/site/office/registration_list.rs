//! A list of registrations, searched, filtered and sorted as its address says. Pure.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde::Deserialize;

use super::french;
use domain::registrations::{Registration, RegistrationStatus};
use kernel::percent::encode;
use kernel::search::{folded, matches};

/// What the address asks for; it stays in every link of the page.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Listing {
    /// Words of the name, organisation or address.
    #[serde(default)]
    pub q: String,
    /// A state, or all.
    #[serde(default)]
    pub etat: String,
    /// The column to sort by; the order of arrival unless given.
    #[serde(default)]
    pub tri: String,
    /// `desc`: the other way round.
    #[serde(default)]
    pub ordre: String,
}

/// A registration with its place in the waiting list, from 1.
#[derive(Debug, Clone)]
pub struct RegistrationRow {
    /// The registration.
    pub registration: Registration,
    /// Its place, if it waits.
    pub position: Option<usize>,
}

/// Registrations in the order of arrival, with their places.
pub fn rows(registrations: Vec<Registration>) -> Vec<RegistrationRow> {
    let mut waiting = 0;
    let row = |registration: Registration| {
        let waits = registration.status == RegistrationStatus::Waiting;
        waiting += usize::from(waits);
        RegistrationRow { position: waits.then_some(waiting), registration }
    };
    registrations.into_iter().map(row).collect()
}

impl Listing {
    /// The rows that are asked for, in the order that is asked for.
    pub fn apply(&self, mut rows: Vec<RegistrationRow>) -> Vec<RegistrationRow> {
        let status = self.status();
        rows.retain(|row| {
            let registration = &row.registration;
            let (email, shown) = (registration.email.as_str(), registration.email.shown());
            let texts = [registration.name.as_str(), &registration.organisation, email, &shown];
            status.is_none_or(|status| status == registration.status) && matches(&self.q, &texts)
        });
        rows.sort_by(|one, other| {
            let order = self.compare(&one.registration, &other.registration);
            if self.is_descending() { order.reverse() } else { order }
        });
        rows
    }

    /// The state that is asked for; all of them when it is none.
    fn status(&self) -> Option<RegistrationStatus> {
        RegistrationStatus::ALL.into_iter().find(|status| french::status_word(status) == self.etat)
    }

    fn compare(&self, one: &Registration, other: &Registration) -> Ordering {
        let by = |text: fn(&Registration) -> &str| folded(text(one)).cmp(&folded(text(other)));
        let first = match self.tri.as_str() {
            "nom" => by(|registration| &registration.name),
            "organisation" => by(|registration| &registration.organisation),
            "adresse" => by(|registration| registration.email.as_str()),
            "etat" => one.status.cmp(&other.status),
            "date" => one.created_at.cmp(&other.created_at),
            _ => Ordering::Equal,
        };
        first.then(one.arrival.cmp(&other.arrival))
    }

    /// Whether the order is the other way round.
    pub fn is_descending(&self) -> bool {
        self.ordre == "desc"
    }

    /// What follows `?` in an address that asks for the same.
    pub fn query(&self) -> String {
        let mut query = String::new();
        for (name, value) in [("q", &self.q), ("etat", &self.etat), ("tri", &self.tri), ("ordre", &self.ordre)] {
            if !value.is_empty() {
                let separator = if query.is_empty() { "" } else { "&" };
                let _ = write!(query, "{separator}{name}={}", encode(value));
            }
        }
        query
    }

    /// The address of the same list sorted by `column`; by the column it is sorted by already, the other way round.
    pub fn sorted_by(&self, column: &str) -> String {
        let turned = self.tri == column && !self.is_descending();
        let ordre = if turned { "desc".to_owned() } else { String::new() };
        Self { tri: column.to_owned(), ordre, ..self.clone() }.query()
    }

    /// Whether this state is asked for.
    pub fn wants(&self, status: &RegistrationStatus) -> bool {
        self.status() == Some(*status)
    }

    /// What assistive technology says about a column's order.
    pub fn aria_sort(&self, column: &str) -> &'static str {
        match (self.tri == column || (self.tri.is_empty() && column == "arrivee"), self.is_descending()) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use domain::accounts::EmailAddress;
    use kernel::clock::Timestamp;
    use kernel::id::{EventId, PersonId, RegistrationId};

    fn registration(arrival: i64, name: &str, status: RegistrationStatus) -> Registration {
        Registration {
            id: RegistrationId(Uuid::from_u128(1)),
            event_id: EventId(Uuid::nil()),
            person_id: PersonId(Uuid::nil()),
            name: name.into(),
            organisation: "Ville d’Angers".into(),
            organisation_id: None,
            buyer: true,
            status,
            arrival,
            verified: true,
            short_notice: false,
            invited: false,
            approved: false,
            reason: None,
            created_at: Timestamp::from_millis(0),
            held_until: None,
            confirmed_at: None,
            cancelled_at: None,
            answers: sqlx::types::Json(Vec::new()),
            email: EmailAddress::parse("ada@exemple.fr").unwrap(),
        }
    }

    fn names(listing: &Listing) -> Vec<String> {
        let all = vec![
            registration(1, "Zoé", RegistrationStatus::Confirmed),
            registration(2, "Élodie", RegistrationStatus::Waiting),
            registration(3, "Ada", RegistrationStatus::Waiting),
        ];
        listing
            .apply(rows(all))
            .into_iter()
            .map(|row| format!("{} {:?}", row.registration.name, row.position))
            .collect()
    }

    #[test]
    fn the_list_is_searched_without_accents_filtered_and_sorted() {
        assert_eq!(names(&Listing::default()), ["Zoé None", "Élodie Some(1)", "Ada Some(2)"]);
        assert_eq!(names(&Listing { q: "elodie angers".into(), ..Listing::default() }), ["Élodie Some(1)"]);
        assert_eq!(names(&Listing { etat: "confirmees".into(), ..Listing::default() }), ["Zoé None"]);
        let by_name = Listing { tri: "nom".into(), ..Listing::default() };
        assert_eq!(names(&by_name), ["Ada Some(2)", "Élodie Some(1)", "Zoé None"], "É stands with E");
        let descending = Listing { ordre: "desc".into(), ..by_name };
        assert_eq!(names(&descending)[0], "Zoé None");
    }

    #[test]
    fn what_is_asked_for_stays_in_the_address() {
        let listing =
            Listing { q: "d’Angers & co".into(), etat: "en-attente".into(), tri: "nom".into(), ..Listing::default() };
        assert_eq!(listing.query(), "q=d%E2%80%99Angers%20%26%20co&etat=en-attente&tri=nom");
        assert!(listing.sorted_by("nom").ends_with("tri=nom&ordre=desc"));
        assert!(listing.sorted_by("date").ends_with("tri=date"));
    }
}
