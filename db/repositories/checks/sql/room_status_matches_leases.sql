, let as (
  select r.id, count(*) filter (where s.starts_on <= r.status_on) as tenants, count(*) as leases
    from rooms r join stays s on s.room_id = r.id and s.until > r.status_on group by r.id
)
select 'room' as entity, r.id, r.number, r.status, r.status_on, coalesce(l.tenants, 0) as tenants, r.capacity,
       coalesce(l.leases, 0) as leases
  from rooms r left join let l on l.id = r.id
 where case r.status when 'renovation' then l.leases > 0
                     else (r.status = 'occupied') <> (coalesce(l.tenants, 0) >= r.capacity) end
 order by r.id
