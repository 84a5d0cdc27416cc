//! A list of registrations as a table to take away.

use super::french;
use super::registration_list::RegistrationRow;
use domain::programme::{Event, french as dates};

/// The table: a heading, then a row each.
pub fn table(rows: &[RegistrationRow], event: &Event) -> Vec<Vec<String>> {
    let mut table = vec![french::EXPORT_COLUMNS.map(str::to_owned).to_vec()];
    table.extend(rows.iter().map(|row| cells(row, event)));
    table
}

fn cells(row: &RegistrationRow, event: &Event) -> Vec<String> {
    let registration = &row.registration;
    vec![
        registration.arrival.to_string(),
        registration.name.clone(),
        registration.organisation.clone(),
        registration.email.to_string(),
        french::yes_or_no(registration.buyer).to_owned(),
        french::status(&registration.status).to_owned(),
        row.position.map_or_else(String::new, |position| position.to_string()),
        french::yes_or_no(registration.short_notice).to_owned(),
        dates::moment(registration.created_at, event),
        registration.confirmed_at.map_or_else(String::new, |at| dates::moment(at, event)),
        registration.reason.clone().unwrap_or_default(),
    ]
}
