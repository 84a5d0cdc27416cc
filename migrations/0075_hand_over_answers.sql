-- What became of a seat on its way to a colleague stays, so that both find it. Made anew: SQLite cannot drop a
-- constraint.
create table hand_over_new (
    id               uuid primary key,
    registration_id  uuid not null references registration (id) on delete cascade,
    name             text not null,
    email            text not null,
    state            text not null default 'asked' check (state in ('asked', 'accepted', 'declined', 'taken_back')),
    -- the colleague's registration, once they accepted
    taken_id         uuid references registration (id) on delete set null,
    token_hash       bytea not null unique,
    created_at       bigint not null
);
insert into hand_over_new (id, registration_id, name, email, token_hash, created_at)
    select id, registration_id, name, email, token_hash, created_at from hand_over;
drop table hand_over;
alter table hand_over_new rename to hand_over;
-- one colleague at a time
create unique index hand_over_once on hand_over (registration_id) where state = 'asked';
create index hand_over_by_registration on hand_over (registration_id, created_at);
create index hand_over_by_taken on hand_over (taken_id);
