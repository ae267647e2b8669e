alter table calendar add column is_adhoc boolean not null default true;
create index trigger_calendars on trigger (id) where param_schema ->> 'calendars' is not null;
