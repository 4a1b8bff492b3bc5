-- Meters, what they showed, and what a unit costs since when (R16). A reading is never edited: one that is wrong is
-- taken back with a reason, the last one first, since usage is always the difference to the one before.
create table meters (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  -- None: the meter of the house, which nobody is charged for.
  room_id bigint references rooms,
  kind text not null check (kind in ('electricity', 'water', 'gas', 'other')),
  unit clean_text not null check (length(unit) between 1 and 10),
  serial clean_text check (length(serial) between 1 and 40),
  -- The order in which somebody walks from one to the next.
  position integer not null check (position between 1 and 100000),
  retired_on date,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);
create unique index meters_one_of_a_kind on meters (room_id, kind) where retired_on is null and room_id is not null;
create unique index meters_house_serial on meters (property_id, kind, coalesce(serial, ''))
  where retired_on is null and room_id is null;
create index idx_meters_walk on meters (property_id, position, id);

create table meter_readings (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  meter_id bigint not null references meters,
  read_on date not null,
  value numeric(12, 3) not null check (value >= 0 and value <> 'NaN'),
  -- Where the meter was replaced since the reading before: the last figure of the old one, the first of the new one.
  old_last numeric(12, 3) check (old_last >= 0 and old_last <> 'NaN'),
  new_first numeric(12, 3) check (new_first >= 0 and new_first <> 'NaN'),
  -- The reading before, and what was used since; set by the trigger below.
  previous_id bigint references meter_readings,
  usage numeric(13, 3) check (usage >= 0),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint meter_readings_replacement check ((old_last is null) = (new_first is null) and value >= coalesce(new_first, 0)),
  constraint meter_readings_usage check ((usage is null) = (previous_id is null))
);
create index idx_meter_readings_meter on meter_readings (meter_id, read_on desc, id desc);
create index idx_meter_readings_property on meter_readings (property_id, read_on desc, id desc);

create table meter_reading_voids (
  reading_id bigint constraint meter_reading_voids_once primary key references meter_readings,
  property_id bigint not null references properties,
  reason clean_text not null check (length(reason) between 1 and 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

-- The one of a day that was written last is in force from that day on.
create table tariffs (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  kind text not null check (kind in ('electricity', 'water', 'gas', 'internet', 'other')),
  effective_on date not null,
  mode text not null check (mode in ('included', 'flat', 'metered', 'token')),
  -- Of a unit where it is metered, of a month where it is flat.
  amount numeric(14, 2) check (amount > 0 and amount <> 'NaN'),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint tariffs_amount check ((amount is not null) = (mode in ('flat', 'metered'))),
  constraint tariffs_internet check (kind <> 'internet' or mode <> 'metered')
);
create index idx_tariffs_kind on tariffs (property_id, kind, effective_on desc, id desc);

-- What was charged for a reading, or for a month at a flat rate.
create table utility_charges (
  charge_id bigint primary key references charges,
  property_id bigint not null references properties,
  lease_id bigint not null references leases,
  kind text not null,
  tariff_id bigint not null references tariffs,
  reading_id bigint references meter_readings,
  period_start date,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint utility_charges_of_one check (num_nonnulls(reading_id, period_start) = 1)
);
create unique index utility_charges_reading_once on utility_charges (reading_id, lease_id) where reading_id is not null;
create unique index utility_charges_flat_once on utility_charges (lease_id, kind, period_start) where period_start is not null;

select keep_rows('meters', 'meter_readings', 'meter_reading_voids', 'tariffs', 'utility_charges');
create policy of_one_property on meters as restrictive for insert with check (
  room_id is null or exists (select from rooms r where r.id = room_id and r.property_id = meters.property_id));
select keep_history('meter_readings', 'meter_reading_voids', 'tariffs', 'utility_charges');
create constraint trigger told after insert on meters deferrable initially deferred for each row execute function require_told();

-- The last reading of a meter that stands. Whoever asks holds the meter, so that nobody reads it meanwhile.
create function hold_meter(meter bigint, out held meters, out last meter_readings) language plpgsql as $$
begin
  select * into held from meters m where m.id = meter for no key update;
  select * into last from meter_readings r
   where r.meter_id = meter and not exists (select from meter_reading_voids v where v.reading_id = r.id)
   order by r.read_on desc, r.id desc limit 1;
end $$;

create function hold_meters(ids bigint[]) returns void language plpgsql as $$
begin
  perform from meters m where m.id = any (ids) order by m.id for no key update;
end $$;

-- Rows of a whole book that is brought in by its owner come in the order of their numbers, what was taken back first.
create function of_a_book(event bigint) returns boolean language sql stable as $$
  select is_owner() and exists (select from events e where e.id = event and e.recorded_at = now() and e.type = 'BookImported')
$$;

-- Readings never fall (R16), and what was used is worked out here, whatever program writes them.
create function reading_follows() returns trigger language plpgsql as $$
declare
  of record;
begin
  if of_a_book(new.event_id) then
    return new;
  end if;
  perform require_grade('{landlord,staff}', new.property_id);
  of := hold_meter(new.meter_id);
  if (of.held).property_id is distinct from new.property_id then
    raise exception 'a meter of another property' using errcode = 'check_violation', constraint = 'meter_readings_place';
  end if;
  if (of.held).retired_on < new.read_on then
    raise exception 'a retired meter' using errcode = 'check_violation', constraint = 'meter_readings_retired';
  end if;
  if new.read_on < (of.last).read_on then
    raise exception 'a later reading stands' using errcode = 'check_violation', constraint = 'meter_readings_order';
  end if;
  if coalesce(new.old_last, new.value) < (of.last).value then
    raise exception 'a reading falls' using errcode = 'check_violation', constraint = 'meter_readings_fall';
  end if;
  new.previous_id := (of.last).id;
  new.usage := coalesce(new.old_last - (of.last).value + new.value - new.new_first, new.value - (of.last).value);
  return new;
end $$;
create trigger follows before insert on meter_readings for each row execute function reading_follows();

create function void_of_the_last() returns trigger language plpgsql as $$
declare
  of record;
begin
  if of_a_book(new.event_id) then
    return new;
  end if;
  perform require_grade('{landlord,staff}', new.property_id);
  of := hold_meter((select r.meter_id from meter_readings r where r.id = new.reading_id));
  if (of.held).property_id is distinct from new.property_id then
    raise exception 'a meter of another property' using errcode = 'check_violation', constraint = 'meter_readings_place';
  end if;
  if (of.last).id is distinct from new.reading_id
     and not exists (select from meter_reading_voids v where v.reading_id = new.reading_id) then
    raise exception 'a later reading stands' using errcode = 'check_violation', constraint = 'meter_reading_voids_last';
  end if;
  return new;
end $$;
create trigger of_the_last before insert on meter_reading_voids for each row execute function void_of_the_last();

-- Charge tenants for readings, or for months at a flat rate: all of it under one event, each of them once.
create function post_utilities(lease_ids bigint[], kinds text[], tariff_ids bigint[], reading_ids bigint[],
                               starts date[], ends date[], days integer[], of_days integer[], charged date[],
                               dues date[], amounts numeric[], descriptions text[],
                               out event bigint, out recorded_at timestamptz, out posted bigint, out amount numeric)
language plpgsql as $$
declare
  property bigint;
  properties bigint[];
begin
  perform from leases l where l.id = any (lease_ids) order by l.id for no key update;
  properties := array(select distinct l.property_id from leases l where l.id = any (lease_ids));
  foreach property in array properties loop
    perform require_grade('{landlord,staff,worker}', property);
  end loop;
  event := reserve_event();
  with asked as (
    select l.property_id, l.tenant_id, n.*
      from unnest(lease_ids, kinds, tariff_ids, reading_ids, starts, ends, post_utilities.days, post_utilities.of_days,
                  charged, dues, amounts, descriptions)
           as n (lease_id, kind, tariff_id, reading_id, period_start, period_end, days, of_days, charged_on, due_on,
                 amount, description)
      join leases l on l.id = n.lease_id
      join tariffs t on t.id = n.tariff_id and t.property_id = l.property_id and t.kind = n.kind
      left join meter_readings r on r.id = n.reading_id
      left join meters m on m.id = r.meter_id
     where n.charged_on <= (select business_date(p.timezone) from properties p where p.id = l.property_id)
       and (n.reading_id is null and t.mode = 'flat'
            or m.room_id = l.room_id and m.kind = n.kind and t.mode = 'metered'
               and not exists (select from meter_reading_voids v where v.reading_id = r.id))
       and not exists (select from utility_charges u
                        where u.lease_id = n.lease_id and u.kind = n.kind
                          and (u.reading_id = n.reading_id
                               or n.reading_id is null and u.period_start = n.period_start))
  ), chosen as materialized (
    select a.*, nextval('charges_id_seq') as id from (select * from asked order by tenant_id, charged_on) a
  ), new_charges as (
    insert into charges (id, property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days,
                         charged_on, due_on, amount, description, event_id)
    overriding system value
    select c.id, c.property_id, c.tenant_id, c.lease_id, case c.kind when 'gas' then 'other' else c.kind end,
           c.period_start, c.period_end, c.days, c.of_days, c.charged_on, c.due_on, c.amount, c.description, event
      from chosen c
    returning charges.amount
  ), linked as (
    insert into utility_charges (charge_id, property_id, lease_id, kind, tariff_id, reading_id, period_start, event_id)
    select c.id, c.property_id, c.lease_id, c.kind, c.tariff_id, c.reading_id,
           case when c.reading_id is null then c.period_start end, event
      from chosen c
  )
  select count(*), coalesce(sum(p.amount), 0) into posted, amount from new_charges p;
  if posted > 0 then
    property := case when cardinality(properties) = 1 then properties[1] end;
    recorded_at := write_event(event, 'ChargesPosted', 'billing', event, property, null,
                               jsonb_build_object('count', posted, 'amount', amount::text));
    perform recalculate_balances(array(select distinct l.tenant_id from leases l where l.id = any (lease_ids)));
  end if;
end $$;
select make_definer('reading_follows()', 'void_of_the_last()', 'hold_meter(bigint)', 'hold_meters(bigint[])',
                    'post_utilities(bigint[], text[], bigint[], bigint[], date[], date[], integer[], integer[], date[],
                                    date[], numeric[], text[])');

create function grant_utilities() returns void language plpgsql as $$
begin
  grant select on meters, meter_readings, meter_reading_voids, tariffs, utility_charges
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant insert on meters, tariffs to ekost_landlord;
  grant update (retired_on) on meters to ekost_landlord;
  grant insert (property_id, meter_id, read_on, value, old_last, new_first, event_id) on meter_readings
     to ekost_landlord, ekost_staff;
  grant insert on meter_reading_voids to ekost_landlord, ekost_staff;
  grant execute on function hold_meters(bigint[]) to ekost_landlord, ekost_staff;
  grant execute on function post_utilities(bigint[], text[], bigint[], bigint[], date[], date[], integer[], integer[],
                                           date[], date[], numeric[], text[])
     to ekost_landlord, ekost_staff, ekost_worker;
end $$;
