-- An older book returns more columns here than anybody reads.
drop function refresh_balances(bigint[]);

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
