with known as (
  select import_id, count(*) as lines from import_rows group by import_id
), rejected as (
  select import_id, count(distinct line) as lines from import_errors group by import_id
)
select 'import' as entity, i.id, i.state, i.rows_total, i.rows_applied, coalesce(k.lines, 0) as known, i.rows_skipped,
       i.rows_rejected, coalesce(r.lines, 0) as errors
  from imports i left join known k on k.import_id = i.id left join rejected r on r.import_id = i.id
 where coalesce(k.lines, 0) <> case i.state when 'undone' then 0 else i.rows_applied end
    or coalesce(r.lines, 0) <> i.rows_rejected
    or i.state = 'done' and i.rows_total <> i.rows_applied + i.rows_skipped + i.rows_rejected
    or i.rows_total < i.rows_applied + i.rows_skipped + i.rows_rejected
    or least(i.rows_applied, i.rows_skipped, i.rows_rejected) < 0
 order by i.id
