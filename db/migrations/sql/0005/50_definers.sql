-- What follows from a change is done whoever makes it, and by nobody otherwise. Search paths are set, so that nothing
-- of a caller's own can take the place of a table or function that is meant here.
create function refresh_summary() returns void language plpgsql as $$
begin
  refresh materialized view concurrently monthly_business_summary;
end $$;

do $$
declare
  name regprocedure;
begin
  foreach name in array array[
    'balances_add_tenants()', 'balances_add_charges()', 'balances_add_payments()', 'balances_add_deposits()',
    'recalculate_balances(bigint[])', 'settle_searched_rooms(bigint[])', 'settle_past_rooms()',
    'leases_are_searched()', 'rooms_are_searched()', 'leases_slot_exists()', 'rooms_capacity_in_use()',
    'ensure_partition(text, date)', 'ensure_partitions_ahead()', 'fold_year(text, integer)', 'refresh_summary()',
    'my_properties()', 'sees_all()', 'hold_property(bigint)', 'reserve_event()',
    'append_event(bigint, text, text, bigint, bigint, bigint, jsonb)',
    'record_payment(text, bytea, bigint, date, numeric, text, text, text)',
    'post_charge(bigint, text, date, date, numeric, text)',
    'post_lease_charge(bigint, text, date, date, integer, integer, numeric, bigint, bigint)',
    'post_rents(bigint[], date[], bigint[], date[], date[], integer[], integer[], date[], numeric[])',
    'post_deposit(bigint, text, date, numeric, text)',
    'reverse_payment(bigint, text)', 'reverse_charge(bigint, text)', 'drop_stage(bigint)',
    'post_import(bigint, integer, bigint, bigint, boolean)', 'fill_import(bigint, date[], bigint[], bigint)',
    'hold_book()', 'attach_import(bigint, date[], bigint[], bigint)', 'reverse_import(bigint, text, bigint, bigint)',
    'release_import(bigint)'
  ]::regprocedure[] loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', name, current_schema());
  end loop;
end $$;

-- It only answers.
alter function partition_for(text, date) stable;
