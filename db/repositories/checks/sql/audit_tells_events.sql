select 'audit' as entity, a.position as id, a.event_id as event, a.operation, e.type,
       a.entity_type || ' ' || a.entity_id as thing, e.entity_type || ' ' || e.entity_id as event_thing, a.actor
  from audit_log a
  left join events e on e.id = a.event_id and e.recorded_at = a.occurred_at
 where e.id is null
    or (a.operation, a.entity_type, a.entity_id, a.property_id, a.tenant_id, a.actor)
       is distinct from (e.type, e.entity_type, e.entity_id, e.property_id, e.tenant_id, e.actor)
    or (a.before, a.after, a.details)
       is distinct from (nullif(e.payload -> 'before', 'null'), nullif(e.payload -> 'after', 'null'),
                         e.payload - array['before', 'after', 'timestamp'])
 order by a.position
