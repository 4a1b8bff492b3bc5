with stays as (
  -- Leases that hold at least one night; one that was cancelled before it began holds none.
  select id, tenant_id, room_id, slot, starts_on, coalesce(ends_on, 'infinity') as until
    from leases where ends_on is distinct from starts_on
), most as (
  -- A bed may have been taken out after its tenant left: past nights are held against the most beds the room ever had.
  select entity_id as room_id,
         max(greatest((payload #>> '{before,capacity}')::int, (payload #>> '{after,capacity}')::int)) as capacity
    from events where entity_type = 'room' and type in ('RoomAdded', 'RoomChanged') group by entity_id
), beds as (
  select r.id as room_id, r.number, r.capacity, greatest(r.capacity, m.capacity) as most,
         business_date(p.timezone) as today
    from rooms r join properties p on p.id = r.property_id left join most m on m.room_id = r.id
)
