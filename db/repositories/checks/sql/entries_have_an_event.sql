with entries as (
  select 'charge' as entity, id, tenant_id, event_id from charges
  union all
  select 'payment', id, tenant_id, event_id from payments
  union all
  select 'deposit_entry', id, tenant_id, event_id from deposit_entries
)
select x.entity, x.id, x.tenant_id as tenant, x.event_id as event, e.type, e.tenant_id as event_tenant
  from entries x left join events e on e.id = x.event_id
 where e.id is null or e.tenant_id <> x.tenant_id
 order by x.entity, x.id
