-- What rules on core.file_changed want to be watched, who watches it, and what was told of each file.
create table file_watch (
    id          {pk},
    rule        bigint not null unique,
    rule_ref    text not null,
    trigger_ref text not null,
    config      {json} not null,
    armed       boolean not null,
    revision    bigint not null,
    armed_at    {ts} not null,
    generation  bigint not null,
    created     {ts} not null,
    updated     {ts} not null
);
create index file_watch_generation on file_watch (generation);

create table file_seat (
    id      {pk},
    watch   bigint not null,
    host    text not null,
    holder  text not null,
    beat    bigint not null,
    ended   boolean not null,
    settled boolean not null,
    files   bigint not null,
    trouble text,
    created {ts} not null,
    updated {ts} not null
);
create unique index file_seat_once on file_seat (watch, host) where ended = false;
create index file_seat_ended on file_seat (id) where ended = true;

create table file_seen (
    seat     bigint not null,
    path     text not null,
    inode    bigint not null,
    born     bigint not null,
    size     bigint not null,
    modified bigint not null,
    primary key (seat, path)
);
