-- Who is seen in the future would count as alive for as long; a schedule done in the future would never be done again.
select 'worker' as entity, id::text as id, started_at, seen_at from workers
 where seen_at < started_at or seen_at > now() + interval '1 minute'
union all
select 'schedule', name, null, done_at from schedules where done_at > now() + interval '1 minute'
 order by 1, 2
