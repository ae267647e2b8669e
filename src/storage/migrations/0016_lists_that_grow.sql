-- Which words a column may hold is the program's to say: a check would have to be changed with each new one. Without
-- its checks a table holds the same bytes. PostgreSQL forgets them at once; SQLite would write the whole table and its
-- indexes anew, so its text is edited instead, which is the way that SQLite's manual gives for this ("ALTER TABLE",
-- section 7).
{postgres:alter table action drop constraint action_parameter_delivery_check, drop constraint action_parameter_format_check,
    drop constraint action_output_format_check:postgres};
{postgres:alter table enforcement drop constraint enforcement_status_check,
    drop constraint enforcement_condition_check:postgres};
{postgres:alter table execution drop constraint execution_status_check:postgres};
{postgres:alter table execution_output drop constraint execution_output_stream_check:postgres};
{postgres:alter table execution_secret_value drop constraint execution_secret_value_entity_type_check,
    drop constraint execution_secret_value_source_kind_check:postgres};
{sqlite:pragma writable_schema = on:sqlite};
{sqlite:update sqlite_master set sql = replace(replace(replace(sql,
        ' check (parameter_delivery in (''stdin'', ''file''))', ''),
        ' check (parameter_format in (''dotenv'', ''json'', ''yaml''))', ''),
        ' check (output_format in (''text'', ''json'', ''yaml'', ''jsonl''))', '')
    where type = 'table' and name = 'action':sqlite};
{sqlite:update sqlite_master set sql = replace(replace(sql,
        ' check (status in (''created'', ''processed'', ''disabled''))', ''),
        ' check (condition in (''any'', ''all''))', '')
    where type = 'table' and name = 'enforcement':sqlite};
{sqlite:update sqlite_master set sql = replace(sql,
        ' check (status in (''requested'', ''scheduling'', ''scheduled'', ''running'', ''completed'',
                                                               ''failed'', ''canceling'', ''cancelled'', ''timeout'', ''abandoned''))', '')
    where type = 'table' and name = 'execution':sqlite};
{sqlite:update sqlite_master set sql = replace(sql, ' check (stream in (''stdout'', ''stderr''))', '')
    where type = 'table' and name = 'execution_output':sqlite};
{sqlite:update sqlite_master set sql = replace(replace(sql,
        ' check (entity_type in (''rule'', ''pack'', ''event'', ''enforcement'', ''execution''))', ''),
        ' check (source_kind in (''definition'', ''event'', ''rule'', ''request'', ''result'', ''upgrade''))', '')
    where type = 'table' and name = 'execution_secret_value':sqlite};
{sqlite:pragma writable_schema = reset:sqlite};
-- What is made and dropped again tells other connections that the schema has changed.
{sqlite:create view schema_has_changed as select 1:sqlite};
{sqlite:drop view schema_has_changed:sqlite};
