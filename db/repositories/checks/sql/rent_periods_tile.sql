-- A step goes from the end of what is posted (`at`) to where the next period begins (`until`). A lease that was ended
-- has no next period and is done at its end; a voided rent counts as posted.
with recursive rents as (
  select lease_id, id, period_start, period_end,
         lag(period_end) over (partition by lease_id order by period_start, id) as before
    from charges where kind = 'rent' and reverses_id is null
), last as (
  select lease_id, max(period_end) as until from rents group by lease_id
), steps as (
  select r.lease_id, 'charge' as entity, r.id, coalesce(r.before, l.billed_from_on) as at, r.period_start as until,
         false as ended
    from rents r join leases l on l.id = r.lease_id
  union all
  select l.id, 'lease', l.id, coalesce(p.until, l.billed_from_on), coalesce(l.next_period_on, l.ends_on, 'infinity'),
         l.next_period_on is null
    from leases l left join last p on p.lease_id = l.id
   where l.next_period_on is not null or coalesce(p.until, l.billed_from_on) < coalesce(l.ends_on, 'infinity')
), broken as (
  select * from steps where at <> until
), walk as (
  -- Periods that cost nothing post nothing: a gap that is bridged by such periods, from boundary to boundary, is none.
  -- A part of a month may also round to nothing; 31 days are its most generous basis.
  select lease_id, entity, id, at, until from broken where at < until and until < 'infinity'
  union all
  select w.lease_id, w.entity, w.id, b.day, w.until
    from walk w
    join leases l on l.id = w.lease_id
    cross join lateral (select monthly_rent, billing_day from lease_terms t
                         where t.lease_id = w.lease_id and t.effective_on <= w.at
                         order by t.effective_on desc limit 1) t
    cross join lateral (select next_boundary(t.billing_day, w.at) as day) b
   where w.at < w.until
     and (t.monthly_rent = 0 or b.day - w.at < 28 and t.monthly_rent * (b.day - w.at) / 31 < l.rounding / 2)
)
select b.entity, b.id, b.lease_id as lease, b.at as posted_until, nullif(b.until, 'infinity') as next_from,
       case when b.at < b.until then 'gap' else 'overlap' end as problem
  from broken b
 where not exists (select from walk w where (w.entity, w.id) = (b.entity, b.id)
                      and (w.at = b.until or b.ended and w.at > b.until))
 order by b.lease_id, b.at
