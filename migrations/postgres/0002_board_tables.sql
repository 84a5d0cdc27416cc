-- A board belongs to a table of its workshop or to the plenary, and boards of one kind stand several times in an event.

-- number of the breakout table; null: the plenary
alter table board add column table_no bigint;
-- the order of an event's boards, from 1
alter table board add column position bigint;
update board set position = ordered.position
    from (select id, row_number() over (partition by event_id order by created_at, id) as position from board) ordered
    where ordered.id = board.id;
alter table board alter column position set not null;
drop index board_by_event;
create index board_by_event on board (event_id, position);
