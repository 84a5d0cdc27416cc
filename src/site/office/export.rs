//! A list of registrations as a table to take away.

use super::french;
use super::registration_list::RegistrationRow;
use domain::programme::{Event, french as dates};

/// The table: a heading, then a row each.
pub fn table(rows: &[RegistrationRow], event: &Event) -> Vec<Vec<String>> {
    let questions = questions(rows, event);
    let mut head = french::EXPORT_COLUMNS.map(str::to_owned).to_vec();
    head.extend(questions.iter().cloned());
    let mut table = vec![head];
    for row in rows {
        let mut cells = cells(row, event);
        cells.extend(questions.iter().map(|question| answer(row, question)));
        table.push(cells);
    }
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

/// The event's own questions, and those that were asked before and that somebody answered.
fn questions(rows: &[RegistrationRow], event: &Event) -> Vec<String> {
    let asked = event.questions.iter().map(|question| &question.label);
    let answered = rows.iter().flat_map(|row| row.registration.answers.iter()).map(|answer| &answer.question);
    let mut questions: Vec<String> = Vec::new();
    for question in asked.chain(answered) {
        if !questions.contains(question) {
            questions.push(question.clone());
        }
    }
    questions
}

fn answer(row: &RegistrationRow, question: &str) -> String {
    let found = row.registration.answers.iter().find(|answer| answer.question == question);
    found.map_or_else(String::new, |answer| answer.answer.clone())
}
