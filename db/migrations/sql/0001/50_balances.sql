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

-- Paid through, oldest due and status of some tenants from their ledger, first in first out (R12, R13).
create function recalculate_balances(tenants bigint[]) returns void language sql as $$
  with live as (
    select c.* from charges c
     where c.tenant_id = any (tenants) and c.reverses_id is null
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
  ), money as (
    -- A reversed charge and its reversal cancel, so what is left beside the open charges is money: payments and credits.
    select b.tenant_id, b.total_payments - coalesce(sum(l.amount) filter (where l.amount < 0), 0) as amount
      from balances b left join live l using (tenant_id)
     where b.tenant_id = any (tenants) group by b.tenant_id, b.total_payments
  ), queue as (
    select l.tenant_id, l.kind, l.due_on, l.period_end, l.lease_id, l.period_start, l.amount,
           sum(l.amount) over (partition by l.tenant_id order by l.due_on, charge_rank(l.kind), l.id) as until
      from live l where l.amount > 0
  ), open as (
    select q.*, m.amount as money, least(q.amount, greatest(q.until - m.amount, 0)) as open
      from queue q join money m using (tenant_id)
  ), first_open as (
    select distinct on (tenant_id) tenant_id, due_on, open < amount as begun
      from open where open > 0 order by tenant_id, due_on, charge_rank(kind), until
  ), paid as (
    select o.tenant_id, max(o.period_end) as through
      from open o where o.kind = 'rent' and o.open = 0
       and not exists (select from open e where e.tenant_id = o.tenant_id and e.kind = 'rent' and e.open > 0
                       and e.period_start < o.period_start)
     group by o.tenant_id
  )
  update balances b
     set paid_through_on = p.through, oldest_due_on = f.due_on, calculated_at = clock_timestamp(), version = b.version + 1,
         status = case when f.due_on is null and b.outstanding_balance < 0 then 'credit'
                       when f.due_on is null then 'paid'
                       when f.begun then 'partial' else 'unpaid' end
    from (select m.tenant_id from money m
            join balances x using (tenant_id) order by m.tenant_id for no key update of x) t
    left join first_open f using (tenant_id) left join paid p using (tenant_id)
   where b.tenant_id = t.tenant_id
$$;

create view tenant_balances with (security_invoker = true) as
select t.id as tenant_id, t.name, terms.monthly_rent, b.total_payments, b.outstanding_balance,
       t.property_id, b.total_charges, b.paid_through_on, b.oldest_due_on,
       greatest(business_date(p.timezone) - b.oldest_due_on, 0) as days_overdue, b.calculated_at
  from tenants t
  join properties p on p.id = t.property_id
  join balances b on b.tenant_id = t.id
  left join lateral (
    select lt.monthly_rent from leases l join lease_terms lt on lt.lease_id = l.id
     where l.tenant_id = t.id and l.starts_on <= business_date(p.timezone)
       and (l.ends_on is null or l.ends_on > business_date(p.timezone))
       and lt.effective_on <= business_date(p.timezone)
     order by lt.effective_on desc limit 1) terms on true
 where t.deleted_at is null;
