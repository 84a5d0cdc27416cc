-- minutes before each event at which the private feed makes calendars ring; null for never
alter table person add column feed_alarm bigint;
