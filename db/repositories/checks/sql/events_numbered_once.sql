select 'event' as entity, id, count(*) as events from events group by id having count(*) > 1 order by id
