-- A trigger's webhook; its secrets are masked here and sealed in execution_secret_value.
alter table trigger add column webhook_key text;
alter table trigger add column webhook_config {json} not null default '{}';
create unique index trigger_webhook_key on trigger (webhook_key);

-- A delivery makes one event, however often and wherever it arrives: the key is written with the event.
alter table event add column delivery text;
create unique index event_delivery on event (trigger, delivery) where delivery is not null;

-- Each request to a webhook. The number of rows of one trigger is bounded (flow/webhooks), their age by retention.
create table webhook_hit (
    id         {pk},
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
    created    {ts} not null,
    updated    {ts} not null
);
create index webhook_hit_trigger on webhook_hit (trigger, id);
create index webhook_hit_rate on webhook_hit (trigger, address, updated) where rated = true;
