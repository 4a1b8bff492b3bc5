-- The audit: every event once, in the order in which the one appender took it, each row sealed with the hash of the
-- row before it. Partitions go by the month in which it happened, so that `event_id` is unique within its instant.
create table audit_log (
  position bigint not null check (position > 0),
  event_id bigint not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  operation text not null,
  entity_type text not null,
  entity_id bigint not null,
  property_id bigint,
  tenant_id bigint,
  actor text not null,
  -- Values before and after the change, and what else the event told.
  before jsonb,
  after jsonb,
  details jsonb not null,
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (occurred_at, event_id),
  constraint audit_log_position_key unique (position, occurred_at)
) partition by range (occurred_at);
create index idx_audit_log_entity on audit_log (entity_type, entity_id, occurred_at, event_id);
create index idx_audit_log_tenant on audit_log (tenant_id, occurred_at, event_id) where tenant_id is not null;

-- Position and hash of the last row: locked by who appends, and a tail that was cut off is missed.
create table audit_head (
  single boolean primary key default true check (single),
  position bigint not null default 0 check (position >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32)
);
insert into audit_head default values;

create function audit_head_grows() returns trigger language plpgsql as $$
begin
  if new.position < old.position then
    raise exception 'the audit only grows' using errcode = 'EK001';
  end if;
  return new;
end $$;
create trigger audit_head_grows before update on audit_head for each row execute function audit_head_grows();
create trigger append_only before delete on audit_head for each row execute function forbid_change();
create trigger no_truncate before truncate on audit_head for each statement execute function forbid_change();

create trigger append_only before update or delete on audit_log for each row execute function forbid_change();
create trigger no_truncate before truncate on audit_log for each statement execute function forbid_change();
-- Hash after hash through a batch: over a window in the order of positions, from the hash before its first row.
create function audit_link(linked bytea, before_first bytea, sealed bytea) returns bytea
  language sql immutable parallel safe
  return sha256(coalesce(linked, before_first) || sealed);
create aggregate audit_chain(before_first bytea, sealed bytea) (sfunc = audit_link, stype = bytea);

create table audit_log_default partition of audit_log default;
create trigger no_truncate before truncate on audit_log_default for each statement execute function forbid_change();

create or replace function ensure_partitions_ahead() returns void language sql as $$
  select ensure_partition(parent, month::date)
    from unnest(array['payments', 'events', 'audit_log']) parent,
         generate_series(case parent when 'payments' then date_trunc('year', current_date) - interval '1 year'
                                     else date_trunc('month', current_date) end,
                         date_trunc('month', current_date) + interval '3 months', interval '1 month') month
$$;
select ensure_partitions_ahead();
