-- What was charged for a reading is its usage times the tariff of its day, rounded half up to the property's step, and
-- nothing of it stands where the reading was taken back. Whom a landlord let off a share still has the rest.
with charged as (
  select u.reading_id, min(u.tariff_id) as tariff_id, count(distinct u.tariff_id) as tariffs, sum(c.amount) as amount,
         count(*) filter (where v.entry_id is null) as standing
    from utility_charges u
    join charges c on c.id = u.charge_id
    left join reversals v on v.entry = 'charge' and v.entry_id = c.id
   where u.reading_id is not null
   group by u.reading_id
), owed as (
  select r.id, r.meter_id, r.read_on, r.usage, t.amount as price, c.amount, c.standing, c.tariffs, t.mode,
         o.reading_id as void,
         (select l.rounding from utility_charges u join leases l on l.id = u.lease_id where u.reading_id = r.id
           order by l.starts_on, l.id limit 1) as step
    from charged c
    join meter_readings r on r.id = c.reading_id
    join meters m on m.id = r.meter_id
    join tariffs t on t.id = c.tariff_id
    left join meter_reading_voids o on o.reading_id = r.id
)
select 'meter_reading' as entity, id, meter_id as meter, read_on, usage, price, amount as charged, standing
  from owed
 where tariffs > 1 or mode <> 'metered' or void is not null and standing > 0
    or amount <> floor(usage * price / step + 0.5) * step
 order by id
