-- The short code by which a room joins a board. Boards made before get theirs when the program starts.
alter table board add column code text;
create unique index board_by_code on board (code);
