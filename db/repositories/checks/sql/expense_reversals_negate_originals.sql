select 'expense' as entity, r.id, r.reverses_id as original, r.amount, o.amount as original_amount,
       r.holder, o.holder as original_holder
  from expenses r left join expenses o on o.id = r.reverses_id
 where r.reverses_id is not null
   and (o.id is null or o.reverses_id is not null or o.amount <> -r.amount or o.spent_on > r.spent_on
     or (o.property_id, o.room_id, o.category, o.method, o.holder)
        is distinct from (r.property_id, r.room_id, r.category, r.method, r.holder))
 order by r.id
