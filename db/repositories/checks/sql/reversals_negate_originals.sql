select 'charge' as entity, r.id, r.reverses_id as original, r.amount, o.amount as original_amount,
       r.tenant_id as tenant, o.tenant_id as original_tenant
  from charges r left join charges o on o.id = r.reverses_id
 where r.reverses_id is not null
   and (o.id is null or o.reverses_id is not null or o.amount <> -r.amount
     or (o.tenant_id, o.kind, o.lease_id, o.period_start)
        is distinct from (r.tenant_id, r.kind, r.lease_id, r.period_start))
union all
select 'payment', r.id, r.reverses_id, r.amount, o.amount, r.tenant_id, o.tenant_id
  from payments r left join payments o on o.id = r.reverses_id
 where r.reverses_id is not null
   and (o.id is null or o.reverses_id is not null or o.amount <> -r.amount
     or (o.tenant_id, o.method) is distinct from (r.tenant_id, r.method))
 order by 1, 2
