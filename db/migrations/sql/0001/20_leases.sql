-- A lease is the tenant in the room. Who sleeps where on which night is guarded here, not by reading first.
create table leases (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  tenant_id bigint not null references tenants,
  room_id bigint not null references rooms,
  slot smallint not null default 1 check (slot >= 1),
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  basis text not null check (basis in ('per_tenant', 'split_room')),
  -- The policy at signing; a later change of the property leaves it as it was.
  grace_days smallint not null check (grace_days between 0 and 60),
  proration text not null check (proration in ('daily', 'none')),
  rounding numeric(14, 2) not null check (rounding > 0),
  -- The first rent period not yet posted; null when no more will come.
  next_period_on date,
  -- Rent is posted from here on; later than the start when a landlord begins with the tool mid-lease (R17).
  billed_from_on date not null,
  created_at timestamptz not null default now(),
  constraint leases_slot_free exclude using gist
    (room_id with =, slot with =, daterange(starts_on, ends_on) with &&),
  constraint leases_tenant_one_room exclude using gist
    (tenant_id with =, daterange(starts_on, ends_on) with &&)
);
create index idx_leases_tenant on leases (tenant_id, starts_on desc);
create index idx_leases_room on leases (room_id, starts_on desc);
create index idx_leases_due on leases (next_period_on, id) where next_period_on is not null;
create index idx_leases_property on leases (property_id, starts_on desc, id desc);

-- Rent and billing day from a date on (R4, R5): the row in force at a period's first day counts.
create table lease_terms (
  lease_id bigint not null references leases,
  effective_on date not null,
  monthly_rent numeric(14, 2) not null check (monthly_rent >= 0),
  billing_day smallint not null check (billing_day between 1 and 31),
  created_at timestamptz not null default now(),
  primary key (lease_id, effective_on)
);

-- One slot per bed: a slot above the capacity would be a bed that is not there.
create function leases_slot_exists() returns trigger language plpgsql as $$
begin
  perform 1 from rooms where id = new.room_id and capacity >= new.slot for share;
  if not found then
    raise exception 'room % has no slot %', new.room_id, new.slot
      using errcode = 'check_violation', constraint = 'leases_slot_exists';
  end if;
  return new;
end $$;
create trigger leases_slot_exists before insert or update of room_id, slot on leases
  for each row execute function leases_slot_exists();

create function rooms_capacity_in_use() returns trigger language plpgsql as $$
begin
  if exists (select from leases
             where room_id = new.id and slot > new.capacity and ends_on is distinct from starts_on
               and (ends_on is null or ends_on > (select business_date(timezone) from properties
                                                   where id = new.property_id))) then
    raise exception 'a bed of room % is let', new.id
      using errcode = 'check_violation', constraint = 'rooms_capacity_in_use';
  end if;
  return new;
end $$;
create trigger rooms_capacity_in_use before update of capacity on rooms
  for each row when (new.capacity < old.capacity) execute function rooms_capacity_in_use();
