-- A row without its fingerprint would be booked again by the next run; a fingerprint without its row hides a new one.
with known as (
  select r.import_id, r.line, r.entry_id, i.kind from import_rows r left join imports i on i.id = r.import_id
)
select 'payment' as entity, p.id, p.import_id as import, i.state, k.line, v.reversal_id as reversed_by
  from payments p
  left join imports i on i.id = p.import_id
  left join known k on k.kind = 'payments' and k.entry_id = p.id and k.import_id = p.import_id
  left join reversals v on v.entry = 'payment' and v.entry_id = p.id
 where p.import_id is not null and p.reverses_id is null
   and case i.state when 'undone' then v.entry_id else k.entry_id end is null
union all
select 'import', k.import_id, k.import_id, k.kind, k.line, null
  from known k
  left join payments p on k.kind = 'payments' and p.id = k.entry_id and p.import_id = k.import_id
  left join tenants t on k.kind = 'tenants' and t.id = k.entry_id
  left join rooms r on k.kind = 'rooms' and r.id = k.entry_id
 where coalesce(p.id, t.id, r.id) is null
 order by 1, 2, 5
