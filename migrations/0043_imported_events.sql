-- Events that were brought in from another calendar, by their UID there and the start of this occurrence.
create table imported_event (
    foreign_key  text primary key,
    event_id     uuid not null references event (id) on delete cascade
);
