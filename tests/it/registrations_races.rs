//! Everybody at once: what must hold of an event holds whoever wins. On PostgreSQL the acts come from two nodes.

use domain::accounts::EmailAddress;
use domain::audit::Act;
use domain::proof_requests::Requester;
use domain::registrations::{self, ActError, NewRegistration, Registration, RegistrationStatus, TransferStatus};
use futures_util::future::{join, join_all};
use kernel::clock::Clock;
use kernel::id::{EventId, PersonId};
use kernel::key::{Purpose, Token};
use mail::Delivery;
use parcours::server;
use site::App;

use crate::harness::{TestApp, WORKSHOP, postgres, violations};

/// A workshop and the nodes that serve it: two on PostgreSQL, one on SQLite.
struct Race {
    first: TestApp,
    nodes: Vec<App>,
    event: EventId,
    organiser: PersonId,
}

impl Race {
    async fn start(capacity: i64) -> Self {
        let first = TestApp::start().await;
        let mut nodes = vec![first.app.clone()];
        if postgres().is_some() {
            let config = first.app.config.clone();
            let clock: Clock = first.app.clock.clone();
            nodes.push(server::open(config, clock, Delivery::Mailbox).await.unwrap());
        }
        first.set_capacity(WORKSHOP, capacity).await;
        let organiser = first.organiser().await;
        let event = first.event(WORKSHOP).await.id;
        Self { first, nodes, event, organiser }
    }

    fn node(&self, number: usize) -> &App {
        &self.nodes[number % self.nodes.len()]
    }

    async fn register(&self, number: usize, organisation: usize) {
        let request = NewRegistration {
            name: format!("p{number}"),
            email: EmailAddress::parse(&format!("p{number}@exemple.fr")).unwrap(),
            organisation: format!("Organisation {organisation}"),
            siret: None,
            buyer: true,
            answers: Vec::new(),
            request: None,
            short_notice: false,
        };
        registrations::register(self.node(number), &self.node(number).batches, self.event, request).await.unwrap();
    }

    /// These people register one after another, each of another organisation.
    async fn register_in_order(&self, people: std::ops::Range<usize>) {
        for number in people {
            self.register(number, number).await;
        }
    }

    async fn all(&self) -> Vec<Registration> {
        self.first.registrations(WORKSHOP).await
    }

    async fn with(&self, status: RegistrationStatus) -> Vec<Registration> {
        self.all().await.into_iter().filter(|one| one.status == status).collect()
    }

    async fn set_capacity(&self, node: usize, capacity: i64) {
        let by = (self.organiser, Act::ChangedCapacity);
        let edit = |event: &mut domain::programme::Event| event.capacity = Some(capacity);
        app::revise::revise(self.node(node), &domain::audit::Entry::new(by.0, by.1, self.event), edit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancels_and_registrations_at_once_leave_no_seat_free_and_sell_none_twice() {
    let race = Race::start(20).await;
    race.register_in_order(0..40).await;
    let seated = race.with(RegistrationStatus::Confirmed).await;
    assert_eq!(seated.len(), 20);
    let cancelling = seated.iter().take(12).enumerate().map(|(number, one)| {
        let node = race.node(number);
        async move { registrations::cancel(node, one.id).await.unwrap() }
    });
    let registering = (40..70).map(|number| race.register(number, number));
    join(join_all(cancelling), join_all(registering)).await;
    assert_eq!(violations(&race.all().await, 20, None), Vec::<String>::new());
    let offered = race.with(RegistrationStatus::Offered).await;
    let names: Vec<_> = offered.iter().map(|one| one.name.clone()).collect();
    let first: Vec<_> = (20..32).map(|number| format!("p{number}")).collect();
    assert_eq!(names, first, "those who had waited longest, in their order");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_lapses_while_it_is_accepted_is_one_or_the_other() {
    let race = Race::start(6).await;
    race.register_in_order(0..24).await;
    for one in race.with(RegistrationStatus::Confirmed).await {
        registrations::cancel(&race.first.app, one.id).await.unwrap();
    }
    let offered = race.with(RegistrationStatus::Offered).await;
    assert_eq!(offered.len(), 6);
    let until = offered.iter().filter_map(|one| one.held_until).max().unwrap();
    race.first.app.clock.advance(until.since(race.first.app.clock.now()));
    let accepting = offered.iter().enumerate().map(|(number, one)| {
        let node = race.node(number);
        let link = node.key.token(Purpose::Registration, one.id.0, 0);
        async move { registrations::confirm(node, &node.batches, &link).await.map(drop) }
    });
    let lapsing = (0..6).map(|number| registrations::lapse_overdue(race.node(number)));
    let (accepted, lapsed) = join(join_all(accepting), join_all(lapsing)).await;
    assert!(accepted.iter().all(|done| matches!(done, Ok(()) | Err(ActError::Refused(_)))));
    assert!(lapsed.iter().all(Result::is_ok));
    let all = race.all().await;
    assert_eq!(violations(&all, 6, None), Vec::<String>::new());
    let again: Vec<_> = offered.iter().map(|one| all.iter().find(|now| now.id == one.id).unwrap().status).collect();
    assert!(again.iter().all(|status| *status == RegistrationStatus::Waiting), "too late is too late: {again:?}");
    assert_eq!(race.with(RegistrationStatus::Offered).await.len(), 6, "the next six");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_is_accepted_declined_and_taken_back_at_once_is_one_of_these() {
    let race = Race::start(8).await;
    race.register_in_order(0..9).await;
    for giver in &race.with(RegistrationStatus::Confirmed).await {
        let link = giver_link(&race, giver);
        let to = EmailAddress::parse(&format!("to-{}@exemple.fr", giver.name)).unwrap();
        let requester = Requester { network: [192, 0, 2, 0].into(), has_proved: false };
        let name = format!("to-{}", giver.name);
        registrations::propose_transfer(race.node(0), &link, (&name, &to), requester).await.unwrap();
    }
    let givers = race.with(RegistrationStatus::Confirmed).await;
    let acts = givers
        .iter()
        .enumerate()
        .flat_map(|(number, giver)| [(number, giver, 0), (number, giver, 1), (number, giver, 2)]);
    let acts = acts.map(async |(number, giver, act)| {
        let node = race.node(number + act);
        let mut tx = node.db.snapshot().await.unwrap();
        let asked = registrations::last_transfer(&mut tx, giver.id).await.unwrap().unwrap();
        drop(tx);
        let link = node.key.token(Purpose::Transfer, asked.id.0, 0);
        match act {
            0 => registrations::decline(node, &link).await.unwrap(),
            1 => drop(registrations::take_back(node, giver.id).await.unwrap()),
            _ => {
                let taken = registrations::take_over(node, &link).await;
                assert!(matches!(taken, Ok(_) | Err(ActError::Refused(_))), "{taken:?}");
            }
        }
    });
    join_all(acts).await;
    for giver in &givers {
        let mut tx = race.node(0).db.snapshot().await.unwrap();
        let state = registrations::last_transfer(&mut tx, giver.id).await.unwrap().unwrap().status;
        drop(tx);
        let all = race.all().await;
        let status = |name: &str| all.iter().find(|one| one.name == name).map(|one| one.status);
        let expected = match state {
            TransferStatus::Accepted => (Some(RegistrationStatus::Cancelled), Some(RegistrationStatus::Confirmed)),
            TransferStatus::Declined | TransferStatus::Withdrawn => (Some(RegistrationStatus::Confirmed), None),
            TransferStatus::Pending => panic!("nobody answered"),
        };
        assert_eq!((status(&giver.name), status(&format!("to-{}", giver.name))), expected, "{state:?}");
        let told = match state {
            TransferStatus::Accepted => vec!["confirmed", "handed-over"],
            TransferStatus::Declined => vec!["confirmed", "hand-over-declined"],
            _ => vec!["confirmed"],
        };
        assert_eq!(race.first.letters(giver.email.as_str()).await, told);
    }
    assert_eq!(race.with(RegistrationStatus::Waiting).await.len(), 1, "who waits gets none of them");
    assert_eq!(race.with(RegistrationStatus::Confirmed).await.len(), 8, "and no seat was lost or sold twice");
}

fn giver_link(race: &Race, giver: &Registration) -> Token {
    race.node(0).key.token(Purpose::Registration, giver.id.0, 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_has_no_more_seats_than_its_cap_whoever_wins() {
    let race = Race::start(20).await;
    race.first.revise_by(Act::ChangedAudience, WORKSHOP, |event| event.organisation_cap = Some(3)).await;
    join_all((0..60).map(|number| race.register(number, number % 4))).await;
    let all = race.all().await;
    assert_eq!(violations(&all, 20, Some(3)), Vec::<String>::new());
    assert_eq!(all.iter().filter(|one| one.status.is_taken()).count(), 12, "three of each of four organisations");
    let seated = race.with(RegistrationStatus::Confirmed).await;
    let cancelling = seated.iter().take(6).enumerate().map(|(number, one)| {
        let node = race.node(number);
        async move { registrations::cancel(node, one.id).await.unwrap() }
    });
    join(join_all(cancelling), join_all((60..80).map(|number| race.register(number, number % 4)))).await;
    let all = race.all().await;
    assert_eq!(violations(&all, 20, Some(3)), Vec::<String>::new());
    assert_eq!(all.iter().filter(|one| one.status.is_taken()).count(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capacity_changed_meanwhile_is_kept_by_all_who_come_after() {
    let race = Race::start(10).await;
    let registering = join_all((0..60).map(|number| race.register(number, number)));
    let changing = async {
        for (node, capacity) in [(0, 30), (1, 15), (0, 25), (1, 40)] {
            race.set_capacity(node, capacity).await;
        }
    };
    join(registering, changing).await;
    let all = race.all().await;
    assert_eq!(violations(&all, 40, None), Vec::<String>::new());
    assert_eq!(all.iter().filter(|one| one.status.is_taken()).count(), 40);
    assert_eq!(all.len(), 60, "nobody is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_people_on_two_nodes_get_sixty_seats() {
    let race = Race::start(60).await;
    join_all((0..300).map(|number| race.register(number, number % 50))).await;
    let all = race.all().await;
    assert_eq!(violations(&all, 60, None), Vec::<String>::new());
    assert_eq!(all.iter().filter(|one| one.status == RegistrationStatus::Confirmed).count(), 60);
    assert_eq!(all.len(), 300);
}
