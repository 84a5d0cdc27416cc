-- A seat on its way to a colleague, until they accept it.
create table hand_over (
    id               uuid primary key,
    -- one colleague at a time
    registration_id  uuid not null unique references registration (id) on delete cascade,
    name             text not null,
    email            text not null,
    token_hash       bytea not null unique,
    created_at       bigint not null
);
