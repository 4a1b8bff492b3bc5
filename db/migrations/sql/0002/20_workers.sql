-- Who is at work. A worker writes `seen_at` every few seconds; what it held when it fell silent is taken over.
create table workers (
  id bigint generated always as identity primary key,
  host text not null,
  pid integer not null,
  queues text[] not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- How the work is handed out: by the queue, or by the relay itself while Redis is away.
  by_hand boolean not null default false,
  actor text not null default session_user
);
create index idx_workers_seen_at on workers (seen_at desc);

-- What is done once a day or month, in each time zone or once for all (''): the day or month that it was last done for.
-- A run that failed stays due, and is tried again from `next_at` on.
create table schedules (
  name text not null,
  done_for text,
  done_at timestamptz,
  zone text not null default '',
  failures integer not null default 0,
  next_at timestamptz,
  error text,
  primary key (name, zone)
);
