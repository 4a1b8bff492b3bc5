select 'event' as entity, d.event_id as id, d.state, a.position
  from deliveries d
  left join audit_log a on a.event_id = d.event_id and a.occurred_at = d.event_at
 where d.consumer = 'audit' and (d.state = 'done') <> (a.event_id is not null)
 order by d.event_id
