-- Lines that an earlier statement had brought are not of this one, so that only what was new is counted.
select 'bank_statement' as entity, s.id, s.lines_added, count(l.id) as lines
  from bank_statements s left join bank_lines l on l.statement_id = s.id and l.account_id = s.account_id
 group by s.id having count(l.id) <> s.lines_added
 order by s.id
