select 'expense' as entity, e.id, e.property_id as property, r.property_id as room_property
  from expenses e join rooms r on r.id = e.room_id
 where r.property_id <> e.property_id
union all
select 'confirmation', c.handover_id, c.property_id, h.property_id
  from cash_confirmations c join cash_handovers h on h.id = c.handover_id where h.property_id <> c.property_id
union all
select 'void', v.handover_id, v.property_id, h.property_id
  from cash_voids v join cash_handovers h on h.id = v.handover_id where h.property_id <> v.property_id
 order by 1, 2
