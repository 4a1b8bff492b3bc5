-- Bits of pg_trigger.tgtype: 1 for each row, 2 before, 4 insert.
, wanted as (
  select f.name, f.oid, v.function
    from (values ('charges', 'balances_add_charges'), ('payments', 'balances_add_payments'),
                 ('deposit_entries', 'balances_add_deposits'), ('tenants', 'balances_add_tenants')) v (parent, function)
    join family f on f.parent = v.parent
)
select 'table' as entity, w.name as id, w.function, count(t.oid) as triggers
  from wanted w
  left join pg_trigger t on t.tgrelid = w.oid and t.tgfoid = to_regproc(w.function)
       and t.tgenabled in ('O', 'A') and t.tgtype & 7 = 4 and t.tgqual is null
 group by w.name, w.function having count(t.oid) <> 1
 order by 2
