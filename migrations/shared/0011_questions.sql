-- Questions of the organisers' own on an event's form, up to five: [{"number", "label", "kind", "required", "options"}].
alter table event add column questions jsonb not null default '[]';
-- What was answered, with the question as it was: [{"number", "question", "answer"}].
alter table registration add column answers jsonb not null default '[]';
