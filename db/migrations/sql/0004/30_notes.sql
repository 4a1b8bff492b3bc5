-- What is known of a tenant or a room beside figures. A note is never edited: one that is wrong is taken back with a
-- reason, and what it said stays. The same for the things in a room: each has its conditions, day by day.
create table notes (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  tenant_id bigint references tenants,
  room_id bigint references rooms,
  body clean_text not null check (length(body) between 1 and 1000),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint notes_about_one check (num_nonnulls(tenant_id, room_id) = 1)
);
create index idx_notes_tenant on notes (tenant_id, id desc) where tenant_id is not null;
create index idx_notes_room on notes (room_id, id desc) where room_id is not null;
create index idx_notes_property on notes (property_id, id desc);

create table note_voids (
  note_id bigint constraint note_voids_once primary key references notes,
  reason clean_text not null check (length(reason) between 1 and 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

create table inventory (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  room_id bigint not null references rooms,
  name clean_text not null check (length(name) between 1 and 100),
  quantity smallint not null default 1 check (quantity between 1 and 999),
  note clean_text check (length(note) <= 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);
create index idx_inventory_room on inventory (room_id, id);
create index idx_inventory_property on inventory (property_id, room_id, id);

-- The last one of the last day counts. A thing that was removed is no longer in the room, and never comes back.
create table inventory_checks (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  room_id bigint not null references rooms,
  item_id bigint not null references inventory,
  lease_id bigint references leases,
  checked_on date not null,
  condition text not null check (condition in ('good', 'worn', 'broken', 'missing', 'removed')),
  note clean_text check (length(note) <= 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);
create index idx_inventory_checks_item on inventory_checks (item_id, checked_on desc, id desc);
create index idx_inventory_checks_room on inventory_checks (room_id, checked_on desc, id desc);
create unique index inventory_removed_once on inventory_checks (item_id) where condition = 'removed';

do $$
declare
  history text;
begin
  foreach history in array array['notes', 'note_voids', 'inventory', 'inventory_checks'] loop
    execute format('create trigger append_only before update or delete on %I
                    for each row execute function forbid_change()', history);
    execute format('create trigger no_truncate before truncate on %I
                    for each statement execute function forbid_change()', history);
  end loop;
end $$;
