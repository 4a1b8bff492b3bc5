-- A delivery ends done; or dead after its last attempt, and then somebody retries it or gives it up with a reason.
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries
  add column discard_reason clean_text check (length(discard_reason) between 1 and 500),
  add constraint deliveries_state_check check (state in ('ready', 'leased', 'done', 'dead', 'discarded')),
  add constraint deliveries_discarded_why check ((state = 'discarded') = (discard_reason is not null));
create index idx_deliveries_dead on deliveries (consumer, event_id) where state = 'dead';
create index idx_deliveries_done on deliveries (done_at) where state = 'done';
