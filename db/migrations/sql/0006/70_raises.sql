-- Rents of many rooms changed at once from a day on (R5). What was decided stands in the lines: the rent of each
-- lease, whose terms are written at once, and of each room for new leases, which counts from the day on.
create table raises (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  effective_on date not null,
  by_amount numeric(14,2),
  by_percent numeric(7,3),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint raises_by_one check (num_nonnulls(by_amount, by_percent) = 1)
);
create index idx_raises_property on raises (property_id, id desc);

-- Without a lease: the price of new ones. `starts_on` is the first day that the new rent is for.
create table raise_lines (
  raise_id bigint not null references raises,
  line integer not null,
  property_id bigint not null references properties,
  room_id bigint not null references rooms,
  lease_id bigint references leases,
  starts_on date not null,
  rent_before numeric(14,2) not null,
  rent_after numeric(14,2) not null check (rent_after >= 0),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  primary key (raise_id, line)
);
create index idx_raise_lines_room on raise_lines (room_id, starts_on) where lease_id is null;

create table raise_undos (
  raise_id bigint constraint raise_undone_once primary key references raises,
  property_id bigint not null references properties,
  reason clean_text not null check (length(reason) between 1 and 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

-- The day has come, and the rooms have their new price.
create table raise_days (
  raise_id bigint primary key references raises,
  property_id bigint not null references properties,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

select keep_history('raises', 'raise_lines', 'raise_undos', 'raise_days');
select keep_rows('raises', 'raise_lines', 'raise_undos', 'raise_days');

-- What the next lease of a room costs that begins on this day.
create function room_rent_on(room bigint, day date) returns numeric language sql stable as $$
  select coalesce((
           select l.rent_after from raise_lines l
            where l.room_id = r.id and l.lease_id is null and l.starts_on <= day and l.rent_before = r.monthly_rent
              and not exists (select from raise_days d where d.raise_id = l.raise_id)
              and not exists (select from raise_undos u where u.raise_id = l.raise_id)
            order by l.starts_on desc, l.raise_id desc limit 1), r.monthly_rent)
    from rooms r where r.id = room
$$;

-- Give rooms the price whose day has come; one that was priced anew by hand meanwhile keeps that. Returns how many.
create function apply_raises() returns integer language plpgsql as $$
declare
  due record;
  priced record;
  event bigint;
  changed integer := 0;
begin
  for due in select r.id, r.property_id from raises r join properties p on p.id = r.property_id
              where r.effective_on <= business_date(p.timezone)
                and not exists (select from raise_days d where d.raise_id = r.id)
                and not exists (select from raise_undos u where u.raise_id = r.id)
              order by r.effective_on, r.id for no key update of r skip locked loop
    event := reserve_event();
    for priced in
      with wanted as (
        select r.id, r.monthly_rent as before, l.rent_after as after
          from raise_lines l join rooms r on r.id = l.room_id
         where l.raise_id = due.id and l.lease_id is null and r.monthly_rent = l.rent_before and r.deleted_at is null
         order by r.id for no key update of r)
      update rooms r set monthly_rent = w.after, version = r.version + 1 from wanted w where r.id = w.id
      returning r.id, w.before, w.after loop
      perform write_event(reserve_event(), 'RoomChanged', 'room', priced.id, due.property_id, null,
                          jsonb_build_object('before', jsonb_build_object('monthlyRent', priced.before::text),
                                             'after', jsonb_build_object('monthlyRent', priced.after::text)));
      changed := changed + 1;
    end loop;
    perform write_event(event, 'RaiseBegun', 'raise', due.id, due.property_id, null, '{}');
    insert into raise_days (raise_id, property_id, event_id) values (due.id, due.property_id, event);
  end loop;
  return changed;
end $$;
select make_definer('apply_raises()');

create function grant_raises() returns void language plpgsql as $$
begin
  grant select on raises, raise_lines, raise_undos, raise_days
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant insert on raises, raise_lines, raise_undos to ekost_landlord;
  grant execute on function apply_raises() to ekost_landlord, ekost_staff, ekost_worker;
end $$;
