-- One sending of invitations: what was written, to which events.
create table invitation_round (
    id          uuid primary key,
    subject     text not null,
    message     text not null,
    -- identifiers of events
    events      jsonb not null,
    created_by  uuid references person (id) on delete set null,
    created_at  bigint not null,
    send_at     bigint not null,
    -- who had not answered was written to again, once
    chased_at   bigint
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
