select 'delivery' as entity, event_id as id, consumer, tenant_id as tenant, attempts, last_error
  from deliveries where state = 'dead' order by event_id, consumer
