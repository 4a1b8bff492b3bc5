with entries as (
  select 'charge' as entity, id, tenant_id, event_id from charges
  union all
  select 'payment', id, tenant_id, event_id from payments
  union all
  select 'deposit_entry', id, tenant_id, event_id from deposit_entries
  union all
  select 'note', id, tenant_id, event_id from notes
  union all
  select 'reminder', id, tenant_id, event_id from reminders
  union all
  select 'note_void', note_id, null, event_id from note_voids
  union all
  select 'inventory', id, null, event_id from inventory
  union all
  select 'inventory_check', id, null, event_id from inventory_checks
  union all
  select 'meter', id, null, event_id from meters
  union all
  select 'meter_reading', id, null, event_id from meter_readings
  union all
  select 'meter_reading_void', reading_id, null, event_id from meter_reading_voids
  union all
  select 'tariff', id, null, event_id from tariffs
)
select x.entity, x.id, x.tenant_id as tenant, x.event_id as event, e.type, e.tenant_id as event_tenant
  from entries x left join events e on e.id = x.event_id
 where e.id is null or e.tenant_id <> x.tenant_id
 order by x.entity, x.id
