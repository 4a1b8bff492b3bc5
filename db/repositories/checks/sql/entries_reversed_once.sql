select entry as entity, reverses_id as id, count(*) as reversals, min(id) as first, max(id) as last
  from entries group by entry, reverses_id having count(*) > 1
 order by 1, 2
