, ordered as (
  select *, max(until) over (partition by tenant_id order by starts_on, id
                             rows between unbounded preceding and 1 preceding) as housed_until
    from stays
)
select 'lease' as entity, id, tenant_id as tenant, room_id as room, starts_on,
       nullif(housed_until, 'infinity') as housed_until
  from ordered where starts_on < housed_until
 order by tenant_id, starts_on, id
