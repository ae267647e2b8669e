-- When the event was recorded that an execution comes from: the worker tells with it how long the whole way took.
alter table execution add column event_created {ts};
