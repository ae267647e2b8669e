-- An owner goes after its keys: what is sealed of them is in another table.
create table key (
    id               {pk},
    ref              text not null unique,
    owner_type       text not null,
    owner            text not null,
    owner_identity   bigint references identity (id),
    owner_pack       bigint references pack (id),
    owner_pack_ref   text,
    owner_action     bigint references action (id),
    owner_action_ref text,
    owner_sensor     bigint,
    owner_sensor_ref text,
    name             text not null,
    encrypted        boolean not null,
    value            {json} not null,
    bytes            bigint not null,
    created          {ts} not null,
    updated          {ts} not null,
    unique (owner_type, owner, name)
);
