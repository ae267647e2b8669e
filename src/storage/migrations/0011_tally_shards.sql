-- Several rows for one count, of which each writer adds to its own: they do not wait for each other's commits.
create table execution_tally_shards (
    action_ref text not null,
    status     text not null,
    shard      bigint not null,
    ended      bigint not null,
    forgotten  bigint not null,
    primary key (action_ref, status, shard)
);
insert into execution_tally_shards (action_ref, status, shard, ended, forgotten)
    select action_ref, status, 0, ended, forgotten from execution_tally;
drop table execution_tally;
alter table execution_tally_shards rename to execution_tally;
