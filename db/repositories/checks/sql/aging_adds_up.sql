, aged as (
  select q.tenant_id, business_date(p.timezone) - q.due_on as days, least(q.amount, greatest(q.beyond, 0)) as open
    from queue q join properties p on p.id = q.property_id
), buckets as (
  select tenant_id, sum(open) filter (where days <= 0) as not_due,
         sum(open) filter (where days between 1 and 30) as d1_30,
         sum(open) filter (where days between 31 and 60) as d31_60,
         sum(open) filter (where days between 61 and 90) as d61_90,
         sum(open) filter (where days > 90) as over_90
    from aged group by tenant_id
), posted as (
  select tenant_id, sum(amount) as amount from charges group by tenant_id
), aging as (
  select m.tenant_id, coalesce(b.not_due, 0) as not_due, coalesce(b.d1_30, 0) as d1_30, coalesce(b.d31_60, 0) as d31_60,
         coalesce(b.d61_90, 0) as d61_90, coalesce(b.over_90, 0) as over_90, greatest(m.amount - m.owed, 0) as credit,
         coalesce(c.amount, 0) - coalesce(p.amount, 0) as balance
    from money m
    left join buckets b using (tenant_id) left join posted c using (tenant_id) left join paid p using (tenant_id)
)
select 'tenant' as entity, tenant_id as id, not_due, d1_30, d31_60, d61_90, over_90, credit, balance
  from aging where not_due + d1_30 + d31_60 + d61_90 + over_90 - credit <> balance
 order by tenant_id
