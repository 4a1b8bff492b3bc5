, changes as (
  select room_id, night, sum(delta) as delta
    from (select room_id, starts_on as night, 1 as delta from stays
          union all
          select room_id, until, -1 from stays) d
   group by room_id, night
), nights as (
  -- How many sleep there from `night` up to `until`.
  select room_id, night, lead(night) over days as until, sum(delta) over days as tenants
    from changes window days as (partition by room_id order by night)
)
select 'room' as entity, n.room_id as id, b.number, n.night, nullif(n.until, 'infinity') as until, n.tenants, b.capacity
  from nights n join beds b using (room_id)
 where n.tenants > b.most or n.tenants > b.capacity and n.until > b.today
 order by n.room_id, n.night
