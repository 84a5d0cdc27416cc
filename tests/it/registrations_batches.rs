//! Requests that meet on one event are decided together, and yet as if each had come alone.

use db::dispatch;
use domain::accounts::EmailAddress;
use domain::audit::Act;
use domain::organisations::Siret;
use domain::programme::{Event, UnlistedPolicy};
use domain::proof_requests::Requester;
use domain::registrations::{
    self, ActError, NewRegistration, Refusal, RegisterOutcome, Registered, Registration, RegistrationStatus,
};
use futures_util::future::join_all;
use kernel::key::Token;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::harness::process::request_links;
use crate::harness::{TestApp, WORKSHOP, postgres, violations};

/// Rushes; each starts two programs.
const RUSHES: u32 = 8;

/// Somebody who asks, by numbers: who, for whom they work, and how.
#[derive(Debug, Clone, Copy)]
struct One {
    who: usize,
    works_for: usize,
    spelling: usize,
    with_number: bool,
    buyer: bool,
    short_notice: bool,
}

fn one() -> impl Strategy<Value = One> {
    (0..14_usize, 0..4_usize, 0..2_usize, prop::bool::weighted(0.2), prop::bool::weighted(0.9), any::<bool>()).prop_map(
        |(who, works_for, spelling, with_number, buyer, short_notice)| One {
            who,
            works_for,
            spelling,
            with_number,
            buyer,
            short_notice,
        },
    )
}

impl One {
    fn request(self) -> NewRegistration {
        let name = ["Ville d’Angers", "Région Bretagne", "Métropole de Lyon", "Hôpital Nord"][self.works_for];
        let number = ["21490007800012", "23350001600040", "20004697700019", "26130001200018"][self.works_for];
        NewRegistration {
            name: format!("p{}", self.who),
            email: EmailAddress::parse(&format!("p{}@{}.fr", self.who, ["angers", "exemple"][self.who % 2])).unwrap(),
            organisation: if self.spelling == 0 { name.to_owned() } else { name.to_uppercase() },
            siret: self.with_number.then(|| Siret::parse(number).unwrap()),
            buyer: self.buyer,
            short_notice: self.short_notice,
            answers: Vec::new(),
            request: None,
        }
    }
}

/// How the event lets people in.
#[derive(Debug, Clone, Copy)]
struct Rules {
    capacity: i64,
    cap: Option<i64>,
    kept: i64,
    unlisted: usize,
    last_day: bool,
}

fn rules() -> impl Strategy<Value = Rules> {
    (1..9_i64, proptest::option::of(1..4_i64), 0..3_i64, 0..3_usize, prop::bool::weighted(0.3))
        .prop_map(|(capacity, cap, kept, unlisted, last_day)| Rules { capacity, cap, kept, unlisted, last_day })
}

/// What became of everybody, in the order of arrival, and what each was told.
#[derive(Debug, PartialEq)]
struct Outcome {
    told: Vec<Result<RegisterOutcome, Refusal>>,
    seats: Vec<(String, RegistrationStatus, bool, bool)>,
    letters: Vec<Vec<String>>,
}

async fn rush(rules: Rules, all: &[One], at_once: bool) -> Outcome {
    let app = TestApp::start().await;
    let by = (app.organiser().await, Act::ChangedAudience);
    let event = app.event(WORKSHOP).await;
    let now = app.app.clock.now();
    let edit = |event: &mut Event| {
        event.capacity = Some(rules.capacity);
        event.organisation_cap = rules.cap;
        event.reserved_seats = rules.kept;
        event.reserved_until = (rules.kept > 0).then_some(event.starts_at);
        event.unlisted_policy =
            [UnlistedPolicy::Admit, UnlistedPolicy::Approve, UnlistedPolicy::Refuse][rules.unlisted];
        event.buyer_list = "angers.fr\n20004697700019\nMétropole de Lyon".into();
    };
    app::revise::revise(&app.app, &domain::audit::Entry::new(by.0, by.1, event.id), edit).await.unwrap();
    let invited: Vec<EmailAddress> = [0, 3, 5].map(|who| One { who, ..all[0] }.request().email).to_vec();
    registrations::set_reserved_for(&app.app, by.0, event.id, &invited).await.unwrap();
    if rules.last_day {
        app.app.clock.advance(event.closes_at.since(now) - std::time::Duration::from_secs(60));
    }
    let ask = async |one: &One| match registrations::register(&app.app, &app.app.batches, event.id, one.request()).await
    {
        Ok(told) => Ok(told.outcome),
        Err(ActError::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error}"),
    };
    let mut told = Vec::new();
    if at_once {
        told = join_all(all.iter().map(&ask)).await;
    } else {
        for one in all {
            told.push(ask(one).await);
        }
    }
    let stored: Vec<Registration> =
        registrations::of_event(&mut app.app.db.read().await.unwrap(), event.id).await.unwrap();
    let seats = stored.iter().map(|one| (one.email.to_string(), one.status, one.invited, one.verified)).collect();
    let mut letters = Vec::new();
    for one in &stored {
        let mut kinds = app.letters(one.email.as_str()).await;
        kinds.sort_unstable();
        // Asked twice in one moment is one letter; asked again later is one more of the same.
        kinds.dedup();
        letters.push(kinds);
    }
    Outcome { told, seats, letters }
}

#[test]
fn what_is_decided_at_once_is_what_would_be_decided_one_after_another() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: RUSHES, ..Config::default() });
    let cases = (rules(), proptest::collection::vec(one(), 1..40));
    runner
        .run(&cases, |(rules, all)| {
            runtime.block_on(async {
                let together = rush(rules, &all, true).await;
                let alone = rush(rules, &all, false).await;
                prop_assert_eq!(together, alone);
                Ok(())
            })
        })
        .unwrap();
}

#[tokio::test]
async fn one_request_that_the_database_refuses_hinders_none_of_those_it_met() {
    let app = TestApp::start().await;
    let event = app.event(WORKSHOP).await.id;
    if postgres().is_none() {
        let mut tx = app.app.db.write().await.unwrap();
        dispatch!(&mut tx, |conn| sqlx::query(
            "create trigger refuse before insert on person when new.name like 'p7%'
             begin select raise(abort, 'cannot be written'); end"
        )
        .execute(conn)
        .await
        .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }
    let plain = One { who: 0, works_for: 0, spelling: 0, with_number: false, buyer: true, short_notice: false };
    let asking = (0..20).map(|who| {
        let mut request = One { who, ..plain }.request();
        if who == 7 {
            // PostgreSQL stores no NUL in a text; SQLite refuses by the trigger.
            request.name.push('\0');
        }
        registrations::register(&app.app, &app.app.batches, event, request)
    });
    let told = join_all(asking).await;
    let failed: Vec<usize> = (0..20).filter(|who| told[*who].is_err()).collect();
    assert_eq!(failed, [7]);
    let all = registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap();
    assert_eq!(all.len(), 19);
    assert_eq!(violations(&all, 60, None), Vec::<String>::new());
}

#[tokio::test]
async fn a_hundred_and_twenty_prove_their_requests_at_once_and_each_has_one_letter_and_one_seat() {
    let app = TestApp::start().await;
    let event = app.event(WORKSHOP).await;
    app.set_capacity(WORKSHOP, 120).await;
    let plain = One { who: 0, works_for: 1, spelling: 0, with_number: false, buyer: true, short_notice: false };
    let requester = Requester { network: [192, 0, 2, 0].into(), has_proved: false };
    let (parts, events) = (&app.app, std::slice::from_ref(&event));
    let asking = (0..120).map(|who| async move {
        let request = One { who, ..plain }.request();
        registrations::request_seats(parts, &parts.batches, events, (&request, requester)).await
    });
    assert!(join_all(asking).await.iter().all(Result::is_ok));
    let links = request_links(&app.app.db, &app.app.key).await;
    assert_eq!(links.len(), 120);
    // Everybody presses the button twice.
    let pressing = links.iter().chain(&links).map(|(email, path)| async move {
        let link = Token::received(path.rsplit('/').next().unwrap());
        let who = email[1..].split('@').next().unwrap().parse().unwrap();
        let mut open = registrations::request_by_link(parts, &link).await?.ok_or(ActError::NotFound)?;
        registrations::prove(parts, &parts.batches, &mut open, &One { who, ..plain }.request()).await
    });
    let proved = join_all(pressing).await;
    let seats = |told: &Registered| {
        matches!(told.outcome, RegisterOutcome::Confirmed | RegisterOutcome::Known(RegistrationStatus::Confirmed))
    };
    assert!(proved.iter().all(|done| matches!(done.as_deref(), Ok([(_, Ok(told))]) if seats(told))), "{proved:?}");
    let all = app.registrations(WORKSHOP).await;
    assert_eq!(all.len(), 120);
    assert!(all.iter().all(|one| one.status == RegistrationStatus::Confirmed && one.verified));
    let letters = app.letters(all[5].email.as_str()).await;
    assert_eq!(letters.iter().filter(|kind| *kind == "confirmed").count(), 1, "{letters:?}");
    let steps = registrations::steps(&mut app.app.db.read().await.unwrap(), all[5].id).await.unwrap();
    assert_eq!(steps.iter().map(|step| step.status).collect::<Vec<_>>(), [RegistrationStatus::Confirmed]);
}
