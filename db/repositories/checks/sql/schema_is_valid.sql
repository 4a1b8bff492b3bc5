select 'constraint' as entity, c.conname::text as id, f.name as table
  from pg_constraint c join family f on f.oid = c.conrelid where not c.convalidated
union all
select 'index', x.relname::text, f.name
  from pg_index i join pg_class x on x.oid = i.indexrelid join family f on f.oid = i.indrelid
 where not (i.indisvalid and i.indisready)
 order by 1, 2
