-- What is left of the registrations of erased people at past events: how many became what.
create table erased_count (
    event_id  uuid not null references event (id),
    seat      text not null,
    people    bigint not null,
    primary key (event_id, seat)
);
