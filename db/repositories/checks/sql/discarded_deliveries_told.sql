with told as (
  select entity_id as event_id, payload ->> 'consumer' as consumer, payload ->> 'reason' as reason
    from events where type = 'DeliveryDiscarded'
)
select 'delivery' as entity, d.event_id as id, d.consumer, d.discard_reason as reason
  from deliveries d
 where d.state = 'discarded'
   and not exists (select from told t where (t.event_id, t.consumer, t.reason) = (d.event_id, d.consumer, d.discard_reason))
 order by d.event_id, d.consumer
