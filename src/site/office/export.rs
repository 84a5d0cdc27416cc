//! A list of registrations as a table to take away.

use super::french;
use super::registration_list::RegistrationRow;
use domain::programme::{Event, french as dates};

/// The table: a heading, then a row each.
pub fn table(rows: &[RegistrationRow], event: &Event) -> Vec<Vec<String>> {
    let heading = [
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
    let mut table = vec![heading.map(str::to_owned).to_vec()];
    table.extend(rows.iter().map(|row| cells(row, event)));
    table
}

fn cells(row: &RegistrationRow, event: &Event) -> Vec<String> {
    let registration = &row.registration;
    let yes = |whether: bool| if whether { "oui" } else { "non" }.to_owned();
    vec![
        registration.arrival.to_string(),
        registration.name.clone(),
        registration.organisation.clone(),
        registration.email.to_string(),
        yes(registration.buyer),
        french::status(&registration.status).to_owned(),
        row.position.map_or_else(String::new, |position| position.to_string()),
        yes(registration.short_notice),
        dates::moment(registration.created_at, event),
        registration.confirmed_at.map_or_else(String::new, |at| dates::moment(at, event)),
        registration.reason.clone().unwrap_or_default(),
    ]
}
