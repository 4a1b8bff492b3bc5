select coalesce(e.entry, r.entry) as entity, coalesce(e.id, r.reversal_id) as id,
       coalesce(e.reverses_id, r.entry_id) as original, e.id is not null as posted,
       r.reversal_id is not null as recorded
  from entries e
  full join reversals r on r.entry = e.entry and r.entry_id = e.reverses_id and r.reversal_id = e.id
 where e.id is null or r.reversal_id is null
 order by 1, 2
