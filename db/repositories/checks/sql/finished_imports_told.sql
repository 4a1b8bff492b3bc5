-- A finished import keeps no table of its own; one that can still go on keeps what it goes on with. Those that came
-- with a whole book were told of where they had finished.
with told as (
  select entity_id as import_id, count(*) as times,
         max((payload ->> 'applied')::bigint) filter (where payload ->> 'applied' ~ '^[0-9]{1,15}$') as applied
    from events where type = 'ImportFinished' and entity_type = 'import' group by entity_id
), brought as (
  select coalesce(max((payload ->> 'lastId')::bigint), 0) as last_id
    from events where type = 'BookImported' and payload ->> 'table' = 'imports'
     and payload ->> 'lastId' ~ '^[0-9]{1,15}$'
), kept as (
  select substring(relname from '^import_[a-z]+_([0-9]+)')::bigint as import_id, min(relname::text) as kept
    from pg_class
   where relname ~ '^import_(stage|values|days|tenants|ready|load)_[0-9]+' and relkind in ('r', 'p')
     and relnamespace = (select relnamespace from pg_class where oid = 'imports'::regclass)
   group by 1
)
select 'import' as entity, coalesce(i.id, k.import_id) as id, i.state, i.rows_applied, coalesce(t.times, 0) as told,
       t.applied as applied_told, i.finished_at, k.kept as table
  from imports i
  cross join brought b
  left join told t on t.import_id = i.id
  full join kept k on k.import_id = i.id
 where i.id is null
    or i.state = 'done' and (i.finished_at is null or i.id > b.last_id and (t.times is distinct from 1
                                                                           or t.applied <> i.rows_applied))
    or i.state = 'done' and i.id <= b.last_id and t.times is not null
    or i.state in ('queued', 'running', 'failed') and t.times is not null
    or i.state <> 'failed' and (k.import_id is not null) <> (i.state in ('queued', 'running'))
 order by 2
