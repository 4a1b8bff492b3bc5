-- Whose rows one sees: those of her properties. The owner of the book sees all; so does a superuser.
do $$
declare
  kept text;
begin
  foreach kept in array array['rooms', 'tenants', 'leases', 'charges', 'payments', 'deposit_entries', 'balances',
                              'notes', 'inventory', 'inventory_checks', 'events', 'audit_log', 'imports',
                              'payments_default', 'events_default', 'audit_log_default'] loop
    execute format('alter table %I enable row level security', kept);
    execute format('create policy seen on %I using ((select sees_all())
                                                    or property_id = any ((select my_properties())::bigint[]))', kept);
  end loop;
  foreach kept in array array['properties', 'lease_terms', 'reversals', 'note_voids', 'request_keys', 'logins',
                              'balance_closings', 'balance_drifts', 'import_errors'] loop
    execute format('alter table %I enable row level security', kept);
  end loop;
end $$;

-- A new property can only be seen, and so be added, by those who see all of them.
create policy seen on properties using ((select sees_all()) or id = any ((select my_properties())::bigint[]));
-- A file of one's own may hold rows of several properties.
create policy own on imports using (actor = session_user);
create policy seen on lease_terms using (exists (select from leases l where l.id = lease_id));
create policy seen on reversals using (
  case entry when 'charge' then exists (select from charges c where c.id = entry_id)
             else exists (select from payments p where p.id = entry_id) end);
create policy seen on note_voids using (exists (select from notes n where n.id = note_id));
create policy seen on balance_closings using (exists (select from tenants t where t.id = tenant_id));
create policy seen on balance_drifts using (exists (select from tenants t where t.id = tenant_id));
create policy seen on import_errors using (exists (select from imports i where i.id = import_id));
-- A key belongs to who has used it, and everybody knows her own login.
create policy own on request_keys using (actor = session_user);
create policy own on logins for select using (role_name = session_user or (select sees_all()));

-- Room and tenant of a lease are of its own property, and a row is written in nobody else's name.
create policy of_one_property on leases as restrictive for all using (true) with check (
  exists (select from rooms r where r.id = room_id and r.property_id = leases.property_id)
  and exists (select from tenants t where t.id = tenant_id and t.property_id = leases.property_id));
do $$
declare
  kept text;
begin
  foreach kept in array array['notes', 'note_voids', 'inventory', 'inventory_checks', 'request_keys', 'imports'] loop
    execute format('create policy own_name on %I as restrictive for insert with check (actor = session_user)', kept);
  end loop;
end $$;

-- A materialized view knows no policies: who reads these figures reads them through this one.
create view monthly_summary with (security_barrier = true) as
select s.* from monthly_business_summary s
 where (select is_owner() or sees_all()) or s.property_id = any ((select my_properties())::bigint[]);
