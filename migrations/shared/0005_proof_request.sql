-- What somebody asked for with an address that is not proved: it counts for the limits and for nothing else until its letter's
-- button is pressed.
create table proof_request (
    id           uuid primary key,
    purpose      text not null,
    -- empty once it is out of date
    email        text not null,
    -- keyed hashes of the mailbox, whatever way its address is written, and of the network it came from
    mailbox      bytea not null,
    network      bytea not null,
    -- what was typed; nothing once it is out of date
    details      jsonb not null,
    token_hash   bytea not null unique,
    created_at   bigint not null,
    -- until when its button works
    expires_at   bigint not null,
    -- when its letter was written, or it was decided that it gets none
    answered_at  bigint,
    -- to whom: an address that was ever proved, one that never was, or nobody
    answer       text
);
create index proof_request_by_mailbox on proof_request (mailbox, created_at);
create index proof_request_by_network on proof_request (network, created_at);
create index proof_request_by_email on proof_request (email);
create index proof_request_by_age on proof_request (created_at);
create index proof_request_by_answer on proof_request (answered_at) where answer = 'unproved';
create index proof_request_open on proof_request (purpose, created_at) where answered_at is null;

-- The events that a proof request asks a seat of.
create table registration_request (
    id                uuid primary key,
    proof_request_id  uuid not null references proof_request (id) on delete cascade,
    event_id          uuid not null references event (id) on delete cascade,
    -- its place in the order of requests at the event, which its registration takes over
    arrival           bigint not null,
    registration_id   uuid references registration (id) on delete set null,
    unique (event_id, arrival)
);
create index registration_request_by_proof_request on registration_request (proof_request_id);
create index registration_request_by_registration on registration_request (registration_id);

-- The last number that an event gave out for the order of requests.
create table event_arrival (
    event_id  uuid primary key references event (id) on delete cascade,
    last      bigint not null
);
insert into event_arrival (event_id, last) select event_id, max(arrival) from registration group by event_id;

-- When somebody last proved that letters to this address reach them; null: never.
alter table person add column proved_at bigint;
update person set proved_at = created_at
where exists (select 1 from registration where registration.person_id = person.id and registration.verified)
   or exists (select 1 from session where session.person_id = person.id);
