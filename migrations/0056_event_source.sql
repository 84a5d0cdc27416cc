-- What the file or the calendar that an event comes from said of it, when it was last brought in. What organisers edited
-- since on a page is told from it.
create table event_source (
    event_id  uuid primary key references event (id) on delete cascade,
    -- name of the field → its value there
    said      jsonb not null
);
