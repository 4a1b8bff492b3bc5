-- Properties, rooms and tenants. Nothing here is newer than PostgreSQL 15, and no collation is named but "C".
create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- One line of text that can do no harm on a terminal: no control, bidi or zero-width characters.
create domain clean_text as text
  constraint clean_text_no_control
  check (value !~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]');

create function business_date(timezone text) returns date
  language sql stable parallel safe
  return (now() at time zone timezone)::date;

create table properties (
  id bigint generated always as identity primary key,
  code clean_text collate "C" not null constraint properties_code_key unique
    constraint properties_code_form check (code ~ '^[A-Z0-9][A-Z0-9_-]{0,15}$'),
  name clean_text not null check (length(name) between 1 and 200),
  address clean_text,
  currency text not null default 'IDR' check (currency ~ '^[A-Z]{3}$'),
  timezone text not null default 'Asia/Jakarta',
  billing_day smallint check (billing_day between 1 and 31),
  grace_days smallint not null default 0 check (grace_days between 0 and 60),
  proration text not null default 'daily' check (proration in ('daily', 'none')),
  rounding numeric(14, 2) not null default 1 check (rounding > 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

create table rooms (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  number clean_text collate "C" not null constraint rooms_number_form check (number ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$'),
  -- A2 comes before A10: every run of digits filled up to sixteen.
  number_key text collate "C" not null generated always as
    (regexp_replace(regexp_replace(number, '([0-9]+)', '0000000000000000\1', 'g'), '0*([0-9]{16})', '\1', 'g')) stored,
  room_type clean_text,
  monthly_rent numeric(14, 2) not null check (monthly_rent >= 0),
  capacity smallint not null default 1 check (capacity between 1 and 50),
  basis text not null default 'per_tenant' check (basis in ('per_tenant', 'split_room')),
  status text not null default 'available' check (status in ('available', 'occupied', 'renovation')),
  -- The business date for which `status` was worked out: leases begin and end without a write.
  status_on date not null default current_date,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index rooms_number_key on rooms (property_id, number) where deleted_at is null;
create index idx_rooms_status on rooms (status, property_id, number_key, id) where deleted_at is null;
create index idx_rooms_available on rooms (id) where status = 'available';
create index idx_rooms_number on rooms (property_id, number_key, id) where deleted_at is null;

create table tenants (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  -- A code always holds a letter, so that it can't be taken for an id.
  code clean_text collate "C" not null constraint tenants_code_form check (code ~ '^[A-Z0-9_-]{1,24}$' and code ~ '[A-Z]'),
  name clean_text not null check (length(name) between 1 and 200),
  name_key text collate "C" not null generated always as (lower(name)) stored,
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email clean_text check (length(email) <= 254),
  national_id text check (national_id ~ '^[0-9]{16}$'),
  emergency_name clean_text check (length(emergency_name) <= 200),
  emergency_phone text check (emergency_phone ~ '^\+[1-9][0-9]{6,14}$'),
  search_text text not null generated always as
    (lower(code || ' ' || name || ' ' || coalesce(phone, '') || ' ' || coalesce(email, ''))) stored,
  -- The number of the tenant's last event: gapless, given under the row lock.
  event_seq bigint not null default 0,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint tenants_code_key unique (property_id, code)
);
create index idx_tenants_created_at on tenants (created_at desc, id desc) where deleted_at is null;
create index idx_tenants_code on tenants (code);
create index idx_tenants_name on tenants (name_key, id) where deleted_at is null;
create index idx_tenants_property on tenants (property_id, created_at desc, id desc) where deleted_at is null;
create index idx_tenants_search on tenants using gin (search_text gin_trgm_ops);
