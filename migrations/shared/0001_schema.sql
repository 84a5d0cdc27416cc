-- The schema of version 0.1.0. From here on migrations are only added.

create table setting (
    name   text primary key,
    value  text not null
);

-- The programme.

create table edition (
    id          uuid primary key,
    slug        text not null unique,
    title       text not null,
    summary     text not null,
    zone        text not null,
    created_at  bigint not null,
    revised_at  bigint not null
);

create table event (
    id                uuid primary key,
    edition_id        uuid not null references edition (id),
    slug              text not null unique,
    position          bigint not null,
    kind              text not null,
    title             text not null,
    summary           text not null,
    -- what participants prepare beforehand; reminders repeat it
    preparation       text not null default '',
    starts_local      text not null,
    ends_local        text not null,
    zone              text not null,
    starts_at         bigint not null,
    ends_at           bigint not null,
    place             text not null,
    video_url         text,
    capacity          bigint check (capacity >= 0),
    reserved_seats    bigint not null default 0 check (reserved_seats >= 0),
    reserved_until    bigint,
    organisation_cap  bigint check (organisation_cap >= 1),
    buyers_only       boolean not null,
    -- domains, SIRETs and names of organisations, one a line
    buyer_list        text not null default '',
    -- what happens to a registration whose organisation is not on that list
    unlisted_policy   text not null default 'admit',
    board_kind        text,
    agenda            jsonb not null,
    speakers          jsonb not null,
    opens_at          bigint,
    closes_at         bigint not null,
    status            text not null,
    -- raised by each act that decides on seats, so that these acts queue
    version           bigint not null default 0,
    -- of the calendar (RFC 5545 §3.8.7.4)
    sequence          bigint not null default 0,
    created_at        bigint not null,
    revised_at        bigint not null,
    cancelled_at      bigint
);
create index event_by_edition on event (edition_id, position);
create index event_by_start on event (starts_at);

-- What the file or the calendar that an event comes from contained at its last import. Edits that organisers made since
-- on a page are told from it.
create table event_source (
    event_id  uuid primary key references event (id) on delete cascade,
    -- name of the field → its value there
    snapshot  jsonb not null
);

-- Events imported from another calendar, by their UID there and the start of this occurrence.
create table imported_event (
    external_key  text primary key,
    event_id      uuid not null references event (id) on delete cascade
);

-- The reminders of an event whose organisers changed them; without a row the default ones are sent.
create table reminder_settings (
    event_id   uuid primary key references event (id) on delete cascade,
    reminders  jsonb not null
);

-- Organisations and people.

create table organisation (
    id          uuid primary key,
    name        text not null,
    kind        text,
    siret       text unique,
    created_at  bigint not null
);

-- how people write its name, without accents, case and punctuation
create table organisation_spelling (
    spelling         text primary key,
    organisation_id  uuid not null references organisation (id)
);
create index spelling_by_organisation on organisation_spelling (organisation_id);

-- Organisations with similar names that an organiser declared to be different.
create table organisation_distinct (
    one    uuid not null references organisation (id) on delete cascade,
    other  uuid not null references organisation (id) on delete cascade,
    primary key (one, other)
);

create table person (
    id               uuid primary key,
    email            text not null unique,
    name             text not null,
    organisation_id  uuid references organisation (id),
    organiser        boolean not null default false,
    -- raised to replace the address of the private feed
    feed_version     bigint not null default 0,
    -- null: the person has no feed
    feed_hash        bytea unique,
    -- minutes before each event at which the private feed sets an alarm; null: none
    feed_alarm       bigint,
    created_at       bigint not null
);
create index person_by_organisation on person (organisation_id);

create table retired_feed (
    feed_hash   bytea primary key,
    retired_at  bigint not null
);

-- Counts the changes to private feeds (address replaced, closed, another alarm): other processes watch it.
create table feed_generation (
    id          bigint primary key check (id = 1),
    generation  bigint not null
);
insert into feed_generation (id, generation) values (1, 0);

create table sign_in_link (
    id          uuid primary key,
    person_id   uuid not null references person (id) on delete cascade,
    token_hash  bytea not null unique,
    expires_at  bigint not null,
    used_at     bigint
);

create table session (
    id          uuid primary key,
    person_id   uuid not null references person (id) on delete cascade,
    token_hash  bytea not null unique,
    created_at  bigint not null,
    expires_at  bigint not null
);
create index session_by_person on session (person_id);

-- Registrations.

create table registration (
    id               uuid primary key,
    event_id         uuid not null references event (id),
    person_id        uuid not null references person (id) on delete cascade,
    name             text not null,
    organisation     text not null,
    organisation_id  uuid references organisation (id),
    buyer            boolean not null,
    status           text not null,
    -- the order of requests at one event
    arrival          bigint not null,
    -- the address was verified by a letter's button
    verified         boolean not null default false,
    -- can come even when told on the last day
    short_notice     boolean not null default false,
    -- takes one of the seats reserved for invited people
    invited          boolean not null default false,
    -- an organiser allowed it
    approved         boolean not null default false,
    -- why it was refused or withdrawn
    reason           text,
    token_hash       bytea not null unique,
    created_at       bigint not null,
    -- of a held or an offered seat
    held_until       bigint,
    confirmed_at     bigint,
    cancelled_at     bigint,
    changed_at       bigint not null,
    unique (event_id, arrival)
);
-- one live registration per person and event
create unique index registration_once on registration (event_id, person_id) where status in ('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent');
create index registration_by_status on registration (event_id, status, arrival);
create index registration_by_person on registration (person_id);
create index registration_by_organisation on registration (organisation_id);
create index registration_held on registration (held_until) where status in ('held', 'offered');

create table registration_status_change (
    id               uuid primary key,
    registration_id  uuid not null references registration (id) on delete cascade,
    at               bigint not null,
    status           text not null
);
create index status_change_by_registration on registration_status_change (registration_id, at);

-- A seat offered to a colleague by its holder, and the outcome.
create table seat_transfer (
    id                         uuid primary key,
    registration_id            uuid not null references registration (id) on delete cascade,
    name                       text not null,
    email                      text not null,
    status                     text not null,
    -- the colleague's registration, once accepted
    recipient_registration_id  uuid references registration (id) on delete set null,
    token_hash                 bytea not null unique,
    created_at                 bigint not null
);
-- one colleague at a time
create unique index seat_transfer_once on seat_transfer (registration_id) where status = 'pending';
create index seat_transfer_by_registration on seat_transfer (registration_id, created_at);
create index seat_transfer_by_recipient on seat_transfer (recipient_registration_id);

-- Addresses that the reserved seats of an event are for.
create table reserved_seat_address (
    event_id  uuid not null references event (id),
    email     text not null,
    primary key (event_id, email)
);

-- Registrations of erased people at past events, counted by status.
create table erased_count (
    event_id  uuid not null references event (id),
    status    text not null,
    people    bigint not null,
    primary key (event_id, status)
);

-- The highest SEQUENCE sent to a person's calendar for an event (iMIP), and whether the event is shown there since.
create table calendar_invite (
    event_id   uuid not null references event (id),
    person_id  uuid not null references person (id) on delete cascade,
    sequence   bigint not null,
    active     boolean not null,
    primary key (event_id, person_id)
);

-- Invitations.

-- One sending of invitations: what was written, to which events.
create table invitation_round (
    id              uuid primary key,
    subject         text not null,
    message         text not null,
    -- identifiers of events
    events          jsonb not null,
    created_by      uuid references person (id) on delete set null,
    created_at      bigint not null,
    send_at         bigint not null,
    -- when its letters were written, from the programme and the registrations at that moment
    written_at      bigint,
    stopped_at      bigint,
    -- the one second letter to people who had not answered
    followed_up_at  bigint
);

create table invitation (
    id            uuid primary key,
    round_id      uuid not null references invitation_round (id) on delete cascade,
    address       text not null,
    name          text not null,
    organisation  text not null,
    token_hash    bytea not null unique,
    opened_at     bigint,
    declined_at   bigint,
    unique (round_id, address)
);

-- Letters.

-- The outbox. A letter is written in the transaction of its cause, once per
-- (person, subject, kind, version), and carries what its template needs.
create table letter (
    id              uuid primary key,
    kind            text not null,
    person_id       uuid references person (id) on delete cascade,
    -- what the letter is about: a registration, an event, a sign-in…
    subject_id      uuid not null,
    version         bigint not null,
    recipient       text not null,
    recipient_name  text not null,
    -- {"data": …, "links": […]}; links without their secrets
    data            jsonb not null,
    -- text/calendar to attach
    calendar        text,
    -- lower goes first: 0 letters that somebody waits for, 5 reminders, 9 announcements
    priority        bigint not null,
    status          text not null,
    attempts        bigint not null default 0,
    due_at          bigint not null,
    -- given up after this
    expires_at      bigint not null,
    lease_until     bigint,
    lease_owner     uuid,
    created_at      bigint not null,
    sent_at         bigint,
    reason          text
);
create unique index letter_once on letter (person_id, subject_id, kind, version) where person_id is not null;
-- two nulls are never equal, so letters without a person need a key of their own
create unique index letter_once_to on letter (recipient, subject_id, kind, version) where person_id is null;
create index letter_due on letter (priority, due_at) where status in ('queued', 'sending');
create index letter_by_age on letter (created_at);
create index letter_by_sending on letter (sent_at);
create index letter_by_recipient on letter (recipient, status);

-- Letters that must not be sent to an address.
create table suppression (
    address     text not null,
    scope       text not null,
    reason      text not null,
    created_at  bigint not null,
    primary key (address, scope)
);

-- Open while the mail server cannot be reached or refuses the sign-in: letters wait, in every process. No row: closed.
create table mail_circuit_breaker (
    id        bigint primary key check (id = 1),
    since     bigint not null,
    reason    text not null,
    attempts  bigint not null
);

-- Boards.

create table board (
    id          uuid primary key,
    event_id    uuid not null references event (id),
    kind        text not null,
    title       text not null,
    -- the short code by which people in a room join
    code        text not null unique,
    -- seq of the last edit; raised by each append, so that appends queue
    head        bigint not null default 0,
    archived    boolean not null default false,
    created_at  bigint not null
);
create index board_by_event on board (event_id);

create table board_edit (
    board_id   uuid not null references board (id),
    seq        bigint not null,
    client     uuid not null,
    n          bigint not null,
    -- no reference: the edits of an erased person stay
    author_id  uuid not null,
    at         bigint not null,
    -- of the column edit
    format     bigint not null,
    edit       jsonb not null,
    primary key (board_id, seq),
    unique (board_id, client, n)
);
-- the authors of one card's fields are found without reading the whole log
create index board_edit_by_card on board_edit (board_id, (edit ->> 'card'), seq);

create table board_snapshot (
    board_id  uuid not null references board (id),
    seq       bigint not null,
    -- of the column state
    format    bigint not null,
    state     jsonb not null,
    primary key (board_id, seq)
);

-- The running processes and the minor version of the board's messages that each one reads.
create table node (
    id       uuid primary key,
    minor    bigint not null,
    seen_at  bigint not null
);

-- Actions of organisers. Refers to people only by identifiers, so that a person's erasure needs no rewriting.
create table audit_log (
    id         uuid primary key,
    at         bigint not null,
    actor_id   uuid references person (id) on delete set null,
    action     text not null,
    event_id   uuid references event (id),
    person_id  uuid references person (id) on delete set null,
    note       text not null
);
create index audit_log_by_event on audit_log (event_id, at);
create index audit_log_by_person on audit_log (person_id, at);
