//! What an organiser does at the workshop's page in the back office.

use std::collections::BTreeMap;

use domain::Context;
use domain::accounts::{self, EmailAddress};
use domain::roles::{self, Authority, Role};

use super::{Answer, TestApp, WORKSHOP};

/// Where the workshop is managed.
pub const DESK: &str = "/organisation/evenements/atelier-2-indicateurs";

/// Lets an address run the programme: as the first owner, else as an organiser.
pub async fn make_organiser(context: &Context, email: &EmailAddress) {
    if !roles::add_first_owners(context, std::slice::from_ref(email)).await.unwrap() {
        let mut tx = context.db.write().await.unwrap();
        let person = accounts::person_for(&mut tx, email, "", None, context.clock.now()).await.unwrap();
        let held = roles::of_person(&mut tx, person.id).await.unwrap();
        tx.commit().await.unwrap();
        if held.grants().is_empty() {
            let by = Authority::Operator;
            roles::grant(context, by, email, Role::Organiser, roles::Scope::Everything).await.unwrap();
        }
    }
}

impl TestApp {
    /// Fills in the form that says who may come; the answer leads back to the page.
    pub async fn set_audience(&self, fields: &[(&str, &str)]) {
        let answer = self.desk().await.post(&format!("{DESK}/public"), &with_policy(fields)).await;
        assert_eq!(answer.status, 303);
    }

    /// Registers Ada by hand; the status of the answer.
    pub async fn register_by_staff(&self) -> u16 {
        let fields = [("name", "Ada"), ("email", "ada@exemple.fr"), ("organisation", "Ville")];
        self.desk().await.post(&format!("{DESK}/inscrire"), &fields).await.status.as_u16()
    }

    /// An act on one registration; the status of the answer.
    pub async fn act_on(&self, email: &str, act: &str, fields: &[(&str, &str)]) -> u16 {
        let path = format!("/organisation/inscriptions/{}/{act}", self.registration(WORKSHOP, email).await.id);
        self.desk().await.post(&path, fields).await.status.as_u16()
    }

    /// An act on several registrations, with a reason.
    pub async fn select(&self, act: &str, emails: &[&str]) -> Answer {
        let mut fields = vec![("acte", act.to_owned()), ("reason", "Réservé aux communes".to_owned())];
        for email in emails {
            fields.push(("id", self.registration(WORKSHOP, email).await.id.to_string()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.desk().await.post(&format!("{DESK}/selection"), &fields).await
    }

    /// The log of what organisers did, as they read it.
    pub async fn log(&self) -> String {
        self.desk().await.get("/organisation/journal").await.body
    }

    /// Keeps this many seats of the workshop for a week, for those who are invited.
    pub async fn keep_seats(&self, seats: i64) {
        let until = self.app.clock.now() + std::time::Duration::from_secs(7 * 24 * 3600);
        let mut tx = self.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query(
            "update event set reserved_seats = $2, reserved_until = $3 where slug = $1"
        )
        .bind(WORKSHOP)
        .bind(seats)
        .bind(until)
        .execute(conn)
        .await
        .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Fields of the audience's form; people who are not on the list are admitted unless the fields say otherwise.
pub fn with_policy<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let says_so = fields.iter().any(|(name, _)| *name == "unlisted");
    let admitted = (!says_so).then_some(("unlisted", "admettre"));
    fields.iter().copied().chain(admitted).collect()
}

/// The fields of a form that two people may fill in at once, as a browser sends them: as they were when it was opened (its
/// hidden field `seen`), but for those that were `changed`.
pub fn with_seen<'a>(seen: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let opened: BTreeMap<&str, String> = serde_json::from_str(seen).unwrap();
    let fields = opened.into_iter().map(|(name, value)| {
        let typed = changed.iter().find(|(changed, _)| *changed == name).map(|(_, typed)| *typed);
        // As browsers end lines.
        (name, typed.unwrap_or_else(|| value.replace('\n', "\r\n").leak()))
    });
    fields.chain([("seen", seen)]).collect()
}
