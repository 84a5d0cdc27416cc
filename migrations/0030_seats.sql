create table organisation (
    id          uuid primary key,
    name        text not null,
    kind        text check (kind in ('commune', 'intercommunality', 'metropolis', 'department', 'region', 'state', 'hospital', 'other_buyer', 'not_a_buyer')),
    siret       text unique,
    created_at  bigint not null
);

-- how people write its name, without accents, case and punctuation
create table organisation_spelling (
    spelling         text primary key,
    organisation_id  uuid not null references organisation (id)
);
create index spelling_by_organisation on organisation_spelling (organisation_id);

-- Made anew: SQLite cannot change a check.
create table registration_new (
    id               uuid primary key,
    event_id         uuid not null references event (id),
    person_id        uuid not null references person (id) on delete cascade,
    name             text not null,
    organisation     text not null,
    organisation_id  uuid references organisation (id),
    buyer            boolean not null,
    seat             text not null check (seat in ('pending', 'held', 'offered', 'confirmed', 'waiting', 'cancelled', 'lapsed', 'refused', 'attended', 'absent')),
    -- the order of requests at one event
    arrival          bigint not null,
    -- the address has been proven by a letter's button
    proven           boolean not null default false,
    -- can come even when told on the last day
    short_notice     boolean not null default false,
    -- takes one of the seats kept for invited people
    invited          boolean not null default false,
    -- an organiser said that they may come
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
insert into registration_new (id, event_id, person_id, name, organisation, buyer, seat, arrival, proven, short_notice,
        token_hash, created_at, held_until, confirmed_at, cancelled_at, changed_at)
    select id, event_id, person_id, name, organisation, buyer, seat, arrival, proven, short_notice,
        token_hash, created_at, held_until, confirmed_at, cancelled_at, changed_at
    from registration;
drop table registration;
alter table registration_new rename to registration;
-- one live registration per person and event
create unique index registration_once on registration (event_id, person_id) where seat in ('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent');
create index registration_by_seat on registration (event_id, seat, arrival);
create index registration_by_person on registration (person_id);
create index registration_by_organisation on registration (organisation_id);
create index registration_held on registration (held_until) where seat in ('held', 'offered');

-- What became of a registration, step by step.
create table registration_step (
    id               uuid primary key,
    registration_id  uuid not null references registration (id) on delete cascade,
    at               bigint not null,
    seat             text not null
);
create index step_by_registration on registration_step (registration_id, at);

alter table event add column kept_seats bigint not null default 0 check (kept_seats >= 0);
alter table event add column kept_until bigint;
alter table event add column organisation_cap bigint check (organisation_cap >= 1);
-- domains, SIRETs and names of organisations, one a line
alter table event add column buyer_list text not null default '';
-- what becomes of who is not on that list
alter table event add column unlisted text not null default 'admit' check (unlisted in ('admit', 'approve', 'refuse'));

-- Addresses that the kept seats of an event are for.
create table kept_for (
    event_id  uuid not null references event (id),
    email     text not null,
    primary key (event_id, email)
);

-- What organisers did. Names nobody but by identifiers, so that a person's erasure needs no rewriting.
create table audit (
    id         uuid primary key,
    at         bigint not null,
    by         uuid references person (id) on delete set null,
    act        text not null,
    event_id   uuid references event (id),
    person_id  uuid references person (id) on delete set null,
    note       text not null
);
create index audit_by_event on audit (event_id, at);
create index audit_by_person on audit (person_id, at);
