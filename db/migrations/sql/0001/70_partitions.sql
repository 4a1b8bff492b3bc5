-- Partitions: by month for this and the last year and three months ahead, by year before that.
-- The DEFAULT partition is a net that stays empty.
create table payments_default partition of payments default;
create table events_default partition of events default;
create trigger no_truncate before truncate on payments_default for each statement execute function forbid_change();
create trigger no_truncate before truncate on events_default for each statement execute function forbid_change();

-- Make the partition of `parent` that holds `day`, unless it is there. Bounds of instants are UTC, whatever the session says.
create function ensure_partition(parent text, day date) returns void language plpgsql as $$
declare
  monthly boolean := extract(year from day) >= extract(year from current_date) - 1;
  first date := date_trunc('month', day);
  after date := first + interval '1 month';
  name text := parent || to_char(first, '_YYYY_MM');
  zone text := case parent when 'payments' then '' else ' 00:00:00+00' end;
begin
  if to_regclass(name) is not null or to_regclass(parent || to_char(day, '_YYYY')) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  if not monthly and not exists (
      select from generate_series(1, 12) m where to_regclass(format('%s_%s_%s', parent, to_char(day, 'YYYY'), to_char(m, 'FM00'))) is not null) then
    first := date_trunc('year', day);
    after := first + interval '1 year';
    name := parent || to_char(first, '_YYYY');
  end if;
  if to_regclass(name) is not null then
    return;
  end if;
  -- Attached, not created in place: this lock lets readers and writers of the parent go on.
  execute format('create table %I (like %I including defaults including constraints)', name, parent);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, name, first || zone, after || zone);
  execute format('create trigger no_truncate before truncate on %I for each statement execute function forbid_change()', name);
  if parent = 'payments' then
    -- A row written straight into the partition must reach the balance too.
    execute format('create trigger balances_add_payments after insert on %I
                    referencing new table as inserted for each statement execute function balances_add_payments()', name);
  end if;
end $$;
create trigger balances_add_payments after insert on payments_default
  referencing new table as inserted for each statement execute function balances_add_payments();

create function ensure_partitions_ahead() returns void language sql as $$
  select ensure_partition(parent, month::date)
    from unnest(array['payments', 'events']) parent,
         generate_series(case parent when 'payments' then date_trunc('year', current_date) - interval '1 year'
                                     else date_trunc('month', current_date) end,
                         date_trunc('month', current_date) + interval '3 months', interval '1 month') month
$$;
select ensure_partitions_ahead();
