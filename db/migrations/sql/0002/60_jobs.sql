-- All background work in one list: deliveries by their event, imports by their number.
create view job_list with (security_invoker = true) as
select d.consumer as queue, d.event_id as number, d.state, d.attempts::integer as attempts,
       d.max_attempts::integer as max_attempts, d.not_before, d.last_error as error, d.discard_reason,
       e.type as subject, e.entity_type, e.entity_id, d.tenant_id, null as file_hash, e.actor, d.event_at as created_at,
       d.done_at
  from deliveries d
  join events e on e.id = d.event_id and e.recorded_at = d.event_at
union all
select 'imports', i.id,
       case i.state when 'queued' then 'ready' when 'running' then 'leased' when 'failed' then 'dead'
                    when 'undone' then 'discarded' else i.state end,
       1, 1, i.created_at, i.failure ->> 'code', null, i.file_name, 'import', i.id, null, i.file_hash, i.actor, i.created_at,
       i.finished_at
  from imports i;
