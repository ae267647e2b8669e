-- A match that waits for whether another event of its key follows. With its event: retention leaves that in place.
create table debounced_match (
    event   bigint not null,
    rule    bigint not null,
    key     text not null,
    created {ts} not null,
    due     {ts} not null,
    primary key (event, rule)
);
create index debounced_match_key on debounced_match (rule, key, created, event);
create index debounced_match_due on debounced_match (due);

-- The times of the runs that a rule's throttle counts, for each value of its key.
create table throttled_key (
    rule    bigint not null,
    key     text not null,
    runs    {json} not null,
    expires {ts} not null,
    primary key (rule, key)
);
create index throttled_key_expires on throttled_key (expires);
