//! A calendar that polls the feed after any history shows what the programme says; and feeds kept in memory are never
//! older than the programme.

use std::collections::BTreeMap;

use calcard::icalendar::ICalendarProperty;
use domain::programme::EventStatus;
use proptest::prelude::*;
use reqwest::{Method, header};
use site::feeds;

use crate::harness::calendar::{self, property};
use crate::harness::{TestApp, Visitor};

/// The programme's events in these histories.
const EVENTS: usize = 3;

/// A month for each season and both changes of the clocks.
const MONTHS: [u8; 4] = [1, 3, 7, 10];

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Act {
    Create(usize),
    /// To this month and day.
    Move(usize, u8, u8),
    Rename(usize),
    Cancel(usize),
    Unpublish(usize),
    Publish(usize),
    /// Hours pass.
    Wait(u16),
    Poll,
}

fn any_act() -> impl Strategy<Value = Act> {
    let event = 0..EVENTS;
    prop_oneof![
        2 => event.clone().prop_map(Act::Create),
        3 => (event.clone(), prop::sample::select(MONTHS.to_vec()), 24u8..31).prop_map(|(n, month, day)| Act::Move(n, month, day)),
        1 => event.clone().prop_map(Act::Rename),
        2 => event.clone().prop_map(Act::Cancel),
        2 => event.clone().prop_map(Act::Unpublish),
        2 => event.prop_map(Act::Publish),
        1 => (1u16..900).prop_map(Act::Wait),
        3 => Just(Act::Poll),
    ]
}

/// An event as the organisers see it.
#[derive(Debug, Clone)]
struct Plan {
    month: u8,
    day: u8,
    title: u32,
    status: &'static str,
}

type Plans = BTreeMap<usize, Plan>;

fn act(plans: &mut Plans, act: Act) {
    let mut set = |number: usize, status| {
        if let Some(plan) = plans.get_mut(&number) {
            plan.status = status;
        }
    };
    match act {
        Act::Create(number) => {
            plans.entry(number).or_insert(Plan { month: MONTHS[number], day: 28, title: 0, status: "published" });
        }
        Act::Cancel(number) => set(number, "cancelled"),
        Act::Unpublish(number) => set(number, "draft"),
        Act::Publish(number) => set(number, "published"),
        Act::Rename(number) => {
            if let Some(plan) = plans.get_mut(&number) {
                plan.title += 1;
            }
        }
        Act::Move(number, month, day) => {
            if let Some(plan) = plans.get_mut(&number) {
                (plan.month, plan.day) = (month, day);
            }
        }
        Act::Wait(_) | Act::Poll => {}
    }
}

fn programme(plans: &Plans) -> String {
    let mut text = "[edition]\nslug = \"histoire\"\ntitle = \"Histoire\"\nsummary = \"\"\n".to_owned();
    for (number, plan) in plans {
        let Plan { month, day, title, status } = plan;
        text += &format!(
            "[[event]]\nslug = \"e{number}\"\nkind = \"webinar\"\ntitle = \"Événement {number}, v{title}; \\\\ é\"\n\
             starts = 2027-{month:02}-{day:02}T09:30:00\nends = 2027-{month:02}-{day:02}T11:00:00\nplace = \"Ici\"\n\
             status = \"{status}\"\n",
        );
    }
    text
}

/// What a calendar app shows of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    title: String,
    seconds: (i64, i64),
    cancelled: bool,
    sequence: i64,
    stamp: String,
}

/// An app that polls with the tag of its last answer.
#[derive(Debug, Default)]
struct App {
    tag: Option<String>,
    shown: BTreeMap<String, Shown>,
}

fn read(text: &str) -> BTreeMap<String, Shown> {
    let calendar = calendar::read(text);
    let expanded = calendar.expand_dates(calcard::common::timezone::Tz::UTC, 100);
    assert!(expanded.errors.is_empty(), "{:?}", expanded.errors);
    let shown = expanded.events.into_iter().map(|event| {
        let component = calendar.component_by_id(event.comp_id).unwrap();
        let shown = Shown {
            title: property(component, ICalendarProperty::Summary),
            seconds: event.timestamps(),
            cancelled: property(component, ICalendarProperty::Status) == "CANCELLED",
            sequence: property(component, ICalendarProperty::Sequence).parse().unwrap(),
            stamp: property(component, ICalendarProperty::Dtstamp),
        };
        (component.uid().unwrap().to_owned(), shown)
    });
    shown.collect()
}

impl App {
    async fn poll(&mut self, visitor: &Visitor) -> Result<(), TestCaseError> {
        let tag = self.tag.clone().unwrap_or_else(|| "\"none\"".to_owned());
        let answer = visitor.request(Method::GET, "/calendrier.ics", &[("if-none-match", &tag)]).await;
        if answer.status == 304 {
            return Ok(());
        }
        let now = read(&answer.body);
        for (uid, shown) in &now {
            let Some(before) = self.shown.get(uid) else { continue };
            prop_assert!(shown.sequence >= before.sequence, "{before:?} → {shown:?}");
            let differs = (before.seconds, before.cancelled) != (shown.seconds, shown.cancelled);
            prop_assert!(!differs || shown.sequence > before.sequence, "{before:?} → {shown:?}");
            prop_assert!(before == shown || shown.stamp >= before.stamp, "{before:?} → {shown:?}");
        }
        self.tag = Some(answer.headers[header::ETAG].to_str().unwrap().to_owned());
        self.shown = now;
        Ok(())
    }
}

/// What the database says that a calendar must show.
async fn truth(app: &TestApp, plans: &Plans) -> BTreeMap<String, Shown> {
    let mut truth = BTreeMap::new();
    for number in plans.keys() {
        let event = app.event(&format!("e{number}")).await;
        let now = app.app.clock.now();
        let day = std::time::Duration::from_secs(24 * 3600);
        let struck = event.cancelled_at.is_some_and(|at| at + day * 30 <= now);
        if !event.is_public() || event.ends_at + day * 90 <= now || struck {
            continue;
        }
        let cancelled = event.status == EventStatus::Cancelled;
        let shown = Shown {
            title: if cancelled { format!("Annulé\u{a0}: {}", event.title) } else { event.title.clone() },
            seconds: (event.starts_at.as_millis() / 1000, event.ends_at.as_millis() / 1000),
            cancelled,
            sequence: event.sequence,
            stamp: String::new(),
        };
        truth.insert(format!("{}@127.0.0.1", event.id), shown);
    }
    truth
}

async fn play(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let (mut plans, mut calendar) = (Plans::new(), App::default());
    // The carried programme would stand beside ours.
    app.unpublish_all().await;
    for next in acts {
        match next {
            Act::Wait(hours) => app.advance(u64::from(hours)),
            Act::Poll => calendar.poll(&visitor).await?,
            other => {
                act(&mut plans, other);
                app.advance_millis(1);
                // A programme without an event is none.
                if plans.is_empty() {
                    continue;
                }
                app::programme::import(&app.app, &programme(&plans)).await.unwrap();
            }
        }
    }
    calendar.poll(&visitor).await?;
    let shown = calendar.shown.into_iter().map(|(uid, shown)| (uid, Shown { stamp: String::new(), ..shown }));
    prop_assert_eq!(shown.collect::<BTreeMap<_, _>>(), truth(&app, &plans).await);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn after_any_history_a_calendar_that_polls_shows_what_the_database_says(
        acts in prop::collection::vec(any_act(), 4..28),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(acts))?;
    }
}

#[tokio::test]
async fn a_poll_is_answered_from_memory_and_asks_the_database_nothing() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    // What the job does first, so that it drops nothing later.
    feeds::watch(&app.app).await.unwrap();
    let first = visitor.get("/calendrier.ics").await;
    let one = visitor.get("/evenements/atelier-2-indicateurs.ics").await;
    // Whatever asks the database from here on fails.
    app.app.db.close().await;
    let tag = first.headers[header::ETAG].to_str().unwrap();
    assert_eq!(visitor.request(Method::GET, "/calendrier.ics", &[("if-none-match", tag)]).await.status, 304);
    assert_eq!(visitor.get("/calendrier.ics").await.body, first.body);
    assert_eq!(visitor.get("/evenements/atelier-2-indicateurs.ics").await.body, one.body);
    assert_eq!(visitor.get("/calendrier/ateliers.ics").await.status, 500, "this one was never asked for");
}

#[tokio::test]
async fn what_another_process_changed_drops_the_copies() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    feeds::watch(&app.app).await.unwrap();
    visitor.get("/calendrier.ics").await;
    feeds::watch(&app.app).await.unwrap();
    assert_eq!(app.app.feeds.count(), (1, 0), "nothing has changed");
    // Another node's commit: this process is told nothing.
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query(
        "update event set title = 'Autre titre', revised_at = revised_at + 1 where slug = 'atelier-2-indicateurs'"
    )
    .execute(conn)
    .await
    .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    feeds::watch(&app.app).await.unwrap();
    assert_eq!(app.app.feeds.count(), (0, 0));
    assert!(visitor.get("/calendrier.ics").await.body.contains("SUMMARY:Autre titre"));
}
