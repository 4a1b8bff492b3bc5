with family as (
  -- Partitions with their parents; a table without partitions stands for itself.
  select c.oid, c.relname::text as name, coalesce(p.relname, c.relname)::text as parent
    from pg_class c
    left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class p on p.oid = i.inhparent
   where c.relkind in ('r', 'p')
     and c.relnamespace = (select relnamespace from pg_class where oid = 'payments'::regclass)
)
