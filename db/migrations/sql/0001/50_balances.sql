-- Balances: amounts follow the ledger in the same transaction, whoever writes; the rest is worked out from them.
create table balances (
  tenant_id bigint primary key references tenants,
  property_id bigint not null references properties,
  total_charges numeric(16, 2) not null default 0,
  total_payments numeric(16, 2) not null default 0,
  outstanding_balance numeric(16, 2) not null generated always as (total_charges - total_payments) stored,
  deposit_held numeric(16, 2) not null default 0,
  paid_through_on date,
  oldest_due_on date,
  status text not null default 'paid' check (status in ('paid', 'partial', 'unpaid', 'credit')),
  calculated_at timestamptz not null default now(),
  version bigint not null default 0
);
create index idx_balances_outstanding on balances (outstanding_balance desc, tenant_id desc);
create index idx_balances_property on balances (property_id, outstanding_balance desc, tenant_id desc);

create function balances_add_tenants() returns trigger language plpgsql as $$
begin
  insert into balances (tenant_id, property_id)
    select id, property_id from inserted order by id on conflict do nothing;
  return null;
end $$;
create trigger balances_add_tenants after insert on tenants
  referencing new table as inserted for each statement execute function balances_add_tenants();

-- Rows are taken in the order of their key, so that two chunks never wait for each other crosswise.
create function balances_add_charges() returns trigger language plpgsql as $$
begin
  update balances b set total_charges = b.total_charges + d.amount, version = b.version + 1
    from (select locked.tenant_id, s.amount
            from (select tenant_id, sum(amount) as amount from inserted group by tenant_id) s
            join (select x.tenant_id from balances x where x.tenant_id in (select tenant_id from inserted)
                  order by x.tenant_id for no key update) locked using (tenant_id)) d
   where b.tenant_id = d.tenant_id;
  return null;
end $$;
create trigger balances_add_charges after insert on charges
  referencing new table as inserted for each statement execute function balances_add_charges();

create function balances_add_payments() returns trigger language plpgsql as $$
begin
  update balances b set total_payments = b.total_payments + d.amount, version = b.version + 1
    from (select locked.tenant_id, s.amount
            from (select tenant_id, sum(amount) as amount from inserted group by tenant_id) s
            join (select x.tenant_id from balances x where x.tenant_id in (select tenant_id from inserted)
                  order by x.tenant_id for no key update) locked using (tenant_id)) d
   where b.tenant_id = d.tenant_id;
  return null;
end $$;
create trigger balances_add_payments after insert on payments
  referencing new table as inserted for each statement execute function balances_add_payments();

create function balances_add_deposits() returns trigger language plpgsql as $$
begin
  update balances b set deposit_held = b.deposit_held + d.amount, version = b.version + 1
    from (select tenant_id, sum(case kind when 'received' then amount else -amount end) as amount
            from inserted group by tenant_id) d
   where b.tenant_id = d.tenant_id;
  return null;
end $$;
create trigger balances_add_deposits after insert on deposit_entries
  referencing new table as inserted for each statement execute function balances_add_deposits();

-- The order in which payments fill charges that fall due on one day (R12).
create function charge_rank(kind text) returns smallint language sql immutable parallel safe
  return case kind when 'rent' then 0 when 'electricity' then 1 when 'water' then 1 when 'internet' then 1
                   when 'late_fee' then 3 else 2 end;

-- The first billing day after `day`, clamped to the month (R1).
create function next_boundary(billing_day smallint, day date) returns date language sql immutable parallel safe
  return (
    select min(least(month + billing_day - 1, (month + interval '1 month')::date - 1))
      from (select (date_trunc('month', day) + make_interval(months => m))::date as month from generate_series(0, 1) m) months
     where least(month + billing_day - 1, (month + interval '1 month')::date - 1) > day);

-- The last billing day on or before `day`.
create function last_boundary(billing_day smallint, day date) returns date language sql immutable parallel safe
  return (
    select max(least(month + billing_day - 1, (month + interval '1 month')::date - 1))
      from (select (date_trunc('month', day) - make_interval(months => m))::date as month from generate_series(0, 1) m) months
     where least(month + billing_day - 1, (month + interval '1 month')::date - 1) <= day);

-- How far `credit` pays a lease ahead, period by period from `start` (R13): the first day not paid, or null.
create function prepaid_until(lease leases, credit numeric) returns date language plpgsql stable as $$
declare
  start date := lease.next_period_on;
  terms record;
  boundary date;
  of_days integer;
  cost numeric;
  until date;
begin
  loop
    -- A mistyped payment may reach thousands of years ahead: neither count them all nor leave the calendar.
    exit when start >= lease.ends_on or start > '2199-12-31';
    select t.monthly_rent, t.billing_day, coalesce(b.billing_day, t.billing_day) as old_day into terms
      from lease_terms t
      left join lateral (select billing_day from lease_terms where lease_id = lease.id and effective_on < start
                         order by effective_on desc limit 1) b on true
     where t.lease_id = lease.id and t.effective_on <= start order by t.effective_on desc limit 1;
    boundary := next_boundary(terms.billing_day, start);
    cost := terms.monthly_rent;
    if start = lease.starts_on and next_boundary(terms.billing_day, start - 1) <> start then
      -- A stub, prorated over the full period it lies in, or charged in full (R3).
      of_days := boundary - last_boundary(terms.billing_day, start);
      if lease.proration = 'daily' then
        cost := round(cost * (boundary - start) / of_days / lease.rounding) * lease.rounding;
      end if;
    elsif next_boundary(terms.billing_day, start - 1) <> start then
      -- A bridge to a new billing day, prorated over the old one's period (R4).
      of_days := next_boundary(terms.old_day, start) - start;
      cost := round(cost * (boundary - start) / of_days / lease.rounding) * lease.rounding;
    end if;
    exit when terms.monthly_rent <= 0 or cost > credit;
    credit := credit - cost;
    start := boundary;
    until := start;
  end loop;
  return until;
end $$;

-- Paid through, oldest due and status of some tenants from their ledger, first in first out (R12, R13).
create function recalculate_balances(tenants bigint[]) returns void language sql as $$
  with live as (
    -- A reversed charge and its reversal cancel; a reversed payment does so in the total.
    select c.* from charges c
     where c.tenant_id = any (tenants) and c.reverses_id is null
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
  ), money as (
    select b.tenant_id, b.total_payments - coalesce(sum(l.amount) filter (where l.amount < 0), 0) as amount,
           coalesce(sum(l.amount) filter (where l.amount > 0), 0) as owed
      from (select tenant_id, total_payments from balances where tenant_id = any (tenants)
             order by tenant_id for no key update) b
      left join live l using (tenant_id)
     group by b.tenant_id, b.total_payments
  ), queue as (
    select l.tenant_id, l.kind, l.due_on, l.period_start, l.period_end, l.amount,
           row_number() over filling as place, sum(l.amount) over filling - m.amount as beyond
      from live l join money m using (tenant_id) where l.amount > 0
    window filling as (partition by l.tenant_id order by l.due_on, charge_rank(l.kind), l.id)
  ), state as (
    select q.tenant_id,
           min(q.due_on) filter (where q.beyond > 0) as oldest_due_on,
           (array_agg(q.beyond < q.amount order by q.place) filter (where q.beyond > 0))[1] as begun,
           min(q.period_start) filter (where q.beyond > 0 and q.kind = 'rent') as unpaid_from
      from queue q group by q.tenant_id
  ), covered as (
    select q.tenant_id, max(q.period_end) as until
      from queue q join state s using (tenant_id)
     where q.kind = 'rent' and q.beyond <= 0 and (s.unpaid_from is null or q.period_start < s.unpaid_from)
     group by q.tenant_id
  ), ahead as (
    select m.tenant_id, prepaid_until(l, m.amount - m.owed) as until
      from money m
      join lateral (select x.* from leases x where x.tenant_id = m.tenant_id and x.next_period_on is not null
                    order by x.next_period_on limit 1) l on true
     where m.amount > m.owed
  )
  update balances b
     set oldest_due_on = s.oldest_due_on,
         paid_through_on = coalesce(a.until, case when c.until is not null then least(c.until, s.unpaid_from) end) - 1,
         status = case when s.oldest_due_on is not null then case when s.begun then 'partial' else 'unpaid' end
                       when m.amount > m.owed then 'credit' else 'paid' end,
         calculated_at = clock_timestamp(), version = b.version + 1
    from money m
    left join state s using (tenant_id) left join covered c using (tenant_id) left join ahead a using (tenant_id)
   where b.tenant_id = m.tenant_id
$$;
