-- Every property month by month, made anew each night: what came in, what was earned, how full it was, who came and left.
-- The month that is not over counts until today.
create materialized view monthly_business_summary as
with lived as (
  select l.id, l.property_id, l.room_id, l.tenant_id, l.starts_on, l.ends_on,
         not exists (select from leases b where b.tenant_id = l.tenant_id and b.ends_on = l.starts_on
                                            and b.starts_on < b.ends_on) as comes,
         not exists (select from leases b where b.tenant_id = l.tenant_id and b.starts_on = l.ends_on
                                            and b.id <> l.id and b.ends_on is distinct from b.starts_on) as leaves
    from leases l where l.ends_on is distinct from l.starts_on
), earned as (
  select property_id, date_trunc('month', coalesce(period_start, charged_on))::date as month, sum(amount) as amount
    from charges where kind not in ('opening', 'refund') group by 1, 2
), received as (
  select property_id, date_trunc('month', payment_date)::date as month, sum(amount) as amount,
         count(*) filter (where reverses_id is null) as payments
    from payments where method <> 'deposit' group by 1, 2
), first_let as (
  select room_id, min(starts_on) as day from lived group by room_id
), there as (
  -- A room is there from the day on which it was entered, or from its first lease where that began earlier.
  select r.property_id, r.capacity, (r.deleted_at at time zone p.timezone)::date as after,
         least((r.created_at at time zone p.timezone)::date, l.day) as first
    from rooms r join properties p on p.id = r.property_id left join first_let l on l.room_id = r.id
), since as (
  select property_id, min(day) as day
    from (select property_id, month as day from earned
          union all select property_id, month from received
          union all select property_id, first from there) known
   group by property_id
), months as (
  select p.id as property_id, p.currency, m::date as month,
         least((m + interval '1 month')::date, business_date(p.timezone) + 1) as after
    from properties p
    left join since s on s.property_id = p.id
   cross join lateral generate_series(
     date_trunc('month', least(s.day, business_date(p.timezone))), date_trunc('month', business_date(p.timezone)),
     interval '1 month') m
), beds as (
  select m.property_id, m.month, sum(t.capacity * (least(m.after, t.after) - greatest(m.month, t.first))) as nights
    from months m join there t on t.property_id = m.property_id and t.first < m.after and coalesce(t.after > m.month, true)
   group by 1, 2
), people as (
  select m.property_id, m.month, sum(least(m.after, l.ends_on) - greatest(m.month, l.starts_on)) as nights,
         count(*) filter (where l.comes and l.starts_on >= m.month) as arrivals,
         count(*) filter (where coalesce(l.ends_on >= m.after, true)) as tenants
    from months m join lived l on l.property_id = m.property_id and l.starts_on < m.after
                              and coalesce(l.ends_on > m.month, true)
   group by 1, 2
), gone as (
  select m.property_id, m.month, count(*) as departures
    from months m join lived l on l.property_id = m.property_id and l.leaves and l.ends_on >= m.month and l.ends_on < m.after
   group by 1, 2
)
select m.property_id, m.month, m.currency,
       coalesce(r.amount, 0.00) as received, coalesce(e.amount, 0.00) as earned, coalesce(r.payments, 0) as payments,
       coalesce(b.nights, 0)::bigint as bed_nights, coalesce(p.nights, 0)::bigint as let_nights,
       coalesce(p.tenants, 0) as tenants, coalesce(p.arrivals, 0) as arrivals, coalesce(g.departures, 0) as departures,
       now() as made_at
  from months m
  left join received r using (property_id, month)
  left join earned e using (property_id, month)
  left join beds b using (property_id, month)
  left join people p using (property_id, month)
  left join gone g using (property_id, month);
create unique index monthly_business_summary_key on monthly_business_summary (property_id, month desc);
