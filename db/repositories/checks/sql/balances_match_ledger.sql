with charged as (select tenant_id, sum(amount) as total from charges group by tenant_id),
     paid as (select tenant_id, sum(amount) as total from payments group by tenant_id)
select 'tenant' as entity, t.id, b.total_charges, coalesce(c.total, 0) as charges_posted,
       b.total_payments, coalesce(p.total, 0) as payments_posted, b.outstanding_balance
  from tenants t
  left join balances b on b.tenant_id = t.id
  left join charged c on c.tenant_id = t.id
  left join paid p on p.tenant_id = t.id
 where b.tenant_id is null or b.total_charges <> coalesce(c.total, 0) or b.total_payments <> coalesce(p.total, 0)
    or b.outstanding_balance <> b.total_charges - b.total_payments
 order by t.id
