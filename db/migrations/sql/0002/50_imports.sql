-- When somebody last worked on it: null while it waits, and long ago when its worker was killed.
alter table imports add column worked_at timestamptz;
create index idx_imports_open on imports (id) where state in ('queued', 'running');

-- What an import has still to do: whoever works on a chunk holds its row, and deletes it with what it has posted.
create table import_chunks (
  import_id bigint not null references imports,
  -- Some tenants' rows, or those of partitions that are new.
  part smallint not null,
  -- Rows in the order of posting; both 0 while the part has not been sorted.
  first_row bigint not null,
  last_row bigint not null,
  -- A day of each partition that the part makes and fills.
  partitions date[],
  primary key (import_id, part, first_row),
  check (first_row between 0 and last_row and (first_row = 0) = (last_row = 0))
);

-- One key says whose a payment is, and that it lies in the tenant's own property; each row is looked up once.
-- Imports are never deleted: `ekost check` looks that every import there is a payment of.
alter table tenants add constraint tenants_property unique (id, property_id);
alter table payments
  drop constraint payments_tenant_id_fkey,
  drop constraint payments_property_id_fkey,
  drop constraint payments_import_id_fkey,
  add constraint payments_tenant foreign key (tenant_id, property_id) references tenants (id, property_id);

-- Whether `parent` has a partition for a day; if not, the name and bounds that it will have.
create function partition_for(parent text, day date, out name text, out first date, out after date, out there boolean)
language plpgsql as $$
declare
  month constant text := parent || to_char(day, '_YYYY_MM');
  year constant text := parent || to_char(day, '_YYYY');
  monthly boolean := extract(year from day) >= extract(year from current_date) - 1;
begin
  there := to_regclass(month) is not null or to_regclass(year) is not null;
  if there then
    return;
  end if;
  monthly := monthly or exists (
    select from generate_series(1, 12) m where to_regclass(format('%s_%s', year, to_char(m, 'FM00'))) is not null);
  name := case when monthly then month else year end;
  first := date_trunc(case when monthly then 'month' else 'year' end, day);
  after := first + case when monthly then interval '1 month' else interval '1 year' end;
end $$;

-- Make `child`, a table like `parent`, its partition `name`: with the names and triggers that every partition has.
create function attach_partition(parent text, child text, name text, first date, after date)
returns void language plpgsql as $$
declare
  zone constant text := case parent when 'payments' then '' else ' 00:00:00+00' end;
  made text;
begin
  if child <> name then
    execute format('alter table %I rename to %I', child, name);
    for made in select relname from pg_index join pg_class on oid = indexrelid where indrelid = name::regclass loop
      execute format('alter index %I rename to %I', made, replace(made, child, name));
    end loop;
  end if;
  -- Attached, not created in place: this lock lets readers and writers of the parent go on.
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, name, first || zone, after || zone);
  execute format('create trigger no_truncate before truncate on %I for each statement execute function forbid_change()', name);
  if parent = 'payments' then
    -- A row written straight into the partition must reach the balance too.
    execute format('create trigger balances_add_payments after insert on %I
                    referencing new table as inserted for each statement execute function balances_add_payments()', name);
  end if;
end $$;

-- Make the partition of `parent` that holds `day`, unless it is there. Bounds of instants are UTC, whatever the session says.
create or replace function ensure_partition(parent text, day date) returns void language plpgsql as $$
declare
  wanted record := partition_for(parent, day);
begin
  if wanted.there then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  wanted := partition_for(parent, day);
  if wanted.there then
    return;
  end if;
  execute format('create table %I (like %I including defaults including constraints)', wanted.name, parent);
  perform attach_partition(parent, wanted.name, wanted.name, wanted.first, wanted.after);
end $$;

-- The indexes of `parent` on a table that shall become its partition: made when the rows are in, they cost a third.
create function index_like(parent text, child text) returns void language plpgsql as $$
declare
  model record;
begin
  for model in select i.indexrelid, c.oid as key from pg_index i left join pg_constraint c
                   on c.conindid = i.indexrelid and c.conrelid = i.indrelid and c.contype in ('p', 'u')
                where i.indrelid = parent::regclass order by i.indexrelid loop
    if model.key is not null then
      execute format('alter table %I add %s', child, pg_get_constraintdef(model.key));
    else
      execute regexp_replace(pg_get_indexdef(model.indexrelid), ' INDEX .* USING ', format(' INDEX ON %I USING ', child));
    end if;
  end loop;
end $$;
