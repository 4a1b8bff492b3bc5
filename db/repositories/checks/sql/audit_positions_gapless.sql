-- Each row against the one before it, and the last one against the head; `audit verify` works the hashes out anew.
with rows as (
  select position, hash, previous_hash, lag(position) over placed as before, lag(hash) over placed as before_hash
    from audit_log window placed as (order by position)
), last as (
  select position, hash from audit_log order by position desc limit 1
)
select 'audit' as entity, position as id, coalesce(before, 0) as before,
       previous_hash is not distinct from coalesce(before_hash, decode(repeat('00', 32), 'hex')) as linked
  from rows
 where position <> coalesce(before, 0) + 1
    or previous_hash is distinct from coalesce(before_hash, decode(repeat('00', 32), 'hex'))
union all
select 'audit_head', coalesce(h.position, 0), coalesce(l.position, 0), h.hash is not distinct from l.hash
  from (select 1) once left join audit_head h on true left join last l on true
 where h.position is distinct from coalesce(l.position, 0)
    or h.hash is distinct from coalesce(l.hash, decode(repeat('00', 32), 'hex'))
 order by 1, 2
