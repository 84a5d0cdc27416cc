//! The links for each calendar app to follow a feed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use domain::calendar::feed::Feed;
use domain::calendar::french;
use domain::programme::{self, PublicEvent};
use http::error::Result;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::text::isolated;

/// The addresses that calendar apps take a feed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribeLinks {
    /// The feed's own address.
    pub https: String,
    /// Opens the calendar app of this device: Apple, Thunderbird, many others.
    pub webcal: String,
    /// Opens Google's calendar.
    pub google: String,
    /// Opens Outlook.com, for private accounts.
    pub outlook: String,
    /// Opens Outlook on the web, for accounts of organisations.
    pub office: String,
}

impl SubscribeLinks {
    /// The links to the feed at `path` of this site, called `name`.
    #[must_use]
    pub fn new(base_url: &str, path: &str, name: &str) -> Self {
        let https = format!("{base_url}{path}");
        let webcal = format!("webcal://{}", https.split_once("://").map_or("", |(_, rest)| rest));
        // Slashes are encoded, too: Google cuts the address off at one that is not.
        let encode = |text: &str| kernel::percent::encode(text).replace('/', "%2F");
        let microsoft = format!("addfromweb?url={}&name={}", encode(&https), encode(name));
        Self {
            google: format!("https://calendar.google.com/calendar/r?cid={}", encode(&webcal)),
            outlook: format!("https://outlook.live.com/calendar/0/{microsoft}"),
            office: format!("https://outlook.office.com/calendar/0/{microsoft}"),
            https,
            webcal,
        }
    }
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct SubscribePage {
    page: Page,
    /// What each is called on the page and in words.
    feeds: Vec<(&'static str, String, SubscribeLinks)>,
    events: Vec<PublicEvent>,
}

/// `GET /calendrier`
pub async fn page(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let mut events = match &edition {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    drop(tx);
    let now = app.clock.now();
    events.retain(|event| event.status.takes_place() && event.ends_at > now);
    let events = events.into_iter().map(PublicEvent::from).collect();
    let title = edition.as_ref().map_or(french::NO_EDITION, |edition| &edition.title);
    let feed = |(id, feed): (&'static str, Feed)| {
        let name = french::feed_name(title, feed.part());
        let links = SubscribeLinks::new(&app.config.base_url, feed.path(), &name);
        (id, french::feed_name(&isolated(title), feed.part()), links)
    };
    let feeds = [("tout", Feed::All), ("webinaires", Feed::Webinars), ("ateliers", Feed::Workshops)].map(feed).into();
    page::render(&SubscribePage { page: Page::new(&app, person.map(|SignedIn(person)| person)), feeds, events })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_gets_the_address_in_its_own_way() {
        let links = SubscribeLinks::new("https://exemple.fr", "/calendrier.ics", "Été & hiver");
        assert_eq!(links.webcal, "webcal://exemple.fr/calendrier.ics");
        assert_eq!(
            links.google,
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fexemple.fr%2Fcalendrier.ics"
        );
        assert!(
            links.outlook.ends_with("?url=https%3A%2F%2Fexemple.fr%2Fcalendrier.ics&name=%C3%89t%C3%A9%20%26%20hiver")
        );
    }
}
