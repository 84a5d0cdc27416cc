create table board (
    id          uuid primary key,
    event_id    uuid not null references event (id),
    kind        text not null check (kind in ('indicators', 'stakeholders', 'questions', 'cards')),
    title       text not null,
    -- seq of the last edit; raised by whoever appends, so that they queue
    head        bigint not null default 0,
    archived    boolean not null default false,
    created_at  bigint not null
);
create index board_by_event on board (event_id);

create table board_edit (
    board_id  uuid not null references board (id),
    seq       bigint not null,
    client    uuid not null,
    n         bigint not null,
    by        uuid not null,
    at        bigint not null,
    edit      jsonb not null,
    primary key (board_id, seq),
    unique (board_id, client, n)
);

create table board_snapshot (
    board_id  uuid not null references board (id),
    seq       bigint not null,
    state     jsonb not null,
    primary key (board_id, seq)
);
