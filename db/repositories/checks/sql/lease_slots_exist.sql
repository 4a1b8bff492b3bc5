select 'lease' as entity, s.id, s.room_id as room, s.slot, b.capacity
  from stays s join beds b using (room_id)
 where s.slot > b.most or s.slot > b.capacity and s.until > b.today
 order by s.id
