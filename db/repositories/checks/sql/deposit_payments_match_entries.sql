select case when d.id is null then 'payment' else 'deposit_entry' end as entity, coalesce(d.id, p.id) as id,
       d.payment_id, d.amount as entry_amount, p.amount as payment_amount
  from (select * from deposit_entries where kind = 'applied') d
  full join (select * from payments where method = 'deposit') p on p.id = d.payment_id
 where d.id is null or p.id is null or (d.tenant_id, d.amount) is distinct from (p.tenant_id, p.amount)
 order by 1, 2
