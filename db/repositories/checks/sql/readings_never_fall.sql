-- Every reading that stands follows the one that stands before it, and counts what was used since.
with standing as (
  select r.*, lag(r.id) over w as before_id, lag(r.value) over w as before_value, lag(r.read_on) over w as before_on
    from meter_readings r
    left join meter_reading_voids v on v.reading_id = r.id
   where v.reading_id is null
  window w as (partition by r.meter_id order by r.read_on, r.id)
)
select 'meter_reading' as entity, s.id, s.meter_id as meter, s.read_on, s.value, s.usage, s.before_id as previous,
       s.before_value
  from standing s join meters m on m.id = s.meter_id
 where s.previous_id is distinct from s.before_id
    or coalesce(s.old_last, s.value) < s.before_value
    or s.usage is distinct from coalesce(s.old_last - s.before_value + s.value - s.new_first, s.value - s.before_value)
    or s.property_id <> m.property_id
    or s.read_on > m.retired_on
 order by s.meter_id, s.read_on, s.id
