-- Who may do what. A grant is for an edition, for one event, or for everything when both are null.
create table role_grant (
    id          uuid primary key,
    person_id   uuid not null references person (id) on delete cascade,
    -- owner, organiser or facilitator
    role        text not null,
    edition_id  uuid references edition (id) on delete cascade,
    event_id    uuid references event (id) on delete cascade,
    granted_at  bigint not null,
    check (edition_id is null or event_id is null)
);
create index role_grant_by_person on role_grant (person_id);

-- Organisers could do everything, so that they are owners now. No other identifier is at hand in both engines.
insert into role_grant (id, person_id, role, edition_id, event_id, granted_at)
    select id, id, 'owner', null, null, created_at from person where organiser;
alter table person drop column organiser;
