-- What the partitions are: the days they hold (of UTC where they hold instants), and how large they have become.
create view partitions with (security_invoker = true) as
select parent.relname::text as parent, child.relname::text as name,
       substring(bound.of from $$FROM \('(\d+-\d+-\d+)$$)::date as first,
       substring(bound.of from $$TO \('(\d+-\d+-\d+)$$)::date as after,
       case when child.reltuples >= 0 then child.reltuples::bigint end as rows,
       pg_total_relation_size(child.oid) as bytes
  from pg_inherits tree
  join pg_class parent on parent.oid = tree.inhparent and parent.relkind = 'p'
  join pg_class child on child.oid = tree.inhrelid
  cross join lateral (select pg_get_expr(child.relpartbound, child.oid) as of) bound
 where parent.relnamespace = current_schema()::regnamespace;

-- Make one partition of the months of a year that ended before the last one. Returns how many months there were.
-- Nobody writes into these months meanwhile; reading goes on, but for the moment in which they change places.
create function fold_year(parent text, year int) returns int language plpgsql as $$
declare
  begins constant date := make_date(year, 1, 1);
  ends constant date := make_date(year + 1, 1, 1);
  folded constant text := format('%s_%s', parent, to_char(begins, 'YYYY'));
  months text[];
  month text;
begin
  if ends > date_trunc('year', now() at time zone 'UTC' - interval '1 year') then
    raise exception 'the year % is not to be folded yet', year;
  end if;
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  select array_agg(p.name order by p.first) into months
    from partitions p where p.parent = fold_year.parent and p.first >= begins and p.after <= ends;
  if months is null or months = array[folded] then
    return 0;
  end if;
  foreach month in array months loop
    execute format('lock table %I in share mode', month);
  end loop;
  execute format('create table %I (like %I including defaults including constraints)', folded, parent);
  foreach month in array months loop
    execute format('insert into %I select * from %I', folded, month);
  end loop;
  perform index_like(parent, folded);
  foreach month in array months loop
    execute format('alter table %I detach partition %I', parent, month);
    execute format('drop table %I', month);
  end loop;
  perform attach_partition(parent, folded, folded, begins, ends);
  execute format('analyze %I', folded);
  return cardinality(months);
end $$;
