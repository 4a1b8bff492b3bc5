with entries as (
  select 'charge' as entry, id, reverses_id from charges where reverses_id is not null
  union all
  select 'payment', id, reverses_id from payments where reverses_id is not null
)
