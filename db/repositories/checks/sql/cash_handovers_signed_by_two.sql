-- Who confirms is not who wrote it down, a count needs nobody, and no more was handed over than was there.
select 'handover' as entity, h.id, h.giver, h.receiver, h.actor as written_by, c.actor as confirmed_by, h.amount,
       coalesce(h.counted, h.expected) as there
  from cash_handovers h left join cash_confirmations c on c.handover_id = h.id
 where h.amount > coalesce(h.counted, h.expected)
    or c.handover_id is not null and (h.receiver is null or c.confirmed_on < h.handed_on
                                      or c.actor = h.actor and may_hold_cash(case when h.actor = h.receiver then h.giver
                                                                                  else h.receiver end, h.property_id))
 order by h.id
