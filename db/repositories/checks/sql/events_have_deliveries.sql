-- Types that the parameters do not name are told to those that stand under an empty type; some are told to nobody.
-- A delivery that is long done may have been cleared away; then its effect is there.
, consumers as (
  select * from unnest(cast(:types as text[]), cast(:consumers as text[])) as c (type, consumer)
), known as (
  select array_agg(type) as types from consumers
), effects as (
  select event_id, 'balances' as consumer from told
  union all
  select event_id, 'audit' from audit_log
)
select 'event' as entity, e.id, e.type, c.consumer
  from events e cross join known k
  join consumers c on c.type = case when e.type = any (k.types) then e.type else '' end
  left join deliveries d on d.event_id = e.id and d.consumer = c.consumer
  left join effects f on f.event_id = e.id and f.consumer = c.consumer
 where d.event_id is null and f.event_id is null and c.consumer <> ''
 order by e.id, c.consumer
