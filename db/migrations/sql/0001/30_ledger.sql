-- The ledger: charges and payments are signed, posted once and never changed (R10, R11).
create sequence events_id_seq;

create table imports (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('payments', 'tenants', 'rooms')),
  property_id bigint references properties,
  file_name clean_text not null,
  file_hash text not null check (file_hash ~ '^[0-9a-f]{64}$'),
  options jsonb not null default '{}',
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'undone')),
  rows_total bigint not null default 0,
  rows_applied bigint not null default 0,
  rows_skipped bigint not null default 0,
  rows_rejected bigint not null default 0,
  -- The last row, in the order of application, that a committed chunk holds: a killed run goes on behind it.
  position bigint not null default 0,
  failure jsonb,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint imports_arithmetic check (state <> 'done' or rows_total = rows_applied + rows_skipped + rows_rejected)
);
-- The same file by the same user is imported once; an undone or failed run may be repeated.
create unique index imports_file_once on imports (file_hash, kind, actor) where state in ('queued', 'running', 'done');
create index idx_imports_created_at on imports (created_at desc, id desc);

create table import_errors (
  import_id bigint not null references imports,
  line bigint not null,
  column_name text not null default '',
  code text not null,
  fields jsonb not null default '{}',
  value text not null default '',
  raw jsonb not null default '{}',
  primary key (import_id, line, column_name)
);

-- What has been imported, by content and occurrence within its file: an overlapping export adds only what is new.
create table import_rows (
  fingerprint bytea primary key,
  -- No foreign key: imports are never deleted, and a million look-ups of one row cost a tenth of an import.
  import_id bigint not null,
  line bigint not null,
  entry_id bigint not null
);
-- The rows of an import lie together; an index of ranges costs nothing while they come in.
create index idx_import_rows_import on import_rows using brin (import_id);

create table charges (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  tenant_id bigint not null references tenants,
  lease_id bigint references leases,
  kind text not null check (kind in ('rent', 'electricity', 'water', 'internet', 'other', 'damage', 'late_fee',
                                     'opening', 'credit', 'refund')),
  period_start date,
  period_end date,
  -- Length of the charged part and of the full period it lies in: the fraction that explains the amount.
  days smallint,
  of_days smallint,
  charged_on date not null,
  due_on date not null,
  amount numeric(14, 2) not null check (amount <> 0 and amount <> 'NaN'),
  description clean_text check (length(description) <= 500),
  reverses_id bigint constraint charges_reversed_once unique references charges,
  related_id bigint references charges,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint charges_period check ((period_start is null) = (period_end is null) and period_end > period_start),
  constraint charges_rent_has_period check (kind not in ('rent') or (lease_id is not null and period_start is not null)),
  constraint charges_sign check (amount > 0 or reverses_id is not null or kind in ('credit', 'opening'))
);
create unique index charges_rent_once on charges (lease_id, kind, period_start) where reverses_id is null and kind = 'rent';
create index idx_charges_tenant on charges (tenant_id, charged_on desc, id desc);
create index idx_charges_date on charges (charged_on desc, id desc);
create index idx_charges_event on charges (event_id);

create table payments (
  id bigint generated always as identity,
  property_id bigint not null references properties,
  tenant_id bigint not null references tenants,
  payment_date date not null,
  amount numeric(14, 2) not null check (amount <> 0 and amount <> 'NaN'),
  method text not null default 'cash' check (method in ('cash', 'transfer', 'qris', 'ewallet', 'deposit', 'other')),
  reference clean_text check (length(reference) <= 200),
  note clean_text check (length(note) <= 500),
  import_id bigint references imports,
  reverses_id bigint,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  primary key (id, payment_date),
  constraint payments_sign check (amount > 0 or reverses_id is not null)
) partition by range (payment_date);
-- idx_payments_tenant_id of the plan would repeat the first column of this one.
create index idx_payments_tenant_date on payments (tenant_id, payment_date desc, id desc);
create index idx_payments_date on payments (payment_date desc, id desc);
create index idx_payments_event on payments (event_id);
create index idx_payments_import on payments (import_id) where import_id is not null;

-- One reversing entry per original, across all partitions (R11).
create table reversals (
  entry text not null check (entry in ('charge', 'payment')),
  entry_id bigint not null,
  reversal_id bigint not null,
  reason clean_text not null check (length(reason) between 1 and 500),
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint reversals_once primary key (entry, entry_id),
  constraint reversals_reversal_key unique (entry, reversal_id)
);

-- A deposit is a liability with its own small ledger (R8). A reversal has a negative amount.
create table deposit_entries (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  tenant_id bigint not null references tenants,
  kind text not null check (kind in ('received', 'applied', 'refunded')),
  entry_on date not null,
  amount numeric(14, 2) not null check (amount <> 0 and amount <> 'NaN'),
  payment_id bigint,
  note clean_text check (length(note) <= 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);
create index idx_deposit_entries_tenant on deposit_entries (tenant_id, entry_on desc, id desc);
create index idx_deposit_entries_date on deposit_entries (entry_on desc, id desc);

-- Same key, other parameters: an error. Same key, same parameters: the first answer again.
create table request_keys (
  key text primary key check (key ~ '^[[:graph:]]{1,200}$'),
  operation text not null,
  request_hash bytea not null check (octet_length(request_hash) = 32),
  result jsonb,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);
