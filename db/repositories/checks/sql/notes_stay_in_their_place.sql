with placed as (
  select 'note' as entity, n.id, n.property_id, coalesce(t.property_id, r.property_id) as belongs_to, null::bigint as lease
    from notes n left join tenants t on t.id = n.tenant_id left join rooms r on r.id = n.room_id
  union all
  select 'inventory', i.id, i.property_id, r.property_id, null from inventory i join rooms r on r.id = i.room_id
  union all
  select 'inventory_check', c.id, c.property_id, i.property_id, null
    from inventory_checks c join inventory i on i.id = c.item_id
), elsewhere as (
  select * from placed where property_id <> belongs_to
  union all
  select 'inventory_check', c.id, c.property_id, i.property_id, c.lease_id
    from inventory_checks c
    join inventory i on i.id = c.item_id
    left join leases l on l.id = c.lease_id
   where c.room_id <> i.room_id or l.room_id <> i.room_id
)
select entity, id, property_id as property, belongs_to, lease from elsewhere order by entity, id
