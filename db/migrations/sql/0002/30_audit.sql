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

-- A book that is older than the audit: what its events did not tell yet is told once as it stands now, house by house.
-- The ledger needs none of it: its entries name their events.
select ensure_partition('events', (now() at time zone 'UTC')::date) where exists (select from properties);
with carried as (
  insert into events (type, entity_type, entity_id, property_id, payload)
  select 'BookCarriedOver', 'property', p.id, p.id, jsonb_build_object('timestamp', to_jsonb(now()), 'after', jsonb_build_object(
    'code', p.code, 'name', p.name, 'address', p.address, 'currency', p.currency, 'timezone', p.timezone,
    'billingDay', p.billing_day, 'graceDays', p.grace_days, 'proration', p.proration, 'rounding', p.rounding::text,
    'archivedAt', p.archived_at,
    'rooms', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', r.id, 'number', r.number, 'roomType', r.room_type, 'monthlyRent', r.monthly_rent::text,
       'capacity', r.capacity, 'basis', r.basis, 'status', r.status, 'deletedAt', r.deleted_at) order by r.id), '[]')
     from rooms r where r.property_id = p.id),
    'tenants', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', t.id, 'code', t.code, 'name', t.name, 'phone', t.phone, 'email', t.email,
       'nationalId', left(t.national_id, 4) || repeat('*', 10) || right(t.national_id, 2),
       'emergencyName', t.emergency_name, 'emergencyPhone', t.emergency_phone, 'deletedAt', t.deleted_at)
       order by t.id), '[]')
     from tenants t where t.property_id = p.id),
    'leases', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', l.id, 'tenantId', l.tenant_id, 'roomId', l.room_id, 'slot', l.slot, 'startsOn', l.starts_on,
       'endsOn', l.ends_on, 'basis', l.basis, 'graceDays', l.grace_days, 'proration', l.proration,
       'rounding', l.rounding::text, 'billedFromOn', l.billed_from_on,
       'terms', (select jsonb_agg(jsonb_build_object('effectiveOn', lt.effective_on,
                                                     'monthlyRent', lt.monthly_rent::text,
                                                     'billingDay', lt.billing_day) order by lt.effective_on)
                   from lease_terms lt where lt.lease_id = l.id)) order by l.id), '[]')
     from leases l where l.property_id = p.id)))
    from properties p order by p.id
  returning id, recorded_at
)
insert into deliveries (event_id, event_at, consumer, max_attempts)
select id, recorded_at, 'audit', 5 from carried order by id;
