with chunks as (
  select c.import_id, c.part, c.first_row, c.last_row, i.state, i.rows_total,
         lag(c.last_row) over (partition by c.import_id, c.part order by c.first_row) as before
    from import_chunks c left join imports i on i.id = c.import_id
)
select 'import' as entity, import_id as id, state, part, first_row, last_row, before, rows_total
  from chunks
 where state is null or state in ('done', 'undone') or first_row <= before or last_row > rows_total
 order by import_id, part, first_row
