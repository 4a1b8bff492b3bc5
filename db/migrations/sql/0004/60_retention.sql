-- Old partitions leave the book and can come back. One of payments leaves its closing behind: for each tenant one row
-- with the sum, dated on its last day, so that balances, closings and what is paid first stay what they are. Rows that
-- later ones take back, or that take back earlier ones, stay as they are. One of the audit leaves the hashes at its ends.
create table detached_partitions (
  name text primary key,
  parent text not null check (parent in ('payments', 'audit_log')),
  first date not null,
  after date not null check (after > first),
  rows bigint not null,
  -- The table that was detached: here until somebody moves it elsewhere.
  kept_as text not null unique,
  -- The event that tells of it; the rows that stand for a partition's own name it too.
  event_id bigint not null,
  actor text not null default session_user,
  detached_at timestamptz not null default now()
);

create table detached_months (
  name text not null references detached_partitions on delete cascade,
  property_id bigint not null references properties,
  month date not null,
  received numeric(16, 2) not null,
  payments bigint not null,
  primary key (name, property_id, month)
);

-- Runs of positions that are no longer in the log: the hash before the first and that of the last. Most partitions are
-- one run; where rows were appended out of turn about midnight, a few more.
create table audit_cuts (
  name text not null references detached_partitions on delete cascade,
  first_position bigint not null,
  last_position bigint primary key check (last_position >= first_position),
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32)
);

create function time_is_detached() returns trigger language plpgsql as $$
begin
  raise exception '% is detached', tg_table_name using errcode = 'EK002', table = tg_table_name;
end $$;

create function rename_with_indexes(before text, after text) returns void language plpgsql as $$
declare
  made text;
begin
  execute format('alter table %I rename to %I', before, after);
  for made in select relname from pg_index join pg_class on oid = indexrelid where indrelid = after::regclass loop
    execute format('alter index %I rename to %I', made, replace(made, before, after));
  end loop;
end $$;

-- Put a table that stands for it in the place of a partition: `standing` is like `parent` and has its rows.
create function exchange_partition(parent text, name text, standing text, first date, after date)
returns void language plpgsql as $$
declare
  kept constant text := 'detached_' || name;
begin
  perform index_like(parent, standing);
  execute format('alter table %I detach partition %I', parent, name);
  execute format('drop trigger no_truncate on %I', name);
  execute format('drop trigger if exists balances_add_payments on %I', name);
  perform rename_with_indexes(name, kept);
  execute format('create trigger append_only before insert or update or delete on %I
                  for each row execute function forbid_change()', kept);
  execute format('create trigger no_truncate before truncate on %I for each statement execute function forbid_change()', kept);
  perform attach_partition(parent, standing, name, first, after);
  execute format('create trigger time_is_detached before insert on %I for each row execute function time_is_detached()', name);
end $$;

-- The caller has looked that it may be done, and tells of it by the event. Returns how many rows left.
create function detach_payments(name text, event bigint) returns bigint language plpgsql as $$
#variable_conflict use_variable
declare
  standing constant text := 'standing_' || name;
  part record;
  count bigint;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  execute format('lock table %I in share mode', name);
  select * into strict part from partitions p where p.name = name and p.parent = 'payments';
  execute format('select count(*) from %I', name) into count;
  insert into detached_partitions (name, parent, first, after, rows, kept_as, event_id)
  values (name, 'payments', part.first, part.after, count, 'detached_' || name, event);
  execute format('create table %I (like payments including defaults including constraints)', standing);
  execute format($sql$
    with own as (
      select d.*, d.reverses_id is not null and not exists (select from %1$I o where o.id = d.reverses_id)
                  or r.reversal_id is not null and not exists (select from %1$I o where o.id = r.reversal_id) as stays
        from %1$I d left join reversals r on r.entry = 'payment' and r.entry_id = d.id
    ), months as (
      insert into detached_months (name, property_id, month, received, payments)
      select %2$L, property_id, date_trunc('month', payment_date)::date, sum(amount),
             count(*) filter (where reverses_id is null)
        from own where method <> 'deposit' and not stays group by 2, 3
    )
    insert into %3$I (id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, reverses_id,
                      event_id, actor, created_at)
    select nextval(pg_get_serial_sequence('payments', 'id')), s.* from (
      select property_id, tenant_id, %4$L::date - 1, sum(amount), 'other', %2$L, null, null::bigint, null::bigint,
             %5$L::bigint, session_user, now()
        from own where not stays group by property_id, tenant_id having sum(amount) <> 0 order by tenant_id) s
    union all
    select id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, reverses_id, event_id,
           actor, created_at
      from own where stays
  $sql$, name, name, standing, part.after, event);
  -- A closing within its time could not be looked over any more.
  delete from balance_closings where closed_on >= part.first and closed_on < part.after - 1;
  perform exchange_partition('payments', name, standing, part.first, part.after);
  execute format('analyze %I', name);
  return count;
end $$;

create function detach_audit(name text, event bigint) returns bigint language plpgsql as $$
#variable_conflict use_variable
declare
  standing constant text := 'standing_' || name;
  part record;
  count bigint;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  execute format('lock table %I in share mode', name);
  select * into strict part from partitions p where p.name = name and p.parent = 'audit_log';
  execute format('select count(*) from %I', name) into count;
  insert into detached_partitions (name, parent, first, after, rows, kept_as, event_id)
  values (name, 'audit_log', part.first, part.after, count, 'detached_' || name, event);
  execute format($sql$
    insert into audit_cuts (name, first_position, last_position, previous_hash, hash)
    select %2$L, min(position), max(position), (array_agg(previous_hash order by position))[1],
           (array_agg(hash order by position desc))[1]
      from (select position, previous_hash, hash, position - row_number() over (order by position) as run
              from %1$I) placed
     group by run
  $sql$, name, name);
  execute format('create table %I (like audit_log including defaults including constraints)', standing);
  perform exchange_partition('audit_log', name, standing, part.first, part.after);
  return count;
end $$;

-- The other way round; the caller has looked that the table is there and whole.
create function attach_again(name text) returns bigint language plpgsql as $$
#variable_conflict use_variable
declare
  part record;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_partition'));
  select * into strict part from detached_partitions d where d.name = name;
  execute format('alter table %I detach partition %I', part.parent, name);
  execute format('drop table %I', name);
  execute format('drop trigger append_only on %I', part.kept_as);
  execute format('drop trigger no_truncate on %I', part.kept_as);
  perform attach_partition(part.parent, part.kept_as, name, part.first, part.after);
  delete from detached_partitions d where d.name = name;
  execute format('analyze %I', name);
  return part.rows;
end $$;

drop materialized view monthly_business_summary;
create materialized view monthly_business_summary as
with lived as (
  select l.id, l.property_id, l.room_id, l.tenant_id, l.starts_on, l.ends_on,
         not exists (select from leases b where b.tenant_id = l.tenant_id and b.ends_on = l.starts_on
                                            and b.starts_on < b.ends_on) as comes,
         not exists (select from leases b where b.tenant_id = l.tenant_id and b.starts_on = l.ends_on
                                            and b.id <> l.id and b.ends_on is distinct from b.starts_on) as leaves
    from leases l where l.ends_on is distinct from l.starts_on
), earned as (
  select property_id, date_trunc('month', coalesce(period_start, charged_on))::date as month, sum(amount) as amount
    from charges where kind not in ('opening', 'refund') group by 1, 2
), received as (
  -- Months of a partition that was detached are kept by their sums; what stands for its rows is not of one month.
  select property_id, month, sum(amount) as amount, sum(payments)::bigint as payments
    from (select property_id, date_trunc('month', payment_date)::date as month, amount,
                 case when reverses_id is null then 1 else 0 end as payments
            from payments
           where method <> 'deposit' and event_id <> all (array(select event_id from detached_partitions))
          union all
          select property_id, month, received, payments from detached_months) known
   group by 1, 2
), first_let as (
  select room_id, min(starts_on) as day from lived group by room_id
), there as (
  -- A room is there from the day on which it was entered, or from its first lease where that began earlier.
  select r.property_id, r.capacity, (r.deleted_at at time zone p.timezone)::date as after,
         least((r.created_at at time zone p.timezone)::date, l.day) as first
    from rooms r join properties p on p.id = r.property_id left join first_let l on l.room_id = r.id
), since as (
  select property_id, min(day) as day
    from (select property_id, month as day from earned
          union all select property_id, month from received
          union all select property_id, first from there) known
   group by property_id
), months as (
  select p.id as property_id, p.currency, m::date as month,
         least((m + interval '1 month')::date, business_date(p.timezone) + 1) as after
    from properties p
    left join since s on s.property_id = p.id
   cross join lateral generate_series(
     date_trunc('month', least(s.day, business_date(p.timezone))), date_trunc('month', business_date(p.timezone)),
     interval '1 month') m
), beds as (
  select m.property_id, m.month, sum(t.capacity * (least(m.after, t.after) - greatest(m.month, t.first))) as nights
    from months m join there t on t.property_id = m.property_id and t.first < m.after and coalesce(t.after > m.month, true)
   group by 1, 2
), people as (
  select m.property_id, m.month, sum(least(m.after, l.ends_on) - greatest(m.month, l.starts_on)) as nights,
         count(*) filter (where l.comes and l.starts_on >= m.month) as arrivals,
         count(*) filter (where coalesce(l.ends_on >= m.after, true)) as tenants
    from months m join lived l on l.property_id = m.property_id and l.starts_on < m.after
                              and coalesce(l.ends_on > m.month, true)
   group by 1, 2
), gone as (
  select m.property_id, m.month, count(*) as departures
    from months m join lived l on l.property_id = m.property_id and l.leaves and l.ends_on >= m.month and l.ends_on < m.after
   group by 1, 2
)
select m.property_id, m.month, m.currency,
       coalesce(r.amount, 0.00) as received, coalesce(e.amount, 0.00) as earned, coalesce(r.payments, 0) as payments,
       coalesce(b.nights, 0)::bigint as bed_nights, coalesce(p.nights, 0)::bigint as let_nights,
       coalesce(p.tenants, 0) as tenants, coalesce(p.arrivals, 0) as arrivals, coalesce(g.departures, 0) as departures,
       now() as made_at
  from months m
  left join received r using (property_id, month)
  left join earned e using (property_id, month)
  left join beds b using (property_id, month)
  left join people p using (property_id, month)
  left join gone g using (property_id, month);
create unique index monthly_business_summary_key on monthly_business_summary (property_id, month desc);
