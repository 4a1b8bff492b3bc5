select 'tenant' as entity, t.id, v.lines, b.total_payments, v.total_payments as payments_shown,
       b.outstanding_balance, v.outstanding_balance as balance_shown
  from tenants t
  left join balances b on b.tenant_id = t.id
  left join (select tenant_id, count(*) as lines, sum(total_charges) as total_charges,
                    sum(total_payments) as total_payments, sum(outstanding_balance) as outstanding_balance
               from tenant_balances group by tenant_id) v on v.tenant_id = t.id
 where t.deleted_at is null and b.tenant_id is not null
   and (v.lines is distinct from 1
     or (v.total_charges, v.total_payments, v.outstanding_balance)
        is distinct from (b.total_charges, b.total_payments, b.outstanding_balance))
 order by t.id
