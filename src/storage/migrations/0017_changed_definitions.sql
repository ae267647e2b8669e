-- What was changed after a generation is read whenever something was.
create index rule_generation on rule (generation);
create index trigger_generation on trigger (generation);
create index action_generation on action (generation);
create index runtime_generation on runtime (generation);
create index pack_generation on pack (generation);
