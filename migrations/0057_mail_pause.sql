-- The mail server cannot be reached or does not let us in: letters wait, in every process. No row while all is well.
create table mail_pause (
    id      bigint primary key check (id = 1),
    since   bigint not null,
    reason  text not null,
    -- how often it was of no use
    tries   bigint not null
);
