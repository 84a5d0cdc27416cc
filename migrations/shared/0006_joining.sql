-- Whether an event's video link stands on its public page and in the public feeds; those registered have it in any case.
alter table event add column video_public boolean not null default false;

-- Who pressed the button that leads to the video meeting, and when for the first time: from an hour before the start on.
create table join_click (
    registration_id uuid primary key references registration (id) on delete cascade,
    joined_at       bigint not null
);
