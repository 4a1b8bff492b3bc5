with numbers as (
  select tenant_id, count(*) as events, count(distinct tenant_seq) as numbers, min(tenant_seq) as first,
         max(tenant_seq) as last
    from events where tenant_id is not null group by tenant_id
)
select 'tenant' as entity, coalesce(t.id, n.tenant_id) as id, t.event_seq, coalesce(n.events, 0) as events, n.numbers,
       n.first, n.last
  from tenants t full join numbers n on n.tenant_id = t.id
 where t.id is null or t.event_seq <> coalesce(n.events, 0)
    or n.events is not null and (n.events <> n.numbers or n.first <> 1 or n.last <> n.events)
 order by 2
