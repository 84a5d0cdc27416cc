-- How often anybody's private feed was made anew, closed, or given another alarm: other processes watch it.
create table feed_change (
    id      bigint primary key check (id = 1),
    number  bigint not null
);
insert into feed_change (id, number) values (1, 0);
