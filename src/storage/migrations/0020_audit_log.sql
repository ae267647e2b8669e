-- Who did what: written by the transaction that does it, never changed, deleted by retention alone.
create table audit_event (
    id               {pk},
    created          {ts} not null,
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
    details          {json}
);
create index audit_event_request on audit_event (request_id, id) where request_id is not null;
create index audit_event_identity on audit_event (actor_identity, id) where actor_identity is not null;
create index audit_event_login on audit_event (actor_login, id) where actor_login is not null;
create index audit_event_ip on audit_event (actor_ip, id) where actor_ip is not null;
create index audit_event_resource_ref on audit_event (resource_ref, id) where resource_ref is not null;
create index audit_event_resource_id on audit_event (resource_id, id) where resource_id is not null;
create index audit_event_resource_type on audit_event (resource_type, id) where resource_type is not null;
create index audit_event_type on audit_event (event_type, id);
create index audit_event_outcome on audit_event (outcome, id);
create index audit_event_category on audit_event (category, id);
create index audit_event_created on audit_event (created, id);
