-- A person belongs to an organisation, no longer to a text. What they had written waits here until the program has
-- found the organisation that it means: spellings are compared in Rust (`registrations::find_organisations`).
alter table person add column organisation_id uuid references organisation (id);
create index person_by_organisation on person (organisation_id);
create table organisation_to_find (
    person_id  uuid primary key references person (id) on delete cascade,
    name       text not null
);
insert into organisation_to_find (person_id, name) select id, organisation from person where organisation <> '';
alter table person drop column organisation;

-- Organisations that look like one, and of which an organiser said that they are two.
create table organisations_apart (
    one    uuid not null references organisation (id) on delete cascade,
    other  uuid not null references organisation (id) on delete cascade,
    primary key (one, other)
);
