-- Imports. What a file holds is prepared in a schema of its own, where whoever imports may make tables; what is posted
-- from there goes through functions, as everything does.
create schema staging;

do $$
declare
  made text;
begin
  for made in select relname from pg_class
               where relkind = 'r' and relnamespace = current_schema()::regnamespace
                 and relname ~ '^import_(stage|values|days|tenants|ready)_[0-9]' loop
    execute format('alter table %I set schema staging', made);
  end loop;
end $$;

-- Let the others who may go on with an import read a table of it: its user, the workers, and the functions below.
create function share_stage(import bigint, stage regclass) returns void language plpgsql as $$
declare
  reader text;
begin
  for reader in select rolname from pg_roles
                 where rolname in ((select actor from imports i where i.id = import), 'ekost_worker')
                    or oid = (select relowner from pg_class where oid = 'imports'::regclass) loop
    execute format('grant select on %s to %I', stage, reader);
  end loop;
end $$;

-- Refuse who has neither begun the import nor sees its property.
create function require_import(import bigint) returns void language plpgsql stable as $$
declare
  asked imports;
begin
  select * into asked from imports i where i.id = import;
  if asked.actor is distinct from session_user then
    perform require_grade('{landlord,worker}', asked.property_id);
  end if;
end $$;

-- Clear away what an import needed, whoever has made it.
create function drop_stage(import bigint) returns void language plpgsql security definer as $$
declare
  made text;
begin
  perform require_import(import);
  delete from import_chunks c where c.import_id = import;
  for made in select relname from pg_class
               where relkind = 'r' and relnamespace = 'staging'::regnamespace
                 and relname ~ ('^import_(stage|values|days|tenants|ready)_' || import || '(_[0-9]+)?$') loop
    execute format('drop table staging.%I', made);
  end loop;
end $$;

-- One event for many payments: they name it, and lie between these lines of the file.
create function tell_import(import bigint, event bigint, first_line bigint, last_line bigint, count bigint,
                            amount numeric)
returns timestamptz language plpgsql as $$
begin
  return write_event(event, 'PaymentsImported', 'import', import, (select property_id from imports where id = import),
                     null, jsonb_build_object('importId', import, 'firstLine', first_line, 'lastLine', last_line,
                                              'count', count, 'amount', amount::text));
end $$;

-- Refuse rows that are no payments or belong to properties that the caller does not see.
create function require_payments(rows text) returns void language plpgsql as $$
declare
  property bigint;
  wrong boolean;
begin
  if is_owner() then
    return;
  end if;
  for property in execute format('select distinct property_id from %s x', rows) loop
    perform require_grade('{landlord,worker}', property);
  end loop;
  execute format('select exists (select from %s x where amount <= 0 or payment_date > current_date + 1
                                 or method = ''deposit'')', rows) into wrong;
  if wrong then
    raise exception 'not a payment' using errcode = 'check_violation', constraint = 'payments_received';
  end if;
end $$;

-- Post rows of an import under one event. Fingerprints are claimed in their own order, so that two imports never wait
-- for each other crosswise; payments go in by date: one partition and its indexes after the other. To look for known
-- rows costs a quarter of claiming them: that is only done when `some_known`.
create function post_import(import bigint, part integer, first bigint, last bigint, some_known boolean,
                            out event bigint, out recorded_at timestamptz, out amount numeric, out posted bigint,
                            out first_line bigint, out last_line bigint)
language plpgsql security definer as $$
declare
  ready constant text := format('staging.import_ready_%s_%s', import, part);
begin
  perform require_payments(format('(select * from %s where position between %s and %s)', ready, first, last));
  event := reserve_event();
  execute format($post$
    with chunk as materialized (
      select r.*, nextval('payments_id_seq') as entry_id
        from (select * from %1$s where position between $1 and $2 order by position) r
    ), claimed as (
      insert into import_rows (fingerprint, import_id, line, entry_id)
      select fingerprint, $3, line, entry_id from chunk order by fingerprint
      %2$s returning entry_id, line
    ), new_payments as (
      insert into payments (id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, event_id)
      overriding system value
      select entry_id, property_id, tenant_id, payment_date, amount, method, reference, note, $3, $4
        from chunk join claimed using (entry_id) order by payment_date, position returning amount
    )
    select (select coalesce(sum(amount), 0) from new_payments), count(*), min(line), max(line) from claimed
  $post$, ready, case when some_known then 'on conflict (fingerprint) do nothing' else '' end)
  into amount, posted, first_line, last_line using first, last, import, event;
  if posted > 0 then
    recorded_at := tell_import(import, event, first_line, last_line, posted, amount);
  end if;
end $$;

-- Fill partitions that are new with the rows of the caller's temporary table `import_load`, a piece of `size` rows
-- under each of `events`. What each tenant has paid goes to the balances by the same trigger as any payment.
create function fill_import(import bigint, days date[], events bigint[], size bigint) returns void
language plpgsql security definer as $$
declare
  wanted record;
  child text;
begin
  perform require_payments('pg_temp.import_load');
  for wanted in select distinct p.name, p.first, p.after
                  from unnest(days) day cross join lateral partition_for('payments', day) p order by p.first loop
    child := loaded_child(import, wanted.name);
    execute format('create table %I (like payments including defaults including constraints)', child);
    execute format('insert into %I (id, property_id, tenant_id, payment_date, amount, method, reference, note,
                                    import_id, event_id)
                    select entry_id, property_id, tenant_id, payment_date, amount, method, reference, note, $1,
                           ($2)[1 + (position - 1) / $3]
                      from pg_temp.import_load where payment_date >= $4 and payment_date < $5', child)
      using import, events, size, wanted.first, wanted.after;
    perform index_like('payments', child);
  end loop;
  create temporary table import_paid on commit drop as
  select tenant_id, min(payment_date) as payment_date, sum(amount) as amount from pg_temp.import_load group by tenant_id;
  create temporary table import_paying (like import_paid) on commit drop;
  create trigger balances_add_payments after insert on import_paying
    referencing new table as inserted for each statement execute function balances_add_payments();
  analyze import_paid;
end $$;

create function loaded_child(import bigint, name text) returns text language sql immutable
  return format('import_load_%s_%s', import, substr(name, length('payments_') + 1));

-- Take what attaching needs, one after the other: false where somebody else makes a partition, or holds a balance.
create function hold_book() returns boolean language plpgsql security definer as $$
begin
  perform set_config('lock_timeout', '1s', true);
  lock table payments_default in access exclusive mode;
  if not pg_try_advisory_xact_lock(hashtext('ensure_partition')) then
    return false;
  end if;
  -- Writers of tenants; those who only look a tenant up as their key go on.
  perform set_config('lock_timeout', '250ms', true);
  lock table tenants in share row exclusive mode;
  return (select count(*) = (select count(*) from pg_temp.import_paid)
            from (select from balances where tenant_id in (select tenant_id from pg_temp.import_paid)
                   order by tenant_id for no key update skip locked) held);
end $$;

-- Attach what was filled, in the transaction that holds the book, and tell it piece by piece.
create function attach_import(import bigint, days date[], events bigint[], size bigint) returns void
language plpgsql security definer as $$
declare
  wanted record;
begin
  insert into pg_temp.import_paying select * from pg_temp.import_paid order by tenant_id;
  for wanted in select distinct p.name, p.first, p.after
                  from unnest(days) day cross join lateral partition_for('payments', day) p order by p.first loop
    perform attach_partition('payments', loaded_child(import, wanted.name), wanted.name, wanted.first, wanted.after);
  end loop;
  perform tell_import(import, told.event, told.first_line, told.last_line, told.rows, told.amount)
     from (select events[1 + (position - 1) / size] as event, min(line) as first_line, max(line) as last_line,
                  count(*) as rows, sum(amount) as amount
             from pg_temp.import_load group by 1 order by 1) told;
end $$;

-- Reverse the next payments of an import behind the id `after`. Ids follow the order of posting, which is tenant by
-- tenant: a piece changes each balance once.
create function reverse_import(import bigint, reason text, after bigint, size bigint, out last bigint, out event bigint,
                               out recorded_at timestamptz, out reversed bigint, out amount numeric)
language plpgsql security definer as $$
declare
  whose bigint[];
begin
  perform require_grade('{landlord,worker}', p.property_id)
     from (select distinct property_id from payments where import_id = import) p;
  select max(p.id) into last
    from (select id from payments where import_id = import and id > after and reverses_id is null
           order by id limit size) p;
  reversed := 0;
  if last is null then
    return;
  end if;
  perform ensure_partition('payments', max(business_date(timezone))) from properties;
  event := reserve_event();
  with chosen as materialized (
    select p.*, nextval('payments_id_seq') as reversal_id,
           greatest(p.payment_date, business_date(h.timezone)) as day
      from (select * from payments where import_id = import and id > after and id <= last and reverses_id is null) p
      join properties h on h.id = p.property_id
     where not exists (select from reversals r where r.entry = 'payment' and r.entry_id = p.id)
  ), claimed as (
    -- Somebody may be voiding one of them in this moment.
    insert into reversals (entry, entry_id, reversal_id, reason)
    select 'payment', id, reversal_id, reverse_import.reason from chosen order by id
    on conflict on constraint reversals_once do nothing returning reversal_id
  ), posted as (
    insert into payments (id, property_id, tenant_id, payment_date, amount, method, reverses_id, event_id)
    overriding system value
    select reversal_id, property_id, tenant_id, day, -chosen.amount, method, id, reverse_import.event
      from chosen join claimed using (reversal_id) order by reversal_id
  )
  select count(*), coalesce(sum(-c.amount), 0), array_agg(distinct c.tenant_id) into reversed, amount, whose
    from chosen c join claimed using (reversal_id);
  if reversed > 0 then
    recorded_at := write_event(event, 'PaymentsReversed', 'import', import,
                               (select property_id from imports where id = import), null,
                               jsonb_build_object('importId', import, 'count', reversed, 'amount', amount::text,
                                                  'reason', reason));
    perform recalculate_balances(whose);
  end if;
end $$;

-- Release what an import that is being undone had claimed, so that its file can be imported again.
create function release_import(import bigint) returns void language plpgsql security definer as $$
begin
  perform require_import(import);
  if exists (select from payments p where p.import_id = import and p.reverses_id is null
                and not exists (select from reversals r where r.entry = 'payment' and r.entry_id = p.id)) then
    raise exception 'still posted' using errcode = 'check_violation', constraint = 'imports_taken_back';
  end if;
  delete from import_rows r where r.import_id = import;
  perform drop_stage(import);
end $$;
