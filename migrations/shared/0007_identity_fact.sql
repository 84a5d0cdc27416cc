-- What an owner says of who runs the service, for its legal pages: all of it is published.
create table identity_fact (
    name   text primary key,
    value  text not null
);
