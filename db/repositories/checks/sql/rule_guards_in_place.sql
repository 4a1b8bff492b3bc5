-- What keeps two processes from doing what the rules forbid: constraints, unique indexes and triggers.
with there as (
  select conrelid as relation, conname::text as name from pg_constraint
  union all
  select i.indrelid, c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisunique
  union all
  select tgrelid, tgname::text from pg_trigger where tgenabled in ('O', 'A')
), guards (relation, name) as (values
  ('audit_head', 'append_only'), ('audit_head', 'audit_head_grows'), ('audit_head', 'no_truncate'),
  ('audit_log', 'audit_log_pkey'), ('audit_log', 'audit_log_position_key'), ('charges', 'charges_period'),
  ('charges', 'charges_late_fee_once'),
  ('charges', 'charges_rent_has_period'), ('charges', 'charges_rent_once'), ('charges', 'charges_reversed_once'),
  ('charges', 'charges_sign'), ('expenses', 'expenses_reversed_once'), ('expenses', 'expenses_sign'),
  ('cash_confirmations', 'cash_confirmed_once'), ('cash_voids', 'cash_voided_once'),
  ('payments', 'cash_follows_payments'), ('deliveries', 'deliveries_discarded_why'), ('deliveries', 'deliveries_pkey'),
  ('deliveries', 'deliveries_state_check'), ('imports', 'imports_arithmetic'), ('imports', 'imports_file_once'),
  ('leases', 'leases_slot_exists'), ('leases', 'leases_slot_free'), ('leases', 'leases_tenant_one_room'),
  ('inventory_checks', 'inventory_removed_once'), ('meter_readings', 'follows'), ('meter_reading_voids', 'of_the_last'),
  ('meter_reading_voids', 'meter_reading_voids_once'), ('meters', 'meters_one_of_a_kind'),
  ('utility_charges', 'utility_charges_reading_once'), ('utility_charges', 'utility_charges_flat_once'),
  ('note_voids', 'note_voids_once'), ('notes', 'notes_about_one'),
  ('payments', 'payments_sign'), ('payments', 'payments_tenant'), ('properties', 'properties_code_key'),
  ('property_policies', 'append_only'),
  ('reminders', 'reminders_charge_once'), ('reminders', 'reminders_once_a_day'), ('reminders', 'reminders_rent_once'),
  ('request_keys', 'request_keys_pkey'), ('reversals', 'reversals_once'), ('reversals', 'reversals_reversal_key'),
  ('rooms', 'rooms_capacity_in_use'), ('rooms', 'rooms_number_key'), ('tenants', 'tenants_code_key')
)
select 'guard' as entity, g.name as id, g.relation as table
  from guards g
 where not exists (select from there t where t.relation = to_regclass(g.relation) and t.name = g.name)
 order by g.relation, g.name
