-- A board belongs to a table of its workshop or to the plenary, and boards of one kind stand several times in an event.
-- Made anew: SQLite adds no column that is not null and has no default.
create table board_new (
    id          uuid primary key,
    event_id    uuid not null references event (id),
    kind        text not null,
    title       text not null,
    -- number of the breakout table; null: the plenary
    table_no    bigint,
    -- the order of an event's boards, from 1
    position    bigint not null,
    -- the short code by which people in a room join
    code        text not null unique,
    -- seq of the last edit; raised by each append, so that appends queue
    head        bigint not null default 0,
    archived    boolean not null default false,
    created_at  bigint not null
);
insert into board_new (id, event_id, kind, title, table_no, position, code, head, archived, created_at)
    select id, event_id, kind, title, null, row_number() over (partition by event_id order by created_at, id), code, head,
        archived, created_at
    from board;
drop table board;
alter table board_new rename to board;
create index board_by_event on board (event_id, position);
