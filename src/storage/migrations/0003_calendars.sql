create table calendar (
    id          {pk},
    ref         text not null unique,
    pack        bigint references pack (id) on delete cascade,
    pack_ref    text,
    label       text not null,
    description text,
    definition  {json} not null,
    generation  bigint not null,
    created     {ts} not null,
    updated     {ts} not null
);
create index calendar_generation on calendar (generation);
create index timer_calendars on timer (id) where config ->> 'calendars' is not null;
create index rule_calendars on rule (id) where trigger_params ->> 'calendars' is not null;
