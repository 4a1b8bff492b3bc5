-- Late fees (R15): what is overdue of a charge costs, day by day, as the lease was signed. Each fee names its charge and
-- the days it is for; two runs at once can't post the same day twice.
create unique index charges_late_fee_once on charges (related_id, period_start)
  where kind = 'late_fee' and reverses_id is null;
-- Who owes what is overdue, the longest first; and who may have to pay for that.
create index idx_balances_overdue on balances (oldest_due_on, tenant_id) where oldest_due_on is not null;
create index idx_leases_late_fee on leases (tenant_id) where late_fee <> 'off';

-- The lease whose policy a charge is under: its own, else the tenant's of the day on which it is due.
create function lease_of_charge(charge charges) returns setof leases rows 1 language sql stable as $$
  select l.* from leases l
   where l.tenant_id = charge.tenant_id and (charge.lease_id is null or l.id = charge.lease_id)
     and (charge.lease_id is not null or l.starts_on <= charge.due_on)
   order by l.starts_on desc, l.id desc limit 1
$$;

-- The most that the fees of a charge may add up to; null without a cap.
create function late_fee_cap(lease leases, amount numeric) returns numeric language sql immutable as $$
  select least(lease.late_fee_cap_amount,
               round(amount * lease.late_fee_cap_percent / 100 / lease.rounding) * lease.rounding)
$$;

-- Post fees that have become due, once for each charge and stage, under one event. What a fee must not be is left out:
-- on a fee or on what was taken back, of days that are not over or that have theirs, above the cap.
create function post_late_fees(principals bigint[], starts date[], ends date[], amounts numeric[], descriptions text[],
                               out event bigint, out recorded_at timestamptz, out posted bigint, out amount numeric)
language plpgsql security definer as $$
declare
  whose bigint[];
  properties bigint[];
  property bigint;
begin
  select array_agg(distinct c.tenant_id), array_agg(distinct c.property_id) into whose, properties
    from charges c where c.id = any (principals);
  foreach property in array coalesce(properties, '{}') loop
    perform require_grade('{landlord,staff,worker}', property);
  end loop;
  perform from tenants t where t.id = any (whose) order by t.id for no key update;
  event := reserve_event();
  with asked as (
    select c.*, n.starts, n.ends, n.amount as fee, n.description as words
      from unnest(principals, post_late_fees.starts, post_late_fees.ends, amounts, descriptions)
           as n (id, starts, ends, amount, description)
      join charges c on c.id = n.id join properties p on p.id = c.property_id
     cross join lateral lease_of_charge(c) l
     cross join lateral (select coalesce(sum(f.amount) filter (where not exists (
                                  select from reversals r where r.entry = 'charge' and r.entry_id = f.id)), 0) as live,
                                coalesce(max(f.period_end), c.due_on) as until
                           from charges f
                          where f.related_id = c.id and f.kind = 'late_fee' and f.reverses_id is null) before
     where n.amount > 0 and l.late_fee <> 'off' and c.reverses_id is null and c.amount > 0
       and c.kind in ('rent', 'electricity', 'water', 'internet', 'damage', 'other')
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
       and n.starts >= before.until and n.ends <= business_date(p.timezone)
       and before.live + n.amount <= coalesce(late_fee_cap(l, c.amount), 'infinity')
  ), new_charges as (
    insert into charges (property_id, tenant_id, kind, period_start, period_end, charged_on, due_on, amount,
                         description, related_id, event_id)
    select a.property_id, a.tenant_id, 'late_fee', a.starts, a.ends, a.ends, a.ends, a.fee, a.words, a.id, event
      from asked a order by a.tenant_id, a.due_on, a.id
    on conflict (related_id, period_start) where kind = 'late_fee' and reverses_id is null do nothing
    returning charges.amount
  )
  select count(*), coalesce(sum(p.amount), 0) into posted, amount from new_charges p;
  if posted > 0 then
    property := case when cardinality(properties) = 1 then properties[1] end;
    recorded_at := write_event(event, 'ChargesPosted', 'billing', event, property, null,
                               jsonb_build_object('count', posted, 'amount', amount::text, 'kind', 'late_fee'));
    perform recalculate_balances(whose);
  end if;
end $$;
select make_definer('post_late_fees(bigint[], date[], date[], numeric[], text[])');

create function grant_fees() returns void language plpgsql as $$
begin
  grant execute on function post_late_fees(bigint[], date[], date[], numeric[], text[])
     to ekost_landlord, ekost_staff, ekost_worker;
end $$;
