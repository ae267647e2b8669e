alter table timer add column enabled boolean not null default true;
update timer set enabled = armed;
alter table timer add column paused boolean not null default false;
alter table timer add column pause_note text;
alter table timer add column resume_at {ts};
alter table timer add column resumed_at {ts};
alter table timer add column skipped_through {ts};
alter table timer add column trouble text;
alter table timer add column dropped bigint not null default 0;
alter table timer add column manual bigint not null default 0;
alter table timer add column backfilled bigint not null default 0;
alter table timer add column overlap_skipped bigint not null default 0;
alter table timer add column overlap_queued bigint not null default 0;
alter table timer add column overlap_cancelled bigint not null default 0;
create index timer_armed on timer (id, revision) where armed = true;
create index timer_resume on timer (resume_at) where resume_at is not null;
create index timer_trouble on timer (id) where trouble is not null;
create index event_manual on event (timer, id) where timer is not null and nominal is null;

alter table execution add column overlap_rule bigint;
alter table execution add column waiting boolean not null default false;
create index execution_overlap on execution (overlap_rule, id)
    where overlap_rule is not null and status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');
create index execution_waiting on execution (overlap_rule, id) where waiting = true and status = 'requested';
