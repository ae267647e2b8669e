-- What is secret in a row's JSON: there stands a mask, here is the value, sealed for that place.
create table execution_secret_value (
    entity_type     text not null check (entity_type in ('rule', 'pack', 'event', 'enforcement', 'execution')),
    entity_id       bigint not null,
    json_path       text not null,
    source_kind     text not null check (source_kind in ('definition', 'event', 'rule', 'request', 'result', 'upgrade')),
    source_ref      text not null,
    encrypted_value text not null,
    created         {ts} not null,
    primary key (entity_type, entity_id, json_path)
);
alter table instance add column encryption_key_hash text;
