-- Types that the parameters do not name are told to those that stand under an empty type.
with consumers as (
  select * from unnest(cast(:types as text[]), cast(:consumers as text[])) as c (type, consumer)
), known as (
  select array_agg(type) as types from consumers
)
select 'delivery' as entity, d.event_id as id, d.consumer, e.type, d.tenant_id as tenant, e.tenant_id as event_tenant,
       d.attempts, d.max_attempts
  from deliveries d cross join known k
  left join events e on e.id = d.event_id and e.recorded_at = d.event_at
  left join consumers c on c.consumer = d.consumer and c.type = case when e.type = any (k.types) then e.type else '' end
 where e.id is null or c.consumer is null or d.tenant_id is distinct from e.tenant_id
    or d.attempts not between case d.state when 'leased' then 1 else 0 end and d.max_attempts
 order by d.event_id, d.consumer
