-- How the tables of this revision, and of those to come, are kept: what every one of them is to have.
create or replace function oldest_program() returns text language sql immutable return '0005';

-- A row names the event that tells of it, and the event is written in the same transaction: nothing changes unseen,
-- whatever program somebody uses.
create function require_told() returns trigger language plpgsql as $$
begin
  if not exists (select from events where id = new.event_id and recorded_at = now()) then
    raise exception '% on % was told by no event', tg_op, tg_table_name using errcode = 'EK004';
  end if;
  return null;
end $$;

-- Run a function with its owner's rights, and with nothing of a caller's own in the place of what it means.
create function make_definer(variadic functions regprocedure[]) returns void language plpgsql as $$
declare
  name regprocedure;
begin
  foreach name in array functions loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', name, current_schema());
  end loop;
end $$;
select make_definer('require_told()');

-- History is append-only, and told.
create function keep_history(variadic tables text[]) returns void language plpgsql as $$
declare
  history text;
begin
  foreach history in array tables loop
    execute format('create trigger append_only before update or delete on %I
                    for each row execute function forbid_change()', history);
    execute format('create trigger no_truncate before truncate on %I
                    for each statement execute function forbid_change()', history);
    execute format('create constraint trigger told after insert on %I deferrable initially deferred
                    for each row execute function require_told()', history);
  end loop;
end $$;

-- Rows are seen by who sees their property, and written in nobody else's name.
create function keep_rows(variadic tables text[]) returns void language plpgsql as $$
declare
  kept text;
begin
  foreach kept in array tables loop
    execute format('alter table %I enable row level security', kept);
    execute format('create policy seen on %I using ((select sees_all())
                                                    or property_id = any ((select my_properties())::bigint[]))', kept);
    execute format('create policy own_name on %I as restrictive for insert with check (actor = session_user)', kept);
  end loop;
end $$;

-- Whether the owner is bringing in a whole book in this transaction: all rows that belong to others are in its files.
create function book_arrives() returns boolean language sql stable
  return (select coalesce(current_setting('ekost.book_arrives', true), '') = 'on' and is_owner());

-- The grades are read of the rows that are taken back now: an import of a million rows was read whole for every piece.
create or replace function reverse_import(import bigint, reason text, after bigint, size bigint, out last bigint, out event bigint,
                               out recorded_at timestamptz, out reversed bigint, out amount numeric)
language plpgsql security definer as $$
declare
  whose bigint[];
begin
  select max(p.id) into last
    from (select id from payments where import_id = import and id > after and reverses_id is null
           order by id limit size) p;
  perform require_grade('{landlord,worker}', p.property_id)
     from (select distinct property_id from payments where import_id = import and id > after and id <= last) p;
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
select make_definer('reverse_import(bigint, text, bigint, bigint)');
