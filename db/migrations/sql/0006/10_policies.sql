-- How a property bills, by the day from which it does so; every lease takes the policy of its first day with it. Rows
-- are only added: the latest written for a date counts. Programs of the version before read and write four columns of
-- `properties`, which show the policy in force today.
create table property_policies (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  effective_on date not null,
  billing_day smallint check (billing_day between 1 and 31),
  grace_days smallint not null check (grace_days between 0 and 60),
  proration text not null check (proration in ('daily', 'none')),
  rounding numeric(14, 2) not null check (rounding > 0),
  refund text not null default 'none' check (refund in ('none', 'prorate')),
  -- Of rooms that are added from then on.
  basis text not null default 'per_tenant' check (basis in ('per_tenant', 'split_room')),
  -- An amount once, or percent of what is open for each day (R15).
  late_fee text not null default 'off' check (late_fee in ('off', 'flat', 'percent')),
  late_fee_rate numeric(14, 2) not null default 0 check (late_fee_rate >= 0),
  late_fee_grace smallint not null default 0 check (late_fee_grace between 0 and 60),
  late_fee_every smallint not null default 1 check (late_fee_every between 1 and 31),
  late_fee_cap_percent numeric(14, 2) check (late_fee_cap_percent > 0),
  late_fee_cap_amount numeric(14, 2) check (late_fee_cap_amount > 0),
  -- In which order payments fill what is due on one day (R12).
  charge_order text[] not null default '{rent,utilities,other,late_fee}'
    check (charge_order @> '{rent,utilities,other,late_fee}' and cardinality(charge_order) = 4),
  -- None has the first one of a property: the event that adds the property tells it.
  event_id bigint,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint property_policies_fee check ((late_fee = 'off') = (late_fee_rate = 0)),
  constraint property_policies_first check (event_id is not null or effective_on = '1990-01-01')
);
create index idx_property_policies_effective on property_policies (property_id, effective_on desc, id desc);
create unique index property_policies_one_first on property_policies (property_id) where event_id is null;
select keep_rows('property_policies');
select keep_history('property_policies');
drop trigger told on property_policies;
create constraint trigger told after insert on property_policies deferrable initially deferred
  for each row when (new.event_id is not null) execute function require_told();

insert into property_policies (property_id, effective_on, billing_day, grace_days, proration, rounding)
select id, '1990-01-01', billing_day, grace_days, proration, rounding from properties order by id;

-- Which policy is in force on a day.
create function policy_on(property bigint, day date) returns setof property_policies rows 1 language sql stable as $$
  select p.* from property_policies p where p.property_id = property and p.effective_on <= day
   order by p.effective_on desc, p.id desc limit 1
$$;

-- Show in `properties` what is in force today: of one, or wherever a day has brought another policy.
create function settle_policies(property bigint default null) returns void language sql as $$
  update properties p
     set billing_day = c.billing_day, grace_days = c.grace_days, proration = c.proration, rounding = c.rounding
    from properties q cross join lateral policy_on(q.id, business_date(q.timezone)) c
   where p.id = q.id and (property is null or q.id = property)
     and (p.billing_day, p.grace_days, p.proration, p.rounding)
         is distinct from (c.billing_day, c.grace_days, c.proration, c.rounding)
$$;

create function write_policy(base property_policies, day date, changes jsonb, event bigint) returns void language sql as $$
  insert into property_policies (
      property_id, effective_on, billing_day, grace_days, proration, rounding, refund, basis, late_fee, late_fee_rate,
      late_fee_grace, late_fee_every, late_fee_cap_percent, late_fee_cap_amount, charge_order, event_id)
  select base.property_id, day, r.billing_day, r.grace_days, r.proration, r.rounding, r.refund, r.basis, r.late_fee,
         r.late_fee_rate, r.late_fee_grace, r.late_fee_every, r.late_fee_cap_percent, r.late_fee_cap_amount,
         r.charge_order, event
    from jsonb_populate_record(base, changes) r
$$;

-- Change some of the policy from a day on, under the event that tells of it. A row of a later day repeats what was in
-- force when it was written; it must not bring that back. What it changed itself stays.
create function put_policy(property bigint, day date, changes jsonb, event bigint) returns void language plpgsql as $$
declare
  was property_policies;
  later property_policies;
  carried jsonb := changes;
begin
  perform require_grade('{landlord}', property);
  perform from properties p where p.id = property for no key update;
  select * into was from policy_on(property, day);
  perform write_policy(was, day, carried, event);
  for later in select distinct on (p.effective_on) p.* from property_policies p
                where p.property_id = property and p.effective_on > day order by p.effective_on, p.id desc loop
    select coalesce(jsonb_object_agg(c.key, c.value), '{}') into carried
      from jsonb_each(carried) c where to_jsonb(later) -> c.key is not distinct from to_jsonb(was) -> c.key;
    -- Each of these means nothing without the other.
    if not carried ?& '{late_fee,late_fee_rate}' then
      carried := carried - '{late_fee,late_fee_rate}'::text[];
    end if;
    if not carried ?& '{late_fee_cap_percent,late_fee_cap_amount}' then
      carried := carried - '{late_fee_cap_percent,late_fee_cap_amount}'::text[];
    end if;
    exit when carried = '{}';
    perform write_policy(later, later.effective_on, carried, event);
  end loop;
  perform settle_policies(property);
end $$;

-- A property begins with a policy, whoever adds it; what a program of the version before changes counts from today.
create function properties_have_policies() returns trigger language plpgsql as $$
declare
  today constant date := business_date(new.timezone);
  changes jsonb;
  event bigint;
begin
  if book_arrives() then
    return null;
  end if;
  if tg_op = 'INSERT' then
    insert into property_policies (property_id, effective_on, billing_day, grace_days, proration, rounding)
    values (new.id, '1990-01-01', new.billing_day, new.grace_days, new.proration, new.rounding);
    return null;
  end if;
  select coalesce(jsonb_object_agg(n.key, n.value), '{}') into changes
    from jsonb_each(to_jsonb(new)) n, policy_on(new.id, today) p
   where n.key in ('billing_day', 'grace_days', 'proration', 'rounding')
     and to_jsonb(old) -> n.key is distinct from n.value and to_jsonb(p) -> n.key is distinct from n.value;
  if changes <> '{}' then
    event := reserve_event();
    perform put_policy(new.id, today, changes, event);
    perform write_event(event, 'PolicyChanged', 'property', new.id, new.id, null,
                        jsonb_build_object('effectiveOn', today, 'policy', changes));
  end if;
  return null;
end $$;
create trigger first_policy after insert on properties for each row execute function properties_have_policies();
create trigger policy_of_today after update of billing_day, grace_days, proration, rounding on properties
  for each row execute function properties_have_policies();

-- The policy at signing. A program of the version before names none of these columns.
alter table leases
  add column refund text not null default 'none' check (refund in ('none', 'prorate')),
  add column late_fee text not null default 'off' check (late_fee in ('off', 'flat', 'percent')),
  add column late_fee_rate numeric(14, 2) not null default 0 check (late_fee_rate >= 0),
  add column late_fee_grace smallint not null default 0 check (late_fee_grace between 0 and 60),
  add column late_fee_every smallint not null default 1 check (late_fee_every between 1 and 31),
  add column late_fee_cap_percent numeric(14, 2) check (late_fee_cap_percent > 0),
  add column late_fee_cap_amount numeric(14, 2) check (late_fee_cap_amount > 0),
  add column charge_order text[] not null default '{rent,utilities,other,late_fee}'
    check (charge_order @> '{rent,utilities,other,late_fee}' and cardinality(charge_order) = 4),
  add constraint leases_fee check ((late_fee = 'off') = (late_fee_rate = 0));
alter table leases
  alter column refund drop default, alter column late_fee drop default, alter column late_fee_rate drop default,
  alter column late_fee_grace drop default, alter column late_fee_every drop default,
  alter column charge_order drop default;

create function leases_take_policy() returns trigger language plpgsql as $$
declare
  policy property_policies;
begin
  select * into policy from policy_on(new.property_id, new.starts_on);
  new.refund := coalesce(new.refund, policy.refund);
  new.charge_order := coalesce(new.charge_order, policy.charge_order);
  if new.late_fee is null then
    new.late_fee := policy.late_fee;
    new.late_fee_rate := policy.late_fee_rate;
    new.late_fee_grace := policy.late_fee_grace;
    new.late_fee_every := policy.late_fee_every;
    new.late_fee_cap_percent := policy.late_fee_cap_percent;
    new.late_fee_cap_amount := policy.late_fee_cap_amount;
  end if;
  return new;
end $$;
create trigger leases_take_policy before insert on leases for each row execute function leases_take_policy();

select make_definer('settle_policies(bigint)', 'put_policy(bigint, date, jsonb, bigint)',
                    'properties_have_policies()', 'leases_take_policy()');

-- The order in which payments fill what is due on one day (R12): that of the tenant's latest lease.
create function charge_order_of(tenant bigint) returns text[] language sql stable as $$
  select l.charge_order from leases l where l.tenant_id = tenant and l.ends_on is distinct from l.starts_on
   order by l.starts_on desc, l.id desc limit 1
$$;
create function charge_rank(kind text, in_order text[]) returns smallint language sql immutable parallel safe
  return coalesce(array_position(in_order, case kind when 'rent' then 'rent' when 'electricity' then 'utilities'
                                                     when 'water' then 'utilities' when 'internet' then 'utilities'
                                                     when 'late_fee' then 'late_fee' else 'other' end),
                  charge_rank(kind) + 1)::smallint;

-- Paid through, oldest due and status of some tenants, first in first out (R12, R13). Payments fill the oldest
-- charges first, so what is owed lies in the newest ones; of who owes nothing only the last rent matters.
create or replace function standings(tenants bigint[])
returns table (tenant_id bigint, oldest_due_on date, paid_through_on date, status text) language sql stable as $$
  with owing as (
    select b.tenant_id, b.outstanding_balance as debt,
           case when b.outstanding_balance > 0 then charge_order_of(b.tenant_id) end as charge_order
      from balances b where b.tenant_id = any (tenants)
  ), live as (
    -- A reversed charge and its reversal cancel; a reversed payment does so in the total.
    select c.id, c.tenant_id, c.kind, c.due_on, c.period_start, c.period_end, c.amount, o.debt,
           charge_rank(c.kind, o.charge_order) as rank
      from owing o join charges c using (tenant_id)
     where o.debt > 0 and c.reverses_id is null and c.amount > 0
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
  ), queue as (
    select l.tenant_id, l.kind, l.due_on, l.period_start, l.period_end, l.amount, l.debt,
           sum(l.amount) over (partition by l.tenant_id order by l.due_on desc, l.rank desc, l.id desc
                               rows unbounded preceding) - l.amount as newer
      from live l
  ), state as (
    select q.tenant_id, min(q.due_on) as oldest_due_on, bool_or(q.newer + q.amount > q.debt) as begun,
           min(q.period_start) filter (where q.kind = 'rent') as unpaid_from
      from queue q where q.newer < q.debt group by q.tenant_id
  ), covered as (
    select o.tenant_id,
           (select c.period_end from charges c
             where c.tenant_id = o.tenant_id and c.kind = 'rent' and c.reverses_id is null and c.amount > 0
               and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
             order by c.period_end desc limit 1) as until
      from owing o where o.debt <= 0
    union all
    select q.tenant_id, max(q.period_end)
      from queue q join state s using (tenant_id)
     where q.newer >= q.debt and q.kind = 'rent' and (s.unpaid_from is null or q.period_start < s.unpaid_from)
     group by q.tenant_id
  ), ahead as (
    select o.tenant_id, prepaid_until(x, -o.debt) as until
      from owing o
      join lateral (select l.* from leases l where l.tenant_id = o.tenant_id and l.next_period_on is not null
                    order by l.next_period_on limit 1) x on true
      join lateral (select t.monthly_rent, t.billing_day from lease_terms t
                     where t.lease_id = x.id and t.effective_on <= x.next_period_on
                     order by t.effective_on desc limit 1) terms on true
     where o.debt < 0
       -- Credit that does not reach for the next period reaches no further; a stub or bridge costs less than a month.
       and (terms.monthly_rent <= -o.debt
            or next_boundary(terms.billing_day, x.next_period_on - 1) <> x.next_period_on)
  )
  select o.tenant_id, s.oldest_due_on, coalesce(a.until, case when c.until is not null then least(c.until, s.unpaid_from) end) - 1,
         case when s.oldest_due_on is not null then case when s.begun then 'partial' else 'unpaid' end
              when o.debt < 0 then 'credit' else 'paid' end
    from owing o
    left join state s using (tenant_id) left join covered c using (tenant_id) left join ahead a using (tenant_id)
$$;

create function grant_policies() returns void language plpgsql as $$
begin
  grant select on property_policies to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker, ekost_metrics;
  grant execute on function put_policy(bigint, date, jsonb, bigint) to ekost_landlord;
  grant execute on function settle_policies(bigint) to ekost_landlord, ekost_staff, ekost_worker;
end $$;
