-- what those who come prepare beforehand; reminders repeat it
alter table event add column preparation text not null default '';
