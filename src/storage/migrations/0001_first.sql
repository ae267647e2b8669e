create table instance (
    id         integer primary key check (id = 1),
    uuid       text not null,
    generation bigint not null,
    -- since when retention waits because the clock jumped forward
    retention_hold {ts},
    created    {ts} not null
);

create table id_block (
    kind text primary key,
    next bigint not null
);

create table identity (
    id               {pk},
    login            text not null unique,
    display_name     text,
    password_hash    text,
    attributes       {json} not null,
    frozen           boolean not null,
    password_changed {ts},
    created          {ts} not null,
    updated          {ts} not null
);

create table pack (
    id            {pk},
    ref           text not null unique,
    label         text not null,
    description   text,
    version       text not null,
    conf_schema   {json} not null,
    config        {json} not null,
    meta          {json} not null,
    tags          {json} not null,
    runtime_deps  {json} not null,
    dependencies  {json} not null,
    is_standard   boolean not null,
    source_type   text,
    storage_path  text,
    checksum      text,
    installed_by  bigint references identity (id) on delete set null,
    generation    bigint not null,
    created       {ts} not null,
    updated       {ts} not null
);

create table permission_set (
    id          {pk},
    ref         text not null unique,
    pack        bigint references pack (id) on delete cascade,
    pack_ref    text,
    label       text,
    description text,
    grants      {json} not null,
    created     {ts} not null,
    updated     {ts} not null
);

create table permission_assignment (
    id       {pk},
    identity bigint not null references identity (id) on delete cascade,
    permset  bigint not null references permission_set (id) on delete cascade,
    created  {ts} not null,
    unique (identity, permset)
);

create table runtime (
    id               {pk},
    ref              text not null unique,
    pack             bigint references pack (id) on delete cascade,
    pack_ref         text,
    name             text not null,
    description      text,
    aliases          {json} not null,
    distributions    {json} not null,
    installation     {json},
    execution_config {json} not null,
    generation       bigint not null,
    created          {ts} not null,
    updated          {ts} not null
);

create table trigger (
    id              {pk},
    ref             text not null unique,
    pack            bigint references pack (id) on delete cascade,
    pack_ref        text,
    label           text not null,
    description     text,
    enabled         boolean not null,
    is_adhoc        boolean not null,
    param_schema    {json},
    out_schema      {json},
    webhook_enabled boolean not null,
    generation      bigint not null,
    created         {ts} not null,
    updated         {ts} not null
);

create table action (
    id                         {pk},
    ref                        text not null unique,
    pack                       bigint references pack (id) on delete cascade,
    pack_ref                   text not null,
    label                      text not null,
    description                text,
    entrypoint                 text not null,
    runtime                    bigint references runtime (id) on delete set null,
    runtime_ref                text,
    runtime_version_constraint text,
    required_worker_runtimes   {json} not null,
    worker_selector            {json} not null,
    worker_tolerations         {json} not null,
    worker_affinity            {json} not null,
    param_schema               {json},
    out_schema                 {json},
    parameter_delivery         text not null check (parameter_delivery in ('stdin', 'file')),
    parameter_format           text not null check (parameter_format in ('dotenv', 'json', 'yaml')),
    output_format              text not null check (output_format in ('text', 'json', 'yaml', 'jsonl')),
    is_adhoc                   boolean not null,
    timeout_seconds            bigint,
    max_retries                bigint not null,
    accesses_mcp               boolean not null,
    default_execution_permission_set_refs {json} not null,
    log_retention_policy       text,
    log_retention_limit        bigint,
    artifact_retention_policy  text,
    artifact_retention_limit   bigint,
    generation                 bigint not null,
    created                    {ts} not null,
    updated                    {ts} not null
);

create table rule (
    id                  {pk},
    ref                 text not null unique,
    pack                bigint references pack (id) on delete cascade,
    pack_ref            text not null,
    label               text not null,
    description         text,
    action              bigint references action (id) on delete set null,
    action_ref          text not null,
    trigger             bigint references trigger (id) on delete set null,
    trigger_ref         text not null,
    conditions          {json} not null,
    action_params       {json} not null,
    trigger_params      {json} not null,
    permission_set_refs {json},
    enabled             boolean not null,
    is_adhoc            boolean not null,
    owner_identity      bigint,
    generation          bigint not null,
    created             {ts} not null,
    updated             {ts} not null
);
create index rule_trigger on rule (trigger_ref);
create index rule_action on rule (action_ref);
create index rule_pack on rule (pack_ref);

create table definition_change (
    generation bigint primary key,
    kind       text not null,
    ref        text not null,
    row_id     bigint not null,
    created    {ts} not null
);

create table timer (
    id          {pk},
    rule        bigint unique,
    rule_ref    text,
    trigger     bigint unique,
    trigger_ref text not null,
    config      {json} not null,
    armed       boolean not null,
    revision    bigint not null,
    anchor      {ts} not null,
    cursor      {ts} not null,
    -- the greatest nominal time whose event retention has deleted: nothing up to it may fire again
    forgotten   {ts},
    fired       bigint not null,
    late        bigint not null,
    missed      bigint not null,
    skipped     bigint not null,
    note        text,
    generation  bigint not null,
    created     {ts} not null,
    updated     {ts} not null,
    check (forgotten is null or cursor >= forgotten)
);
create index timer_generation on timer (generation);

create table timer_skip (
    timer   bigint not null,
    first   {ts} not null,
    last    {ts} not null,
    count   bigint not null,
    reason  text not null,
    created {ts} not null,
    primary key (timer, first, reason)
);

create table event (
    id          bigint primary key,
    trigger     bigint,
    trigger_ref text not null,
    config      {json},
    payload     {json},
    source      bigint,
    source_ref  text,
    rule        bigint,
    rule_ref    text,
    timer       bigint,
    nominal     {ts},
    created     {ts} not null,
    decided_at  {ts},
    decision    {json}
);
create unique index event_firing on event (timer, nominal) where timer is not null;
create index event_undecided on event (id) where decided_at is null;
create index event_trigger on event (trigger_ref, id);
create index event_rule on event (rule_ref, id) where rule_ref is not null;
create index event_source on event (source, id) where source is not null;

create table enforcement (
    id          bigint primary key,
    rule        bigint,
    rule_ref    text not null,
    trigger_ref text not null,
    event       bigint,
    config      {json},
    payload     {json} not null,
    status      text not null check (status in ('created', 'processed', 'disabled')),
    condition   text not null check (condition in ('any', 'all')),
    conditions  {json} not null,
    created     {ts} not null,
    resolved_at {ts}
);
create unique index enforcement_once on enforcement (rule, event) where rule is not null and event is not null;
create index enforcement_event on enforcement (event, id);
create index enforcement_rule on enforcement (rule_ref, id);
create index enforcement_trigger on enforcement (trigger_ref, id);
create index enforcement_status on enforcement (status, id);

create table placement (
    id          bigint primary key,
    key         text not null unique,
    requirement {json} not null
);

create table execution (
    id                         bigint primary key,
    action                     bigint,
    action_ref                 text not null,
    config                     {json},
    env_vars                   {json},
    parent                     bigint,
    enforcement                bigint,
    event                      bigint,
    rule_ref                   text,
    trigger_ref                text,
    executor                   bigint,
    permission_set_refs        {json} not null,
    artifact_retention_policy  text,
    artifact_retention_limit   bigint,
    worker_selector            {json},
    worker_tolerations         {json},
    worker_affinity            {json},
    placement                  bigint not null,
    status                     text not null check (status in ('requested', 'scheduling', 'scheduled', 'running', 'completed',
                                                               'failed', 'canceling', 'cancelled', 'timeout', 'abandoned')),
    worker                     bigint,
    worker_epoch               bigint,
    claim                      bigint not null,
    result                     {json},
    retry_count                bigint not null,
    max_retries                bigint not null,
    retry_reason               text,
    original_execution         bigint,
    due                        {ts},
    created                    {ts} not null,
    updated                    {ts} not null,
    scheduled_at               {ts},
    started_at                 {ts},
    finished_at                {ts}
);
create unique index execution_once on execution (enforcement) where enforcement is not null and parent is null and original_execution is null;
create index execution_claimable on execution (placement, id) where status = 'scheduled' and worker is null;
create index execution_requested on execution (id) where status in ('requested', 'scheduling');
create index execution_held on execution (worker, id) where worker is not null and status in ('scheduled', 'running', 'canceling');
-- Those that are over are counted in execution_tally; these are few enough to be counted.
create index execution_unfinished on execution (status, id, action_ref) where status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');
create index execution_ended on execution (status, id) where status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned');
create index execution_action on execution (action_ref, id);
-- By the pack's part of the ref, with its dot.
create index execution_pack on execution (rtrim(action_ref, replace(action_ref, '.', '')), id);
create index execution_rule on execution (rule_ref, id) where rule_ref is not null;
create index execution_trigger on execution (trigger_ref, id) where trigger_ref is not null;
create index execution_executor on execution (executor, id) where executor is not null;
create index execution_parent on execution (parent, id) where parent is not null;

-- How many executions of an action ended in a state, ever, and how many of those retention has deleted.
create table execution_tally (
    action_ref text not null,
    status     text not null,
    ended      bigint not null,
    forgotten  bigint not null,
    primary key (action_ref, status)
);

create table execution_output (
    execution bigint not null,
    stream    text not null check (stream in ('stdout', 'stderr')),
    position  bigint not null,
    content   text not null,
    primary key (execution, stream, position)
);

create table worker (
    id             {pk},
    name           text not null unique,
    worker_type    text not null,
    worker_role    text not null,
    host           text,
    status         text not null,
    epoch          bigint not null,
    capabilities   {json} not null,
    cordoned       boolean not null,
    last_heartbeat {ts} not null,
    created        {ts} not null,
    updated        {ts} not null
);
create unique index execution_retry on execution (original_execution, retry_count) where original_execution is not null;
