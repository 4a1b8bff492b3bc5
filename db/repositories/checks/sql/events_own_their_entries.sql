-- What an event tells against the entries that name it. What a payload does not hold as a number is null.
with entries as (
  select event_id, count(*) filter (where entity = 'payment') as payments,
         count(*) filter (where entity = 'charge') as charges, count(*) filter (where entity = 'deposit') as deposits,
         sum(amount) filter (where entity <> 'deposit') as amount,
         min(id) filter (where entity <> 'deposit') as entry_id,
         sum(amount) filter (where entity = 'deposit') as deposited,
         min(id) filter (where entity = 'deposit') as deposit_id
    from (select 'payment' as entity, event_id, id, amount from payments
          union all
          select 'charge', event_id, id, amount from charges
          union all
          select 'deposit', event_id, id, amount from deposit_entries) e
   group by event_id
), told as (
  select id, type, payload ->> 'table' as of_table, entity_type, entity_id, amount.value as amount, credit.value as credit,
         coalesce(charge.value, 0) as charge, count.value as count
    from events
    cross join lateral (select case when payload ->> 'amount' ~ '^-?[0-9]{1,14}([.][0-9]+)?$'
                                    then (payload ->> 'amount')::numeric end as value) amount
    cross join lateral (select case when payload ->> 'credit' ~ '^[0-9]{1,14}([.][0-9]+)?$'
                                    then (payload ->> 'credit')::numeric end as value) credit
    cross join lateral (select case when payload ->> 'charge' ~ '^[0-9]{1,14}([.][0-9]+)?$'
                                    then (payload ->> 'charge')::numeric end as value) charge
    cross join lateral (select case when payload ->> 'count' ~ '^[0-9]{1,15}$'
                                    then (payload ->> 'count')::numeric end as value) count
), owned as (
  select t.*, coalesce(e.payments, 0) as payments, coalesce(e.charges, 0) as charges,
         coalesce(e.deposits, 0) as deposits, coalesce(e.amount, 0) as posted,
         coalesce(e.deposited, 0) as deposited, e.entry_id, e.deposit_id
    from told t left join entries e on e.event_id = t.id
)
select 'event' as entity, id, type, entity_id as told_entry, amount as told_amount, count as told_count,
       payments, charges, deposits, posted, deposited
  from owned
 where not coalesce(case
   when type = 'PaymentRecorded'
     then (payments, charges, deposits) = (1, 0, 0) and (posted, entry_id) = (amount, entity_id)
   when type = 'ChargePosted'
     then (payments, charges, deposits) = (0, 1, 0) and (posted, entry_id) = (amount, entity_id)
   when type = 'EntryReversed'
     then (payments + charges, posted, entry_id) = (1, amount, entity_id) and deposits <= payments
      and entity_type = case when payments = 1 then 'payment' else 'charge' end
   when type in ('DepositReceived', 'DepositApplied', 'DepositRefunded')
     then (payments, charges, deposits) = (0, 0, 1) and (deposited, deposit_id) = (amount, entity_id)
   when type = 'TenantMoved' then payments + deposits = 0 and charges <= 2 and posted = charge - credit
   when type = 'TenantLeft' then payments + deposits = 0 and charges <= 1 and posted = -credit
   when type = 'ChargesPosted' then payments + deposits = 0 and (charges, posted) = (count, amount)
   when type in ('PaymentsImported', 'PaymentsReversed')
     then charges + deposits = 0 and (payments, posted) = (count, amount)
   when type = 'BookImported' and of_table = 'payments'
     then charges + deposits = 0 and (payments, posted) = (count, amount)
   when type = 'BookImported' and of_table = 'charges'
     then payments + deposits = 0 and (charges, posted) = (count, amount)
   when type = 'BookImported' and of_table = 'deposit_entries'
     then payments + charges = 0 and (deposits, deposited) = (count, amount)
   else payments + charges + deposits = 0 end, false)
 order by id
