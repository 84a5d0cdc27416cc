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
    id             uuid primary key,
    edition_id     uuid not null references edition (id),
    slug           text not null unique,
    position       bigint not null,
    kind           text not null check (kind in ('webinar', 'workshop')),
    title          text not null,
    summary        text not null,
    starts_local   text not null,
    ends_local     text not null,
    zone           text not null,
    starts_at      bigint not null,
    ends_at        bigint not null,
    place          text not null,
    video_url      text,
    capacity       bigint check (capacity >= 0),
    buyers_only    boolean not null,
    board_kind     text check (board_kind in ('indicators', 'stakeholders', 'questions', 'cards')),
    agenda         jsonb not null,
    speakers       jsonb not null,
    opens_at       bigint,
    closes_at      bigint not null,
    status         text not null check (status in ('draft', 'published', 'cancelled')),
    -- raised by whoever decides on seats, so that they queue
    version        bigint not null default 0,
    -- of the calendar (RFC 5545 §3.8.7.4)
    sequence       bigint not null default 0,
    created_at     bigint not null,
    revised_at     bigint not null,
    cancelled_at   bigint
);
create index event_by_edition on event (edition_id, position);
create index event_by_start on event (starts_at);

create table setting (
    name   text primary key,
    value  text not null
);
