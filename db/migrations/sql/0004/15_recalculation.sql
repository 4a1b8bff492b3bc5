-- Planned once and not for every payment: making the plan took five times as long as carrying it out.
create or replace function recalculate_balances(tenants bigint[]) returns void
language plpgsql set plan_cache_mode = auto as $$
begin
  perform plan_for(tenants);
  -- Locked in a statement of its own: the next one sees every entry of whoever held the balance before.
  perform from balances where tenant_id = any (tenants) order by tenant_id for no key update;
  update balances b
     set oldest_due_on = s.oldest_due_on, paid_through_on = s.paid_through_on, status = s.status,
         calculated_at = clock_timestamp(), version = b.version + 1
    from standings(tenants) s where b.tenant_id = s.tenant_id;
end $$;
