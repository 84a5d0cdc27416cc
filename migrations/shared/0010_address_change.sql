-- Another address that a person asks for: the letter's button in the new mailbox proves it, the old one can stop it for a day.
create table address_change (
    id                uuid primary key,
    person_id         uuid not null references person (id) on delete cascade,
    -- the request whose button proves the new address
    proof_request_id  uuid not null references proof_request (id) on delete cascade,
    email             text not null,
    status            text not null,
    -- of the links in the notice to the old address
    token_hash        bytea not null unique,
    created_at        bigint not null,
    -- when it was asked for, proved, stopped or made
    changed_at        bigint not null,
    takes_effect_at   bigint
);
create index address_change_by_person on address_change (person_id);
create index address_change_by_request on address_change (proof_request_id);
create index address_change_by_email on address_change (email);
create index address_change_due on address_change (takes_effect_at) where status = 'proved';
