-- What organisers wrote in place of the first sentences of an event's letters; an empty object: the standard ones.
alter table event add column letter_texts jsonb not null default '{}';
