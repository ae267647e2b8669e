alter table worker add column node text;
alter table worker add column cordon_reason text;
alter table worker add column cordoned_by bigint;
alter table worker add column cordoned_at {ts};
