//! Random histories of one workshop, done by the program and by a simple model side by side: after each act both tell
//! the same of everybody.

mod model;

use domain::accounts::{self, EmailAddress};
use domain::audit::Act as Logged;
use domain::programme::Event;
use domain::proof_requests::Requester;
use domain::registrations::{self, ActError, NewRegistration, Refusal, Registration};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};
use kernel::key::{Purpose, Token};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::model::Model;
use crate::harness::process::request_links;
use crate::harness::{TestApp, Visitor, WORKSHOP, violations};

/// Histories; each starts a program of its own.
const HISTORIES: u32 = 10;

/// People who appear in them; each works for one of three organisations.
const PEOPLE: usize = 8;

#[derive(Debug, Clone, Copy)]
enum Act {
    /// Somebody who is signed in asks for a seat.
    Register(usize),
    /// Anybody does with an address that is not proved.
    Ask(usize),
    /// Whoever has the address presses the button of the newest such request.
    Prove(usize),
    Confirm(usize),
    Cancel(usize),
    /// Hours that pass; then the job that takes back what is overdue.
    Pass(u64),
    SetCapacity(i64),
    SetCap(Option<i64>),
    Move(usize, usize),
    /// Somebody proposes their seat to somebody else.
    Transfer(usize, usize),
    /// What the one last asked, or the giver, makes of it.
    Accept(usize),
    Decline(usize),
    TakeBack(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let person = 0..PEOPLE;
    prop_oneof![
        3 => person.clone().prop_map(Act::Register),
        4 => person.clone().prop_map(Act::Ask),
        5 => person.clone().prop_map(Act::Prove),
        4 => person.clone().prop_map(Act::Confirm),
        3 => person.clone().prop_map(Act::Cancel),
        2 => (1_u64..40).prop_map(Act::Pass),
        2 => (1_i64..6).prop_map(Act::SetCapacity),
        1 => proptest::option::of(1_i64..4).prop_map(Act::SetCap),
        1 => (person.clone(), 1..PEOPLE).prop_map(|(who, place)| Act::Move(who, place)),
        2 => (person.clone(), person.clone()).prop_map(|(from, to)| Act::Transfer(from, to)),
        2 => person.clone().prop_map(Act::Accept),
        1 => person.clone().prop_map(Act::Decline),
        1 => person.prop_map(Act::TakeBack),
    ]
}

fn address(who: usize) -> EmailAddress {
    EmailAddress::parse(&format!("p{who}@exemple.fr")).unwrap()
}

/// What somebody types.
fn request(who: usize) -> NewRegistration {
    NewRegistration {
        name: format!("p{who}"),
        email: address(who),
        organisation: format!("Organisation {}", who % 3),
        siret: None,
        buyer: true,
        answers: Vec::new(),
        request: None,
        short_notice: false,
    }
}

/// The program, and who organises.
struct Program {
    app: TestApp,
    event: EventId,
    organiser: PersonId,
}

impl Program {
    async fn start() -> Self {
        let app = TestApp::start_with(|config| config.rate_per_email = 1000).await;
        let organiser = app.organiser().await;
        let event = app.event(WORKSHOP).await.id;
        let program = Self { app, event, organiser };
        program.revise(|event| event.capacity = Some(3)).await;
        program
    }

    async fn all(&self) -> Vec<Registration> {
        registrations::of_event(&mut self.app.app.db.read().await.unwrap(), self.event).await.unwrap()
    }

    async fn last(&self, who: usize) -> Option<Registration> {
        let mut theirs = self.all().await;
        theirs.retain(|one| one.email == address(who));
        let live = theirs.iter().position(|one| one.status.is_live());
        live.map(|place| theirs[place].clone()).or_else(|| theirs.pop())
    }

    fn link(&self, registration: &Registration) -> Token {
        self.app.app.key.token(Purpose::Registration, registration.id.0, 0)
    }

    async fn revise(&self, edit: impl FnOnce(&mut Event) + Send) {
        let by = (self.organiser, Logged::Edited);
        app::revise::revise(&self.app.app, &domain::audit::Entry::new(by.0, by.1, self.event), edit).await.unwrap();
    }

    /// Asks with an address that is not proved; until when the button works.
    async fn ask(&self, who: usize) -> Timestamp {
        let app = &self.app.app;
        self.app.advance_millis(1);
        let event = self.app.event(WORKSHOP).await;
        let requester = Requester { network: [192, 0, 2, 0].into(), has_proved: false };
        let asking = (&request(who), requester);
        registrations::request_seats(app, &app.batches, std::slice::from_ref(&event), asking).await.unwrap()
    }

    /// Presses the button of somebody's newest request.
    async fn prove(&self, who: usize) -> Result<(), ActError> {
        let app = &self.app.app;
        let links = request_links(&app.db, &app.key).await;
        let Some((_, path)) = links.iter().rfind(|(to, _)| to == address(who).as_str()) else { return Ok(()) };
        let link = Token::received(path.rsplit('/').next().unwrap());
        let mut open = registrations::request_by_link(app, &link).await?.ok_or(Refusal::LinkExpired)?;
        for (_, told) in registrations::prove(app, &app.batches, &mut open, &request(who)).await? {
            told?;
        }
        Ok(())
    }

    async fn act(&self, act: Act) -> Option<Timestamp> {
        let app = &self.app.app;
        let done = match act {
            Act::Ask(who) => return Some(self.ask(who).await),
            Act::Prove(who) => self.prove(who).await,
            Act::Register(who) => registrations::register(app, &app.batches, self.event, request(who)).await.map(drop),
            Act::Confirm(who) => match self.last(who).await {
                Some(one) => registrations::confirm(app, &app.batches, &self.link(&one)).await.map(drop),
                None => Ok(()),
            },
            Act::Cancel(who) => match self.last(who).await {
                Some(one) => registrations::cancel(app, one.id).await.map(drop),
                None => Ok(()),
            },
            Act::Pass(hours) => {
                self.app.advance(hours);
                registrations::lapse_overdue(app).await.map_err(Into::into)
            }
            Act::SetCapacity(seats) => {
                self.revise(|event| event.capacity = Some(seats)).await;
                Ok(())
            }
            Act::SetCap(cap) => {
                self.revise(|event| event.organisation_cap = cap).await;
                Ok(())
            }
            Act::Move(who, place) => match self.last(who).await {
                Some(one) => {
                    registrations::move_on_waiting_list(app, self.organiser, one.id, place, "x").await.map(drop)
                }
                None => Ok(()),
            },
            Act::Transfer(from, to) => match self.last(from).await {
                Some(one) => {
                    let requester = Requester { network: [192, 0, 2, 0].into(), has_proved: false };
                    let to = (format!("p{to}"), address(to));
                    registrations::propose_transfer(app, &self.link(&one), (&to.0, &to.1), requester).await
                }
                None => Ok(()),
            },
            Act::Accept(from) | Act::Decline(from) | Act::TakeBack(from) => self.answer(from, act).await,
        };
        assert!(matches!(done, Ok(()) | Err(ActError::Refused(_))), "{act:?}: {done:?}");
        None
    }

    /// Everybody has a private feed: their paths.
    async fn make_feeds(&self) -> Vec<String> {
        let app = &self.app.app;
        let mut paths = Vec::new();
        for who in 0..PEOPLE {
            let mut tx = app.db.write().await.unwrap();
            let person = accounts::person_for(&mut tx, &address(who), "", None, app.clock.now()).await.unwrap().id;
            tx.commit().await.unwrap();
            accounts::renew_feed(app, person).await.unwrap();
            let person = accounts::find(&mut app.db.read().await.unwrap(), person).await.unwrap().unwrap();
            paths.push(format!("/calendrier/prive/{}.ics", person.feed_token(app).unwrap().as_str()));
        }
        paths
    }

    /// Whether every private feed, as it is kept since the act before, says what it says when it is made anew.
    async fn feeds_are_true(&self, visitor: &Visitor, paths: &[String]) -> bool {
        let mut kept = Vec::new();
        for path in paths {
            kept.push(visitor.get(path).await.body);
        }
        self.app.app.feeds.forget();
        for (path, kept) in paths.iter().zip(kept) {
            if visitor.get(path).await.body != kept {
                return false;
            }
        }
        true
    }

    /// What becomes of the last time that somebody proposed their seat.
    async fn answer(&self, from: usize, act: Act) -> Result<(), ActError> {
        let app = &self.app.app;
        let Some(giver) = self.last(from).await else { return Ok(()) };
        let last = registrations::last_transfer(&mut app.db.read().await?, giver.id).await?;
        let Some(link) = last.map(|last| app.key.token(Purpose::Transfer, last.id.0, 0)) else { return Ok(()) };
        match act {
            Act::Accept(_) => registrations::take_over(app, &link).await.map(drop),
            Act::Decline(_) => registrations::decline(app, &link).await,
            _ => registrations::take_back(app, giver.id).await.map(drop),
        }
    }
}

async fn follow(history: Vec<Act>) -> Result<(), TestCaseError> {
    let program = Program::start().await;
    let (visitor, feeds) = (program.app.visitor(), program.make_feeds().await);
    let now = program.app.app.clock.now();
    let mut model = Model::new(3, now);
    for (step, act) in history.iter().enumerate() {
        let until = program.act(*act).await;
        model.act(*act, until);
        let all = program.all().await;
        let told: Vec<_> = all.iter().map(|one| (one.name.clone(), one.status)).collect();
        let expected: Vec<_> = model.all.iter().map(|one| (format!("p{}", one.who), one.status)).collect();
        prop_assert_eq!(told, expected, "after {:?}", &history[..=step]);
        // How long a seat is kept is the rules' business, tested beside them.
        for (one, registration) in model.all.iter_mut().zip(&all) {
            one.until = registration.held_until;
        }
        let found = violations(&all, model.capacity.max(model.taken()), model.cap);
        // An organiser may move people past others, and a lowered cap takes no seat away.
        let allowed =
            |violation: &String| violation.ends_with("waiting list") || violation.ends_with("one organisation");
        let found: Vec<_> = found.into_iter().filter(|violation| !allowed(violation)).collect();
        prop_assert!(found.is_empty(), "{:?} after {:?}", found, &history[..=step]);
        prop_assert!(program.feeds_are_true(&visitor, &feeds).await, "a stale feed after {:?}", &history[..=step]);
    }
    Ok(())
}

#[test]
fn any_history_is_as_the_simple_model_says() {
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(act(), 40), |history| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(follow(history))
        })
        .unwrap();
}
