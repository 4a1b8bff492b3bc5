with told as (
  -- The events that balances were worked out for: those of one tenant by name, one of many by itself.
  select cause.id as event_id, count(*) as times, min(e.id) as told_by
    from events e
    cross join lateral (select value::bigint as id
                          from jsonb_array_elements_text(case when e.type = 'BalanceCalculated'
                                                              then e.payload -> 'eventIds' end) value
                        union all
                        select (e.payload ->> 'eventId')::bigint where e.type = 'BalancesCalculated') cause
   where e.type in ('BalanceCalculated', 'BalancesCalculated') and cause.id is not null
   group by cause.id
)
