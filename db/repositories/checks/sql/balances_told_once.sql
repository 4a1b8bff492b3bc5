, delivered as (
  select event_id, state from deliveries where consumer = 'balances'
)
select 'event' as entity, coalesce(d.event_id, t.event_id) as id, e.type, d.state, coalesce(t.times, 0) as times, t.told_by
  from delivered d
  full join told t on t.event_id = d.event_id
  left join events e on e.id = coalesce(d.event_id, t.event_id)
 where e.id is null or t.times > 1 or (coalesce(d.state, 'done') = 'done') <> (t.event_id is not null)
 order by 2
