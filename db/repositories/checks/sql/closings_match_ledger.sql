select 'tenant' as entity, tenant_id as id, closed_on, total_charges, charged as charges_posted, total_payments,
       paid as payments_posted
  from closing_sums where (total_charges, total_payments) is distinct from (charged, paid)
 order by tenant_id, closed_on
