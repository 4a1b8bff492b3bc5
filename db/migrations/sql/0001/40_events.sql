-- Facts in the past tense, written in the change's own transaction, and one delivery row per consumer.
create table events (
  id bigint not null default nextval('events_id_seq'),
  recorded_at timestamptz not null default now(),
  type text not null,
  entity_type text not null,
  entity_id bigint not null,
  property_id bigint,
  tenant_id bigint,
  tenant_seq bigint,
  payload jsonb not null,
  actor text not null default session_user,
  primary key (id, recorded_at)
) partition by range (recorded_at);
create index idx_events_entity on events (entity_type, entity_id, id);
create index idx_events_tenant on events (tenant_id, tenant_seq) where tenant_id is not null;
alter sequence events_id_seq owned by events.id;

create table deliveries (
  event_id bigint not null,
  event_at timestamptz not null,
  consumer text not null,
  tenant_id bigint,
  state text not null default 'ready' check (state in ('ready', 'leased', 'done', 'dead')),
  attempts smallint not null default 0,
  max_attempts smallint not null check (max_attempts between 1 and 20),
  not_before timestamptz not null default now(),
  lease_owner text,
  last_error text,
  done_at timestamptz,
  primary key (event_id, consumer),
  foreign key (event_id, event_at) references events (id, recorded_at),
  check ((state = 'done') = (done_at is not null))
);
create index idx_deliveries_due on deliveries (consumer, not_before, event_id) where state in ('ready', 'leased');
