-- What each tenant of a property owes at the end of a day, by its age (R18); without a day everything that is posted,
-- aged today. All money fills the oldest debts, so what is open is the last ones, as far as something is owed (R12).
create function aged(property bigint, day date)
returns table (tenant_id bigint, owed numeric, not_due numeric, d1_30 numeric, d31_60 numeric, d61_90 numeric,
               over_90 numeric, credit numeric, oldest_due_on date)
language plpgsql stable as $$
#variable_conflict use_column
declare
  until constant date := coalesce(aged.day, 'infinity');
  today constant date := coalesce(aged.day, (select business_date(timezone) from properties where id = aged.property));
begin
  return query
  with totals as materialized (
    select l.tenant_id, l.total_charges - l.total_payments as owed
      from ledger_totals(array(select t.id from tenants t where t.property_id = aged.property), until) l
  ), debts as (
    select c.tenant_id, c.due_on, c.amount, o.owed,
           coalesce(sum(c.amount) over (partition by c.tenant_id order by c.due_on desc, charge_rank(c.kind) desc, c.id desc
                                        rows between unbounded preceding and 1 preceding), 0) as later
      from totals o join charges c on c.tenant_id = o.tenant_id
     where o.owed > 0 and c.amount > 0 and c.charged_on <= until and c.reverses_id is null
       and not exists (select from reversals r join charges x on x.id = r.reversal_id
                        where r.entry = 'charge' and r.entry_id = c.id and x.charged_on <= until)
  ), open as (
    select tenant_id, due_on, today - due_on as late, least(amount, owed - later) as amount from debts where later < owed
  ), buckets as (
    select tenant_id, sum(amount) filter (where late <= 0) as not_due,
           sum(amount) filter (where late between 1 and 30) as d1_30,
           sum(amount) filter (where late between 31 and 60) as d31_60,
           sum(amount) filter (where late between 61 and 90) as d61_90,
           sum(amount) filter (where late > 90) as over_90, min(due_on) as oldest_due_on
      from open group by tenant_id
  )
  select t.tenant_id, t.owed, coalesce(b.not_due, 0.00), coalesce(b.d1_30, 0.00), coalesce(b.d31_60, 0.00),
         coalesce(b.d61_90, 0.00), coalesce(b.over_90, 0.00), greatest(-t.owed, 0.00), b.oldest_due_on
    from totals t left join buckets b using (tenant_id) where t.owed <> 0;
end $$;

-- What each tenant of a property owed at the end of a day, and the day after the last one that all posted rent covers,
-- first in first out (R12, R13, R18). Which periods to come a credit will cover follows from the rules, not from sums.
create function paid_until(property bigint, day date) returns table (tenant_id bigint, owed numeric, until date)
language plpgsql stable as $$
#variable_conflict use_column
begin
  return query
  with totals as materialized (
    select l.tenant_id, l.total_charges - l.total_payments as owed
      from ledger_totals(array(select t.id from tenants t where t.property_id = paid_until.property), paid_until.day) l
  ), live as (
    select c.id, c.tenant_id, c.kind, c.due_on, c.period_start, c.period_end, c.amount, o.owed
      from totals o join charges c on c.tenant_id = o.tenant_id
     where (o.owed > 0 or c.kind = 'rent') and c.amount > 0 and c.charged_on <= paid_until.day and c.reverses_id is null
       and not exists (select from reversals r join charges x on x.id = r.reversal_id
                        where r.entry = 'charge' and r.entry_id = c.id and x.charged_on <= paid_until.day)
  ), queue as (
    select l.*, coalesce(sum(l.amount) over (
             partition by l.tenant_id order by l.due_on desc, charge_rank(l.kind, o.charge_order) desc, l.id desc
             rows between unbounded preceding and 1 preceding), 0) as later
      from live l
      join (select tenant_id, charge_order_of(tenant_id) as charge_order from totals where owed > 0) o using (tenant_id)
  ), unpaid as (
    select tenant_id, min(period_start) as since from queue where later < owed and kind = 'rent' group by tenant_id
  ), covered as (
    select q.tenant_id, max(q.period_end) as until from queue q left join unpaid u using (tenant_id)
     where q.later >= q.owed and q.kind = 'rent' and coalesce(q.period_start < u.since, true) group by q.tenant_id
     union all
    select tenant_id, max(period_end) from live where owed <= 0 group by tenant_id
  )
  select t.tenant_id, t.owed, least(c.until, u.since)
    from totals t left join covered c using (tenant_id)
    left join unpaid u on u.tenant_id = t.tenant_id and c.until is not null;
end $$;

-- Who saves the book may also see what it comes to.
create function grant_reports() returns void language plpgsql as $$
begin
  grant execute on function plan_for(bigint[]), ledger_totals(bigint[], date) to ekost_backup;
end $$;
