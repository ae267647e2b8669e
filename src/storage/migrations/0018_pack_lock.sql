create table pack_lock (
    ref     text    not null primary key,
    holder  text    not null,
    beat    bigint  not null,
    settled boolean not null,
    taken   {ts}    not null
);
