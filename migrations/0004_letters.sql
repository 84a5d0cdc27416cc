-- The outbox. A letter is written in the transaction of its cause, once per
-- (person, subject, kind, version), and carries what its template needs.
create table letter (
    id            uuid primary key,
    kind          text not null,
    person_id     uuid references person (id) on delete cascade,
    -- what the letter is about: a registration, an event, a sign-in…
    subject_id    uuid not null,
    version       bigint not null,
    recipient     text not null,
    recipient_name text not null,
    -- {"data": …, "links": […]}; links without their secrets
    data          jsonb not null,
    -- text/calendar to attach
    calendar      text,
    -- lower goes first: 0 what somebody waits for, 5 reminders, 9 announcements
    priority      bigint not null,
    state         text not null check (state in ('queued', 'sending', 'sent', 'failed', 'suppressed')),
    attempts      bigint not null default 0,
    due_at        bigint not null,
    -- given up after this
    expires_at    bigint not null,
    lease_until   bigint,
    lease_owner   uuid,
    created_at    bigint not null,
    sent_at       bigint,
    reason        text
);
create unique index letter_once on letter (person_id, subject_id, kind, version) where person_id is not null;
-- two nulls are never equal, so those without a person need a key of their own
create unique index letter_once_to on letter (recipient, subject_id, kind, version) where person_id is null;
create index letter_due on letter (priority, due_at) where state in ('queued', 'sending');
create index letter_by_age on letter (created_at);
