with moved as (
  select p.property_id, coalesce(o.actor, p.actor) as holder, p.payment_date as day, p.amount
    from payments p left join payments o on o.id = p.reverses_id
   where p.method = 'cash' and p.import_id is null and o.import_id is null
   union all
  select property_id, actor, entry_on, case kind when 'received' then amount else -amount end
    from deposit_entries where method = 'cash'
   union all
  select c.property_id, coalesce(o.actor, c.actor), c.charged_on, -c.amount
    from charges c left join charges o on o.id = c.reverses_id where c.method = 'cash'
), taken as (
  select property_id, holder, day, sum(amount) as amount from moved group by 1, 2, 3
), kept as (
  select property_id, holder, day, sum(amount) as amount from cash_received group by 1, 2, 3
)
select 'property' as entity, property_id as id, holder,
       day, k.amount as kept, t.amount as taken
  from taken t full join kept k using (property_id, holder, day)
 where coalesce(k.amount, 0) <> coalesce(t.amount, 0)
 order by 2, 3, 4
