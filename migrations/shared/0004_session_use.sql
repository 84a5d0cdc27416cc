-- When a session was last of use, when its person last proved by a fresh link that it is them, and on what device.
alter table session add column last_used_at bigint not null default 0;
alter table session add column proved_at bigint not null default 0;
-- a few words made from what the browser says of itself; empty: unknown
alter table session add column device text not null default '';
-- Each began with a fresh link. Nobody knows when it was used since: whoever holds a role signs in again.
update session set last_used_at = created_at, proved_at = created_at;

-- Which browser asked for a link, and the code that it shows for use in another one. Links of before have neither, and ask
-- for none in the minutes that they still work.
alter table sign_in_link add column browser_hash bytea;
alter table sign_in_link add column code_hash bytea;
alter table sign_in_link add column wrong_codes bigint not null default 0;
