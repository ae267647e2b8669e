CREATE TABLE action (
    id                         integer primary key autoincrement,
    ref                        text not null unique,
    pack                       bigint references pack (id) on delete cascade,
    pack_ref                   text not null,
    label                      text not null,
    description                text,
    entrypoint                 text not null,
    runtime                    bigint references runtime (id) on delete set null,
    runtime_ref                text,
    runtime_version_constraint text,
    required_worker_runtimes   text not null,
    worker_selector            text not null,
    worker_tolerations         text not null,
    worker_affinity            text not null,
    param_schema               text,
    out_schema                 text,
    parameter_delivery         text not null,
    parameter_format           text not null,
    output_format              text not null,
    is_adhoc                   boolean not null,
    timeout_seconds            bigint,
    max_retries                bigint not null,
    accesses_mcp               boolean not null,
    default_execution_permission_set_refs text not null,
    log_retention_policy       text,
    log_retention_limit        bigint,
    artifact_retention_policy  text,
    artifact_retention_limit   bigint,
    generation                 bigint not null,
    created                    text not null,
    updated                    text not null
);

CREATE INDEX action_generation on action (generation);

CREATE TABLE audit_event (
    id               integer primary key autoincrement,
    created          text not null,
    category         text not null,
    event_type       text not null,
    outcome          text not null,
    actor_identity   bigint,
    actor_login      text,
    actor_token_type text,
    actor_ip         text,
    actor_user_agent text,
    request_id       text,
    resource_type    text,
    resource_id      bigint,
    resource_ref     text,
    http_method      text,
    http_path        text,
    http_status      bigint,
    details          text
);

CREATE INDEX audit_event_category on audit_event (category, id);

CREATE INDEX audit_event_created on audit_event (created, id);

CREATE INDEX audit_event_identity on audit_event (actor_identity, id) where actor_identity is not null;

CREATE INDEX audit_event_ip on audit_event (actor_ip, id) where actor_ip is not null;

CREATE INDEX audit_event_login on audit_event (actor_login, id) where actor_login is not null;

CREATE INDEX audit_event_outcome on audit_event (outcome, id);

CREATE INDEX audit_event_request on audit_event (request_id, id) where request_id is not null;

CREATE INDEX audit_event_resource_id on audit_event (resource_id, id) where resource_id is not null;

CREATE INDEX audit_event_resource_ref on audit_event (resource_ref, id) where resource_ref is not null;

CREATE INDEX audit_event_resource_type on audit_event (resource_type, id) where resource_type is not null;

CREATE INDEX audit_event_type on audit_event (event_type, id);

CREATE TABLE calendar (
    id          integer primary key autoincrement,
    ref         text not null unique,
    pack        bigint references pack (id) on delete cascade,
    pack_ref    text,
    label       text not null,
    description text,
    definition  text not null,
    generation  bigint not null,
    created     text not null,
    updated     text not null
, is_adhoc boolean not null default true);

CREATE INDEX calendar_generation on calendar (generation);

CREATE TABLE debounced_match (
    event   bigint not null,
    rule    bigint not null,
    key     text not null,
    created text not null,
    due     text not null,
    primary key (event, rule)
);

CREATE INDEX debounced_match_due on debounced_match (due);

CREATE INDEX debounced_match_key on debounced_match (rule, key, created, event);

CREATE TABLE definition_change (
    generation bigint primary key,
    kind       text not null,
    ref        text not null,
    row_id     bigint not null,
    created    text not null
);

CREATE TABLE enforcement (
    id          bigint primary key,
    rule        bigint,
    rule_ref    text not null,
    trigger_ref text not null,
    event       bigint,
    config      text,
    payload     text not null,
    status      text not null,
    condition   text not null,
    conditions  text not null,
    created     text not null,
    resolved_at text
);

CREATE INDEX enforcement_event on enforcement (event, id);

CREATE UNIQUE INDEX enforcement_once on enforcement (rule, event) where rule is not null and event is not null;

CREATE INDEX enforcement_rule on enforcement (rule_ref, id);

CREATE INDEX enforcement_status on enforcement (status, id);

CREATE INDEX enforcement_trigger on enforcement (trigger_ref, id);

CREATE TABLE event (
    id          bigint primary key,
    trigger     bigint,
    trigger_ref text not null,
    config      text,
    payload     text,
    source      bigint,
    source_ref  text,
    rule        bigint,
    rule_ref    text,
    timer       bigint,
    nominal     text,
    created     text not null,
    decided_at  text,
    decision    text
, delivery text);

CREATE UNIQUE INDEX event_delivery on event (trigger, delivery) where delivery is not null;

CREATE UNIQUE INDEX event_firing on event (timer, nominal) where timer is not null;

CREATE INDEX event_manual on event (timer, id) where timer is not null and nominal is null;

CREATE INDEX event_rule on event (rule_ref, id) where rule_ref is not null;

CREATE INDEX event_source on event (source, id) where source is not null;

CREATE INDEX event_trigger on event (trigger_ref, id);

CREATE INDEX event_undecided on event (id) where decided_at is null;

CREATE TABLE execution (
    id                         bigint primary key,
    action                     bigint,
    action_ref                 text not null,
    config                     text,
    env_vars                   text,
    parent                     bigint,
    enforcement                bigint,
    event                      bigint,
    rule_ref                   text,
    trigger_ref                text,
    executor                   bigint,
    permission_set_refs        text not null,
    artifact_retention_policy  text,
    artifact_retention_limit   bigint,
    worker_selector            text,
    worker_tolerations         text,
    worker_affinity            text,
    placement                  bigint not null,
    status                     text not null,
    worker                     bigint,
    worker_epoch               bigint,
    claim                      bigint not null,
    result                     text,
    retry_count                bigint not null,
    max_retries                bigint not null,
    retry_reason               text,
    original_execution         bigint,
    due                        text,
    created                    text not null,
    updated                    text not null,
    scheduled_at               text,
    started_at                 text,
    finished_at                text
, overlap_rule bigint, waiting boolean not null default false, event_created text);

CREATE INDEX execution_action on execution (action_ref, id);

CREATE INDEX execution_claimable on execution (placement, id) where status = 'scheduled' and worker is null;

CREATE INDEX execution_ended on execution (status, id) where status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned');

CREATE INDEX execution_executor on execution (executor, id) where executor is not null;

CREATE INDEX execution_held on execution (worker, id) where worker is not null and status in ('scheduled', 'running', 'canceling');

CREATE UNIQUE INDEX execution_once on execution (enforcement) where enforcement is not null and parent is null and original_execution is null;

CREATE INDEX execution_overlap on execution (overlap_rule, id)
    where overlap_rule is not null and status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');

CREATE INDEX execution_pack on execution (rtrim(action_ref, replace(action_ref, '.', '')), id);

CREATE INDEX execution_parent on execution (parent, id) where parent is not null;

CREATE INDEX execution_requested on execution (id) where status in ('requested', 'scheduling');

CREATE UNIQUE INDEX execution_retry on execution (original_execution, retry_count) where original_execution is not null;

CREATE INDEX execution_rule on execution (rule_ref, id) where rule_ref is not null;

CREATE INDEX execution_trigger on execution (trigger_ref, id) where trigger_ref is not null;

CREATE INDEX execution_unfinished on execution (status, id, action_ref) where status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');

CREATE INDEX execution_waiting on execution (overlap_rule, id) where waiting = true and status = 'requested';

CREATE TABLE execution_output (
    execution bigint not null,
    stream    text not null,
    position  bigint not null,
    content   text not null,
    primary key (execution, stream, position)
);

CREATE TABLE execution_secret_value (
    entity_type     text not null,
    entity_id       bigint not null,
    json_path       text not null,
    source_kind     text not null,
    source_ref      text not null,
    encrypted_value text not null,
    created         text not null,
    primary key (entity_type, entity_id, json_path)
);

CREATE TABLE "execution_tally" (
    action_ref text not null,
    status     text not null,
    shard      bigint not null,
    ended      bigint not null,
    forgotten  bigint not null,
    primary key (action_ref, status, shard)
);

CREATE TABLE file_seat (
    id      integer primary key autoincrement,
    watch   bigint not null,
    host    text not null,
    holder  text not null,
    beat    bigint not null,
    ended   boolean not null,
    settled boolean not null,
    files   bigint not null,
    trouble text,
    created text not null,
    updated text not null
);

CREATE INDEX file_seat_ended on file_seat (id) where ended = true;

CREATE UNIQUE INDEX file_seat_once on file_seat (watch, host) where ended = false;

CREATE TABLE file_seen (
    seat     bigint not null,
    path     text not null,
    inode    bigint not null,
    born     bigint not null,
    size     bigint not null,
    modified bigint not null,
    primary key (seat, path)
);

CREATE TABLE file_watch (
    id          integer primary key autoincrement,
    rule        bigint not null unique,
    rule_ref    text not null,
    trigger_ref text not null,
    config      text not null,
    armed       boolean not null,
    revision    bigint not null,
    armed_at    text not null,
    generation  bigint not null,
    created     text not null,
    updated     text not null
);

CREATE INDEX file_watch_generation on file_watch (generation);

CREATE TABLE id_block (
    kind text primary key,
    next bigint not null
);

CREATE TABLE identity (
    id               integer primary key autoincrement,
    login            text not null unique,
    display_name     text,
    password_hash    text,
    attributes       text not null,
    frozen           boolean not null,
    password_changed text,
    created          text not null,
    updated          text not null
);

CREATE TABLE instance (
    id         integer primary key check (id = 1),
    uuid       text not null,
    generation bigint not null,
    -- since when retention waits because the clock jumped forward
    retention_hold text,
    created    text not null
, encryption_key_hash text);

CREATE TABLE key (
    id               integer primary key autoincrement,
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
    value            text not null,
    bytes            bigint not null,
    created          text not null,
    updated          text not null,
    unique (owner_type, owner, name)
);

CREATE TABLE pack (
    id            integer primary key autoincrement,
    ref           text not null unique,
    label         text not null,
    description   text,
    version       text not null,
    conf_schema   text not null,
    config        text not null,
    meta          text not null,
    tags          text not null,
    runtime_deps  text not null,
    dependencies  text not null,
    is_standard   boolean not null,
    source_type   text,
    storage_path  text,
    checksum      text,
    installed_by  bigint references identity (id) on delete set null,
    generation    bigint not null,
    created       text not null,
    updated       text not null
);

CREATE INDEX pack_generation on pack (generation);

CREATE TABLE pack_lock (
    ref     text    not null primary key,
    holder  text    not null,
    beat    bigint  not null,
    settled boolean not null,
    taken   text    not null
);

CREATE TABLE permission_assignment (
    id       integer primary key autoincrement,
    identity bigint not null references identity (id) on delete cascade,
    permset  bigint not null references permission_set (id) on delete cascade,
    created  text not null,
    unique (identity, permset)
);

CREATE TABLE permission_set (
    id          integer primary key autoincrement,
    ref         text not null unique,
    pack        bigint references pack (id) on delete cascade,
    pack_ref    text,
    label       text,
    description text,
    grants      text not null,
    created     text not null,
    updated     text not null
);

CREATE TABLE placement (
    id          bigint primary key,
    key         text not null unique,
    requirement text not null
);

CREATE TABLE rule (
    id                  integer primary key autoincrement,
    ref                 text not null unique,
    pack                bigint references pack (id) on delete cascade,
    pack_ref            text not null,
    label               text not null,
    description         text,
    action              bigint references action (id) on delete set null,
    action_ref          text not null,
    trigger             bigint references trigger (id) on delete set null,
    trigger_ref         text not null,
    conditions          text not null,
    action_params       text not null,
    trigger_params      text not null,
    permission_set_refs text,
    enabled             boolean not null,
    is_adhoc            boolean not null,
    owner_identity      bigint,
    generation          bigint not null,
    created             text not null,
    updated             text not null
);

CREATE INDEX rule_action on rule (action_ref);

CREATE INDEX rule_calendars on rule (id) where trigger_params ->> 'calendars' is not null;

CREATE INDEX rule_generation on rule (generation);

CREATE INDEX rule_pack on rule (pack_ref);

CREATE INDEX rule_trigger on rule (trigger_ref);

CREATE TABLE runtime (
    id               integer primary key autoincrement,
    ref              text not null unique,
    pack             bigint references pack (id) on delete cascade,
    pack_ref         text,
    name             text not null,
    description      text,
    aliases          text not null,
    distributions    text not null,
    installation     text,
    execution_config text not null,
    generation       bigint not null,
    created          text not null,
    updated          text not null
);

CREATE INDEX runtime_generation on runtime (generation);

CREATE TABLE schema_version (version integer primary key, name text not null, applied text not null);

CREATE TABLE throttled_key (
    rule    bigint not null,
    key     text not null,
    runs    text not null,
    expires text not null,
    primary key (rule, key)
);

CREATE INDEX throttled_key_expires on throttled_key (expires);

CREATE TABLE timer (
    id          integer primary key autoincrement,
    rule        bigint unique,
    rule_ref    text,
    trigger     bigint unique,
    trigger_ref text not null,
    config      text not null,
    armed       boolean not null,
    revision    bigint not null,
    anchor      text not null,
    cursor      text not null,
    -- the greatest nominal time whose event retention has deleted: nothing up to it may fire again
    forgotten   text,
    fired       bigint not null,
    late        bigint not null,
    missed      bigint not null,
    skipped     bigint not null,
    note        text,
    generation  bigint not null,
    created     text not null,
    updated     text not null, enabled boolean not null default true, paused boolean not null default false, pause_note text, resume_at text, resumed_at text, skipped_through text, trouble text, dropped bigint not null default 0, manual bigint not null default 0, backfilled bigint not null default 0, overlap_skipped bigint not null default 0, overlap_queued bigint not null default 0, overlap_cancelled bigint not null default 0, skipped_from text,
    check (forgotten is null or cursor >= forgotten)
);

CREATE INDEX timer_armed on timer (id, revision) where armed = true;

CREATE INDEX timer_calendars on timer (id) where config ->> 'calendars' is not null;

CREATE INDEX timer_generation on timer (generation);

CREATE INDEX timer_resume on timer (resume_at) where resume_at is not null;

CREATE INDEX timer_trouble on timer (id) where trouble is not null;

CREATE TABLE timer_skip (
    timer   bigint not null,
    first   text not null,
    last    text not null,
    count   bigint not null,
    reason  text not null,
    created text not null,
    primary key (timer, first, reason)
);

CREATE TABLE trigger (
    id              integer primary key autoincrement,
    ref             text not null unique,
    pack            bigint references pack (id) on delete cascade,
    pack_ref        text,
    label           text not null,
    description     text,
    enabled         boolean not null,
    is_adhoc        boolean not null,
    param_schema    text,
    out_schema      text,
    webhook_enabled boolean not null,
    generation      bigint not null,
    created         text not null,
    updated         text not null
, webhook_key text, webhook_config text not null default '{}');

CREATE INDEX trigger_calendars on trigger (id) where param_schema ->> 'calendars' is not null;

CREATE INDEX trigger_generation on trigger (generation);

CREATE UNIQUE INDEX trigger_webhook_key on trigger (webhook_key);

CREATE TABLE webhook_hit (
    id         integer primary key autoincrement,
    trigger    bigint not null,
    address    text,
    user_agent text,
    verdict    text not null,
    status     bigint not null,
    message    text,
    delivery   text,
    event      bigint,
    bytes      bigint not null,
    count      bigint not null,
    rated      boolean not null,
    created    text not null,
    updated    text not null
);

CREATE INDEX webhook_hit_rate on webhook_hit (trigger, address, updated) where rated = true;

CREATE INDEX webhook_hit_trigger on webhook_hit (trigger, id);

CREATE TABLE worker (
    id             integer primary key autoincrement,
    name           text not null unique,
    worker_type    text not null,
    worker_role    text not null,
    host           text,
    status         text not null,
    epoch          bigint not null,
    capabilities   text not null,
    cordoned       boolean not null,
    last_heartbeat text not null,
    created        text not null,
    updated        text not null
, node text, cordon_reason text, cordoned_by bigint, cordoned_at text);
