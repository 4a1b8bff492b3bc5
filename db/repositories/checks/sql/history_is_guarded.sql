-- Bits of pg_trigger.tgtype: 1 for each row, 2 before, 8 delete, 16 update, 32 truncate.
, guarded as (
  select f.name, coalesce(bool_or(t.tgtype & 27 = 27), false) as rows,
         coalesce(bool_or(t.tgtype & 35 = 34), false) as truncate
    from family f
    left join pg_trigger t on t.tgrelid = f.oid and t.tgfoid = 'forbid_change'::regproc
         and t.tgenabled in ('O', 'A') and t.tgqual is null
   where f.parent in ('payments', 'charges', 'reversals', 'deposit_entries', 'events', 'audit_log', 'balance_drifts',
                     'notes', 'note_voids', 'inventory', 'inventory_checks', 'property_policies',
                     'reminders', 'meter_readings',
                     'meter_reading_voids', 'tariffs', 'utility_charges', 'receipts', 'receipt_prints', 'raises', 'raise_lines', 'raise_undos',
                     'raise_days', 'expenses', 'cash_handovers',
                     'cash_confirmations', 'cash_voids', 'bank_accounts', 'bank_statements', 'bank_lines',
                     'bank_matches', 'bank_match_voids')
      or f.name in (select kept_as from detached_partitions)
   group by f.name
)
select 'table' as entity, name as id, rows as rows_guarded, truncate as truncate_guarded
  from guarded where not (rows and truncate)
 order by name
