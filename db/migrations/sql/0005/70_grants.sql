-- The groups and what they may. Called by this revision, and again by whoever adds a person: a server on which the
-- owner of the book may not make roles gets them from an administrator first.
create function install_roles() returns void language plpgsql as $$
declare
  name text;
  asked regprocedure;
  people constant text := 'ekost_landlord, ekost_staff, ekost_readonly';
  owner constant oid := (select relowner from pg_class where oid = 'properties'::regclass);
  schema constant name := current_schema();
begin
  -- Rights of one thing can't be given twice in the same moment.
  perform pg_advisory_xact_lock(hashtext('install_roles'));
  foreach name in array array['landlord', 'staff', 'readonly', 'worker', 'backup', 'metrics'] loop
    if to_regrole('ekost_' || name) is null then
      begin
        execute format('create role %I nologin', 'ekost_' || name);
      exception when duplicate_object or unique_violation then
        null;  -- another book on this server makes it in this moment
      end;
    end if;
  end loop;
  begin
    -- Whoever saves all rows must see all of them; only who has this right may give it.
    if not (select rolbypassrls from pg_roles where rolname = 'ekost_backup') then
      alter role ekost_backup bypassrls;
    end if;
  exception when insufficient_privilege then
    null;
  end;
  execute format('grant usage on schema %I to %s, ekost_worker, ekost_backup, ekost_metrics', schema, people);

  -- Reading. Rows are another matter: 60_rows.sql.
  execute 'grant select on properties, rooms, tenants, leases, lease_terms, charges, payments, reversals,
    deposit_entries, balances, balance_closings, notes, note_voids, inventory, inventory_checks, events, audit_log,
    audit_head, imports, import_errors, alembic_version, tenant_list, tenant_balances, room_list, lease_list,
    payment_list, charge_list, closing_sums, searched_rooms, partitions, monthly_summary, detached_partitions,
    detached_months, audit_cuts, logins, request_keys, payments_default, events_default, audit_log_default
    to ekost_worker, ' || people;
  execute 'grant select on deliveries, job_list, workers, schedules, balance_drifts, import_rows, import_chunks
    to ekost_worker, ekost_metrics, ' || people;
  -- Figures, and nobody's name.
  grant select (id, property_id, created_at, deleted_at) on tenants to ekost_metrics;
  grant select on properties, rooms, leases, balances, monthly_summary, imports, partitions, alembic_version, logins,
                  payments_default, events_default, audit_log_default, detached_partitions, detached_months, audit_cuts
     to ekost_metrics;
  execute format('grant select on all tables in schema %I to ekost_backup', schema);
  execute format('grant select on all sequences in schema %I to ekost_backup', schema);
  execute format('alter default privileges in schema %I grant select on tables to ekost_backup', schema);
  execute format('alter default privileges in schema %I grant select on sequences to ekost_backup', schema);

  -- What people write themselves. The ledger is not among it: see 40_ledger.sql.
  grant insert (key, operation, request_hash), update (result) on request_keys to ekost_landlord, ekost_staff;
  grant insert (property_id, code, name, phone, email, national_id, emergency_name, emergency_phone),
        update (code, name, phone, email, national_id, emergency_name, emergency_phone, version)
     on tenants to ekost_landlord, ekost_staff, ekost_worker;
  grant insert, update (basis, ends_on, next_period_on, billed_from_on)
     on leases to ekost_landlord, ekost_staff, ekost_worker;
  grant insert, update (monthly_rent, billing_day) on lease_terms
     to ekost_landlord, ekost_staff, ekost_worker;
  grant update (status, status_on, version) on rooms to ekost_landlord, ekost_staff, ekost_worker;
  grant insert on notes, note_voids, inventory, inventory_checks to ekost_landlord, ekost_staff;
  grant update (deleted_at) on tenants to ekost_landlord;
  grant insert, update on properties, rooms to ekost_landlord;

  -- Who imports prepares what is to be posted, and adds tenants and rooms like anybody.
  grant usage, create on schema staging to ekost_landlord, ekost_worker;
  grant usage on schema staging to ekost_backup;
  grant usage on sequence payments_id_seq to ekost_landlord, ekost_worker;
  grant usage on sequence events_id_seq to ekost_worker;
  execute format('grant usage on sequence %s to ekost_landlord, ekost_worker', pg_get_serial_sequence('imports', 'id'));
  grant insert, update on imports to ekost_landlord, ekost_worker;
  grant insert, update, delete on import_chunks to ekost_landlord, ekost_worker;
  grant insert on import_rows, import_errors to ekost_landlord, ekost_worker;

  -- What works in the background closes deliveries and clears them away, and adds to the audit.
  grant insert on events, deliveries, audit_log, balance_closings, balance_drifts, balances to ekost_worker;
  grant update (event_seq) on tenants to ekost_worker;
  grant insert on rooms to ekost_worker;
  grant update on balances, deliveries, audit_head to ekost_worker;
  grant delete on deliveries, balance_closings to ekost_worker;
  grant insert, update, delete on workers, schedules to ekost_worker;

  -- Functions that only answer are everybody's; of the others each has its callers.
  for asked, name in select p.oid, p.provolatile from pg_proc p
                      where p.pronamespace = schema::regnamespace and p.proowner = owner and p.prokind = 'f' loop
    execute format('revoke execute on function %s from public', asked);
    if name <> 'v' then
      execute format('grant execute on function %s to ekost_worker, ekost_metrics, ekost_backup, %s', asked, people);
    end if;
  end loop;
  grant execute on function plan_for(bigint[]), ledger_totals(bigint[], date)
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker, ekost_metrics;
  grant execute on function
    hold_property(bigint), reserve_event(), append_event(bigint, text, text, bigint, bigint, bigint, jsonb),
    record_payment(text, bytea, bigint, date, numeric, text, text, text),
    post_charge(bigint, text, date, date, numeric, text),
    post_lease_charge(bigint, text, date, date, integer, integer, numeric, bigint, bigint),
    post_rents(bigint[], date[], bigint[], date[], date[], integer[], integer[], date[], numeric[]),
    post_deposit(bigint, text, date, numeric, text), reverse_charge(bigint, text),
    recalculate_balances(bigint[]), ensure_partition(text, date), ensure_partitions_ahead(), settle_past_rooms()
     to ekost_landlord, ekost_staff, ekost_worker;
  grant execute on function
    reverse_payment(bigint, text), share_stage(bigint, regclass), drop_stage(bigint),
    post_import(bigint, integer, bigint, bigint, boolean), fill_import(bigint, date[], bigint[], bigint), hold_book(),
    attach_import(bigint, date[], bigint[], bigint), reverse_import(bigint, text, bigint, bigint), release_import(bigint)
     to ekost_landlord, ekost_worker;
  grant execute on function refresh_balances(bigint[]), refresh_summary(), fold_year(text, integer) to ekost_worker;
end $$;

-- Where the owner may make no roles everything stays the owner's, until an administrator has called it.
do $$
begin
  if (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) then
    perform install_roles();
  end if;
end $$;
