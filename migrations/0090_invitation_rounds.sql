-- The letters of a round are written when it is time, from what the programme and the registrations are then; an
-- organiser may stop it. Earlier rounds had theirs written at once.
alter table invitation_round add column written_at bigint;
alter table invitation_round add column stopped_at bigint;
update invitation_round set written_at = created_at;
