create table person (
    id            uuid primary key,
    email         text not null unique,
    name          text not null,
    organisation  text not null,
    organiser     boolean not null default false,
    -- raised to make the private feed's address anew
    feed_version  bigint not null default 0,
    -- null: the person has no feed
    feed_hash     bytea unique,
    created_at    bigint not null
);

create table retired_feed (
    feed_hash   bytea primary key,
    retired_at  bigint not null
);

create table sign_in (
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
