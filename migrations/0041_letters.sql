-- The highest SEQUENCE that a person's calendar was sent for an event, and whether it shows the event since.
create table calendar_sent (
    event_id   uuid not null references event (id),
    person_id  uuid not null references person (id) on delete cascade,
    sequence   bigint not null,
    booked     boolean not null,
    primary key (event_id, person_id)
);

-- Letters that an address is not to be sent.
create table refused_letters (
    address     text not null,
    scope       text not null check (scope in ('everything', 'reminders', 'announcements')),
    reason      text not null,
    created_at  bigint not null,
    primary key (address, scope)
);

-- The reminders of an event, where its organisers chose; without a row the usual ones.
create table event_reminders (
    event_id  uuid primary key references event (id) on delete cascade,
    chosen    jsonb not null
);

create index letter_by_sending on letter (sent_at);
create index letter_by_recipient on letter (recipient, state);
