-- How to come, step-free ways among it.
alter table event add column access text not null default '';
