-- The library: sheets, tools, courses, replays and links.
create table resource (
    id           uuid primary key,
    kind         text not null,
    title        text not null,
    description  text not null,
    -- https; null: announced, without an address yet
    url          text,
    -- the event that it belongs to, above all of a replay
    event_id     uuid references event (id) on delete cascade,
    -- the order of an event's resources
    position     bigint not null,
    created_at   bigint not null,
    revised_at   bigint not null
);
create index resource_by_event on resource (event_id, position);

-- What the last look at a resource's address found.
create table link_check (
    resource_id    uuid primary key references resource (id) on delete cascade,
    -- the address that was asked; a resource with another one is asked anew
    url            text not null,
    state          text not null,
    checked_at     bigint not null,
    -- when it last answered as it should
    seen_at        bigint,
    -- since when the answer is that there is nothing, or that the server fails
    failing_since  bigint,
    moved_to       text,
    -- when an organiser said that it works in spite of this
    overruled_at   bigint
);

-- When each host was last asked for anything.
create table link_host (
    host      text primary key,
    asked_at  bigint not null
);
