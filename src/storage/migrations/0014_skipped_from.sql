alter table timer add column skipped_from {ts};
update timer set skipped_from = cursor where skipped_through is not null;
