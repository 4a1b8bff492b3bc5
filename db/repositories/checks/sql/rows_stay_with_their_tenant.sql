with rows as (
  select 'lease' as entity, id, tenant_id, property_id from leases
  union all
  select 'charge', id, tenant_id, property_id from charges
  union all
  select 'payment', id, tenant_id, property_id from payments
  union all
  select 'deposit_entry', id, tenant_id, property_id from deposit_entries
  union all
  select 'balance', tenant_id, tenant_id, property_id from balances
), misplaced as (
  select r.entity, r.id, r.tenant_id, r.property_id, t.id as lease_tenant, t.property_id as belongs_to
    from rows r join tenants t on t.id = r.tenant_id where t.property_id <> r.property_id
  union all
  select 'charge', c.id, c.tenant_id, c.property_id, l.tenant_id, l.property_id
    from charges c join leases l on l.id = c.lease_id where l.tenant_id <> c.tenant_id
  union all
  select 'lease', l.id, l.tenant_id, l.property_id, l.tenant_id, r.property_id
    from leases l join rooms r on r.id = l.room_id where r.property_id <> l.property_id
)
select entity, id, tenant_id as tenant, property_id as property, lease_tenant, belongs_to from misplaced
 order by entity, id
