-- Numbers of a property's year go from 1 to the last one, and every receipt is of a payment of its own tenant.
with numbered as (
  select r.id, r.property_id, r.year, r.number, row_number() over (partition by r.property_id, r.year order by r.number) as place,
         max(r.number) over (partition by r.property_id, r.year) as highest
    from receipts r
)
select 'receipt' as entity, n.id, n.property_id as property, n.year, n.number, n.place, c.last
  from numbered n left join receipt_numbers c using (property_id, year)
 where n.number <> n.place or c.last is distinct from n.highest
union all
select 'receipt', r.id, r.property_id, r.year, r.number, null, null
  from receipts r left join payments p on p.id = r.payment_id
 where p.id is null or p.tenant_id <> r.tenant_id
       or p.amount <= 0 or not exists (select from events e where e.id = r.event_id)
 order by 2
