-- History is append-only. Row triggers reach partitions; TRUNCATE triggers do not, so each partition gets its own.
create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception '% on % is not allowed: history is append-only', tg_op, tg_table_name using errcode = 'EK001';
end $$;

do $$
declare
  history text;
begin
  foreach history in array array['payments', 'charges', 'reversals', 'deposit_entries', 'events'] loop
    execute format('create trigger append_only before update or delete on %I
                    for each row execute function forbid_change()', history);
    execute format('create trigger no_truncate before truncate on %I
                    for each statement execute function forbid_change()', history);
  end loop;
end $$;
