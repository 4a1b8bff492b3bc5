, ordered as (
  select *, max(until) over (partition by room_id, slot order by starts_on, id
                             rows between unbounded preceding and 1 preceding) as taken_until
    from stays
)
select 'lease' as entity, id, room_id as room, slot, tenant_id as tenant, starts_on,
       nullif(taken_until, 'infinity') as taken_until
  from ordered where starts_on < taken_until
 order by room_id, slot, starts_on, id
