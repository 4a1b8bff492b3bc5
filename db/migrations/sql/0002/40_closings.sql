-- Closings: a tenant's totals at the end of a month, so that a balance is worked out from what came later.
-- One is exact or not there: an entry dated on or before its day deletes it.
create table balance_closings (
  tenant_id bigint not null references tenants,
  closed_on date not null check (closed_on = date_trunc('month', closed_on) + interval '1 month' - interval '1 day'),
  total_charges numeric(16, 2) not null,
  total_payments numeric(16, 2) not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, closed_on)
);

-- Balances that were found wrong and put right: what they showed, less what the ledger says. Never expected.
create table balance_drifts (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references tenants,
  found_at timestamptz not null default clock_timestamp(),
  charges numeric(16, 2) not null,
  payments numeric(16, 2) not null,
  deposit numeric(16, 2) not null,
  check (charges <> 0 or payments <> 0 or deposit <> 0)
);
create index idx_balance_drifts_tenant on balance_drifts (tenant_id, id desc);
create trigger append_only before update or delete on balance_drifts for each row execute function forbid_change();
create trigger no_truncate before truncate on balance_drifts for each statement execute function forbid_change();

-- The balance first, its closings second: who closes a month holds the balance, so one of the two sees the other.
create or replace function balances_add_charges() returns trigger language plpgsql as $$
begin
  update balances b set total_charges = b.total_charges + d.amount, version = b.version + 1
    from (select locked.tenant_id, s.amount
            from (select tenant_id, sum(amount) as amount from inserted group by tenant_id) s
            join (select x.tenant_id from balances x where x.tenant_id in (select tenant_id from inserted)
                  order by x.tenant_id for no key update) locked using (tenant_id)) d
   where b.tenant_id = d.tenant_id;
  delete from balance_closings c
   using (select tenant_id, min(charged_on) as since from inserted group by tenant_id) i
   where c.tenant_id = i.tenant_id and c.closed_on >= i.since;
  return null;
end $$;

create or replace function balances_add_payments() returns trigger language plpgsql as $$
begin
  update balances b set total_payments = b.total_payments + d.amount, version = b.version + 1
    from (select locked.tenant_id, s.amount
            from (select tenant_id, sum(amount) as amount from inserted group by tenant_id) s
            join (select x.tenant_id from balances x where x.tenant_id in (select tenant_id from inserted)
                  order by x.tenant_id for no key update) locked using (tenant_id)) d
   where b.tenant_id = d.tenant_id;
  delete from balance_closings c
   using (select tenant_id, min(payment_date) as since from inserted group by tenant_id) i
   where c.tenant_id = i.tenant_id and c.closed_on >= i.since;
  return null;
end $$;

-- Every closing beside the sums of the whole ledger up to its day, in one pass: a closing is a mark behind its entries.
create view closing_sums with (security_invoker = true) as
select tenant_id, day as closed_on, total_charges, total_payments, charged, paid
  from (select m.*, sum(m.charge) over so_far as charged, sum(m.payment) over so_far as paid
          from (select tenant_id, charged_on as day, amount as charge, 0 as payment, null::numeric as total_charges,
                       null::numeric as total_payments
                  from charges
                union all
                select tenant_id, payment_date, 0, amount, null, null from payments
                union all
                select tenant_id, closed_on, 0, 0, total_charges, total_payments from balance_closings) m
        -- The frame takes in all of the same day.
        window so_far as (partition by m.tenant_id order by m.day)) running
 where total_charges is not null;

-- For a few tenants the plan of the last time, since a new one costs more than all the rest; for many one that knows
-- how many. The caller's setting comes back at its end.
create function plan_for(tenants bigint[]) returns void language sql as $$
  select set_config('plan_cache_mode',
                    case when cardinality(tenants) > 50 then 'force_custom_plan' else 'force_generic_plan' end, true)
$$;

-- The totals of some tenants up to and including a day: their last closing, and the entries after it. Most were closed
-- on the same day, and a date that is known beforehand is what partitions are left out by; who was not is looked up.
-- "From the day after", since `>` would read the month of the closing too.
create function ledger_totals(tenants bigint[], day date default 'infinity')
returns table (tenant_id bigint, total_charges numeric, total_payments numeric)
language plpgsql stable set plan_cache_mode = auto as $$
#variable_conflict use_column
declare
  usual date;
begin
  perform plan_for(tenants);
  usual := coalesce((select max(closed_on) from balance_closings
                      where tenant_id = any (tenants) and closed_on <= day), '-infinity');
  return query
  with closed as materialized (
    select distinct on (t.id) t.id as tenant_id, coalesce(c.closed_on, '-infinity') as closed_on,
           coalesce(c.total_charges, 0) as charges, coalesce(c.total_payments, 0) as payments
      from unnest(tenants) t (id)
      left join balance_closings c on c.tenant_id = t.id and c.tenant_id = any (tenants) and c.closed_on <= day
     order by t.id, c.closed_on desc nulls last
  ), charged as (
    select tenant_id, sum(amount) as amount from charges
     where tenant_id = any (tenants) and charged_on > usual and charged_on <= day group by tenant_id
  ), paid as (
    select tenant_id, sum(amount) as amount from payments
     where tenant_id = any (tenants) and payment_date >= usual + 1 and payment_date <= day group by tenant_id
  ), earlier as (
    select l.tenant_id, charged.amount as charges, paid.amount as payments
      from (select * from closed where closed_on < usual) l
      cross join lateral (select coalesce(sum(x.amount), 0) as amount from charges x
                           where x.tenant_id = l.tenant_id and x.charged_on > l.closed_on
                             and x.charged_on <= usual) charged
      cross join lateral (select coalesce(sum(x.amount), 0) as amount from payments x
                           where x.tenant_id = l.tenant_id and x.payment_date >= l.closed_on + 1
                             and x.payment_date <= usual) paid
  )
  select l.tenant_id, l.charges + coalesce(e.charges, 0) + coalesce(c.amount, 0),
         l.payments + coalesce(e.payments, 0) + coalesce(p.amount, 0)
    from closed l
    left join earlier e using (tenant_id) left join charged c using (tenant_id) left join paid p using (tenant_id);
end $$;

-- The first billing day after `day`, clamped to the month (R1). One expression, so that it is worked out in place.
create or replace function next_boundary(billing_day smallint, day date) returns date
  language sql immutable parallel safe
  return case
    when least(day - extract(day from day)::integer + billing_day,
               (day - extract(day from day)::integer + 1 + interval '1 month')::date - 1) > day
      then least(day - extract(day from day)::integer + billing_day,
                 (day - extract(day from day)::integer + 1 + interval '1 month')::date - 1)
    else least((day - extract(day from day)::integer + 1 + interval '1 month')::date + billing_day - 1,
               (day - extract(day from day)::integer + 1 + interval '2 months')::date - 1) end;

-- The last billing day on or before `day`.
create or replace function last_boundary(billing_day smallint, day date) returns date
  language sql immutable parallel safe
  return case
    when least(day - extract(day from day)::integer + billing_day,
               (day - extract(day from day)::integer + 1 + interval '1 month')::date - 1) <= day
      then least(day - extract(day from day)::integer + billing_day,
                 (day - extract(day from day)::integer + 1 + interval '1 month')::date - 1)
    else least((day - extract(day from day)::integer + 1 - interval '1 month')::date + billing_day - 1,
               day - extract(day from day)::integer) end;

-- Paid through, oldest due and status of some tenants, first in first out (R12, R13). Payments fill the oldest
-- charges first, so what is owed lies in the newest ones; of who owes nothing only the last rent matters.
create function standings(tenants bigint[])
returns table (tenant_id bigint, oldest_due_on date, paid_through_on date, status text) language sql stable as $$
  with owing as (
    select b.tenant_id, b.outstanding_balance as debt from balances b where b.tenant_id = any (tenants)
  ), live as (
    -- A reversed charge and its reversal cancel; a reversed payment does so in the total.
    select c.id, c.tenant_id, c.kind, c.due_on, c.period_start, c.period_end, c.amount, o.debt
      from owing o join charges c using (tenant_id)
     where o.debt > 0 and c.reverses_id is null and c.amount > 0
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)
  ), queue as (
    select l.tenant_id, l.kind, l.due_on, l.period_start, l.period_end, l.amount, l.debt,
           sum(l.amount) over (partition by l.tenant_id order by l.due_on desc, charge_rank(l.kind) desc, l.id desc
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

-- Locked in a statement of its own: the next one sees every entry of whoever held the balance before.
create or replace function recalculate_balances(tenants bigint[]) returns void language sql as $$
  select from balances where tenant_id = any (tenants) order by tenant_id for no key update;
  update balances b
     set oldest_due_on = s.oldest_due_on, paid_through_on = s.paid_through_on, status = s.status,
         calculated_at = clock_timestamp(), version = b.version + 1
    from standings(tenants) s where b.tenant_id = s.tenant_id
$$;

-- Put right and note what the triggers should have kept right, then work out the rest. The caller holds the balances.
-- Returns the tenants whose amounts were wrong, and those of whom what derives from the amounts changed.
create function refresh_balances(tenants bigint[]) returns table (tenant_id bigint, wrong boolean, changed boolean)
language plpgsql set plan_cache_mode = auto as $$
#variable_conflict use_column
declare
  wrong_ones bigint[];
begin
  perform plan_for(tenants);
  with truth as (
    select t.*, coalesce(d.held, 0) as deposit_held
      from ledger_totals(tenants) t
      left join (select tenant_id, sum(case kind when 'received' then amount else -amount end) as held
                   from deposit_entries where tenant_id = any (tenants) group by tenant_id) d using (tenant_id)
  ), drifted as (
    insert into balance_drifts (tenant_id, charges, payments, deposit)
    select tenant_id, b.total_charges - t.total_charges, b.total_payments - t.total_payments,
           b.deposit_held - t.deposit_held
      from balances b join truth t using (tenant_id)
     where (b.total_charges, b.total_payments, b.deposit_held)
           is distinct from (t.total_charges, t.total_payments, t.deposit_held)
     order by tenant_id
    returning tenant_id
  ), corrected as (
    update balances b
       set total_charges = t.total_charges, total_payments = t.total_payments, deposit_held = t.deposit_held
      from truth t join drifted using (tenant_id) where b.tenant_id = t.tenant_id
  )
  select coalesce(array_agg(tenant_id), '{}') into wrong_ones from drifted;
  return query
  with was as (
    select tenant_id, oldest_due_on, paid_through_on, status from balances where tenant_id = any (tenants)
  ), updated as (
    update balances b
       set oldest_due_on = s.oldest_due_on, paid_through_on = s.paid_through_on, status = s.status,
           calculated_at = clock_timestamp(), version = b.version + 1
      from standings(tenants) s where b.tenant_id = s.tenant_id
    returning b.tenant_id, b.oldest_due_on, b.paid_through_on, b.status
  ), compared as (
    select u.tenant_id, u.tenant_id = any (wrong_ones) as wrong,
           (u.oldest_due_on, u.paid_through_on, u.status)
           is distinct from (w.oldest_due_on, w.paid_through_on, w.status) as changed
      from updated u join was w using (tenant_id)
  )
  select * from compared c where c.wrong or c.changed order by c.tenant_id;
end $$;

-- Every change of a tenant numbers an event and moves the balance. With room on the page that touches no index.
alter table tenants set (fillfactor = 70);
alter table balances set (fillfactor = 50);
