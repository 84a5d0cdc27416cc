-- A file that organisers add to an event. It is there for others once all of its pieces are.
create table event_document (
    id          uuid primary key,
    event_id    uuid not null references event (id) on delete cascade,
    title       text not null,
    -- as it is offered to whoever downloads it
    file_name   text not null,
    format      text not null,
    -- bytes, and the number of pieces, that have come so far
    size        bigint not null,
    pieces      bigint not null,
    -- the order of an event's documents
    position    bigint not null,
    created_at  bigint not null,
    -- when its last piece came
    touched_at  bigint not null,
    -- when it was complete; null: it is still coming, or broke off
    stored_at   bigint
);
create index event_document_by_event on event_document (event_id, position);
create index event_document_unfinished on event_document (touched_at) where stored_at is null;

-- 256 KiB of a document, the last piece less.
create table document_piece (
    document_id  uuid not null references event_document (id) on delete cascade,
    number       bigint not null,
    bytes        bytea not null,
    primary key (document_id, number)
);

-- What everybody may read of a board: as it was when an organiser published it.
create table board_results (
    board_id      uuid primary key references board (id) on delete cascade,
    published_at  bigint not null,
    content       jsonb not null
);
