-- A match whose payment or expense was taken back does not stand any more: the view leaves it out.
select 'bank_line' as entity, m.line_id as id, m.payment_id, m.expense_id, l.amount,
       coalesce(p.amount, -e.amount) as entry_amount,
       count(*) over (partition by m.line_id) as of_line,
       count(*) over (partition by m.payment_id, m.expense_id) as of_entry
  from bank_living m
  join bank_lines l on l.id = m.line_id
  left join payments p on p.id = m.payment_id and p.property_id = m.property_id and p.reverses_id is null
  left join expenses e on e.id = m.expense_id and e.property_id = m.property_id and e.reverses_id is null
 where l.property_id <> m.property_id
    or m.ignored is null and l.amount is distinct from coalesce(p.amount, -e.amount)
    or exists (select from bank_living o where o.id <> m.id and (o.line_id = m.line_id or o.payment_id = m.payment_id
                                                                 or o.expense_id = m.expense_id))
 order by m.line_id
