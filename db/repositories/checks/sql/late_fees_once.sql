-- The fees of a charge, those taken back among them: each for days of its own, under a lease that has a late fee, on no
-- fee; and those that stand within the cap. The cap was rounded as the lease rounds.
with fees as (
  select f.id, f.tenant_id, f.related_id, f.period_start, f.period_end, f.amount,
         not exists (select from reversals r where r.entry = 'charge' and r.entry_id = f.id) as live,
         lag(f.period_end) over (partition by f.related_id order by f.period_start, f.id) as earlier_until
    from charges f where f.kind = 'late_fee' and f.related_id is not null and f.reverses_id is null
), capped as (
  select c.id, late_fee_cap(l, c.amount) as most, l.late_fee, c.kind, c.due_on, c.tenant_id
    from charges c cross join lateral lease_of_charge(c) l where c.id in (select related_id from fees)
), summed as (
  select related_id, sum(amount) filter (where live) as standing from fees group by related_id
)
select 'charge' as entity, f.id, f.related_id as of_charge, f.period_start as "from", f.earlier_until, s.standing,
       c.most as cap
  from fees f left join capped c on c.id = f.related_id join summed s using (related_id)
 where not coalesce(c.tenant_id = f.tenant_id and c.late_fee <> 'off'
                    and c.kind in ('rent', 'electricity', 'water', 'internet', 'damage', 'other')
                    and f.period_start >= greatest(c.due_on, f.earlier_until), false)
    or f.live and s.standing > c.most
 order by f.id
