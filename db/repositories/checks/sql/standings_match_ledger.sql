, state as (
  select tenant_id, min(due_on) filter (where beyond > 0) as oldest_due_on,
         (array_agg(beyond < amount order by place) filter (where beyond > 0))[1] as begun,
         min(period_start) filter (where beyond > 0 and kind = 'rent') as unpaid_from
    from queue group by tenant_id
), covered as (
  select q.tenant_id, max(q.period_end) as until
    from queue q join state s using (tenant_id)
   where q.kind = 'rent' and q.beyond <= 0 and (s.unpaid_from is null or q.period_start < s.unpaid_from)
   group by q.tenant_id
), coming as (
  select distinct on (tenant_id) * from leases where next_period_on is not null order by tenant_id, next_period_on
), expected as (
  select m.tenant_id, s.oldest_due_on,
         case when s.oldest_due_on is not null then case when s.begun then 'partial' else 'unpaid' end
              when m.amount > m.owed then 'credit' else 'paid' end as status,
         coalesce(case when m.amount > m.owed and l.id is not null then prepaid_until(l, m.amount - m.owed) end,
                  case when c.until is not null then least(c.until, s.unpaid_from) end) - 1 as paid_through_on
    from money m
    left join state s using (tenant_id) left join covered c using (tenant_id) left join coming l using (tenant_id)
)
, open as (
  select event_id, tenant_id from deliveries where consumer = 'balances' and state in ('ready', 'leased')
), awaited as (
  -- What derives from the amounts follows with the event, a moment later: an import does not wait for it.
  select tenant_id from open where tenant_id is not null
  union
  select p.tenant_id from payments p join open using (event_id) where open.tenant_id is null
  union
  select c.tenant_id from charges c join open using (event_id) where open.tenant_id is null
)
select 'tenant' as entity, b.tenant_id as id, b.status, e.status as status_due, b.paid_through_on,
       e.paid_through_on as paid_through_due, b.oldest_due_on, e.oldest_due_on as oldest_due
  from balances b join expected e using (tenant_id)
 where (b.status, b.paid_through_on, b.oldest_due_on)
       is distinct from (e.status, e.paid_through_on, e.oldest_due_on)
   and not exists (select from awaited a where a.tenant_id = b.tenant_id)
 order by b.tenant_id
