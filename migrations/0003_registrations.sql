create table registration (
    id            uuid primary key,
    event_id      uuid not null references event (id),
    person_id     uuid not null references person (id) on delete cascade,
    name          text not null,
    organisation  text not null,
    buyer         boolean not null,
    seat          text not null check (seat in ('held', 'offered', 'confirmed', 'waiting', 'cancelled', 'lapsed')),
    -- the order of requests at one event
    arrival       bigint not null,
    -- the address has been proven by a letter's button
    proven        boolean not null default false,
    -- can come even when told on the last day
    short_notice  boolean not null default false,
    token_hash    bytea not null unique,
    created_at    bigint not null,
    -- of a held or an offered seat
    held_until    bigint,
    confirmed_at  bigint,
    cancelled_at  bigint,
    changed_at    bigint not null,
    unique (event_id, arrival)
);
-- one live registration per person and event
create unique index registration_once on registration (event_id, person_id) where seat in ('held', 'offered', 'confirmed', 'waiting');
create index registration_by_seat on registration (event_id, seat, arrival);
create index registration_by_person on registration (person_id);
create index registration_held on registration (held_until) where seat in ('held', 'offered');
