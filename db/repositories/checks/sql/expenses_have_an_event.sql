-- Of a book that was brought in, the events tell of many rows at once.
with entries as (
  select 'expense' as entity, id, property_id, event_id, amount,
         case when reverses_id is null then 'ExpenseRecorded' else 'ExpenseReversed' end as type from expenses
  union all
  select 'handover', id, property_id, event_id, amount,
         case when receiver is null then 'CashCounted' else 'CashHandedOver' end from cash_handovers
  union all
  select 'confirmation', c.handover_id, c.property_id, c.event_id, h.amount, 'CashConfirmed'
    from cash_confirmations c join cash_handovers h on h.id = c.handover_id
  union all
  select 'void', v.handover_id, v.property_id, v.event_id, h.amount, 'CashVoided'
    from cash_voids v join cash_handovers h on h.id = v.handover_id
)
select x.entity, x.id, x.event_id as event, e.type, x.amount, e.payload ->> 'amount' as told
  from entries x left join events e on e.id = x.event_id
 where e.id is null
    or e.type <> 'BookImported' and (e.type, e.entity_id, e.property_id, e.payload ->> 'amount')
                                    is distinct from (x.type, x.id, x.property_id, x.amount::text)
 order by x.entity, x.id
